/** Steps: what they need, how they run, and the requests that carry them to the store. */
import type { Json } from '../../lib/json/index.ts'
import type { CommitRequest, Need, Session } from '../ports.ts'
import { Refusal } from '../ports.ts'
import { ancestors, childPath, parentPath, pathName } from '../../lib/paths.ts'
import { clearAccessChange, setAccess } from './access.ts'
import type { Change, Outcome, Precondition, Step } from './changes.ts'
import { declareIndexes, drop, make } from './collections.ts'
import { alterHome, createHome } from './homes.ts'
import { policyOf } from './policies.ts'
import { checkPreconditions } from './preconditions.ts'
import { applyStaged, dequeue, dropStaged, enqueue, stage } from './queues.ts'
import { patch, put, remove, removeFound, tick, touch } from './records.ts'
import type { Times } from './records.ts'
import type { View } from './view.ts'

/** What became of a step: the outcomes of its changes in order, or why it was refused. */
export type StepResult = { ok: true; outcomes: Outcome[] } | { ok: false; refusal: Refusal }

/** The versions of homes' rights that a request was decided under. */
type Permissions = NonNullable<CommitRequest<unknown>['permissions']>

interface Wanted {
  homes: Set<number>
  needs: Need[]
  /** Ids of what is staged, by home and batch: a later step may apply it. */
  staged: Map<string, string[]>
  weight: number
}

/** A request that runs steps one after the other; a refused step leaves the others alone. */
export function stepsRequest(
  steps: readonly Step[],
  permissions: Permissions = [],
): CommitRequest<StepResult[]> {
  const wanted = wants(steps, permissions)
  return {
    homes: [...wanted.homes],
    needs: wanted.needs,
    permissions,
    weight: wanted.weight,
    steps: steps.length,
    plan(work) {
      const view = work as View
      return steps.map((step, index) => {
        try {
          return { ok: true, outcomes: view.attempt(() => runStep(view, step)) }
        } catch (error) {
          if (!(error instanceof Refusal)) throw error
          error.step = index
          return { ok: false, refusal: error }
        }
      })
    },
  }
}

/** A request of one step; its refusal rejects the commit. */
export function stepRequest(step: Step, permissions: Permissions = []): CommitRequest<Outcome[]> {
  const wanted = wants([step], permissions)
  return {
    homes: [...wanted.homes],
    needs: wanted.needs,
    permissions,
    weight: wanted.weight,
    steps: 1,
    plan: (work) => runStep(work as View, step),
  }
}

/** Commits one step. Rejects with its `Refusal`. */
export function commitStep(
  store: Pick<Session, 'commit'>,
  step: Step,
  permissions: Permissions = [],
): Promise<Outcome[]> {
  return store.commit(stepRequest(step, permissions))
}

/** Commits steps in one transaction; each tells what became of it. */
export function commitSteps(
  store: Pick<Session, 'commit'>,
  steps: readonly Step[],
  permissions: Permissions = [],
): Promise<StepResult[]> {
  return store.commit(stepsRequest(steps, permissions))
}

/** A step at work. */
interface Running {
  times: Times
  /** What its homes held when it first changed them. */
  before: Map<number, { bytes: number; records: number }>
}

function runStep(view: View, step: Step): Outcome[] {
  if (step.when) checkPreconditions(view, step.when)
  const running: Running = { times: new Map(), before: new Map() }
  const outcomes = step.changes.map((change) => apply(view, running, change))
  for (const [home, before] of running.before) checkQuota(view, home, before)
  return outcomes
}

/** Over its quota a home may still shrink. */
function checkQuota(view: View, home: number, before: { bytes: number; records: number }): void {
  const row = view.homes.row(home)
  if (!row || row.state === 'ended') return
  if (row.records > before.records && row.maxRecords !== null && row.records > row.maxRecords) {
    throw new Refusal('quota-records')
  }
  if (row.bytes <= before.bytes) return
  if (row.maxBytes !== null && row.bytes > row.maxBytes) throw new Refusal('quota-bytes')
  const payer = view.homes.charged(home)
  if (payer.maxBytes !== null && payer.bytes > payer.maxBytes) throw new Refusal('quota-bytes')
}

