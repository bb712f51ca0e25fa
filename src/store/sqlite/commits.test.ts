import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CommitRequest } from '../../core/ports/store.ts'
import { commitStep, stepsRequest } from '../../core/records/index.ts'
import type { Change } from '../../core/records/index.ts'
import { type Entry, recordingDriver, type SqliteUnderTest, sqliteUnderTest } from './harness.ts'

const path = 'contacts/b'
const put = (home: number, id: string, data = '{}'): Change => ({ kind: 'put', home, path, id, data })
const commits = (log: readonly Entry[]) =>
  log.filter((entry) => entry.what === 'ran' && entry.sql === 'COMMIT').length
const text = (bytes: number) => JSON.stringify({ text: 'x'.repeat(bytes) })

async function recorded(t: Parameters<typeof sqliteUnderTest>[0]) {
  const log: Entry[] = []
  const driver = recordingDriver(log)
  const parts = await sqliteUnderTest(t, { driver })
  const h = await parts.home()
  await commitStep(parts.store, { changes: [put(h, 'first')] })
  log.length = 0
  return { ...parts, h, log, driver }
}

const writeAll = ({ store }: SqliteUnderTest, changes: readonly Change[]) =>
  Promise.allSettled(changes.map((change) => commitStep(store, { changes: [change] })))

test('requests that arrive together are one transaction, which writes the hot rows once', async (t) => {
  const parts = await recorded(t)
  await writeAll(
    parts,
    Array.from({ length: 100 }, (_, i) => put(parts.h, `r${i}`)),
  )
  assert.equal(commits(parts.log), 1)
  const written = (table: string) =>
    parts.log.filter(
      (entry) => entry.what === 'ran' && new RegExp(`^(INSERT INTO|UPDATE) ${table} `).test(entry.sql),
    ).length
  assert.deepEqual([written('home'), written('collection'), written('record')], [1, 1, 100])
})

test('a group ends at 256 steps, and at 4 MiB', async (t) => {
  const parts = await recorded(t)
  const steps = Array.from({ length: 300 }, () => ({ changes: [] }))
  await Promise.all([
    parts.store.commit(stepsRequest(steps)),
    commitStep(parts.store, { changes: [put(parts.h, 'a')] }),
  ])
  assert.equal(commits(parts.log), 2)
  parts.log.length = 0
  await writeAll(
    parts,
    Array.from({ length: 4 }, (_, i) => put(parts.h, `big${i}`, text(2_200_000))),
  )
  assert.equal(commits(parts.log), 2)
})

test('a request that throws is refused alone', async (t) => {
  const parts = await recorded(t)
  const broken: CommitRequest<never> = {
    homes: [parts.h],
    needs: [],
    plan() {
      throw new RangeError('no')
    },
  }
  const [before, thrown, after] = await Promise.allSettled([
    commitStep(parts.store, { changes: [put(parts.h, 'a')] }),
    parts.store.commit(broken),
    commitStep(parts.store, { changes: [put(parts.h, 'b')] }),
  ])
  assert.deepEqual([before.status, thrown.status, after.status], ['fulfilled', 'rejected', 'fulfilled'])
  assert.ok(thrown.status === 'rejected' && thrown.reason instanceof RangeError)
  assert.equal(commits(parts.log), 1)
})

test('a request that the database refuses does not take its group with it', async (t) => {
  const parts = await recorded(t)
  const account = (id: string): Change => ({
    kind: 'row',
    table: 'account',
    put: {
      account_id: id,
      login: 'A',
      folded: 'a',
      role: 'user',
      state: 'active',
      home_id: null,
      attributes: '{}',
      door: null,
      created: 1,
      modified: 1,
      auth_seq: 1,
      ends: null,
      invited_by: null,
      signed_in: null,
      language: null,
      pairwise: null,
    },
  })
  const settled = await writeAll(parts, [
    put(parts.h, 'a'),
    account('one'),
    account('two'),
    put(parts.h, 'b'),
  ])
  assert.deepEqual(
    settled.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
  )
  const [, , refused] = settled
  assert.equal(refused?.status === 'rejected' && refused.reason.code, 'store-failed')
  assert.equal((await parts.store.collection(parts.h, path)).collection?.records, 3)
})

