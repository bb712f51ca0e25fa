/** Changes of records and collections, carried out on plain objects as naively as they can be said. */
import type { RefusalCode } from '../../../core/ports.ts'
import { maxAhead, policyOf } from '../../../core/records/index.ts'
import type { Change, RecordInput, StagedChange } from '../../../core/records/index.ts'
import { childPath, parentPath } from '../../../lib/paths.ts'
import {
  type CollectionModel,
  countsOf,
  entriesWithin,
  type HomeModel,
  isLive,
  pathsWithin,
  type QueueModel,
  type RecordModel,
  type World,
} from './world.ts'

/** The step is refused. */
export class Refused extends Error {
  readonly code: RefusalCode
  constructor(code: RefusalCode) {
    super(code)
    this.code = code
  }
}

/** What a change should have answered; its records are those of the world. */
export type Expected =
  | { kind: 'record'; record: RecordModel; before: RecordModel | undefined }
  | { kind: 'same'; record: RecordModel | undefined }
  | { kind: 'records'; records: RecordModel[]; more: boolean }
  | { kind: 'collection'; clock: number; born: number }
  | { kind: 'queued'; item: QueueModel }
  | { kind: 'count'; count: number }
  | { kind: 'several'; outcomes: Expected[] }
  | { kind: 'done' }

/** What the queries of a request found when it began. */
export type Found = Map<Change, { ids: string[]; more: boolean }>

/** A step at work: the time that its writes into a timeline share. */
export interface Running {
  world: World
  found: Found
  times: Map<number, number>
  payers: boolean
}

/** The home that a change writes to. */
export function writable(world: World, id: number): HomeModel {
  const home = world.homes.get(id)
  if (!home || home.state === 'ended') throw new Refused('home-absent')
  if (home.state === 'replica') throw new Refused('home-replica')
  return home
}

export function draw(home: HomeModel, path: string): void {
  home.seq++
  home.touched.add(path)
}

interface Place {
  home: number
  path: string
  id: string
}

export function liveAt(world: World, { home, path, id }: Place): RecordModel | undefined {
  const row = world.homes.get(home)?.collections.get(path)?.records.get(id)
  return isLive(row, world.now) ? row : undefined
}

export const collectionAt = (home: HomeModel, path: string) => home.collections.get(path) as CollectionModel

/** The living collection; made, where writes may. */
export function living(world: World, home: HomeModel, path: string): CollectionModel {
  const old = home.collections.get(path)
  if (old?.alive) return old
  if (!policyOf(path).madeByWrite) throw new Refused('collection-absent')
  return make(world, home, path)
}

export function make(world: World, home: HomeModel, path: string, atLeast = 0): CollectionModel {
  const policy = policyOf(path)
  if (policy.name === 'tree' && path !== policy.root) living(world, home, parentPath(path)!)
  const old = home.collections.get(path)
  const isTimeline = policy.name === 'timeline'
  const last = Math.max(home.baseClock, (old?.clock ?? 0) + 1, (old?.born ?? 0) + 1)
  const born = isTimeline ? last : Math.max(world.now, atLeast, last)
  const clock = isTimeline ? (old?.clock ?? 0) : born
  const made = { alive: true, clock, born, fields: old?.fields ?? [], records: new Map() }
  home.collections.set(path, made)
  draw(home, path)
  raise(world, home, path)
  return made
}

/** Folders above show that something changed. */
export function raise(world: World, home: HomeModel, path: string): void {
  const policy = policyOf(path)
  if (policy.name !== 'tree') return
  for (let at = path; at !== policy.root;) {
    at = parentPath(at)!
    const above = home.collections.get(at)
    if (above) above.clock = Math.max(above.clock, world.now)
  }
}

/** Folders in which nothing is left go, from here upwards. */
function prune(world: World, home: HomeModel, path: string): void {
  const policy = policyOf(path)
  for (let at = path; policy.name === 'tree' && at !== policy.root; at = parentPath(at)!) {
    const { records, children } = countsOf(home, at)
    if (records > 0 || children > 0) return
    detach(home, at)
    raise(world, home, at)
  }
}

function detach(home: HomeModel, path: string): void {
  const collection = collectionAt(home, path)
  home.hasDropped = true
  home.collections.set(path, { ...collection, alive: false, records: new Map() })
  draw(home, path)
}

export function put(running: Running, input: Place & RecordInput): Expected {
  const { world } = running
  const home = writable(world, input.home)
  const before = liveAt(world, input)
  if (policyOf(input.path).name === 'log' && before) throw new Refused('append-only')
  const collection = living(world, home, input.path)
  const stored = collection.records.get(input.id)
  const { modified, clock } = time(running, home, collection, input, stored?.deleted ? stored : before)
  const data = input.data ?? before?.data ?? '{}'
  const body = input.body === undefined ? (before?.body ?? null) : hex(input.body)
  const blob = input.blob === undefined ? (before?.blob ?? null) : (input.blob?.hash ?? null)
  const blobSize = input.blob
    ? input.blob.size
    : blob !== null && before
      ? before.size - Buffer.byteLength(before.data) - (before.body?.length ?? 0) / 2
      : 0
  const record: RecordModel = {
    id: input.id,
    modified,
    seq: 0,
    owner: input.owner === undefined ? (before?.owner ?? null) : input.owner,
    deleted: false,
    expires: input.expires === undefined ? (before?.expires ?? null) : input.expires,
    type: input.type === undefined ? (before?.type ?? null) : input.type,
    size: Buffer.byteLength(data) + (body?.length ?? 0) / 2 + blobSize,
    data,
    body,
    blob,
  }
  collection.records.set(input.id, record)
  collection.clock = clock
  draw(home, input.path)
  raise(world, home, input.path)
  return { kind: 'record', record, before }
}