const isBeyondQuota = (change: Change): boolean =>
  'path' in change && policyOf(change.path).beyondQuota === true

/** Changes that are not of what a home holds, so that replicas take them too. */
const beside: ReadonlySet<Change['kind']> = new Set([
  'compute',
  'create-home',
  'alter-home',
  'bump-permissions',
])

function apply(view: View, running: Running, change: Change): Outcome {
  const { times, before } = running
  if ('home' in change && !before.has(change.home) && !isBeyondQuota(change)) {
    const row = view.homes.row(change.home)
    before.set(change.home, { bytes: row?.bytes ?? 0, records: row?.records ?? 0 })
  }
  if ('home' in change && !beside.has(change.kind)) view.homes.writable(change.home)
  switch (change.kind) {
    case 'put':
      return put(view, times, change)
    case 'patch':
      return patch(view, times, change)
    case 'compute': {
      const stored = view.live(change.home, change.path, change.id)
      const outcomes = change.compute(stored, view).map((one) => apply(view, running, one))
      return { kind: 'several', outcomes }
    }
    case 'touch':
      return touch(view, change)
    case 'delete':
      return remove(view, times, change)
    case 'delete-found':
    case 'trim':
      return removeFound(view, times, change)
    case 'make':
      return make(view, change)
    case 'tick':
      return tick(view, times, change)
    case 'drop':
      return drop(view, change)
    case 'index':
      return declareIndexes(view, change)
    case 'access':
      return setAccess(view, change)
    case 'clear-access':
      return clearAccessChange(view, change)
    case 'row':
      view.directory.write(
        'put' in change
          ? { table: change.table, put: change.put }
          : { table: change.table, remove: change.remove },
      )
      return { kind: 'done' }
    case 'create-home':
      return createHome(view, change)
    case 'alter-home':
      return alterHome(view, change)
    case 'bump-permissions': {
      const row = view.home(change.home)
      view.homes.put({ ...row, permSeq: row.permSeq + 1 })
      return { kind: 'done' }
    }
    case 'enqueue':
      return enqueue(view, change)
    case 'dequeue':
      return dequeue(view, change)
    case 'stage':
      return stage(view, change)
    case 'apply-staged':
      return applyStaged(view, times, change)
    case 'drop-staged':
      return dropStaged(view, change)
  }
}

/** The homes and rows that steps read or write, derived from what they say. */
function wants(steps: readonly Step[], permissions: Permissions): Wanted {
  const homes = new Set(permissions.map(({ home }) => home))
  const wanted: Wanted = { homes, needs: [], staged: new Map(), weight: 0 }
  for (const step of steps) {
    for (const when of step.when ?? []) wantsOf(wanted, when)
    for (const change of step.changes) wantsFor(wanted, change)
    for (const need of step.needs ?? []) {
      if ('home' in need) wanted.homes.add(need.home)
      wanted.needs.push(need)
    }
  }
  return wanted
}

function wantsOf(wanted: Wanted, when: Precondition): void {
  const { needs } = wanted
  if ('home' in when) wanted.homes.add(when.home)
  switch (when.is) {
    case 'record-absent':
    case 'record-exists':
    case 'record-revision':
    case 'record-not-newer':
      needs.push({ kind: 'record', home: when.home, path: when.path, id: when.id })
      return
    case 'collection-clock':
    case 'collection-not-newer':
    case 'collection-absent':
    case 'collection-present':
      needs.push({ kind: 'collection', home: when.home, path: when.path })
      return
    case 'no-record-at-ancestor': {
      const { root } = policyOf(when.path)
      for (const path of [when.path, ...ancestors(when.path)]) {
        if (path.length <= root.length) break
        needs.push({ kind: 'record', home: when.home, path: parentPath(path)!, id: pathName(path) })
      }
      return
    }
    case 'row-absent':
    case 'row-exists':
    case 'row-has':
      needs.push({ kind: 'rows', table: when.table, where: when.where })
      return
    case 'permissions':
  }
}

