/**
 * The Store port: what the core needs from a database. It is narrow on purpose: an adapter locks
 * homes, loads the rows that are named, hands them to the pure planner of core/records, and writes
 * what comes back. Preconditions, clocks, sequences, quota and policies are computed in the planner,
 * once for all stores.
 */
import type { Filter, Sort } from '../../lib/filter/index.ts'
import type { Json } from '../../lib/json/index.ts'
import type { HomeEvent } from './outside.ts'
import type {
  AccessRow,
  BlobRow,
  CollectionRow,
  FieldIndex,
  HomeRow,
  QueueRow,
  RecordRow,
  StagedRow,
} from './rows.ts'
import type { Row, TableName, Where } from './tables.ts'

/** A query over the records of one collection. */
export interface ListQuery {
  /** All must hold. `id` and `last_modified` are pushed down; the rest is the filter engine's. */
  filters: readonly Filter[]
  /** Ends with a unique tie-break on `id` (ascending or descending); the store adds it if missing. */
  sort: readonly Sort[]
  /** At most this many records, 1 to 10,000. */
  limit: number
  /** A page also ends before it exceeds this many bytes of `data` (at least one record is given). */
  maxBytes?: number
  /** `sortKeyOf` of the last record of the page before. */
  after?: Json
  /** Only these ids, and what `owner` owns (lists filtered to what is shared). */
  ids?: readonly string[]
  /** With `ids`: records of this owner too. */
  owner?: string
  /** Tombstones too. */
  deleted: boolean
}

/** A record as a list gives it. Bodies of documents are never in lists. */
export interface Listed {
  id: string
  modified: number
  seq: number
  deleted: boolean
  owner: string | null
  expires: number | null
  type: string | null
  size: number
  data: string
}

/** What every read of a home returns beside its data, from the same snapshot. */
export interface Seen {
  /** Undefined when the home does not exist or is ended. */
  home: HomeRow | undefined
}

export interface RecordRead extends Seen {
  /** Undefined when never made; `cid` null when its content is gone. */
  collection: CollectionRow | undefined
  /** Live or tombstone; expired records are absent. */
  record: RecordRow | undefined
}

export interface ListRead extends Seen {
  collection: CollectionRow | undefined
  records: Listed[]
  /** Whether more records follow the last one given. */
  more: boolean
}

/** What `each` tells beside the records that it shows. */
export type EachRead = Omit<ListRead, 'records'>

/** Is shown a record of a list. Must not throw. */
export type Show = (id: string, modified: number, data: string) => void

export interface CollectionRead extends Seen {
  collection: CollectionRow | undefined
}

/** One change of a home, in the order of sequence numbers. */
export type Change =
  | { kind: 'record'; seq: number; path: string; record: RecordRow }
  | { kind: 'collection'; seq: number; collection: CollectionRow }
  | { kind: 'access'; seq: number; access: AccessRow }

export interface ChangesRead {
  epoch: number
  /** The home's last number at the time of the read. */
  seq: number
  floorSeq: number
  permSeq: number
  /** Ascending by `seq`; what was overwritten since appears once, at its last number. */
  changes: Change[]
}

/** What a commit must have in memory before it can be planned. */
export type Need =
  | { kind: 'record'; home: number; path: string; id: string }
  | { kind: 'collection'; home: number; path: string }
  /** All collection rows and permission entries at and below the path. A range need. */
  | { kind: 'below'; home: number; path: string }
  /** Permission entries at exactly this path. */
  | { kind: 'access'; home: number; path: string }
  /** The records a query finds, bodies excepted. A range need. */
  | { kind: 'found'; home: number; path: string; query: ListQuery }
  /** Directory rows. A range need. `lock` takes the rows' locks where the engine has them. */
  | { kind: 'rows'; table: TableName; where: Where; lock?: boolean }
  /** The waiting items of a queue, or the one of a topic. A range need. */
  | { kind: 'queue'; home: number; name: string; topic?: string }
  /** All staged changes of a batch, and with `into` the records of that collection that they name. A range need. */
  | { kind: 'staged'; home: number; batch: string; into?: string }
  /** The total of a home that is to pay for a new one (its own bytes in `others`). */
  | { kind: 'payer'; home: number }

/** What else is charged to the home that pays; never locked, at most 1 s old. */
export interface PayerTotal {
  /** Bytes of all homes of this payer except the home that is being loaded. */
  others: number
  /** The payer's limit (the home's own where it pays for itself). */
  maxBytes: number | null
  /** Space homes that this payer pays for. */
  spaces: number
}

/** Moves the count of references to a blob; made when it is missing, `zeroSince` set at 0. */
export interface BlobDelta {
  home: number
  hash: string
  size: number
  delta: number
}

