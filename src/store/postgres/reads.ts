/** Reads of single rows and short ranges; those of records by query are in list.ts. */
import type { Change, ChangesRead, CollectionRead, Reads } from '../../core/ports/store.ts'
import type { AccessRow, CollectionRow, HomeRow, RecordRow } from '../../core/ports/rows.ts'
import type { Row, TableName, Where } from '../../core/ports/tables.ts'
import { prefixRange } from '../../lib/paths.ts'
import { changesBytes, pageOfChanges, roomFor } from '../changes.ts'
import { postgresDialect, rowOf, type RowPage, selectRows } from '../directory.ts'
import type { Cells, Prepared } from './connection.ts'
import type { ReadContext } from './context.ts'
import { rowLookup } from './directory.ts'
import { createList } from './list.ts'
import type { Lookup } from './lookups.ts'
import { named } from './names.ts'
import { accessLookup, collectionLookup, homeLookup, recordLookup } from './points.ts'
import { access, blob, collection, home, queue, record, staged } from './shapes.ts'

// In whole paths: the last one may go past the limit. Between a path and what is below it others may
// stand: `a-b` comes before `a/b`.
const accessBelow: Prepared = {
  name: 'access_below',
  text: `SELECT ${access.select('a')} FROM access a
    WHERE a.home_id = $1 AND a.path >= $2 AND a.path < $4 AND (a.path = $2 OR a.path >= $3) AND a.bits <> 0
    ORDER BY a.path FETCH FIRST ($5) ROWS WITH TIES`,
}

const accessAfter: Prepared = {
  name: 'access_after',
  text: `SELECT ${access.select('a')} FROM access a
    WHERE a.home_id = $1 AND a.path > $2 AND a.path >= $3 AND a.path < $4 AND a.bits <> 0
    ORDER BY a.path FETCH FIRST ($5) ROWS WITH TIES`,
}

const collectionsOfParent: Prepared = {
  name: 'collections_of_parent',
  text: `SELECT ${collection.select('c')} FROM collection c
    WHERE c.home_id = $1 AND c.parent >= '' AND c.parent = $2 AND c.name > $3 ORDER BY c.name LIMIT $4`,
}

const collectionsBelow: Prepared = {
  name: 'collections_below',
  text: `SELECT ${collection.select('c')} FROM collection c
    WHERE c.home_id = $1 AND c.path >= $2 AND c.path < $3 AND c.path > $4 ORDER BY c.path LIMIT $5`,
}

/**
 * One statement, so that everything is of one snapshot. Where a page has no room for all records, it
 * gives one more at least and two more at most.
 */
export const changes: Prepared = {
  name: 'changes',
  text: `SELECT 'home', h.seq, NULL, ${home.select('h')}, NULL, NULL::bytea FROM home h WHERE h.home_id = $1
    UNION ALL (SELECT 'record', r.seq, r.path, ${record.select('r')} FROM (
      SELECT r.*, c.path, sum(octet_length(r.data) + coalesce(octet_length(r.body), 0))
        OVER (ORDER BY r.seq ROWS BETWEEN UNBOUNDED PRECEDING AND 2 PRECEDING) AS bytes FROM record r
      CROSS JOIN LATERAL (SELECT path FROM collection WHERE home_id = $1 AND cid >= 0 AND cid = r.cid LIMIT 1) AS c
      WHERE r.home_id = $1 AND r.seq >= 0 AND r.seq > $2 AND (r.expires IS NULL OR r.expires > $4)
      ORDER BY r.seq LIMIT $3) AS r
      WHERE r.bytes IS NULL OR r.bytes <= $5 ORDER BY r.seq)
    UNION ALL (SELECT 'collection', c.seq, NULL, ${collection.select('c')}, NULL, NULL FROM collection c
      WHERE c.home_id = $1 AND c.seq >= 0 AND c.seq > $2 ORDER BY c.seq LIMIT $3)
    UNION ALL (SELECT 'access', a.seq, NULL, ${access.select('a')}, NULL, NULL FROM access a
      WHERE a.home_id = $1 AND a.seq >= 0 AND a.seq > $2 ORDER BY a.seq LIMIT $3)`,
}

const queueItems: Prepared = {
  name: 'queue_items',
  text: `SELECT ${queue.select('q')} FROM queue q
    WHERE q.home_id = $1 AND q.name = $2 AND q.ord > $3 AND q.expires > $4 ORDER BY q.ord LIMIT $5`,
}

const stagedItems: Prepared = {
  name: 'staged_items',
  text: `SELECT ${staged.select('s')} FROM staged s
    WHERE s.home_id = $1 AND s.batch = $2 AND s.ord > $3 AND s.expires > $4 ORDER BY s.ord LIMIT $5`,
}

const blobRow: Prepared = {
  name: 'blob_row',
  text: `SELECT ${blob.select('b')} FROM blob b WHERE b.home_id = $1 AND b.hash = $2`,
}

