import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { deepEqual, type Json, type JsonObject } from '../json/index.ts'
import { anyJson, anyScalar, anyString } from '../json/arbitrary.ts'
import { compileFilter } from './compile.ts'
import { compareValues } from './order.ts'
import type { Filter, Op } from './types.ts'

const MISSING = Symbol('missing')
type Field = Json | typeof MISSING

const passes = (op: Op, value: Json, field: Field) =>
  compileFilter([{ op, field: 'f', value }])(field === MISSING ? {} : { f: field })

/** Asserts which field values pass and which do not. */
function check(op: Op, value: Json, expected: { passing: Field[]; failing: Field[] }) {
  for (const field of expected.passing)
    assert.ok(passes(op, value, field), `${String(JSON.stringify(field))} passes`)
  for (const field of expected.failing)
    assert.ok(!passes(op, value, field), `${String(JSON.stringify(field))} fails`)
}

test('eq wants the same value of the same type', () => {
  check('eq', 1, { passing: [1], failing: ['1', true, [1], null, MISSING, 2] })
  check('eq', 0, { passing: [-0], failing: [false, '', null, MISSING] })
  check('eq', null, { passing: [null], failing: ['null', 0, '', MISSING] })
  check('eq', [], { passing: [[]], failing: ['', {}, [1], MISSING] })
  check('eq', ['a', 'b'], { passing: [['a', 'b']], failing: [['b', 'a'], ['a'], ['a', 'b', 'c']] })
  check('eq', { a: 1, b: 2 }, { passing: [{ b: 2, a: 1 }], failing: [{ a: 1 }, { a: 1, b: 2, c: 3 }, []] })
})

test('not passes a missing field', () => {
  check('not', 1, { passing: [2, '1', null, MISSING], failing: [1] })
  check('not', null, { passing: [0, MISSING], failing: [null] })
})

test('gt and min pass a missing field, lt and max do not', () => {
  check('gt', 5, { passing: [6, true, [], {}, MISSING], failing: [5, 4, 'text', null] })
  check('min', 5, { passing: [5, 6, false, [], {}, MISSING], failing: [4, 'text', null] })
  check('lt', 5, { passing: [4, 'text', null], failing: [5, 6, false, [], {}, MISSING] })
  check('max', 5, { passing: [5, 4, 'text', null], failing: [6, false, MISSING] })
  check('gt', 'a', { passing: ['b', 'aa', 0, MISSING], failing: ['a', 'B', null] })
  check('min', 50, { passing: [], failing: ['49.0', '6.0', '53.0b4'] })
})

test('in wants one of the list, and exclude none', () => {
  check('in', [1, 'b', null], { passing: [1, 'b', null], failing: ['1', 2, MISSING] })
  check('in', [[1], { a: 1 }], { passing: [[1], { a: 1 }], failing: [1, [], { a: 1, b: 1 }, [[1]]] })
  check('in', [], { passing: [], failing: [1, null, [], MISSING] })
  check('exclude', [1, 'b'], { passing: [2, '1', null, MISSING], failing: [1, 'b'] })
  check('exclude', [], { passing: [1, null, MISSING], failing: [] })
  check('in', 1, { passing: [1], failing: [2] })
})

test('like looks at texts, numbers and booleans', () => {
  check('like', 'fo', { passing: ['Foo', 'afo'], failing: ['bar', null, MISSING, ['foo'], { foo: 'foo' }] })
  check('like', '4', { passing: [42, 0.4, '4'], failing: [3] })
  check('like', 'TRUE', { passing: [true, 'true'], failing: [false] })
  check('like', 10, { passing: [10, '100'], failing: [1] })
  check('like', null, { passing: [], failing: [null, 'null'] })
})

test('has asks whether the field is there, null or not', () => {
  check('has', true, { passing: [null, '', 0, 'null', []], failing: [MISSING] })
  check('has', false, { passing: [MISSING], failing: [null, '', 0] })
})

test('contains wants an array with all of the list', () => {
  check('contains', ['red', 'blue'], {
    passing: [['blue', 'x', 'red']],
    failing: [['red'], 'red blue', MISSING, null],
  })
  check('contains', 'red', { passing: [['red']], failing: ['red', { red: 1 }] })
  check('contains', [], { passing: [[], [1]], failing: ['', {}, MISSING] })
  check('contains', [1, 1], { passing: [[1]], failing: [['1'], [true]] })
})

test('contains looks into objects and arrays', () => {
  check('contains', [{ a: 1 }], {
    passing: [[{ a: 1, b: 2 }], [0, { a: 1 }]],
    failing: [[{ a: 2 }], [[{ a: 1 }]], [1]],
  })
  check('contains', [[1]], { passing: [[[2, 1]]], failing: [[1], [[2]], [[[1]]]] })
  check('contains', [{}], { passing: [[{ a: 1 }]], failing: [[[]], [null]] })
})

