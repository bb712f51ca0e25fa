import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commitStep } from '../../core/records/index.ts'
import type { Change } from '../../core/records/index.ts'
import { newHomeId } from '../../lib/ids.ts'
import type { OpenStore } from './harness.ts'
import { refused, start, underTest } from './harness.ts'

const put = (home: number, id: string, bytes: number): Change => ({
  kind: 'put',
  home,
  path: 'contacts/b',
  id,
  data: JSON.stringify('x'.repeat(bytes - 2)),
})

export function homeSuite(open: OpenStore): void {
  test('a home begins empty, and what does not exist refuses writes and reads as absent', async (t) => {
    const { store, home } = await underTest(t, open)
    const h = await home({ owner: 'account:a' })
    const row = (await store.home(h))!
    assert.deepEqual(
      [row.owner, row.kind, row.state, row.records, row.bytes, row.seq, row.created, row.baseClock],
      ['account:a', 'person', 'active', 0, 0, 0, start, start],
    )
    const none = newHomeId()
    assert.equal(await store.home(none), undefined)
    assert.equal((await store.record(none, 'contacts/b', 'a')).home, undefined)
    assert.equal(await store.changes(none, { since: 0, limit: 10 }), undefined)
    await refused(store, { changes: [put(none, 'a', 10)] }, 'home-absent')
  })

  test('a replica refuses writes, an ended home is invisible', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    await step(put(h, 'a', 10), { kind: 'alter-home', home: h, set: { state: 'replica' } })
    await refused(store, { changes: [put(h, 'b', 10)] }, 'home-replica')
    const items = [{ id: 'a', change: { set: {} } }]
    const query = { filters: [], sort: [], limit: 1, deleted: false }
    const others: Change[] = [
      { kind: 'enqueue', home: h, name: 'q', expires: start + 1_000, head: '' },
      { kind: 'stage', home: h, batch: 'b', expires: start + 1_000, items },
      { kind: 'trim', home: h, path: 'contacts/b', query },
      { kind: 'delete', home: h, path: 'contacts/b', id: 'none' },
    ]
    for (const change of others) await refused(store, { changes: [change] }, 'home-replica')
    assert.ok((await store.record(h, 'contacts/b', 'a')).record)
    await step({ kind: 'alter-home', home: h, set: { state: 'ended' } })
    await refused(store, { changes: [put(h, 'b', 10)] }, 'home-absent')
    const read = await store.record(h, 'contacts/b', 'a')
    assert.equal(read.home, undefined)
    assert.equal(read.record, undefined)
  })

  test('a home over its quota refuses growth and lets itself be emptied', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home({ maxBytes: 1_000, maxRecords: 3 })
    await step(put(h, 'a', 500), put(h, 'b', 300))
    await refused(store, { changes: [put(h, 'c', 100)] }, 'quota-bytes')
    await step(put(h, 'a', 400))
    await step({ kind: 'delete', home: h, path: 'contacts/b', id: 'a' })
    await step(put(h, 'c', 10), put(h, 'd', 10))
    await refused(store, { changes: [put(h, 'e', 10)] }, 'quota-records')
    await step({ kind: 'alter-home', home: h, set: { maxBytes: 100 } })
    await refused(store, { changes: [put(h, 'c', 20)] }, 'quota-bytes')
    await step(put(h, 'b', 250))
    assert.equal((await store.home(h))?.bytes, 250 + 10 + 10 + 3 * 64)
  })

  test('a space is charged to its payer, who has one limit for all', async (t) => {
    const { store, clock, home, step } = await underTest(t, open)
    const payer = await home({ maxBytes: 2_000 })
    const space = await home({ kind: 'space', payer })
    await step(put(payer, 'a', 800))
    await step(put(space, 'a', 800))
    clock.tick(2_000)
    await refused(store, { changes: [put(space, 'b', 800)] }, 'quota-bytes')
    await refused(store, { changes: [put(payer, 'b', 800)] }, 'quota-bytes')
    await step({ kind: 'delete', home: space, path: 'contacts/b', id: 'a' })
    clock.tick(2_000)
    await step(put(payer, 'b', 800))
  })

  test('a space that passes to another payer is charged to that one', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const [first, second] = [await home({ maxBytes: 2_000 }), await home({ maxBytes: 1_000 })]
    const space = await home({ kind: 'space', payer: first })
    await step(put(space, 'a', 800))
    await step({ kind: 'alter-home', home: space, set: { payer: second } })
    await refused(store, { changes: [put(space, 'b', 100)] }, 'quota-bytes')
    await step(put(first, 'a', 1_800))
    await step({ kind: 'alter-home', home: space, set: { payer: null } }, put(space, 'b', 5_000))
    await step(put(second, 'a', 800))
  })

  test('a payer pays for a bounded number of spaces', async (t) => {
    const { store, clock, home } = await underTest(t, open)
    const payer = await home()
    for (let i = 0; i < 3; i++) await home({ kind: 'space', payer })
    clock.tick(2_000)
    await refused(
      store,
      {
        changes: [{ kind: 'create-home', home: newHomeId(), input: { kind: 'space', owner: null, payer } }],
      },
      'quota-spaces',
    )
  })

  test('one commit may write several homes, whole or not at all', async (t) => {
    const { store, events, home } = await underTest(t, open)
    const [a, b] = [await home(), await home({ maxRecords: 0 })]
    events.length = 0
    await refused(store, { changes: [put(a, 'x', 10), put(b, 'x', 10)] }, 'quota-records')
    assert.equal((await store.record(a, 'contacts/b', 'x')).record, undefined)
    assert.equal(events.length, 0)
    const c = await home()
    events.length = 0
    await commitStep(store, { changes: [put(a, 'x', 10), put(c, 'x', 10)] })
    assert.deepEqual(new Set(events.map((event) => event.home)), new Set([a, c]))
  })

  test('commits over the same homes in any order do not stand in each other’s way', async (t) => {
    const { store, home } = await underTest(t, open)
    const homes = await Promise.all([home(), home(), home()])
    const jobs = Array.from({ length: 60 }, (_, i) => {
      const order = i % 2 === 0 ? homes : homes.toReversed()
      return commitStep(store, { changes: order.slice(i % 3).map((h) => put(h, `r${i}`, 10)) })
    })
    await Promise.all(jobs)
    const counts = await Promise.all(homes.map(async (h) => (await store.home(h))!.records))
    assert.equal(
      counts.reduce((sum, n) => sum + n, 0),
      20 * (3 + 2 + 1),
    )
  })

  test('all homes are listed in ascending pages', async (t) => {
    const { store, home } = await underTest(t, open)
    const ids = await Promise.all(Array.from({ length: 5 }, () => home()))
    const first = await store.homes({ limit: 2 })
    const rest = await store.homes({ limit: 10, after: first[1]!.id })
    assert.deepEqual(
      [...first, ...rest].map((row) => row.id),
      ids.toSorted((x, y) => x - y),
    )
  })
}
