/**
 * Housekeeping, piece by piece: each function is one short transaction of at most 500 rows. The
 * counts of homes and collections follow; clocks, sequences and events do not move.
 */
import { hiddenTombstoneAge, policyOf, recordCharge } from '../../core/records/index.ts'
import type { HomeEvent } from '../../core/ports/outside.ts'
import type { FieldIndex, RecordRow } from '../../core/ports/rows.ts'
import { groupRange, type TableName } from '../../core/ports/tables.ts'
import { fieldKeys } from '../fields.ts'
import type { Cells, Connection, SqlValue } from './driver.ts'
import { collectionColumns, collectionOf, hashOf } from './rows.ts'
import { countBlob, fieldsOf, moveKeys, putKey } from './write.ts'

/** Rows that a piece may remove or build. */
const piece = 500
/** Bytes of records that are parsed in one piece. */
const pieceBytes = 4 * 1024 * 1024

export type SweepKind = 'expired' | 'dropped' | 'tombstones' | 'queue' | 'staged' | 'homes' | 'indexed'

/** How far the look for tombstones has come: the order is theirs in the index. */
export interface TombstonePlace {
  modified: number
  rowid: number
}

export interface SweepTask {
  what: SweepKind
  /** The present, and the age from which tombstones go that the protocol shows, in milliseconds. */
  now: number
  shownAge: number
  /** Where the look for tombstones goes on; its first piece begins at the oldest one. */
  place?: TombstonePlace | undefined
}

export interface Swept {
  /** Rows removed or built, homes ended. */
  count: number
  /** Whether there is more of the kind to do now. */
  more: boolean
  place?: TombstonePlace | undefined
  /** Homes whose rights ended. */
  events: HomeEvent[]
  /** Directories of which rows may have been removed. */
  moved?: readonly TableName[]
}

/** Does one piece, in a transaction of its own. */
export function sweepPiece(connection: Connection, task: SweepTask): Swept {
  connection.exec('BEGIN IMMEDIATE')
  try {
    const swept = kinds[task.what](connection, task)
    connection.exec('COMMIT')
    return swept
  } catch (error) {
    connection.exec('ROLLBACK')
    throw error
  }
}

/** The kinds of which there is something to do. Cheap: for every round, before a worker is asked. */
export function sweepsDue(connection: Connection, now: number, shownAge: number): SweepKind[] {
  const is = (sql: string, ...values: SqlValue[]) => connection.prepare(sql).get(...values) !== undefined
  const due: Record<SweepKind, boolean> = {
    expired: is('SELECT 1 FROM record WHERE expires IS NOT NULL AND expires <= ? LIMIT 1', now),
    dropped: is('SELECT 1 FROM dropped LIMIT 1'),
    tombstones: is(
      'SELECT 1 FROM record WHERE deleted = 1 AND modified < ? LIMIT 1',
      now - Math.min(hiddenTombstoneAge, shownAge),
    ),
    queue: is('SELECT 1 FROM queue WHERE expires <= ? LIMIT 1', now),
    staged: is('SELECT 1 FROM staged WHERE expires <= ? LIMIT 1', now),
    homes:
      is("SELECT 1 FROM home WHERE state = 'ended' LIMIT 1") ||
      is('SELECT 1 FROM home WHERE ends IS NOT NULL AND ends <= ? LIMIT 1', now),
    indexed: is(`SELECT 1 FROM collection WHERE instr(fields, '"building":') > 0 LIMIT 1`),
  }
  return (Object.keys(due) as SweepKind[]).filter((kind) => due[kind])
}

type Sweeper = (connection: Connection, task: SweepTask) => Swept