/** The reads of a store or of a session. */
export function createReads(context: ReadContext): Reads {
  // The present is the same for all questions of a statement, or nearly so.
  const recordNow: Lookup = { ...recordLookup, more: () => [context.now()] }

  async function readHome(id: number): Promise<HomeRow | undefined> {
    const [row] = await context.ask(homeLookup, [[id]])
    const own = row && home.read(row, 1)
    return own?.state === 'ended' ? undefined : own
  }

  return {
    home: readHome,

    async collection(id, path) {
      const [row] = await context.ask(collectionLookup, [[id, path]])
      return seen(row)
    },

    async record(id, path, name) {
      const [row] = await context.ask(recordNow, [[id, path, name]])
      const read = seen(row)
      return { ...read, record: row && read.home && record.read(row, 3) }
    },

    ...createList(context),

    async collections(id, where, { after = '', limit }) {
      const { rows } =
        'parent' in where
          ? await context.query(collectionsOfParent, [id, where.parent, after, limit])
          : await context.query(collectionsBelow, [id, ...prefixRange(where.below), after, limit])
      return rows.map((row) => collection.read(row) as CollectionRow)
    },

    async access(id, paths) {
      if (paths.length === 0) return { permSeq: (await readHome(id))?.permSeq ?? 0, entries: [] }
      const rows = await context.ask(
        accessLookup,
        paths.map((path) => [id, path]),
      )
      const entries = rows.map((row) => access.read(row, 2)).filter((entry) => entry !== undefined)
      return { permSeq: (rows[0]?.[1] ?? 0) as number, entries }
    },

    async accessBelow(id, path, { after, limit }) {
      const { rows } = await (after === undefined
        ? context.query(accessBelow, [id, path, ...prefixRange(path), limit])
        : context.query(accessAfter, [id, after, ...prefixRange(path), limit]))
      return rows.map((row) => access.read(row) as AccessRow)
    },

    async changes(id, { since, limit }) {
      const { rows } = await context.query(changes, [id, since, limit, context.now(), changesBytes])
      return changesOf(rows, limit)
    },

    async rows(table, where, page) {
      const columns = Object.keys(where)
      if (page || columns.length === 0 || Object.values(where).includes(null)) {
        return selectedRows(context, table, where, page)
      }
      const lookup = rowLookup(table, columns.sort())
      const rows = await context.ask(lookup, [columns.map((column) => where[column])])
      return rows.map((cells) => rowOf(table, cells.slice(1) as Row[string][]))
    },

    async queue(id, name, { after = -1, limit }) {
      const { rows } = await context.query(queueItems, [id, name, after, context.now(), limit])
      return rows.map((row) => queue.read(row)).filter((row) => row !== undefined)
    },

    async staged(id, batch, { after = -1, limit }) {
      const { rows } = await context.query(stagedItems, [id, batch, after, context.now(), limit])
      return rows.map((row) => staged.read(row)).filter((row) => row !== undefined)
    },

    async blob(id, hash) {
      const { rows } = await context.query(blobRow, [id, Buffer.from(hash, 'hex')])
      return rows[0] && blob.read(rows[0])
    },
  }
}

function seen(row: Cells | undefined): CollectionRead {
  const own = row && home.read(row, 1)
  if (!row || !own || own.state === 'ended') return { home: undefined, collection: undefined }
  return { home: own, collection: collection.read(row, 2) }
}

async function selectedRows(
  context: ReadContext,
  table: TableName,
  where: Where,
  page: RowPage | undefined,
): Promise<Row[]> {
  const { text, values } = selectRows(postgresDialect, table, where, page)
  const { rows } = await context.query(named(text), values)
  return rows.map((cells) => rowOf(table, cells as Row[string][]))
}

function changesOf(rows: Cells[], limit: number): ChangesRead | undefined {
  let own: HomeRow | undefined
  const found: Change[] = []
  const records: { seq: number; size: number }[] = []
  for (const row of rows) {
    const kind = row[0] as 'home' | Change['kind']
    const seq = row[1] as number
    if (kind === 'home') own = home.read(row, 3)
    else if (kind === 'access') found.push({ kind, seq, access: access.read(row, 3) as AccessRow })
    else if (kind === 'collection') {
      found.push({ kind, seq, collection: collection.read(row, 3) as CollectionRow })
    } else {
      const change = { kind, seq, path: row[2] as string, record: record.read(row, 3) as RecordRow }
      const { data, body } = change.record
      found.push(change)
      records.push({ seq, size: Buffer.byteLength(data) + (body?.byteLength ?? 0) })
    }
  }
  if (!own || own.state === 'ended') return undefined
  records.sort((a, b) => a.seq - b.seq)
  const end = records[roomFor(records.map(({ size }) => size))]?.seq
  const { epoch, seq, floorSeq, permSeq } = own
  return { epoch, seq, floorSeq, permSeq, changes: pageOfChanges(found, limit, end) }
}
