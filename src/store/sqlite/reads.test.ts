import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ListQuery } from '../../core/ports/store.ts'
import { commitStep } from '../../core/records/index.ts'
import type { Change } from '../../core/records/index.ts'
import { compareBy, compileFilter, type Filter, type Sort, sortKeyOf } from '../../lib/filter/index.ts'
import type { Json, JsonObject } from '../../lib/json/index.ts'
import { objectOf } from '../fields.ts'
import { type Entry, recordingDriver, sqliteUnderTest } from './harness.ts'

const path = 'contacts/b'
const put = (home: number, id: string, data: JsonObject = {}, more = {}): Change => ({
  kind: 'put',
  home,
  path,
  id,
  data: JSON.stringify(data),
  ...more,
})
const newest: ListQuery = {
  filters: [],
  sort: [{ field: 'last_modified', descending: true }],
  limit: 100,
  deleted: false,
}

/** A collection of more than two chunks, with equal times, tombstones and expired records in it. */
async function filled(t: Parameters<typeof sqliteUnderTest>[0], log: Entry[] = []) {
  const parts = await sqliteUnderTest(t, { driver: recordingDriver(log) })
  const h = await parts.home()
  const changes: Change[] = []
  const now = parts.clock.now()
  for (let i = 0; i < 620; i++) {
    const more = { modified: now + 1_000 + (i % 40) * 10, ...(i % 31 === 0 ? { expires: now + 5 } : {}) }
    changes.push(
      put(h, `r${(i * 7) % 1_000}`, { n: i % 9, ...(i % 5 === 0 ? { big: 'x'.repeat(70_000) } : {}) }, more),
    )
  }
  await commitStep(parts.store, { changes })
  await parts.step(
    ...Array.from({ length: 30 }, (_, i): Change => ({ kind: 'delete', home: h, path, id: `r${i * 14}` })),
  )
  parts.clock.tick(5)
  return { ...parts, h }
}

test('long lists are those of the engine, chunk by chunk and page by page', async (t) => {
  const { store, h } = await filled(t)
  const everything = (await store.list(h, path, { ...newest, limit: 10_000, deleted: true })).records
  const now = (await store.collection(h, path)).collection?.clock ?? 0
  const filter: fc.Arbitrary<Filter> = fc.oneof(
    fc.record({
      op: fc.constantFrom('gt', 'min', 'lt', 'max'),
      field: fc.constant('last_modified'),
      value: fc.integer({ min: now - 500, max: now }),
    }),
    fc.record({
      op: fc.constantFrom('gt', 'min', 'lt', 'max'),
      field: fc.constant('id'),
      value: fc.constantFrom('r3', 'r5', 'r9'),
    }),
    fc.record({ op: fc.constantFrom('eq', 'not', 'gt'), field: fc.constant('n'), value: fc.nat(9) }),
  )
  const sort: fc.Arbitrary<Sort[]> = fc.uniqueArray(
    fc.record({ field: fc.constantFrom('id', 'last_modified', 'n'), descending: fc.boolean() }),
    { maxLength: 2, selector: ({ field }) => field },
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(filter, { maxLength: 2 }),
      sort,
      fc.boolean(),
      fc.integer({ min: 150, max: 400 }),
      async (filters, sorts, deleted, limit) => {
        const isMatch = compileFilter(filters)
        const expected = everything
          .filter((row) => deleted || !row.deleted)
          .map(objectOf)
          .filter(isMatch)
          .sort(compareBy(sorts))
        const found: JsonObject[] = []
        let after: Json | undefined
        for (;;) {
          const query = { filters, sort: sorts, limit, deleted, ...(after === undefined ? {} : { after }) }
          const { records, more } = await store.list(h, path, query)
          found.push(...records.map(objectOf))
          if (!more) break
          assert.ok(records.length === limit)
          after = sortKeyOf(found.at(-1) ?? {}, sorts) as Json
        }
        assert.deepEqual(found, expected)
        assert.equal(await store.count(h, path, { filters, deleted }), expected.length)
      },
    ),
    { numRuns: 40 },
  )
})

