/**
 * Housekeeping of one home, under its lock: each function is part of one short transaction. The
 * counts of the home and its collections follow; clocks and sequences do not move.
 */
import { recordCharge } from '../../core/records/index.ts'
import type { FieldIndex } from '../../core/ports/rows.ts'
import type { GonePerson } from '../../core/ports/store.ts'
import { groupRange } from '../../core/ports/tables.ts'
import { fieldKeys } from '../fields.ts'
import { encodeArray } from './arrays.ts'
import type { Connection, Prepared } from './connection.ts'
import { addKeys, type Key, keyValues, leaveBlobs, removeKeys } from './writes.ts'

/** Rows that a piece may remove or build. */
export const piece = 500
/** Bytes of records that are parsed in one piece. */
const pieceBytes = 4 * 1024 * 1024

const bigints = (values: readonly unknown[]) => encodeArray('bigint', values)
const texts = (values: readonly unknown[]) => encodeArray('text', values)

const fieldsOfContents: Prepared = {
  name: 'sweep_fields',
  text: `SELECT c.cid, c.fields FROM collection c
    WHERE c.home_id = $1 AND c.cid >= 0 AND c.cid = ANY($2::bigint[])`,
}

// In these the row has to be found by its key, not by an index on what else is asked of it.
const removeExpired: Prepared = {
  name: 'sweep_expired',
  text: `DELETE FROM record r
    USING unnest($1::bigint[], $2::bigint[], $3::text[], $4::boolean[]) AS w(home_id, cid, id, keyed)
    WHERE r.home_id = w.home_id AND r.cid = w.cid AND r.id = w.id AND coalesce(r.expires, $5::bigint + 1) <= $5
    RETURNING r.cid, r.id, r.modified, r.size, encode(r.blob, 'hex'), CASE WHEN w.keyed THEN r.data END`,
}

const uncount: Prepared = {
  name: 'sweep_uncount',
  text: `UPDATE collection c SET records = c.records - w.records, bytes = c.bytes - w.bytes
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) AS w(home_id, cid, records, bytes)
    WHERE c.home_id = w.home_id AND c.cid >= 0 AND c.cid = w.cid`,
}

const uncharge: Prepared = {
  name: 'sweep_uncharge',
  text: 'UPDATE home SET records = records - $2, bytes = greatest(0, bytes - $3) WHERE home_id = $1',
}

/** Removes records that have expired; says how many. */
export async function expire(
  connection: Connection,
  home: number,
  found: readonly { cid: number; id: string }[],
  now: number,
): Promise<number> {
  const contents = await readFields(connection, home, [...new Set(found.map(({ cid }) => cid))])
  const { rows } = await connection.query(removeExpired, [
    bigints(found.map(() => home)),
    bigints(found.map(({ cid }) => cid)),
    texts(found.map(({ id }) => id)),
    encodeArray(
      'boolean',
      found.map(({ cid }) => Boolean(contents.get(cid))),
    ),
    now,
  ])
  const keys: Key[] = []
  const counts = new Map<number, { records: number; bytes: number }>()
  const blobs: (string | null)[] = []
  for (const [cid, id, modified, size, blob, data] of rows as [
    number,
    string,
    number,
    number,
    string | null,
    string | null,
  ][]) {
    blobs.push(blob)
    const row = { id, modified, deleted: false, data: data ?? '{}' }
    for (const key of fieldKeys(contents.get(cid) ?? null, row)) keys.push({ ...key, home, cid, id })
    // A content that was dropped is not counted any more.
    if (!contents.has(cid)) continue
    const count = counts.get(cid) ?? { records: 0, bytes: 0 }
    counts.set(cid, { records: count.records + 1, bytes: count.bytes + size })
  }
  if (keys.length > 0) await connection.query(removeKeys, keyValues(keys))
  await forgetBlobs(connection, home, blobs, now)
  const all = [...counts.values()]
  await connection.query(uncount, [
    bigints(all.map(() => home)),
    bigints([...counts.keys()]),
    bigints(all.map(({ records }) => records)),
    bigints(all.map(({ bytes }) => bytes)),
  ])
  const records = all.reduce((sum, one) => sum + one.records, 0)
  const bytes = all.reduce((sum, one) => sum + one.bytes, 0)
  await connection.query(uncharge, [home, records, bytes + records * recordCharge])
  return rows.length
}

