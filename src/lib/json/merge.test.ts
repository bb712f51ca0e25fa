import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyJson, anyObject } from './arbitrary.ts'
import { canonicalJson } from './canonical.ts'
import { mergePatch, shallowMerge } from './merge.ts'
import { isJsonObject, type Json, type JsonObject } from './types.ts'

test('the examples of RFC 7396, appendix A, come out', () => {
  const examples: [Json, Json, Json][] = [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ]
  for (const [target, patch, result] of examples) assert.deepEqual(mergePatch(target, patch), result)
})

test('a patch removes its nulls, sets the rest, and leaves what it does not name', () => {
  const check = (target: Json | undefined, patch: Json, result: Json | undefined) => {
    if (!isJsonObject(patch)) return assert.deepEqual(result, patch)
    assert.ok(isJsonObject(result))
    const own = (value: Json | undefined, key: string) =>
      isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
    const names = new Set([
      ...Object.keys(patch),
      ...Object.keys(isJsonObject(target) ? target : {}),
      ...Object.keys(result),
    ])
    for (const key of names) {
      if (!Object.hasOwn(patch, key)) assert.deepEqual(own(result, key), own(target, key))
      else if (patch[key] === null) assert.ok(!Object.hasOwn(result, key))
      else check(own(target, key), patch[key]!, own(result, key))
    }
  }
  fc.assert(
    fc.property(fc.option(anyJson, { nil: undefined }), anyJson, (target, patch) => {
      const before = [JSON.stringify(target), JSON.stringify(patch)]
      const result = mergePatch(target, patch)
      check(target, patch, result)
      assert.deepEqual([JSON.stringify(target), JSON.stringify(patch)], before)
      assert.equal(canonicalJson(mergePatch(result, patch)), canonicalJson(result), 'twice is once')
    }),
    { numRuns: 1000 },
  )
})

test('prototypes stay what they are', () => {
  const patch = JSON.parse(
    '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}',
  ) as JsonObject
  for (const result of [mergePatch({}, patch), shallowMerge({}, patch)] as JsonObject[]) {
    assert.equal(JSON.stringify(result), JSON.stringify(patch))
    assert.equal(Object.getPrototypeOf(result), Object.prototype)
  }
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined)
})

test('a shallow merge replaces members entire and keeps nulls', () => {
  assert.deepEqual(shallowMerge({ a: { b: 1 }, c: 1 }, { a: { d: 2 }, e: null }), {
    a: { d: 2 },
    c: 1,
    e: null,
  })
  fc.assert(
    fc.property(anyObject, anyObject, (target, patch) => {
      const result = shallowMerge(target, patch)
      assert.deepEqual(new Set(Object.keys(result)), new Set([...Object.keys(target), ...Object.keys(patch)]))
      for (const key of Object.keys(result))
        assert.equal(result[key], Object.hasOwn(patch, key) ? patch[key] : target[key])
    }),
  )
})
