/** Reads of rows and short ranges from one connection. Each sees what its connection sees. */
import type {
  AccessRow,
  BlobRow,
  CollectionRow,
  HomeRow,
  QueueRow,
  RecordRow,
  StagedRow,
} from '../../core/ports/rows.ts'
import type { Change, ChangesRead, PayerTotal, Reads } from '../../core/ports/store.ts'
import type { Row, TableName, Where } from '../../core/ports/tables.ts'
import { prefixRange } from '../../lib/paths.ts'
import { pageOfChanges, roomFor } from '../changes.ts'
import { type RowPage, rowOf, selectRows, sqliteDialect } from '../directory.ts'
import type { Cells, Connection } from './driver.ts'
import {
  accessColumns,
  accessOf,
  blobColumns,
  blobOf,
  collectionColumns,
  collectionOf,
  hashCell,
  homeColumns,
  homeOf,
  queueColumns,
  queueOf,
  recordColumns,
  recordOf,
  stagedColumns,
  stagedOf,
} from './rows.ts'

/** What a home that pays is charged for: everything it pays for, and itself. */
export interface PayerSum {
  bytes: number
  spaces: number
  maxBytes: number | null
}

export type Lookups = ReturnType<typeof createLookups>

export function createLookups(connection: Connection) {
  const sql = {
    home: connection.prepare(`SELECT ${homeColumns} FROM home WHERE home_id = ?`),
    collection: connection.prepare(
      `SELECT ${collectionColumns} FROM collection WHERE home_id = ? AND path = ?`,
    ),
    record: connection.prepare(
      `SELECT ${recordColumns} FROM record WHERE home_id = ? AND cid = ? AND id = ?`,
    ),
    accessAt: connection.prepare(`SELECT ${accessColumns} FROM access WHERE home_id = ? AND path = ?`),
  }
  const all = (text: string, ...values: Parameters<typeof sql.home.all>): Cells[] =>
    connection.prepare(text).all(...values)

  const homeRow = (id: number): HomeRow | undefined => {
    const cells = sql.home.get(id)
    return cells && homeOf(cells)
  }
  const accessAt = (id: number, path: string): AccessRow[] => sql.accessAt.all(id, path).map(accessOf)
  const inForceAt = (id: number, path: string) => accessAt(id, path).filter(({ bits }) => bits !== 0)

  return {
    home: homeRow,

    collection(home: number, path: string): CollectionRow | undefined {
      const cells = sql.collection.get(home, path)
      return cells && collectionOf(cells)
    },

    /** Also tombstones and expired ones. */
    record(home: number, cid: number, id: string): RecordRow | undefined {
      const cells = sql.record.get(home, cid, id)
      return cells && recordOf(cells)
    },

    /** Collections of a parent by name, or below a path by path, dead ones too. */
    collections(home: number, where: Parameters<Reads['collections']>[1], after = '', limit = 1_000_000) {
      const text = `SELECT ${collectionColumns} FROM collection WHERE home_id = ?`
      const rows =
        'parent' in where
          ? // The home's own path is its parent's child by its text alone.
            all(
              `${text} AND parent = ? AND name > ? AND path <> '' ORDER BY name LIMIT ? + 0`,
              home,
              where.parent,
              after,
              limit,
            )
          : all(
              `${text} AND path >= ? AND path < ? AND path > ? ORDER BY path LIMIT ? + 0`,
              home,
              ...prefixRange(where.below),
              after,
              limit,
            )
      return rows.map(collectionOf)
    },

    /** Entries at a path, removed ones too. */
    accessAt,

    /** Whether there is any entry below a path, removed ones too. */
    hasAccessBelow(home: number, path: string): boolean {
      const text = 'SELECT 1 FROM access WHERE home_id = ? AND path >= ? AND path < ? LIMIT 1'
      return connection.prepare(text).get(home, ...prefixRange(path)) !== undefined
    },

    /** Entries at and below a path, removed ones too. */
    accessBelow(home: number, path: string): AccessRow[] {
      const text = `SELECT ${accessColumns} FROM access WHERE home_id = ? AND path >= ? AND path < ?`
      return [...accessAt(home, path), ...all(text, home, ...prefixRange(path)).map(accessOf)]
    },

    /** Entries in force at and below a path, by path, in whole paths: the last one may go past the limit. */
    accessPage(home: number, path: string, after: string | undefined, limit: number): AccessRow[] {
      const text =
        `SELECT ${accessColumns} FROM access WHERE home_id = ? AND bits <> 0` +
        ' AND path >= ? AND path < ? AND path > ? ORDER BY path, principal, source LIMIT ? + 0'
      const own = after === undefined ? inForceAt(home, path) : []
      if (own.length >= limit) return own
      const below = all(text, home, ...prefixRange(path), after ?? '', limit - own.length).map(accessOf)
      const last = below.at(-1)
      if (!last || own.length + below.length < limit) return [...own, ...below]
      return [...own, ...below.filter((entry) => entry.path !== last.path), ...inForceAt(home, last.path)]
    },

    /** What changed in a home since a number, in order. */
    changes(row: HomeRow, since: number, limit: number, now: number): ChangesRead {
      const { id: home, epoch, seq, floorSeq, permSeq } = row
      const read: ChangesRead = { epoch, seq, floorSeq, permSeq, changes: [] }
      if (since >= seq) return read
      // First how large they are, which costs no text, then those that there is room for.
      const wanted =
        ' FROM record r JOIN collection c ON c.home_id = r.home_id AND c.cid = r.cid' +
        ' WHERE r.home_id = ? AND r.seq > ? AND (r.expires IS NULL OR r.expires > ?)'
      const bytes = 'octet_length(r.data) + coalesce(octet_length(r.body), 0)'
      const sizes = all(
        `SELECT r.seq, ${bytes}${wanted} ORDER BY r.seq LIMIT ? + 0`,
        home,
        since,
        now,
        limit,
      ) as [number, number][]
      const room = roomFor(sizes.map(([, size]) => size))
      const columns = recordColumns.replaceAll(/\w+/g, 'r.$&')
      const records = all(
        `SELECT ${columns}, c.path${wanted} ORDER BY r.seq LIMIT ? + 0`,
        home,
        since,
        now,
        room,
      )
      const collections = all(
        `SELECT ${collectionColumns} FROM collection WHERE home_id = ? AND seq > ? ORDER BY seq LIMIT ? + 0`,
        home,
        since,
        limit,
      ).map(collectionOf)
      const entries = all(
        `SELECT ${accessColumns} FROM access WHERE home_id = ? AND seq > ? ORDER BY seq LIMIT ? + 0`,
        home,
        since,
        limit,
      ).map(accessOf)
      const changes: Change[] = [
        ...records.map((cells): Change => {
          const record = recordOf(cells)
          return { kind: 'record', seq: record.seq, path: cells.at(-1) as string, record }
        }),
        ...collections.map((one): Change => ({ kind: 'collection', seq: one.seq, collection: one })),
        ...entries.map((one): Change => ({ kind: 'access', seq: one.seq, access: one })),
      ]
      read.changes = pageOfChanges(changes, limit, sizes[room]?.[0])
      return read
    },

    rows(table: TableName, where: Where, page?: RowPage): Row[] {
      const { text, values } = selectRows(sqliteDialect, table, where, page)
      return all(text, ...values).map((cells) => rowOf(table, cells as Parameters<typeof rowOf>[1]))
    },

    /** Waiting items in order, those of one topic if given; `since` leaves out what expired by then. */
    queue(
      home: number,
      name: string,
      {
        topic,
        after = -1,
        limit = 1_000_000,
        since = -1,
      }: { topic?: string | undefined; after?: number; limit?: number; since?: number },
    ): QueueRow[] {
      const text = `SELECT ${queueColumns} FROM queue WHERE home_id = ? AND name = ?`
      return topic === undefined
        ? all(
            `${text} AND ord > ? AND expires > ? ORDER BY ord LIMIT ? + 0`,
            home,
            name,
            after,
            since,
            limit,
          ).map(queueOf)
        : all(`${text} AND topic = ?`, home, name, topic).map(queueOf)
    },

    staged(
      home: number,
      batch: string,
      { after = -1, limit = 1_000_000, since = -1 }: { after?: number; limit?: number; since?: number },
    ): StagedRow[] {
      const text =
        `SELECT ${stagedColumns} FROM staged WHERE home_id = ? AND batch = ? AND ord > ? AND expires > ?` +
        ' ORDER BY ord LIMIT ? + 0'
      return all(text, home, batch, after, since, limit).map(stagedOf)
    },

    blob(home: number, hash: string): BlobRow | undefined {
      const text = `SELECT ${blobColumns} FROM blob WHERE home_id = ? AND hash = ?`
      const cells = connection.prepare(text).get(home, hashCell(hash))
      return cells && blobOf(cells)
    },

    zeroBlobs(before: number, limit: number): BlobRow[] {
      const text =
        `SELECT ${blobColumns} FROM blob WHERE zero_since IS NOT NULL AND zero_since < ?` +
        ' ORDER BY zero_since LIMIT ? + 0'
      return all(text, before, limit).map(blobOf)
    },

    homes(payer: number | undefined, after = -1, limit = 500): HomeRow[] {
      const text = `SELECT ${homeColumns} FROM home WHERE`
      return payer === undefined
        ? all(`${text} home_id > ? ORDER BY home_id LIMIT ? + 0`, after, limit).map((cells) => homeOf(cells))
        : all(`${text} payer = ? AND home_id > ? ORDER BY home_id LIMIT ? + 0`, payer, after, limit).map(
            (cells) => homeOf(cells),
          )
    },

    /** Bytes of all that a home pays for, its own included, with its limit. Ended homes cost nothing. */
    payerSum(payer: number): PayerSum {
      const text = "SELECT sum(bytes), count(*) FROM home WHERE payer = ? AND state <> 'ended'"
      const [bytes, spaces] = connection.prepare(text).get(payer) ?? []
      const own = homeRow(payer)
      return {
        bytes: ((bytes ?? 0) as number) + (own?.bytes ?? 0),
        spaces: (spaces ?? 0) as number,
        maxBytes: own?.maxBytes ?? null,
      }
    },
  }
}

/** What else the payer of a home pays for. */
export function totalFor(sum: PayerSum, home: HomeRow | undefined): PayerTotal {
  const own = home && home.state !== 'ended' ? home.bytes : 0
  return { others: sum.bytes - own, maxBytes: sum.maxBytes, spaces: sum.spaces }
}
