import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { random } from '../bytes/index.ts'
import { KeysError } from '../errors.ts'
import { blindId, keyNumber, openRecord, sealRecord } from './index.ts'

const place = { collection: 'notes', record: '1', number: 2, key: random(32) }

test('any JSON comes back from its envelope, under a nonce of its own each time', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const [one, two] = [sealRecord(place, value), sealRecord(place, value)]
      assert.notEqual(one.n, two.n)
      assert.deepEqual(openRecord(place, one), JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('an envelope names its key, and only for its own collection', () => {
  const envelope = sealRecord(place, 1)
  assert.equal(keyNumber('notes', envelope), 2)
  assert.equal(keyNumber('other', envelope), undefined)
  assert.equal(keyNumber('notes', { ...envelope, k: 'notes#02' }), undefined)
  assert.equal(keyNumber('a#b', { ...envelope, k: 'a#b#7' }), 7)
})

test('records of like length have the same length on the host', () => {
  const lengths = [42, 43, 44, 45].map((n) => sealRecord(place, 'x'.repeat(n)).c.length)
  assert.equal(new Set(lengths).size, 1)
})

test('anything that is no envelope is refused with a code', () => {
  const near = fc.record({
    e2e: fc.constantFrom(1, 2),
    k: fc.constantFrom('notes#2', 'notes', 1),
    n: fc.oneof(fc.string(), fc.constant('A'.repeat(32))),
    c: fc.oneof(fc.base64String(), fc.anything()),
  })
  fc.assert(
    fc.property(fc.oneof(near, fc.anything()), (value) => {
      assert.throws(() => openRecord(place, value), KeysError)
    }),
  )
})

test('a blind id depends on the key', async () => {
  assert.equal(await blindId(place.key, 'x'), await blindId(place.key, 'x'))
  assert.notEqual(await blindId(place.key, 'x'), await blindId(random(32), 'x'))
})
