import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commitStep } from '../../core/records/index.ts'
import type { Change } from '../../core/records/index.ts'
import type { OpenStore } from './harness.ts'
import { listed, newest, recordOf, refused, start, underTest } from './harness.ts'

const put = (home: number, path: string, id: string, data = '{}', more = {}): Change => ({
  kind: 'put',
  home,
  path,
  id,
  data,
  ...more,
})

export function policySuite(open: OpenStore): void {
  test('tree: a write makes folders, and every ancestor shows that something changed', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    await step(put(h, 'rs/notes/2026', 'doc', '{}', { type: 'text/plain', body: new Uint8Array(3) }))
    await step(put(h, 'rs/photos', 'p'))
    const deep = async (path: string) => (await store.collection(h, path)).collection?.deepSeq ?? 0
    const photos = await deep('rs/photos')
    const { record } = recordOf(await step(put(h, 'rs/notes/2026', 'doc', '{"v":2}')))
    for (const path of ['rs/notes/2026', 'rs/notes', 'rs']) assert.equal(await deep(path), record.seq, path)
    assert.equal(await deep('rs/photos'), photos)
    assert.equal((await store.collection(h, 'rs')).collection?.children, 2)
    assert.equal((await store.collection(h, 'rs/notes')).collection?.children, 1)
  })

  test('tree: empty folders go with their last document, and come back later', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    await step(put(h, 'rs/a/b/c', 'doc'), put(h, 'rs/a', 'keep'))
    await step({ kind: 'delete', home: h, path: 'rs/a/b/c', id: 'doc' })
    const cid = async (path: string) => (await store.collection(h, path)).collection?.cid
    assert.equal(await cid('rs/a/b/c'), null)
    assert.equal(await cid('rs/a/b'), null)
    assert.ok(await cid('rs/a'))
    assert.equal((await store.collection(h, 'rs/a')).collection?.children, 0)
    const before = (await store.collection(h, 'rs')).collection!.deepSeq
    await step(put(h, 'rs/a/b/c', 'doc2'))
    assert.deepEqual(
      (await listed(store, h, 'rs/a/b/c')).map((one) => one.id),
      ['doc2'],
    )
    assert.ok((await store.collection(h, 'rs')).collection!.deepSeq > before)
    await step(
      { kind: 'delete', home: h, path: 'rs/a/b/c', id: 'doc2' },
      { kind: 'delete', home: h, path: 'rs/a', id: 'keep' },
    )
    assert.equal(await cid('rs/a'), null)
    assert.ok(await cid('rs'), 'the root stays')
    assert.equal((await store.collection(h, 'rs')).collection?.children, 0)
    assert.equal((await store.home(h))?.records, 0)
  })

  test('tree: what is told of a folder covers all that changed below it', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    await step(put(h, 'rs/a/b', 'doc'), put(h, 'rs/a/b/c', 'doc'), put(h, 'rs/d', 'doc'))
    const covers = async (what: string) => {
      const [root, ...rows] = await Promise.all(
        ['rs', 'rs/a', 'rs/a/b', 'rs/a/b/c', 'rs/d'].map(
          async (path) => (await store.collection(h, path)).collection!,
        ),
      )
      assert.equal(root?.deepSeq, (await store.home(h))!.seq, what)
      for (const row of rows) {
        const above = row.parent === 'rs' ? root : rows.find(({ path }) => path === row.parent)
        assert.ok(above && above.deepSeq >= row.deepSeq, `${what}: ${row.path}`)
      }
    }
    await step({ kind: 'touch', home: h, path: 'rs/a/b', id: 'doc', expires: start + 9_000 })
    await covers('a new expiry')
    await step({ kind: 'index', home: h, path: 'rs/d', fields: ['n'] })
    await covers('an index')
    await step({ kind: 'drop', home: h, path: 'rs/a/b' })
    await covers('a folder that went with its folders')
    assert.equal((await store.collection(h, 'rs/a')).collection?.cid, null, 'which leaves its parent empty')
    assert.equal((await store.collection(h, 'rs')).collection?.children, 1)
  })

  test('tree: the last document of a folder takes one reference to its blob along', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    const blob = { hash: 'ab'.repeat(32), size: 70_000 }
    await step(put(h, 'rs/a', 'doc', '{}', { blob }), put(h, 'rs/b', 'doc', '{}', { blob }))
    await step({ kind: 'delete', home: h, path: 'rs/a', id: 'doc' })
    while ((await store.sweep()).more);
    assert.equal((await store.blob(h, blob.hash))?.refs, 1)
    await step(put(h, 'rs/c', 'doc', '{}', { blob }), { kind: 'drop', home: h, path: 'rs/c' })
    while ((await store.sweep()).more);
    assert.equal((await store.blob(h, blob.hash))?.refs, 1, 'and one that was never stored takes none')
  })

  test('tree: a document and a folder cannot have one name', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    const document = (path: string, id: string) => ({
      when: [
        { is: 'collection-absent', home: h, path: `${path}/${id}` } as const,
        { is: 'no-record-at-ancestor', home: h, path } as const,
      ],
      changes: [put(h, path, id)],
    })
    await commitStep(store, document('rs/notes', 'x'))
    await refused(store, document('rs/notes/x', 'y'), 'record-at-ancestor')
    await refused(store, document('rs/notes/x/deeper', 'y'), 'record-at-ancestor')
    await refused(store, document('rs', 'notes'), 'collection-exists')
    await step({ kind: 'delete', home: h, path: 'rs/notes', id: 'x' })
    await commitStep(store, document('rs/notes/x', 'y'))
    await commitStep(store, document('rs', 'other'))
  })

  test('tree: a record is replaced only at one of the revisions its writer has seen', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    const { record } = recordOf(await step(put(h, 'rs/n', 'd')))
    const at = (...revisions: number[]) => ({
      when: [{ is: 'record-revision', of: 'seq', revisions, home: h, path: 'rs/n', id: 'd' } as const],
      changes: [put(h, 'rs/n', 'd')],
    })
    await commitStep(store, at(1_000_000, record.seq))
    await refused(store, at(record.seq), 'record-changed')
  })

  test('timeline: everything that a step writes has one time, on a clock of 10 ms that all share', async (t) => {
    const { store, clock, home, step } = await underTest(t, open)
    const h = await home()
    clock.set(start + 3)
    const outcomes = await step(put(h, 'sync/tabs', 'a'), put(h, 'sync/tabs', 'b'), put(h, 'sync/forms', 'a'))
    const times = outcomes.map((one) => (one.kind === 'record' ? one.record.modified : 0))
    assert.deepEqual(times, [start + 10, start + 10, start + 10])
    const next = recordOf(await step(put(h, 'sync/tabs', 'a'))).record.modified
    assert.equal(next, start + 20)
    const shown = async (path: string) => (await store.collection(h, path)).collection?.clock
    assert.deepEqual(
      [await shown('sync'), await shown('sync/tabs'), await shown('sync/forms')],
      [next, next, start + 10],
    )
    await refused(
      store,
      { when: [{ is: 'collection-not-newer', home: h, path: 'sync', than: start + 10 }], changes: [] },
      'collection-newer',
    )
  })

  test('timeline: a deleted collection is empty and its clock never goes back', async (t) => {
    const { store, clock, home, step } = await underTest(t, open)
    const h = await home()
    await step(put(h, 'sync/tabs', 'a'))
    const before = (await store.collection(h, 'sync/tabs')).collection!.clock
    await step({ kind: 'drop', home: h, path: 'sync/tabs' })
    assert.equal((await store.collection(h, 'sync/tabs')).collection?.cid, null)
    clock.set(start - 5_000)
    const { record } = recordOf(await step(put(h, 'sync/tabs', 'a')))
    assert.ok(record.modified > before)
    assert.equal(record.modified % 10, 0)
  })

  test('timeline: what was dropped is newer than nothing, until something is written in it again', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    const notNewer = (than: number) => ({
      when: [{ is: 'collection-not-newer', home: h, path: 'sync/tabs', than } as const],
      changes: [],
    })
    await commitStep(store, notNewer(0))
    await step(put(h, 'sync/tabs', 'a'))
    await refused(store, notNewer(0), 'collection-newer')
    await step({ kind: 'drop', home: h, path: 'sync/tabs' })
    await commitStep(store, notNewer(0))
    await step(put(h, 'sync/tabs', 'a'))
    await refused(store, notNewer(0), 'collection-newer')
  })

  test('timeline: a tick moves the clock of a collection once, with or without a record', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    const tick = (path: string): Change => ({ kind: 'tick', home: h, path })
    const clockOf = async (path: string) => (await store.collection(h, path)).collection?.clock
    await step(put(h, 'sync/tabs', 'a'), tick('sync/tabs'))
    assert.equal((await store.record(h, 'sync/tabs', 'a')).record?.modified, await clockOf('sync/tabs'))
    const { seq } = (await store.home(h))!
    await step(
      { kind: 'touch', home: h, path: 'sync/tabs', id: 'a', expires: start + 90_000 },
      tick('sync/tabs'),
      tick('sync/forms'),
    )
    const { record } = await store.record(h, 'sync/tabs', 'a')
    assert.equal(record?.modified, start, 'a new expiry is no new version')
    assert.deepEqual(
      [await clockOf('sync/tabs'), await clockOf('sync/forms'), await clockOf('sync')],
      [start + 10, start + 10, start + 10],
    )
    await step({ kind: 'drop', home: h, path: 'sync/tabs' }, tick('sync'))
    assert.deepEqual([await clockOf('sync/tabs'), await clockOf('sync')], [start + 10, start + 20])
    const { changes } = (await store.changes(h, { since: seq, limit: 100 }))!
    assert.ok(changes.some((one) => one.kind === 'collection' && one.collection.path === 'sync'))
    await refused(store, { changes: [tick('kinto/groups')] }, 'bad-request')
  })

  test('timeline: what is dropped and written again in one step keeps to one clock', async (t) => {
    const { store, clock, home, step } = await underTest(t, open)
    const h = await home()
    clock.set(start + 3)
    const outcomes = await step(
      put(h, 'sync/tabs', 'a'),
      { kind: 'drop', home: h, path: 'sync' },
      put(h, 'sync/tabs', 'b'),
    )
    assert.deepEqual(
      outcomes.map((one) => (one.kind === 'record' ? one.record.modified : one.kind)),
      [start + 10, 'count', start + 10],
    )
    const { collection } = await store.collection(h, 'sync')
    assert.ok(collection?.cid, 'the root is there again')
    assert.equal(collection.clock, start + 10)
  })

  test('timeline: a collection that is made anew, never written, is not taken for the old one', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    const make: Change = { kind: 'make', home: h, path: 'sync/tabs' }
    const [first] = await step(make)
    await step({ kind: 'drop', home: h, path: 'sync/tabs' })
    const [second] = await step(make)
    assert.ok(first?.kind === 'collection' && second?.kind === 'collection' && second.born > first.born)
    const when = [{ is: 'collection-present', home: h, path: 'sync/tabs', born: first.born } as const]
    await refused(store, { when, changes: [] }, 'collection-absent')
  })

  test('timeline: no time is earlier than what the home shows of lists that were never written', async (t) => {
    const { home, step } = await underTest(t, open)
    const h = await home()
    await step({ kind: 'alter-home', home: h, set: { baseClock: start + 105 } })
    assert.equal(recordOf(await step(put(h, 'sync/tabs', 'a'))).record.modified, start + 110)
    assert.equal(recordOf(await step(put(h, 'contacts/b', 'a'))).record.modified, start + 106)
  })

  test('log: records are added and never changed, and trimming leaves no trace', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    const path = 'xmpp/archive'
    for (const id of ['a', 'b', 'c']) await step(put(h, path, id, `{"m":"${id}"}`))
    await refused(store, { changes: [put(h, path, 'a')] }, 'append-only')
    const { clock } = (await store.collection(h, path)).collection!
    const [outcome] = await step({
      kind: 'trim',
      home: h,
      path,
      query: { filters: [], sort: [{ field: 'last_modified', descending: false }], limit: 2, deleted: false },
    })
    assert.ok(outcome?.kind === 'records' && outcome.more)
    assert.deepEqual(
      outcome.records.map((record) => record.id),
      ['a', 'b'],
    )
    assert.deepEqual(
      (await listed(store, h, path)).map((record) => record.id),
      ['c'],
    )
    const { collection, home: row } = await store.collection(h, path)
    assert.deepEqual([collection?.records, collection?.clock, row?.records], [1, clock, 1])
    await step({ kind: 'delete', home: h, path, id: 'c' })
    assert.deepEqual(await listed(store, h, path), [])
  })

  test('list: a query deletes what it finds, and says what remains', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    const path = 'contacts/book'
    for (let i = 0; i < 6; i++) await step(put(h, path, `r${i}`, `{"even":${i % 2 === 0}}`))
    await step({ kind: 'access', home: h, path: `${path}/r0`, principal: 'account:x', source: 's', bits: 1 })
    const query = {
      filters: [{ op: 'eq', field: 'even', value: true } as const],
      sort: newest,
      limit: 2,
      deleted: false,
    }
    const [first] = await step({ kind: 'delete-found', home: h, path, query })
    assert.ok(first?.kind === 'records')
    assert.deepEqual([first.records.map((one) => one.id), first.more], [['r4', 'r2'], true])
    const [second] = await step({ kind: 'delete-found', home: h, path, query })
    assert.ok(second?.kind === 'records')
    assert.deepEqual(
      [second.records.map((one) => [one.id, one.deleted]), second.more],
      [[['r0', true]], false],
    )
    assert.deepEqual(
      (await store.access(h, [`${path}/r0`])).entries.filter((one) => one.bits !== 0),
      [],
    )
    assert.equal(await store.count(h, path, { filters: [], deleted: false }), 3)
    assert.equal(await store.count(h, path, { filters: [], deleted: true }), 6)
  })
}
