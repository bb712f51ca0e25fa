/** Reading a content through a cursor: bounded memory, however many records there are. */
import type { CollectionRow, HomeRow } from '../../core/ports/rows.ts'
import type { Listed } from '../../core/ports/store.ts'
import { keepFirst } from '../../lib/filter/index.ts'
import type { JsonObject } from '../../lib/json/index.ts'
import { objectOf } from '../fields.ts'
import { comparePlaces, type Placed, placeOf, type Selection } from '../query.ts'
import { encodeArray } from './arrays.ts'
import type { Connection } from './connection.ts'
import { ask } from './lookups.ts'
import { named } from './names.ts'
import { collectionLookup } from './points.ts'
import { scanSql, type Search } from './select.ts'
import { collection, home, type Item, listed, type Shape } from './shapes.ts'

/** Rows fetched at a time, and the texts beyond which each is fetched by itself: at most 16 MiB. */
const fetched = 1_000
const largeText = 16 * 1024
/** Rows of a page that are fetched together, and the bytes that end such a group. */
const grouped = 500
const groupBytes = 8 * 1024 * 1024

/** What a row that matches is as an object, parsed where something needs that; undefined for others. */
export function testOf(
  { passes, matches }: Selection,
  parses = matches !== undefined,
): (row: Pick<Item, 'id' | 'modified' | 'deleted' | 'owner' | 'data'>) => JsonObject | undefined {
  const bare: JsonObject = {}
  return (row) => {
    if (passes && !passes(row.id, row.modified, row.owner)) return undefined
    if (!parses && !matches) return bare
    const object = objectOf(row)
    return !matches || matches(object) ? object : undefined
  }
}

/** How many records match. */
export async function countByScan(connection: Connection, search: Search, path: string): Promise<number> {
  const { content } = await contentOf(connection, search, path)
  if (!content) return 0
  const test = testOf(search.selection)
  let count = 0
  for await (const rows of chunksOf(connection, content, search.selection.matches !== undefined)) {
    for (const row of rows) if (test(row)) count++
  }
  return count
}

/** What collects a page; see `createPage`. */
interface Pages<R> {
  add(row: R): boolean
  done(): { rows: R[]; more: boolean }
}

/** A page of records: first its ids are found, then its rows are read. */
export async function pageByScan<R extends Item>(
  connection: Connection,
  shape: Shape<R>,
  search: Search,
  path: string,
  limit: number,
  page: Pages<R>,
): Promise<{ home: HomeRow | undefined; collection: CollectionRow | undefined; rows: R[]; more: boolean }> {
  const { content, ...seen } = await contentOf(connection, search, path)
  if (!content) return { ...seen, ...page.done() }
  for (const group of groupsOf(await idsOf(connection, content, limit + 1))) {
    for (const row of await rowsById(connection, shape, content, group)) {
      if (!page.add(row)) return { ...seen, ...page.done() }
    }
  }
  return { ...seen, ...page.done() }
}

interface Found {
  id: string
  size: number
}

/** The first matching ids in the search's order. */
async function idsOf(connection: Connection, content: Content, limit: number): Promise<Found[]> {
  const { selection, order } = content.search
  if (order.by !== 'engine') {
    const test = testOf(selection)
    const ids: Found[] = []
    for await (const rows of chunksOf(connection, content, selection.matches !== undefined)) {
      for (const row of rows) if (test(row)) ids.push({ id: row.id, size: row.size })
      if (ids.length >= limit) break
    }
    return ids.slice(0, limit)
  }
  const { sorts, isAfter } = order
  const test = testOf(selection, true)
  const first = keepFirst<Placed & Found>(limit, comparePlaces(sorts))
  for await (const rows of chunksOf(connection, content, true)) {
    for (const row of rows) {
      const object = test(row)
      if (object && (!isAfter || isAfter(object))) first.add({ ...placeOf(object, sorts), size: row.size })
    }
  }
  return first.sorted()
}

/** Groups of ids whose rows are small enough to be held together. */
function* groupsOf(ids: readonly Found[]): Generator<string[]> {
  let group: string[] = []
  let bytes = 0
  for (const { id, size } of ids) {
    group.push(id)
    bytes += size
    if (group.length < grouped && bytes < groupBytes) continue
    yield group
    group = []
    bytes = 0
  }
  if (group.length > 0) yield group
}

/** The records of a collection in the snapshot, and what is asked of them there. */
interface Content {
  cid: number
  search: Search
}

async function contentOf(
  connection: Connection,
  search: Search,
  path: string,
): Promise<{
  home: HomeRow | undefined
  collection: CollectionRow | undefined
  content: Content | undefined
}> {
  const [cells] = await ask(connection, collectionLookup, [[search.home, path]])
  const own = cells && home.read(cells, 1)
  if (!cells || !own || own.state === 'ended') {
    return { home: undefined, collection: undefined, content: undefined }
  }
  const list = collection.read(cells, 2)
  const cid = list?.cid ?? null
  // Without its index a search finds the same among more.
  const keys = hasIndex(list, search.keys) ? search.keys : undefined
  return {
    home: own,
    collection: list,
    content: cid === null ? undefined : { cid, search: { ...search, keys } },
  }
}

/** Whether an index that was chosen before is there still, and complete. */
export function hasIndex(list: CollectionRow | undefined, keys: Search['keys']): boolean {
  if (!keys) return true
  return list?.fields?.some(({ field, building }) => field === keys.field && building === undefined) ?? false
}

let cursors = 0

/** All rows that the search's conditions find, with their texts where `parses` needs them. */
async function* chunksOf(
  connection: Connection,
  content: Content,
  parses: boolean,
): AsyncGenerator<Listed[]> {
  const { text, values } = scanSql(content.search, content.cid, parses ? largeText : -1)
  const cursor = `scan_${++cursors}`
  await connection.query({ name: '', text: `DECLARE ${cursor} CURSOR FOR ${text}` }, values)
  try {
    for (;;) {
      const { rows } = await connection.run(`FETCH ${fetched} FROM ${cursor}`)
      const chunk = rows.map((cells) => listed.read(cells) as Listed)
      for (const row of chunk) {
        if (!parses || typeof row.data === 'string') continue
        const [whole] = await rowsById(connection, listed, content, [row.id])
        row.data = whole?.data ?? '{}'
      }
      yield chunk
      if (rows.length < fetched) return
    }
  } finally {
    // A transaction that failed has closed it already.
    if (connection.alive) await connection.run(`CLOSE ${cursor}`).catch(() => undefined)
  }
}

/** Rows of these ids, in this order. */
async function rowsById<R extends Item>(
  connection: Connection,
  shape: Shape<R>,
  { cid, search }: Content,
  ids: readonly string[],
): Promise<R[]> {
  const statement = named(
    `SELECT ${shape.select('r')} FROM unnest($3::text[]) AS w(id)
      CROSS JOIN LATERAL (SELECT * FROM record WHERE home_id = $1 AND cid = $2 AND id = w.id LIMIT 1) AS r`,
  )
  const { rows } = await connection.query(statement, [search.home, cid, encodeArray('text', ids)])
  const byId = new Map(rows.map((cells) => shape.read(cells) as R).map((row) => [row.id, row]))
  return ids.map((id) => byId.get(id)).filter((row) => row !== undefined)
}
