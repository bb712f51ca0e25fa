import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { nodeDriver } from './driver.ts'
import { testFolder } from './harness.ts'
import { openConnection } from './open.ts'

test('rows are cells in the order of the columns', (t) => {
  const connection = nodeDriver.open(join(testFolder(t), 'db'))
  t.after(connection.close)
  connection.exec('CREATE TABLE x (a INTEGER, b TEXT, c BLOB)')
  const insert = connection.prepare('INSERT INTO x VALUES (?, ?, ?)')
  assert.equal(insert.run(2 ** 53 - 1, '\u0000é', Uint8Array.of(1, 0)), 1)
  const select = connection.prepare('SELECT c, b, a, NULL FROM x')
  assert.deepEqual(select.get(), [Uint8Array.of(1, 0), '\u0000é', 2 ** 53 - 1, null])
  assert.deepEqual(select.all().length, 1)
  assert.equal(connection.prepare('SELECT 1 WHERE 0').get(), undefined)
})

test('a statement is prepared once, and again when many others came since', (t) => {
  const connection = nodeDriver.open(join(testFolder(t), 'db'))
  t.after(connection.close)
  const first = connection.prepare('SELECT 1')
  assert.equal(connection.prepare('SELECT 1'), first)
  for (let i = 0; i < 200; i++) connection.prepare(`SELECT ${i + 2}`)
  assert.notEqual(connection.prepare('SELECT 1'), first)
  assert.deepEqual(first.get(), [1])
})

test('what the database says becomes an error of the store', (t) => {
  const path = join(testFolder(t), 'db')
  const connection = nodeDriver.open(path)
  t.after(connection.close)
  connection.exec('CREATE TABLE x (a INTEGER PRIMARY KEY, b BLOB)')
  assert.throws(() => connection.exec('nonsense'), { code: 'store-failed', message: /syntax error/ })
  assert.throws(() => connection.prepare('SELECT y FROM x'), { code: 'store-failed' })
  connection.exec('PRAGMA max_page_count = 2')
  const insert = connection.prepare('INSERT INTO x (b) VALUES (?)')
  assert.throws(() => insert.run(new Uint8Array(10_000)), { code: 'store-full' })
  connection.exec('BEGIN EXCLUSIVE')
  const other = nodeDriver.open(path)
  t.after(other.close)
  assert.throws(() => other.exec('BEGIN IMMEDIATE'), { code: 'store-busy' })
})

test('a connection syncs each commit, leaves checkpoints to others, and has the memory it is given', (t) => {
  const path = join(testFolder(t), 'db')
  const connection = openConnection(nodeDriver, path, { cacheBytes: 3 * 1024 * 1024 })
  t.after(connection.close)
  const setting = (name: string) => connection.prepare(`PRAGMA ${name}`).get()?.[0]
  assert.equal(setting('journal_mode'), 'wal')
  assert.equal(setting('synchronous'), 2)
  assert.equal(setting('wal_autocheckpoint'), 0)
  assert.equal(setting('cache_size'), -3_072)
  assert.equal(setting('mmap_size'), 0)
})
