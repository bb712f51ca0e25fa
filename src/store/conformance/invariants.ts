/** Random histories of a store, held against a model in plain objects after each of their moves. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { HomeEvent, Store } from '../../core/ports.ts'
import { commitStep, hiddenTombstoneAge, policyOf } from '../../core/records/index.ts'
import { newHomeId } from '../../lib/ids.ts'
import type { OpenStore, StoreUnderTest, TestClock } from './harness.ts'
import { underTest } from './harness.ts'
import { homeCount, type Move, type Request, type Run } from './invariants/acts.ts'
import { runs } from './invariants/arbitrary.ts'
import { compare, compareWithBefore, type Dump, dumpOf, lookAt } from './invariants/checks.ts'
import { Broken, concrete } from './invariants/concrete.ts'
import { newHome } from './invariants/model.ts'
import { settle } from './invariants/settle.ts'
import type { HomeModel, RecordModel, World } from './invariants/world.ts'

/** Short runs, unless `bounds` say otherwise; a failure tells the seed that shows it again. */
export function invariantSuite(open: OpenStore, bounds: fc.Parameters<[Run]> = {}): void {
  test('whatever happens, the store holds what plain objects would, and counts it right', async (t) => {
    const parts = await underTest(t, open)
    await fc.assert(
      fc.asyncProperty(runs, (run) => history(parts, run)),
      { numRuns: 60, interruptAfterTimeLimit: 5_000, ...bounds },
    )
  })
}

/** One run: its homes are new, the store and its time go on. */
async function history({ store, clock, events }: StoreUnderTest, run: Run): Promise<void> {
  const homes = Array.from({ length: homeCount }, newHomeId)
  const world: World = { now: clock.now(), homes: new Map(), rows: new Map() }
  await begin(store, world, homes, run)
  events.length = 0
  let before = await dumpOf(store, homes)
  compare(world, before)
  for (const move of run.moves) {
    const accepted = await perform({ store, clock }, world, homes, move)
    if (move.move === 'sweep' || (move.move === 'group' && move.sweep)) await adoptSweep(store, world)
    if (move.move === 'group') await lookAt(store, world, homes[move.look.home]!, move.look)
    const after = await dumpOf(store, homes)
    if (!accepted) assert.deepEqual(after, before, 'what was refused leaves nothing')
    compare(world, after)
    compareWithBefore(before, after)
    compareEvents(world, homes, events, before, after)
    before = after
  }
}

async function begin(store: Store, world: World, homes: readonly number[], run: Run): Promise<void> {
  const [payer = 0] = homes
  for (const [at, home] of homes.entries()) {
    const isSpace = at === 1 || at === 2
    const input = {
      kind: isSpace ? ('space' as const) : ('person' as const),
      owner: null,
      payer: isSpace ? payer : null,
      maxBytes: at === 0 ? run.maxBytes : null,
      maxRecords: at === 3 ? run.maxRecords : null,
    }
    const step = { changes: [{ kind: 'create-home' as const, home, input }] }
    await commitStep(store, step)
    world.homes.set(home, newHome(world, home, input))
  }
}

/** Does one move with the store and the model; says whether it may have changed what is shown. */
async function perform(
  { store, clock }: { store: Store; clock: TestClock },
  world: World,
  homes: readonly number[],
  move: Move,
): Promise<boolean> {
  switch (move.move) {
    case 'tick': {
      // Back only as far as nothing comes to life again that had expired.
      const expired = [...world.homes.values()].flatMap(timesOf).filter((time) => time <= world.now)
      world.now = Math.max(world.now + move.ms, ...expired)
      clock.set(world.now)
      return true
    }
    case 'sweep':
      await sweepAll(store)
      return true
    case 'look':
      await lookAt(store, world, homes[move.look.home]!, move.look)
      return false
    case 'group':
      return group(store, world, homes, move.requests, move.sweep)
    case 'session':
      return session(store, world, homes, move)
  }
}

/** Requests of one turn of the event loop: each home takes them in the order in which they were made. */
async function group(
  store: Store,
  world: World,
  homes: readonly number[],
  requests: readonly Request[],
  sweeps: boolean,
): Promise<boolean> {
  const asked = requests.map((request) => concrete(world, homes, request))
  const sweep = sweeps && isSweepSilent(world, requests) ? store.sweep() : undefined
  const answers = await Promise.allSettled(asked.map(({ request }) => store.commit(request)))
  await sweep
  const payers = requests.length > 1 ? 'as answered' : 'exact'
  let accepted = false
  for (const [at, one] of asked.entries()) accepted = settle(world, one, answers[at]!, payers) || accepted
  if (sweeps) await sweepAll(store)
  return accepted || sweeps
}

/**
 * Whether a sweep at the same time cannot be seen in an answer: no home may end, no old tombstone be
 * found by a query, and what has expired must neither count in a quota nor keep a folder.
 */
