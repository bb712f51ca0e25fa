import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RowWrite } from '../../core/ports.ts'
import { createSight, rowLookup, writeRows } from './directory.ts'

const bucket = (id: string, modified = 1): RowWrite => ({
  table: 'bucket',
  put: { bucket_id: id, home_id: 7, modified, deleted: 0 },
})
const member = (principal: string, group: string) => ({ principal, group_principal: group })

const texts = (writes: RowWrite[], sight = createSight()) =>
  writeRows(writes, sight).map(({ text }) => text.replace(/ (USING|SELECT|\().*/, ''))

test('rows are written table by table, the clock of all buckets last', () => {
  const writes: RowWrite[] = [
    bucket('b'),
    bucket(''),
    { table: 'token', remove: { hash: 'h' } },
    { table: 'membership', put: member('p', 'g') },
  ]
  assert.deepEqual(texts(writes), [
    'INSERT INTO bucket',
    'INSERT INTO membership',
    'DELETE FROM token AS own',
    'INSERT INTO bucket',
  ])
})

test('what was looked for and not found is inserted, all else put over what may be there', () => {
  const sight = createSight()
  sight.saw('bucket', { bucket_id: 'new' }, [])
  sight.saw('bucket', { bucket_id: 'old' }, [{ bucket_id: 'old', home_id: 7, modified: 1, deleted: 0 }])
  const conflicts = (writes: RowWrite[]) =>
    writeRows(writes, sight).map(({ text }) => text.includes('ON CONFLICT'))
  assert.deepEqual(conflicts([bucket('new'), bucket('old'), bucket('unknown')]), [false, true])
  // It is this transaction's own from then on.
  assert.deepEqual(conflicts([bucket('new')]), [true])
  assert.deepEqual(conflicts([{ table: 'bucket', remove: { bucket_id: 'old' } }, bucket('old')]), [true])
  assert.deepEqual(conflicts([bucket('old')]), [true])
})

test('of several writes of one row the last one counts, and a removal of many keeps its place', () => {
  const put: RowWrite = { table: 'membership', put: member('p', 'g') }
  const remove: RowWrite = { table: 'membership', remove: member('p', 'g') }
  const clear: RowWrite = { table: 'membership', remove: { principal: 'p' } }
  assert.deepEqual(texts([put, remove, put]), ['INSERT INTO membership'])
  assert.deepEqual(texts([put, remove]), ['DELETE FROM membership AS own'])
  assert.deepEqual(texts([put, clear, put]), [
    'INSERT INTO membership',
    'DELETE FROM membership WHERE principal = $1',
    'INSERT INTO membership',
  ])
})

test('a lookup that no index answers is a mistake', () => {
  assert.throws(() => rowLookup('account', ['login']), TypeError)
  assert.match(rowLookup('account', ['folded']).text, /ORDER BY account_id LIMIT/)
})
