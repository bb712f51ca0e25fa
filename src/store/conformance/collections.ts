import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commitStep } from '../../core/records/index.ts'
import type { Change } from '../../core/records/index.ts'
import type { OpenStore } from './harness.ts'
import { changesSince, listed, recordOf, refused, start, underTest } from './harness.ts'

const list = 'kinto/collections/c/records'
const put = (home: number, path: string, id: string, data = '{}'): Change => ({
  kind: 'put',
  home,
  path,
  id,
  data,
})
const make = (home: number, path: string): Change => ({ kind: 'make', home, path })

export function collectionSuite(open: OpenStore): void {
  test('a list that writes do not make refuses them until it is made', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    await refused(store, { changes: [put(h, list, 'a')] }, 'collection-absent')
    const when = [{ is: 'collection-present', home: h, path: list } as const]
    await refused(store, { when, changes: [] }, 'collection-absent')
    const [made] = await step({ kind: 'make', home: h, path: list, clock: start + 50 })
    assert.deepEqual(made, { kind: 'collection', clock: start + 50, born: start + 50 })
    const [again] = await step(make(h, list))
    assert.deepEqual(again, made, 'making it twice changes nothing')
    await commitStep(store, { when, changes: [put(h, list, 'a')] })
    await refused(store, { when: [{ ...when[0]!, born: start }], changes: [] }, 'collection-absent')
    await refused(
      store,
      { when: [{ is: 'collection-absent', home: h, path: list }], changes: [] },
      'collection-exists',
    )
  })

  test('preconditions on the clock compare with what a protocol shows', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    await step(make(h, list))
    const { clock } = (await store.collection(h, list)).collection!
    const is = (at: number, path = list) => ({ is: 'collection-clock', home: h, path, clock: at }) as const
    await commitStep(store, { when: [is(clock)], changes: [] })
    await refused(store, { when: [is(clock + 1)], changes: [] }, 'collection-changed')
    await commitStep(store, { when: [is(start, 'kinto/groups')], changes: [] })
    const notNewer = (than: number) => ({ is: 'collection-not-newer', home: h, path: list, than }) as const
    await commitStep(store, { when: [notNewer(clock)], changes: [] })
    await refused(store, { when: [notNewer(clock - 1)], changes: [] }, 'collection-newer')
  })

  test('deleting a parent detaches what is below and leaves the clocks', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    const other = 'kinto/collections/c2/records'
    const prefixOfName = 'kinto/collections/c-other/records'
    for (const path of ['kinto/collections', 'kinto/groups', list, other, prefixOfName])
      await step(make(h, path))
    for (let i = 0; i < 5; i++) await step(put(h, list, `r${i}`, '{"v":1}'))
    await step(put(h, other, 'r', '{"v":1}'), put(h, prefixOfName, 'r', '{"v":1}'))
    const entry = { kind: 'access', home: h, principal: 'account:x', source: 's', bits: 3 } as const
    await step(
      { ...entry, path: 'kinto/collections/c' },
      { ...entry, path: `${list}/r1` },
      { ...entry, path: other },
    )
    const before = (await store.collection(h, list)).collection!
    const permSeq = (await store.home(h))!.permSeq

    await step({ kind: 'drop', home: h, path: 'kinto/collections/c' })

    const dead = (await store.collection(h, list)).collection!
    assert.deepEqual(
      [dead.cid, dead.clock, dead.born, dead.records, dead.bytes],
      [null, before.clock, before.born, 0, 0],
    )
    assert.ok(dead.seq > before.seq)
    assert.equal((await store.record(h, list, 'r1')).record, undefined)
    assert.deepEqual(await listed(store, h, list), [])
    assert.equal(await store.count(h, list, { filters: [], deleted: true }), 0)
    assert.equal((await store.record(h, other, 'r')).record?.data, '{"v":1}')
    assert.equal((await store.record(h, prefixOfName, 'r')).record?.data, '{"v":1}')
    const row = (await store.home(h))!
    assert.deepEqual([row.records, row.bytes], [2, 2 * (7 + 64)])
    assert.ok(row.permSeq > permSeq)
    const { entries } = await store.access(h, ['kinto/collections/c', `${list}/r1`, other])
    assert.deepEqual(
      entries.filter((one) => one.bits !== 0).map((one) => one.path),
      [other],
    )
    assert.deepEqual(
      (await store.rows('shared_with', { principal: 'account:x' })).map((one) => one['path']),
      [other],
    )
    await refused(store, { changes: [put(h, list, 'new')] }, 'collection-absent')
  })

  test('a re-made list begins after everything that was shown of the old one, and empty', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    await step(make(h, list))
    await step(put(h, list, 'a', '{"old":1}'))
    const old = (await store.collection(h, list)).collection!
    const [, , made] = await step(
      { kind: 'drop', home: h, path: 'kinto/collections/c' },
      put(h, 'contacts/x', 'marker'),
      make(h, list),
    )
    assert.ok(made?.kind === 'collection' && made.born > old.clock)
    assert.equal((await store.record(h, list, 'a')).record, undefined)
    const { before } = recordOf(await step(put(h, list, 'a', '{"new":1}')))
    assert.equal(before, undefined)
    assert.deepEqual(
      (await listed(store, h, list)).map((one) => one.data),
      ['{"new":1}'],
    )
    await step({ kind: 'drop', home: h, path: '' })
    assert.deepEqual(await listed(store, h, list), [])
    assert.deepEqual([(await store.home(h))!.records, (await store.home(h))!.bytes], [0, 0])
  })

  test('dropping and writing again in one transaction keeps only what came after', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    await step(make(h, list), put(h, list, 'a', '{"v":1}'))
    const results = await Promise.all([
      step(put(h, list, 'b', '{"v":1}')),
      step({ kind: 'drop', home: h, path: 'kinto/collections/c' }),
      step(make(h, list)),
      step(put(h, list, 'a', '{"v":2}'), put(h, list, 'c', '{"v":2}')),
    ])
    assert.equal(recordOf(results[3]).before, undefined)
    const records = await listed(store, h, list)
    assert.deepEqual(records.map((one) => [one.id, one.data]).toSorted(), [
      ['a', '{"v":2}'],
      ['c', '{"v":2}'],
    ])
    assert.equal((await store.collection(h, list)).collection?.records, 2)
    assert.equal((await store.home(h))?.records, 2)
  })

  test('collection rows are listed by parent and below a path, in pages', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    const paths = ['rs/a', 'rs/a/b', 'rs/a/b/c', 'rs/a-b', 'rs/a%2Fb']
    for (const path of paths) await step(put(h, path, 'doc'))
    const below = await store.collections(h, { below: 'rs/a' }, { limit: 10 })
    assert.deepEqual(
      below.map((row) => row.path),
      ['rs/a/b', 'rs/a/b/c'],
    )
    const first = await store.collections(h, { parent: 'rs' }, { limit: 2 })
    const rest = await store.collections(h, { parent: 'rs' }, { limit: 10, after: first[1]!.name })
    assert.deepEqual(
      [...first, ...rest].map((row) => row.name),
      ['a', 'a-b', 'a/b'],
    )
  })

  test('a home has a bounded number of collections, dead ones counted', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    for (let i = 0; i < 50; i++) await step(put(h, `contacts/${i}`, 'a'))
    await refused(store, { changes: [put(h, 'contacts/more', 'a')] }, 'quota-collections')
    await step({ kind: 'drop', home: h, path: 'contacts/1' })
    await refused(store, { changes: [put(h, 'contacts/more', 'a')] }, 'quota-collections')
    await step(put(h, 'contacts/1', 'a'))
  })

  test('the feed carries the row of a dropped list and no tombstones', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    await step(make(h, list))
    for (let i = 0; i < 4; i++) await step(put(h, list, `r${i}`))
    const { seq } = (await store.home(h))!
    await step({ kind: 'drop', home: h, path: 'kinto' })
    const changes = await changesSince(store, h, seq)
    assert.deepEqual(
      changes.map((one) =>
        one.kind === 'collection' ? [one.kind, one.collection.path, one.collection.cid] : [one.kind],
      ),
      [['collection', list, null]],
    )
    assert.deepEqual(
      (await changesSince(store, h)).filter((one) => one.kind === 'record'),
      [],
      'records of a dropped content are in no backfill',
    )
  })
}
