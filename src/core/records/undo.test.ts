import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CommitRequest } from '../ports.ts'
import type { Change, Step } from './changes.ts'
import { isNothing, put, viewUnderTest } from './harness.ts'
import { stepRequest, stepsRequest } from './steps.ts'

class Failure extends Error {}

const failing: Change = {
  kind: 'compute',
  home: 1,
  path: 'contacts/b',
  id: 'failing',
  compute() {
    throw new Failure('a computation failed')
  },
}

/** One of each kind that changes something in an empty home. */
const everyChange: Change[] = [
  { kind: 'put', home: 1, path: 'contacts/b', id: 'a', blob: { hash: 'ab'.repeat(32), size: 9 } },
  put('rs/a/b', 'doc'),
  put('sync/tabs', 't'),
  put('xmpp/archive', 'm'),
  { kind: 'delete', home: 1, path: 'xmpp/archive', id: 'm' },
  { kind: 'delete', home: 1, path: 'rs/a/b', id: 'doc' },
  { kind: 'touch', home: 1, path: 'contacts/b', id: 'a', expires: null },
  { kind: 'make', home: 1, path: 'kinto/groups' },
  { kind: 'index', home: 1, path: 'contacts/b', fields: ['n'] },
  { kind: 'access', home: 1, path: 'contacts/b/a', principal: 'everyone', source: 's', bits: 1 },
  { kind: 'row', table: 'name', put: { kind: 'x', name: 'y', home_id: 1, owner: null, until: null } },
  { kind: 'create-home', home: 2, input: { kind: 'space', owner: null, payer: 1 } },
  put('contacts/b', 'a', 2, 2),
  { kind: 'alter-home', home: 1, set: { owner: 'account:x' } },
  { kind: 'bump-permissions', home: 1 },
  { kind: 'enqueue', home: 1, name: 'q', topic: 't', expires: 9e15, head: 'one' },
  { kind: 'enqueue', home: 1, name: 'q', topic: 't', expires: 9e15, head: 'two' },
  { kind: 'stage', home: 1, batch: 'B', expires: 9e15, items: [{ id: 'a', change: { set: {} } }] },
  { kind: 'apply-staged', home: 1, batch: 'B', path: 'sync/forms' },
  { kind: 'drop', home: 1, path: 'contacts' },
  put('contacts/b', 'again'),
]

test('a request that fails leaves nothing behind: no row, no event, nothing to store', () => {
  for (const [at] of everyChange.entries()) {
    const { view, run, home } = viewUnderTest()
    const before = home()
    const changes = everyChange.slice(0, at + 1)
    const inSteps = [...changes, failing].map((change): Step => ({ changes: [change] }))
    const requests = [stepRequest({ changes: [...changes, failing] }), stepsRequest(inSteps)]
    for (const request of requests) {
      assert.throws(() => run(request as CommitRequest<unknown>), Failure)
      assert.equal(home(), before)
      assert.equal(view.dirty, false)
      assert.deepEqual(view.events(), [])
    }
    assert.ok(isNothing(view.take()))
  }
})

test('a refused step between two others takes back what it did, and no more', () => {
  const plain = viewUnderTest()
  const mixed = viewUnderTest()
  const first: Step = { changes: [put('rs/a/b', 'doc'), put('contacts/b', 'a')] }
  const last: Step = { changes: [put('rs/a/b', 'doc2'), put('contacts/b', 'c')] }
  const refused: Step = { changes: [...everyChange.slice(1), { ...put('contacts/b', 'z'), modified: 9e15 }] }
  const results = mixed.run(stepsRequest([first, refused, last]))
  assert.deepEqual(
    results.map(({ ok }) => ok),
    [true, false, true],
  )
  plain.run(stepsRequest([first, last]))
  const [got, wanted] = [mixed.view.take(), plain.view.take()]
  got.records.sort((a, b) => a.row.seq - b.row.seq)
  assert.deepEqual(got, wanted)
  assert.deepEqual(mixed.view.events(), plain.view.events())
})

test('what was stored before a failure stays, and what is written again replaces it', () => {
  const { view, step } = viewUnderTest()
  step(put('contacts/b', 'a'))
  const [first] = view.take().records
  assert.equal(first?.before, undefined)
  assert.throws(
    () =>
      step(
        { kind: 'drop', home: 1, path: 'contacts' },
        { kind: 'make', home: 1, path: 'contacts/b' },
        put('contacts/b', 'a', 9),
        failing,
      ),
    Failure,
  )
  step(put('contacts/b', 'a', 5))
  const writes = view.take()
  assert.deepEqual(writes.dropped, [])
  assert.deepEqual(
    writes.records.map(({ row, before }) => [row.cid, row.size, before]),
    [[first?.row.cid, 5, first?.row]],
  )
})

test('an event names at most sixteen places, and none of what was refused', () => {
  const { view, step } = viewUnderTest()
  for (let i = 0; i < 16; i++) step(put(`contacts/${i}`, 'a'))
  assert.throws(() => step(put('contacts/refused', 'a'), failing), Failure)
  assert.deepEqual(
    view.events()[0]?.collections,
    Array.from({ length: 16 }, (_, i) => `contacts/${i}`),
  )
  step(put('contacts/17', 'a'))
  assert.equal(view.events()[0]?.collections, undefined)
})

test('a content that was dropped before it was stored leaves no reference to a blob', () => {
  const { view, step } = viewUnderTest()
  const [first, second] = ['ab'.repeat(32), 'cd'.repeat(32)]
  const named = (hash: string): Change => ({ ...put('contacts/b', 'a'), blob: { hash, size: 9 } })
  const drop: Change = { kind: 'drop', home: 1, path: 'contacts' }
  const count = () => {
    const counts: Record<string, number> = {}
    for (const { hash, delta } of view.take().blobs) counts[hash] = (counts[hash] ?? 0) + delta
    return counts
  }
  step(named(first), drop)
  assert.deepEqual(count(), { [first]: 0 })
  step(named(first))
  assert.deepEqual(count(), { [first]: 1 })
  step(named(second), drop)
  assert.deepEqual(count(), { [first]: 0, [second]: 0 }, 'the sweep takes back the one that was stored')
})
