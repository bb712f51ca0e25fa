/**
 * The rows of one transaction in memory. Plans read and change them here; the store loads and
 * stores them. Rows are never changed in place: a change puts a new row and remembers the old one,
 * so that a request that is refused leaves nothing behind.
 */
import type {
  AccessRow,
  BlobDelta,
  CollectionRow,
  CommitRequest,
  HomeEvent,
  HomeRow,
  Need,
  PayerTotal,
  Planner,
  QueueRow,
  RecordRow,
  Row,
  StagedRow,
  TableName,
  Where,
  Workspace,
  Writes,
} from '../ports.ts'
import { Refusal } from '../ports.ts'
import { isBelow } from '../../lib/paths.ts'
import { createDirectory } from './directory.ts'
import { createEntries } from './entries.ts'
import { createJournal } from './journal.ts'
import { key, type Query, queryKey, recordKey } from './keys.ts'
import { createLedger } from './ledger.ts'
import { defaultLimits, type Limits } from './limits.ts'
import { createWaiting } from './waiting.ts'

/** Changes since the last `take`. Rows of collections and records are looked up when they are taken. */
function createPending() {
  return {
    collections: new Set<string>(),
    /** Collections whose content began since then: the store knows no records of theirs. */
    born: new Set<string>(),
    records: new Map<string, { home: number; path: string }>(),
    dropped: [] as Writes['dropped'],
    trimmed: [] as Writes['trimmed'],
    blobs: [] as BlobDelta[],
  }
}

