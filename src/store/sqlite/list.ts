/**
 * Lists, counts and found records of one collection. Rows are fetched in chunks, each a short
 * statement that goes on behind the last row of the one before; what SQL would have to skip is
 * fetched and skipped here, so that no statement is ever long. Everything is a generator that gives
 * way after each chunk, with the chunk's cost: whoever runs it decides when to let others have a turn.
 */
import type { CollectionRow, FieldIndex, RecordRow } from '../../core/ports/rows.ts'
import type { Listed, ListQuery, Show } from '../../core/ports/store.ts'
import type { JsonObject } from '../../lib/json/index.ts'
import { type KeyRange, keepFirst } from '../../lib/filter/index.ts'
import { objectOf, usableIndexes } from '../fields.ts'
import {
  comparePlaces,
  engineOrder,
  listedBytes,
  type Order,
  orderOf,
  type Placed,
  placeOf,
  type Selection,
  selectionOf,
  type Wanted,
} from '../query.ts'
import type { Cells, Connection, SqlValue } from './driver.ts'
import { hashOf } from './rows.ts'

/** The content that is looked at. */
export interface Content {
  connection: Connection
  home: number
  cid: number
  fields: FieldIndex[] | null
  /** Records that expired by then are absent. */
  now: number
}

export function contentOf(connection: Connection, row: CollectionRow, now: number): Content | undefined {
  return row.cid === null ? undefined : { connection, home: row.home, cid: row.cid, fields: row.fields, now }
}

/** Rows fetched by one statement, at most. */
const chunk = 256
/** Texts above this many bytes are fetched by themselves, so that a chunk stays below 16 MiB. */
const largeText = 65_536
/** Bytes of text whose reading costs as much as one more row. */
const bytesPerRow = 2_048
/** Index rows that are counted to find the most selective of several indexes. */
const counted = 1_000

const cells = 'r.id, r.modified, r.seq, r.deleted, r.owner, r.expires, r.type, r.size'
const text = `CASE WHEN octet_length(r.data) <= ${largeText} THEN r.data END`

/** What is fetched of each row, and what becomes of it. The first nine cells are those of a list. */
export interface Shape<T> {
  columns: string
  make(cells: Cells, data: string): T
}

export const listedShape: Shape<Listed> = {
  columns: `${cells}, ${text}`,
  make: (row, data) => ({
    id: row[0] as string,
    modified: row[1] as number,
    seq: row[2] as number,
    deleted: row[3] === 1,
    owner: row[4] as string | null,
    expires: row[5] as number | null,
    type: row[6] as string | null,
    size: row[7] as number,
    data,
  }),
}

/** Records as a plan finds them: all of them but their bodies. */
export const foundShape = (home: number, cid: number): Shape<RecordRow> => ({
  columns: `${cells}, ${text}, r.blob`,
  make: (row, data) => ({
    ...listedShape.make(row, data),
    home,
    cid,
    body: null,
    blob: hashOf(row[9] as Uint8Array | null),
  }),
})

/** A page: `more` tells whether further records follow. */
export interface Page<T> {
  rows: T[]
  more: boolean
  /** When the first of the records expires that it depends on; Infinity if none does. */
  until: number
}

/** The records that a query finds, in order. Yields the cost of each chunk, in rows. */
export function* listRows<T>(
  content: Content,
  query: ListQuery,
  shape: Shape<T>,
): Generator<number, Page<T>> {
  const selection = selectionOf(query)
  const order = orderOf(query)
  const page = createPage(content, query, shape)
  if (selection.empty) return page.done()
  const source = sourceOf(content, query, selection, order)
  if (source.isOrdered) {
    const test = testOf(content, query, selection)
    // Where nothing is parsed, nearly every row is one of the page.
    const first = selection.matches ? chunk : Math.min(query.limit + 1, chunk)
    for (const rows of source.chunks(shape.columns, first)) {
      for (const row of rows) if (test(row) && !page.add(row)) return page.done()
      yield chunkCost(rows)
    }
    return page.done()
  }
  const { sorts, parses, isAfter } = engineOrder(order)
  const test = testOf(content, query, selection, parses)
  const first = keepFirst<Placed>(query.limit + 1, comparePlaces(sorts))
  for (const rows of source.chunks(parses || selection.matches ? listedShape.columns : cells, chunk)) {
    for (const row of rows) {
      const object = test(row)
      if (object && (!isAfter || isAfter(object))) first.add(placeOf(object, sorts))
    }
    yield chunkCost(rows)
  }
  let fetched = 0
  for (const { id } of first.sorted()) {
    const row = rowById(content, shape.columns, id)
    if (row && !page.add(row)) break
    if (++fetched % chunk === 0) yield chunk
  }
  return page.done()
}