test('contains_any wants an array with one of the list, entire', () => {
  check('contains_any', ['red', 'blue'], { passing: [['x', 'red']], failing: [['x'], [], 'red', MISSING] })
  check('contains_any', [{ a: 1 }], { passing: [[{ a: 1 }]], failing: [[{ a: 1, b: 2 }], { a: 1 }] })
  check('contains_any', [], { passing: [], failing: [[], [1], MISSING] })
})

test('an object passes when all filters do', () => {
  const filters: Filter[] = [
    { op: 'eq', field: 'a', value: 99 },
    { op: 'has', field: 'a', value: true },
    { op: 'gt', field: 'b', value: 1 },
  ]
  assert.equal(compileFilter(filters)({ a: 99, b: 2 }), true)
  for (const object of [{ a: 1, b: 2 }, { a: 99, b: 1 }, { b: 2 }] as JsonObject[]) {
    assert.equal(compileFilter(filters)(object), false)
    assert.equal(compileFilter(filters.slice(0, 2))(object), object['a'] === 99)
  }
  assert.equal(compileFilter([])({}), true)
})

test('names that objects inherit filter like any other', () => {
  for (const field of ['__proto__', 'constructor', 'toString', 'constructor.name']) {
    assert.equal(compileFilter([{ op: 'has', field, value: true }])({}), false)
    assert.equal(compileFilter([{ op: 'eq', field, value: null }])({}), false)
    assert.equal(compileFilter([{ op: 'not', field, value: 1 }])({}), true)
  }
  const own = JSON.parse('{"__proto__": {"a": 1}}') as JsonObject
  assert.equal(compileFilter([{ op: 'eq', field: '__proto__.a', value: 1 }])(own), true)
})

test('values that would cost too much to look for are refused', () => {
  const objects = Array.from({ length: 65 }, (_, i) => ({ [`k${i}`]: {} }))
  const compile = (op: Op, value: Json) => () => compileFilter([{ op, field: 'f', value }])
  assert.throws(compile('contains', objects), { code: 'filter-value' })
  assert.throws(compile('contains', [objects]), { code: 'filter-value' })
  assert.throws(compile('like', 'x'.repeat(513)), { code: 'filter-value' })
  const many = Array.from({ length: 5000 }, (_, i) => i)
  assert.ok(passes('contains', many, [...many, 'x']))
  assert.ok(passes('in', [...many, ...objects], { k64: {} }))
})

test('every operator agrees with its plain definition', () => {
  const equal = (a: Field, b: Json) => a !== MISSING && deepEqual(a, b)
  const order = (a: Field, b: Json) => compareValues(a === MISSING ? undefined : a, b)
  const listed = (value: Json) => (Array.isArray(value) ? value : [value])
  const includes = (whole: Json, part: Json): boolean => {
    if (Array.isArray(part))
      return Array.isArray(whole) && part.every((p) => whole.some((w) => includes(w, p)))
    if (typeof part !== 'object' || part === null) return deepEqual(whole, part)
    if (typeof whole !== 'object' || whole === null || Array.isArray(whole)) return false
    return Object.entries(part).every(([k, p]) =>
      Object.entries(whole).some(([l, w]) => k === l && includes(w, p)),
    )
  }
  const plain: Record<Exclude<Op, 'like'>, (field: Field, value: Json) => boolean> = {
    eq: equal,
    not: (field, value) => !equal(field, value),
    gt: (field, value) => order(field, value) > 0,
    min: (field, value) => order(field, value) >= 0,
    lt: (field, value) => order(field, value) < 0,
    max: (field, value) => order(field, value) <= 0,
    in: (field, value) => listed(value).some((item) => equal(field, item)),
    exclude: (field, value) => !listed(value).some((item) => equal(field, item)),
    has: (field, value) => (field !== MISSING) === Boolean(value),
    contains: (field, value) => Array.isArray(field) && includes(field, listed(value)),
    contains_any: (field, value) =>
      Array.isArray(field) && listed(value).some((item) => field.some((member) => deepEqual(member, item))),
  }
  const anyValue = fc.oneof(fc.constantFrom<Json>(0, 1, 'a', true, null), anyScalar, anyString, anyJson)
  const anyOperand = fc.oneof(anyValue, fc.array(anyValue, { maxLength: 3 }))
  fc.assert(
    fc.property(
      fc.constantFrom(...(Object.keys(plain) as (keyof typeof plain)[])),
      anyOperand,
      fc.oneof(anyOperand, fc.constant<Field>(MISSING)),
      (op, value, field) => assert.equal(passes(op, value, field), plain[op](field, value)),
    ),
    { numRuns: 3000 },
  )
})
