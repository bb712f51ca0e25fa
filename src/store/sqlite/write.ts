/** Stores the writes of a transaction, every row complete. */
import type { CollectionRow, FieldIndex, HomeRow, RecordRow } from '../../core/ports/rows.ts'
import type { BlobDelta, Writes } from '../../core/ports/store.ts'
import { putRow, removeRows, sqliteDialect } from '../directory.ts'
import { storeError } from '../errors.ts'
import { fieldKeyChanges } from '../fields.ts'
import type { Connection } from './driver.ts'
import {
  accessCells,
  accessColumns,
  collectionCells,
  collectionColumns,
  hashCell,
  homeCells,
  homeColumns,
  queueCells,
  queueColumns,
  recordCells,
  recordColumns,
  stagedCells,
  stagedColumns,
} from './rows.ts'

/** Bytes of records after which a transaction that is written in slices gives way. */
const slice = 1024 * 1024

const recordKey = /^home_id, cid, id, /

/** `?, ?, …` for a list of columns, and what an upsert sets. */
const marks = (columns: string) => columns.replaceAll(/\w+/g, '?')
const updates = (columns: string) => columns.replaceAll(/\w+/g, '$& = excluded.$&')

/** Rows as they are stored before these writes, where the transaction has seen them. */
export interface Stored {
  home(id: number): HomeRow | undefined
  collection(home: number, path: string): CollectionRow | undefined
}

/**
 * Stores them; yields after every MiB of records, for those who may let others have a turn.
 * `now` dates blobs that nothing refers to any more.
 */
export function* storeWrites(
  connection: Connection,
  writes: Writes,
  now: number,
  stored: Stored,
): Generator<void> {
  const prepare = (sql: string) => connection.prepare(sql)
  for (const row of writes.homes) storeHome(connection, row, stored.home(row.id))
  for (const row of writes.collections) {
    const before = stored.collection(row.home, row.path)
    storeCollection(connection, row, before)
    dropKeys(connection, before, row)
  }
  // Removals first: what comes may have the key of what goes.
  for (const { home, cid, id, before: row } of writes.trimmed) {
    prepare('DELETE FROM record WHERE home_id = ? AND cid = ? AND id = ?').run(home, cid, id)
    moveKeys(connection, fieldsOf(connection, home, cid), row, undefined)
  }
  for (const { home, name, ord } of writes.unqueued) {
    prepare('DELETE FROM queue WHERE home_id = ? AND name = ? AND ord = ?').run(home, name, ord)
  }
  for (const { home, batch } of writes.unstaged) {
    prepare('DELETE FROM staged WHERE home_id = ? AND batch = ?').run(home, batch)
  }
  for (const row of writes.access) {
    prepare(
      `INSERT INTO access (${accessColumns}) VALUES (${marks(accessColumns)})` +
        ` ON CONFLICT (home_id, path, principal, source) DO UPDATE SET ${updates(accessColumns)}`,
    ).run(...accessCells(row))
  }
  for (const { home, cid } of writes.dropped) {
    prepare('INSERT INTO dropped (home_id, cid, field) VALUES (?, ?, 0) ON CONFLICT DO NOTHING').run(
      home,
      cid,
    )
  }
  yield* storeRecords(connection, writes.records)
  for (const row of writes.queued) {
    prepare(`INSERT INTO queue (${queueColumns}) VALUES (${marks(queueColumns)})`).run(...queueCells(row))
  }
  for (const row of writes.staged) {
    prepare(`INSERT INTO staged (${stagedColumns}) VALUES (${marks(stagedColumns)})`).run(...stagedCells(row))
  }
  for (const delta of sums(writes.blobs)) countBlob(connection, delta, now)
  for (const write of writes.rows) {
    const { text, values } =
      'put' in write
        ? putRow(sqliteDialect, write.table, write.put)
        : removeRows(sqliteDialect, write.table, write.remove)
    prepare(text).run(...values)
  }
}

// An UPDATE that sets an indexed column writes the index, though the value is the same. What every
// commit changes of homes and collections is in no index: so it is set by itself where it can be.

function storeHome(connection: Connection, row: HomeRow, before: HomeRow | undefined): void {
  const isHot =
    before &&
    before.kind === row.kind &&
    before.owner === row.owner &&
    before.payer === row.payer &&
    before.state === row.state &&
    before.ends === row.ends
  if (!isHot) {
    connection
      .prepare(
        `INSERT INTO home (${homeColumns}) VALUES (${marks(homeColumns)})` +
          ` ON CONFLICT (home_id) DO UPDATE SET ${updates(homeColumns)}`,
      )
      .run(...homeCells(row))
    return
  }
  connection
    .prepare(
      'UPDATE home SET epoch = ?, base_clock = ?, seq = ?, floor_seq = ?, perm_seq = ?, next_cid = ?,' +
        ' records = ?, bytes = ?, collections = ?, max_records = ?, max_bytes = ? WHERE home_id = ?',
    )
    .run(
      row.epoch,
      row.baseClock,
      row.seq,
      row.floorSeq,
      row.permSeq,
      row.nextCid,
      row.records,
      row.bytes,
      row.collections,
      row.maxRecords,
      row.maxBytes,
      row.id,
    )
}

