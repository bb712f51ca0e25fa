import assert from 'node:assert/strict'
import { test } from 'node:test'
import { postgresDialect, putRow, removeRows, rowOf, selectRows, sqliteDialect } from './directory.ts'

test('a lookup by a prefix of the key goes by the rest of the key', () => {
  assert.deepEqual(selectRows(sqliteDialect, 'grant_scope', { grant_id: 'g' }, { limit: 5 }), {
    text:
      'SELECT grant_id, scope, home_id, path, bits, fields, created, expires FROM grant_scope' +
      ' WHERE grant_id = ? ORDER BY scope, home_id, path LIMIT ? + 0',
    values: ['g', 5],
  })
})

test('placeholders are numbered and rows locked where the database wants it so', () => {
  const found = selectRows(postgresDialect, 'bucket', { bucket_id: 'b' }, {}, true)
  assert.equal(
    found.text,
    'SELECT bucket_id, home_id, modified, deleted FROM bucket WHERE bucket_id = $1 LIMIT $2 FOR UPDATE',
  )
  assert.deepEqual(found.values, ['b', 10_000])
})

test('the next page begins behind the key of the last row', () => {
  const { text, values } = selectRows(
    postgresDialect,
    'shared_with',
    { principal: 'everyone' },
    { after: { home_id: 7, path: 'kinto' }, limit: 2 },
  )
  assert.match(
    text,
    /WHERE principal = \$1 AND \(home_id, path\) > \(\$2, \$3\) ORDER BY home_id, path LIMIT \$4$/,
  )
  assert.deepEqual(values, ['everyone', 7, 'kinto', 2])
})

test('a prefix is a range that ends at the next text by code points', () => {
  const end = (value: string) =>
    selectRows(sqliteDialect, 'bucket', {}, { prefix: { column: 'bucket_id', value } }).values
  assert.deepEqual(end('ab'), ['ab', 'ac', 10_000])
  assert.deepEqual(end('a\u{10ffff}'), ['a\u{10ffff}', 'b', 10_000])
  assert.deepEqual(end('\ud7ff'), ['\ud7ff', '\ue000', 10_000])
  assert.deepEqual(end('\u{10ffff}'), ['\u{10ffff}', 10_000])
  assert.deepEqual(end(''), ['', 10_000])
})

test('a lookup that no key or index answers is refused', () => {
  assert.throws(() => selectRows(sqliteDialect, 'account', { role: 'owner' }), /can't be looked up by role/)
  assert.throws(() => selectRows(sqliteDialect, 'grant_scope', { path: 'kinto' }), TypeError)
  assert.throws(
    () => selectRows(sqliteDialect, 'token', { kind: 'setup' }, { prefix: { column: 'hash', value: 'a' } }),
    TypeError,
  )
  assert.throws(() => selectRows(sqliteDialect, 'bucket', { 'bucket_id = 1 --': 1 }), TypeError)
})

test('a null is looked for as what is missing', () => {
  const { text, values } = selectRows(postgresDialect, 'name', { home_id: null })
  assert.match(text, /WHERE home_id IS NULL ORDER BY kind, name LIMIT \$1$/)
  assert.deepEqual(values, [10_000])
})

test('a row replaces the one with its key, and one that is all key stays', () => {
  assert.deepEqual(
    putRow(postgresDialect, 'bucket', { home_id: 1, bucket_id: 'b', modified: 2, deleted: 0 }),
    {
      text:
        'INSERT INTO bucket (bucket_id, home_id, modified, deleted) VALUES ($1, $2, $3, $4)' +
        ' ON CONFLICT (bucket_id) DO UPDATE SET home_id = excluded.home_id,' +
        ' modified = excluded.modified, deleted = excluded.deleted',
      values: ['b', 1, 2, 0],
    },
  )
  assert.match(
    putRow(sqliteDialect, 'membership', { principal: 'a', group_principal: 'g' }).text,
    / ON CONFLICT \(principal, group_principal\) DO NOTHING$/,
  )
})

test('a row with a missing or an unknown column is refused', () => {
  assert.throws(() => putRow(sqliteDialect, 'bucket', { bucket_id: 'b', home_id: 1, modified: 2 }), /deleted/)
  assert.throws(
    () => putRow(sqliteDialect, 'membership', { principal: 'a', group_principal: 'g', more: 1 }),
    /no column more/,
  )
})

test('removing names what goes and never empties a table', () => {
  assert.deepEqual(removeRows(sqliteDialect, 'shared_with', { home_id: 3 }), {
    text: 'DELETE FROM shared_with WHERE home_id = ?',
    values: [3],
  })
  assert.throws(() => removeRows(sqliteDialect, 'shared_with', {}), TypeError)
})

test('cells become a row in the order of the description', () => {
  assert.deepEqual(rowOf('bucket', ['b', 1, 2, null]), {
    bucket_id: 'b',
    home_id: 1,
    modified: 2,
    deleted: null,
  })
})
