/**
 * Lists, counts and found records of one collection. What an index has in order is one statement.
 * Where more has to be looked at than is given, the first rows are tried in one statement too; only
 * what they do not answer is read through a cursor, on a snapshot of its own (scan.ts).
 */
import type { CollectionRow, HomeRow, RecordRow } from '../../core/ports/rows.ts'
import type { ListQuery, Reads } from '../../core/ports/store.ts'
import { keepFirst } from '../../lib/filter/index.ts'
import { usableIndexes } from '../fields.ts'
import {
  comparePlaces,
  listedBytes,
  orderOf,
  type Placed,
  placeOf,
  type Selection,
  selectionOf,
  type Wanted,
} from '../query.ts'
import type { ReadContext } from './context.ts'
import { named } from './names.ts'
import { collectionLookup } from './points.ts'
import { countByScan, hasIndex, pageByScan, testOf } from './scan.ts'
import { countSql, keysSql, liveCountSql, pageSql, type Search } from './select.ts'
import { collection, found, home, type Item, listed, type Shape } from './shapes.ts'

/** Bytes of a page whose caller gives no bound. */
const mostBytes = 64 * 1024 * 1024
/** Rows, and bytes of text, that are tried in one statement before a cursor is opened. */
const triedRows = 2_000
const triedBytes = 8 * 1024 * 1024
/** Keys of an index that are counted to find the most selective one. */
const counted = 1_000

/** A page of records, with the home and the collection of the same snapshot. */
export interface Page<R> {
  home: HomeRow | undefined
  collection: CollectionRow | undefined
  rows: R[]
  more: boolean
}

export type ListContext = Pick<ReadContext, 'query' | 'ask' | 'scan' | 'now'>

export function createList(context: ListContext): Pick<Reads, 'list' | 'each' | 'count'> {
  return {
    async list(id, path, query) {
      const page = await readPage(context, listed, id, path, query)
      return { home: page.home, collection: page.collection, records: page.rows, more: page.more }
    },
    async each(id, path, query, begin) {
      const { rows, ...read } = await readPage(context, listed, id, path, query)
      const show = begin()
      for (const { id: one, modified, data } of rows) show(one, modified, data)
      return read
    },
    count: (id, path, wanted) => countRecords(context, id, path, wanted),
  }
}

async function countRecords(context: ListContext, id: number, path: string, wanted: Wanted): Promise<number> {
  const search = await plan(context, id, path, { ...wanted, sort: [] })
  if (search.selection.empty) return 0
  if (search.isExact) {
    const isWhole = wanted.filters.length === 0 && !wanted.ids && !wanted.deleted
    const { text, values } = isWhole ? liveCountSql(search, path) : countSql(search, path)
    return ((await context.query(named(text), values)).rows[0]?.[0] ?? 0) as number
  }
  const tried = await tryRows(context, listed, search, path, triedRows, triedBytes)
  if (tried === 'again') return countRecords(context, id, path, wanted)
  const test = testOf(search.selection)
  if (tried.isAll) return tried.rows.filter(test).length
  return context.scan((connection) => countByScan(connection, search, path))
}

/** The records that a query finds, for a commit to change. Bodies are left out. */
export async function findRecords(
  context: ListContext,
  id: number,
  path: string,
  query: ListQuery,
): Promise<Page<RecordRow>> {
  const page = await readPage(context, found, id, path, query)
  for (const row of page.rows) row.body = null
  return page
}

async function readPage<R extends Item>(
  context: ListContext,
  shape: Shape<R>,
  id: number,
  path: string,
  query: ListQuery,
): Promise<Page<R>> {
  const maxBytes = query.maxBytes ?? mostBytes
  const search = await plan(context, id, path, query)
  const { selection, order, isExact } = search
  const isDirect = isExact && order.by !== 'engine'
  const tried = await tryRows(
    context,
    shape,
    search,
    path,
    isDirect ? query.limit + 1 : Math.max(triedRows, query.limit + 1),
    isDirect ? maxBytes : Math.max(triedBytes, maxBytes),
  )
  if (tried === 'again') return readPage(context, shape, id, path, query)
  const { rows, isAll, ...seen } = tried
  const page = createPage<R>(query.limit, maxBytes)
  if (order.by === 'engine') {
    if (isAll) {
      for (const row of firstOf(rows, search, query.limit + 1)) if (!page.add(row)) break
      return { ...seen, ...page.done() }
    }
  } else {
    const test = testOf(selection)
    for (const row of rows) if ((isExact || test(row)) && !page.add(row)) return { ...seen, ...page.done() }
    if (isAll) return { ...seen, ...page.done() }
  }
  return context.scan((connection) =>
    pageByScan(connection, shape, search, path, query.limit, createPage<R>(query.limit, maxBytes)),
  )
}