async function readFields(
  connection: Connection,
  home: number,
  cids: readonly number[],
): Promise<Map<number, FieldIndex[] | null>> {
  const { rows } = await connection.query(fieldsOfContents, [home, bigints(cids)])
  return new Map(
    rows.map(([cid, fields]) => [
      cid as number,
      typeof fields === 'string' ? (JSON.parse(fields) as FieldIndex[]) : null,
    ]),
  )
}

/** Takes back references that removed records had. */
async function forgetBlobs(
  connection: Connection,
  home: number,
  hashes: readonly (string | null)[],
  now: number,
): Promise<void> {
  const counts = new Map<string, number>()
  for (const hash of hashes) if (hash !== null) counts.set(hash, (counts.get(hash) ?? 0) + 1)
  if (counts.size === 0) return
  await connection.query(leaveBlobs, [
    bigints(Array.from(counts, () => home)),
    encodeArray(
      'bytea',
      Array.from(counts.keys(), (hash) => Buffer.from(hash, 'hex')),
    ),
    bigints(Array.from(counts.values(), (count) => -count)),
    now,
  ])
}

const removeDropped: Prepared = {
  name: 'sweep_dropped',
  text: `DELETE FROM record WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM record WHERE home_id = $1 AND cid = $2 LIMIT $3)) RETURNING encode(blob, 'hex')`,
}

const removeDroppedKeys: Prepared = {
  name: 'sweep_dropped_keys',
  text: `DELETE FROM field_key WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM field_key WHERE home_id = $1 AND cid = $2 LIMIT $3))`,
}

const removeFieldKeys: Prepared = {
  name: 'sweep_field_keys',
  text: `DELETE FROM field_key WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM field_key WHERE home_id = $1 AND cid = $2 AND field = $3 LIMIT $4))`,
}

const removeDropMark: Prepared = {
  name: 'sweep_drop_mark',
  text: 'DELETE FROM dropped WHERE home_id = $1 AND cid = $2 AND field = $3',
}

/** Removes at most so many rows of a dropped content, or of an index (`field` not 0); says how many. */
export async function sweepDropped(
  connection: Connection,
  { home, cid, field }: { home: number; cid: number; field: number },
  now: number,
  most: number,
): Promise<number> {
  let count = 0
  if (field !== 0) {
    const fields = (await readFields(connection, home, [cid])).get(cid)
    const isBack = fields?.some((one) => one.field === field)
    if (!isBack) count = (await connection.query(removeFieldKeys, [home, cid, field, most])).count
  } else {
    const { rows } = await connection.query(removeDropped, [home, cid, most])
    await forgetBlobs(
      connection,
      home,
      rows.map(([hash]) => hash as string | null),
      now,
    )
    count = rows.length
    if (count < most) count += (await connection.query(removeDroppedKeys, [home, cid, most - count])).count
  }
  if (count < most) await connection.query(removeDropMark, [home, cid, field])
  return count
}

const removeTombstones: Prepared = {
  name: 'sweep_tombstones',
  text: `DELETE FROM record r
    USING unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[]) AS w(home_id, cid, id, seq)
    WHERE r.home_id = w.home_id AND r.cid = w.cid AND r.id = w.id AND r.seq = w.seq AND r.deleted`,
}

const raiseFloor: Prepared = {
  name: 'sweep_floor',
  text: 'UPDATE home SET floor_seq = greatest(floor_seq, $2) WHERE home_id = $1',
}

const removeEntries: Prepared = {
  name: 'sweep_entries',
  text: `DELETE FROM access WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM access WHERE home_id = $1 AND seq >= 0 AND seq <= $2 AND bits = 0 LIMIT $3))`,
}

/** Removes tombstones that are still as they were found; cursors below them are too old from now on. */
export async function forgetTombstones(
  connection: Connection,
  home: number,
  found: readonly { cid: number; id: string; seq: number }[],
): Promise<number> {
  const { count } = await connection.query(removeTombstones, [
    bigints(found.map(() => home)),
    bigints(found.map(({ cid }) => cid)),
    texts(found.map(({ id }) => id)),
    bigints(found.map(({ seq }) => seq)),
  ])
  if (count === 0) return 0
  const seq = Math.max(...found.map((one) => one.seq))
  await connection.query(raiseFloor, [home, seq])
  // Entries without rights that the floor has passed are not needed either.
  await connection.query(removeEntries, [home, seq, piece])
  return count
}