/** Writes of one transaction, ready to be stored; every row is complete. */
export interface Writes {
  homes: HomeRow[]
  collections: CollectionRow[]
  records: RecordWrite[]
  /** Rows that go without tombstone (policy `log`, and queue-like trimming). */
  trimmed: { home: number; cid: number; id: string; before: RecordRow }[]
  access: AccessRow[]
  /** Contents to sweep: collections that were dropped. */
  dropped: { home: number; cid: number }[]
  rows: RowWrite[]
  queued: QueueRow[]
  unqueued: { home: number; name: string; ord: number }[]
  staged: StagedRow[]
  unstaged: { home: number; batch: string }[]
  blobs: BlobDelta[]
}

export interface RecordWrite {
  row: RecordRow
  /** What is stored now, if anything (a tombstone counts): the store updates instead of inserting. */
  before: RecordRow | undefined
  /** Indexes declared on the collection, whose keys are kept with the row. */
  fields: FieldIndex[] | null
}

export type RowWrite = { table: TableName; put: Row } | { table: TableName; remove: Where }

/**
 * One caller's part of a transaction. A throw in `plan` undoes this request alone and rejects its
 * promise. `plan` is pure: it may be run again after a conflict.
 */
export interface CommitRequest<T> {
  /** The homes it reads or writes (not payers), any order. */
  homes: readonly number[]
  needs: readonly Need[]
  /** Compared before the plan with what earlier requests left; else `StalePermissions`. */
  permissions?: readonly { home: number; permSeq: number }[]
  plan(work: unknown): T
  /** Bytes that it writes, roughly; closes a group at 4 MiB. */
  weight?: number
  /** Steps in it, roughly; closes a group at 256. */
  steps?: number
}

/**
 * The rows of one transaction in memory, between the adapter and core/records. The adapter loads
 * what `missing` names, runs requests, and stores what `take` gives.
 */
export interface Workspace {
  readonly now: number
  /** The needs of a request that are not in memory yet, range needs always. */
  missing(needs: readonly Need[]): Need[]
  /** Whether changes wait for `take`: they are to be stored before a range need is loaded. */
  readonly dirty: boolean
  /** Always with the total of its payer (of itself where it has none). */
  loadHome(id: number, row: HomeRow | undefined, payer: PayerTotal): void
  hasHome(id: number): boolean
  loadCollection(home: number, path: string, row: CollectionRow | undefined): void
  loadRecord(home: number, path: string, id: string, row: RecordRow | undefined): void
  loadBelow(home: number, path: string, collections: CollectionRow[], access: AccessRow[]): void
  loadAccess(home: number, path: string, entries: AccessRow[]): void
  loadFound(
    need: Need & { kind: 'found' },
    collection: CollectionRow | undefined,
    rows: RecordRow[],
    more: boolean,
  ): void
  loadRows(table: TableName, where: Where, rows: Row[]): void
  loadPayer(home: number, payer: PayerTotal): void
  loadQueue(need: Need & { kind: 'queue' }, rows: QueueRow[]): void
  /** With `into`, `records` are those that exist there under the ids of `rows`. */
  loadStaged(need: Need & { kind: 'staged' }, rows: StagedRow[], records: RecordRow[]): void
  /** Checks `permissions`, runs the plan; on a throw everything is as before it. */
  run<T>(request: CommitRequest<T>): T
  /** The changes since the last `take`, each row once. */
  take(): Writes
  /** One event for each home whose sequence or permissions moved since the workspace was made. */
  events(): HomeEvent[]
}

/** Makes the workspace of a transaction; given to the adapters by app.ts. */
export type Planner = (now: number) => Workspace

