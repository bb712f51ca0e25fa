import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commitStep } from '../../core/records/index.ts'
import type { Change } from '../../core/records/index.ts'
import type { Session } from '../../core/ports/store.ts'
import { sqliteUnderTest } from './harness.ts'

const path = 'contacts/b'
const put = (home: number, id: string): Change => ({ kind: 'put', home, path, id })

test('a session that takes too long is rolled back, and the others go on', async (t) => {
  const { store, home } = await sqliteUnderTest(t, { sessionTime: 20 })
  const h = await home()
  let late: Session | undefined
  const slow = store.session([h], async (session) => {
    late = session
    await commitStep(session, { changes: [put(h, 'slow')] })
    await new Promise(() => {})
  })
  const other = commitStep(store, { changes: [put(h, 'other')] })
  await assert.rejects(slow, { code: 'store-timeout' })
  await other
  assert.equal((await store.record(h, path, 'slow')).record, undefined)
  assert.ok((await store.record(h, path, 'other')).record)
  assert.ok(late)
  await assert.rejects(commitStep(late, { changes: [put(h, 'late')] }), { code: 'store-timeout' })
  await assert.rejects(late.home(h), { code: 'store-timeout' })
})

test('what a session left behind can not be used any more', async (t) => {
  const { store, home } = await sqliteUnderTest(t)
  const h = await home()
  let kept: Session | undefined
  await store.session([h], async (session) => void (kept = session))
  assert.ok(kept)
  await assert.rejects(kept.record(h, path, 'a'), { code: 'store-closed' })
  await assert.rejects(commitStep(kept, { changes: [put(h, 'a')] }), { code: 'store-closed' })
})

test('beside a session everybody reads rows and lists as they were', async (t) => {
  const { store, home } = await sqliteUnderTest(t)
  const h = await home()
  await commitStep(store, { changes: [put(h, 'a')] })
  const query = { filters: [], sort: [], limit: 10, deleted: false }
  await store.session([h], async (session) => {
    await commitStep(session, { changes: [put(h, 'b')] })
    assert.equal((await session.list(h, path, query)).records.length, 2)
    assert.equal(await session.count(h, path, query), 2)
    assert.equal((await store.list(h, path, query)).records.length, 1)
    assert.equal(await store.count(h, path, query), 1)
    assert.equal((await store.collection(h, path)).collection?.records, 1)
    assert.equal(await store.changes(h, { since: 0, limit: 10 }).then((read) => read?.changes.length), 2)
  })
  assert.equal((await store.list(h, path, query)).records.length, 2)
})