/** Fewer cells, for records that are shown and not kept: the text is null for a tombstone, 0 where it is large. */
const shownCells =
  'r.id, r.modified, r.expires, CASE WHEN r.type IS NULL THEN r.size ELSE octet_length(r.data) END,' +
  ` CASE WHEN r.deleted = 0 THEN CASE WHEN octet_length(r.data) <= ${largeText} THEN r.data ELSE 0 END END`
type ShownCells = [
  id: string,
  modified: number,
  expires: number | null,
  bytes: number,
  data: string | 0 | null,
]

/** Shows the records that a query finds; whether more follow. Yields the cost of each chunk, in rows. */
export function* showRows(content: Content, query: ListQuery, show: Show): Generator<number, boolean> {
  const selection = selectionOf(query)
  const order = orderOf(query)
  const { limit, maxBytes = Infinity, deleted, owner } = query
  const isPlain = order.by === 'modified' && !selection.ids && !selection.matches && !deleted
  if (selection.empty || !isPlain || owner !== undefined) {
    const shape: Shape<void> = {
      columns: listedShape.columns,
      make: (row, data) => show(row[0] as string, row[1] as number, data),
    }
    return (yield* listRows(content, query, shape)).more
  }
  const { passes } = selection
  let [shown, bytes] = [0, 0]
  for (const rows of byModified(content, selection, order, shownCells, Math.min(limit + 1, chunk))) {
    let text = 0
    for (const [id, modified, expires, size, data] of rows as ShownCells[]) {
      if (data === null || (expires !== null && expires <= content.now)) continue
      if (passes && !passes(id, modified, null)) continue
      bytes += size
      if (shown >= limit || (bytes > maxBytes && shown > 0)) return true
      shown++
      text += size
      show(id, modified, data === 0 ? dataOf(content, id) : data)
    }
    yield costOf(rows.length, text)
  }
  return false
}

/** How many records match. Yields the cost of each chunk, in rows. */
export function* countRows(content: Content, wanted: Wanted): Generator<number, number> {
  const selection = selectionOf(wanted)
  if (selection.empty) return 0
  const test = testOf(content, wanted, selection)
  const source = sourceOf(content, wanted, selection, orderOf({ sort: [] }))
  let count = 0
  for (const rows of source.chunks(selection.matches ? listedShape.columns : cells, chunk)) {
    for (const row of rows) if (test(row)) count++
    yield chunkCost(rows)
  }
  return count
}

/** Live records that expired and are not swept yet: they are still in the counts of their collection. */
export function expiredRows({ connection, home, cid, now }: Content): number {
  const sql =
    'SELECT count(*) FROM record WHERE home_id = ? AND cid = ? AND expires IS NOT NULL AND expires <= ?'
  return connection.prepare(sql).get(home, cid, now)?.[0] as number
}

/** What it costs to look at so many rows with so many bytes of text, in rows. */
export const costOf = (rows: number, bytes: number): number => rows + Math.floor(bytes / bytesPerRow)

function chunkCost(rows: readonly Cells[]): number {
  let bytes = 0
  for (const row of rows) bytes += typeof row[8] === 'string' ? row[8].length : 0
  return costOf(rows.length, bytes)
}

/** Collects a page; `add` says whether there is room for more. */
function createPage<T>(content: Content, { limit, maxBytes = Infinity }: ListQuery, shape: Shape<T>) {
  const rows: T[] = []
  let bytes = 0
  let more = false
  let until = Infinity
  return {
    add(row: Cells): boolean {
      const data = textOf(content, row)
      if (row[5] !== null) until = Math.min(until, row[5] as number)
      if (maxBytes !== Infinity) {
        bytes += listedBytes({ type: row[6] as string | null, size: row[7] as number, data })
      }
      more = rows.length >= limit || (bytes > maxBytes && rows.length > 0)
      if (!more) rows.push(shape.make(row, data))
      return !more
    },
    done: (): Page<T> => ({ rows, more, until }),
  }
}

/** The text of a row, which a chunk leaves out where it is large. */
const textOf = (content: Content, row: Cells): string =>
  typeof row[8] === 'string' ? row[8] : dataOf(content, row[0] as string)

