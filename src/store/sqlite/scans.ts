/** Long looks, on connections of their own: each sees the state it began with, and lets others have turns. */
import { storeError } from '../errors.ts'
import { accessFrom } from './access.ts'
import { nextTurn } from './commits.ts'
import type { Connection } from './driver.ts'
import { createLookups, type Lookups } from './lookups.ts'
import type { RowCache } from './cache.ts'
import type { Sight } from './reads.ts'

/** Long looks at a time, and how many more may wait. */
const mostScans = 2
const mostWaiting = 500
/** Rows after which others have a turn. */
const pace = 1_000

export interface Scans {
  scan<T>(look: (sight: Sight) => Generator<number, T>): Promise<T>
  /** Ends what runs at its next turn, and closes the connections. */
  close(): Promise<void>
}

export function createScans(open: () => Connection): Scans {
  const idle: Sight[] = []
  const waiting: { resolve(): void; reject(error: unknown): void }[] = []
  const running = new Set<Promise<unknown>>()
  let isClosed = false
  const closed = () => storeError('store-closed', 'the store is closed')

  async function inSnapshot<T>(look: (sight: Sight) => Generator<number, T>): Promise<T> {
    const sight = idle.pop() ?? plainSight(open())
    sight.connection.exec('BEGIN')
    try {
      return await paced(look(sight), () => {
        if (isClosed) throw closed()
      })
    } finally {
      sight.connection.exec('COMMIT')
      idle.push(sight)
    }
  }

  return {
    async scan(look) {
      if (isClosed) throw closed()
      if (running.size >= mostScans) {
        if (waiting.length >= mostWaiting) throw storeError('store-busy', 'too many long reads wait')
        await new Promise<void>((resolve, reject) => waiting.push({ resolve, reject }))
      }
      const scan = inSnapshot(look)
      running.add(scan)
      try {
        return await scan
      } finally {
        running.delete(scan)
        waiting.shift()?.resolve()
      }
    },
    async close() {
      isClosed = true
      for (const one of waiting.splice(0)) one.reject(closed())
      await Promise.allSettled(running)
      for (const { connection } of idle) connection.close()
    },
  }
}

/** Runs a look to its end, with a turn for others after every thousand rows. */
export async function paced<T>(look: Generator<number, T>, check: () => void): Promise<T> {
  let cost = 0
  for (;;) {
    const step = look.next()
    if (step.done) return step.value
    cost += step.value
    if (cost < pace) continue
    cost = 0
    await nextTurn()
    check()
  }
}

/** What a connection sees, nothing from memory. */
export function plainSight(connection: Connection): Sight {
  const lookups = createLookups(connection)
  const { home, collection, record, accessAt: access } = lookups
  return { connection, lookups, home, collection, record, access }
}

/** What is committed: single rows from memory, where they are kept. */
export function cachedSight(connection: Connection, lookups: Lookups, cache: RowCache): Sight {
  return {
    connection,
    lookups,
    pages: cache.pages,
    keep(rows) {
      // One that is there stays: pages are known by it.
      for (const row of rows) if (!cache.collections.get(row.home, row.path)) cache.collections.set(row)
    },
    home(id) {
      const kept = cache.homes.get(id)
      if (kept) return kept
      const row = lookups.home(id)
      if (row) cache.homes.set(row)
      return row
    },
    collection(home, path) {
      const kept = cache.collections.get(home, path)
      if (kept) return kept
      const row = lookups.collection(home, path)
      if (row) cache.collections.set(row)
      return row
    },
    record(home, cid, id) {
      const kept = cache.records.get(home, cid, id)
      if (kept) return kept
      const row = lookups.record(home, cid, id)
      if (row) cache.records.set(row)
      return row
    },
    access: (home, path) => accessFrom(lookups, cache, home, path),
  }
}
