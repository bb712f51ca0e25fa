import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Listed, ListQuery, Store } from '../../core/ports.ts'
import type { Change } from '../../core/records/index.ts'
import { compareBy, compileFilter, sortKeyOf } from '../../lib/filter/index.ts'
import type { Filter, Sort } from '../../lib/filter/index.ts'
import type { Json, JsonObject } from '../../lib/json/index.ts'
import type { OpenStore } from './harness.ts'
import { newest, start, underTest } from './harness.ts'

const path = 'contacts/book'
const put = (home: number, id: string, data: JsonObject, more = {}): Change => ({
  kind: 'put',
  home,
  path,
  id,
  data: JSON.stringify(data),
  ...more,
})

/** The object that filters and sorts see. */
function objectOf(row: Listed): JsonObject {
  const object: JsonObject = {
    ...(JSON.parse(row.data) as JsonObject),
    id: row.id,
    last_modified: row.modified,
  }
  if (row.deleted) object['deleted'] = true
  return object
}

/** All pages of a query. */
async function pages(store: Store, home: number, query: ListQuery): Promise<Listed[]> {
  const all: Listed[] = []
  let after: Json | undefined
  for (let page = 0; page < 500; page++) {
    const { records, more } = await store.list(home, path, after === undefined ? query : { ...query, after })
    assert.ok(records.length <= query.limit)
    all.push(...records)
    if (!more) return all
    assert.ok(records.length > 0, 'a page that promises more is not empty')
    after = sortKeyOf(objectOf(records.at(-1)!), query.sort) as Json
  }
  return assert.fail('the pages do not end')
}

const scalar = fc.oneof(
  fc.constantFrom<Json[]>(
    null,
    true,
    false,
    '',
    'a',
    'B',
    'b',
    'é',
    '\u{1f41d}',
    '\uffff',
    'nul\u0000',
    0,
    -1,
    2,
    2.5,
    1e300,
    10,
  ),
  fc.string({ maxLength: 3 }),
  fc.integer({ min: -3, max: 3 }),
) as fc.Arbitrary<Json>
const value = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 2 }) as fc.Arbitrary<Json> },
  {
    weight: 1,
    arbitrary: fc.dictionary(fc.constantFrom('x', 'y'), scalar, { maxKeys: 2 }) as fc.Arbitrary<Json>,
  },
)
const fields = ['f', 'g', 'f.x', 'dotted.key', '__proto__', 'constructor', 'last_modified', 'id']
const object = fc.dictionary(fc.constantFrom('f', 'g', 'dotted.key', 'constructor'), value, {
  maxKeys: 3,
}) as fc.Arbitrary<JsonObject>
const filter: fc.Arbitrary<Filter> = fc.oneof(
  fc.record({
    op: fc.constantFrom<Filter['op'][]>('eq', 'not', 'gt', 'lt', 'min', 'max'),
    field: fc.constantFrom('f', 'g', 'f.x', 'dotted.key', 'constructor'),
    value,
  }),
  fc.record({
    op: fc.constantFrom<Filter['op'][]>('in', 'exclude', 'contains_any'),
    field: fc.constantFrom('f', 'g'),
    value: fc.array(scalar, { maxLength: 3 }),
  }),
  fc.record({
    op: fc.constant('like' as const),
    field: fc.constantFrom('f', 'id'),
    value: fc.constantFrom('a', 'b*', '*'),
  }),
  fc.record({ op: fc.constant('has' as const), field: fc.constantFrom('f', 'g.x'), value: fc.boolean() }),
  fc.record({
    op: fc.constantFrom<Filter['op'][]>('eq', 'not', 'gt', 'lt', 'min', 'max'),
    field: fc.constant('last_modified'),
    value: fc.integer({ min: start, max: start + 40 }),
  }),
  fc.record({
    op: fc.constantFrom<Filter['op'][]>('in', 'exclude'),
    field: fc.constant('id'),
    value: fc.array(fc.constantFrom('r0', 'r1', 'r2', 'none'), { maxLength: 3 }),
  }),
)
const sorts: fc.Arbitrary<Sort[]> = fc.uniqueArray(
  fc.record({ field: fc.constantFrom(...fields), descending: fc.boolean() }),
  { maxLength: 3, selector: (sort) => sort.field },
)

