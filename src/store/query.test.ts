import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compareBytes } from '../lib/compare-bytes.ts'
import { compareBy, compileFilter, type Filter, type Sort, sortKeyOf } from '../lib/filter/index.ts'
import type { Json, JsonObject } from '../lib/json/index.ts'
import { comparePlaces, engineOrder, listedBytes, orderOf, placeOf, selectionOf } from './query.ts'

const ids = ['a', 'a/b', 'b', '\u{1f600}', '\uffff', 'z']
const times = [1, 2, 3, 1_800_000_000_000]
const values: Json[] = [...ids, ...times, 1.5, -1, 1e300, null, true, [], ['a'], {}]
const value = fc.constantFrom(...values)
const list = fc.array(value, { maxLength: 4 })
const field = fc.constantFrom('id', 'last_modified')
const filter: fc.Arbitrary<Filter> = fc.oneof(
  fc.record({ op: fc.constantFrom('eq', 'not', 'gt', 'lt', 'min', 'max'), field, value }),
  fc.record({ op: fc.constantFrom('in', 'exclude'), field, value: list }),
  fc.record({ op: fc.constant('has'), field, value: fc.boolean() }),
)
const object = fc.record({ id: fc.constantFrom(...ids), last_modified: fc.constantFrom(...times) })

test('bounds and tests pass exactly what the engine passes', () => {
  fc.assert(
    fc.property(fc.array(filter, { maxLength: 4 }), fc.array(object), (filters, objects) => {
      const selection = selectionOf({ filters, deleted: false })
      const isMatch = compileFilter(filters)
      for (const { id, last_modified } of objects) {
        const one = { id, last_modified }
        const { passes, matches, empty, ids: only, modified, id: bounds } = selection
        const found = !empty && (passes?.(id, last_modified, null) ?? true) && (matches?.(one) ?? true)
        assert.equal(found, isMatch(one), JSON.stringify([filters, one]))
        if (!found) continue
        assert.ok(last_modified >= modified.from && last_modified <= modified.to)
        assert.ok(!only || only.includes(id))
        assert.ok(bounds.from === undefined || compareBytes(id, bounds.from) >= 0)
        assert.ok(bounds.to === undefined || compareBytes(id, bounds.to) <= 0)
      }
    }),
  )
})

test('a query of nothing but ids and times leaves nothing to parse', () => {
  const selection = selectionOf({
    filters: [
      { op: 'gt', field: 'last_modified', value: 5 },
      { op: 'in', field: 'id', value: ['b', 'a', 'b'] },
    ],
    ids: ['a', 'b', 'c'],
    deleted: true,
  })
  assert.equal(selection.matches, undefined)
  assert.deepEqual(selection.modified, { from: 6, to: Number.MAX_SAFE_INTEGER })
  assert.deepEqual(selection.ids, ['a', 'b'])
})

test("what is shared and one's own are found together", () => {
  const { ids, passes } = selectionOf({ filters: [], ids: ['a'], owner: 'me', deleted: false })
  assert.equal(ids, undefined)
  const is = (id: string, owner: string | null) => passes?.(id, 1, owner)
  assert.deepEqual([is('a', null), is('b', 'me'), is('b', 'you'), is('b', null)], [true, true, false, false])
})

test('contradictions are known to find nothing', () => {
  const empty = (...filters: Filter[]) => selectionOf({ filters, deleted: false }).empty
  assert.ok(empty({ op: 'eq', field: 'id', value: 5 }))
  assert.ok(empty({ op: 'eq', field: 'last_modified', value: 1.5 }))
  assert.ok(empty({ op: 'in', field: 'last_modified', value: ['1'] }))
  assert.ok(empty({ op: 'gt', field: 'id', value: 'b' }, { op: 'lt', field: 'id', value: 'a' }))
  assert.ok(!empty({ op: 'min', field: 'id', value: 'b' }, { op: 'max', field: 'id', value: 'b' }))
})

test('what an index can order is told apart from what the engine has to', () => {
  const by = (...sort: Sort[]) => orderOf({ sort }).by
  assert.equal(by(), 'id')
  assert.equal(by({ field: 'last_modified', descending: true }), 'modified')
  assert.equal(
    by({ field: 'last_modified', descending: true }, { field: 'id', descending: false }),
    'modified',
  )
  assert.equal(by({ field: 'id', descending: true }, { field: 'last_modified', descending: false }), 'id')
  assert.equal(by({ field: 'title', descending: false }), 'engine')
})

test('a list goes on from the place of its last record, and not from one of another order', () => {
  const sort = [{ field: 'last_modified', descending: true }]
  const after = sortKeyOf({ id: 'b', last_modified: 7 }, sort)
  assert.deepEqual(orderOf({ sort, after }), {
    by: 'modified',
    modifiedDown: true,
    idDown: true,
    after: { modified: 7, id: 'b' },
  })
  assert.throws(() => orderOf({ sort: [], after }), { code: 'filter-key' })
  assert.throws(() => orderOf({ sort, after: [['x'], ['b']] }), { code: 'filter-key' })
  assert.throws(() => orderOf({ sort: [{ field: 'title', descending: true }], after: [] }), {
    code: 'filter-key',
  })
})

test('an order of an index, gone through by the engine, is the same', () => {
  const sort = [
    { field: 'last_modified', descending: true },
    { field: 'id', descending: false },
  ]
  const after = sortKeyOf({ id: 'b', last_modified: 7 }, sort)
  const order = engineOrder(orderOf({ sort, after }))
  assert.deepEqual(order.sorts, sort)
  assert.equal(order.parses, false)
  const is = (id: string, last_modified: number) => order.isAfter?.({ id, last_modified })
  assert.deepEqual(
    [is('a', 7), is('b', 7), is('c', 7), is('a', 8), is('a', 6)],
    [false, false, true, false, true],
  )
})

test('places compare as the objects that they were made of', () => {
  const long = 'x'.repeat(300)
  const anything = fc.constantFrom<Json>(...values, long, `${long}y`, [1], [2], { a: 1 }, { a: 2 })
  const objects = fc.record(
    { id: fc.constantFrom(...ids), last_modified: fc.constantFrom(...times), a: anything, b: anything },
    { requiredKeys: ['id', 'last_modified'] },
  )
  const sorts = fc.array(
    fc.record({ field: fc.constantFrom('a', 'b', 'last_modified'), descending: fc.boolean() }),
    { maxLength: 3 },
  )
  fc.assert(
    fc.property(sorts, objects, objects, (sort, a, b) => {
      const places = comparePlaces(sort)(placeOf(a as JsonObject, sort), placeOf(b as JsonObject, sort))
      assert.equal(Math.sign(places), Math.sign(compareBy(sort)(a as JsonObject, b as JsonObject)))
    }),
  )
})

test("a document counts with its object's text, not with its body", () => {
  assert.equal(listedBytes({ type: null, size: 9, data: '{"a":"é"}' }), 9)
  assert.equal(listedBytes({ type: 'text/plain', size: 5_000, data: '{"a":"é"}' }), 10)
})
