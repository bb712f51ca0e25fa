import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseBytes, printBytes } from './bytes.ts'

test('sizes are read in binary units', () => {
  assert.equal(parseBytes('5GiB'), 5 * 2 ** 30)
  assert.equal(parseBytes('2.5MiB'), 2621440)
  assert.equal(parseBytes('4096'), 4096)
  assert.equal(parseBytes('0B'), 0)
})

test('what is no size is refused', () => {
  for (const text of ['', 'GiB', '-1', '5GB', '5gib', '5 GiB', '1e3', '0x10', '.5KiB', '100000TiB']) {
    assert.equal(parseBytes(text), undefined, text)
  }
})

test('sizes are printed in the largest unit that fits', () => {
  const printed: [number, string][] = [
    [0, '0B'],
    [1023, '1023B'],
    [1024, '1KiB'],
    [1536, '1.5KiB'],
    [2 ** 20 - 1, '1MiB'],
    [5 * 2 ** 30, '5GiB'],
    [2 ** 52, '4096TiB'],
  ]
  for (const [bytes, text] of printed) assert.equal(printBytes(bytes), text)
})

test('a printed size is read back to within its rounding', () => {
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 50 }), (bytes) => {
      assert.ok(Math.abs(parseBytes(printBytes(bytes))! - bytes) <= bytes * 0.05)
    }),
  )
})
