/** The statements that store what a transaction wrote: one for each table, whatever the number of rows. */
import type { CollectionRow, FieldIndex, RecordRow } from '../../core/ports/rows.ts'
import type { BlobDelta, Writes } from '../../core/ports/store.ts'
import { type FieldKey, fieldKeyChanges } from '../fields.ts'
import { type ElementType, encodeArray } from './arrays.ts'
import type { Prepared, Queries } from './connection.ts'
import { prepared, type Sight, writeRows } from './directory.ts'
import { access, collection, home, queue, record, type Shape, staged } from './shapes.ts'

/** What is stored now, as far as the transaction knows. */
export interface Stored {
  sight: Sight
  /** By `home/path`. */
  collections: Map<string, CollectionRow>
  unborn: Set<number>
}

/** `seq = excluded.seq, …`: what an upsert sets, and the like for other names of the new row. */
const updates = (columns: string, from = 'excluded') => columns.replaceAll(/\w+/g, `$& = ${from}.$&`)

const insertHomes: Prepared = {
  name: 'insert_homes',
  text: `INSERT INTO home (home_id, ${home.others}) SELECT * FROM unnest(${home.placeholders()})`,
}

const updateHomes: Prepared = {
  name: 'update_homes',
  text: `UPDATE home h SET ${updates(home.others, 'w')}
    FROM unnest(${home.placeholders()}) AS w(${home.columns}) WHERE h.home_id = w.home_id`,
}

const putCollections: Prepared = {
  name: 'put_collections',
  text: `INSERT INTO collection (home_id, ${collection.others}) SELECT * FROM unnest(${collection.placeholders()})
    ON CONFLICT (home_id, path) DO UPDATE SET ${updates(collection.others)}`,
}

const putRecords: Prepared = {
  name: 'put_records',
  text: `INSERT INTO record (home_id, ${record.others}) SELECT * FROM unnest(${record.placeholders()})
    ON CONFLICT (home_id, cid, id) DO UPDATE SET ${updates(record.others)}`,
}

const removeRecords: Prepared = {
  name: 'remove_records',
  text: `DELETE FROM record r USING unnest($1::bigint[], $2::bigint[], $3::text[]) AS w(home_id, cid, id)
    WHERE r.home_id = w.home_id AND r.cid = w.cid AND r.id = w.id`,
}

export const removeKeys: Prepared = {
  name: 'remove_keys',
  text: `DELETE FROM field_key k
    USING unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bytea[], $5::text[]) AS w(home_id, cid, field, key, id)
    WHERE k.home_id = w.home_id AND k.cid = w.cid AND k.field = w.field AND k.key = w.key AND k.id = w.id`,
}

export const addKeys: Prepared = {
  name: 'add_keys',
  text: `INSERT INTO field_key (home_id, cid, field, key, id)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bytea[], $5::text[])
    ON CONFLICT DO NOTHING`,
}

const putAccess: Prepared = {
  name: 'put_access',
  text: `INSERT INTO access (home_id, ${access.others}) SELECT * FROM unnest(${access.placeholders()})
    ON CONFLICT (home_id, path, principal, source) DO UPDATE SET ${updates(access.others)}`,
}

const dropContents: Prepared = {
  name: 'drop_contents',
  text: `INSERT INTO dropped (home_id, cid, field) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[])
    ON CONFLICT DO NOTHING`,
}

const removeQueued: Prepared = {
  name: 'remove_queued',
  text: `DELETE FROM queue q USING unnest($1::bigint[], $2::text[], $3::bigint[]) AS w(home_id, name, ord)
    WHERE q.home_id = w.home_id AND q.name = w.name AND q.ord = w.ord`,
}

const addQueued: Prepared = {
  name: 'add_queued',
  text: `INSERT INTO queue (home_id, ${queue.others}) SELECT * FROM unnest(${queue.placeholders()})`,
}

const removeStaged: Prepared = {
  name: 'remove_staged',
  text: `DELETE FROM staged s USING unnest($1::bigint[], $2::text[]) AS w(home_id, batch)
    WHERE s.home_id = w.home_id AND s.batch = w.batch`,
}

