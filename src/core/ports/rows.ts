/**
 * The rows of the store, as the core sees them. Both SQL adapters keep exactly these columns
 * (snake_case in SQL). All times are integer milliseconds since 1970, all sizes bytes.
 */

/** A home: the unit of quota, export, migration, mirroring and sharding. */
export interface HomeRow {
  /** Random 48 bits, made by the program; never an account's id. */
  id: number
  kind: 'person' | 'space' | 'system'
  /** The principal that owns it; null for what nobody owns (test switch only). */
  owner: string | null
  /** The home that is charged for this one; null when it pays for itself. */
  payer: number | null
  /** `replica` refuses writes until it is promoted; `ended` is invisible and being swept. */
  state: 'active' | 'replica' | 'ended'
  /** Raised by a restore; the first half of every feed cursor. */
  epoch: number
  created: number
  /** What a collection that was never written shows as its clock: creation, or the last flush. */
  baseClock: number
  /** The number of the last change. Gapless, taken under the home row's lock. */
  seq: number
  /** Cursors below it are too old: tombstones up to it may be gone. */
  floorSeq: number
  /** The version of everything that decides rights in this home. */
  permSeq: number
  nextCid: number
  /** Live records, and bytes of everything charged to the home (records, queue, staged, blobs). */
  records: number
  bytes: number
  /** Collection rows, dead ones included. */
  collections: number
  maxRecords: number | null
  maxBytes: number | null
  /** The moment at which the sweep ends the home, where one is set. */
  ends: number | null
}

/** An index that is declared on a dotted JSON field of a collection. */
export interface FieldIndex {
  /** Small number, unique among the collection's indexes; stored in `field_key`. */
  field: number
  name: string
  /** Last record id that the background build has reached; absent once the index is complete. */
  building?: string
}

/** A collection's row; its content hangs on `cid` and is gone (null) when a parent was deleted. */
export interface CollectionRow {
  home: number
  path: string
  parent: string
  name: string
  cid: number | null
  /** What the protocol shows; never goes back, stands still when a parent is deleted. */
  clock: number
  /** The clock at which the present content began. A 304 needs `ETag = clock` and `born <= ETag`. */
  born: number
  /** Sequence of the row's own last change: made, dropped, indexes declared. */
  seq: number
  /** Sequence of the last change at or below (below only under the policy `tree`). */
  deepSeq: number
  /** Live records, live child collections (counted in trees only), bytes of the records. */
  records: number
  children: number
  bytes: number
  fields: FieldIndex[] | null
}

/** A record: a JSON object, or a document with a type and a body or blob. */
export interface RecordRow {
  home: number
  cid: number
  id: string
  modified: number
  seq: number
  owner: string | null
  deleted: boolean
  /** Absent for every read and precondition from this moment on. */
  expires: number | null
  type: string | null
  /** What the quota counts: bytes of `data`, `body` or the blob. */
  size: number
  /** JSON text of the object, without id and last_modified; `{}` for tombstones. */
  data: string
  body: Uint8Array | null
  /** SHA-256 of a blob of the same home, 64 hexadecimal digits. */
  blob: string | null
}

/** A permission entry. Removed ones stay with `bits: 0` until the floor passes their sequence. */
export interface AccessRow {
  home: number
  path: string
  principal: string
  /** Why it is there: `owner's word`, a group, a link …; part of the key. */
  source: string
  bits: number
  expires: number | null
  seq: number
}

/** What lives for seconds and is not a record: push messages, device commands. */
export interface QueueRow {
  home: number
  name: string
  /** Order in the queue: grows, never reused. */
  ord: number
  /** A new item of the same topic replaces the waiting one. */
  topic: string | null
  expires: number
  head: string
  body: Uint8Array | null
}

/** One change of an unfinished batch (Sync), hidden until the batch is applied. */
export interface StagedRow {
  home: number
  batch: string
  ord: number
  expires: number
  id: string
  /** JSON text of a `StagedChange` (core/records). */
  change: string
}

/** How often a blob of a home is referred to by records; swept 24 hours after it reached 0. */
export interface BlobRow {
  home: number
  hash: string
  size: number
  refs: number
  zeroSince: number | null
}
