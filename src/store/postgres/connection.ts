/** One connection to the server: pipelined queries, bounded in time, with errors that say what to do. */
import pg from 'pg'
import { isStoreError, storeError } from '../errors.ts'

/** The values of one row, in the order of the columns: texts, numbers, booleans, Buffers, nulls. */
export type Cells = readonly unknown[]

export interface Result {
  rows: Cells[]
  /** Rows returned or written. */
  count: number
  /** What the server says it has done; a COMMIT of a failed transaction is a `ROLLBACK`. */
  command: string
}

/** A text that a connection has parsed once; the name has to be its own. */
export interface Prepared {
  name: string
  text: string
}

/** What runs statements: a connection, or whoever hands them to one. */
export interface Queries {
  query(statement: Prepared, values: readonly unknown[]): Promise<Result>
}

export interface Connection extends Queries {
  /** Runs one statement without values that is not worth preparing. */
  run(text: string): Promise<Result>
  /** False once the connection is lost or closed. */
  readonly alive: boolean
  /** Answers that are waited for. */
  readonly waiting: number
  /** Called once when the connection is lost. */
  onLost(act: () => void): void
  /** Ends it after what is under way. */
  close(): Promise<void>
  /** Ends it now; what is under way is rejected, and rolled back by the server. */
  destroy(): void
}

export interface ConnectionOptions {
  url: string
  /** Milliseconds that one statement may take on the server; 0 for any. */
  statementTimeout: number
}

/** Milliseconds to connect and log in. */
const connectTimeout = 5_000
/** Milliseconds that a statement waits for a lock: longer than a session may hold one. */
const lockTimeout = 15_000
/** Milliseconds after which the server ends a transaction whose client says nothing. */
const idleTimeout = 30_000
/** Seconds beyond the server's own bound after which a silent connection counts as lost. */
const silence = 10

const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number) => parsers.get(oid) ?? String) as pg.CustomTypesConfig['getTypeParser'],
}
const parsers = new Map<number, (text: string) => unknown>([
  [16, (text) => text === 't'],
  [17, (text) => Buffer.from(text.slice(2), 'hex')],
  [20, Number],
  [21, Number],
  [23, Number],
])

/** Connects, and makes sure that the server keeps what this store relies on. */
export async function connect(options: ConnectionOptions): Promise<Connection> {
  const client = new pg.Client({
    connectionString: options.url,
    application_name: 'essaim',
    pipeline: true,
    keepAlive: true,
    connectionTimeoutMillis: connectTimeout,
  })
  let alive = true
  let waiting = 0
  let answered = 0
  const lost: (() => void)[] = []
  const end = () => {
    if (!alive) return
    alive = false
    clearInterval(watch)
    for (const act of lost) act()
  }
  client.on('error', end)
  client.on('end', end)

  // One timer for all statements: a connection on which nothing arrives is of no use any more.
  let seen = 0
  let silent = 0
  const watch = setInterval(() => {
    silent = waiting > 0 && answered === seen ? silent + 1 : 0
    seen = answered
    const bound = options.statementTimeout > 0 ? options.statementTimeout / 1_000 + silence : Infinity
    if (silent > bound) connection.destroy()
  }, 1_000).unref()

  const send = (config: pg.QueryArrayConfig): Promise<Result> =>
    new Promise((resolve, reject) => {
      cork(client.connection.stream)
      waiting++
      client.query(config, (error: Error | null, result: pg.QueryArrayResult) => {
        waiting--
        answered++
        if (error) reject(error instanceof pg.DatabaseError ? error : unreachable(error))
        else resolve({ rows: result.rows, count: result.rowCount ?? 0, command: result.command })
      })
    })

  const connection: Connection = {
    query: ({ name, text }, values) =>
      send({ name, text, values: values as unknown[], rowMode: 'array', types }),
    run: (text) => send({ text, rowMode: 'array', types }),
    get alive() {
      return alive
    },
    get waiting() {
      return waiting
    },
    onLost: (act) => void lost.push(act),
    async close() {
      end()
      await client.end()
    },
    destroy() {
      end()
      client.connection.stream.destroy()
    },
  }

  try {
    await client.connect()
    await prepare(connection, options)
  } catch (error) {
    connection.destroy()
    throw isStoreError(error)
      ? error
      : error instanceof pg.DatabaseError
        ? translate(error)
        : unreachable(error)
  }
  return connection
}

