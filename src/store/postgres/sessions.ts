/** Transactions of one caller, who reads and writes in turns while nobody else writes to his homes. */
import type { CommitRequest, Session } from '../../core/ports/store.ts'
import { storeError } from '../errors.ts'
import type { Writer } from './commits.ts'
import { translate } from './connection.ts'
import type { Turn } from './gate.ts'
import type { Limit } from './limit.ts'
import { createReads } from './reads.ts'
import { createTransaction, type Transaction } from './transaction.ts'

/** Milliseconds that a session may take: everybody else's writes to its homes wait. */
const sessionTime = 10_000
/** Sessions that may run and wait. */
const mostSessions = 1_000

export interface Sessions {
  session<T>(homes: readonly number[], run: (session: Session) => Promise<T>): Promise<T>
  /** Takes nothing more in, and waits for those that run or wait. */
  close(): Promise<void>
}

/** `limit` bounds the connections that are lent for long. */
export function createSessions(writer: Writer, limit: Limit, time = sessionTime): Sessions {
  const { gate, pool } = writer
  const running = new Set<Promise<unknown>>()
  let isClosed = false

  /** Runs while no other transaction of this process has any of the homes. */
  async function inTurn<T>(homes: readonly number[], act: () => Promise<T>): Promise<T> {
    const turn = await new Promise<Turn>((resolve) => {
      const own: Turn = { homes: [...new Set(homes)], begin: () => resolve(own) }
      gate.enter(own)
    })
    try {
      return await limit.run(act)
    } finally {
      gate.leave([turn])
    }
  }

  async function inTransaction<T>(
    homes: readonly number[],
    run: (session: Session) => Promise<T>,
  ): Promise<T> {
    const connection = await pool.take()
    const ended = endedAfter(time)
    try {
      const transaction = createTransaction(connection, writer.planner(writer.clock.now()), writer.payers)
      const { session, settled } = sessionOf(transaction, ended.check)
      try {
        await transaction.load(homes, [])
        const result = await Promise.race([run(session), ended.promise])
        ended.end()
        await settled()
        for (const event of await transaction.commit()) writer.bus.publish(event)
        return result
      } catch (error) {
        // Nothing of it may reach the connection once that is somebody else's.
        if (ended.isOver()) connection.destroy()
        ended.end()
        await settled()
        await transaction.rollback()
        throw error
      }
    } finally {
      ended.end()
      pool.give(connection)
    }
  }

  return {
    async session(homes, run) {
      if (isClosed) throw storeError('store-closed', 'the store is closed')
      if (running.size >= mostSessions) throw storeError('store-busy', 'too many sessions wait')
      const session = inTurn(homes, () => inTransaction(homes, run))
      running.add(session)
      try {
        return await session
      } catch (error) {
        throw translate(error)
      } finally {
        running.delete(session)
      }
    },
    async close() {
      isClosed = true
      await Promise.allSettled(running)
    },
  }
}

function sessionOf(
  transaction: Transaction,
  check: () => void,
): { session: Session; settled(): Promise<unknown> } {
  let last: Promise<unknown> = Promise.resolve()
  /** One after the other, as the caller asked. */
  function next<T>(act: () => Promise<T>): Promise<T> {
    const result = last.then(() => {
      check()
      return act()
    })
    last = result.catch(() => undefined)
    return result
  }

  const reads = createReads(transaction.context)
  const after =
    <A extends unknown[], T>(read: (...values: A) => Promise<T>) =>
    (...values: A) =>
      next(async () => {
        await transaction.flush()
        return read(...values)
      })

  const session: Session = {
    home: after(reads.home),
    collection: after(reads.collection),
    record: after(reads.record),
    list: after(reads.list),
    each: after(reads.each),
    count: after(reads.count),
    collections: after(reads.collections),
    access: after(reads.access),
    accessBelow: after(reads.accessBelow),
    changes: after(reads.changes),
    rows: after(reads.rows),
    queue: after(reads.queue),
    staged: after(reads.staged),
    blob: after(reads.blob),
    commit: <T>(request: CommitRequest<T>) =>
      next(async () => {
        await transaction.load(request.homes, request.needs)
        return transaction.work.run(request)
      }),
  }
  return { session, settled: () => last }
}

/** A bound in time: `check` throws once it has passed or the session has ended. */
function endedAfter(time: number) {
  let error: Error | undefined
  let isOver = false
  let timer: NodeJS.Timeout | undefined
  const promise = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isOver = true
      error = storeError('store-timeout', `a session took longer than ${time} ms`)
      reject(error)
    }, time)
  })
  return {
    promise,
    isOver: () => isOver,
    check() {
      if (error) throw error
    },
    end() {
      clearTimeout(timer)
      error ??= storeError('store-closed', 'the session has ended')
    },
  }
}
