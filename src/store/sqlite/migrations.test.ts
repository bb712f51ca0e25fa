import assert from 'node:assert/strict'
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { tables } from '../../core/ports/tables.ts'
import { createPlanner } from '../../core/records/index.ts'
import { testClock } from '../conformance/harness.ts'
import { type Connection, nodeDriver } from './driver.ts'
import { testFolder } from './harness.ts'
import { createSqliteStore } from './index.ts'
import { copyInto, migrate, migrations, schemaVersion } from './migrations.ts'
import { makeFile, openConnection } from './open.ts'

/** Everything that defines the schema, as SQLite has it. */
function schemaOf(connection: Connection) {
  return connection
    .prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name')
    .all()
    .map((cells) => cells.join(' ').replaceAll(/\s+/g, ' '))
}

const cell = (type: string, name: string) =>
  type === 'INTEGER' ? 1 : type === 'BLOB' ? Buffer.from(name) : name

/** Puts one row into every table. */
function fill(connection: Connection): void {
  const names = connection
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'meta'")
    .all()
  for (const [name] of names) {
    const columns = connection.prepare(`PRAGMA table_info(${String(name)})`).all()
    const values = columns.map((column) => cell(String(column[2]), String(column[1])))
    connection
      .prepare(`INSERT INTO ${String(name)} VALUES (${values.map(() => '?').join(', ')})`)
      .run(...values)
  }
}

const rowCount = (connection: Connection) =>
  connection
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'meta'")
    .all()
    .map(([name]) => connection.prepare(`SELECT count(*) FROM ${String(name)}`).get()?.[0])

function opened(t: Parameters<typeof testFolder>[0], path = join(testFolder(t), 'db')): [Connection, string] {
  makeFile(path)
  const connection = openConnection(nodeDriver, path, { cacheBytes: 1_000_000 })
  t.after(() => connection.close())
  return [connection, path]
}

for (let version = 0; version <= migrations.length; version++) {
  test(`data of version ${version} is brought up to date with all its rows`, (t) => {
    const [connection, path] = opened(t)
    const [fresh, freshPath] = opened(t)
    migrate(fresh, freshPath)
    if (version > 0) migrate(connection, path, migrations.slice(0, version))
    if (version > 0) fill(connection)
    const before = version > 0 ? rowCount(connection).length : 0
    migrate(connection, path)
    assert.equal(schemaVersion(connection), migrations.length)
    assert.deepEqual(schemaOf(connection), schemaOf(fresh))
    const rows = rowCount(connection)
    assert.equal(rows.filter((count) => count === 1).length, before)
    assert.equal(
      existsSync(`${path}.before-${migrations.length}`),
      version > 0 && version < migrations.length,
    )
  })
}

const later = [
  'CREATE TABLE a (x INTEGER)',
  'INSERT INTO a VALUES (1)',
  'INSERT INTO a VALUES (2)',
  'INSERT INTO a VALUES (3)',
]
const versions = (count: number) => [...migrations, ...later.slice(0, count)]

test('data is copied before it changes, and the last two copies are kept', (t) => {
  const [connection, path] = opened(t)
  migrate(connection, path)
  for (let count = 1; count <= 4; count++) migrate(connection, path, versions(count))
  assert.deepEqual(connection.prepare('SELECT x FROM a').all(), [[1], [2], [3]])
  const copies = readdirSync(join(path, '..')).filter((name) => name.includes('.before-'))
  const first = migrations.length + 3
  assert.deepEqual(copies.sort(), [`db.before-${first}`, `db.before-${first + 1}`])
  const [copy] = opened(t, `${path}.before-${first + 1}`)
  assert.equal(schemaVersion(copy), first)
  assert.deepEqual(copy.prepare('SELECT x FROM a').all(), [[1], [2]])
  assert.equal(statSync(`${path}.before-${first}`).mode & 0o777, 0o600)
})

test('a step that fails leaves the data as it was', (t) => {
  const [connection, path] = opened(t)
  migrate(connection, path)
  const before = schemaOf(connection)
  assert.throws(() => migrate(connection, path, [...versions(1), 'nonsense']), { code: 'store-failed' })
  assert.equal(schemaVersion(connection), migrations.length)
  assert.deepEqual(schemaOf(connection), before)
})

test('data of a later version is refused and not touched', async (t) => {
  const [connection, path] = opened(t)
  migrate(connection, path, versions(2))
  const before = schemaOf(connection)
  assert.throws(() => migrate(connection, path), { code: 'store-newer' })
  const bus = { publish() {}, listen: () => () => {}, listenAll: () => () => {}, async close() {} }
  const parts = { path, planner: createPlanner(), bus, clock: testClock() }
  await assert.rejects(createSqliteStore(parts), { code: 'store-newer' })
  assert.deepEqual(schemaOf(connection), before)
  assert.equal(schemaVersion(connection), migrations.length + 2)
})

test('a copy replaces a file only when it is whole', (t) => {
  const [connection, path] = opened(t)
  migrate(connection, path)
  const file = `${path}.copy`
  writeFileSync(file, 'old')
  copyInto(connection, file)
  const [copy] = opened(t, file)
  assert.equal(schemaVersion(copy), migrations.length)
  connection.exec('BEGIN')
  assert.throws(() => copyInto(connection, `${path}.not`), { code: 'store-failed' })
  connection.exec('ROLLBACK')
  assert.deepEqual(
    readdirSync(join(path, '..')).filter((name) => /partial|not/.test(name)),
    [],
  )
})

test('the directory tables have the columns, keys and indexes of their descriptions', (t) => {
  const [connection, path] = opened(t)
  migrate(connection, path)
  for (const [table, shape] of Object.entries(tables)) {
    const columns = connection.prepare(`PRAGMA table_info(${table})`).all()
    assert.deepEqual(
      Object.fromEntries(columns.map((column) => [column[1], String(column[2]).toLowerCase()])),
      shape.columns,
      table,
    )
    const indexes = connection.prepare(`PRAGMA index_list(${table})`).all()
    const found = indexes.map(([, name, unique, origin]) => {
      const of = connection.prepare(`PRAGMA index_info(${String(name)})`).all()
      return [origin === 'pk' ? 'key' : unique ? 'unique' : 'index', ...of.map((column) => column[2])].join(
        ' ',
      )
    })
    const wanted = [
      ['key', ...shape.key],
      ...(shape.indexes ?? []).map((list) => ['index', ...list]),
      ...(shape.unique ?? []).map((list) => ['unique', ...list]),
    ].map((list) => list.join(' '))
    assert.deepEqual(found.sort(), wanted.sort(), table)
  }
})
