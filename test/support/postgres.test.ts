import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { freshDatabase } from './postgres.ts'

/** Rows of a statement, run on a connection of its own. */
async function rows(url: string, sql: string): Promise<unknown[][]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows
  } finally {
    await client.end()
  }
}

test('each database is new and empty, and apart from the others', async () => {
  const [one, other] = await Promise.all([freshDatabase(), freshDatabase()])
  assert.notEqual(one, other)
  await rows(one, 'CREATE TABLE t (x text)')
  assert.deepEqual(await rows(other, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"), [])
})

test('the database orders texts by a language unless a statement says otherwise', async () => {
  const url = await freshDatabase()
  const ordered = (collation: string) =>
    rows(url, `SELECT x FROM (VALUES ('a'), ('B')) t(x) ORDER BY x ${collation}`)
  assert.deepEqual(await ordered(''), [['a'], ['B']])
  assert.deepEqual(await ordered('COLLATE "C"'), [['B'], ['a']])
})