test('a long look sees one state, and others have turns in between', async (t) => {
  const { store, h, step, clock } = await filled(t)
  for (let from = 0; from < 6_000; from += 2_000) {
    await step(...Array.from({ length: 2_000 }, (_, i) => put(h, `more${from + i}`, { n: 3 })))
  }
  const before = await store.count(h, path, { filters: [{ op: 'eq', field: 'n', value: 3 }], deleted: false })
  let isDone = false
  let writes = 0
  const counted = store
    .list(h, path, {
      ...newest,
      sort: [{ field: 'n', descending: false }],
      filters: [{ op: 'eq', field: 'n', value: 3 }],
      limit: 10_000,
    })
    .finally(() => (isDone = true))
  while (!isDone) {
    clock.tick()
    await step(put(h, `new${writes++}`, { n: 3 }))
  }
  const { records, collection } = await counted
  assert.ok(writes > 2, `${writes} writes meanwhile`)
  assert.equal(records.length, before)
  assert.ok(records.every(({ seq }) => seq <= (collection?.deepSeq ?? 0)))
})

test('a declared index is what a search goes by', async (t) => {
  const log: Entry[] = []
  const { store, h, step } = await filled(t, log)
  const search = { ...newest, filters: [{ op: 'eq', field: 'n', value: 4 } as const] }
  const before = await store.list(h, path, search)
  await step({ kind: 'index', home: h, path, fields: ['n'] })
  while ((await store.sweep()).more);
  log.length = 0
  const { records } = await store.list(h, path, search)
  assert.deepEqual(records, before.records)
  const looks = log.flatMap((entry) =>
    entry.what === 'ran' && entry.sql.includes('FROM field_key k') ? [entry] : [],
  )
  assert.equal(looks.length, 1)
  const plan = log.filter(
    (entry) => entry.what === 'ran' && / FROM record r WHERE .* ORDER BY/.test(entry.sql),
  )
  assert.deepEqual(plan, [], 'the records are not gone through')
})

test('statements of lists go by an index and sort nothing', async (t) => {
  const log: Entry[] = []
  const driver = recordingDriver(log)
  const { store, home, step } = await sqliteUnderTest(t, { driver })
  const h = await home()
  await step(put(h, 'a', { n: 1 }), put(h, 'b', { n: 2 }), { kind: 'index', home: h, path, fields: ['n'] })
  while ((await store.sweep()).more);
  log.length = 0
  const id = { field: 'id', descending: false }
  const time = { field: 'last_modified', descending: true }
  const after = sortKeyOf({ id: 'a', last_modified: 5 }, [time]) as Json
  await store.list(h, path, { ...newest, limit: 1 })
  await store.list(h, path, { ...newest, after })
  await store.list(h, path, { ...newest, sort: [id], filters: [{ op: 'min', field: 'id', value: 'a' }] })
  await store.list(h, path, { ...newest, filters: [{ op: 'eq', field: 'n', value: 1 }] })
  await store.list(h, path, { ...newest, ids: ['a', 'b'] })
  await store.count(h, path, { filters: [{ op: 'gt', field: 'last_modified', value: 5 }], deleted: true })
  await store.changes(h, { since: 1, limit: 10 })
  await store.collections(h, { parent: 'contacts' }, { limit: 10 })
  await store.accessBelow(h, 'contacts', { limit: 10 })
  const statements = new Set(
    log.flatMap((entry) => (entry.what === 'ran' && entry.sql.startsWith('SELECT') ? [entry.sql] : [])),
  )
  assert.ok(statements.size > 8)
  const connection = driver.opened[0]
  for (const sql of statements) {
    const values = Array.from(sql.matchAll(/\?/g), () => 1)
    const plan = connection?.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) ?? []
    for (const [, , , step_] of plan)
      assert.doesNotMatch(String(step_), /SCAN (?!wanted|\(subquery|CONSTANT)|TEMP B-TREE/, sql)
  }
})

