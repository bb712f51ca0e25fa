/**
 * Group commit: what waits when a transaction ends goes into the next one together, under one sync.
 * Nobody is answered, and no event goes out, before COMMIT has returned.
 */
import type { Bus, Clock, HomeEvent } from '../../core/ports/outside.ts'
import type { CommitRequest, Planner, Writes } from '../../core/ports/store.ts'
import type { TableName } from '../../core/ports/tables.ts'
import { isStoreError, storeError } from '../errors.ts'
import type { RowCache } from './cache.ts'
import type { Connection } from './driver.ts'
import type { Lookups } from './lookups.ts'
import type { WriteToken } from './token.ts'
import { createTransaction, type Transaction } from './transaction.ts'

/** The writing side of the store: one connection, and what is kept beside it. */
export interface Writer {
  connection: Connection
  lookups: Lookups
  cache: RowCache
  token: WriteToken
  planner: Planner
  clock: Clock
  bus: Bus
  /** Whether a transaction is open across turns of the event loop, so that reads go elsewhere. */
  isOpen: boolean
  /** Whether another thread has the token and writes. */
  isElsewhere: boolean
  /** Rows of these tables were committed. */
  onMoved(tables: Iterable<TableName>): void
  /** Told of every committed transaction, before those who wait for it. */
  onWritten(stored: readonly Writes[]): void
}

/** A group takes no further request after so many steps, bytes, and milliseconds of work. */
const groupSteps = 256
const groupBytes = 4 * 1024 * 1024
const workTime = 10
/** From so many bytes on a request is written in slices, between which others read. */
const largeBytes = 16 * 1024 * 1024
/** What may wait. */
const mostRequests = 10_000
const mostBytes = 64 * 1024 * 1024

interface Waiting {
  request: CommitRequest<unknown>
  resolve(result: never): void
  reject(error: unknown): void
  /** Its group failed, and it may be why. */
  isAlone: boolean
}

export interface Commits {
  commit<T>(request: CommitRequest<T>): Promise<T>
  /** Takes nothing more in, and waits for what is waiting. */
  close(): Promise<void>
}

export function createCommits(writer: Writer, groupTime = workTime): Commits {
  const { token } = writer
  let waiting: Waiting[] = []
  let bytes = 0
  let isClosed = false
  /** From the time that something waits to the end of its transaction. */
  let isScheduled = false
  let onIdle: (() => void) | undefined

  function schedule(): void {
    if (isScheduled) return
    isScheduled = true
    setImmediate(() => {
      if (token.tryTake()) void run()
      else
        token.take().then(run, (error: unknown) => {
          isScheduled = false
          for (const one of takeAll()) one.reject(error)
        })
    })
  }

  /** Holds the token from its beginning to its end. */
  async function run(): Promise<void> {
    const [first] = waiting
    if (first && (first.request.weight ?? 0) >= largeBytes) await writeLarge(takeFirst())
    else if (first) writeGroup()
    token.free()
    isScheduled = false
    if (waiting.length > 0) schedule()
    else onIdle?.()
  }

  function takeFirst(): Waiting {
    const first = waiting.shift() as Waiting
    bytes -= first.request.weight ?? 0
    return first
  }

  function takeAll(): Waiting[] {
    const all = waiting
    waiting = []
    bytes = 0
    return all
  }

  function writeGroup(): void {
    const group: Waiting[] = []
    const answers: (() => void)[] = []
    let events: HomeEvent[]
    try {
      const transaction = begin(writer)
      const started = performance.now()
      let steps = 0
      let weight = 0
      while (waiting.length > 0) {
        const next = waiting[0] as Waiting
        if (group.length > 0 && (next.isAlone || (next.request.weight ?? 0) >= largeBytes)) break
        const one = takeFirst()
        group.push(one)
        answers.push(planOne(transaction, one))
        steps += one.request.steps ?? 1
        weight += one.request.weight ?? 0
        if (one.isAlone || steps >= groupSteps || weight >= groupBytes) break
        if (performance.now() - started >= groupTime) break
      }
      transaction.flush()
      events = commit(writer, transaction)
    } catch (error) {
      rollback(writer.connection)
      if (group.length > 0) fail(group, error)
      else for (const one of takeAll()) one.reject(error)
      return
    }
    for (const answer of answers) answer()
    for (const event of events) writer.bus.publish(event)
  }

  /** A transaction of one request, whose rows are stored in slices. */
  async function writeLarge(one: Waiting): Promise<void> {
    let answer: () => void
    let events: HomeEvent[]
    writer.isOpen = true
    try {
      const transaction = begin(writer)
      answer = planOne(transaction, one)
      for (const _ of transaction.store()) await nextTurn()
      events = commit(writer, transaction)
    } catch (error) {
      rollback(writer.connection)
      one.reject(error)
      return
    } finally {
      writer.isOpen = false
    }
    answer()
    for (const event of events) writer.bus.publish(event)
  }

  /** Nobody of the group was answered. One of several may be at fault alone: each tries by itself. */
  function fail(group: readonly Waiting[], error: unknown): void {
    const isShared = !isStoreError(error) || error.code !== 'store-failed'
    if (group.length === 1 || isShared) {
      for (const one of group) one.reject(error)
      return
    }
    for (const one of group) {
      one.isAlone = true
      bytes += one.request.weight ?? 0
    }
    waiting.unshift(...group)
  }

  return {
    commit: <T>(request: CommitRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        if (isClosed) throw storeError('store-closed', 'the store is closed')
        const weight = request.weight ?? 0
        if (waiting.length >= mostRequests || (waiting.length > 0 && bytes + weight > mostBytes)) {
          throw storeError('store-busy', 'too much waits to be written')
        }
        bytes += weight
        waiting.push({ request, resolve, reject, isAlone: false })
        schedule()
      }),
    async close() {
      isClosed = true
      if (waiting.length === 0 && !isScheduled) return
      await new Promise<void>((resolve) => (onIdle = resolve))
    },
  }
}

/** Loads and plans one request; what comes back answers it, once that is allowed. */
function planOne(transaction: Transaction, { request, resolve, reject }: Waiting): () => void {
  try {
    transaction.load(request)
    const result = transaction.work.run(request)
    return () => resolve(result as never)
  } catch (error) {
    // What the database says concerns the whole group.
    if (isStoreError(error)) throw error
    return () => reject(error)
  }
}

export function begin({ connection, lookups, planner, clock, cache }: Writer): Transaction {
  connection.exec('BEGIN IMMEDIATE')
  return createTransaction(connection, lookups, planner(clock.now()), cache)
}

/** Commits what was stored; after it everything is on the disk, and in memory as well. */
export function commit({ connection, cache, onWritten }: Writer, transaction: Transaction): HomeEvent[] {
  connection.exec('COMMIT')
  const seen = new Map<number, ReturnType<Transaction['before']>>()
  for (const writes of transaction.stored) {
    cache.written(writes, (home) => (seen.has(home) ? seen.get(home) : transaction.before(home)))
    for (const row of writes.homes) seen.set(row.id, row)
  }
  onWritten(transaction.stored)
  return transaction.work.events()
}

/** Some errors have rolled the transaction back already. */
export function rollback(connection: Connection): void {
  try {
    connection.exec('ROLLBACK')
  } catch {}
}

export const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))