function storeCollection(
  connection: Connection,
  row: CollectionRow,
  before: CollectionRow | undefined,
): void {
  const isHot =
    before &&
    before.cid === row.cid &&
    before.seq === row.seq &&
    JSON.stringify(before.fields) === JSON.stringify(row.fields)
  if (!isHot) {
    connection
      .prepare(
        `INSERT INTO collection (${collectionColumns}) VALUES (${marks(collectionColumns)})` +
          ` ON CONFLICT (home_id, path) DO UPDATE SET ${updates(collectionColumns)}`,
      )
      .run(...collectionCells(row))
    return
  }
  connection
    .prepare(
      'UPDATE collection SET clock = ?, born = ?, deep_seq = ?, records = ?, children = ?, bytes = ?' +
        ' WHERE home_id = ? AND path = ?',
    )
    .run(row.clock, row.born, row.deepSeq, row.records, row.children, row.bytes, row.home, row.path)
}

function* storeRecords(connection: Connection, records: Writes['records']): Generator<void> {
  if (records.length === 0) return
  const insert = connection.prepare(`INSERT INTO record (${recordColumns}) VALUES (${marks(recordColumns)})`)
  // The key stays out of what is set, or its index would be written as well.
  const set = recordColumns.replace(recordKey, '').replaceAll(/\w+/g, '$& = ?')
  const update = connection.prepare(`UPDATE record SET ${set} WHERE home_id = ? AND cid = ? AND id = ?`)
  let bytes = 0
  for (const { row, before, fields } of records) {
    const [home = 0, cid = 0, id = '', ...rest] = recordCells(row)
    if (!before) insert.run(home, cid, id, ...rest)
    else if (update.run(...rest, home, cid, id) !== 1) {
      throw storeError('store-failed', 'a record to be replaced is not there')
    }
    if (fields) moveKeys(connection, fields, before, row)
    bytes += row.data.length + (row.body?.byteLength ?? 0)
    if (bytes < slice) continue
    bytes = 0
    yield
  }
}

/** Writes the keys of a record that is put over another, or removed. */
export function moveKeys(
  connection: Connection,
  fields: readonly FieldIndex[] | null,
  before: RecordRow | undefined,
  after: RecordRow | undefined,
): void {
  const { home, cid, id } = after ?? before ?? {}
  if (!fields || home === undefined || cid === undefined || id === undefined) return
  const { remove, add } = fieldKeyChanges(fields, before, after)
  for (const { field, key } of remove) {
    connection
      .prepare('DELETE FROM field_key WHERE home_id = ? AND cid = ? AND field = ? AND key = ? AND id = ?')
      .run(home, cid, field, key, id)
  }
  for (const { field, key } of add) putKey(connection, home, cid, field, key, id)
}

export function putKey(
  connection: Connection,
  home: number,
  cid: number,
  field: number,
  key: Uint8Array,
  id: string,
): void {
  connection
    .prepare(
      'INSERT INTO field_key (home_id, cid, field, key, id) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    )
    .run(home, cid, field, key, id)
}

/** Gives the keys of indexes that are not declared any more to the sweep. */
function dropKeys(connection: Connection, before: CollectionRow | undefined, row: CollectionRow): void {
  if (!before?.fields || row.cid === null || before.cid !== row.cid) return
  for (const { field } of before.fields) {
    if (row.fields?.some((one) => one.field === field)) continue
    connection
      .prepare('INSERT INTO dropped (home_id, cid, field) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
      .run(row.home, row.cid, field)
  }
}

/** The indexes declared on a content. */
export function fieldsOf(connection: Connection, home: number, cid: number): FieldIndex[] | null {
  const sql = 'SELECT fields FROM collection WHERE home_id = ? AND cid = ?'
  const fields = connection.prepare(sql).get(home, cid)?.[0]
  return typeof fields === 'string' ? (JSON.parse(fields) as FieldIndex[]) : null
}

/** One delta for each blob. */
function sums(deltas: readonly BlobDelta[]): BlobDelta[] {
  const byBlob = Map.groupBy(deltas, ({ home, hash }) => `${home}/${hash}`)
  return [...byBlob.values()].map((same) => {
    const { home, hash } = same[0] as BlobDelta
    const size = Math.max(...same.map((one) => one.size))
    return { home, hash, size, delta: same.reduce((sum, one) => sum + one.delta, 0) }
  })
}

/** Moves the count of references to a blob; its row is made when it is missing. */
export function countBlob(connection: Connection, { home, hash, size, delta }: BlobDelta, now: number): void {
  // In an UPDATE, `refs` is what it was before.
  connection
    .prepare(
      'INSERT INTO blob (home_id, hash, size, refs, zero_since) VALUES (?, ?, ?, max(0, ?), ?)' +
        ' ON CONFLICT (home_id, hash) DO UPDATE SET refs = max(0, refs + ?),' +
        ' zero_since = CASE WHEN refs + ? > 0 THEN NULL WHEN refs > 0 THEN ? ELSE zero_since END',
    )
    .run(home, hashCell(hash), size, delta, delta > 0 ? null : now, delta, delta, now)
}