function isSweepSilent(world: World, requests: readonly Request[]): boolean {
  const acts = requests.flatMap(({ steps }) => steps.flatMap((step) => step.acts))
  const ends = acts.some((act) => act.act === 'alter-home' && (act.set === 'ended' || act.set === 'ends'))
  const homes = [...world.homes.values()]
  const isLimited =
    acts.some((act) => act.act === 'alter-home') ||
    homes.some(({ maxBytes, maxRecords }) => maxBytes !== null || maxRecords !== null)
  const isOld = (row: RecordModel) => row.deleted && row.modified < world.now - hiddenTombstoneAge
  const hasExpired = (home: HomeModel) =>
    [...home.collections].some(
      ([path, { records }]) =>
        (isLimited || policyOf(path).name === 'tree') &&
        [...records.values()].some(({ expires }) => expires !== null && expires <= world.now),
    ) ||
    (isLimited && [...home.queue, ...home.staged].some(({ expires }) => expires <= world.now))
  return (
    !ends &&
    !homes.some(
      (home) =>
        home.state === 'ended' || home.ends !== null || recordsOf(home).some(isOld) || hasExpired(home),
    )
  )
}

async function session(
  store: Store,
  world: World,
  homes: readonly number[],
  { parts, throws }: Extract<Move, { move: 'session' }>,
): Promise<boolean> {
  const outside = structuredClone(world)
  let accepted = false
  const running = store.session(homes, async (inside) => {
    for (const part of parts) {
      if (!('steps' in part)) {
        await lookAt(inside, world, homes[part.home]!, part)
        await lookAt(store, outside, homes[part.home]!, part)
        continue
      }
      const asked = concrete(world, homes, part)
      const [answer] = await Promise.allSettled([inside.commit(asked.request)])
      accepted = settle(world, asked, answer, 'exact') || accepted
    }
    compare(world, await dumpOf(inside, homes))
    if (throws) throw new Broken('the session was given up')
  })
  try {
    await running
  } catch (error) {
    if (!(error instanceof Broken)) throw error
    Object.assign(world, outside)
    return false
  }
  return accepted
}

async function sweepAll(store: Store): Promise<void> {
  for (let round = 0; (await store.sweep()).more; round++) assert.ok(round < 200, 'the sweep ends')
  const { tombstones: _tombstones, ...rest } = await store.sweep()
  const nothing = { expired: 0, dropped: 0, queue: 0, staged: 0, homes: 0, indexed: 0, more: false }
  assert.deepEqual(rest, nothing, 'a sweep that ended has left nothing')
}

/** What the sweep does to the model; which old tombstones it took is read from the store. */
async function adoptSweep(store: Store, world: World): Promise<void> {
  const isGone = ({ expires }: { expires: number | null }) => expires !== null && expires <= world.now
  for (const home of world.homes.values()) {
    if (home.state === 'ended' || (home.ends !== null && home.ends <= world.now)) {
      world.homes.delete(home.id)
      continue
    }
    home.hasDropped = false
    home.queue = home.queue.filter((item) => !isGone(item))
    home.staged = home.staged.filter((item) => !isGone(item))
    for (const { records } of home.collections.values())
      for (const row of records.values()) if (!row.deleted && isGone(row)) records.delete(row.id)
    await adoptTombstones(store, world, home)
  }
}

async function adoptTombstones(store: Store, world: World, home: HomeModel): Promise<void> {
  const row = (await store.home(home.id))!
  for (const [path, { records }] of home.collections) {
    for (const tombstone of [...records.values()].filter(({ deleted }) => deleted)) {
      if ((await store.record(home.id, path, tombstone.id)).record) continue
      assert.ok(tombstone.modified < world.now - hiddenTombstoneAge, 'a tombstone went too early')
      assert.ok(row.floorSeq >= tombstone.seq, 'cursors below a tombstone that went are too old')
      records.delete(tombstone.id)
    }
  }
}

/** Each home that moved is told of, with the number it reached and where; no other one is. */
function compareEvents(
  world: World,
  homes: readonly number[],
  events: HomeEvent[],
  before: Dump,
  after: Dump,
): void {
  for (const id of homes) {
    const told = events.filter((event) => event.home === id)
    const was = before.get(id)?.home
    const is = after.get(id)?.home
    const home = world.homes.get(id)
    const touched = home?.touched ?? new Set()
    if (is) {
      const moved = was?.seq !== is.seq || was.permSeq !== is.permSeq
      assert.equal(told.length > 0, moved, 'those that moved are told of')
      if (moved) {
        assert.equal(Math.max(...told.map(({ seq }) => seq)), is.seq)
        assert.equal(Math.max(...told.map(({ permSeq }) => permSeq)), is.permSeq)
        const named = told.flatMap(({ collections = ['?'] }) => collections)
        if (touched.size <= 16) assert.deepEqual(new Set(named), touched, 'where it moved')
        for (const { collections } of told) assert.ok((collections?.length ?? 0) <= 16)
      }
    } else if (was) assert.ok(told.length > 0, 'an end is told of')
    touched.clear()
  }
  events.length = 0
}

const recordsOf = (home: HomeModel): RecordModel[] =>
  [...home.collections.values()].flatMap(({ records }) => [...records.values()])

/** The times at which something of a home ends. */
function timesOf(home: HomeModel): number[] {
  const rows = [...recordsOf(home), ...home.queue, ...home.staged]
  return [...rows.flatMap(({ expires }) => expires ?? []), ...(home.ends === null ? [] : [home.ends])]
}