test('a page that is kept in memory is not given when it is not true any more', async (t) => {
  const { store, home, step, clock } = await sqliteUnderTest(t)
  const h = await home()
  await step(put(h, 'a'), put(h, 'b', {}, { expires: clock.now() + 10 }))
  const ids = async () => {
    for (let i = 0; i < 8; i++) await store.list(h, path, newest)
    return (await store.list(h, path, newest)).records.map(({ id }) => id)
  }
  assert.deepEqual(await ids(), ['b', 'a'])
  const kept = (await store.list(h, path, newest)).records
  assert.equal((await store.list(h, path, newest)).records, kept, 'what is read often is kept')
  clock.tick(10)
  assert.deepEqual(await ids(), ['a'])
  await step(put(h, 'c'))
  assert.deepEqual(await ids(), ['c', 'a'])
  await step({ kind: 'delete', home: h, path, id: 'c' })
  assert.deepEqual(await ids(), ['a'])
  while ((await store.sweep()).more);
  assert.deepEqual(await ids(), ['a'])
  await step({ kind: 'drop', home: h, path }, put(h, 'd'))
  assert.deepEqual(await ids(), ['d'])
})

test('a record in memory is absent from its expiry on', async (t) => {
  const { store, home, step, clock } = await sqliteUnderTest(t)
  const h = await home()
  await step(put(h, 'a', {}, { expires: clock.now() + 10 }))
  for (let i = 0; i < 9; i++) assert.ok((await store.record(h, path, 'a')).record)
  clock.tick(10)
  assert.equal((await store.record(h, path, 'a')).record, undefined)
})

test('a list goes on from its place by the index, and skips nothing that was given before', async (t) => {
  const log: Entry[] = []
  const { store, h, path: file } = await filled(t, log)
  const ascending = { field: 'last_modified', descending: false }
  const [middle] = (await store.list(h, path, { ...newest, limit: 1 })).records.slice(-1)
  log.length = 0
  const after = [[middle!.modified - 200], [middle!.id]]
  for (const sort of [newest.sort, [ascending], [ascending, { field: 'id', descending: true }]])
    await store.list(h, path, { ...newest, sort, limit: 500, after })
  const found = log.filter(
    (entry) =>
      entry.what === 'ran' && entry.sql.includes(' FROM record r ') && entry.sql.includes('ORDER BY'),
  )
  assert.ok(found.length >= 3)
  const database = new DatabaseSync(file, { readOnly: true })
  t.after(() => database.close())
  for (const entry of found) {
    assert.ok(entry.what === 'ran')
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${entry.sql}`).all(...entry.values)
    const isMixed = entry.sql.includes('r.id DESC') && entry.sql.includes('r.modified ASC')
    const bound = isMixed ? /modified>\? AND modified<\?/ : /\(modified,id\)[<>]\(\?,\?\)/
    assert.match(String(plan[0]?.['detail']), bound, entry.sql)
    if (isMixed) assert.ok(entry.values.filter((value) => value === 0).length === 0, 'the place is the bound')
  }
})

test('a few collections that were listed are known one by one, until they change', async (t) => {
  const log: Entry[] = []
  const parts = await sqliteUnderTest(t, { driver: recordingDriver(log) })
  const { store, step } = parts
  const h = await parts.home()
  await step(put(h, 'a'), { ...put(h, 'a'), path: 'contacts/c' } as Change)
  const listed = await store.collections(h, { parent: 'contacts' }, { limit: 100 })
  log.length = 0
  for (const row of listed) assert.deepEqual((await store.collection(h, row.path)).collection, row)
  assert.deepEqual(
    log.filter((entry) => entry.what === 'ran' && entry.sql.includes('FROM collection')),
    [],
  )
  await step(put(h, 'b'))
  assert.equal((await store.collection(h, path)).collection?.records, 2)
})
