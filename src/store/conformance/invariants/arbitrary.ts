/** Random histories: acts that meet each other often, in few places, at few times. */
import fc from 'fast-check'
import type { Filter } from '../../../lib/filter/index.ts'
import { childPath } from '../../../lib/paths.ts'
import {
  type Act,
  batches,
  hashes,
  ids,
  type Look,
  type Move,
  parents,
  paths,
  principals,
  queues,
  type Request,
  rowNames,
  type Run,
  sources,
  type StepActs,
  topics,
  type When,
} from './acts.ts'

/** Where a run takes place: the fewer places, the more its acts meet each other. */
interface Scene {
  home: fc.Arbitrary<number>
  path: fc.Arbitrary<string>
  id: fc.Arbitrary<string>
}

const scenes: fc.Arbitrary<Scene> = fc
  .record({
    homes: fc.constantFrom([0], [0, 0, 1], [0, 1, 2, 3]),
    paths: fc.oneof(
      { weight: 3, arbitrary: fc.subarray([...paths], { minLength: 1, maxLength: 3 }) },
      { weight: 1, arbitrary: fc.constant(paths.filter((path) => path.startsWith('rs'))) },
      { weight: 1, arbitrary: fc.constant([...paths]) },
    ),
    ids: fc.constantFrom(ids.slice(0, 2), [...ids]),
  })
  .map((names) => ({
    home: fc.constantFrom(...names.homes),
    path: fc.constantFrom(...names.paths),
    id: fc.constantFrom(...names.ids),
  }))

const expires = fc.option(fc.constantFrom(0, 0, 10, 10, 1_000, 5_000), { nil: null, freq: 2 })

const parts = fc.record(
  {
    n: fc.integer({ min: 0, max: 3 }),
    body: fc.constantFrom(0, 7),
    blob: fc.option(fc.nat({ max: hashes.length - 1 }), { nil: null }),
    owner: fc.option(fc.constantFrom('account:x', 'account:y'), { nil: null }),
    expires,
    modified: fc.constantFrom(-5_000, -1, 0, 3, 5_000, 86_400_000, 86_400_001),
  },
  { requiredKeys: [] },
)

const filter: fc.Arbitrary<Filter> = fc.oneof(
  fc.record({
    op: fc.constantFrom('eq' as const, 'not' as const, 'gt' as const, 'max' as const),
    field: fc.constant('n'),
    value: fc.integer({ min: 0, max: 3 }),
  }),
  fc.record({
    op: fc.constantFrom('in' as const, 'exclude' as const),
    field: fc.constant('id'),
    value: fc.subarray([...ids]),
  }),
)
const filters = fc.array(filter, { maxLength: 2 })

/** One of a list in which each is as likely as its number says. */
const weighted = <T>(...all: [weight: number, arbitrary: fc.Arbitrary<T>][]) =>
  fc.oneof(...all.map(([weight, arbitrary]) => ({ weight, arbitrary })))

function actsIn({ home, path, id }: Scene): fc.Arbitrary<Act> {
  const placed = { home, path, id }
  const anyPath = weighted<string>([3, path], [1, fc.constantFrom(...parents)])
  const entryPath = weighted<string>(
    [1, anyPath],
    [2, path],
    [1, fc.tuple(path, id).map(([at, name]) => childPath(at, name))],
  )
  const name = fc.constantFrom(...queues)
  const batch = fc.constantFrom(...batches)
  const act = <A extends Act['act']>(...acts: A[]) => fc.constantFrom(...acts)
  return weighted<Act>(
    [
      14,
      fc.tuple(fc.record({ act: act('put'), ...placed }), parts).map(([at, more]) => ({ ...at, ...more })),
    ],
    [4, fc.record({ act: act('delete'), ...placed })],
    [1, fc.record({ act: act('delete'), ...placed, modified: fc.constantFrom(-5_000, 5_000, 86_400_001) })],
    [
      3,
      fc.record({
        act: act('patch'),
        ...placed,
        by: fc.constantFrom('increment', 'increment', 'nothing', 'delete', 'expire', 'throw'),
      }),
    ],
    [
      3,
      fc.record({
        act: act('compute'),
        ...placed,
        by: fc.constantFrom('copy', 'other-home', 'delete', 'nothing', 'throw'),
        to: home,
      }),
    ],
    [2, fc.record({ act: act('touch'), ...placed, expires })],
    [
      2,
      fc.record({
        act: act('delete-found', 'trim'),
        home,
        path,
        filters,
        limit: fc.integer({ min: 1, max: 3 }),
        deleted: fc.boolean(),
      }),
    ],
    [
      4,
      fc.record(
        { act: act('make'), home, path: anyPath, clock: fc.constantFrom(-10, 50) },
        { requiredKeys: ['act', 'home', 'path'] },
      ),
    ],
    [2, fc.record({ act: act('drop'), home, path: anyPath })],
    [
      2,
      fc.record({ act: act('tick'), home, path: fc.constantFrom('sync', 'sync/tabs', 'sync/forms', 'rs/d') }),
    ],
    [2, fc.record({ act: act('index'), home, path, fields: fc.subarray(['n', 's', 'x.y']) })],
    [
      4,
      fc.record({
        act: act('access'),
        home,
        path: entryPath,
        principal: fc.constantFrom('everyone', ...principals),
        source: fc.constantFrom(...sources),
        bits: fc.constantFrom(0, 1, 4),
        expires,
      }),
    ],
    [1, fc.record({ act: act('clear-access'), home, path: entryPath, below: fc.boolean() })],
    [
      2,
      fc.record({
        act: act('row'),
        home,
        name: fc.constantFrom(...rowNames),
        until: fc.option(fc.nat({ max: 2 }), { nil: null }),
        remove: fc.boolean(),
      }),
    ],
    [1, fc.record({ act: act('create-home'), home, payer: fc.boolean() })],
    [
      3,
      fc.record({
        act: act('alter-home'),
        home,
        set: fc.constantFrom(
          'owner',
          'replica',
          'active',
          'active',
          'active',
          'ended',
          'ends',
          'base',
          'bytes',
          'records',
          'payer',
        ),
        value: fc.constantFrom(0, 0, 1_000, 1_000_000),
      }),
    ],
    [1, fc.record({ act: act('bump'), home })],
    [
      3,
      fc.record(
        {
          act: act('enqueue'),
          home,
          name,
          topic: fc.constantFrom(...topics),
          expires: fc.constantFrom(10, 1_000_000),
          size: fc.nat({ max: 9 }),
        },
        { requiredKeys: ['act', 'home', 'name', 'expires', 'size'] },
      ),
    ],
    [2, fc.record({ act: act('dequeue'), home, name, which: fc.integer({ min: 1, max: 7 }) })],
    [
      2,
      fc.record({
        act: act('stage'),
        home,
        batch,
        expires: fc.constantFrom(10, 1_000_000, 1_000_000),
        items: fc.array(fc.record({ id, n: fc.nat({ max: 3 }) }), { maxLength: 3 }),
      }),
    ],
    [
      3,
      fc.record({
        act: act('apply-staged', 'apply-staged', 'drop-staged'),
        home,
        batch,
        path: weighted<string>([1, fc.constantFrom('sync/tabs')], [2, path]),
      }),
    ],
  )
}