const removeQueued: Prepared = {
  name: 'sweep_queue',
  text: `DELETE FROM queue q USING unnest($1::bigint[], $2::text[], $3::bigint[]) AS w(home_id, name, ord)
    WHERE q.home_id = w.home_id AND q.name = w.name AND q.ord = w.ord AND q.expires + 0 <= $4
    RETURNING octet_length(q.head) + coalesce(octet_length(q.body), 0)`,
}

const removeStaged: Prepared = {
  name: 'sweep_staged',
  text: `DELETE FROM staged s USING unnest($1::bigint[], $2::text[], $3::bigint[]) AS w(home_id, batch, ord)
    WHERE s.home_id = w.home_id AND s.batch = w.batch AND s.ord = w.ord AND s.expires + 0 <= $4
    RETURNING octet_length(s.change)`,
}

/** Removes what has expired of queues or of batches, and the charge for it. */
export async function expireItems(
  connection: Connection,
  what: 'queue' | 'staged',
  home: number,
  found: readonly { name: string; ord: number }[],
  now: number,
): Promise<number> {
  const { rows } = await connection.query(what === 'queue' ? removeQueued : removeStaged, [
    bigints(found.map(() => home)),
    texts(found.map(({ name }) => name)),
    bigints(found.map(({ ord }) => ord)),
    now,
  ])
  const bytes = rows.reduce((sum, [own]) => sum + (own as number) + recordCharge, 0)
  await connection.query(uncharge, [home, 0, bytes])
  return rows.length
}

const endHome: Prepared = {
  name: 'sweep_end_home',
  text: `UPDATE home SET state = 'ended', ends = NULL, perm_seq = perm_seq + 1
    WHERE home_id = $1 AND ends <= $2 RETURNING perm_seq`,
}

/** Ends a home whose time has come; gives its new permission version. */
export async function end(connection: Connection, home: number, now: number): Promise<number | undefined> {
  const { rows } = await connection.query(endHome, [home, now])
  return rows[0]?.[0] as number | undefined
}

/** Everything of a home, at most so many rows of each table; its own row goes last. */
const ofHome: readonly Prepared[] = [
  'DELETE FROM grant_scope WHERE home_id = $1 AND (grant_id, scope, path) IN (SELECT grant_id, scope, path FROM grant_scope WHERE home_id = $1 LIMIT $2)',
  'DELETE FROM shared_with WHERE ctid = ANY(ARRAY(SELECT ctid FROM shared_with WHERE home_id = $1 LIMIT $2))',
  'DELETE FROM record WHERE ctid = ANY(ARRAY(SELECT ctid FROM record WHERE home_id = $1 LIMIT $2))',
  'DELETE FROM field_key WHERE ctid = ANY(ARRAY(SELECT ctid FROM field_key WHERE home_id = $1 LIMIT $2))',
  'DELETE FROM collection WHERE ctid = ANY(ARRAY(SELECT ctid FROM collection WHERE home_id = $1 LIMIT $2))',
  'DELETE FROM access WHERE ctid = ANY(ARRAY(SELECT ctid FROM access WHERE home_id = $1 LIMIT $2))',
  'DELETE FROM queue WHERE ctid = ANY(ARRAY(SELECT ctid FROM queue WHERE home_id = $1 LIMIT $2))',
  'DELETE FROM staged WHERE ctid = ANY(ARRAY(SELECT ctid FROM staged WHERE home_id = $1 LIMIT $2))',
  'DELETE FROM blob WHERE ctid = ANY(ARRAY(SELECT ctid FROM blob WHERE home_id = $1 LIMIT $2))',
  'DELETE FROM dropped WHERE ctid = ANY(ARRAY(SELECT ctid FROM dropped WHERE home_id = $1 LIMIT $2))',
].map((text, at) => ({ name: `sweep_home_${at}`, text }))

const removeHome: Prepared = {
  name: 'sweep_home',
  text: "DELETE FROM home WHERE home_id = $1 AND state = 'ended'",
}

const removeMembers: Prepared = {
  name: 'sweep_members',
  text: `DELETE FROM membership WHERE (principal, group_principal) IN (SELECT principal, group_principal
    FROM membership WHERE group_principal >= $1 AND group_principal < $2 LIMIT $3)`,
}