test('when the disk is full a commit fails with its code, and the store goes on when there is room', async (t) => {
  const parts = await recorded(t)
  const { store, h, events } = parts
  const before = await store.home(h)
  const [writer] = parts.driver.opened
  const pages = Number(writer?.prepare('PRAGMA page_count').get()?.[0])
  writer?.exec(`PRAGMA max_page_count = ${pages}`)
  events.length = 0
  const settled = await writeAll(
    parts,
    Array.from({ length: 10 }, (_, i) => put(h, `r${i}`, text(10_000))),
  )
  for (const one of settled) assert.equal(one.status === 'rejected' && one.reason.code, 'store-full')
  assert.deepEqual(events, [])
  assert.deepEqual(await store.home(h), before)
  assert.equal((await store.record(h, path, 'r0')).record, undefined)
  writer?.exec(`PRAGMA max_page_count = ${pages + 1_000}`)
  await commitStep(store, { changes: [put(h, 'r0', text(10_000))] })
  assert.equal((await store.home(h))?.seq, (before?.seq ?? 0) + 1)
})

test('a large commit is written in slices, between which others read what was there before', async (t) => {
  const { store, h } = await recorded(t)
  let isDone = false
  const large = commitStep(store, {
    changes: Array.from({ length: 20 }, (_, i) => put(h, `r${i}`, text(1_000_000))),
  }).then(() => (isDone = true))
  const small = commitStep(store, { changes: [put(h, 'small')] })
  let reads = 0
  while (!isDone) {
    const { collection } = await store.collection(h, path)
    const { record } = await store.record(h, path, 'r19')
    if (!record) reads++
    if (!record) assert.equal(collection?.records, 1)
    await new Promise((resolve) => setImmediate(resolve))
  }
  await Promise.all([large, small])
  assert.ok(reads > 5, `${reads} reads in between`)
  assert.equal((await store.collection(h, path)).collection?.records, 22)
})

test('more than a store takes in is refused as busy', async (t) => {
  const parts = await recorded(t)
  const settled = await writeAll(
    parts,
    Array.from({ length: 10_050 }, () => put(parts.h, 'a')),
  )
  const codes = settled.map((one) => (one.status === 'rejected' ? one.reason.code : 'done'))
  assert.equal(codes.filter((code) => code === 'done').length, 10_000)
  assert.deepEqual([...new Set(codes.slice(10_000))], ['store-busy'])
})

test('a closing store finishes what it took in, and takes nothing more', async (t) => {
  const { store, h } = await recorded(t)
  const last = commitStep(store, { changes: [put(h, 'last')] })
  const closed = store.close()
  await assert.rejects(commitStep(store, { changes: [put(h, 'late')] }), { code: 'store-closed' })
  await last
  await closed
  await assert.rejects(store.record(h, path, 'last'), { code: 'store-closed' })
  await store.close()
})

test('a closing store waits for a commit that is written in slices', async (t) => {
  const { store, h } = await recorded(t)
  const large = commitStep(store, {
    changes: Array.from({ length: 17 }, (_, i) => put(h, `r${i}`, text(1_000_000))),
  })
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve))
  await store.close()
  assert.equal((await large).length, 17)
})

test('versions move with the tables that are written', async (t) => {
  const { store, step, h } = await recorded(t)
  const before = [store.version('bucket'), store.version('token'), store.version('bucket', 'token')]
  await step({ kind: 'row', table: 'bucket', put: { bucket_id: 'b', home_id: h, modified: 1, deleted: 0 } })
  assert.ok((store.version('bucket') ?? 0) > (before[0] ?? 0))
  assert.equal(store.version('token'), before[1])
  assert.ok((store.version('bucket', 'token') ?? 0) > (before[2] ?? 0))
  const permSeq = store.permSeqOf(h)
  await step({ kind: 'bump-permissions', home: h })
  assert.equal(store.permSeqOf(h), (permSeq ?? 0) + 1)
  assert.equal(store.permSeqOf(12345), undefined)
})