const addStaged: Prepared = {
  name: 'add_staged',
  text: `INSERT INTO staged (home_id, ${staged.others}) SELECT * FROM unnest(${staged.placeholders()})`,
}

const referBlobs: Prepared = {
  name: 'refer_blobs',
  text: `INSERT INTO blob (home_id, hash, size, refs)
    SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bigint[], $4::bigint[])
    ON CONFLICT (home_id, hash) DO UPDATE SET refs = blob.refs + excluded.refs, zero_since = NULL`,
}

/** Takes references back; a blob that nothing refers to any more is dated with the fourth parameter. */
export const leaveBlobs: Prepared = {
  name: 'leave_blobs',
  text: `UPDATE blob b SET refs = greatest(0, b.refs + w.delta),
      zero_since = CASE WHEN b.refs + w.delta > 0 THEN NULL WHEN b.refs > 0 THEN $4 ELSE b.zero_since END
    FROM unnest($1::bigint[], $2::bytea[], $3::bigint[]) AS w(home_id, hash, delta)
    WHERE b.home_id = w.home_id AND b.hash = w.hash`,
}

const unusedBlobs: Prepared = {
  name: 'unused_blobs',
  text: `INSERT INTO blob (home_id, hash, size, refs, zero_since)
    SELECT w.home_id, w.hash, w.size, 0, $4 FROM unnest($1::bigint[], $2::bytea[], $3::bigint[]) AS w(home_id, hash, size)
    ON CONFLICT DO NOTHING`,
}

/**
 * Sends everything and says what to wait for. `now` dates blobs that nothing refers to any more.
 * What goes is removed first: what comes may have its key.
 */
export function storeWrites(
  queries: Queries,
  writes: Writes,
  now: number,
  stored: Stored,
): Promise<unknown>[] {
  const sent: Promise<unknown>[] = []
  const send = (statement: Prepared, values: unknown[]) => void sent.push(queries.query(statement, values))
  const put = <R>(statement: Prepared, shape: Shape<R>, rows: readonly R[]) => {
    if (rows.length > 0) send(statement, shape.encode(rows))
  }
  const each = <R>(statement: Prepared, rows: readonly R[], ...columns: Column<R>[]) => {
    if (rows.length > 0)
      send(
        statement,
        columns.map(([type, cell]) => encodeArray(type, rows.map(cell))),
      )
  }

  const [old = [], born = []] = [false, true].map((is) =>
    writes.homes.filter(({ id }) => stored.unborn.has(id) === is),
  )
  put(updateHomes, home, old)
  put(insertHomes, home, born)
  put(putCollections, collection, writes.collections)
  const dropped = [
    ...writes.dropped.map((one) => ({ ...one, field: 0 })),
    ...writes.collections.flatMap((row) =>
      undeclared(stored.collections.get(`${row.home}/${row.path}`), row),
    ),
  ]
  each(
    dropContents,
    dropped,
    ['bigint', (one) => one.home],
    ['bigint', (one) => one.cid],
    ['bigint', (one) => one.field],
  )
  each(
    removeRecords,
    writes.trimmed,
    ['bigint', (one) => one.home],
    ['bigint', (one) => one.cid],
    ['text', (one) => one.id],
  )
  const keys = keyChanges(writes, stored)
  if (keys.remove.length > 0) send(removeKeys, keyValues(keys.remove))
  put(
    putRecords,
    record,
    writes.records.map(({ row }) => row),
  )
  if (keys.add.length > 0) send(addKeys, keyValues(keys.add))
  put(putAccess, access, writes.access)
  each(
    removeQueued,
    writes.unqueued,
    ['bigint', (one) => one.home],
    ['text', (one) => one.name],
    ['bigint', (one) => one.ord],
  )
  put(addQueued, queue, writes.queued)
  each(removeStaged, writes.unstaged, ['bigint', (one) => one.home], ['text', (one) => one.batch])
  put(addStaged, staged, writes.staged)
  const blobs = sums(writes.blobs)
  const rising = blobs.filter(({ delta }) => delta > 0)
  const falling = blobs.filter(({ delta }) => delta <= 0)
  each(
    referBlobs,
    rising,
    ['bigint', (one) => one.home],
    hashColumn,
    ['bigint', (one) => one.size],
    ['bigint', (one) => one.delta],
  )
  if (falling.length > 0) {
    const homes = encodeArray(
      'bigint',
      falling.map((one) => one.home),
    )
    const hashes = encodeArray('bytea', falling.map(hashColumn[1]))
    send(leaveBlobs, [
      homes,
      hashes,
      encodeArray(
        'bigint',
        falling.map((one) => one.delta),
      ),
      now,
    ])
    send(unusedBlobs, [
      homes,
      hashes,
      encodeArray(
        'bigint',
        falling.map((one) => one.size),
      ),
      now,
    ])
  }
  for (const sql of writeRows(writes.rows, stored.sight)) send(prepared(sql), sql.values)

  for (const { id } of born) stored.unborn.delete(id)
  for (const row of writes.collections) stored.collections.set(`${row.home}/${row.path}`, row)
  return sent
}