/** Sets what every statement relies on, and refuses a server that does not keep it. */
async function prepare(connection: Connection, options: ConnectionOptions): Promise<void> {
  const settings = {
    statement_timeout: options.statementTimeout,
    lock_timeout: lockTimeout,
    idle_in_transaction_session_timeout: idleTimeout,
    default_transaction_isolation: "'read committed'",
    default_transaction_read_only: 'off',
    bytea_output: 'hex',
    // Statements are prepared and their plans do not depend on values; nor should their cost.
    plan_cache_mode: 'force_generic_plan',
    jit: 'off',
    // Every statement goes by an index, row by row; the planner's other ways are for reports.
    enable_seqscan: 'off',
    enable_bitmapscan: 'off',
    enable_hashjoin: 'off',
    enable_mergejoin: 'off',
    // A UNION ALL gives its parts in order only where no worker runs beside.
    max_parallel_workers_per_gather: 0,
  }
  for (const [name, value] of Object.entries(settings)) await connection.run(`SET ${name} = ${value}`)
  const show = () =>
    connection.run(
      `SELECT current_setting('server_version_num')::int, current_setting('server_encoding'),
        current_setting('synchronous_commit')`,
    )
  let [version, encoding, sync] = (await show()).rows[0] ?? []
  if (Number(version) < 150_000) throw storeError('store-failed', 'PostgreSQL 15 or newer is needed')
  if (encoding !== 'UTF8') throw storeError('store-failed', 'the database needs the encoding UTF8')
  if (!isDurable(sync)) {
    await connection.run('SET synchronous_commit = on')
    sync = (await show()).rows[0]?.[2]
    if (!isDurable(sync)) throw storeError('store-failed', 'synchronous_commit cannot be turned on')
  }
}

const isDurable = (setting: unknown) => setting === 'on' || setting === 'remote_apply'

const corked = new Set<NodeJS.WritableStream & { cork(): void; uncork(): void }>()

/** Collects what is written in this turn of the event loop, to send it in one go. */
function cork(stream: pg.Connection['stream']): void {
  if (corked.has(stream)) return
  if (corked.size === 0) setImmediate(uncorkAll)
  corked.add(stream)
  stream.cork()
}

function uncorkAll(): void {
  for (const stream of corked) stream.uncork()
  corked.clear()
}

/** The SQLSTATE of an error of the server. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined
}

/** Whether a transaction that failed so may be run again from its start: conflicts with others. */
export function isConflict(error: unknown): boolean {
  const state = sqlState(error)
  return state === '40001' || state === '40P01' || state === '23505'
}

/** Whether the connection is gone rather than a statement wrong. */
export function isLost(error: unknown): boolean {
  if (isStoreError(error)) return error.code === 'store-unavailable'
  const state = sqlState(error)
  return state !== undefined && (state.startsWith('08') || state.startsWith('57P') || state === '25P03')
}

/** What the server said, in the store's own words; what came from elsewhere stays as it is. */
export function translate(error: unknown): unknown {
  const state = sqlState(error)
  if (state === undefined) return error
  if (state === '53100') return storeError('store-full', 'the disk of the database is full', error)
  if (isLost(error)) return unreachable(error)
  if (isConflict(error)) return storeError('store-busy', 'others kept changing the same rows', error)
  if (state === '55P03' || state === '57014' || state.startsWith('53')) {
    return storeError('store-busy', 'the database had no time or room for it', error)
  }
  return storeError('store-failed', 'the database refused a statement', error)
}

const unreachable = (cause: unknown) =>
  storeError('store-unavailable', 'the database cannot be reached', cause)
