/** What requests need goes from the database into their workspace. */
import type { CollectionRow, HomeRow, QueueRow, RecordRow, StagedRow } from '../../core/ports/rows.ts'
import type { Need, PayerTotal, Workspace } from '../../core/ports/store.ts'
import type { Cell } from '../../core/ports/tables.ts'
import { compareBytes } from '../../lib/compare-bytes.ts'
import { prefixRange } from '../../lib/paths.ts'
import { rowOf } from '../directory.ts'
import { encodeArray } from './arrays.ts'
import type { Cells, Prepared } from './connection.ts'
import { lockSql, prepared, readSql, type Sight } from './directory.ts'
import { findRecords, type ListContext } from './list.ts'
import { ask, type Lookup } from './lookups.ts'
import type { Payers } from './payers.ts'
import { access, collection, home, queue, record, staged } from './shapes.ts'

/** Where rows are loaded from and to. */
export interface Loading {
  /** The transaction's connection. */
  context: ListContext
  work: Workspace
  payers: Payers
  sight: Sight
  /** Collections as they are stored, by `home/path`. */
  collections: Map<string, CollectionRow>
  /** Homes that are not there yet. */
  unborn: Set<number>
  /** Whether this transaction has stored anything. */
  hasStored: boolean
}

/**
 * Locks homes in ascending order. What it returns is of the moment at which the last lock was had:
 * a row that somebody else changed meanwhile is read again before it is locked.
 */
export const lockHomes: Prepared = {
  name: 'lock_homes',
  text: `SELECT ${home.select('h')} FROM home h WHERE h.home_id = ANY($1::bigint[]) ORDER BY h.home_id FOR UPDATE`,
}

// Why LATERAL: see points.ts.
const collections: Lookup = {
  name: 'load_collections',
  types: ['bigint', 'text'],
  text: `SELECT w.n, ${collection.select('c')}
    FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS w(home_id, path, n)
    CROSS JOIN LATERAL (SELECT * FROM collection WHERE home_id = w.home_id AND path = w.path LIMIT 1) AS c`,
}

const records: Lookup = {
  name: 'load_records',
  types: ['bigint', 'text', 'text'],
  text: `SELECT w.n, ${record.select('r')}
    FROM unnest($1::bigint[], $2::text[], $3::text[]) WITH ORDINALITY AS w(home_id, path, id, n)
    CROSS JOIN LATERAL (SELECT cid FROM collection WHERE home_id = w.home_id AND path = w.path LIMIT 1) AS c
    CROSS JOIN LATERAL (SELECT * FROM record WHERE home_id = w.home_id AND cid = c.cid AND id = w.id LIMIT 1) AS r`,
}

const entries: Lookup = {
  name: 'load_access',
  types: ['bigint', 'text'],
  text: `SELECT w.n, ${access.select('a')}
    FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS w(home_id, path, n)
    CROSS JOIN LATERAL (SELECT * FROM access WHERE home_id = w.home_id AND path = w.path OFFSET 0) AS a`,
}

// Between a path and what is below it others may stand: `a-b` comes before `a/b`.
const collectionsBelow: Prepared = {
  name: 'load_collections_below',
  text: `SELECT ${collection.select('c')} FROM collection c
    WHERE c.home_id = $1 AND c.path >= $2 AND c.path < $4 AND (c.path = $2 OR c.path >= $3)`,
}

const entriesBelow: Prepared = {
  name: 'load_access_below',
  text: `SELECT ${access.select('a')} FROM access a
    WHERE a.home_id = $1 AND a.path >= $2 AND a.path < $4 AND (a.path = $2 OR a.path >= $3)`,
}

const queued: Prepared = {
  name: 'load_queue',
  text: `SELECT ${queue.select('q')} FROM queue q WHERE q.home_id = $1 AND q.name = $2 ORDER BY q.ord`,
}

const queuedTopic: Prepared = {
  name: 'load_queue_topic',
  text: `SELECT ${queue.select('q')} FROM queue q WHERE q.home_id = $1 AND q.name = $2 AND q.topic = $3`,
}

const batch: Prepared = {
  name: 'load_staged',
  text: `SELECT ${staged.select('s')} FROM staged s WHERE s.home_id = $1 AND s.batch = $2 ORDER BY s.ord`,
}

/** Needs whose answer can change with any write, so that writes are stored first. */
export function isRange({ kind }: Need): boolean {
  return kind !== 'record' && kind !== 'collection' && kind !== 'access' && kind !== 'payer'
}

/** Locks and loads homes that are not in the workspace, and then what else is needed; all in one flight. */
export async function load(
  loading: Loading,
  homes: readonly number[],
  needs: readonly Need[],
): Promise<void> {
  const { work } = loading
  const missing = homes.filter((id) => !work.hasHome(id)).sort((a, b) => a - b)
  const flight: Promise<unknown>[] = []
  if (missing.length > 0) flight.push(loadHomes(loading, missing))
  flight.push(...loadPoints(loading, needs))
  const ranges = needs.filter((need) => isRange(need) || need.kind === 'payer')
  for (const need of ranges.sort(byPlace)) flight.push(loadRange(loading, need))
  await settled(flight)
}

/** Directory rows last, and in one order everywhere: they are locked. */
function byPlace(a: Need, b: Need): number {
  const place = (need: Need) =>
    need.kind === 'rows' ? `${need.table} ${JSON.stringify(Object.entries(need.where).sort())}` : ''
  const isClock = (need: Need) => need.kind === 'rows' && need.where['bucket_id'] === ''
  return Number(isClock(a)) - Number(isClock(b)) || compareBytes(place(a), place(b))
}

