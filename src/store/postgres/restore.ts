/** A dump into a database that nobody uses, in one transaction. */
import { backupError } from '../backup-file.ts'
import type { DumpPiece } from '../dump.ts'
import { connect, type Connection, translate } from './connection.ts'
import { dropTables, loadTables } from './dump.ts'
import { migrations, schemaVersion } from './migrations.ts'

/**
 * Replaces everything in the database by rows of a version of the schema, brought up to date.
 * Rejects with `backup-target` if it holds a home or an account and `replace` is not given, or if
 * another process is connected. `before` is done once that is known.
 */
export async function restoreDump(
  url: string,
  version: number,
  pieces: () => AsyncIterable<DumpPiece>,
  before: () => Promise<void>,
  replace: boolean,
): Promise<void> {
  const connection = await connect({ url, statementTimeout: 0 })
  try {
    await connection.run('SET idle_in_transaction_session_timeout = 0')
    await refuseUsed(connection, replace)
    await before()
    await connection.run('BEGIN')
    await dropTables(connection)
    await connection.run(
      'CREATE TABLE meta (key text COLLATE "C" NOT NULL PRIMARY KEY, value text COLLATE "C" NOT NULL)',
    )
    for (const step of migrations.slice(0, version)) await connection.run(step)
    await loadTables(connection, pieces())
    for (const step of migrations.slice(version)) await connection.run(step)
    await connection.run(`UPDATE meta SET value = '${migrations.length}' WHERE key = 'schema'`)
    await refuseUsed(connection, true)
    await connection.run('COMMIT')
  } catch (error) {
    throw translate(error)
  } finally {
    // What is not committed is undone.
    await connection.close()
  }
}

async function refuseUsed(connection: Connection, mayHold: boolean): Promise<void> {
  const { rows } = await connection.run(
    `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'essaim'
      AND pid <> pg_backend_pid()`,
  )
  if (rows[0]?.[0] !== 0) throw backupError('backup-target', 'another process uses the database')
  if (mayHold || (await schemaVersion(connection)) === 0) return
  const held = await connection.run('SELECT 1 FROM home UNION ALL SELECT 1 FROM account LIMIT 1')
  if (held.rows.length > 0) throw backupError('backup-target', 'the store is not empty')
}
