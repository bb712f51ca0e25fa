/** Reading and writing inside a session, where nobody else writes to its homes. */
import type { Session } from '../../core/ports.ts'
import type { Door, Scope } from './call.ts'
import { createDirectory } from './directory.ts'
import { unknownShares } from './shares.ts'

/** `newHome` gives the id of a home that the session has named, for a bucket that is yet to be made. */
export function sessionScope(door: Door, session: Session, newHome: () => number): Scope {
  return {
    reads: session,
    commit: (request) => session.commit(request),
    permissions: door.permissions.within(session),
    directory: createDirectory({
      rows: (table, where, page) => session.rows(table, where, page),
      version: () => undefined,
    }),
    shares: unknownShares,
    newHome,
  }
}
