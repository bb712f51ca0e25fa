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
    `${recordsSql(search, own, cid, write)} ${order} LIMIT ${write(limit)}` +
    `) AS r) AS p WHERE p.before <= ${write(maxBytes)})`
  return { text, values: write.all }
}

/** All rows of a content, to be fetched piece by piece: texts above `largest` bytes are left out. */
export function scanSql(search: Search, content: number, largest: number): Sql {
  const write = values()
  const data = `CASE WHEN octet_length(r.data) <= ${write(largest)} THEN r.data END`
  const records = recordsSql(search, write(search.home), write(content), write)
  const order = search.order.by === 'engine' ? '' : orderBy(search.order)
  return { text: `SELECT ${listed.narrow('r')}, ${data} FROM (${records}) AS r ${order}`, values: write.all }
}

/** How many records the conditions find. */
export function countSql(search: Search, path: string): Sql {
  const write = values()
  const own = write(search.home)
  const text =
    `WITH seen AS (SELECT c.cid FROM collection c JOIN home h ON h.home_id = c.home_id AND h.state <> 'ended'` +
    ` WHERE c.home_id = ${own} AND c.path = ${write(path)})` +
    ` SELECT count(*) FROM (${recordsSql(search, own, '(SELECT cid FROM seen)', write)}) AS r`
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
  const [low, high] = endsOf(ranges, write)
  const text =
    `SELECT count(*) FROM (SELECT k.id FROM unnest(${low}::bytea[], ${high}::bytea[]) AS w(low, high)` +
    ` CROSS JOIN LATERAL (SELECT id FROM field_key WHERE home_id = ${write(homeId)} AND cid = ${write(cid)}` +
    ` AND field = ${write(field)} AND key >= w.low AND key < w.high OFFSET 0) AS k LIMIT ${write(most)}) AS found`
  return { text, values: write.all }
}

type Write = ReturnType<typeof values>

/** Collects the values of a statement and gives their placeholders. */
function values() {
  const all: unknown[] = []
  return Object.assign((value: unknown) => `$${all.push(value)}`, { all })
}

/**
 * The records that the conditions find: from their content by an index in order, or from a list of
 * ids or keys, each looked up by the whole of its key (see points.ts).
 */
function recordsSql(search: Search, own: string, cid: string, write: Write): string {
  const { selection, keys, order } = search
  if (selection.ids) {
    return (
      `SELECT r.* FROM unnest(${write(encodeArray('text', selection.ids))}::text[]) AS k(id) CROSS JOIN LATERAL` +
      ` (SELECT * FROM record WHERE home_id = ${own} AND cid = ${cid} AND id = k.id LIMIT 1) AS r` +
      ` WHERE ${conditions(search, write)}`
    )
  }
  if (keys) {
    const [low, high] = endsOf(keys.ranges, write)
    return (
      `SELECT r.* FROM unnest(${low}::bytea[], ${high}::bytea[]) AS w(low, high) CROSS JOIN LATERAL` +
      ` (SELECT id FROM field_key WHERE home_id = ${own} AND cid = ${cid} AND field = ${write(keys.field)}` +
      ' AND key >= w.low AND key < w.high OFFSET 0) AS k CROSS JOIN LATERAL' +
      ` (SELECT * FROM record WHERE home_id = ${own} AND cid = ${cid} AND id = k.id LIMIT 1) AS r` +
      ` WHERE ${conditions(search, write)}`
    )
  }
  const sorted = order.by === 'modified' ? ' AND r.modified >= 0' : ''
  return (
    `SELECT r.* FROM record AS r WHERE r.home_id = ${own} AND r.cid = ${cid}${sorted}` +
    ` AND ${conditions(search, write)}`
  )
}

/** Placeholders of the lower and of the upper ends. */
function endsOf(ranges: readonly KeyRange[], write: Write): [string, string] {
  const placeholder = (ends: Uint8Array[]) => write(encodeArray('bytea', ends))
  return [placeholder(ranges.map(({ from }) => from)), placeholder(ranges.map(({ to }) => to))]
}

function conditions({ selection, order, tombstones, now }: Search, write: Write): string {
  const all = [`(r.expires IS NULL OR r.expires > ${write(now)})`, ...bounds(selection, order, write)]
  if (!tombstones) all.push('NOT r.deleted')
  return all.join(' AND ')
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
