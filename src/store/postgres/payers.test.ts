import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { freshDatabase } from '../../../test/support/postgres.ts'
import { deafBus } from '../../../test/support/race.ts'
import { type Change, commitStep, createPlanner } from '../../core/records/index.ts'
import { newHomeId } from '../../lib/ids.ts'
import { createPostgresStore } from './index.ts'

/** A person with a limit of 1,000 bytes, and two spaces at her expense. */
async function open(t: TestContext) {
  const clock = { now: () => Date.now() }
  const parts = { planner: createPlanner(), bus: deafBus, clock, poolSize: 4 }
  const url = await freshDatabase()
  const store = await createPostgresStore({ url, ...parts })
  t.after(() => store.close())
  const [payer, one, two] = [newHomeId(), newHomeId(), newHomeId()]
  const make = (home: number, more: object): Change => ({
    kind: 'create-home',
    home,
    input: { kind: 'person', owner: null, payer: null, ...more },
  })
  await commitStep(store, { changes: [make(payer, { maxBytes: 1_000 })] })
  for (const home of [one, two]) await commitStep(store, { changes: [make(home, { kind: 'space', payer })] })
  return { store, url, parts, payer, one, two }
}

/** A record that costs so many bytes, with what its row costs. */
const put = (home: number, id: string, bytes: number) => ({
  changes: [
    {
      kind: 'put',
      home,
      path: 'contacts/b',
      id,
      data: JSON.stringify('x'.repeat(bytes - 66)),
    } satisfies Change,
  ],
})

const overQuota = { code: 'quota-bytes' }

test('within a process a payer is charged exactly, whichever of her homes is written', async (t) => {
  const { store, payer, one, two } = await open(t)
  await commitStep(store, put(one, 'a', 400))
  await commitStep(store, put(two, 'a', 400))
  await commitStep(store, put(payer, 'a', 150))
  for (const home of [payer, one, two])
    await assert.rejects(commitStep(store, put(home, 'b', 100)), overQuota)
  await commitStep(store, put(one, 'a', 300))
  await commitStep(store, put(two, 'b', 100))
  await commitStep(store, { changes: [{ kind: 'alter-home', home: one, set: { state: 'ended' } }] })
  await commitStep(store, put(payer, 'b', 300))
  await assert.rejects(commitStep(store, put(payer, 'c', 100)), overQuota)
})

test('what another process writes is charged a second later at most', async (t) => {
  const { store, url, parts, one, two } = await open(t)
  await commitStep(store, put(one, 'a', 100))
  const other = await createPostgresStore({ url, ...parts })
  t.after(() => other.close())
  await commitStep(other, put(two, 'a', 800))
  for (let id = 0; ; id++) {
    // What is too much from the first second on is let through only before it.
    const isRefused = await commitStep(store, put(one, 'b', 200 + id)).then(
      () => false,
      () => true,
    )
    if (isRefused) break
    assert.ok(id < 1_000, 'the total stays old')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
})

test('a session is charged for what it has stored itself, and others only once it is committed', async (t) => {
  const { store, one, two } = await open(t)
  await commitStep(store, put(two, 'a', 100))
  const failed = store.session([one], async (session) => {
    await commitStep(session, put(one, 'a', 600))
    await session.home(one)
    await commitStep(session, put(two, 'b', 400))
  })
  await assert.rejects(failed, overQuota)
  await commitStep(store, put(two, 'b', 400))
})