const kinds: Readonly<Record<SweepKind, Sweeper>> = {
  expired: (connection, { now }) => {
    const rows = connection
      .prepare(
        'SELECT home_id, cid, id, size, blob FROM record WHERE expires IS NOT NULL AND expires <= ? ORDER BY expires LIMIT ?',
      )
      .all(now, piece)
    for (const row of rows) removeExpired(connection, row, now)
    return swept(rows.length)
  },

  dropped(connection, { now }) {
    let count = 0
    let looked = 0
    while (count < piece && looked++ < piece) {
      const [home, cid, field] = (connection
        .prepare('SELECT home_id, cid, field FROM dropped LIMIT 1')
        .get() ?? []) as number[]
      if (home === undefined || cid === undefined || field === undefined) return swept(count, false)
      const removed = dropPiece(connection, home, cid, field, now, piece - count)
      count += removed
      if (count >= piece) break
      connection
        .prepare('DELETE FROM dropped WHERE home_id = ? AND cid = ? AND field = ?')
        .run(home, cid, field)
    }
    return swept(count, true)
  },

  tombstones(connection, { now, shownAge, place = { modified: -1, rowid: -1 } }) {
    const youngest = now - Math.min(hiddenTombstoneAge, shownAge)
    const rows = connection
      .prepare(
        'SELECT r.home_id, r.cid, r.id, r.seq, r.modified, r.rowid, c.path FROM record r' +
          ' LEFT JOIN collection c ON c.home_id = r.home_id AND c.cid = r.cid' +
          ' WHERE r.deleted = 1 AND r.modified < ? AND (r.modified, r.rowid) > (?, ?)' +
          ' ORDER BY r.modified, r.rowid LIMIT ?',
      )
      .all(youngest, place.modified, place.rowid, piece)
    let count = 0
    const floors = new Map<number, number>()
    for (const row of rows) {
      const [home, cid, id, seq, modified, , path] = row as [
        number,
        number,
        string,
        number,
        number,
        number,
        string | null,
      ]
      const isShown = path !== null && policyOf(path).tombstones === 'shown'
      if (modified >= now - (isShown ? shownAge : hiddenTombstoneAge)) continue
      connection.prepare('DELETE FROM record WHERE home_id = ? AND cid = ? AND id = ?').run(home, cid, id)
      floors.set(home, Math.max(floors.get(home) ?? 0, seq))
      count++
    }
    for (const [home, seq] of floors) raiseFloor(connection, home, seq)
    const last = rows.length === piece ? rows.at(-1) : undefined
    return {
      ...swept(count, last !== undefined),
      place: last && { modified: last[4] as number, rowid: last[5] as number },
    }
  },

  queue(connection, { now }) {
    const rows = connection
      .prepare(
        'SELECT home_id, name, ord, octet_length(head) + coalesce(octet_length(body), 0) FROM queue' +
          ' WHERE expires <= ? ORDER BY expires LIMIT ?',
      )
      .all(now, piece)
    for (const [home, name, ord, bytes] of rows as [number, string, number, number][]) {
      connection.prepare('DELETE FROM queue WHERE home_id = ? AND name = ? AND ord = ?').run(home, name, ord)
      uncharge(connection, home, 0, bytes + recordCharge)
    }
    return swept(rows.length)
  },

  staged(connection, { now }) {
    const rows = connection
      .prepare(
        'SELECT home_id, batch, ord, octet_length(change) FROM staged WHERE expires <= ? ORDER BY expires LIMIT ?',
      )
      .all(now, piece)
    for (const [home, batch, ord, bytes] of rows as [number, string, number, number][]) {
      connection
        .prepare('DELETE FROM staged WHERE home_id = ? AND batch = ? AND ord = ?')
        .run(home, batch, ord)
      uncharge(connection, home, 0, bytes + recordCharge)
    }
    return swept(rows.length)
  },

  homes(connection, { now }) {
    const events: HomeEvent[] = []
    const ending = connection
      .prepare('SELECT home_id, epoch, seq, perm_seq FROM home WHERE ends IS NOT NULL AND ends <= ? LIMIT ?')
      .all(now, piece)
    for (const [home, epoch, seq, permSeq] of ending as [number, number, number, number][]) {
      connection
        .prepare("UPDATE home SET state = 'ended', ends = NULL, perm_seq = perm_seq + 1 WHERE home_id = ?")
        .run(home)
      events.push({ home, epoch, seq, permSeq: permSeq + 1 })
    }
    const home = connection.prepare("SELECT home_id FROM home WHERE state = 'ended' LIMIT 1").get()?.[0]
    if (typeof home !== 'number') return { ...swept(events.length, false), events }
    const moved = directoriesOfHome
    let left = piece - removeMembers(connection, home, piece)
    for (const sql of ofHome) if (left > 0) left -= connection.prepare(sql).run(home, home, left)
    if (left === 0) return { ...swept(events.length, true), events, moved }
    connection.prepare('DELETE FROM home WHERE home_id = ?').run(home)
    return { ...swept(events.length + 1, true), events, moved }
  },

  indexed(connection) {
    const cells = connection
      .prepare(`SELECT ${collectionColumns} FROM collection WHERE instr(fields, '"building":') > 0 LIMIT 1`)
      .get()
    if (!cells) return swept(0, false)
    const { home, path, cid, fields } = collectionOf(cells)
    const field = fields?.find(({ building }) => building !== undefined)
    if (!fields || !field) return swept(0, false)
    const { count, building } = cid === null ? { count: 0 } : buildPiece(connection, home, cid, field)
    const { field: number, name } = field
    const next: FieldIndex =
      building === undefined ? { field: number, name } : { field: number, name, building }
    const text = JSON.stringify(fields.map((one) => (one === field ? next : one)))
    connection
      .prepare('UPDATE collection SET fields = ? WHERE home_id = ? AND path = ?')
      .run(text, home, path)
    return swept(count, true)
  },
}