export class View implements Workspace {
  readonly now: number
  readonly limits: Limits
  readonly #journal = createJournal()
  readonly homes = createLedger(this.#journal)
  /** Permission entries. */
  readonly entries = createEntries(this.#journal)
  readonly directory = createDirectory(this.#journal)
  /** Queues and batches. */
  readonly waiting = createWaiting(this.#journal)
  readonly #collections = new Map<string, CollectionRow | undefined>()
  /** What is below these paths is in `#collections`. */
  readonly #below = new Set<string>()
  readonly #records = new Map<string, RecordRow | undefined>()
  /** Records that a query found, without their bodies: good for removing them only. */
  readonly #bodiless = new Map<string, RecordRow>()
  /** As stored in the database under the collection's present content. */
  readonly #stored = new Map<string, RecordRow | undefined>()
  readonly #found = new Map<string, { ids: string[]; more: boolean }>()
  #pending = createPending()

  constructor(now: number, limits: Limits) {
    this.now = now
    this.limits = limits
  }

  get dirty(): boolean {
    return this.#journal.isDirty
  }

  // --- Loading -------------------------------------------------------------------------------

  missing(needs: readonly Need[]): Need[] {
    const missing: Need[] = []
    const asked = new Set<string>()
    const collection = (home: number, path: string) => {
      const at = key(home, path)
      if (this.#collections.has(at) || asked.has(at)) return
      asked.add(at)
      missing.push({ kind: 'collection', home, path })
    }
    for (const need of needs) {
      switch (need.kind) {
        case 'record':
          collection(need.home, need.path)
          if (!this.#knows(need.home, need.path, need.id)) missing.push(need)
          break
        case 'collection':
          collection(need.home, need.path)
          break
        case 'access':
          if (!this.entries.has(need.home, need.path)) missing.push(need)
          break
        default:
          missing.push(need)
      }
    }
    return missing
  }

  /** A record is known, or known to be absent because its collection's content is new or gone. */
  #knows(home: number, path: string, id: string): boolean {
    const at = recordKey(home, path, id)
    if (this.#records.has(at)) return true
    const where = key(home, path)
    if (!this.#pending.collections.has(where)) return false
    const collection = this.#collections.get(where)
    if (collection && collection.cid !== null && !this.#pending.born.has(where)) return false
    this.#records.set(at, undefined)
    this.#stored.set(at, undefined)
    return true
  }

  hasHome(id: number): boolean {
    return this.homes.has(id)
  }

  loadHome(id: number, row: HomeRow | undefined, payer: PayerTotal): void {
    this.homes.load(id, row, payer)
  }

  loadCollection(home: number, path: string, row: CollectionRow | undefined): void {
    this.#collections.set(key(home, path), row)
  }

  loadRecord(home: number, path: string, id: string, row: RecordRow | undefined): void {
    const at = recordKey(home, path, id)
    if (this.#records.has(at)) return
    this.#records.set(at, row)
    this.#stored.set(at, row)
  }

  loadBelow(home: number, path: string, collections: CollectionRow[], access: AccessRow[]): void {
    for (const row of collections) {
      const at = key(home, row.path)
      if (!this.#collections.has(at)) this.#collections.set(at, row)
    }
    this.#below.add(key(home, path))
    this.entries.loadBelow(home, path, access)
  }

  loadAccess(home: number, path: string, entries: AccessRow[]): void {
    this.entries.loadAt(home, path, entries)
  }

  loadFound(need: Query, collection: CollectionRow | undefined, rows: RecordRow[], more: boolean): void {
    if (!this.#collections.has(key(need.home, need.path)))
      this.loadCollection(need.home, need.path, collection)
    for (const row of rows) {
      const at = recordKey(need.home, need.path, row.id)
      if (this.#records.has(at)) continue
      this.#bodiless.set(at, row)
      this.#stored.set(at, row)
    }
    this.#found.set(queryKey(need), { ids: rows.map((row) => row.id), more })
  }

  loadRows(table: TableName, where: Where, rows: Row[]): void {
    this.directory.load(table, where, rows)
  }

  loadPayer(home: number, payer: PayerTotal): void {
    this.homes.loadPayer(home, payer)
  }

  loadQueue({ home, name, topic }: Need & { kind: 'queue' }, rows: QueueRow[]): void {
    this.waiting.loadQueue(home, name, topic, rows)
  }

  loadStaged(need: Need & { kind: 'staged' }, rows: StagedRow[], records: RecordRow[]): void {
    const { home, batch, into } = need
    this.waiting.loadStaged(home, batch, rows)
    if (into === undefined) return
    for (const record of records) this.loadRecord(home, into, record.id, record)
    for (const { id } of rows) this.loadRecord(home, into, id, undefined)
  }

  // --- Running -------------------------------------------------------------------------------

  run<T>(request: CommitRequest<T>): T {
    return this.attempt(() => {
      for (const { home, permSeq } of request.permissions ?? []) {
        if (this.home(home).permSeq !== permSeq) throw new Refusal('stale-permissions')
      }
      return request.plan(this)
    })
  }

  /** Runs `act`; a throw takes back everything it changed, and goes on. */
  attempt<T>(act: () => T): T {
    return this.#journal.attempt(act)
  }

  // --- Collections ---------------------------------------------------------------------------

  /** The collection's row; undefined when it was never made. It may be dead (`cid` null). */
  collection(home: number, path: string): CollectionRow | undefined {
    const at = key(home, path)
    const row = this.#collections.get(at)
    if (!row && !this.#collections.has(at)) throw new Error(`collection ${path} was not named in the commit`)
    return row
  }

  putCollection(row: CollectionRow): void {
    const at = key(row.home, row.path)
    const isBorn = row.cid !== null && row.cid !== this.#collections.get(at)?.cid
    this.#journal.set(this.#collections, at, row)
    this.#journal.add(this.#pending.collections, at)
    if (isBorn) this.#journal.add(this.#pending.born, at)
  }

  /** Marks a content for the sweep and forgets its records. */
  dropContent(row: CollectionRow): void {
    if (row.cid === null) return
    this.#journal.push(this.#pending.dropped, { home: row.home, cid: row.cid })
    const prefix = key(row.home, row.path) + '\0'
    for (const at of [...this.#records.keys(), ...this.#bodiless.keys()]) {
      if (!at.startsWith(prefix)) continue
      if (this.#pending.records.has(at)) this.#moveBlobsBack(row.home, at)
      this.#forget(at)
    }
  }

  /** The sweep of a content counts what is stored: what was not stored any more is not to be counted. */
  #moveBlobsBack(home: number, at: string): void {
    const blob = this.#records.get(at)?.blob
    const stored = this.#stored.get(at)?.blob
    if (blob) this.referBlob(home, blob, 0, -1)
    if (stored) this.referBlob(home, stored, 0, 1)
  }

  /** Makes a record absent, without a word to the store. */
  #forget(at: string): void {
    this.#journal.set(this.#records, at, undefined)
    this.#journal.set(this.#stored, at, undefined)
    this.#journal.delete(this.#pending.records, at)
  }

  /** Collection rows at and below a path that was needed as `below`, those made since included. */
  collectionsBelow(home: number, path: string): CollectionRow[] {
    if (!this.#below.has(key(home, path)))
      throw new Error(`what is below ${path} was not named in the commit`)
    const found: CollectionRow[] = []
    for (const row of this.#collections.values()) {
      if (row && row.home === home && (row.path === path || isBelow(row.path, path))) found.push(row)
    }
    return found
  }

  // --- Records -------------------------------------------------------------------------------

  /** The record as it is in memory: live, tombstone or expired; undefined when there is none. */
  record(home: number, path: string, id: string): RecordRow | undefined {
    const at = recordKey(home, path, id)
    const row = this.#records.get(at)
    if (row || this.#records.has(at)) return row
    const found = this.#bodiless.get(at)
    if (!found) throw new Error(`record ${id} of ${path} was not named in the commit`)
    return found
  }

  /** The live record: no tombstone, not expired. */
  live(home: number, path: string, id: string): RecordRow | undefined {
    const row = this.record(home, path, id)
    return row && !row.deleted && (row.expires === null || row.expires > this.now) ? row : undefined
  }

  putRecord(path: string, row: RecordRow): void {
    const at = recordKey(row.home, path, row.id)
    this.#journal.set(this.#records, at, row)
    if (!this.#pending.records.has(at)) this.#journal.set(this.#pending.records, at, { home: row.home, path })
  }

  /** Removes a record without tombstone. */
  trimRecord(path: string, row: RecordRow): void {
    const { home, id } = row
    const at = recordKey(home, path, id)
    const stored = this.#stored.get(at)
    this.#forget(at)
    if (stored) this.#journal.push(this.#pending.trimmed, { home, cid: stored.cid, id, before: stored })
  }

  /** What a query found before the request, as it is now, bodies excepted. */
  found(query: Query): { records: RecordRow[]; more: boolean } {
    const found = this.#found.get(queryKey(query))
    if (!found) throw new Error('the query was not named in the commit')
    const records = found.ids.flatMap((id) => this.record(query.home, query.path, id) ?? [])
    return { records, more: found.more }
  }

  /** Moves the count of references to a blob by one. */
  referBlob(home: number, hash: string, size: number, delta: 1 | -1): void {
    this.#journal.push(this.#pending.blobs, { home, hash, size, delta })
  }

  // --- Beside records ------------------------------------------------------------------------

  /** The home's row; `home-absent` when it does not exist or is ended. */
  home(id: number): HomeRow {
    return this.homes.active(id)
  }

  /** Permission entries at a path, removed ones too. */
  access(home: number, path: string): AccessRow[] {
    return this.entries.at(home, path)
  }

  /** Rows of a directory by a look-up that was needed. */
  rows(table: TableName, where: Where): Row[] {
    return this.directory.rows(table, where)
  }

  // --- Storing -------------------------------------------------------------------------------

  take(): Writes {
    const pending = this.#pending
    const records: Writes['records'] = []
    for (const [at, { home, path }] of pending.records) {
      const row = this.#records.get(at)
      if (!row) continue
      const fields = this.#collections.get(key(home, path))?.fields ?? null
      records.push({ row, before: this.#stored.get(at), fields })
      this.#stored.set(at, row)
    }
    this.#pending = createPending()
    this.#journal.settle()
    return {
      homes: this.homes.take(),
      collections: [...pending.collections].flatMap((at) => this.#collections.get(at) ?? []),
      records,
      trimmed: pending.trimmed,
      access: this.entries.take(),
      dropped: pending.dropped,
      rows: this.directory.take(),
      ...this.waiting.take(),
      blobs: pending.blobs,
    }
  }

  events(): HomeEvent[] {
    return this.homes.events()
  }
}

/** The store's `Planner`, which makes the workspace of each transaction. */
export function createPlanner(limits: Limits = defaultLimits): Planner {
  return (now) => new View(now, limits)
}
