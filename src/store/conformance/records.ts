import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commitStep, commitSteps, maxAhead, stepRequest } from '../../core/records/index.ts'
import type { Change, Step } from '../../core/records/index.ts'
import type { OpenStore } from './harness.ts'
import { listed, newest, recordOf, refused, start, underTest } from './harness.ts'

const path = 'contacts/book'
const put = (home: number, id: string, data = '{}', more = {}): Change => ({
  kind: 'put',
  home,
  path,
  id,
  data,
  ...more,
})

export function recordSuite(open: OpenStore): void {
  test('a record is read as it was written, with all its parts', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    const body = new Uint8Array([0, 1, 255])
    const data = JSON.stringify({ text: 'nul \u0000, lone \ud800, é', n: 1e300 })
    await step(put(h, 'a', data, { body, type: 'text/plain', owner: 'account:x', expires: start + 1000 }))
    const { record, collection, home: row } = await store.record(h, path, 'a')
    assert.ok(record)
    assert.deepEqual(
      { ...record, body: [...record.body!], cid: 0 },
      {
        home: h,
        cid: 0,
        id: 'a',
        modified: record.modified,
        seq: record.seq,
        owner: 'account:x',
        deleted: false,
        expires: start + 1000,
        type: 'text/plain',
        size: Buffer.byteLength(data) + 3,
        data,
        body: [0, 1, 255],
        blob: null,
      },
    )
    assert.equal(collection?.records, 1)
    assert.equal(collection?.bytes, record.size)
    assert.equal(row?.records, 1)
    assert.equal(row?.bytes, record.size + 64)
    assert.equal(collection?.clock, record.modified)
  })

  test('clocks of a list grow with each write, also when time stands still or goes back', async (t) => {
    const { clock, home, step } = await underTest(t, open)
    const h = await home()
    const times: number[] = []
    for (const id of ['a', 'b', 'a']) times.push(recordOf(await step(put(h, id))).record.modified)
    clock.set(start - 60_000)
    times.push(recordOf(await step({ kind: 'delete', home: h, path, id: 'b' })).record.modified)
    clock.set(start + 60_000)
    times.push(recordOf(await step(put(h, 'c'))).record.modified)
    assert.deepEqual(
      times,
      times.toSorted((x, y) => x - y),
    )
    assert.equal(new Set(times).size, times.length)
    assert.equal(times.at(-1), start + 60_000)
  })

  test('a given time is kept if newer than the record, and at most a day ahead', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    const past = recordOf(await step(put(h, 'a', '{}', { modified: 5_000 }))).record
    assert.equal(past.modified, 5_000)
    const clock0 = (await store.collection(h, path)).collection!.clock
    assert.ok(clock0 > 5_000, 'the clock of the collection stands where it was')
    const newer = recordOf(await step(put(h, 'a', '{}', { modified: start + 5_000 }))).record
    assert.equal(newer.modified, start + 5_000)
    assert.equal((await store.collection(h, path)).collection!.clock, start + 5_000)
    const ignored = recordOf(await step(put(h, 'a', '{}', { modified: start + 4_000 }))).record
    assert.equal(ignored.modified, start + 5_001)
    await refused(store, { changes: [put(h, 'b', '{}', { modified: start + maxAhead + 1 })] }, 'time-ahead')
    assert.ok(newer.seq > past.seq)
  })

  test('each record precondition holds or refuses with what is stored', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    const place = { home: h, path, id: 'a' }
    await refused(store, { when: [{ is: 'record-exists', ...place }], changes: [] }, 'record-absent')
    await commitStep(store, { when: [{ is: 'record-absent', ...place }], changes: [put(h, 'a', '{"v":1}')] })
    const { record } = await store.record(h, path, 'a')
    const { existing } = await refused(
      store,
      { when: [{ is: 'record-absent', ...place }], changes: [put(h, 'a', '{"v":2}')] },
      'record-exists',
    )
    assert.equal(existing?.data, '{"v":1}')
    const { modified, seq } = record!
    const revision = (of: 'modified' | 'seq', ...revisions: number[]): Step => ({
      when: [{ is: 'record-revision', of, revisions, ...place }],
      changes: [],
    })
    await commitStep(store, revision('modified', 1, modified))
    await commitStep(store, revision('seq', seq))
    await refused(store, revision('modified', modified + 1), 'record-changed')
    await refused(store, revision('seq', seq - 1), 'record-changed')
    await commitStep(store, { when: [{ is: 'record-not-newer', than: modified, ...place }], changes: [] })
    await refused(
      store,
      { when: [{ is: 'record-not-newer', than: modified - 1, ...place }], changes: [] },
      'record-newer',
    )
    await commitStep(store, {
      when: [{ is: 'record-not-newer', than: 0, ...place, id: 'none' }],
      changes: [],
    })
    await step({ kind: 'delete', ...place })
    await refused(store, revision('modified', modified), 'record-absent')
  })

  test('a patch is computed from the stored record, so that parallel ones lose nothing', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    await step(put(h, 'n', '{"n":0}'))
    const add: Change = {
      kind: 'patch',
      home: h,
      path,
      id: 'n',
      patch: (stored) => ({ data: JSON.stringify({ n: (JSON.parse(stored!.data) as { n: number }).n + 1 }) }),
    }
    await Promise.all(Array.from({ length: 50 }, () => step(add)))
    assert.equal((await store.record(h, path, 'n')).record?.data, '{"n":50}')
    assert.equal((await step({ ...add, patch: () => null }))[0]?.kind, 'same')
    assert.equal(recordOf(await step({ ...add, patch: () => 'delete' })).record.deleted, true)
    const [outcome] = await step({ ...add, patch: (stored) => (assert.equal(stored, undefined), null) })
    assert.equal(outcome?.kind, 'same')
  })

  test('a deletion leaves a tombstone, which a new record replaces', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    await step(put(h, 'a', '{"v":1}', { owner: 'account:x', expires: start + 9_000 }))
    const { record } = recordOf(await step({ kind: 'delete', home: h, path, id: 'a' }))
    const stored = (await store.record(h, path, 'a')).record!
    assert.equal(stored.deleted, true)
    assert.equal(stored.data, '{}')
    assert.equal(stored.expires, null)
    assert.equal(stored.modified, record.modified)
    const { collection, home: row } = await store.collection(h, path)
    assert.deepEqual([collection?.records, collection?.bytes, row?.records, row?.bytes], [0, 0, 0, 0])
    assert.equal((await step({ kind: 'delete', home: h, path, id: 'a' }))[0]?.kind, 'same')
    await step(put(h, 'a', '{"v":2}'))
    const again = (await store.record(h, path, 'a')).record!
    assert.equal(again.deleted, false)
    assert.equal(again.owner, null)
    assert.equal((await listed(store, h, path)).length, 1)
  })

  test('an expired record is absent for reads and preconditions from its moment on', async (t) => {
    const { store, clock, home, step } = await underTest(t, open)
    const h = await home()
    await step(put(h, 'a', '{"v":1}', { expires: start + 1_000 }))
    clock.set(start + 999)
    assert.ok((await store.record(h, path, 'a')).record)
    clock.set(start + 1_000)
    assert.equal((await store.record(h, path, 'a')).record, undefined)
    assert.deepEqual(await listed(store, h, path), [])
    assert.equal(await store.count(h, path, { filters: [], deleted: true }), 0)
    await refused(
      store,
      { when: [{ is: 'record-exists', home: h, path, id: 'a' }], changes: [] },
      'record-absent',
    )
    await step(put(h, 'a', '{"v":2}', { expires: null }))
    assert.equal((await store.collection(h, path)).collection?.records, 1)
    assert.equal((await store.collection(h, path)).home?.records, 1)
  })

  test('a new expiry alone moves the sequence and leaves the clock', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    const first = recordOf(await step(put(h, 'a'))).record
    const { clock } = (await store.collection(h, path)).collection!
    const second = recordOf(
      await step({ kind: 'touch', home: h, path, id: 'a', expires: start + 5_000 }),
    ).record
    assert.equal(second.modified, first.modified)
    assert.ok(second.seq > first.seq)
    assert.equal((await store.collection(h, path)).collection?.clock, clock)
    await refused(
      store,
      { changes: [{ kind: 'touch', home: h, path, id: 'b', expires: null }] },
      'record-absent',
    )
  })

  test('a refused step leaves its neighbours alone, and later steps see earlier ones', async (t) => {
    const { store, home } = await underTest(t, open)
    const h = await home()
    const place = { home: h, path, id: 'a' }
    const results = await commitSteps(store, [
      { when: [{ is: 'record-absent', ...place }], changes: [put(h, 'a', '{"v":1}')] },
      { when: [{ is: 'record-absent', ...place }], changes: [put(h, 'a', '{"v":2}'), put(h, 'b')] },
      { when: [{ is: 'record-exists', ...place }], changes: [put(h, 'c')] },
    ])
    assert.deepEqual(
      results.map((result) => result.ok),
      [true, false, true],
    )
    assert.deepEqual((await listed(store, h, path)).map((record) => record.id).toSorted(), ['a', 'c'])
    assert.equal((await store.record(h, path, 'a')).record?.data, '{"v":1}')
  })

  test('a step whose last change fails leaves nothing of the earlier ones', async (t) => {
    const { store, events, home } = await underTest(t, open)
    const h = await home()
    const before = await store.home(h)
    events.length = 0
    const far = put(h, 'z', '{}', { modified: start + 2 * maxAhead })
    const entry: Change = { kind: 'access', home: h, path, principal: 'everyone', source: 's', bits: 1 }
    await refused(store, { changes: [put(h, 'a'), entry, far] }, 'time-ahead')
    assert.deepEqual(await store.home(h), before)
    assert.deepEqual(await listed(store, h, path), [])
    assert.deepEqual((await store.access(h, [path])).entries, [])
    assert.deepEqual(await store.rows('shared_with', { principal: 'everyone' }), [])
    assert.equal(events.length, 0)
  })

  test('a step that fails as no refusal does takes back the steps before it', async (t) => {
    const { store, events, home } = await underTest(t, open)
    const h = await home()
    const before = await store.home(h)
    events.length = 0
    const fail: Change = {
      kind: 'patch',
      home: h,
      path,
      id: 'b',
      patch() {
        throw new RangeError('a patch failed')
      },
    }
    const [failed, next] = await Promise.allSettled([
      commitSteps(store, [{ changes: [put(h, 'a')] }, { changes: [fail] }]),
      store.commit(
        stepRequest({
          when: [
            { is: 'collection-absent', home: h, path },
            { is: 'record-absent', home: h, path, id: 'a' },
          ],
          changes: [],
        }),
      ),
    ])
    assert.ok(failed.status === 'rejected' && failed.reason instanceof RangeError)
    assert.equal(next.status, 'fulfilled', 'the next request of the group sees nothing of it')
    assert.deepEqual(await store.home(h), before)
    assert.deepEqual(await listed(store, h, path), [])
    assert.equal(events.length, 0)
  })

  test('a body stays when a step that found its record was refused', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    await step(put(h, 'a', '{"v":1}', { body: new Uint8Array([1, 2, 3]), type: 'text/plain' }))
    const query = { filters: [], sort: newest, limit: 10, deleted: false }
    const results = await commitSteps(store, [
      {
        when: [{ is: 'collection-absent', home: h, path }],
        changes: [{ kind: 'delete-found', home: h, path, query }],
      },
      { changes: [put(h, 'a', '{"v":2}')] },
    ])
    assert.deepEqual(
      results.map(({ ok }) => ok),
      [false, true],
    )
    const { record } = await store.record(h, path, 'a')
    assert.deepEqual([record?.data, record?.size, [...record!.body!]], ['{"v":2}', 10, [1, 2, 3]])
  })

  test('a given time is measured by tombstones, and not by what has expired', async (t) => {
    const { store, clock, home, step } = await underTest(t, open)
    const h = await home()
    await step(put(h, 'deleted'), put(h, 'expired', '{}', { expires: start + 10 }))
    await step({ kind: 'delete', home: h, path, id: 'deleted' })
    clock.tick(10)
    const given = { modified: start - 1_000 }
    const results = await step(put(h, 'deleted', '{}', given), put(h, 'expired', '{}', given))
    const [first, second] = results.map((one) => recordOf([one]).record.modified)
    assert.ok(first! > start)
    assert.equal(second, given.modified)
    assert.equal((await store.collection(h, path)).collection?.clock, first)
  })

  test('parallel writers of one collection neither conflict nor share a clock', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    await Promise.all(Array.from({ length: 100 }, (_, i) => step(put(h, `r${i}`))))
    const records = await listed(store, h, path)
    assert.equal(records.length, 100)
    assert.equal(new Set(records.map((record) => record.modified)).size, 100)
    assert.equal(new Set(records.map((record) => record.seq)).size, 100)
    assert.equal((await store.collection(h, path)).collection?.records, 100)
  })

  test('of parallel creations of one id exactly one succeeds', async (t) => {
    const { store, home } = await underTest(t, open)
    const h = await home()
    const step: Step = { when: [{ is: 'record-absent', home: h, path, id: 'a' }], changes: [put(h, 'a')] }
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => commitStep(store, step)))
    assert.equal(results.filter((result) => result.status === 'fulfilled').length, 1)
  })

  test('blobs are counted by who refers to them', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    const hash = 'ab'.repeat(32)
    const other = 'cd'.repeat(32)
    const blob = { hash, size: 100_000 }
    await step(put(h, 'a', '{}', { blob }), put(h, 'b', '{}', { blob }))
    assert.equal((await store.blob(h, hash))?.refs, 2)
    assert.equal((await store.record(h, path, 'a')).record?.size, 100_002)
    await step(put(h, 'a', '{"v":1}'))
    assert.equal((await store.blob(h, hash))?.refs, 2, 'a new text keeps the body')
    assert.equal((await store.record(h, path, 'a')).record?.size, 100_007)
    await step(put(h, 'a', '{}', { blob: { hash: other, size: 70_000 } }))
    await step({ kind: 'delete', home: h, path, id: 'b' })
    const row = await store.blob(h, hash)
    assert.equal(row?.refs, 0)
    assert.equal(row?.zeroSince, start)
    assert.equal((await store.blob(h, other))?.refs, 1)
    assert.deepEqual(
      (await store.zeroBlobs(start + 1, 10)).map((one) => one.hash),
      [hash],
    )
    await step(put(h, 'c', '{}', { blob }))
    assert.equal(await store.forgetBlob(h, hash), false, 'named again before the sweep came')
    await step({ kind: 'delete', home: h, path, id: 'c' })
    assert.equal(await store.forgetBlob(h, hash), true)
    assert.equal(await store.blob(h, hash), undefined)
  })

  test('ids and paths are compared by bytes and kept as they are', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    const ids = [
      'A',
      'a',
      'é',
      '\uffff',
      '\u{1f41d}',
      "'; DROP TABLE record; --",
      '%',
      'a/b',
      '__proto__',
      'constructor',
    ]
    for (const id of ids) await step(put(h, id, JSON.stringify({ id })))
    for (const id of ids) assert.equal((await store.record(h, path, id)).record?.data, JSON.stringify({ id }))
    const sorted = await store.list(h, path, {
      filters: [],
      sort: [{ field: 'id', descending: false }],
      limit: 100,
      deleted: false,
    })
    assert.deepEqual(
      sorted.records.map((record) => record.id),
      ids.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    )
  })
}
