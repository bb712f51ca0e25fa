/** Connections: a few that all reads share, and a bounded number that are lent to one transaction each. */
import { storeError } from '../errors.ts'
import { type Connection, isLost, type Queries, type Result } from './connection.ts'

export interface Pool {
  /** Lends a connection to one transaction; waits for one. */
  take(): Promise<Connection>
  /** Gives it back, outside of any transaction; one that is lost makes room for another. */
  give(connection: Connection): void
  /** Connections that could be had without waiting. */
  readonly free: number
  close(): Promise<void>
}

type Open = () => Promise<Connection>

/** Keeps at most `size` connections, opened when they are needed. */
export function createPool(open: Open, size: number): Pool {
  const idle: Connection[] = []
  const all = new Set<Connection>()
  const waiting: { take(connection: Connection): void; fail(error: unknown): void }[] = []
  let opening = 0
  let isClosed = false

  function grow(): void {
    while (!isClosed && opening < waiting.length && all.size + opening < size) {
      opening++
      open().then(arrived, failed)
    }
  }
  function arrived(connection: Connection): void {
    opening--
    all.add(connection)
    connection.onLost(() => {
      all.delete(connection)
      const at = idle.indexOf(connection)
      if (at >= 0) idle.splice(at, 1)
      grow()
    })
    if (isClosed) void connection.close()
    else give(connection)
  }
  function failed(error: unknown): void {
    opening--
    // Whoever waits longest learns of it; the others go on trying.
    waiting.shift()?.fail(error)
    grow()
  }
  function give(connection: Connection): void {
    if (!connection.alive) return grow()
    const next = waiting.shift()
    if (next) next.take(connection)
    else idle.push(connection)
  }

  return {
    take() {
      if (isClosed) return Promise.reject(storeError('store-closed', 'the store is closed'))
      const connection = idle.pop()
      if (connection) return Promise.resolve(connection)
      return new Promise((take, fail) => {
        waiting.push({ take, fail })
        grow()
      })
    },
    give,
    get free() {
      return idle.length + Math.max(0, size - all.size - opening) - waiting.length
    },
    async close() {
      isClosed = true
      const error = storeError('store-closed', 'the store is closed')
      for (const one of waiting.splice(0)) one.fail(error)
      await Promise.all([...all].map((connection) => connection.close()))
    },
  }
}

export interface Lanes extends Queries {
  /** What goes out together is sent over one connection. */
  flight(): Queries
  close(): Promise<void>
}

/** Answers that all lanes together may owe. */
const mostWaiting = 10_000

/**
 * Reads of single statements over `size` connections, many at a time on each. A read whose
 * connection is lost is asked again on another.
 */
export function createLanes(open: Open, size: number): Lanes {
  const lanes: (Connection | undefined)[] = Array.from({ length: size })
  const opening: (Promise<Connection> | undefined)[] = Array.from({ length: size })
  let isClosed = false

  /** The lane that owes least; one that is closed is opened only if all others are busy. */
  function best(): number {
    let at = 0
    let least = Infinity
    for (let i = 0; i < size; i++) {
      const lane = lanes[i]
      const load = lane?.alive ? lane.waiting : 0.5
      if (load < least) {
        least = load
        at = i
      }
    }
    return at
  }

  async function lane(at: number): Promise<Connection> {
    if (isClosed) throw storeError('store-closed', 'the store is closed')
    const connection = lanes[at]
    if (connection?.alive) return connection
    opening[at] ??= open().finally(() => (opening[at] = undefined))
    const opened = await opening[at]
    lanes[at] = opened
    return opened
  }

  async function query(first: number, ...question: Parameters<Queries['query']>): Promise<Result> {
    if (lanes.reduce((sum, one) => sum + (one?.waiting ?? 0), 0) > mostWaiting) {
      throw storeError('store-busy', 'too many reads wait')
    }
    // Where the server went away, each lane may turn out to be lost in its turn, and a new one too.
    for (let at = first, attempt = 0; ; at = best(), attempt++) {
      const connection = await lane(at)
      try {
        return await connection.query(...question)
      } catch (error) {
        if (isClosed || !isLost(error) || attempt > size) throw error
      }
    }
  }

  return {
    query: (...question) => query(best(), ...question),
    flight() {
      const at = best()
      return { query: (...question) => query(at, ...question) }
    },
    async close() {
      isClosed = true
      const opened = await Promise.all(opening.map((one) => one?.catch(() => undefined)))
      await Promise.all([...lanes, ...opened].map((one) => one?.close()))
    },
  }
}
