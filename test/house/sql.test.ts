import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { tables } from '../../src/core/ports/tables.ts'
import { breachOf, statementsOf, tablesOf } from './sql.ts'

const source = join(import.meta.dirname, '../../src')

/** Tables that belong to no home. */
const homeless = new Set([
  ...Object.keys(tables), // the directories
  'meta', // the schema's version and what else is true of the database as a whole
])

/** Statements about the rows of every home, each with its reason; one that nothing matches any more has to go. */
const exceptions: readonly (readonly [file: RegExp, sql: RegExp, reason: string])[] = [
  [
    /^store\/(postgres\/)?directory\.ts$/,
    /…/,
    'written for the directory tables alone, whose names are checked by its types',
  ],
  [
    /^store\//,
    /^SELECT .* FROM home\b.* WHERE( payer =| h\.payer =| h\.home_id >|$)/,
    'what a home pays for, and the list of all homes',
  ],
  [
    /^store\//,
    /^SELECT .* FROM blob\b.* WHERE (\w+\.)?zero_since\b/,
    'the sweep of blobs that nothing names',
  ],
  [
    /^store\/(sqlite|postgres)\/sweep\.ts$/,
    /^SELECT .* FROM (record|collection|home|queue|staged) WHERE (expires|deleted|ends|state|instr\(fields|strpos\(fields)\b|^SELECT .* FROM dropped (LIMIT 1|ORDER BY)/,
    'the sweep looks in all homes for rows whose time has come',
  ],
  [
    /^store\/(backup|backup-file|postgres\/dump|postgres\/restore)\.ts$/,
    /…|^SELECT home_id, hash, size FROM blob |^SELECT 1 FROM home /,
    'a backup and its restore are of all tables and all homes',
  ],
]

const statements = globSync('**/*.ts', { cwd: source, exclude: (name) => name.endsWith('.test.ts') }).flatMap(
  (file) => statementsOf(file, readFileSync(join(source, file), 'utf8')),
)
const excepted = (place: string, sql: string) =>
  exceptions.filter(([file, pattern]) => file.test(place.replace(/:\d+$/, '')) && pattern.test(sql))

test('every statement names its home, and every key begins with it', () => {
  assert.ok(statements.length > 0)
  const breaches = statements
    .filter(({ sql, place }) => excepted(place, sql).length === 0)
    .map(({ sql, place }) => ({ place, wrong: breachOf(sql, homeless), sql }))
    .filter(({ wrong }) => wrong !== undefined)
  assert.deepEqual(breaches, [])
})

test('every exception is still needed', () => {
  const used = new Set(statements.flatMap(({ sql, place }) => excepted(place, sql)))
  assert.deepEqual(
    exceptions.filter((exception) => !used.has(exception)).map(([, , reason]) => reason),
    [],
  )
})

test('SQL is spoken in the stores alone', () => {
  assert.deepEqual(
    statements.filter(({ place, sql }) => !place.startsWith('store/') && tablesOf(sql).length > 0),
    [],
  )
})

const rejected: Record<string, string> = {
  'a read of all homes': 'SELECT object FROM record WHERE id = ?',
  'a read that only shows the home': 'SELECT home_id, object FROM record WHERE expires < $1',
  'an order by home': 'SELECT object FROM record ORDER BY home_id = 1',
  'a move of all homes': 'UPDATE record SET home_id = ? WHERE cid = ?',
  'a change in all homes': 'UPDATE record SET object = ? WHERE cid = ? AND id = ?',
  'a removal from all homes': 'DELETE FROM queue WHERE name = ?',
  'a row without a home': 'INSERT INTO staged (batch, ord) VALUES (?, ?)',
  'a table without a home': 'CREATE TABLE outbox (ord INTEGER NOT NULL, PRIMARY KEY (ord))',
  'a home that may be missing': 'CREATE TABLE blob (home_id INTEGER, hash BLOB, PRIMARY KEY (home_id, hash))',
  'a key without a home':
    'CREATE TABLE blob (home_id INTEGER NOT NULL, hash BLOB, PRIMARY KEY (hash, home_id))',
  'a key of one other column':
    'CREATE TABLE blob (home_id INTEGER NOT NULL, hash BLOB PRIMARY KEY, size INTEGER)',
  'a unique column': 'CREATE TABLE x (home_id INTEGER PRIMARY KEY, name VARCHAR(9) NOT NULL UNIQUE)',
  'a unique list without a home': 'CREATE TABLE x (home_id INTEGER PRIMARY KEY, a TEXT, UNIQUE (a, home_id))',
  'a unique index without a home': 'CREATE UNIQUE INDEX record_cid ON record (cid, id)',
  'a computed table': 'SELECT object FROM … WHERE home_id = ?',
  'a directory joined with what homes own':
    'SELECT r.object FROM bucket b JOIN record r ON r.id = b.bucket_id',
  'small letters': 'select object from record where home_id = ?',
}
for (const [name, sql] of Object.entries(rejected))
  test(`finds ${name}`, () => {
    const [statement, ...more] = statementsOf('planted.ts', `db.prepare(\`${sql}\`)`)
    assert.deepEqual(more, [])
    assert.ok(statement && breachOf(statement.sql, homeless), sql)
  })

const accepted: Record<string, string> = {
  'a condition': 'SELECT object FROM record WHERE r.home_id = ? AND id = ?',
  'several homes': 'SELECT seq FROM home WHERE home_id IN (…) ORDER BY home_id FOR UPDATE',
  'an array of homes': 'SELECT seq FROM home WHERE home_id = ANY($1) ORDER BY home_id FOR UPDATE',
  'a condition on several columns':
    'SELECT object FROM record WHERE (home_id, cid, id) IN (SELECT * FROM unnest($1, $2, $3))',
  'a join on the home':
    'SELECT id FROM unnest($1::bigint[], $2::text[]) AS w(home_id, id) JOIN record USING (home_id, id)',
  'a row of a home':
    'INSERT INTO record (home_id, cid, id) VALUES (?, ?, ?) ON CONFLICT (home_id, cid, id) DO UPDATE SET cid = excluded.cid',
  'a row of computed columns': 'INSERT INTO record (${columns}) VALUES (${marks})',
  'a named result':
    'WITH gone AS (DELETE FROM queue WHERE home_id = $1 RETURNING ord) SELECT count(*) FROM gone',
  'a directory': 'SELECT login FROM account WHERE account_id = ?',
  'no table': 'SELECT sqlite_version(), 1 IS DISTINCT FROM 2',
  'the tables of the database itself': 'SELECT name FROM sqlite_schema',
  'the table of homes':
    'CREATE TABLE home (home_id INTEGER PRIMARY KEY, seq INTEGER NOT NULL DEFAULT (1), UNIQUE (home_id, seq))',
  'a table of a home':
    'CREATE TABLE blob (home_id INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (home_id, hash)) WITHOUT ROWID',
  'a unique index': 'CREATE UNIQUE INDEX record_id ON record (home_id, cid, id)',
  'an index that is not unique': 'CREATE INDEX record_sweep ON record (expires) WHERE expires IS NOT NULL',
}
for (const [name, sql] of Object.entries(accepted))
  test(`lets ${name} pass`, () => {
    const [statement, ...more] = statementsOf('planted.ts', `db.prepare(\`${sql}\`)`)
    assert.deepEqual(more, [])
    assert.ok(statement, 'it was taken for SQL')
    assert.equal(breachOf(statement.sql, homeless), undefined)
  })

test('each statement of a script counts, and one that a sum builds counts as one', () => {
  const script = 'const up = `\n-- the records\nCREATE TABLE a (x INTEGER);\nDROP TABLE b;\n`'
  assert.deepEqual(
    statementsOf('a.ts', script).map(({ sql }) => sql),
    ['CREATE TABLE a (x INTEGER)', 'DROP TABLE b'],
  )
  const sum = "const sql = 'SELECT id FROM record' +\n  ' WHERE home_id = ?' + (more ? ' AND seq > ?' : '')"
  assert.deepEqual(statementsOf('a.ts', sum), [
    { sql: 'SELECT id FROM record WHERE home_id = ?… AND seq > ?', place: 'a.ts:1' },
  ])
})
