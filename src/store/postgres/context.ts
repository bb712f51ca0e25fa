import type { Connection, Queries } from './connection.ts'
import type { Lookups } from './lookups.ts'

/** Where reads go: outside of sessions to shared connections, inside to the session's own. */
export interface ReadContext extends Queries, Lookups {
  /** Milliseconds since 1970: what expired before is absent. */
  now(): number
  /** Lends a connection on which all statements see one snapshot, to read through cursors. */
  scan<T>(act: (connection: Connection) => Promise<T>): Promise<T>
}
