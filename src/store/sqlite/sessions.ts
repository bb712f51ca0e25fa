/** Transactions of one caller, who reads and writes in turns while nobody else writes. */
import type { CommitRequest, Session } from '../../core/ports/store.ts'
import { storeError } from '../errors.ts'
import { begin, commit, rollback, type Writer } from './commits.ts'
import { createReads } from './reads.ts'
import { paced } from './scans.ts'

/** Milliseconds that a session may take: everybody else's writes wait. */
const sessionTime = 10_000

export interface Sessions {
  session<T>(homes: readonly number[], run: (session: Session) => Promise<T>): Promise<T>
  /** Takes nothing more in, and waits for those that run or wait. */
  close(): Promise<void>
}

export function createSessions(writer: Writer, time = sessionTime): Sessions {
  const running = new Set<Promise<unknown>>()
  let isClosed = false

  async function inTransaction<T>(
    homes: readonly number[],
    run: (session: Session) => Promise<T>,
  ): Promise<T> {
    await writer.token.take()
    try {
      writer.isOpen = true
      const transaction = begin(writer)
      transaction.load({ homes, needs: [] })
      const ended = endedAfter(time)
      const session = sessionOf(writer, transaction, ended.check)
      try {
        const result = await Promise.race([run(session), ended.promise])
        ended.check()
        transaction.flush()
        const events = commit(writer, transaction)
        // In a later turn, and so behind the answer.
        for (const event of events) writer.bus.publish(event)
        return result
      } finally {
        ended.end()
      }
    } catch (error) {
      rollback(writer.connection)
      throw error
    } finally {
      writer.isOpen = false
      writer.token.free()
    }
  }

  return {
    session(homes, run) {
      if (isClosed) return Promise.reject(storeError('store-closed', 'the store is closed'))
      const session = inTransaction(homes, run)
      const settled: Promise<unknown> = session.then(
        () => running.delete(settled),
        () => running.delete(settled),
      )
      running.add(settled)
      return session
    },
    async close() {
      isClosed = true
      await Promise.all(running)
    },
  }
}

function sessionOf(
  { connection, lookups, clock }: Writer,
  transaction: ReturnType<typeof begin>,
  check: () => void,
): Session {
  const { home, collection, record, accessAt: access } = lookups
  const sight = { connection, lookups, home, collection, record, access }
  const flush = () => {
    check()
    if (transaction.work.dirty) transaction.flush()
  }
  return {
    ...createReads({
      clock,
      read(look) {
        flush()
        return look(sight)
      },
      scan(look) {
        flush()
        return paced(look(sight), check)
      },
    }),
    async commit<T>(request: CommitRequest<T>): Promise<T> {
      check()
      transaction.load(request)
      return transaction.work.run(request)
    },
  }
}

/** A bound in time: `check` throws once it has passed or was ended, and the promise rejects. */
function endedAfter(time: number) {
  let error: Error | undefined
  let timer: NodeJS.Timeout | undefined
  const promise = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      error = storeError('store-timeout', `a session took longer than ${time} ms`)
      reject(error)
    }, time)
  })
  return {
    promise,
    check() {
      if (error) throw error
    },
    end() {
      clearTimeout(timer)
      error ??= storeError('store-closed', 'the session has ended')
    },
  }
}