function wantsFor(wanted: Wanted, change: Change): void {
  const { needs } = wanted
  if ('home' in change) wanted.homes.add(change.home)
  switch (change.kind) {
    case 'put':
      wanted.weight += (change.data?.length ?? 0) + (change.body?.byteLength ?? 0)
      wantsPlace(needs, change.home, change.path, change.id)
      return
    case 'patch':
    case 'touch':
    case 'compute':
      wantsPlace(needs, change.home, change.path, change.id)
      if (change.kind !== 'patch') return
      needs.push({ kind: 'access', home: change.home, path: childPath(change.path, change.id) })
      return
    case 'delete':
      wantsPlace(needs, change.home, change.path, change.id)
      needs.push({ kind: 'access', home: change.home, path: childPath(change.path, change.id) })
      return
    case 'delete-found':
    case 'trim': {
      const { home, path, query } = change
      wantsCollections(needs, home, path)
      needs.push({ kind: 'below', home, path }, { kind: 'found', home, path, query })
      return
    }
    case 'make':
    case 'index':
    case 'tick':
      wantsCollections(needs, change.home, change.path)
      return
    case 'drop':
      wantsCollections(needs, change.home, change.path)
      needs.push({ kind: 'below', home: change.home, path: change.path })
      return
    case 'access':
      needs.push({ kind: 'access', home: change.home, path: change.path })
      return
    case 'clear-access':
      needs.push({ kind: change.below ? 'below' : 'access', home: change.home, path: change.path })
      return
    case 'enqueue':
      wanted.weight += change.head.length + (change.body?.byteLength ?? 0)
      if (change.topic !== undefined) {
        needs.push({ kind: 'queue', home: change.home, name: change.name, topic: change.topic })
      }
      return
    case 'dequeue':
      needs.push({ kind: 'queue', home: change.home, name: change.name })
      return
    case 'stage': {
      const at = `${change.home}/${change.batch}`
      const ids = change.items.map(({ id }) => id)
      wanted.staged.set(at, [...(wanted.staged.get(at) ?? []), ...ids])
      for (const item of change.items) wanted.weight += weightOf(item.change.set)
      return
    }
    case 'apply-staged': {
      const { home, batch, path } = change
      wantsCollections(needs, home, path)
      needs.push({ kind: 'staged', home, batch, into: path })
      for (const id of wanted.staged.get(`${home}/${batch}`) ?? [])
        needs.push({ kind: 'record', home, path, id })
      return
    }
    case 'drop-staged':
      needs.push({ kind: 'staged', home: change.home, batch: change.batch })
      return
    case 'create-home':
      if (change.input.payer !== null) needs.push({ kind: 'payer', home: change.input.payer })
      return
    case 'alter-home':
      if (change.set.payer === undefined) return
      needs.push({ kind: 'payer', home: change.set.payer ?? change.home })
      return
    case 'row':
    case 'bump-permissions':
  }
}

/** Roughly the bytes of an object: of its texts. */
function weightOf(object: { [field: string]: Json }): number {
  return Object.values(object).reduce<number>(
    (sum, value) => sum + (typeof value === 'string' ? value.length : 16),
    0,
  )
}

function wantsPlace(needs: Need[], home: number, path: string, id: string): void {
  wantsCollections(needs, home, path)
  needs.push({ kind: 'record', home, path, id })
}

/** The collection, and those that move with it: a tree's ancestors, a timeline's root. */
function wantsCollections(needs: Need[], home: number, path: string): void {
  const policy = policyOf(path)
  needs.push({ kind: 'collection', home, path })
  if (policy.name === 'timeline' && path !== policy.root) {
    needs.push({ kind: 'collection', home, path: policy.root })
  }
  if (policy.name !== 'tree' || path === policy.root) return
  for (const above of ancestors(path)) {
    if (above.length < policy.root.length) return
    needs.push({ kind: 'collection', home, path: above })
  }
}