export function listSuite(open: OpenStore): void {
  test('every query gives what the engine finds in a plain array, page by page', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const run = async (indexed: boolean) =>
      fc.assert(
        fc.asyncProperty(
          fc.array(object, { minLength: 1, maxLength: 25 }),
          fc.array(fc.nat({ max: 30 }), { maxLength: 5 }),
          fc.array(
            fc.tuple(fc.array(filter, { maxLength: 2 }), sorts, fc.integer({ min: 1, max: 9 }), fc.boolean()),
            {
              minLength: 4,
              maxLength: 8,
            },
          ),
          async (objects, deletions, queries) => {
            const h = await home()
            if (indexed) await step(put(h, 'x', {}), { kind: 'index', home: h, path, fields: ['f', 'f.x'] })
            await step(
              ...objects.map((data, i) => put(h, `r${i}`, data, i % 3 === 0 ? { modified: start + 20 } : {})),
            )
            await step(...deletions.map((i): Change => ({ kind: 'delete', home: h, path, id: `r${i}` })))
            if (indexed) while ((await store.sweep()).more);
            const everything = (
              await store.list(h, path, { filters: [], sort: newest, limit: 10_000, deleted: true })
            ).records
            for (const [filters, sort, limit, deleted] of queries) {
              const query: ListQuery = { filters, sort, limit, deleted }
              const passes = compileFilter(filters)
              const expected = everything
                .filter((row) => deleted || !row.deleted)
                .map(objectOf)
                .filter(passes)
                .toSorted(compareBy(sort))
                .map((one) => one['id'])
              const found = (await pages(store, h, query)).map((row) => row.id)
              assert.deepEqual(found, expected, JSON.stringify(query))
              assert.equal(
                await store.count(h, path, { filters, deleted }),
                expected.length,
                JSON.stringify(query),
              )
            }
          },
        ),
        { numRuns: 12 },
      )
    await run(false)
    await run(true)
  })

  test('a page ends at its limit of bytes, and always has a record', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    for (let i = 0; i < 6; i++) await step(put(h, `r${i}`, { text: 'x'.repeat(1_000) }))
    const query = { filters: [], sort: newest, limit: 100, deleted: false }
    const first = await store.list(h, path, { ...query, maxBytes: 2_500 })
    assert.deepEqual([first.records.length, first.more], [2, true])
    const least = await store.list(h, path, { ...query, maxBytes: 10 })
    assert.deepEqual([least.records.length, least.more], [1, true])
  })

  test('what is shown one by one is what the list has', async (t) => {
    const { clock, store, home, step } = await underTest(t, open)
    const h = await home()
    const none = await store.each(
      h,
      'contacts/none',
      { filters: [], sort: newest, limit: 9, deleted: false },
      () => assert.fail,
    )
    assert.deepEqual([none.home?.id, none.collection, none.more], [h, undefined, false])
    const now = clock.now()
    for (let from = 0; from < 700; from += 50)
      await step(
        ...Array.from({ length: 50 }, (_, i) =>
          put(
            h,
            `r${(from + i) * 7}`,
            { n: i, text: 'é'.repeat(i % 49 === 0 ? 40_000 : i) },
            i % 11 === 0 ? { expires: now + 5 } : {},
          ),
        ),
      )
    await step(
      ...Array.from({ length: 60 }, (_, i): Change => ({ kind: 'delete', home: h, path, id: `r${i * 21}` })),
    )
    clock.tick(10)
    const { records } = await store.list(h, path, {
      filters: [],
      sort: newest,
      limit: 10_000,
      deleted: false,
    })
    const middle = records[300]!
    const oldest: Sort[] = [{ field: 'last_modified', descending: false }]
    const plain = { filters: [], sort: newest, limit: 10_000, deleted: false }
    const queries: ListQuery[] = [
      plain,
      { ...plain, sort: oldest },
      { ...plain, limit: 1 },
      { ...plain, limit: records.length },
      { ...plain, limit: records.length - 1 },
      { ...plain, maxBytes: 200_000 },
      { ...plain, maxBytes: 1 },
      { ...plain, sort: oldest, after: [[middle.modified], [middle.id]] },
      { ...plain, limit: 20, after: [[middle.modified], [middle.id]] },
      { ...plain, filters: [{ field: 'last_modified', op: 'lt', value: middle.modified }] },
      { ...plain, sort: oldest, filters: [{ field: 'last_modified', op: 'gt', value: middle.modified }] },
      { ...plain, filters: [{ field: 'last_modified', op: 'exclude', value: [middle.modified] }] },
      { ...plain, filters: [{ field: 'id', op: 'in', value: [middle.id, 'none'] }] },
      { ...plain, filters: [{ field: 'n', op: 'gt', value: 40 }] },
      { ...plain, sort: [{ field: 'n', descending: true }], limit: 30 },
      { ...plain, sort: [{ field: 'id', descending: false }], limit: 30 },
      { ...plain, ids: [middle.id], owner: 'account:a' },
      { ...plain, deleted: true },
    ]
    for (const query of queries) {
      const { records: listed, ...told } = await store.list(h, path, query)
      let shown: [string, number, string][] = []
      const read = await store.each(h, path, query, () => {
        shown = []
        return (id, modified, data) => void shown.push([id, modified, data])
      })
      assert.deepEqual(read, told, JSON.stringify(query))
      assert.deepEqual(
        shown,
        listed.map(({ id, modified, data }) => [id, modified, data]),
        JSON.stringify(query),
      )
    }
  })

  test('a list may be narrowed to ids and to one’s own', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    for (let i = 0; i < 6; i++)
      await step(put(h, `r${i}`, {}, { owner: i % 2 === 0 ? 'account:a' : 'account:b' }))
    const query = { filters: [], sort: [{ field: 'id', descending: false }], limit: 2, deleted: false }
    const ids = (rows: Listed[]) => rows.map((row) => row.id)
    assert.deepEqual(ids(await pages(store, h, { ...query, ids: ['r5', 'r1', 'none'] })), ['r1', 'r5'])
    assert.deepEqual(ids(await pages(store, h, { ...query, ids: ['r1'], owner: 'account:a' })), [
      'r0',
      'r1',
      'r2',
      'r4',
    ])
    assert.deepEqual(ids(await pages(store, h, { ...query, ids: [] })), [])
    assert.equal(
      await store.count(h, path, { filters: [], ids: ['r1'], owner: 'account:a', deleted: false }),
      4,
    )
    const many = Array.from({ length: 5_000 }, (_, i) => `r${i}`)
    assert.equal((await pages(store, h, { ...query, limit: 100, ids: many })).length, 6)
  })

  test('a list tells its collection and home as of the same moment', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    const query = { filters: [], sort: newest, limit: 10, deleted: false }
    const none = await store.list(h, path, query)
    assert.deepEqual([none.records, none.more, none.collection], [[], false, undefined])
    assert.equal(none.home?.id, h)
    await step(put(h, 'a', {}))
    const { collection, home: row, records } = await store.list(h, path, query)
    assert.equal(collection?.clock, records[0]?.modified)
    assert.equal(row?.seq, records[0]?.seq)
  })

  test('a long list is filtered and sorted whole', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    for (let from = 0; from < 5_000; from += 500)
      await step(
        ...Array.from({ length: 500 }, (_, i) => put(h, `r${from + i}`, { n: (from + i) % 7, i: from + i })),
      )
    const filters: Filter[] = [{ op: 'eq', field: 'n', value: 3 }]
    const found = await pages(store, h, {
      filters,
      sort: [{ field: 'i', descending: true }],
      limit: 100,
      deleted: false,
    })
    assert.equal(found.length, 714)
    assert.deepEqual(
      found.slice(0, 2).map((row) => row.id),
      ['r4994', 'r4987'],
    )
    assert.equal(await store.count(h, path, { filters, deleted: false }), 714)
  })

  test('an index is built beside the writes, kept with them, and swept with its content', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    await step(...Array.from({ length: 1_200 }, (_, i) => put(h, `r${i}`, { status: i % 100 })))
    await step({ kind: 'index', home: h, path, fields: ['status'] })
    assert.equal((await store.collection(h, path)).collection?.fields?.[0]?.building, '')
    await step(
      put(h, 'r50', { status: 7 }),
      { kind: 'delete', home: h, path, id: 'r107' },
      put(h, 'new', { status: 7 }),
    )
    for (let round = 0; (await store.sweep()).more; round++) assert.ok(round < 50)
    assert.deepEqual((await store.collection(h, path)).collection?.fields, [{ field: 1, name: 'status' }])
    const query = {
      filters: [{ op: 'eq', field: 'status', value: 7 } as const],
      sort: newest,
      limit: 100,
      deleted: false,
    }
    const { records } = await store.list(h, path, query)
    assert.equal(records.length, 13)
    await step({ kind: 'drop', home: h, path })
    while ((await store.sweep()).more);
    await step(put(h, 'again', { status: 7 }))
    assert.deepEqual(
      (await store.list(h, path, query)).records.map((row) => row.id),
      ['again'],
    )
  })
}
