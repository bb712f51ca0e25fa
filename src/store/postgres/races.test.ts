/** Several processes on one database: what single statements and unordered locks would get wrong. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { freshDatabase } from '../../../test/support/postgres.ts'
import { deafBus, race } from '../../../test/support/race.ts'
import { commitStep, createPlanner } from '../../core/records/index.ts'
import { newHomeId } from '../../lib/ids.ts'
import { createPostgresStore } from './index.ts'

async function open(t: TestContext) {
  const url = await freshDatabase()
  const clock = { now: () => Date.now() }
  const store = await createPostgresStore({ url, planner: createPlanner(), bus: deafBus, clock, poolSize: 4 })
  t.after(() => store.close())
  const makeHome = async () => {
    const home = newHomeId()
    const input = { kind: 'person', owner: null, payer: null } as const
    await commitStep(store, { changes: [{ kind: 'create-home', home, input }] })
    return home
  }
  return { url, store, makeHome }
}

const sum = (numbers: number[]) => numbers.reduce((all, one) => all + one, 0)

test('changes that processes compute from one record are all in it', async (t) => {
  const { url, store, makeHome } = await open(t)
  const place = { home: await makeHome(), path: 'contacts/b', id: 'counter' }
  const results = await race(t, 3, { what: 'increment', url, times: 200, ...place })
  assert.deepEqual(
    results.flatMap(({ errors }) => errors),
    [],
  )
  const { record, home } = await store.record(place.home, place.path, place.id)
  assert.deepEqual(JSON.parse(record?.data ?? ''), { n: 600 })
  // The making of the list, then one number for each change.
  assert.equal(home?.seq, 601)
})

test('of parallel creations of one record in several processes exactly one succeeds', async (t) => {
  const { url, makeHome } = await open(t)
  const home = await makeHome()
  const results = await race(t, 3, { what: 'create', url, times: 100, home, path: 'contacts/b' })
  assert.equal(sum(results.map(({ done }) => done)), 100)
  assert.equal(sum(results.map(({ refused }) => refused['record-exists'] ?? 0)), 200)
  assert.deepEqual(
    results.flatMap(({ errors }) => errors),
    [],
  )
})

test('commits over homes in any order neither fail nor keep each other waiting for ever', async (t) => {
  const { url, store, makeHome } = await open(t)
  const homes = [await makeHome(), await makeHome(), await makeHome(), await makeHome()]
  const results = await race(t, 3, { what: 'put-everywhere', url, times: 100, homes, path: 'contacts/b' })
  assert.deepEqual(
    results.map(({ done, errors }) => [done, errors]),
    [
      [100, []],
      [100, []],
      [100, []],
    ],
  )
  const counts = await Promise.all(
    homes.map((home) => store.count(home, 'contacts/b', { filters: [], deleted: false })),
  )
  assert.equal(sum(counts), 900)
})

test('of parallel claims of a name in several processes one wins, and the others are refused', async (t) => {
  const { url, store } = await open(t)
  const homes = Array.from({ length: 30 }, () => newHomeId())
  const results = await race(t, 3, { what: 'claim', url, times: 30, homes })
  assert.equal(sum(results.map(({ done }) => done)), 30)
  assert.deepEqual(
    results.flatMap(({ errors }) => errors),
    [],
  )
  for (const row of await store.rows('bucket', {})) {
    // The winner's row and the winner's home.
    assert.equal((await store.home(row['home_id'] as number))?.owner, String(row['modified']))
  }
})

test('a listener in one process misses nothing that another one writes', async (t) => {
  const { url, store, makeHome } = await open(t)
  const home = await makeHome()
  const writing = race(t, 2, { what: 'put-everywhere', url, times: 150, homes: [home], path: 'contacts/b' })
  let isOver = false
  void writing.finally(() => (isOver = true))
  const seen = new Set<string>()
  let since = 0
  for (;;) {
    const wasOver = isOver
    const page = await store.changes(home, { since, limit: 50 })
    for (const change of page?.changes ?? []) {
      assert.ok(change.seq > since, 'in the order of numbers')
      since = change.seq
      if (change.kind === 'record') seen.add(change.record.id)
    }
    if (wasOver && page?.changes.length === 0) break
  }
  assert.deepEqual(
    (await writing).map(({ errors }) => errors),
    [[], []],
  )
  assert.equal(seen.size, 300)
})
