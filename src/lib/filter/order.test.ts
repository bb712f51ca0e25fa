import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { deepEqual, type Json } from '../json/index.ts'
import { anyJson } from '../json/arbitrary.ts'
import { compareValues } from './order.ts'

const anyValue = fc.option(anyJson, { nil: undefined })
const ASCENDING: (Json | undefined)[] = [
  null,
  '',
  '\0',
  'A',
  'a',
  'a\0',
  'aa',
  'b',
  'é',
  '\ud83d',
  '\uffff',
  '\u{1f600}',
  -1e308,
  -1,
  -5e-324,
  0,
  5e-324,
  1,
  2 ** 53,
  1e308,
  false,
  true,
  [],
  [null],
  ['a'],
  [1],
  [[]],
  [{}],
  [null, null],
  {},
  { a: null },
  { a: 1 },
  { b: null },
  { a: null, b: null },
  undefined,
]

test('types and values come in the documented order', () => {
  for (const [i, a] of ASCENDING.entries()) {
    for (const [j, b] of ASCENDING.entries()) {
      assert.equal(
        Math.sign(compareValues(a, b)),
        Math.sign(i - j),
        `${JSON.stringify(a)} and ${JSON.stringify(b)}`,
      )
    }
  }
})

test('the order is antisymmetric, transitive and total', () => {
  fc.assert(
    fc.property(anyValue, anyValue, anyValue, (a, b, c) => {
      assert.equal(Math.sign(compareValues(a, b)) + Math.sign(compareValues(b, a)), 0)
      const [x, y, z] = [a, b, c].toSorted(compareValues)
      assert.ok(compareValues(x, y) <= 0 && compareValues(y, z) <= 0 && compareValues(x, z) <= 0)
    }),
  )
})

test('only equal values compare as equal', () => {
  fc.assert(
    fc.property(anyValue, anyValue, (a, b) => {
      assert.equal(compareValues(a, b) === 0, deepEqual(a, b))
      assert.equal(compareValues(a, structuredClone(a)), 0)
    }),
  )
})
