import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Json, JsonObject } from '../json/index.ts'
import { anyJson, anyObject, anyScalar } from '../json/arbitrary.ts'
import { afterKey, compareBy, sortKeyOf, totalOrder, type SortKey } from './sort.ts'
import { compareValues } from './order.ts'
import type { Sort } from './types.ts'

const anySorts: fc.Arbitrary<Sort[]> = fc.array(
  fc.record({ field: fc.constantFrom('a', 'b', 'a.b', 'last_modified', 'id'), descending: fc.boolean() }),
  { maxLength: 3 },
)

/** Objects of distinct ids, whose sorted fields are often the same, mixed in type, or missing. */
const anyList: fc.Arbitrary<JsonObject[]> = fc
  .array(
    fc.tuple(
      fc.option(fc.oneof(anyScalar, anyJson), { nil: undefined }),
      anyObject,
      fc.integer({ min: 1, max: 3 }),
    ),
    { maxLength: 20 },
  )
  .map((rows) =>
    rows.map(([a, rest, modified], i) => {
      const object: JsonObject = { ...rest, id: `r${(i * 7) % 20}`, last_modified: modified }
      if (a !== undefined) object['a'] = a
      return object
    }),
  )

function pages(list: JsonObject[], sorts: Sort[], size: number): JsonObject[] {
  const seen: JsonObject[] = []
  let key: SortKey | undefined
  for (;;) {
    const after = key === undefined ? () => true : afterKey(sorts, key)
    const page = list.filter(after).toSorted(compareBy(sorts)).slice(0, size)
    seen.push(...page)
    if (page.length < size) return seen
    // Through JSON, as a token goes.
    key = JSON.parse(JSON.stringify(sortKeyOf(page.at(-1)!, sorts))) as SortKey
  }
}

test('pages of any size hold every object once, in order', () => {
  fc.assert(
    fc.property(anyList, anySorts, fc.integer({ min: 1, max: 7 }), (list, sorts, size) => {
      assert.deepEqual(
        pages(list, sorts, size).map(({ id }) => id),
        list.toSorted(compareBy(sorts)).map(({ id }) => id),
      )
    }),
    { numRuns: 500 },
  )
})

test('pages go on where texts agree for longer than a key is', () => {
  const long = 'x'.repeat(255)
  const titles = ['', 'a', '\u{1f600}', '\u{1f600}a', '\ue000', '\uffff'].map((end) => long + end)
  const list = [...titles, ...titles, [long, long], [long, long + 'a'], { [long]: long }, 5].map(
    (title, i) => ({
      id: `r${i}`,
      title,
    }),
  )
  for (const descending of [false, true]) {
    const sorts = [{ field: 'title', descending }]
    const ids = pages(list, sorts, 1).map(({ id }) => id)
    assert.deepEqual(
      ids,
      list.toSorted(compareBy(sorts)).map(({ id }) => id),
    )
    assert.equal(new Set(ids).size, list.length)
  }
})

test('a key is bounded, however large the value', () => {
  for (const value of ['x'.repeat(1e6), [['x'.repeat(1e6)]], { a: 'x'.repeat(1e6) }] as Json[]) {
    const key = sortKeyOf({ id: 'a', f: value }, [{ field: 'f', descending: false }])
    assert.ok(JSON.stringify(key).length < 400)
  }
})

test('a key tells a missing field from null and from every value', () => {
  const sorts = [{ field: 'f', descending: false }]
  assert.deepEqual(sortKeyOf({ id: 'a' }, sorts), [[], ['a']])
  assert.deepEqual(sortKeyOf({ id: 'a', f: null }, sorts), [[null], ['a']])
  assert.deepEqual(sortKeyOf({ id: 'a', f: [] }, sorts), [{ key: 'BgAAAAA' }, ['a']])
})

test('the order of a sort is that of the engine', () => {
  fc.assert(
    fc.property(anyScalar, anyScalar, fc.boolean(), (a, b, descending) => {
      const order = compareBy([{ field: 'f', descending }])({ id: 'x', f: a }, { id: 'x', f: b })
      assert.equal(Math.sign(order), Math.sign(descending ? compareValues(b, a) : compareValues(a, b)))
    }),
  )
})

test('objects that are equal in all fields come by id, in the direction of the last sort', () => {
  const up = { field: 'n', descending: false }
  const down = { field: 'n', descending: true }
  assert.deepEqual(totalOrder([up]), [up, { field: 'id', descending: false }])
  assert.deepEqual(totalOrder([down]), [down, { field: 'id', descending: true }])
  assert.deepEqual(totalOrder([]), [{ field: 'id', descending: false }])
  assert.deepEqual(totalOrder([{ field: 'id', descending: true }, up]), [{ field: 'id', descending: true }])
  assert.deepEqual(totalOrder([down], 'uri'), [down, { field: 'uri', descending: true }])
})

test('ids are compared whole', () => {
  const a = { id: 'x'.repeat(1000) + 'a' }
  const b = { id: 'x'.repeat(1000) + 'b' }
  assert.ok(compareBy([])(a, b) < 0)
  assert.equal(afterKey([], sortKeyOf(a, []))(b), true)
  assert.equal(afterKey([], sortKeyOf(b, []))(b), false)
})

test('more than eight sorts, and a key of another order, are refused', () => {
  const sorts = Array.from({ length: 9 }, (_, i) => ({ field: `f${i}`, descending: false }))
  assert.throws(() => compareBy(sorts), { code: 'filter-sorts' })
  assert.throws(() => afterKey(sorts.slice(0, 2), [['a']]), { code: 'filter-key' })
})
