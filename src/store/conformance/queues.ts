import assert from 'node:assert/strict'
import { test } from 'node:test'
import { maxStaged } from '../../core/records/index.ts'
import type { Change } from '../../core/records/index.ts'
import type { OpenStore } from './harness.ts'
import { changesSince, refused, start, underTest } from './harness.ts'

const message = (home: number, head: string, more = {}): Change => ({
  kind: 'enqueue',
  home,
  name: 'push/device1',
  expires: start + 60_000,
  head,
  ...more,
})

export function queueSuite(open: OpenStore): void {
  test('a queue gives its items in order until they are acknowledged, and is charged for them', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    await step(message(h, 'one', { body: new Uint8Array(10) }))
    await step(message(h, 'two'), message(h, 'three'))
    const items = await store.queue(h, 'push/device1', { limit: 10 })
    assert.deepEqual(
      items.map((item) => item.head),
      ['one', 'two', 'three'],
    )
    assert.deepEqual(
      (await store.queue(h, 'push/device1', { limit: 1, after: items[0]!.ord })).map((item) => item.head),
      ['two'],
    )
    assert.equal((await store.home(h))?.bytes, 3 * 64 + 3 + 10 + 3 + 5)
    await step({ kind: 'dequeue', home: h, name: 'push/device1', ords: [items[0]!.ord, items[2]!.ord, 999] })
    assert.deepEqual(
      (await store.queue(h, 'push/device1', { limit: 10 })).map((item) => item.head),
      ['two'],
    )
    await step({ kind: 'dequeue', home: h, name: 'push/device1', ords: [items[1]!.ord] })
    assert.equal((await store.home(h))?.bytes, 0)
    const [later] = await step(message(h, 'four'))
    assert.ok(later?.kind === 'queued' && later.ord > items[2]!.ord)
  })

  test('a queue goes as a whole, with what came into it just before, and no other', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    await step(
      message(h, 'one'),
      message(h, 'two', { topic: 't' }),
      message(h, 'other', { name: 'push/device2' }),
    )
    const done = await step(message(h, 'three'), {
      kind: 'dequeue',
      home: h,
      name: 'push/device1',
      ords: 'all',
    })
    assert.deepEqual(done[1], { kind: 'count', count: 3 })
    assert.deepEqual(await store.queue(h, 'push/device1', { limit: 10 }), [])
    assert.equal((await store.queue(h, 'push/device2', { limit: 10 })).length, 1)
    assert.equal((await store.home(h))?.bytes, 64 + 'other'.length)
    const again = await step({ kind: 'dequeue', home: h, name: 'push/device1', ords: 'all' })
    assert.deepEqual(again, [{ kind: 'count', count: 0 }])
  })

  test('a newer item of a topic takes the place of the waiting one', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    await step(message(h, 'old', { topic: 'c1:news' }), message(h, 'other', { topic: 'c2:news' }))
    await step(message(h, 'new', { topic: 'c1:news' }))
    await Promise.all([step(message(h, 'x', { topic: 't' })), step(message(h, 'y', { topic: 't' }))])
    const heads = (await store.queue(h, 'push/device1', { limit: 10 })).map((item) => item.head)
    assert.deepEqual(heads.slice(0, 2), ['other', 'new'])
    assert.equal(heads.length, 3)
    assert.equal((await store.home(h))?.bytes, 3 * 64 + 5 + 3 + 1)
  })

  test('an item that is replaced and acknowledged in one step is charged back once', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    const [first] = await step(message(h, 'old', { topic: 't' }), message(h, 'stays'))
    assert.ok(first?.kind === 'queued')
    const [, done] = await step(message(h, 'new', { topic: 't' }), {
      kind: 'dequeue',
      home: h,
      name: 'push/device1',
      ords: [first.ord],
    })
    assert.deepEqual(done, { kind: 'count', count: 0 })
    assert.equal((await store.home(h))?.bytes, 2 * 64 + 5 + 3)
  })

  test('expired items are absent, and queues are in no feed', async (t) => {
    const { store, clock, home, step } = await underTest(t, open)
    const h = await home()
    await step(message(h, 'short', { expires: start + 10 }))
    clock.tick(10)
    assert.deepEqual(await store.queue(h, 'push/device1', { limit: 10 }), [])
    assert.deepEqual(await changesSince(store, h), [])
  })

  test('a staged batch is hidden until it is applied, and then has one time', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    const path = 'sync/bookmarks'
    await step({
      kind: 'put',
      home: h,
      path,
      id: 'b',
      data: '{"payload":"old","sortindex":7}',
      expires: start + 5_000,
    })
    const staged = { kind: 'stage', home: h, batch: 'B1', expires: start + 60_000 } as const
    await step({ ...staged, items: [{ id: 'a', change: { set: { payload: 'A' } } }] })
    await step({
      ...staged,
      items: [
        { id: 'b', change: { set: { payload: 'B' }, expires: null } },
        { id: 'a', change: { set: { sortindex: 3 } } },
      ],
    })
    assert.equal((await store.record(h, path, 'a')).record, undefined)
    assert.equal((await store.staged(h, 'B1', { limit: 10 })).length, 3)
    const charged = (await store.home(h))!.bytes
    assert.ok(charged > 3 * 64)
    const [applied] = await step({ kind: 'apply-staged', home: h, batch: 'B1', path })
    assert.ok(applied?.kind === 'several')
    const a = (await store.record(h, path, 'a')).record!
    const b = (await store.record(h, path, 'b')).record!
    assert.deepEqual(JSON.parse(a.data), { payload: 'A', sortindex: 3 })
    assert.deepEqual(JSON.parse(b.data), { payload: 'B', sortindex: 7 })
    assert.equal(b.expires, null)
    assert.equal(a.modified, b.modified)
    assert.deepEqual(await store.staged(h, 'B1', { limit: 10 }), [])
    assert.equal((await store.home(h))!.bytes, a.size + b.size + 2 * 64)
  })

  test('a batch of ten thousand is applied at once; one more is refused', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    const items = Array.from({ length: maxStaged }, (_, i) => ({
      id: `r${i}`,
      change: { set: { payload: `${i}` } },
    }))
    const staged = { kind: 'stage', home: h, batch: 'B1', expires: start + 60_000 } as const
    await refused(store, { changes: [{ ...staged, items: [...items, items[0]!] }] }, 'bad-request')
    await step({ ...staged, items })
    await step({ kind: 'apply-staged', home: h, batch: 'B1', path: 'sync/history' })
    const { collection } = await store.collection(h, 'sync/history')
    assert.equal(collection?.records, maxStaged)
    assert.equal((await store.record(h, 'sync/history', 'r9999')).record?.modified, collection?.clock)
  })

  test('what is staged in the step that applies the batch is applied with it', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    const staged = { kind: 'stage', home: h, batch: 'B1', expires: start + 60_000 } as const
    await step({ ...staged, items: [{ id: 'a', change: { set: { payload: 'A' } } }] })
    await step(
      { ...staged, items: [{ id: 'b', change: { set: { payload: 'B' } } }] },
      { kind: 'apply-staged', home: h, batch: 'B1', path: 'sync/tabs' },
    )
    assert.equal((await store.collection(h, 'sync/tabs')).collection?.records, 2)
    assert.deepEqual(await store.staged(h, 'B1', { limit: 10 }), [])
    assert.equal((await store.home(h))?.bytes, 2 * (15 + 64))
  })

  test('a batch may change expiries alone, counted from when it is applied, and complete what is new', async (t) => {
    const { store, clock, home, step } = await underTest(t, open)
    const h = await home()
    const path = 'sync/tabs'
    await step({ kind: 'put', home: h, path, id: 'old', data: '{"payload":"x"}' })
    const { modified } = (await store.record(h, path, 'old')).record!
    const initial = { payload: '' }
    await step({
      kind: 'stage',
      home: h,
      batch: 'B1',
      expires: start + 60_000,
      items: [
        { id: 'old', change: { set: {}, initial, ttl: 5_000 } },
        { id: 'new', change: { set: { sortindex: 1 }, initial, ttl: 5_000 } },
        { id: 'bare', change: { set: {}, initial } },
      ],
    })
    clock.tick(10_000)
    await step({ kind: 'apply-staged', home: h, batch: 'B1', path })
    const read = async (id: string) => (await store.record(h, path, id)).record!
    const old = await read('old')
    assert.deepEqual([old.modified, old.expires, old.data], [modified, start + 15_000, '{"payload":"x"}'])
    const fresh = await read('new')
    assert.deepEqual([fresh.expires, fresh.data], [start + 15_000, '{"payload":"","sortindex":1}'])
    assert.deepEqual([(await read('bare')).data, (await read('bare')).expires], ['{"payload":""}', null])
  })

  test('a batch that has expired is not applied', async (t) => {
    const { store, clock, home, step } = await underTest(t, open)
    const h = await home()
    const items = [{ id: 'a', change: { set: { payload: 'A' } } }]
    await step({ kind: 'stage', home: h, batch: 'B1', expires: start + 10, items })
    clock.tick(10)
    const [applied] = await step({ kind: 'apply-staged', home: h, batch: 'B1', path: 'sync/tabs' })
    assert.deepEqual(applied, { kind: 'several', outcomes: [] })
    assert.equal((await store.home(h))?.bytes, 0)
  })

  test('a batch that is given up leaves no charge', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    const item = { id: 'a', change: { set: { payload: 'A' } } }
    await step({ kind: 'stage', home: h, batch: 'B1', expires: start + 60_000, items: [item] })
    await step({ kind: 'drop-staged', home: h, batch: 'B1' })
    assert.equal((await store.home(h))?.bytes, 0)
    assert.deepEqual(await store.staged(h, 'B1', { limit: 10 }), [])
  })
}