function whensIn({ home, path, id }: Scene): fc.Arbitrary<When> {
  const placed = { home, path, id }
  const right = weighted<boolean>([2, fc.constant(true)], [1, fc.constant(false)])
  const is = <I extends When['is']>(...all: I[]) => fc.constantFrom(...all)
  return fc.oneof(
    fc.record({ is: is('record-absent', 'record-exists'), ...placed }),
    fc.record({
      is: is('record-revision'),
      of: fc.constantFrom('modified' as const, 'seq' as const),
      right,
      ...placed,
    }),
    fc.record({ is: is('record-not-newer'), right, ...placed }),
    fc.record({
      is: is('collection-clock', 'collection-not-newer', 'collection-present'),
      home,
      path,
      right,
    }),
    fc.record({ is: is('collection-absent', 'no-record-at-ancestor'), home, path }),
    fc.record({ is: is('permissions'), home, right }),
    fc.record({
      is: is('row-absent', 'row-exists', 'row-has'),
      home,
      name: fc.constantFrom(...rowNames),
    }),
  )
}

function movesIn(scene: Scene): fc.Arbitrary<Move> {
  const { home, path, id } = scene
  const step: fc.Arbitrary<StepActs> = fc.record({
    when: weighted<When[]>(
      [4, fc.constant([])],
      [1, fc.array(whensIn(scene), { minLength: 1, maxLength: 2 })],
    ),
    acts: fc.array(actsIn(scene), { minLength: 1, maxLength: 4 }),
  })
  const request: fc.Arbitrary<Request> = fc.record({
    steps: fc.array(step, { minLength: 1, maxLength: 3 }),
    alone: fc.boolean(),
    decided: fc.constantFrom('no', 'no', 'no', 'no', 'right', 'wrong'),
  })
  const look: fc.Arbitrary<Look> = fc.record({
    home,
    path,
    id,
    filters,
    sort: fc.uniqueArray(
      fc.record({ field: fc.constantFrom('n', 'id', 'last_modified'), descending: fc.boolean() }),
      { maxLength: 2, selector: (sort) => sort.field },
    ),
    limit: fc.integer({ min: 1, max: 4 }),
    deleted: fc.boolean(),
  })
  const move = <M extends Move['move']>(name: M) => fc.constant(name)
  return weighted<Move>(
    [
      5,
      fc.record({
        move: move('group'),
        requests: fc.array(request, { minLength: 2, maxLength: 5 }),
        sweep: fc.constantFrom(false, false, true),
        look,
      }),
    ],
    [
      5,
      fc.record({
        move: move('group'),
        requests: fc.tuple(request),
        sweep: fc.constant(false),
        look,
      }),
    ],
    [
      2,
      fc.record({
        move: move('session'),
        parts: fc.array(weighted<Request | Look>([3, request], [1, look]), { minLength: 1, maxLength: 4 }),
        throws: fc.constantFrom(false, false, true),
      }),
    ],
    [2, fc.record({ move: move('tick'), ms: fc.constantFrom(1, 10, 10, 1_000, -3_000) })],
    [
      1,
      fc.record({
        move: move('tick'),
        ms: fc.constantFrom(6_000, 86_400_000, 31 * 86_400_000, 400 * 86_400_000),
      }),
    ],
    [1, fc.record({ move: move('sweep') })],
    [1, fc.record({ move: move('look'), look })],
  )
}

export const runs: fc.Arbitrary<Run> = scenes.chain((scene) =>
  fc.record({
    maxBytes: fc.constantFrom(null, null, 600, 3_000),
    maxRecords: fc.constantFrom(null, 3),
    moves: fc.array(movesIn(scene), { minLength: 1, maxLength: 20, size: 'max' }),
  }),
)