export const hex = (bytes: Uint8Array | null) => bytes && Buffer.from(bytes).toString('hex')

/** The time of a write, and the clock of its collection after it. */
export function time(
  running: Running,
  home: HomeModel,
  collection: CollectionModel,
  { path, modified: given }: { path: string; modified?: number },
  stored: RecordModel | undefined,
): { modified: number; clock: number } {
  const { world, times } = running
  const policy = policyOf(path)
  if (policy.name === 'timeline') {
    const root = living(world, home, policy.root)
    let shared = times.get(home.id)
    if (shared === undefined) {
      const earliest = Math.max(world.now, home.baseClock)
      shared = Math.max(Math.ceil(earliest / policy.tick) * policy.tick, root.clock + policy.tick)
      times.set(home.id, shared)
    }
    root.clock = shared
    return { modified: shared, clock: shared }
  }
  const next = Math.max(world.now, collection.clock + 1)
  if (given === undefined || given <= 0) return { modified: next, clock: next }
  if (given > world.now + maxAhead) throw new Refused('time-ahead')
  if (stored && given <= stored.modified) return { modified: next, clock: next }
  return { modified: given, clock: Math.max(collection.clock, given) }
}

export function remove(running: Running, place: Place & { modified?: number }): Expected {
  const { world } = running
  const home = writable(world, place.home)
  const before = liveAt(world, place)
  if (!before) return { kind: 'same', record: undefined }
  clearAccess(home, childPath(place.path, place.id), false)
  const collection = collectionAt(home, place.path)
  const { modified, clock } = time(running, home, collection, place, before)
  const record: RecordModel = {
    ...before,
    modified,
    seq: 0,
    deleted: true,
    expires: null,
    type: null,
    size: 0,
    data: '{}',
    body: null,
    blob: null,
  }
  if (policyOf(place.path).tombstones === 'none') collection.records.delete(place.id)
  else collection.records.set(place.id, record)
  collection.clock = clock
  draw(home, place.path)
  raise(world, home, place.path)
  prune(world, home, place.path)
  return { kind: 'record', record, before }
}

export function removeFound(
  running: Running,
  change: Extract<Change, { kind: 'delete-found' | 'trim' }>,
): Expected {
  const { world, found } = running
  const home = writable(world, change.home)
  const { ids, more } = found.get(change)!
  const removed: RecordModel[] = []
  for (const id of ids) {
    const row = home.collections.get(change.path)?.records.get(id)
    if (!row || row.deleted) continue
    if (change.kind === 'trim') {
      collectionAt(home, change.path).records.delete(id)
      removed.push(row)
    } else {
      const outcome = remove(running, { home: change.home, path: change.path, id })
      if (outcome.kind === 'record') removed.push(outcome.record)
    }
  }
  return { kind: 'records', records: removed, more }
}

export function drop(world: World, home: HomeModel, path: string): Expected {
  const dropped = pathsWithin(home, path).filter((at) => collectionAt(home, at).alive)
  for (const at of dropped) detach(home, at)
  const policy = policyOf(path)
  if (dropped.includes(path) && policy.name === 'tree' && path !== policy.root) {
    raise(world, home, path)
    prune(world, home, parentPath(path)!)
  }
  clearAccess(home, path, true)
  return { kind: 'count', count: dropped.length }
}

export function clearAccess(home: HomeModel, path: string, below: boolean): number {
  const entries = entriesWithin(home, path, below)
  for (const entry of entries) {
    entry.bits = 0
    entry.expires = null
    draw(home, entry.path)
    home.permSeq++
  }
  return entries.length
}

export function applyStaged(running: Running, change: Extract<Change, { kind: 'apply-staged' }>): Expected {
  const { world } = running
  const { batch, path } = change
  const home = writable(world, change.home)
  const outcomes = home.staged
    .filter((one) => one.batch === batch && one.expires > world.now)
    .map(({ id, change: text }) => {
      const { set, expires } = JSON.parse(text) as StagedChange
      const place = { home: change.home, path, id }
      const stored = JSON.parse(liveAt(world, place)?.data ?? '{}') as object
      const data = JSON.stringify({ ...stored, ...set })
      return put(running, { ...place, data, ...(expires === undefined ? {} : { expires }) })
    })
  home.staged = home.staged.filter((one) => one.batch !== batch)
  return { kind: 'several', outcomes }
}
