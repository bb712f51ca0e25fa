/** Rows of the port to and from the cells of SQL: column lists, and functions that follow their order. */
import type {
  AccessRow,
  BlobRow,
  CollectionRow,
  FieldIndex,
  HomeRow,
  QueueRow,
  RecordRow,
  StagedRow,
} from '../../core/ports/rows.ts'
import type { Cells, SqlValue } from './driver.ts'

export const homeColumns =
  'home_id, kind, owner, payer, state, epoch, created, base_clock, seq, floor_seq, perm_seq, next_cid,' +
  ' records, bytes, collections, max_records, max_bytes, ends'

export function homeOf(cells: Cells, at = 0): HomeRow {
  return {
    id: cells[at] as number,
    kind: cells[at + 1] as HomeRow['kind'],
    owner: cells[at + 2] as string | null,
    payer: cells[at + 3] as number | null,
    state: cells[at + 4] as HomeRow['state'],
    epoch: cells[at + 5] as number,
    created: cells[at + 6] as number,
    baseClock: cells[at + 7] as number,
    seq: cells[at + 8] as number,
    floorSeq: cells[at + 9] as number,
    permSeq: cells[at + 10] as number,
    nextCid: cells[at + 11] as number,
    records: cells[at + 12] as number,
    bytes: cells[at + 13] as number,
    collections: cells[at + 14] as number,
    maxRecords: cells[at + 15] as number | null,
    maxBytes: cells[at + 16] as number | null,
    ends: cells[at + 17] as number | null,
  }
}

export function homeCells(row: HomeRow): SqlValue[] {
  return [
    row.id,
    row.kind,
    row.owner,
    row.payer,
    row.state,
    row.epoch,
    row.created,
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
    row.ends,
  ]
}

export const collectionColumns =
  'home_id, path, parent, name, cid, clock, born, seq, deep_seq, records, children, bytes, fields'

export function collectionOf(cells: Cells): CollectionRow {
  const fields = cells[12] as string | null
  return {
    home: cells[0] as number,
    path: cells[1] as string,
    parent: cells[2] as string,
    name: cells[3] as string,
    cid: cells[4] as number | null,
    clock: cells[5] as number,
    born: cells[6] as number,
    seq: cells[7] as number,
    deepSeq: cells[8] as number,
    records: cells[9] as number,
    children: cells[10] as number,
    bytes: cells[11] as number,
    fields: fields === null ? null : (JSON.parse(fields) as FieldIndex[]),
  }
}

export function collectionCells(row: CollectionRow): SqlValue[] {
  return [
    row.home,
    row.path,
    row.parent,
    row.name,
    row.cid,
    row.clock,
    row.born,
    row.seq,
    row.deepSeq,
    row.records,
    row.children,
    row.bytes,
    row.fields && JSON.stringify(row.fields),
  ]
}

export const recordColumns =
  'home_id, cid, id, modified, seq, owner, deleted, expires, type, size, data, body, blob'

export function recordOf(cells: Cells): RecordRow {
  return {
    home: cells[0] as number,
    cid: cells[1] as number,
    id: cells[2] as string,
    modified: cells[3] as number,
    seq: cells[4] as number,
    owner: cells[5] as string | null,
    deleted: cells[6] === 1,
    expires: cells[7] as number | null,
    type: cells[8] as string | null,
    size: cells[9] as number,
    data: cells[10] as string,
    body: cells[11] as Uint8Array | null,
    blob: hashOf(cells[12] as Uint8Array | null),
  }
}

export function recordCells(row: RecordRow): SqlValue[] {
  return [
    row.home,
    row.cid,
    row.id,
    row.modified,
    row.seq,
    row.owner,
    row.deleted ? 1 : 0,
    row.expires,
    row.type,
    row.size,
    row.data,
    row.body,
    row.blob === null ? null : hashCell(row.blob),
  ]
}

export const accessColumns = 'home_id, path, principal, source, bits, expires, seq'

export function accessOf(cells: Cells): AccessRow {
  return {
    home: cells[0] as number,
    path: cells[1] as string,
    principal: cells[2] as string,
    source: cells[3] as string,
    bits: cells[4] as number,
    expires: cells[5] as number | null,
    seq: cells[6] as number,
  }
}

export function accessCells(row: AccessRow): SqlValue[] {
  return [row.home, row.path, row.principal, row.source, row.bits, row.expires, row.seq]
}

export const queueColumns = 'home_id, name, ord, topic, expires, head, body'

export function queueOf(cells: Cells): QueueRow {
  return {
    home: cells[0] as number,
    name: cells[1] as string,
    ord: cells[2] as number,
    topic: cells[3] as string | null,
    expires: cells[4] as number,
    head: cells[5] as string,
    body: cells[6] as Uint8Array | null,
  }
}

export function queueCells(row: QueueRow): SqlValue[] {
  return [row.home, row.name, row.ord, row.topic, row.expires, row.head, row.body]
}

export const stagedColumns = 'home_id, batch, ord, expires, id, change'

export function stagedOf(cells: Cells): StagedRow {
  return {
    home: cells[0] as number,
    batch: cells[1] as string,
    ord: cells[2] as number,
    expires: cells[3] as number,
    id: cells[4] as string,
    change: cells[5] as string,
  }
}

export function stagedCells(row: StagedRow): SqlValue[] {
  return [row.home, row.batch, row.ord, row.expires, row.id, row.change]
}

export const blobColumns = 'home_id, hash, size, refs, zero_since'

export function blobOf(cells: Cells): BlobRow {
  return {
    home: cells[0] as number,
    hash: hashOf(cells[1] as Uint8Array) ?? '',
    size: cells[2] as number,
    refs: cells[3] as number,
    zeroSince: cells[4] as number | null,
  }
}

/** A hash is 32 bytes in SQL and 64 hexadecimal digits everywhere else. */
export function hashCell(hash: string): Uint8Array {
  return Buffer.from(hash, 'hex')
}

export function hashOf(bytes: Uint8Array | null): string | null {
  return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}
