/** A transaction: homes are locked first, rows go into a workspace, what it wrote is stored and committed. */
import type { HomeEvent } from '../../core/ports/outside.ts'
import type { CollectionRow, HomeRow } from '../../core/ports/rows.ts'
import type { Need, Workspace } from '../../core/ports/store.ts'
import { storeError } from '../errors.ts'
import { type Connection, isLost, sqlState } from './connection.ts'
import type { ReadContext } from './context.ts'
import { createSight } from './directory.ts'
import { isRange, load } from './loads.ts'
import { ask } from './lookups.ts'
import type { Payers } from './payers.ts'
import { storeWrites } from './writes.ts'

export interface Transaction {
  readonly work: Workspace
  /** Reads that see what was stored. */
  readonly context: ReadContext
  /** Locks homes that are not locked yet, and loads what is not in the workspace. */
  load(homes: readonly number[], needs: readonly Need[]): Promise<void>
  /** Stores what waits in the workspace. */
  flush(): Promise<void>
  /** Stores the rest and commits; when it returns, all of it is on the disk. */
  commit(): Promise<HomeEvent[]>
  rollback(): Promise<void>
}

/** Begins one; `BEGIN` travels with the first statements. Errors are those of the connection. */
export function createTransaction(connection: Connection, work: Workspace, payers: Payers): Transaction {
  const stored = {
    sight: createSight(),
    collections: new Map<string, CollectionRow>(),
    unborn: new Set<number>(),
  }
  const context: ReadContext = {
    query: connection.query,
    ask: (lookup, question) => ask(connection, lookup, question),
    now: () => work.now,
    scan: (act) => act(connection),
  }
  /** As they were stored last. A transaction that wrote none has written rows of directories at most. */
  const homes = new Map<number, HomeRow>()
  // Its failure shows in every statement behind it.
  const begun = connection.run('BEGIN')
  begun.catch(() => undefined)

  function send(): Promise<unknown>[] {
    const writes = work.take()
    for (const row of writes.homes) homes.set(row.id, row)
    return storeWrites(connection, writes, work.now, stored)
  }

  return {
    work,
    context,

    async load(ids, needs) {
      const missing = work.missing(needs)
      if (work.dirty && missing.some(isRange)) await Promise.all(send())
      await load({ context, work, payers, ...stored, hasStored: homes.size > 0 }, ids, missing)
    },

    async flush() {
      if (work.dirty) await Promise.all(send())
    },

    async commit() {
      const sent = work.dirty ? send() : []
      const committed = connection.run('COMMIT')
      committed.catch(() => undefined)
      try {
        await Promise.all([begun, ...sent])
      } catch (error) {
        // A statement that the server refused has undone everything; a silent one may have been done.
        throw sqlState(error) === undefined && homes.size > 0 ? unknown(error) : error
      }
      const command = await committed.then(
        (result) => result.command,
        (error: unknown) => {
          throw isLost(error) && homes.size > 0 ? unknown(error) : error
        },
      )
      if (command !== 'COMMIT') throw storeError('store-failed', `COMMIT was answered by ${command}`)
      payers.wrote([...homes.values()])
      return work.events()
    },

    async rollback() {
      if (!connection.alive) return
      try {
        await connection.run('ROLLBACK')
      } catch {
        connection.destroy()
      }
    },
  }
}

const unknown = (cause: unknown) =>
  storeError('store-unknown', 'the database was lost before it answered a commit', cause)