type Column<R> = readonly [type: ElementType, cell: (row: R) => unknown]

const hashColumn: Column<BlobDelta> = ['bytea', (one) => Buffer.from(one.hash, 'hex')]

/** A row of `field_key`. */
export type Key = FieldKey & { home: number; cid: number; id: string }

const keyColumns: Column<Key>[] = [
  ['bigint', (one) => one.home],
  ['bigint', (one) => one.cid],
  ['bigint', (one) => one.field],
  ['bytea', (one) => one.key],
  ['text', (one) => one.id],
]

/** Parameters of `removeKeys` and `addKeys`. */
export function keyValues(keys: readonly Key[]): Buffer[] {
  return keyColumns.map(([type, cell]) => encodeArray(type, keys.map(cell)))
}

/** Keys of declared indexes that go and come with the records. */
function keyChanges(writes: Writes, stored: Stored): { remove: Key[]; add: Key[] } {
  const remove: Key[] = []
  const add: Key[] = []
  const collect = (
    fields: readonly FieldIndex[] | null,
    before: RecordRow | undefined,
    after: RecordRow | undefined,
  ) => {
    const { home: own, cid, id } = after ?? before ?? {}
    if (!fields || own === undefined || cid === undefined || id === undefined) return
    const changes = fieldKeyChanges(fields, before, after)
    for (const key of changes.remove) remove.push({ ...key, home: own, cid, id })
    for (const key of changes.add) add.push({ ...key, home: own, cid, id })
  }
  for (const { row, before, fields } of writes.records) collect(fields, before, row)
  if (writes.trimmed.length > 0) {
    const byContent = new Map(
      [...stored.collections.values()].map((row) => [`${row.home}/${row.cid}`, row.fields]),
    )
    for (const { home: own, cid, before } of writes.trimmed) {
      collect(byContent.get(`${own}/${cid}`) ?? null, before, undefined)
    }
  }
  return { remove, add }
}

/** Indexes of a content that are declared no more: their keys are swept. */
function undeclared(
  before: CollectionRow | undefined,
  row: CollectionRow,
): { home: number; cid: number; field: number }[] {
  const { cid } = row
  if (!before?.fields || cid === null || before.cid !== cid) return []
  return before.fields
    .filter(({ field }) => !row.fields?.some((one) => one.field === field))
    .map(({ field }) => ({ home: row.home, cid, field }))
}

/** One delta for each blob. */
function sums(deltas: readonly BlobDelta[]): BlobDelta[] {
  const byBlob = Map.groupBy(deltas, ({ home: own, hash }) => `${own}/${hash}`)
  return [...byBlob.values()].map((same) => {
    const { home: own, hash } = same[0] as BlobDelta
    const size = Math.max(...same.map((one) => one.size))
    return { home: own, hash, size, delta: same.reduce((sum, one) => sum + one.delta, 0) }
  })
}
