/** What a store should hold, in plain objects, and what follows from it: counts, charges, what lists show. */
import type { HomeRow, ListQuery, QueueRow, RecordRow, StagedRow } from '../../../core/ports.ts'
import type { AccessRow, Row } from '../../../core/ports.ts'
import { compareBy, compileFilter } from '../../../lib/filter/index.ts'
import type { JsonObject } from '../../../lib/json/index.ts'
import { isBelow, parentPath } from '../../../lib/paths.ts'

/** A record as it should be; `seq` is taken from what the store answers. */
export type RecordModel = Omit<RecordRow, 'home' | 'cid' | 'body'> & { body: string | null }

export interface CollectionModel {
  alive: boolean
  clock: number
  born: number
  fields: string[]
  /** Live ones, tombstones, and expired ones that were not swept. */
  records: Map<string, RecordModel>
}

export type QueueModel = Omit<QueueRow, 'home' | 'body'> & { body: string | null }
export type StagedModel = Omit<StagedRow, 'home' | 'ord'>

export interface HomeModel extends Pick<
  HomeRow,
  | 'id'
  | 'kind'
  | 'owner'
  | 'payer'
  | 'state'
  | 'created'
  | 'baseClock'
  | 'maxRecords'
  | 'maxBytes'
  | 'ends'
  | 'permSeq'
> {
  /** How many numbers were drawn: each change draws one. */
  seq: number
  collections: Map<string, CollectionModel>
  /** By path, principal and source. */
  access: Map<string, Omit<AccessRow, 'home' | 'seq'>>
  queue: QueueModel[]
  staged: StagedModel[]
  /** Whether contents were dropped since the last sweep. */
  hasDropped: boolean
  /** Paths at which a number was drawn since they were last looked at. */
  touched: Set<string>
}

export interface World {
  now: number
  homes: Map<number, HomeModel>
  /** Rows of the directory `name`, by kind and name. */
  rows: Map<string, Row>
}

/** What the quota charges beyond the bytes of a record, queue item or staged change. */
const charge = 64

export function isLive(row: RecordModel | undefined, now: number): row is RecordModel {
  return row !== undefined && !row.deleted && (row.expires === null || row.expires > now)
}

export const isCounted = (row: RecordModel | undefined): row is RecordModel =>
  row !== undefined && !row.deleted

/** The home where readers see it: ended ones are not there. */
export function seenHome(world: World, id: number): HomeModel | undefined {
  const home = world.homes.get(id)
  return home?.state === 'ended' ? undefined : home
}

const countedIn = (collection: CollectionModel) => [...collection.records.values()].filter(isCounted)

/** Live records and their bytes, and living collections directly below. */
export function countsOf(
  home: HomeModel,
  path: string,
): { records: number; bytes: number; children: number } {
  const counted = countedIn(home.collections.get(path)!)
  const children = [...home.collections].filter(
    ([at, { alive }]) => alive && at !== '' && parentPath(at) === path,
  )
  return {
    records: counted.length,
    bytes: counted.reduce((sum, row) => sum + row.size, 0),
    children: children.length,
  }
}

export function homeRecords(home: HomeModel): number {
  return [...home.collections.values()].reduce((sum, one) => sum + countedIn(one).length, 0)
}

/** Everything that the home is charged for. */
export function homeBytes(home: HomeModel): number {
  let bytes = 0
  for (const collection of home.collections.values())
    for (const row of countedIn(collection)) bytes += row.size + charge
  for (const item of home.queue) bytes += Buffer.byteLength(item.head) + (item.body?.length ?? 0) / 2 + charge
  for (const item of home.staged) bytes += Buffer.byteLength(item.change) + charge
  return bytes
}

/** Bytes of all homes that the payer of this one is charged for. */
export function paidBytes(world: World, home: HomeModel): { bytes: number; maxBytes: number | null } {
  const payer = home.payer ?? home.id
  let bytes = 0
  for (const other of world.homes.values()) {
    const isPaid = other.id === payer || (other.payer === payer && other.state !== 'ended')
    if (isPaid) bytes += homeBytes(other)
  }
  return { bytes, maxBytes: world.homes.get(payer)?.maxBytes ?? null }
}

export function spacesOf(world: World, payer: number): number {
  return [...world.homes.values()].filter((home) => home.payer === payer && home.state !== 'ended').length
}

/** How many records refer to a blob. */
export function refsOf(home: HomeModel, hash: string): number {
  return [...home.collections.values()].flatMap(countedIn).filter((row) => row.blob === hash).length
}

/** Paths of collections at and below a path. */
export function pathsWithin(home: HomeModel, path: string): string[] {
  return [...home.collections.keys()].filter((at) => at === path || isBelow(at, path))
}

/** Entries in force at a path, and below it if asked for. */
export function entriesWithin(home: HomeModel, path: string, below: boolean) {
  return [...home.access.values()].filter(
    (entry) => entry.bits !== 0 && (entry.path === path || (below && isBelow(entry.path, path))),
  )
}

/** The object that filters and sorts see. */
export function objectOf(row: Pick<RecordModel, 'id' | 'modified' | 'deleted' | 'data'>): JsonObject {
  const object: JsonObject = {
    ...(JSON.parse(row.data) as JsonObject),
    id: row.id,
    last_modified: row.modified,
  }
  if (row.deleted) object['deleted'] = true
  return object
}

/** All records that a query finds, in its order, whatever its limit. */
export function findIn(
  world: World,
  collection: CollectionModel | undefined,
  query: Pick<ListQuery, 'filters' | 'deleted' | 'sort'>,
): RecordModel[] {
  if (!collection?.alive) return []
  const passes = compileFilter(query.filters)
  const order = compareBy(query.sort)
  return [...collection.records.values()]
    .filter((row) => (row.deleted ? query.deleted : isLive(row, world.now)))
    .map((row) => ({ row, object: objectOf(row) }))
    .filter(({ object }) => passes(object))
    .sort((a, b) => order(a.object, b.object))
    .map(({ row }) => row)
}