function swept(count: number, more = count >= piece): Swept {
  return { count, more, events: [] }
}

function removeExpired(connection: Connection, row: Cells, now: number): void {
  const [home, cid, id, size, blob] = row as [number, number, string, number, Uint8Array | null]
  const fields = fieldsOf(connection, home, cid)
  if (fields) moveKeys(connection, fields, recordText(connection, home, cid, id), undefined)
  connection.prepare('DELETE FROM record WHERE home_id = ? AND cid = ? AND id = ?').run(home, cid, id)
  const hash = hashOf(blob)
  if (hash !== null) countBlob(connection, { home, hash, size: 0, delta: -1 }, now)
  // A content that was dropped is not counted any more.
  const counted = connection
    .prepare('UPDATE collection SET records = records - 1, bytes = bytes - ? WHERE home_id = ? AND cid = ?')
    .run(size, home, cid)
  if (counted > 0) uncharge(connection, home, 1, size + recordCharge)
}

/** What of a record its keys are made of. */
function recordText(connection: Connection, home: number, cid: number, id: string): RecordRow | undefined {
  const sql = 'SELECT modified, deleted, data FROM record WHERE home_id = ? AND cid = ? AND id = ?'
  const cells = connection.prepare(sql).get(home, cid, id)
  if (!cells) return undefined
  const [modified, deleted, data] = cells as [number, number, string]
  const rest = { seq: 0, owner: null, expires: null, type: null, size: 0, body: null, blob: null }
  return { home, cid, id, modified, deleted: deleted === 1, data, ...rest }
}

function uncharge(connection: Connection, home: number, records: number, bytes: number): void {
  connection
    .prepare('UPDATE home SET records = records - ?, bytes = max(0, bytes - ?) WHERE home_id = ?')
    .run(records, bytes, home)
}

/** Removes at most so many rows of a dropped content or index; fewer mean that nothing is left. */
function dropPiece(
  connection: Connection,
  home: number,
  cid: number,
  field: number,
  now: number,
  most: number,
): number {
  if (field !== 0) {
    const isBack = fieldsOf(connection, home, cid)?.some((one) => one.field === field)
    return isBack ? 0 : removeKeys(connection, home, cid, field, most)
  }
  const rows = connection
    .prepare(
      'DELETE FROM record WHERE home_id = ? AND cid = ?' +
        ' AND id IN (SELECT id FROM record WHERE home_id = ? AND cid = ? LIMIT ?) RETURNING blob',
    )
    .all(home, cid, home, cid, most)
  for (const [blob] of rows) {
    const hash = hashOf(blob as Uint8Array | null)
    if (hash !== null) countBlob(connection, { home, hash, size: 0, delta: -1 }, now)
  }
  if (rows.length >= most) return rows.length
  const keys = connection
    .prepare(
      'DELETE FROM field_key WHERE home_id = ? AND cid = ? AND (field, key, id) IN' +
        ' (SELECT field, key, id FROM field_key WHERE home_id = ? AND cid = ? LIMIT ?)',
    )
    .run(home, cid, home, cid, most - rows.length)
  return rows.length + keys
}