function dataOf({ connection, home, cid }: Content, id: string): string {
  const sql = 'SELECT data FROM record WHERE home_id = ? AND cid = ? AND id = ?'
  return connection.prepare(sql).get(home, cid, id)?.[0] as string
}

/** What a row that matches is as an object, parsed where something needs that; undefined for others. */
function testOf(
  content: Content,
  { deleted }: Pick<Wanted, 'deleted'>,
  { passes, matches }: Selection,
  parses = matches !== undefined,
): (row: Cells) => JsonObject | undefined {
  const bare: JsonObject = {}
  return (row) => {
    if (row[3] === 1 && !deleted) return undefined
    const expires = row[5] as number | null
    if (expires !== null && expires !== undefined && expires <= content.now) return undefined
    const id = row[0] as string
    const modified = row[1] as number
    if (passes && !passes(id, modified, row[4] as string | null)) return undefined
    if (!parses && !matches) {
      bare.id = id
      bare.last_modified = modified
      return bare
    }
    const object = objectOf({ id, modified, deleted: row[3] === 1, data: textOf(content, row) })
    return !matches || matches(object) ? object : undefined
  }
}

function rowById({ connection, home, cid }: Content, columns: string, id: string): Cells | undefined {
  const sql = `SELECT ${columns} FROM record r WHERE r.home_id = ? AND r.cid = ? AND r.id = ?`
  return connection.prepare(sql).get(home, cid, id)
}

/** Where rows come from: all that can match are among them, each once. */
interface Source {
  /** They come in the order that was asked for, behind the place to go on from. */
  isOrdered: boolean
  chunks(columns: string, first: number): Generator<Cells[]>
}

function sourceOf(content: Content, wanted: Wanted, selection: Selection, order: Order): Source {
  if (selection.ids)
    return { isOrdered: false, chunks: (columns) => byIds(content, selection.ids ?? [], columns) }
  const isStream = order.by === 'modified' || (order.by === 'id' && selection.modified.from === 0)
  const index = bestIndex(content, wanted, !isStream)
  if (index) return { isOrdered: false, chunks: (columns) => byField(content, index, columns) }
  if (order.by === 'id' && isStream) {
    return { isOrdered: true, chunks: (columns, first) => byId(content, selection, order, columns, first) }
  }
  if (order.by === 'modified') {
    return {
      isOrdered: true,
      chunks: (columns, first) => byModified(content, selection, order, columns, first),
    }
  }
  const newest: Order = { by: 'modified', modifiedDown: true, idDown: true, after: undefined }
  return { isOrdered: false, chunks: (columns) => byModified(content, selection, newest, columns, chunk) }
}

type PlainOrder = Order & { by: 'id' | 'modified' }

function* byModified(
  { connection, home, cid }: Content,
  { modified }: Selection,
  { modifiedDown, idDown, after }: PlainOrder,
  columns: string,
  first: number,
): Generator<Cells[]> {
  const [beyond, modifiedOrder] = modifiedDown ? ['<', 'DESC'] : ['>', 'ASC']
  const [idBeyond, idOrder] = idDown ? ['<', 'DESC'] : ['>', 'ASC']
  const back = modifiedDown ? '>' : '<'
  const [near, far] = modifiedDown ? [modified.to, modified.from] : [modified.from, modified.to]
  const begin = `SELECT ${columns} FROM record r WHERE r.home_id = ? AND r.cid = ? AND r.modified ${back}= ?`
  const end = ` ORDER BY r.modified ${modifiedOrder}, r.id ${idOrder} LIMIT ? + 0`
  // Where there is a place it is the bound on its side: of two, SQLite searches by the first, and skips all up to the other.
  const isOneWay = idDown === modifiedDown
  const behind = isOneWay
    ? ` AND (r.modified, r.id) ${beyond} (?, ?)`
    : ` AND r.modified ${beyond}= ? AND (r.modified ${beyond} ? OR r.id ${idBeyond} ?)`
  const isOutside = after && (modifiedDown ? after.modified > near : after.modified < near)
  let place = isOutside ? undefined : after
  let size = first
  for (;;) {
    const [bound, values]: [string, SqlValue[]] = place
      ? [behind, [...(isOneWay ? [] : [place.modified]), place.modified, place.id]]
      : [` AND r.modified ${beyond}= ?`, [near]]
    const rows = connection.prepare(begin + bound + end).all(home, cid, far, ...values, size)
    if (rows.length > 0) yield rows
    const last = rows.at(-1)
    if (!last || rows.length < size) return
    place = { modified: last[1] as number, id: last[0] as string }
    size = chunk
  }
}

