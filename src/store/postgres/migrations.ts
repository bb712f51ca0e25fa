/**
 * The schema, as numbered steps forward. A step that was released is never changed: data of any
 * earlier version goes through those behind it. Processes that start together wait for the first.
 */
import { storeError } from '../errors.ts'
import { type Connection, sqlState } from './connection.ts'
import { foundation } from './schema.ts'
import { accounts } from './schema-accounts.ts'
import { apps } from './schema-apps.ts'
import { firefox } from './schema-fxa.ts'
import { storages } from './schema-sync.ts'

/** What brings data from version n to version n + 1, at place n. */
export const migrations: readonly string[] = [foundation, accounts, apps, storages, firefox]

export interface MigrationOptions {
  steps?: readonly string[]
  /** Called before data of an earlier version is changed: nobody else changes its schema meanwhile. */
  backup?: ((version: number) => Promise<void>) | undefined
}

/** The version of the data; 0 for an empty database. */
export async function schemaVersion(connection: Connection): Promise<number> {
  const { rows } = await connection.run("SELECT to_regclass('meta') IS NOT NULL")
  if (rows[0]?.[0] !== true) return 0
  const found = await connection.run("SELECT value FROM meta WHERE key = 'schema'")
  return Number(found.rows[0]?.[0] ?? 0)
}

/**
 * Brings the data to the newest version, in one transaction.
 * Throws `store-newer` for data of a version that is not known here, and `store-failed` where data
 * of an earlier version would be changed without a backup; both leave everything as it was.
 */
export async function migrate(connection: Connection, options: MigrationOptions = {}): Promise<void> {
  const { steps = migrations, backup } = options
  if (isCurrent(await schemaVersion(connection), steps)) return
  await makeMeta(connection)
  await connection.run('BEGIN')
  try {
    // However long others, or the steps, take.
    await connection.run('SET LOCAL lock_timeout = 0')
    await connection.run('SET LOCAL statement_timeout = 0')
    await connection.run('SET LOCAL idle_in_transaction_session_timeout = 0')
    await connection.run('LOCK TABLE meta IN SHARE ROW EXCLUSIVE MODE')
    const version = await schemaVersion(connection)
    if (!isCurrent(version, steps)) {
      if (version > 0 && !backup) {
        throw storeError('store-failed', 'data of an earlier version is changed only after a backup')
      }
      if (version > 0) await backup?.(version)
      for (const step of steps.slice(version)) await connection.run(step)
      await connection.query(
        {
          name: '',
          text: "INSERT INTO meta (key, value) VALUES ('schema', $1) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        },
        [String(steps.length)],
      )
    }
    await connection.run('COMMIT')
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => connection.destroy())
    throw error
  }
}

function isCurrent(version: number, steps: readonly string[]): boolean {
  if (version > steps.length) {
    throw storeError(
      'store-newer',
      `the data has version ${version}, this program knows ${steps.length}: it needs a newer one`,
    )
  }
  return version === steps.length
}

/** The table that others wait for. */
async function makeMeta(connection: Connection): Promise<void> {
  try {
    await connection.run(
      'CREATE TABLE IF NOT EXISTS meta (key text COLLATE "C" NOT NULL PRIMARY KEY, value text COLLATE "C" NOT NULL)',
    )
  } catch (error) {
    // Another process made it at the same moment: its row, its type or the table is there.
    if (!['23505', '42710', '42P07'].includes(sqlState(error) ?? '')) throw error
  }
}