/** The first rows of a search in one statement. `isAll`: there are no others. `again`: an index went meanwhile. */
async function tryRows<R extends Item>(
  context: ListContext,
  shape: Shape<R>,
  search: Search,
  path: string,
  limit: number,
  maxBytes: number,
): Promise<
  { home: HomeRow | undefined; collection: CollectionRow | undefined; rows: R[]; isAll: boolean } | 'again'
> {
  const isEmpty = search.selection.empty
  const { text, values } = pageSql(search, path, isEmpty ? 0 : limit, maxBytes, shape)
  const [head, ...cells] = (await context.query(named(text), values)).rows
  const own = head && home.read(head)
  if (!own || own.state === 'ended') return { home: undefined, collection: undefined, rows: [], isAll: true }
  const list = collection.read(head, 1)
  if (!hasIndex(list, search.keys)) return 'again'
  const rows = cells.map((row) => shape.read(row) as R)
  const bytes = rows.reduce((sum, row) => sum + listedBytes(row), 0)
  return { home: own, collection: list, rows, isAll: isEmpty || (rows.length < limit && bytes <= maxBytes) }
}

/** What is asked of the database: conditions, order, and the index that narrows most. */
async function plan(
  context: ListContext,
  id: number,
  path: string,
  query: Wanted & Pick<ListQuery, 'sort' | 'after'>,
): Promise<Search> {
  const selection = selectionOf(query)
  const order = orderOf(query)
  const search: Search = {
    home: id,
    selection,
    order,
    isExact: isExact(query, selection),
    keys: undefined,
    tombstones: query.deleted,
    now: context.now(),
  }
  if (!selection.matches || selection.empty || selection.ids) return search
  const [cells] = await context.ask(collectionLookup, [[id, path]])
  const list = cells && collection.read(cells, 2)
  if (!list || list.cid === null) return search
  let least = order.by === 'engine' ? Infinity : counted
  for (const { field, ranges } of usableIndexes(list.fields, query.filters, query.deleted)) {
    const { text, values } = keysSql(id, list.cid, field.field, ranges, Math.min(least, counted))
    const keys = (await context.query(named(text), values)).rows[0]?.[0] as number
    if (keys >= least) continue
    least = keys
    search.keys = { field: field.field, ranges }
  }
  return search
}

/** Operators on `id` and `last_modified` that SQL answers by itself. */
const ranges: ReadonlySet<string> = new Set(['eq', 'gt', 'min', 'lt', 'max'])

/** Whether the bounds of a selection say all that is asked, so that no row needs to be looked at. */
function isExact({ filters, ids, owner }: Wanted, { matches }: Selection): boolean {
  if (matches || (ids && owner !== undefined)) return false
  return filters.every(({ op, field }) => ranges.has(op) || (op === 'in' && field === 'id'))
}

/** The first matching rows in the search's order, looked at in memory. */
function firstOf<R extends Item>(rows: readonly R[], search: Search, limit: number): R[] {
  if (search.order.by !== 'engine') return [...rows]
  const { sorts, isAfter } = search.order
  const test = testOf(search.selection, true)
  const first = keepFirst<Placed & { row: R }>(limit, comparePlaces(sorts))
  for (const row of rows) {
    const object = test(row)
    if (object && (!isAfter || isAfter(object))) first.add({ ...placeOf(object, sorts), row })
  }
  return first.sorted().map(({ row }) => row)
}

/** Collects a page; `add` says whether there is room for more. */
export function createPage<R extends Item>(limit: number, maxBytes: number) {
  const rows: R[] = []
  let bytes = 0
  let more = false
  return {
    add(row: R): boolean {
      bytes += listedBytes(row)
      more = rows.length >= limit || (rows.length > 0 && bytes > maxBytes)
      if (!more) rows.push(row)
      return !more
    },
    done: () => ({ rows, more }),
  }
}
