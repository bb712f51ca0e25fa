import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import pg from 'pg'
import { freshDatabase } from '../../../test/support/postgres.ts'
import type { Blobs } from '../../core/ports.ts'
import { restoreBackup } from '../backup.ts'
import { connect, type Connection } from './connection.ts'
import { saveBefore } from './dump.ts'
import { migrate, migrations, schemaVersion } from './migrations.ts'

async function connected(url: string, act: (connection: Connection) => Promise<void>): Promise<void> {
  const connection = await connect({ url, statementTimeout: 10_000 })
  try {
    await act(connection)
  } finally {
    await connection.close()
  }
}

test('processes that start together on an empty database make its tables once', async () => {
  const url = await freshDatabase()
  await Promise.all(Array.from({ length: 5 }, () => connected(url, (connection) => migrate(connection))))
  await connected(url, async (connection) => {
    assert.equal(await schemaVersion(connection), migrations.length)
  })
})

test('data of a newer version is refused and left alone', async () => {
  const url = await freshDatabase()
  await connected(url, async (connection) => {
    await migrate(connection)
    await connection.run(`UPDATE meta SET value = '${migrations.length + 1}' WHERE key = 'schema'`)
    await assert.rejects(migrate(connection), { code: 'store-newer' })
    assert.equal(await schemaVersion(connection), migrations.length + 1)
  })
})

test('data of an earlier version is brought forward step by step, after a backup', async () => {
  const url = await freshDatabase()
  await connected(url, async (connection) => {
    const steps = [
      ...migrations,
      'CREATE TABLE later (home_id bigint PRIMARY KEY); INSERT INTO later (home_id) VALUES (1)',
      'INSERT INTO later (home_id) VALUES (2)',
    ]
    await migrate(connection)
    await assert.rejects(migrate(connection, { steps }), { code: 'store-failed' })
    const saved: number[] = []
    const backup = async (version: number) => {
      // Others can read meanwhile.
      await connected(url, async (other) => assert.equal(await schemaVersion(other), version))
      saved.push(version)
    }
    await assert.rejects(migrate(connection, { steps: [...steps, 'nonsense'], backup }))
    assert.equal(await schemaVersion(connection), migrations.length)
    await migrate(connection, { steps, backup })
    await migrate(connection, { steps, backup })
    assert.deepEqual(saved, [migrations.length, migrations.length])
    assert.equal(await schemaVersion(connection), migrations.length + 2)
    assert.deepEqual((await connection.run('SELECT home_id FROM later ORDER BY 1')).rows, [[1], [2]])
  })
})

test('what is saved before a migration can be restored', async (t) => {
  const [url, other] = [await freshDatabase(), await freshDatabase()]
  const folder = mkdtempSync(join(tmpdir(), 'essaim-before-'))
  t.after(() => rmSync(folder, { recursive: true }))
  await connected(url, async (connection) => {
    await migrate(connection)
    await connection.run("INSERT INTO token (hash, kind) VALUES ('h', 'k')")
    const backup = () => saveBefore(url, folder, migrations.length + 1)
    await migrate(connection, { steps: [...migrations, 'DROP TABLE token'], backup })
  })
  const file = join(folder, `postgres.before-${migrations.length + 1}`)
  await restoreBackup({ file, into: { kind: 'postgres', url: other }, blobs: {} as Blobs, now: 1 })
  await connected(other, async (connection) => {
    assert.deepEqual((await connection.run('SELECT hash, kind FROM token')).rows, [['h', 'k']])
  })
})

test('a connection commits durably and reads committed rows, whatever the database is set to', async () => {
  const url = await freshDatabase()
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  const name = (await admin.query('SELECT current_database() AS name')).rows[0].name as string
  const settings = {
    synchronous_commit: 'off',
    default_transaction_isolation: 'serializable',
    bytea_output: 'escape',
  }
  for (const [key, value] of Object.entries(settings)) {
    await admin.query(`ALTER DATABASE ${name} SET ${key} = '${value}'`)
  }
  await admin.end()
  await connected(url, async (connection) => {
    const { rows } = await connection.run(
      `SELECT current_setting('synchronous_commit'), current_setting('transaction_isolation'), '\\xff'::bytea`,
    )
    assert.deepEqual(rows, [['on', 'read committed', Buffer.from([255])]])
  })
})

test('a database of another encoding is refused', async () => {
  const url = await freshDatabase()
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  const name = `${(await admin.query('SELECT current_database() AS name')).rows[0].name as string}_ascii`
  await admin.query(
    `CREATE DATABASE ${name} ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0`,
  )
  await admin.end()
  const ascii = url.replace(/\/\w+\?/, `/${name}?`)
  await assert.rejects(connect({ url: ascii, statementTimeout: 10_000 }), { code: 'store-failed' })
})