function removeKeys(connection: Connection, home: number, cid: number, field: number, most: number): number {
  return connection
    .prepare(
      'DELETE FROM field_key WHERE home_id = ? AND cid = ? AND field = ? AND (key, id) IN' +
        ' (SELECT key, id FROM field_key WHERE home_id = ? AND cid = ? AND field = ? LIMIT ?)',
    )
    .run(home, cid, field, home, cid, field, most)
}

/** Cursors below it may miss a removal; entries without rights that it has passed are not needed either. */
function raiseFloor(connection: Connection, home: number, seq: number): void {
  connection.prepare('UPDATE home SET floor_seq = max(floor_seq, ?) WHERE home_id = ?').run(seq, home)
  connection
    .prepare(
      'DELETE FROM access WHERE home_id = ? AND (path, principal, source) IN' +
        ' (SELECT path, principal, source FROM access WHERE home_id = ? AND seq <= ? AND bits = 0 LIMIT ?)',
    )
    .run(home, home, seq, piece)
}

/** Directories that lose what they say of a home with it. */
const directoriesOfHome: readonly TableName[] = ['membership', 'grant_scope', 'shared_with']

/** Removes at most so many members of a home's groups. */
function removeMembers(connection: Connection, home: number, most: number): number {
  return connection
    .prepare(
      'DELETE FROM membership WHERE (principal, group_principal) IN (SELECT principal, group_principal' +
        ' FROM membership WHERE group_principal >= ? AND group_principal < ? LIMIT ?)',
    )
    .run(...groupRange(home), most)
}

/** Everything of a home, at most so many rows of each table; its own row goes last. */
const ofHome = [
  'DELETE FROM grant_scope WHERE home_id = ? AND (grant_id, scope, path) IN (SELECT grant_id, scope, path FROM grant_scope WHERE home_id = ? LIMIT ?)',
  'DELETE FROM shared_with WHERE home_id = ? AND (principal, path) IN (SELECT principal, path FROM shared_with WHERE home_id = ? LIMIT ?)',
  'DELETE FROM record WHERE home_id = ? AND rowid IN (SELECT rowid FROM record WHERE home_id = ? LIMIT ?)',
  'DELETE FROM field_key WHERE home_id = ? AND (cid, field, key, id) IN (SELECT cid, field, key, id FROM field_key WHERE home_id = ? LIMIT ?)',
  'DELETE FROM collection WHERE home_id = ? AND rowid IN (SELECT rowid FROM collection WHERE home_id = ? LIMIT ?)',
  'DELETE FROM access WHERE home_id = ? AND (path, principal, source) IN (SELECT path, principal, source FROM access WHERE home_id = ? LIMIT ?)',
  'DELETE FROM queue WHERE home_id = ? AND rowid IN (SELECT rowid FROM queue WHERE home_id = ? LIMIT ?)',
  'DELETE FROM staged WHERE home_id = ? AND (batch, ord) IN (SELECT batch, ord FROM staged WHERE home_id = ? LIMIT ?)',
  'DELETE FROM blob WHERE home_id = ? AND hash IN (SELECT hash FROM blob WHERE home_id = ? LIMIT ?)',
  'DELETE FROM dropped WHERE home_id = ? AND (cid, field) IN (SELECT cid, field FROM dropped WHERE home_id = ? LIMIT ?)',
] as const

/** Builds an index onwards from where it was; `building` is how far it is, absent when it is done. */
function buildPiece(
  connection: Connection,
  home: number,
  cid: number,
  index: FieldIndex,
): { count: number; building?: string } {
  const { field, building = '' } = index
  if (building === '') {
    // The number may have been another index's: nothing of that may stay.
    const removed = removeKeys(connection, home, cid, field, piece)
    if (removed >= piece) return { count: removed, building: '' }
  }
  const rows = connection
    .prepare(
      'SELECT id, octet_length(data) FROM record WHERE home_id = ? AND cid = ? AND id > ? ORDER BY id LIMIT ?',
    )
    .all(home, cid, building, piece)
  let bytes = 0
  let count = 0
  for (const [id, size] of rows as [string, number][]) {
    const record = recordText(connection, home, cid, id)
    for (const { key } of fieldKeys([index], record)) putKey(connection, home, cid, field, key, id)
    count++
    bytes += size
    if (bytes >= pieceBytes) return { count, building: id }
  }
  return rows.length < piece ? { count } : { count, building: rows.at(-1)?.[0] as string }
}
