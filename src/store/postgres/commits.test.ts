import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import pg from 'pg'
import { freshDatabase } from '../../../test/support/postgres.ts'
import { deafBus } from '../../../test/support/race.ts'
import type { HomeEvent } from '../../core/ports.ts'
import { type Change, commitStep, createPlanner, stepRequest } from '../../core/records/index.ts'
import { newHomeId } from '../../lib/ids.ts'
import { createPostgresStore } from './index.ts'

const path = 'contacts/b'

async function open(t: TestContext) {
  const url = await freshDatabase()
  const events: HomeEvent[] = []
  const bus = { ...deafBus, publish: (event: HomeEvent) => void events.push(event) }
  const clock = { now: () => Date.now() }
  const store = await createPostgresStore({ url, planner: createPlanner(), bus, clock, poolSize: 4 })
  t.after(() => store.close())
  const home = newHomeId()
  const input = { kind: 'person', owner: null, payer: null } as const
  await commitStep(store, { changes: [{ kind: 'create-home', home, input }] })
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  t.after(() => admin.end())
  const put = (id: string, data = '{}'): Change => ({ kind: 'put', home, path, id, data })
  return { store, home, events, admin, put }
}

/** Lets the next inserts of records fail so often, as those that lose to others do. */
async function failing(admin: pg.Client, times: number, state: string): Promise<void> {
  await admin.query(`
    CREATE SEQUENCE IF NOT EXISTS failures;
    CREATE OR REPLACE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF nextval('failures') <= ${times} THEN RAISE EXCEPTION 'lost' USING ERRCODE = '${state}'; END IF;
      RETURN NEW;
    END $$;
    CREATE OR REPLACE TRIGGER fails BEFORE INSERT ON record FOR EACH ROW EXECUTE FUNCTION fail();`)
}

for (const state of ['40001', '40P01', '23505'])
  test(`a commit that fails with ${state} is planned again, with fresh rows`, async (t) => {
    const { store, home, admin, put } = await open(t)
    await failing(admin, 2, state)
    let plans = 0
    const request = stepRequest({ changes: [put('a')] })
    const outcome = await store.commit({ ...request, plan: (work) => (plans++, request.plan(work)) })
    assert.equal(plans, 3)
    assert.equal(outcome[0]?.kind, 'record')
    const { record, home: row } = await store.record(home, path, 'a')
    assert.equal(record?.seq, row?.seq)
    assert.equal(row?.records, 1)
  })

test('a commit that goes on failing is given up, and leaves nothing', async (t) => {
  const { store, home, events, admin, put } = await open(t)
  await failing(admin, 5, '40001')
  events.length = 0
  await assert.rejects(commitStep(store, { changes: [put('a')] }), { code: 'store-busy' })
  assert.equal((await store.home(home))?.seq, 0)
  assert.deepEqual(events, [])
  await commitStep(store, { changes: [put('a')] })
  assert.equal((await store.home(home))?.records, 1)
})

test('what the database refuses is rejected alone, its neighbours of the same group are stored', async (t) => {
  const { store, home, put } = await open(t)
  const results = await Promise.allSettled(
    ['{}', '{"a":"\0"}', '{"b":1}'].map((data, at) => commitStep(store, { changes: [put(`r${at}`, data)] })),
  )
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  assert.equal((results[1] as PromiseRejectedResult).reason.code, 'store-failed')
  assert.equal((await store.collection(home, path)).collection?.records, 2)
})

test('what waits for one home is stored in few transactions, and each is told of once', async (t) => {
  const { store, home, events, put } = await open(t)
  events.length = 0
  const before = (await store.home(home))?.seq ?? 0
  await Promise.all(Array.from({ length: 300 }, (_, at) => commitStep(store, { changes: [put(`r${at}`)] })))
  assert.equal((await store.home(home))?.seq, before + 301)
  assert.ok(events.length <= 4, `${events.length} transactions`)
  assert.equal(events.at(-1)?.seq, before + 301)
})
