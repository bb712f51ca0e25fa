import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { pad, padded, unpad } from './padding.ts'

test('what is padded comes back, whatever it ends with', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), (plain) => {
      assert.deepEqual(unpad(pad(plain)), new Uint8Array(plain))
      assert.equal(pad(plain).length, padded(plain.length))
    }),
  )
})

test('padding costs at most 12 % beyond 32 bytes and one, and never shrinks', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 - 2 }), (length) => {
      assert.ok(padded(length) > length)
      assert.ok(padded(length) >= padded(Math.max(0, length - 1)))
      assert.ok(padded(length) <= Math.max(32, (length + 1) * 1.12), String(length))
    }),
  )
})

test('lengths up to a million fall into few classes', () => {
  const classes = new Set(Array.from({ length: 100_000 }, (_, i) => padded(i * 10)))
  assert.ok(classes.size < 300, String(classes.size))
})