/** Waits for all, so that nothing is under way when one failed; rejects as the first that did. */
async function settled(flight: readonly Promise<unknown>[]): Promise<void> {
  let isFailed = false
  let first: unknown
  await Promise.all(
    flight.map((one) =>
      one.catch((error: unknown) => {
        if (!isFailed) first = error
        isFailed = true
      }),
    ),
  )
  if (isFailed) throw first
}

async function loadHomes(loading: Loading, ids: readonly number[]): Promise<void> {
  const { context, work, payers, unborn, hasStored } = loading
  const [locked, totals] = await Promise.all([
    context.query(lockHomes, [encodeArray('bigint', ids)]),
    payers.totals(context, ids, hasStored),
  ])
  const rows = new Map<number, HomeRow>()
  for (const cells of locked.rows) {
    const row = home.read(cells)
    if (row) rows.set(row.id, row)
  }
  for (const id of ids) {
    const row = rows.get(id)
    const total = totals.get(id) ?? nothing
    if (!row) unborn.add(id)
    work.loadHome(id, row, row && row.payer === null ? { ...total, maxBytes: row.maxBytes } : total)
  }
}

const nothing: PayerTotal = { others: 0, maxBytes: null, spaces: 0 }

/** Collections, records and entries at single places: three statements for all of them. */
function loadPoints(loading: Loading, needs: readonly Need[]): Promise<unknown>[] {
  const { context, work } = loading
  const places = {
    collection: new Map<string, [number, string]>(),
    record: new Map<string, [number, string, string]>(),
    access: new Map<string, [number, string]>(),
  }
  for (const need of needs) {
    if (need.kind === 'record') {
      places.record.set(`${need.home}/${need.path}\0${need.id}`, [need.home, need.path, need.id])
    } else if (need.kind === 'collection' || need.kind === 'access') {
      places[need.kind].set(`${need.home}/${need.path}`, [need.home, need.path])
    }
  }
  const lookUp = async <P extends readonly unknown[]>(
    lookup: Lookup,
    asked: ReadonlyMap<string, P>,
    take: (place: P, rows: Cells[]) => void,
  ) => {
    const question = [...asked.values()]
    if (question.length === 0) return
    const byPlace = Map.groupBy(await ask(context, lookup, question), (row) => row[0] as number)
    question.forEach((place, at) => take(place, byPlace.get(at + 1) ?? []))
  }
  return [
    lookUp(collections, places.collection, ([id, path], [cells]) => {
      const row = cells && collection.read(cells, 1)
      if (row) loading.collections.set(`${id}/${path}`, row)
      work.loadCollection(id, path, row)
    }),
    lookUp(records, places.record, ([id, path, name], [cells]) =>
      work.loadRecord(id, path, name, cells && record.read(cells, 1)),
    ),
    lookUp(entries, places.access, ([id, path], rows) =>
      work.loadAccess(id, path, present(rows.map((cells) => access.read(cells, 1)))),
    ),
  ]
}

async function loadRange(loading: Loading, need: Need): Promise<void> {
  const { context, work, sight } = loading
  switch (need.kind) {
    case 'below': {
      const range = [need.home, need.path, ...prefixRange(need.path)]
      const [below, access_below] = await Promise.all([
        context.query(collectionsBelow, range),
        context.query(entriesBelow, range),
      ])
      const rows = present(below.rows.map((cells) => collection.read(cells)))
      for (const row of rows) loading.collections.set(`${row.home}/${row.path}`, row)
      return work.loadBelow(
        need.home,
        need.path,
        rows,
        present(access_below.rows.map((cells) => access.read(cells))),
      )
    }
    case 'found': {
      const page = await findRecords(context, need.home, need.path, need.query)
      if (page.collection) loading.collections.set(`${need.home}/${need.path}`, page.collection)
      return work.loadFound(need, page.collection, page.rows, page.more)
    }
    case 'rows': {
      // First the locks, then what the rows are: the first statement may have waited for others.
      const [lock, read] = [lockSql(need.table, need.where), readSql(need.table, need.where)]
      const [, { rows: cells }] = await Promise.all([
        context.query(prepared(lock), lock.values),
        context.query(prepared(read), read.values),
      ])
      const rows = cells.map((row) => rowOf(need.table, row as Cell[]))
      sight.saw(need.table, need.where, rows)
      return work.loadRows(need.table, need.where, rows)
    }
    case 'queue': {
      const { home: id, name, topic } = need
      const { rows } = await (topic === undefined
        ? context.query(queued, [id, name])
        : context.query(queuedTopic, [id, name, topic]))
      return work.loadQueue(need, present(rows.map((cells): QueueRow | undefined => queue.read(cells))))
    }
    case 'staged': {
      const { rows } = await context.query(batch, [need.home, need.batch])
      const items = present(rows.map((cells): StagedRow | undefined => staged.read(cells)))
      return work.loadStaged(need, items, await recordsOf(context, need, items))
    }
    case 'payer':
      return work.loadPayer(need.home, await loading.payers.total(context, need.home))
    default:
      return
  }
}

/** The records that staged changes are for. */
async function recordsOf(
  context: ListContext,
  { home: id, into }: Need & { kind: 'staged' },
  items: readonly StagedRow[],
): Promise<RecordRow[]> {
  if (into === undefined || items.length === 0) return []
  const names = [...new Set(items.map((item) => item.id))]
  const rows = await ask(
    context,
    records,
    names.map((name) => [id, into, name]),
  )
  return present(rows.map((cells) => record.read(cells, 1)))
}

function present<R>(rows: readonly (R | undefined)[]): R[] {
  return rows.filter((row) => row !== undefined)
}