/** Reads. Outside a session they see only what is committed. */
export interface Reads {
  home(id: number): Promise<HomeRow | undefined>
  collection(home: number, path: string): Promise<CollectionRead>
  record(home: number, path: string, id: string): Promise<RecordRead>
  list(home: number, path: string, query: ListQuery): Promise<ListRead>
  /**
   * As `list`, for who wants each record once and keeps none: they are shown one after the other, in order. `begin` gives
   * the function that is shown them; when the look is begun anew it is asked again, and what was shown counts for nothing.
   */
  each(home: number, path: string, query: ListQuery, begin: () => Show): Promise<EachRead>
  /** How many live records (tombstones too where the query says so) match; ignores limit and after. */
  count(
    home: number,
    path: string,
    query: Pick<ListQuery, 'filters' | 'ids' | 'owner' | 'deleted'>,
  ): Promise<number>
  /** Collection rows by parent or below a path, dead ones too, by name or path; at most `limit`. */
  collections(
    home: number,
    where: { parent: string } | { below: string },
    page: { after?: string; limit: number },
  ): Promise<CollectionRow[]>
  /** Entries at exactly these paths, with the version they belong to. */
  access(home: number, paths: readonly string[]): Promise<{ permSeq: number; entries: AccessRow[] }>
  /** Entries in force at and below a path, by path; at most `limit`. */
  accessBelow(home: number, path: string, page: { after?: string; limit: number }): Promise<AccessRow[]>
  /**
   * What changed after `since` (0 to 2^53 - 1), all of one state. A page also ends before it exceeds
   * 4 MiB of data and bodies (at least one change is given).
   */
  changes(home: number, page: { since: number; limit: number }): Promise<ChangesRead | undefined>
  /** Rows of a directory table, by key; `prefix` and `upTo` (at most that number) narrow the successor of the last
   * column named in `where`. */
  rows(
    table: TableName,
    where: Where,
    page?: {
      after?: Where
      limit?: number
      prefix?: { column: string; value: string }
      upTo?: { column: string; value: number }
    },
  ): Promise<Row[]>
  queue(home: number, name: string, page: { after?: number; limit: number }): Promise<QueueRow[]>
  staged(home: number, batch: string, page: { after?: number; limit: number }): Promise<StagedRow[]>
  blob(home: number, hash: string): Promise<BlobRow | undefined>
}

/** A transaction of one caller, alone: reads see its own writes; a throw rolls all of it back. */
export interface Session extends Reads {
  commit<T>(request: CommitRequest<T>): Promise<T>
}

export interface SweepReport {
  expired: number
  dropped: number
  tombstones: number
  queue: number
  staged: number
  homes: number
  indexed: number
  /** Whether there is more to do now. */
  more: boolean
}

/** A person whose account was purged: her principal, and the home that her groups were in. */
export interface GonePerson {
  principal: string
  home: number
}

export interface Store extends Session {
  readonly kind: 'sqlite' | 'postgres'
  /**
   * Where a single process holds the data: a number that moves whenever a row of one of these
   * tables is committed. Undefined with several processes: nothing read from them may be cached.
   */
  version(...names: TableName[]): number | undefined
  /** As `version`, for a home's permission version in memory; undefined with several processes. */
  permSeqOf(home: number): number | undefined
  session<T>(homes: readonly number[], run: (session: Session) => Promise<T>): Promise<T>
  /**
   * One round of housekeeping, at most 500 rows of each kind under the write lock: expired records
   * (no tombstone, no event, counts subtracted), dropped contents, tombstones past their time
   * (raises the floor), finished queue and staged items, ended homes, indexes being built.
   */
  sweep(): Promise<SweepReport>
  /** Blobs without references since before `before`, then their rows' removal under the home lock. */
  zeroBlobs(before: number, limit: number): Promise<BlobRow[]>
  forgetBlob(home: number, hash: string): Promise<boolean>
  /**
   * Takes somebody who is no more out of a home: entries of hers and of her groups, with or without rights, and her name
   * as the owner of records and of the home. Clocks and sequences do not move; cursors before a removed entry become
   * too old.
   */
  forgetPerson(home: number, person: GonePerson): Promise<void>
  /** All homes, ascending, or those that `payer` pays for; for sweeps of blobs, backups, ends of accounts. */
  homes(page: { payer?: number; after?: number; limit: number }): Promise<HomeRow[]>
  health(): Promise<boolean>
  close(): Promise<void>
}

/** Why a commit was refused. Doors translate the code; `existing` is the stored record, if it matters. */
export type RefusalCode =
  | 'bad-request'
  | 'record-exists'
  | 'record-absent'
  | 'record-changed'
  | 'record-newer'
  | 'collection-changed'
  | 'collection-newer'
  | 'collection-absent'
  | 'collection-exists'
  | 'record-at-ancestor'
  | 'stale-permissions'
  | 'row-exists'
  | 'row-absent'
  | 'row-changed'
  | 'quota-bytes'
  | 'quota-records'
  | 'quota-collections'
  | 'quota-spaces'
  | 'time-ahead'
  | 'home-absent'
  | 'home-replica'
  | 'append-only'

export class Refusal extends Error {
  readonly code: RefusalCode
  readonly existing: RecordRow | undefined
  readonly collection: CollectionRow | undefined
  /** The step of the request that was refused, from 0. */
  step = 0
  constructor(
    code: RefusalCode,
    about: { existing?: RecordRow; collection?: CollectionRow; message?: string } = {},
  ) {
    super(about.message ?? code)
    this.name = 'Refusal'
    this.code = code
    this.existing = about.existing
    this.collection = about.collection
  }
}