/** Removes a piece of an ended home; true when nothing of it is left. */
export async function removeEnded(connection: Connection, home: number): Promise<boolean> {
  let left = piece - (await connection.query(removeMembers, [...groupRange(home), piece])).count
  for (const statement of ofHome) {
    if (left > 0) left -= (await connection.query(statement, [home, left])).count
  }
  if (left === 0) return false
  await connection.query(removeHome, [home])
  return true
}

const nextSizes: Prepared = {
  name: 'sweep_index_sizes',
  text: `SELECT id, octet_length(data) FROM record WHERE home_id = $1 AND cid = $2 AND id > $3
    ORDER BY id LIMIT $4`,
}

const nextRecords: Prepared = {
  name: 'sweep_index_records',
  text: `SELECT id, modified, deleted, data FROM record
    WHERE home_id = $1 AND cid = $2 AND id > $3 AND id <= $4 ORDER BY id`,
}

const contentFields: Prepared = {
  name: 'sweep_index_fields',
  text: 'SELECT c.cid, c.fields FROM collection c WHERE c.home_id = $1 AND c.path = $2',
}

const setFields: Prepared = {
  name: 'sweep_index_set',
  text: 'UPDATE collection SET fields = $3 WHERE home_id = $1 AND path = $2',
}

/** Builds an index of a collection onwards from where it was; gives how many records it did. */
export async function buildIndex(connection: Connection, home: number, path: string): Promise<number> {
  const [cells] = (await connection.query(contentFields, [home, path])).rows
  const cid = cells?.[0] as number | null
  const fields = typeof cells?.[1] === 'string' ? (JSON.parse(cells[1]) as FieldIndex[]) : []
  const index = fields.find(({ building }) => building !== undefined)
  if (!index) return 0
  const { count, building } = cid === null ? { count: 0 } : await buildPiece(connection, home, cid, index)
  const { field, name } = index
  const next: FieldIndex = building === undefined ? { field, name } : { field, name, building }
  const text = JSON.stringify(fields.map((one) => (one === index ? next : one)))
  await connection.query(setFields, [home, path, text])
  return count
}

/** `building` is how far it is, absent when it is done. */
async function buildPiece(
  connection: Connection,
  home: number,
  cid: number,
  index: FieldIndex,
): Promise<{ count: number; building?: string }> {
  const { field, building = '' } = index
  if (building === '') {
    // The number may have been another index's: nothing of that may stay.
    const { count } = await connection.query(removeFieldKeys, [home, cid, field, piece])
    if (count >= piece) return { count, building: '' }
  }
  const sizes = (await connection.query(nextSizes, [home, cid, building, piece])).rows as [string, number][]
  let bytes = 0
  let count = 0
  while (count < sizes.length && bytes < pieceBytes) bytes += sizes[count++]?.[1] ?? 0
  const last = sizes[count - 1]?.[0]
  if (last === undefined) return { count: 0 }
  const { rows } = await connection.query(nextRecords, [home, cid, building, last])
  const keys = (rows as [string, number, boolean, string][]).flatMap(([id, modified, deleted, data]) =>
    fieldKeys([index], { id, modified, deleted, data }).map((key): Key => ({ ...key, home, cid, id })),
  )
  if (keys.length > 0) await connection.query(addKeys, keyValues(keys))
  return count < piece && count === sizes.length ? { count } : { count, building: last }
}

const removeHers: Prepared = {
  name: 'forget_entries',
  text: `DELETE FROM access WHERE home_id = $1
    AND (principal = $2 OR principal >= $3 AND principal < $4) RETURNING seq`,
}
const passHers: Prepared = {
  name: 'forget_floor',
  text: `UPDATE home SET floor_seq = greatest(floor_seq, $2), perm_seq = perm_seq + 1, owner = nullif(owner, $3)
    WHERE home_id = $1`,
}
const disown: Prepared = {
  name: 'forget_owner',
  text: 'UPDATE record SET owner = NULL WHERE home_id = $1 AND owner = $2',
}

/** See `Store.forgetPerson`. Whoever has not read of a removed entry yet looks at everything anew. */
export async function forgetPerson(connection: Connection, home: number, person: GonePerson): Promise<void> {
  const { principal } = person
  const { rows } = await connection.query(removeHers, [home, principal, ...groupRange(person.home)])
  const floor = Math.max(0, ...rows.map(([seq]) => Number(seq)))
  await connection.query(passHers, [home, floor, principal])
  await connection.query(disown, [home, principal])
}
