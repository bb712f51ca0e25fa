import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isJsonObject, setOwn, type Json, type JsonObject } from '../json/index.ts'
import { anyKey, anyObject } from '../json/arbitrary.ts'
import { fieldGetter } from './field.ts'

const get = (field: string, object: JsonObject) => fieldGetter(field)(object)

test('dots lead into objects', () => {
  assert.equal(get('a.b.c', { a: { b: { c: 1 } } }), 1)
  assert.equal(get('a.b', { a: 'text' }), undefined)
  assert.equal(get('a.b', {}), undefined)
})

test('keys with dots are found, the longest first', () => {
  assert.equal(get('a.b.c', { 'a.b.c': 1, 'a.b': { c: 2 }, a: { b: { c: 3 } } }), 1)
  assert.equal(get('a.b.c', { 'a.b': { c: 2 }, a: { b: { c: 3 } } }), 2)
  assert.equal(get('a.b.c', { a: { 'b.c': 4, b: { c: 3 } } }), 4)
})

test('the longest key is kept to, even where a shorter one would lead further', () => {
  assert.equal(get('a.b.c', { 'a.b': 1, a: { b: { c: 3 } } }), undefined)
  assert.equal(get('a.b.c', { 'a.b': {}, a: { b: { c: 3 } } }), undefined)
})

test('a null is a value, and arrays and texts have no fields', () => {
  assert.equal(get('a', { a: null }), null)
  assert.equal(get('a.length', { a: [1] }), undefined)
  assert.equal(get('a.0', { a: [1] }), undefined)
  assert.equal(get('a.length', { a: 'text' }), undefined)
})

test('what every object inherits is missing unless an object has it itself', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    assert.equal(get(name, {}), undefined)
    assert.equal(get(`a.${name}`, { a: {} }), undefined)
    assert.equal(get(`${name}.name`, {}), undefined)
    const own: JsonObject = {}
    setOwn(own, name, 1)
    assert.equal(get(name, own), 1)
    assert.equal(get(`a.${name}`, { a: own }), 1)
  }
})

test('empty parts are keys like others', () => {
  assert.equal(get('', { '': 1 }), 1)
  assert.equal(get('a.', { a: { '': 1 } }), 1)
  assert.equal(get('..', { '': { '': { '': 1 } } }), 1)
})

test('fields of more than 32 parts are refused', () => {
  const path = (parts: number) => Array.from({ length: parts }, () => 'a').join('.')
  assert.equal(get(path(32), {}), undefined)
  assert.throws(() => fieldGetter(path(33)), { code: 'filter-field' })
})

test('fields are found as a plain search finds them', () => {
  const search = (object: Json, field: string): Json | undefined => {
    if (!isJsonObject(object)) return undefined
    if (Object.hasOwn(object, field)) return object[field]
    const heads = Object.keys(object).filter((key) => field.startsWith(key + '.'))
    const head = heads.toSorted((a, b) => b.length - a.length)[0]
    return head === undefined ? undefined : search(object[head]!, field.slice(head.length + 1))
  }
  const anyField = fc.array(anyKey, { minLength: 1, maxLength: 3 }).map((keys) => keys.join('.'))
  fc.assert(
    fc.property(anyObject, anyField, (object, field) => {
      assert.deepEqual(get(field, object), search(object, field))
    }),
    { numRuns: 1000 },
  )
})
