/** The SQL of a list: conditions, order and bounds as text, values as parameters. */
import type { KeyRange } from '../../lib/filter/index.ts'
import type { Order, Selection } from '../query.ts'
import { encodeArray } from './arrays.ts'
import { collection, home, listed, type Shape } from './shapes.ts'

/** Which rows a statement gives: all that match the selection are among them. */
export interface Search {
  home: number
  selection: Selection
  order: Order
  /** Keys of a declared index in which every match lies; undefined: the whole content. */
  keys: { field: number; ranges: readonly KeyRange[] } | undefined
  /** The conditions in SQL say all that is asked: no row needs to be looked at. */
  isExact: boolean
  tombstones: boolean
  /** Records that expired by then are absent. */
  now: number
}

export interface Sql {
  text: string
  values: unknown[]
}

/**
 * One page with the home and the collection of the same snapshot: the first row has these two, the
 * others a record each. A page ends after `limit` records, and with the first one by which the
 * objects' texts exceed `maxBytes`.
 */
export function pageSql<R>(
  search: Search,
  path: string,
  limit: number,
  maxBytes: number,
  shape: Shape<R>,
): Sql {
  const write = values()
  const own = write(search.home)
  const at = write(path)
  const cid = '(SELECT cid FROM seen)'
  const order = orderBy(search.order)
  const bytes = 'CASE WHEN r.type IS NULL THEN r.size ELSE octet_length(r.data) END'
  const text =
    `WITH seen AS (SELECT ${home.select('h')} AS own, ${collection.select('c')} AS list, c.cid FROM home h` +
    ` LEFT JOIN collection c ON c.home_id = h.home_id AND c.path = ${at} WHERE h.home_id = ${own})` +
    ` SELECT own, list${', NULL'.repeat(shape.width - 2)} FROM seen` +
    ` UNION ALL (SELECT ${shape.select('p')} FROM (` +
    `SELECT r.*, sum(${bytes}) OVER (${order} ROWS UNBOUNDED PRECEDING) - ${bytes} AS before FROM (` +
    `SELECT r.* FROM record r${joins(search, write)} WHERE r.home_id = ${own} AND r.cid = ${cid}` +
    `${conditions(search, own, cid, write)} ${order} LIMIT ${write(limit)}` +
    `) AS r) AS p WHERE p.before <= ${write(maxBytes)})`
  return { text, values: write.all }
}

/** All rows of a content, to be fetched piece by piece: texts above `largest` bytes are left out. */
export function scanSql(search: Search, content: number, largest: number): Sql {
  const write = values()
  const own = write(search.home)
  const cid = write(content)
  const data = `CASE WHEN octet_length(r.data) <= ${write(largest)} THEN r.data END`
  const text =
    `SELECT ${listed.narrow('r')}, ${data} FROM record r${joins(search, write)}` +
    ` WHERE r.home_id = ${own} AND r.cid = ${cid}${conditions(search, own, cid, write)}` +
    (search.order.by === 'engine' ? '' : ` ${orderBy(search.order)}`)
  return { text, values: write.all }
}

/** How many records the conditions find. */
export function countSql(search: Search, path: string): Sql {
  const write = values()
  const own = write(search.home)
  const text =
    'SELECT count(*) FROM record r JOIN collection c ON c.home_id = r.home_id AND c.cid = r.cid' +
    ` JOIN home h ON h.home_id = r.home_id AND h.state <> 'ended'${joins(search, write)}` +
    ` WHERE r.home_id = ${own} AND c.home_id = ${own} AND c.path = ${write(path)}` +
    conditions(search, own, 'c.cid', write)
  return { text, values: write.all }
}

/** How many live records there are: those counted, less what expired and is not swept yet. */
export function liveCountSql(search: Search, path: string): Sql {
  return {
    text: `SELECT c.records - (SELECT count(*) FROM record r WHERE r.home_id = c.home_id AND r.cid = c.cid
        AND r.expires <= $3 AND NOT r.deleted)
      FROM collection c JOIN home h ON h.home_id = c.home_id AND h.state <> 'ended'
      WHERE c.home_id = $1 AND c.path = $2`,
    values: [search.home, path, search.now],
  }
}

