/** Acts as requests of the planner: indexes become homes, distances times, relations numbers. */
import type { CommitRequest } from '../../../core/ports.ts'
import { stepRequest, stepsRequest } from '../../../core/records/index.ts'
import type {
  Change,
  HomeChange,
  Precondition,
  RecordInput,
  Step,
  StepResult,
} from '../../../core/records/index.ts'
import type { Outcome } from '../../../core/records/index.ts'
import { childPath } from '../../../lib/paths.ts'
import { type Act, hashes, type Parts, type Request, type When } from './acts.ts'
import type { World } from './world.ts'

/** Thrown by changes that are made to fail as no refusal does. */
export class Broken extends Error {}

export interface Concrete {
  steps: Step[]
  permissions: { home: number; permSeq: number }[]
  alone: boolean
  request: CommitRequest<Outcome[] | StepResult[]>
}

export function concrete(world: World, homes: readonly number[], request: Request): Concrete {
  const { alone, decided } = request
  const steps = (alone ? request.steps.slice(0, 1) : request.steps).map(({ when, acts }): Step => ({
    when: when.map((one) => whenOf(world, homes, one)),
    changes: acts.map((one) => changeOf(world, homes, one)),
    needs: acts.flatMap((one) => needsOf(homes, one)),
  }))
  const first = homes[request.steps[0]!.acts[0]!.home]!
  const home = world.homes.get(first)
  const permissions =
    decided === 'no' || !home ? [] : [{ home: first, permSeq: home.permSeq - (decided === 'wrong' ? 1 : 0) }]
  return {
    steps,
    permissions,
    alone,
    request: alone ? stepRequest(steps[0]!, permissions) : stepsRequest(steps, permissions),
  }
}

export const rowKey = (home: number, name: string) => ({ kind: 'test', name: `${home}/${name}` })

function whenOf(world: World, homes: readonly number[], when: When): Precondition {
  const id = homes[when.home]!
  const home = world.homes.get(id)
  const { now } = world
  switch (when.is) {
    case 'record-absent':
    case 'record-exists':
      return { is: when.is, home: id, path: when.path, id: when.id }
    case 'record-revision': {
      const row = home?.collections.get(when.path)?.records.get(when.id)
      const revisions = when.right && row ? [1, row[when.of]] : [row ? row[when.of] - 1 : now]
      return { is: when.is, of: when.of, revisions, home: id, path: when.path, id: when.id }
    }
    case 'record-not-newer': {
      const modified = home?.collections.get(when.path)?.records.get(when.id)?.modified ?? 0
      return {
        is: when.is,
        than: when.right ? modified : modified - 1,
        home: id,
        path: when.path,
        id: when.id,
      }
    }
    case 'collection-clock': {
      const clock = home?.collections.get(when.path)?.clock ?? home?.baseClock ?? 0
      return { is: when.is, home: id, path: when.path, clock: when.right ? clock : clock + 1 }
    }
    case 'collection-not-newer': {
      const clock = home?.collections.get(when.path)?.clock ?? 0
      return { is: when.is, home: id, path: when.path, than: when.right ? clock : clock - 1 }
    }
    case 'collection-present': {
      const born = home?.collections.get(when.path)?.born ?? now
      return {
        is: when.is,
        home: id,
        path: when.path,
        ...(when.right ? (born % 2 === 0 ? {} : { born }) : { born: born - 1 }),
      }
    }
    case 'collection-absent':
    case 'no-record-at-ancestor':
      return { is: when.is, home: id, path: when.path }
    case 'permissions':
      return { is: when.is, home: id, permSeq: (home?.permSeq ?? 0) - (when.right ? 0 : 1) }
    case 'row-has':
      return { is: when.is, table: 'name', where: rowKey(id, when.name), has: { until: 1 } }
    default:
      return { is: when.is, table: 'name', where: rowKey(id, when.name) }
  }
}

function partsOf({ now }: World, parts: Parts): RecordInput {
  const { n, body, blob, owner, expires, modified } = parts
  return {
    ...(n === undefined ? {} : { data: JSON.stringify({ n, s: 'é' }) }),
    ...(body === undefined ? {} : { body: body === 0 ? null : new Uint8Array(body) }),
    ...(body ? { type: 'text/plain' } : {}),
    ...(blob === undefined
      ? {}
      : { blob: blob === null ? null : { hash: hashes[blob]!, size: 100 * (blob + 1) } }),
    ...(owner === undefined ? {} : { owner }),
    ...(expires === undefined ? {} : { expires: expires === null ? null : now + expires }),
    ...(modified === undefined ? {} : { modified: now + modified }),
  }
}

