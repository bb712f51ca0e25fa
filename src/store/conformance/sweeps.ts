import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Row, Store, TableName } from '../../core/ports.ts'
import { hiddenTombstoneAge } from '../../core/records/index.ts'
import type { Change } from '../../core/records/index.ts'
import type { OpenStore } from './harness.ts'
import { changesSince, listed, start, underTest } from './harness.ts'

const put = (home: number, path: string, id: string, more = {}): Change => ({
  kind: 'put',
  home,
  path,
  id,
  ...more,
})

async function sweepAll(store: Store): Promise<void> {
  for (let round = 0; (await store.sweep()).more; round++) assert.ok(round < 100, 'the sweep ends')
}

export function sweepSuite(open: OpenStore): void {
  test('expired records go without tombstone, event or clock, and are no longer counted', async (t) => {
    const { store, clock, events, home, step } = await underTest(t, open)
    const h = await home()
    const blob = { hash: 'ef'.repeat(32), size: 70_000 }
    await step(
      put(h, 'contacts/b', 'gone', { data: '{"v":1}', expires: start + 10, blob }),
      put(h, 'contacts/b', 'stays'),
    )
    const before = (await store.collection(h, 'contacts/b')).collection!
    clock.tick(10)
    events.length = 0
    await sweepAll(store)
    const { collection, home: row } = await store.collection(h, 'contacts/b')
    assert.deepEqual([collection?.records, collection?.clock, collection?.bytes], [1, before.clock, 2])
    assert.deepEqual([row?.records, row?.bytes], [1, 66])
    assert.deepEqual(
      (await listed(store, h, 'contacts/b')).map((one) => one.id),
      ['stays'],
    )
    assert.equal(events.length, 0)
    assert.equal((await store.blob(h, blob.hash))?.refs, 0)
  })

  test('dropped contents are swept with what they referred to, others stay', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    const blob = { hash: '12'.repeat(32), size: 70_000 }
    const changes = Array.from({ length: 1_200 }, (_, i) => put(h, 'contacts/b', `r${i}`))
    await step(...changes, put(h, 'contacts/b', 'blob', { blob }), put(h, 'contacts/c', 'stays'))
    await step({ kind: 'drop', home: h, path: 'contacts/b' })
    assert.equal((await store.blob(h, blob.hash))?.refs, 1)
    const report = await store.sweep()
    assert.ok(report.dropped <= 500, 'a round is bounded')
    assert.equal(report.more, true)
    await sweepAll(store)
    assert.equal((await store.blob(h, blob.hash))?.refs, 0)
    assert.deepEqual(
      (await listed(store, h, 'contacts/c')).map((one) => one.id),
      ['stays'],
    )
    assert.equal((await store.home(h))?.bytes, 66)
  })

  test('old tombstones of a tree and a timeline are forgotten, and cursors below them are too old', async (t) => {
    const { store, clock, home, step } = await underTest(t, open)
    const h = await home()
    await step(put(h, 'sync/tabs', 'a'), put(h, 'sync/tabs', 'b'), put(h, 'contacts/b', 'a'))
    await step(
      { kind: 'delete', home: h, path: 'sync/tabs', id: 'a' },
      { kind: 'delete', home: h, path: 'contacts/b', id: 'a' },
    )
    const floor = (await store.record(h, 'sync/tabs', 'a')).record!.seq
    await sweepAll(store)
    assert.equal((await store.home(h))?.floorSeq, 0)
    clock.tick(hiddenTombstoneAge + 20)
    await sweepAll(store)
    assert.equal((await store.record(h, 'sync/tabs', 'a')).record, undefined)
    assert.equal(
      (await store.record(h, 'contacts/b', 'a')).record?.deleted,
      true,
      'those of a list are shown longer',
    )
    assert.equal((await store.home(h))?.floorSeq, floor)
    assert.equal((await store.changes(h, { since: 0, limit: 10 }))?.floorSeq, floor)
  })

  test('expired queue items and batches go, and their charge with them', async (t) => {
    const { store, clock, home, step } = await underTest(t, open)
    const h = await home()
    await step(
      { kind: 'enqueue', home: h, name: 'q', expires: start + 10, head: 'x', body: new Uint8Array(100) },
      { kind: 'stage', home: h, batch: 'b', expires: start + 10, items: [{ id: 'a', change: { set: {} } }] },
    )
    assert.ok((await store.home(h))!.bytes > 0)
    clock.tick(10)
    await sweepAll(store)
    assert.equal((await store.home(h))?.bytes, 0)
    assert.deepEqual(await store.staged(h, 'b', { limit: 1 }), [])
  })

  test('an ended home leaves no row behind, and its neighbours keep all of theirs', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const [gone, stays] = [await home(), await home()]
    for (const h of [gone, stays]) {
      await step(
        ...Array.from({ length: 700 }, (_, i) => put(h, 'contacts/b', `r${i}`)),
        { kind: 'access', home: h, path: 'contacts', principal: 'everyone', source: 's', bits: 1 },
        { kind: 'enqueue', home: h, name: 'q', expires: start + 1e9, head: 'x' },
        {
          kind: 'stage',
          home: h,
          batch: 'b',
          expires: start + 1e9,
          items: [{ id: 'a', change: { set: {} } }],
        },
      )
    }
    await step({ kind: 'alter-home', home: gone, set: { state: 'ended' } })
    await sweepAll(store)
    assert.deepEqual(
      (await store.homes({ limit: 10 })).map((row) => row.id),
      [stays],
    )
    assert.deepEqual(await store.rows('shared_with', { home_id: gone, path: 'contacts' }), [])
    assert.equal((await store.home(stays))?.records, 700)
    await step({ kind: 'create-home', home: gone, input: { kind: 'person', owner: null, payer: null } })
    assert.deepEqual(await changesSince(store, gone), [])
    assert.deepEqual(await store.queue(gone, 'q', { limit: 1 }), [])
    assert.deepEqual(await store.staged(gone, 'b', { limit: 1 }), [])
    assert.deepEqual((await store.access(gone, ['contacts'])).entries, [])
  })

  test('what directories say of a home goes with it, and nothing of others', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const [gone, stays] = [await home(), await home()]
    const group = (h: number) => `group:${h}:kinto/groups/g`
    // Ids that begin alike, and one that ends alike.
    const others = [stays, Number(`${gone}`.slice(0, -1)) || 1, Number(`1${gone}`.slice(0, 15))]
    const rows: Change[] = []
    for (const [at, h] of [gone, ...others].entries()) {
      rows.push(
        { kind: 'row', table: 'membership', put: { principal: 'account:x', group_principal: group(h) } },
        { kind: 'row', table: 'membership', put: { principal: 'account:y', group_principal: group(h) } },
        {
          kind: 'row',
          table: 'grant_scope',
          put: {
            grant_id: 'g',
            scope: '',
            home_id: h,
            path: `kinto/${at}`,
            bits: 1,
            fields: null,
            created: null,
            expires: null,
          },
        },
        {
          kind: 'row',
          table: 'shared_with',
          put: { principal: group(gone), home_id: h, path: 'kinto', bits: 1, expires: null },
        },
      )
    }
    await step(...rows)
    const versions = () =>
      (['membership', 'grant_scope', 'shared_with'] as const).map((table) => store.version(table))
    const before = versions()
    await step({ kind: 'alter-home', home: gone, set: { state: 'ended' } })
    await sweepAll(store)
    const homesIn = async (table: TableName, where: Row) =>
      new Set((await store.rows(table, where)).map((row) => row['home_id'] ?? row['group_principal']))
    for (const principal of ['account:x', 'account:y'])
      assert.deepEqual(await homesIn('membership', { principal }), new Set(others.map(group)))
    assert.deepEqual(await homesIn('grant_scope', { grant_id: 'g' }), new Set(others))
    assert.deepEqual(await homesIn('grant_scope', { home_id: gone }), new Set())
    assert.deepEqual(await homesIn('shared_with', { principal: group(gone) }), new Set(others))
    for (const [at, version] of versions().entries())
      assert.ok(version === undefined || version > (before[at] ?? 0), 'nobody takes what went for true')
  })

  test('a home with an end is ended when it comes', async (t) => {
    const { store, clock, home, step } = await underTest(t, open)
    const h = await home()
    await step(put(h, 'contacts/b', 'a'), { kind: 'alter-home', home: h, set: { ends: start + 10 } })
    await sweepAll(store)
    assert.ok(await store.home(h))
    clock.tick(10)
    await sweepAll(store)
    assert.equal(await store.home(h), undefined)
  })
}
