import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { deepEqual, type Json } from '../json/index.ts'
import { anyJson, anyNumber, anyString } from '../json/arbitrary.ts'
import { encodeKey } from './key.ts'
import { compareValues } from './order.ts'

const anyValue = fc.oneof(anyJson, anyNumber, anyString, fc.constant(undefined))
const hex = (value: Json | undefined) => Buffer.from(encodeKey(value).key).toString('hex')

test('keys have the order of their values', () => {
  fc.assert(
    fc.property(anyValue, anyValue, (a, b) => {
      const [x, y] = [encodeKey(a, 4096), encodeKey(b, 4096)]
      assert.ok(x.exact && y.exact)
      assert.equal(Buffer.compare(x.key, y.key), Math.sign(compareValues(a, b)))
    }),
    { numRuns: 1000 },
  )
})

test('numbers of every size have the order of their values', () => {
  fc.assert(
    fc.property(anyNumber, anyNumber, (a, b) => {
      assert.equal(Buffer.compare(encodeKey(a).key, encodeKey(b).key), a < b ? -1 : a > b ? 1 : 0)
    }),
  )
})

test('cut keys never contradict the order, and exact ones belong to one value', () => {
  fc.assert(
    fc.property(anyValue, anyValue, fc.integer({ min: 1, max: 24 }), (a, b, limit) => {
      const [x, y] = [encodeKey(a, limit), encodeKey(b, limit)]
      assert.ok(x.key.length <= limit)
      const order = Buffer.compare(x.key, y.key)
      if (order !== 0) assert.equal(order, Math.sign(compareValues(a, b)))
      else if (x.exact || y.exact) assert.ok(deepEqual(a, b))
    }),
    { numRuns: 1000 },
  )
})

test('the bytes stay what stores have kept', () => {
  assert.equal(hex(null), '01')
  assert.equal(hex('a\0é\u{1f600}'), '026100ffc3a9f09f988000')
  assert.equal(hex('\ud83d'), '02eda0bd00')
  assert.equal(hex(0), '038000000000000000')
  assert.equal(hex(-0), '038000000000000000')
  assert.equal(hex(1), '03bff0000000000000')
  assert.equal(hex(-1), '03400fffffffffffff')
  assert.equal(hex(false), '04')
  assert.equal(hex(true), '05')
  assert.equal(hex([null, 'a']), '060000000201026100')
  assert.equal(hex({ b: true, a: null }), '070000000261000162' + '0005')
  assert.equal(hex(undefined), '08')
})

test('a key is at most 128 bytes unless told otherwise', () => {
  assert.deepEqual(encodeKey('x'.repeat(125)).exact, true)
  assert.deepEqual(encodeKey('x'.repeat(126)).exact, false, 'it fits, but a longer text may begin like it')
  const long = encodeKey('x'.repeat(1e6))
  assert.equal(long.key.length, 128)
  assert.equal(long.exact, false)
  assert.equal(encodeKey('x'.repeat(1000), 2000).key.length, 1002)
})
