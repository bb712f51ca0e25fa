/**
 * The one file that knows how SQLite is reached. Everything else speaks to a `Connection`, so that
 * a driver which records or breaks things can be put in its place.
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { isStoreError, storeError } from '../errors.ts'

/** What a column can hold. Integers are beyond 2^53 nowhere. */
export type SqlValue = string | number | Uint8Array | null
/** A row: its cells in the order of the columns that were asked for. */
export type Cells = SqlValue[]

/** A prepared statement. Throws store errors alone. */
interface Prepared {
  get(...values: SqlValue[]): Cells | undefined
  all(...values: SqlValue[]): Cells[]
  /** How many rows changed. */
  run(...values: SqlValue[]): number
}

export interface Connection {
  /**
   * Prepares a statement, once for each text as long as no more than 200 others came since. A bound of rows is written
   * `LIMIT ? + 0`: by a bare parameter SQLite plans for the number that is bound, and so prepares again with each use.
   */
  prepare(sql: string): Prepared
  /** Runs statements without parameters. */
  exec(sql: string): void
  close(): void
}

export interface Driver {
  /** Opens a file, which is made if it is not there, or only reads one that is. */
  open(path: string, options?: { readOnly?: boolean }): Connection
}

/** Statements that a connection keeps prepared. */
const mostStatements = 200

/** SQLite as it comes with Node. */
export const nodeDriver: Driver = {
  open(path, { readOnly = false } = {}) {
    const database = guarded(() => new DatabaseSync(path, { readOnly }))
    const statements = new Map<string, Prepared>()
    return {
      prepare(sql) {
        const known = statements.get(sql)
        if (known) return known
        const statement = guarded(() => prepared(database.prepare(sql)))
        const oldest = statements.keys().next()
        if (statements.size >= mostStatements && !oldest.done) statements.delete(oldest.value)
        statements.set(sql, statement)
        return statement
      },
      exec: (sql) => guarded(() => database.exec(sql)),
      close() {
        statements.clear()
        guarded(() => database.close())
      },
    }
  },
}

function prepared(statement: StatementSync): Prepared {
  statement.setReturnArrays(true)
  // `setReturnArrays` changes what these return; their types don't know.
  const get = statement.get.bind(statement) as (...values: SQLInputValue[]) => unknown
  const all = statement.all.bind(statement) as (...values: SQLInputValue[]) => unknown
  return {
    get(...values) {
      try {
        return get(...values) as Cells | undefined
      } catch (error) {
        throw translated(error)
      }
    },
    all(...values) {
      try {
        return all(...values) as Cells[]
      } catch (error) {
        throw translated(error)
      }
    },
    run(...values) {
      try {
        return Number(statement.run(...values).changes)
      } catch (error) {
        throw translated(error)
      }
    },
  }
}

function guarded<T>(act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw translated(error)
  }
}

/** Primary result codes of SQLite. */
const busy = 5
const locked = 6
const full = 13

/** A store error for what SQLite says. */
function translated(error: unknown): unknown {
  if (isStoreError(error)) return error
  const { errcode, message } = error as { errcode?: number; message?: string }
  // The low byte is the primary code, whatever the extended one says.
  const code = (errcode ?? 0) & 0xff
  if (code === full) return storeError('store-full', 'the disk is full', error)
  if (code === busy || code === locked) return storeError('store-busy', 'the database is locked', error)
  return storeError('store-failed', `the database failed: ${message ?? error}`, error)
}