/** How many rows of an index lie in these ranges, counted up to `most`. */
export function keysSql(
  homeId: number,
  cid: number,
  field: number,
  ranges: readonly KeyRange[],
  most: number,
): Sql {
  const write = values()
  const text =
    `SELECT count(*) FROM (SELECT k.id FROM field_key k${rangesJoin(ranges, write)}` +
    ` WHERE k.home_id = ${write(homeId)} AND k.cid = ${write(cid)} AND k.field = ${write(field)}` +
    ` LIMIT ${write(most)}) AS found`
  return { text, values: write.all }
}

type Write = ReturnType<typeof values>

/** Collects the values of a statement and gives their placeholders. */
function values() {
  const all: unknown[] = []
  return Object.assign((value: unknown) => `$${all.push(value)}`, { all })
}

/** What narrows the records beside conditions: the only ids there may be, or an index. */
function joins({ selection, keys }: Search, write: Write): string {
  if (selection.ids) {
    return ` JOIN unnest(${write(encodeArray('text', selection.ids))}::text[]) AS w(id) ON w.id = r.id`
  }
  if (!keys) return ''
  const index = ' JOIN field_key k ON k.home_id = r.home_id AND k.cid = r.cid AND k.id = r.id'
  return index + rangesJoin(keys.ranges, write)
}

function rangesJoin(ranges: readonly KeyRange[], write: Write): string {
  const low = encodeArray(
    'bytea',
    ranges.map(({ from }) => from),
  )
  const high = encodeArray(
    'bytea',
    ranges.map(({ to }) => to),
  )
  const lists = `unnest(${write(low)}::bytea[], ${write(high)}::bytea[])`
  return ` JOIN ${lists} AS w(low, high) ON k.key >= w.low AND k.key < w.high`
}

function conditions(search: Search, own: string, cid: string, write: Write): string {
  const { selection, order, keys, tombstones, now } = search
  const all = [`(r.expires IS NULL OR r.expires > ${write(now)})`, ...bounds(selection, order, write)]
  if (!tombstones) all.push('NOT r.deleted')
  if (keys && !selection.ids) {
    all.push(`k.home_id = ${own}`, `k.cid = ${cid}`, `k.field = ${write(keys.field)}`)
  }
  return ` AND ${all.join(' AND ')}`
}

/** Conditions on `id` and `modified`, the place to go on from included. */
function bounds({ id, modified }: Selection, order: Order, write: Write): string[] {
  const all: string[] = []
  let { from, to } = modified
  const after = order.by === 'engine' ? undefined : order.after
  if (after && order.by !== 'engine') {
    const beyond = `r.id ${order.idDown ? '<' : '>'} ${write(after.id)}`
    if (order.by === 'id') all.push(beyond)
    else {
      // A bound that an index knows, and what is left at it.
      if (order.modifiedDown) to = Math.min(to, after.modified)
      else from = Math.max(from, after.modified)
      all.push(`(r.modified <> ${write(after.modified)} OR ${beyond})`)
    }
  }
  if (from > 0) all.push(`r.modified >= ${write(from)}`)
  if (to < Number.MAX_SAFE_INTEGER) all.push(`r.modified <= ${write(to)}`)
  if (id.from !== undefined) all.push(`r.id ${id.fromOpen ? '>' : '>='} ${write(id.from)}`)
  if (id.to !== undefined) all.push(`r.id ${id.toOpen ? '<' : '<='} ${write(id.to)}`)
  return all
}

function orderBy(order: Order): string {
  if (order.by === 'engine') return 'ORDER BY r.id'
  const id = `r.id ${order.idDown ? 'DESC' : 'ASC'}`
  if (order.by === 'id') return `ORDER BY ${id}`
  return `ORDER BY r.modified ${order.modifiedDown ? 'DESC' : 'ASC'}, ${id}`
}
