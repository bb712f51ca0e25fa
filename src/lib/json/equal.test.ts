import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyJson } from './arbitrary.ts'
import { canonicalJson } from './canonical.ts'
import { deepEqual } from './equal.ts'
import { setOwn } from './own.ts'
import type { Json, JsonObject } from './types.ts'

/** The same value with every object's keys turned round. */
function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  const object: JsonObject = {}
  for (const key of Object.keys(value).reverse()) setOwn(object, key, reversed(value[key]!))
  return object
}

test('values are equal whatever the order of their keys', () => {
  fc.assert(
    fc.property(anyJson, (value) => {
      assert.ok(deepEqual(value, reversed(value)))
      assert.equal(canonicalJson(value), canonicalJson(reversed(value)))
    }),
  )
})

test('equality is that of the texts, and of the canonical ones', () => {
  // Through JSON, where -0 is 0.
  const anyWritten = anyJson.map((value) => JSON.parse(JSON.stringify(value)) as Json)
  fc.assert(
    fc.property(anyWritten, anyWritten, (a, b) => {
      assert.equal(deepEqual(a, b), isDeepStrictEqual(a, b))
      assert.equal(canonicalJson(a) === canonicalJson(b), isDeepStrictEqual(a, b))
    }),
    { numRuns: 1000 },
  )
})

test('types, inherited names and missing values are told apart', () => {
  const unequal: [Json | undefined, Json | undefined][] = [
    [1, true],
    [0, false],
    [0, ''],
    ['1', 1],
    [null, undefined],
    [null, {}],
    [[], {}],
    [{}, []],
    [[1], [1, 2]],
    [{ a: 1 }, { b: 1 }],
    [{ toString: 1 }, { a: 1 }],
    [{ a: 1 }, { toString: 1 }],
    [JSON.parse('{"__proto__": {}}') as Json, { a: 1 }],
  ]
  for (const [a, b] of unequal)
    assert.equal(deepEqual(a, b), false, `${JSON.stringify(a)} ${JSON.stringify(b)}`)
  assert.ok(deepEqual(0, -0))
  assert.equal(canonicalJson(-0), '0')
})
