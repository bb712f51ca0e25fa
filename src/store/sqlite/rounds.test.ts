import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commitStep } from '../../core/records/index.ts'
import type { Change } from '../../core/records/index.ts'
import type { JsonObject } from '../../lib/json/index.ts'
import { nodeDriver } from './driver.ts'
import { type SqliteUnderTest, sqliteUnderTest } from './harness.ts'

const path = 'contacts/b'
const put = (home: number, id: string, data: JsonObject = {}, more = {}): Change => ({
  kind: 'put',
  home,
  path,
  id,
  data: JSON.stringify(data),
  ...more,
})

async function sweepAll({ store }: SqliteUnderTest): Promise<number> {
  for (let rounds = 1; ; rounds++) if (!(await store.sweep()).more) return rounds
}

/** Reads the file from outside. */
function query({ path: file }: SqliteUnderTest, sql: string) {
  const connection = nodeDriver.open(file, { readOnly: true })
  try {
    return connection.prepare(sql).all()
  } finally {
    connection.close()
  }
}

test('an index is built over several rounds, while records are written, and has each record once', async (t) => {
  const parts = await sqliteUnderTest(t)
  const { store, home, step } = parts
  const h = await home()
  await step(...Array.from({ length: 1_200 }, (_, i) => put(h, `r${i}`, { n: i % 3 })))
  await step({ kind: 'index', home: h, path, fields: ['n'] })
  await store.sweep()
  assert.notEqual((await store.collection(h, path)).collection?.fields?.[0]?.building, undefined)
  await step(put(h, 'r0', { n: 7 }), put(h, 'r999', { n: 7 }), put(h, 'zz', { n: 7 }))
  await step({ kind: 'delete', home: h, path, id: 'r1' })
  assert.ok((await sweepAll(parts)) > 2)
  assert.deepEqual((await store.collection(h, path)).collection?.fields, [{ field: 1, name: 'n' }])
  assert.deepEqual(query(parts, 'SELECT count(*), count(DISTINCT id) FROM field_key'), [[1_200, 1_200]])
  const found = await store.list(h, path, {
    filters: [{ op: 'eq', field: 'n', value: 7 }],
    sort: [],
    limit: 10,
    deleted: false,
  })
  assert.deepEqual(
    found.records.map(({ id }) => id),
    ['r0', 'r999', 'zz'],
  )
})

test('keys of an index that is not declared any more are swept, also when its number is used again', async (t) => {
  const parts = await sqliteUnderTest(t)
  const { home, step } = parts
  const h = await home()
  await step(...Array.from({ length: 700 }, (_, i) => put(h, `r${i}`, { a: i, b: -i })))
  await step({ kind: 'index', home: h, path, fields: ['a'] })
  await sweepAll(parts)
  await step({ kind: 'index', home: h, path, fields: [] })
  await step({ kind: 'index', home: h, path, fields: ['b'] })
  await sweepAll(parts)
  assert.deepEqual(query(parts, 'SELECT count(*), count(DISTINCT id) FROM field_key'), [[700, 700]])
  await step({ kind: 'index', home: h, path, fields: [] })
  await sweepAll(parts)
  assert.deepEqual(query(parts, 'SELECT (SELECT count(*) FROM field_key), (SELECT count(*) FROM dropped)'), [
    [0, 0],
  ])
})

test('an expired record takes its keys with it, and so does one that is trimmed', async (t) => {
  const parts = await sqliteUnderTest(t)
  const { home, step, clock } = parts
  const h = await home()
  await step(
    put(h, 'a', { n: 1 }, { expires: clock.now() + 5 }),
    put(h, 'b', { n: 2 }),
    put(h, 'c', { n: 3 }),
  )
  await step({ kind: 'index', home: h, path, fields: ['n'] })
  await sweepAll(parts)
  clock.tick(5)
  await sweepAll(parts)
  const only = { filters: [{ op: 'eq', field: 'n', value: 2 } as const], sort: [], limit: 9, deleted: false }
  await step({ kind: 'trim', home: h, path, query: only })
  assert.deepEqual(query(parts, 'SELECT id FROM field_key'), [['c']])
  assert.deepEqual(query(parts, 'SELECT id FROM record'), [['c']])
})

test('while the worker writes, reads are from one state and writes wait', async (t) => {
  const parts = await sqliteUnderTest(t)
  const { store, home, step, clock } = parts
  const h = await home()
  const expires = clock.now() + 5
  await step(put(h, 'stays'), ...Array.from({ length: 400 }, (_, i) => put(h, `r${i}`, {}, { expires })))
  clock.tick(5)
  let isDone = false
  const swept = sweepAll(parts).finally(() => (isDone = true))
  const written = commitStep(store, { changes: [put(h, 'more')] })
  while (!isDone) {
    const { home: row, collection } = await store.collection(h, path)
    assert.equal(row?.records, collection?.records)
    assert.equal(
      await store.count(h, path, { filters: [], deleted: false }),
      (await store.record(h, path, 'more')).record ? 2 : 1,
    )
    await new Promise((resolve) => setImmediate(resolve))
  }
  await Promise.all([swept, written])
  assert.equal((await store.home(h))?.records, 2)
})

test('a home that ends tells those who listen', async (t) => {
  const parts = await sqliteUnderTest(t)
  const { store, home, step, clock, events } = parts
  const h = await home()
  await step({ kind: 'alter-home', home: h, set: { ends: clock.now() + 5 } })
  const permSeq = store.permSeqOf(h) ?? 0
  clock.tick(5)
  events.length = 0
  await store.sweep()
  assert.deepEqual(
    events.map((event) => [event.home, event.permSeq]),
    [[h, permSeq + 1]],
  )
})
