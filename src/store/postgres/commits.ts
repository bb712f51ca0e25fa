/**
 * Group commit: what waits for the same home when its transaction begins goes into it together.
 * Nobody is answered, and no event goes out, before COMMIT was answered. What failed because others
 * were faster is planned anew with fresh rows.
 */
import type { Bus, Clock, HomeEvent } from '../../core/ports/outside.ts'
import type { CommitRequest, Planner } from '../../core/ports/store.ts'
import { isStoreError, storeError } from '../errors.ts'
import { type Connection, isConflict, translate } from './connection.ts'
import type { Gate, Turn } from './gate.ts'
import { isRange } from './loads.ts'
import type { Payers } from './payers.ts'
import type { Pool } from './pool.ts'
import { createTransaction } from './transaction.ts'

/** What writing needs. */
export interface Writer {
  pool: Pool
  gate: Gate<Turn>
  planner: Planner
  clock: Clock
  bus: Bus
  payers: Payers
}

/** A group takes no further request after so many steps and bytes. */
const groupSteps = 256
const groupBytes = 4 * 1024 * 1024
/** What may wait. */
const mostRequests = 10_000
const mostBytes = 64 * 1024 * 1024
/** How often a transaction is begun that others made fail. */
const attempts = 5

interface Waiting extends Turn {
  request: CommitRequest<unknown>
  /** It shares its transaction with nobody: what it needs depends on all writes, or it may be at fault. */
  isAlone: boolean
  resolve(result: never): void
  reject(error: unknown): void
}

export interface Commits {
  commit<T>(request: CommitRequest<T>): Promise<T>
  /** Takes nothing more in, and waits for what is waiting. */
  close(): Promise<void>
}

export function createCommits(writer: Writer): Commits {
  const { gate, pool } = writer
  let ready: Waiting[] = []
  let requests = 0
  let bytes = 0
  let isClosed = false
  let isScheduled = false
  let onIdle: (() => void) | undefined

  /** What arrives in the same turn of the event loop can still join. */
  function schedule(): void {
    if (isScheduled) return
    isScheduled = true
    setImmediate(() => {
      isScheduled = false
      const begin = ready
      ready = []
      for (const first of begin) void write(first)
    })
  }

  function enter(
    request: CommitRequest<unknown>,
    isAlone: boolean,
    answer: Pick<Waiting, 'resolve' | 'reject'>,
  ) {
    requests++
    bytes += request.weight ?? 0
    const turn: Waiting = {
      ...answer,
      request,
      isAlone,
      homes: [...new Set(request.homes)],
      begin() {
        ready.push(turn)
        schedule()
      },
    }
    gate.enter(turn)
  }

  async function write(first: Waiting): Promise<void> {
    let group = [first]
    try {
      const connection = await pool.take()
      try {
        // Only now: while the connection was waited for, more have come.
        group = [first, ...followers(first)]
        const { answers, events } = await run(connection, group)
        for (const answer of answers) answer()
        for (const event of events) writer.bus.publish(event)
      } finally {
        pool.give(connection)
      }
    } catch (error) {
      fail(group, error)
    } finally {
      for (const { request } of group) bytes -= request.weight ?? 0
      requests -= group.length
      gate.leave(group)
      if (requests === 0) onIdle?.()
    }
  }

  function followers(first: Waiting): Waiting[] {
    if (first.isAlone) return []
    let steps = first.request.steps ?? 1
    let weight = first.request.weight ?? 0
    return gate.following(first, (turn) => {
      const next = turn as Waiting
      if (!('request' in next) || next.isAlone || steps >= groupSteps || weight >= groupBytes) return false
      steps += next.request.steps ?? 1
      weight += next.request.weight ?? 0
      return true
    }) as Waiting[]
  }

  async function run(
    connection: Connection,
    group: readonly Waiting[],
  ): Promise<{ answers: (() => void)[]; events: HomeEvent[] }> {
    for (let attempt = 1; ; attempt++) {
      const transaction = createTransaction(connection, writer.planner(writer.clock.now()), writer.payers)
      try {
        await transaction.load(
          [...new Set(group.flatMap(({ homes }) => homes))],
          group.flatMap(({ request }) => request.needs),
        )
        const answers = group.map(({ request, resolve, reject }) => {
          try {
            const result = transaction.work.run(request)
            return () => resolve(result as never)
          } catch (error) {
            return () => reject(error)
          }
        })
        return { answers, events: await transaction.commit() }
      } catch (error) {
        await transaction.rollback()
        if (!isConflict(error) || attempt === attempts) throw error
        await pause(attempt)
      }
    }
  }

  /** Nobody of the group was answered. One of several may be at fault alone: each tries by itself. */
  function fail(group: readonly Waiting[], error: unknown): void {
    const said = translate(error)
    const isOnesFault = isConflict(error) || !isStoreError(said) || said.code === 'store-failed'
    for (const { request, resolve, reject } of group) {
      if (group.length > 1 && isOnesFault) enter(request, true, { resolve, reject })
      else reject(said)
    }
  }

  return {
    commit: <T>(request: CommitRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        if (isClosed) throw storeError('store-closed', 'the store is closed')
        if (requests >= mostRequests || (requests > 0 && bytes + (request.weight ?? 0) > mostBytes)) {
          throw storeError('store-busy', 'too much waits to be written')
        }
        enter(request, request.needs.some(isRange), { resolve, reject })
      }),
    async close() {
      isClosed = true
      if (requests > 0) await new Promise<void>((resolve) => (onIdle = resolve))
    },
  }
}

/** Waits a little, and not as long as others who failed at the same time. */
const pause = (attempt: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, Math.random() * 10 * attempt))