function changeOf(world: World, homes: readonly number[], act: Act): Change {
  const home = homes[act.home]!
  const { now } = world
  const soon = (expires: number | null) => (expires === null ? null : now + expires)
  switch (act.act) {
    case 'put':
      return { kind: 'put', home, path: act.path, id: act.id, ...partsOf(world, act) }
    case 'delete':
      return {
        kind: 'delete',
        home,
        path: act.path,
        id: act.id,
        ...(act.modified === undefined ? {} : { modified: now + act.modified }),
      }
    case 'touch':
      return { kind: 'touch', home, path: act.path, id: act.id, expires: soon(act.expires) }
    case 'patch':
      return {
        kind: 'patch',
        home,
        path: act.path,
        id: act.id,
        patch(stored, at) {
          if (act.by === 'throw') throw new Broken('a patch failed')
          if (act.by === 'delete') return 'delete'
          if (act.by === 'nothing' || !stored) return null
          if (act.by === 'expire') return { expires: at + 1_000 }
          return { data: JSON.stringify({ n: numberIn(stored.data) + 1 }) }
        },
      }
    case 'compute':
      return {
        kind: 'compute',
        home,
        path: act.path,
        id: act.id,
        compute(stored) {
          if (act.by === 'throw') throw new Broken('a computation failed')
          if (act.by === 'nothing' || !stored) return []
          const place = { home, path: act.path, id: act.id }
          if (act.by === 'delete') return [{ kind: 'delete', ...place }]
          if (act.by === 'copy') return [{ kind: 'put', ...place, id: 'a', data: stored.data }]
          return [{ kind: 'put', home: homes[act.to]!, path: 'contacts/b', id: 'b', data: stored.data }]
        },
      }
    case 'delete-found':
    case 'trim':
      return {
        kind: act.act,
        home,
        path: act.path,
        query: {
          filters: act.filters,
          sort: [{ field: 'id', descending: false }],
          limit: act.limit,
          deleted: act.deleted,
        },
      }
    case 'tick':
      return { kind: 'tick', home, path: act.path }
    case 'make':
      return {
        kind: 'make',
        home,
        path: act.path,
        ...(act.clock === undefined ? {} : { clock: now + act.clock }),
      }
    case 'drop':
      return { kind: 'drop', home, path: act.path }
    case 'index':
      return { kind: 'index', home, path: act.path, fields: act.fields }
    case 'access':
      return {
        kind: 'access',
        home,
        path: act.path,
        principal: act.principal,
        source: act.source,
        bits: act.bits,
        expires: soon(act.expires),
      }
    case 'clear-access':
      return { kind: 'clear-access', home, path: act.path, below: act.below }
    case 'row': {
      const key = rowKey(home, act.name)
      if (act.remove) return { kind: 'row', table: 'name', remove: key }
      return {
        kind: 'row',
        table: 'name',
        put: { ...key, home_id: home, owner: null, until: act.until },
      }
    }
    case 'create-home':
      return {
        kind: 'create-home',
        home,
        input: {
          kind: act.payer ? 'space' : 'person',
          owner: null,
          payer: act.payer && act.home !== 0 ? homes[0]! : null,
        },
      }
    case 'alter-home':
      return { kind: 'alter-home', home, set: setOf(world, homes, act) }
    case 'bump':
      return { kind: 'bump-permissions', home }
    case 'enqueue':
      return {
        kind: 'enqueue',
        home,
        name: act.name,
        ...(act.topic === undefined ? {} : { topic: act.topic }),
        expires: now + act.expires,
        head: `é${act.size}`,
        ...(act.size % 2 === 0 ? { body: new Uint8Array(act.size) } : {}),
      }
    case 'dequeue': {
      const items = world.homes.get(home)?.queue.filter((item) => item.name === act.name) ?? []
      const ords = items.map(({ ord }) => ord).filter((_, at) => (act.which >> at) % 2 === 1)
      return { kind: 'dequeue', home, name: act.name, ords }
    }
    case 'stage': {
      const items = act.items.map(({ id, n }) => ({
        id,
        change: { set: { n }, ...(n === 0 ? { expires: now + 5_000 } : {}) },
      }))
      return { kind: 'stage', home, batch: act.batch, expires: now + act.expires, items }
    }
    case 'apply-staged':
      return { kind: 'apply-staged', home, batch: act.batch, path: act.path }
    case 'drop-staged':
      return { kind: 'drop-staged', home, batch: act.batch }
  }
}

function numberIn(data: string): number {
  return (JSON.parse(data) as { n?: number }).n ?? 0
}

/** Who pays for others is not ended here, and does not pass on what he pays himself. */
function setOf(
  world: World,
  homes: readonly number[],
  { home, set, value }: Extract<Act, { act: 'alter-home' }>,
): HomeChange {
  const id = homes[home]!
  const pays = home === 0
  switch (set) {
    case 'owner':
      return { owner: value === 0 ? null : `account:${value}` }
    case 'replica':
    case 'active':
      return { state: set }
    case 'ended':
      return pays ? { state: 'active' } : { state: 'ended' }
    case 'ends':
      return pays ? { ends: null } : { ends: value === 0 ? null : world.now + value }
    case 'base':
      return { baseClock: Math.max(world.now, world.homes.get(id)?.baseClock ?? 0) + value }
    case 'bytes':
      return { maxBytes: value === 0 ? null : value }
    case 'records':
      return { maxRecords: value === 0 ? null : value }
    case 'payer':
      return { payer: pays || value === 0 ? null : homes[0]! }
  }
}

/** What acts need that their changes do not say. */
function needsOf(homes: readonly number[], act: Act): NonNullable<Step['needs']> {
  const home = homes[act.home]!
  // A row is written under the lock of its home, or parallel requests would write it in any order.
  if (act.act === 'row') return [{ kind: 'access', home, path: '' }]
  if (act.act !== 'compute') return []
  const { path, id } = act
  return [
    { kind: 'record', home, path, id: 'a' },
    { kind: 'access', home, path: childPath(path, id) },
    { kind: 'record', home: homes[act.to]!, path: 'contacts/b', id: 'b' },
  ]
}
