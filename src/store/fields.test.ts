import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeKey } from '../lib/filter/index.ts'
import { fieldKeyChanges, fieldKeys, objectOf, usableIndexes } from './fields.ts'

const row = (data: object, deleted = false) => ({
  id: 'r',
  modified: 7,
  deleted,
  data: JSON.stringify(data),
})
const fields = [
  { field: 1, name: 'a.b' },
  { field: 2, name: 'c' },
]

test("an object is seen with the record's id and time, whatever it says itself", () => {
  assert.deepEqual(objectOf(row({ a: 1, id: 'x', last_modified: 'y' })), { a: 1, id: 'r', last_modified: 7 })
  assert.deepEqual(objectOf(row({}, true)), { id: 'r', last_modified: 7, deleted: true })
})

test('a record has a key for each index, also where the field is missing', () => {
  assert.deepEqual(fieldKeys(fields, row({ a: { b: 'x' } })), [
    { field: 1, key: encodeKey('x').key },
    { field: 2, key: encodeKey(undefined).key },
  ])
  assert.deepEqual(fieldKeys(null, row({ a: 1 })), [])
})

test('a tombstone has no keys', () => {
  assert.deepEqual(fieldKeys(fields, row({}, true)), [])
  const { remove, add } = fieldKeyChanges(fields, row({ c: 1 }), row({}, true))
  assert.deepEqual([remove.length, add.length], [2, 0])
})

test('only keys that changed are written', () => {
  assert.deepEqual(fieldKeyChanges(fields, row({ c: 1 }), row({ c: 2 })), {
    remove: [{ field: 2, key: encodeKey(1).key }],
    add: [{ field: 2, key: encodeKey(2).key }],
  })
})

test('keys of an index that is being built are always written, since the old ones may be missing', () => {
  const building = [{ field: 2, name: 'c', building: '' }]
  assert.deepEqual(fieldKeyChanges(building, row({ c: 1 }), row({ c: 1 })), {
    remove: [],
    add: [{ field: 2, key: encodeKey(1).key }],
  })
})

test('an index narrows the filters on its field, once it is complete', () => {
  const is = { op: 'eq', field: 'c', value: 1 } as const
  assert.deepEqual(
    usableIndexes(fields, [is, { op: 'like', field: 'c', value: 'x' }], false).map(
      ({ field }) => field.field,
    ),
    [2],
  )
  assert.deepEqual(usableIndexes([{ field: 2, name: 'c', building: 'm' }], [is], false), [])
  assert.deepEqual(usableIndexes(null, [is], false), [])
})

test('an index is not used for a list with tombstones that pass the filter', () => {
  assert.deepEqual(usableIndexes(fields, [{ op: 'gt', field: 'c', value: 1 }], true), [])
  assert.equal(usableIndexes(fields, [{ op: 'gt', field: 'c', value: 1 }], false).length, 1)
  assert.equal(usableIndexes(fields, [{ op: 'eq', field: 'c', value: 1 }], true).length, 1)
})