function* byId(
  { connection, home, cid }: Content,
  { id }: Selection,
  { idDown, after }: PlainOrder,
  columns: string,
  first: number,
): Generator<Cells[]> {
  const end = ` ORDER BY r.id ${idDown ? 'DESC' : 'ASC'} LIMIT ? + 0`
  let { from, fromOpen, to, toOpen } = id
  let size = first
  let place = after?.id
  for (;;) {
    // The place is a bound like the others; those are tested again on each row.
    if (place !== undefined && idDown) [to, toOpen] = [place, true]
    if (place !== undefined && !idDown) [from, fromOpen] = [place, true]
    const values: SqlValue[] = [home, cid]
    let sql = `SELECT ${columns} FROM record r WHERE r.home_id = ? AND r.cid = ?`
    if (from !== undefined) sql += ` AND r.id ${fromOpen ? '>' : '>='} ?`
    if (from !== undefined) values.push(from)
    if (to !== undefined) sql += ` AND r.id ${toOpen ? '<' : '<='} ?`
    if (to !== undefined) values.push(to)
    const rows = connection.prepare(sql + end).all(...values, size)
    if (rows.length > 0) yield rows
    const last = rows.at(-1)
    if (!last || rows.length < size) return
    place = last[0] as string
    size = chunk
  }
}

function* byIds(
  { connection, home, cid }: Content,
  ids: readonly string[],
  columns: string,
): Generator<Cells[]> {
  // CROSS: the ids are gone through, and each is looked up.
  const sql =
    `SELECT ${columns} FROM json_each(?) AS wanted` +
    ' CROSS JOIN record r ON r.home_id = ? AND r.cid = ? AND r.id = wanted.value'
  const statement = connection.prepare(sql)
  for (let at = 0; at < ids.length; at += chunk) {
    yield statement.all(JSON.stringify(ids.slice(at, at + chunk)), home, cid)
  }
}

interface Index {
  field: FieldIndex
  ranges: KeyRange[]
}

/**
 * The declared index that leaves the fewest records, if there is one. Where the order can be streamed
 * and no index leaves less than a thousand, streaming finds a page sooner.
 */
function bestIndex(content: Content, wanted: Wanted, isWide: boolean): Index | undefined {
  let best: Index | undefined
  let least = isWide ? Infinity : counted
  for (const index of usableIndexes(content.fields, wanted.filters, wanted.deleted)) {
    const most = Math.min(least, counted)
    let rows = 0
    for (const range of index.ranges) if (rows < most) rows += keysIn(content, index.field, range, most)
    if (rows >= least) continue
    least = rows
    best = index
  }
  return best
}

function keysIn(
  { connection, home, cid }: Content,
  { field }: FieldIndex,
  range: KeyRange,
  most: number,
): number {
  const sql =
    'SELECT count(*) FROM (SELECT id FROM field_key' +
    ' WHERE home_id = ? AND cid = ? AND field = ? AND key >= ? AND key < ? LIMIT ? + 0)'
  return connection.prepare(sql).get(home, cid, field, range.from, range.to, most)?.[0] as number
}

function* byField(
  { connection, home, cid }: Content,
  { field, ranges }: Index,
  columns: string,
): Generator<Cells[]> {
  const statement = connection.prepare(
    `SELECT ${columns}, k.key FROM field_key k` +
      ' CROSS JOIN record r ON r.home_id = k.home_id AND r.cid = k.cid AND r.id = k.id' +
      ' WHERE k.home_id = ? AND k.cid = ? AND k.field = ? AND (k.key, k.id) > (?, ?) AND k.key < ?' +
      ' ORDER BY k.key, k.id LIMIT ? + 0',
  )
  for (const { from, to } of ranges) {
    // Every id is greater than the empty text: the range begins with its first key.
    let [key, id] = [from, '']
    for (;;) {
      const rows = statement.all(home, cid, field.field, key, id, to, chunk)
      if (rows.length > 0) yield rows
      const last = rows.at(-1)
      if (!last || rows.length < chunk) break
      key = last.at(-1) as Uint8Array
      id = last[0] as string
    }
  }
}
