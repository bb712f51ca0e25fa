/** What the suites share: a store with a clock and a bus that tests can see into. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Bus, HomeEvent, Planner, Refusal, RefusalCode, Store } from '../../core/ports.ts'
import { commitStep, createPlanner } from '../../core/records/index.ts'
import type { Change, HomeInput, Outcome, Step } from '../../core/records/index.ts'
import type { Sort } from '../../lib/filter/index.ts'
import { newHomeId } from '../../lib/ids.ts'

/** Opens an empty store with these parts; whoever opens it closes it after the test. */
export type OpenStore = (
  t: TestContext,
  parts: { planner: Planner; bus: Bus; clock: TestClock },
) => Promise<Store>

/** A clock that moves only when told. */
export interface TestClock {
  now(): number
  set(time: number): void
  tick(ms?: number): void
}

export interface StoreUnderTest {
  store: Store
  clock: TestClock
  events: HomeEvent[]
  /** A new home of this kind (person, unless said otherwise). */
  home(input?: Partial<HomeInput>): Promise<number>
  step(...changes: Change[]): Promise<Outcome[]>
}

export const start = Date.UTC(2026, 0, 1)

export const newest: readonly Sort[] = [{ field: 'last_modified', descending: true }]

export function testClock(now = start): TestClock {
  return {
    now: () => now,
    set: (time) => void (now = time),
    tick: (ms = 1) => void (now += ms),
  }
}

export async function underTest(t: TestContext, open: OpenStore): Promise<StoreUnderTest> {
  const clock = testClock()
  const events: HomeEvent[] = []
  const bus: Bus = {
    publish: (event) => void events.push(event),
    listen: () => () => {},
    listenAll: () => () => {},
    close: async () => {},
  }
  const store = await open(t, { planner: createPlanner({ collections: 50, spaces: 3 }), bus, clock })
  return {
    store,
    clock,
    events,
    async home(input = {}) {
      const home = newHomeId()
      await commitStep(store, {
        changes: [
          { kind: 'create-home', home, input: { kind: 'person', owner: null, payer: null, ...input } },
        ],
      })
      return home
    },
    step: (...changes) => commitStep(store, { changes }),
  }
}

/** The one outcome of a commit, which must have changed a record. */
export function recordOf(outcomes: Outcome[]): Extract<Outcome, { kind: 'record' }> {
  const [outcome] = outcomes
  assert.equal(outcome?.kind, 'record')
  return outcome as Extract<Outcome, { kind: 'record' }>
}

/** Checks that a step is refused with this code; gives the refusal. */
export async function refused(store: Store, step: Step, code: RefusalCode): Promise<Refusal> {
  try {
    await commitStep(store, step)
  } catch (error) {
    assert.equal((error as Refusal).code, code, String(error))
    return error as Refusal
  }
  return assert.fail(`the step was not refused with ${code}`)
}

/** All records of a collection, tombstones too, newest first. */
export async function listed(store: Store, home: number, path: string) {
  const { records } = await store.list(home, path, {
    filters: [],
    sort: newest,
    limit: 10_000,
    deleted: true,
  })
  return records
}

/** The changes of a home since a number, all pages. */
export async function changesSince(store: Store, home: number, since = 0) {
  const changes = []
  for (let from = since; ;) {
    const page = await store.changes(home, { since: from, limit: 3 })
    assert.ok(page)
    changes.push(...page.changes)
    const last = page.changes.at(-1)
    if (!last) return changes
    assert.ok(last.seq > from)
    from = last.seq
  }
}
