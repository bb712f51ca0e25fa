/**
 * The rows of one transaction in memory. Plans read and change them here; the store loads and
 * stores them. Rows are never changed in place: a change puts a new row and remembers the old one,
 * so that a request that is refused leaves nothing behind.
 */
import type {
  AccessRow,
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
  RowWrite,
  StagedRow,
  TableName,
  Where,
  Workspace,
  Writes,
} from '../ports.ts'
import { Refusal, tables } from '../ports.ts'
import { isBelow } from '../../lib/paths.ts'
import { createPayers } from './payers.ts'
import {
  createPending,
  defaultLimits,
  foundKey,
  key,
  matches,
  maxTouched,
  recordKey,
  rowsKey,
} from './pending.ts'
import type { HomeState, Limits } from './pending.ts'

type FoundNeed = Need & { kind: 'found' }
type QueueNeed = Need & { kind: 'queue' }
type StagedNeed = Need & { kind: 'staged' }

export class View implements Workspace {
  readonly now: number
  #homes = new Map<number, HomeState>()
  #collections = new Map<string, CollectionRow | undefined>()
  #records = new Map<string, RecordRow | undefined>()
  /** As stored in the database under the collection's present content. */
  #stored = new Map<string, RecordRow | undefined>()
  #access = new Map<string, AccessRow[]>()
  #below = new Map<string, { collections: string[]; access: string[] }>()
  #found = new Map<string, { ids: string[]; more: boolean }>()
  /** Records that a query found, without their bodies: good for removing them only. */
  #bodiless = new Map<string, RecordRow>()
  #rows = new Map<string, { table: TableName; where: Where; rows: Row[] }>()
  #queues = new Map<string, QueueRow[]>()
  #staged = new Map<string, StagedRow[]>()
  #payers = createPayers()

  /** What waits to be stored. */
  #pending = createPending()

  /** How to take back what the running request did, last first. */
  #undo: (() => void)[] = []
  /** Attempts that run, one in the other. */
  #depth = 0
  dirty = false

  readonly limits: Limits

  constructor(now: number, limits: Limits) {
    this.now = now
    this.limits = limits
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
          if (!this.#access.has(key(need.home, need.path))) missing.push(need)
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
    return this.#homes.has(id)
  }

  loadHome(id: number, row: HomeRow | undefined, payer: PayerTotal): void {
    this.#homes.set(id, { row, first: row, touched: new Set() })
    const own = row && row.state !== 'ended' ? row.bytes : 0
    this.#payers.load(row?.payer ?? id, { ...payer, others: payer.others + own })
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
    const byPath = Map.groupBy(access, (entry) => entry.path)
    for (const [at, entries] of byPath) {
      if (!this.#access.has(key(home, at))) this.#access.set(key(home, at), entries)
    }
    this.#below.set(key(home, path), {
      collections: collections.map((row) => row.path),
      access: [...byPath.keys()],
    })
  }

  loadAccess(home: number, path: string, entries: AccessRow[]): void {
    if (!this.#access.has(key(home, path))) this.#access.set(key(home, path), entries)
  }

  loadFound(need: FoundNeed, collection: CollectionRow | undefined, rows: RecordRow[], more: boolean): void {
    if (!this.#collections.has(key(need.home, need.path)))
      this.loadCollection(need.home, need.path, collection)
    for (const row of rows) {
      const at = recordKey(need.home, need.path, row.id)
      if (this.#records.has(at)) continue
      this.#bodiless.set(at, row)
      this.#stored.set(at, row)
    }
    this.#found.set(foundKey(need), { ids: rows.map((row) => row.id), more })
  }

  loadRows(table: TableName, where: Where, rows: Row[]): void {
    this.#rows.set(rowsKey(table, where), { table, where, rows })
  }

  loadPayer(home: number, payer: PayerTotal): void {
    this.#payers.load(home, payer)
  }

  loadQueue(need: QueueNeed, rows: QueueRow[]): void {
    this.#queues.set(key(need.home, need.name) + (need.topic === undefined ? '' : `\0${need.topic}`), rows)
  }

  loadStaged(need: StagedNeed, rows: StagedRow[], records: RecordRow[]): void {
    const { home, batch, into } = need
    this.#staged.set(key(home, batch), rows)
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
    const mark = this.#undo.length
    const wasDirty = this.dirty
    this.#depth++
    try {
      return act()
    } catch (error) {
      while (this.#undo.length > mark) this.#undo.pop()!()
      this.dirty = wasDirty
      throw error
    } finally {
      // Only what nothing can take back any more is forgotten.
      if (--this.#depth === 0) this.#undo.length = 0
    }
  }

  #changed(undo: () => void): void {
    this.dirty = true
    this.#undo.push(undo)
  }

  // --- Homes ---------------------------------------------------------------------------------

  #state(id: number): HomeState {
    const state = this.#homes.get(id)
    if (!state) throw new Error(`home ${id} was not named in the commit`)
    return state
  }

  /** The home's row; undefined when it does not exist. */
  maybeHome(id: number): HomeRow | undefined {
    return this.#state(id).row
  }

  /** The home's row; `home-absent` when it does not exist or is ended. */
  home(id: number): HomeRow {
    const { row } = this.#state(id)
    if (!row || row.state === 'ended') throw new Refusal('home-absent')
    return row
  }

  /** The home, to be written to: `home-replica` when that is not for us. */
  writable(id: number): HomeRow {
    const row = this.home(id)
    if (row.state === 'replica') throw new Refusal('home-replica')
    return row
  }

  /** Spaces that a home pays for, this transaction included. */
  spacesOf(payer: number): number {
    return this.#payers.total(payer).spaces
  }

  /** Bytes of everything that this home's payer is charged for, this transaction included. */
  charged(id: number): { bytes: number; maxBytes: number | null } {
    const payer = this.home(id).payer ?? id
    const total = this.#payers.total(payer)
    // A limit that was just set is not in the total yet.
    const row = this.#homes.get(payer)?.row
    return { bytes: total.others, maxBytes: row ? row.maxBytes : total.maxBytes }
  }

  putHome(row: HomeRow): void {
    const state = this.#state(row.id)
    const old = state.row
    const wasDirty = this.#pending.homes.has(row.id)
    state.row = row
    this.#payers.move(old, row)
    this.#pending.homes.add(row.id)
    this.#changed(() => {
      state.row = old
      this.#payers.move(row, old)
      if (!wasDirty) this.#pending.homes.delete(row.id)
    })
  }

  /** The next sequence number of the home, for a change at `path`. */
  nextSeq(home: number, path: string, more: Partial<HomeRow> = {}): number {
    const state = this.#state(home)
    const row = this.home(home)
    const seq = row.seq + 1
    this.putHome({ ...row, ...more, seq })
    // One more than an event may name shows that there are too many.
    if (state.touched.size <= maxTouched && !state.touched.has(path)) {
      state.touched.add(path)
      this.#changed(() => void state.touched.delete(path))
    }
    return seq
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
    const old = this.#collections.get(at)
    const wasDirty = this.#pending.collections.has(at)
    this.#collections.set(at, row)
    this.#pending.collections.add(at)
    const wasBorn = this.#pending.born.has(at)
    if (row.cid !== null && row.cid !== old?.cid) this.#pending.born.add(at)
    this.#changed(() => {
      this.#collections.set(at, old)
      if (!wasDirty) this.#pending.collections.delete(at)
      if (!wasBorn) this.#pending.born.delete(at)
    })
  }

  /** Marks a content for the sweep and forgets its records. */
  dropContent(row: CollectionRow): void {
    if (row.cid === null) return
    this.#pending.dropped.push({ home: row.home, cid: row.cid })
    this.#changed(() => void this.#pending.dropped.pop())
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
    const had = this.#records.has(at)
    const record = this.#records.get(at)
    const stored = this.#stored.get(at)
    const dirty = this.#pending.records.get(at)
    this.#records.set(at, undefined)
    this.#stored.set(at, undefined)
    this.#pending.records.delete(at)
    this.#changed(() => {
      if (had) this.#records.set(at, record)
      else this.#records.delete(at)
      this.#stored.set(at, stored)
      if (dirty) this.#pending.records.set(at, dirty)
    })
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
    const had = this.#records.has(at)
    const old = this.#records.get(at)
    const dirty = this.#pending.records.get(at)
    this.#records.set(at, row)
    if (!dirty) this.#pending.records.set(at, { home: row.home, path })
    this.#changed(() => {
      if (had) this.#records.set(at, old)
      else this.#records.delete(at)
      if (!dirty) this.#pending.records.delete(at)
    })
  }

  /** Removes a record without tombstone. */
  trimRecord(path: string, row: RecordRow): void {
    const at = recordKey(row.home, path, row.id)
    const stored = this.#stored.get(at)
    this.#forget(at)
    if (!stored) return
    this.#pending.trimmed.push({ home: row.home, cid: stored.cid, id: row.id, before: stored })
    this.#changed(() => void this.#pending.trimmed.pop())
  }

  /** What a query found before the request, as it is now, bodies excepted. */
  found(query: Pick<FoundNeed, 'home' | 'path' | 'query'>): { records: RecordRow[]; more: boolean } {
    const found = this.#found.get(foundKey(query))
    if (!found) throw new Error('the query was not named in the commit')
    const records = found.ids.flatMap((id) => this.record(query.home, query.path, id) ?? [])
    return { records, more: found.more }
  }

  /** Moves the count of references to a blob by one. */
  referBlob(home: number, hash: string, size: number, delta: 1 | -1): void {
    this.#pending.blobs.push({ home, hash, size, delta })
    this.#changed(() => void this.#pending.blobs.pop())
  }

  // --- Permission entries --------------------------------------------------------------------

  access(home: number, path: string): AccessRow[] {
    const entries = this.#access.get(key(home, path))
    if (!entries) {
      for (const [below] of this.#below) {
        const [of, above = ''] = below.split('\0')
        if (Number(of) === home && (path === above || isBelow(path, above))) return []
      }
      throw new Error(`entries at ${path} were not named in the commit`)
    }
    return entries
  }

  /** Paths with entries at and below a path that was needed as `below`. */
  accessPathsBelow(home: number, path: string): string[] {
    if (!this.#below.has(key(home, path)))
      throw new Error(`what is below ${path} was not named in the commit`)
    const paths: string[] = []
    const prefix = `${home}\0`
    for (const at of this.#access.keys()) {
      if (!at.startsWith(prefix)) continue
      const entryPath = at.slice(prefix.length)
      if (entryPath === path || isBelow(entryPath, path)) paths.push(entryPath)
    }
    return paths
  }

  putAccess(entry: AccessRow): void {
    const at = key(entry.home, entry.path)
    const old = this.#access.get(at)
    const rest = (old ?? []).filter((one) => one.principal !== entry.principal || one.source !== entry.source)
    this.#access.set(at, [...rest, entry])
    const own = `${at}\0${entry.principal}\0${entry.source}`
    const dirty = this.#pending.access.get(own)
    this.#pending.access.set(own, entry)
    this.#changed(() => {
      if (old) this.#access.set(at, old)
      else this.#access.delete(at)
      if (dirty) this.#pending.access.set(own, dirty)
      else this.#pending.access.delete(own)
    })
  }

  // --- Directory rows ------------------------------------------------------------------------

  rows(table: TableName, where: Where): Row[] {
    const found = this.#rows.get(rowsKey(table, where))
    if (!found) throw new Error(`rows of ${table} were not named in the commit`)
    return found.rows
  }

  writeRow(write: RowWrite): void {
    const { table } = write
    const columns = tables[table].key
    const row = 'put' in write ? write.put : undefined
    const where = 'put' in write ? undefined : write.remove
    const gone = (other: Row) =>
      row ? columns.every((column) => other[column] === row[column]) : matches(other, where!)
    const olds: [{ rows: Row[] }, Row[]][] = []
    for (const cached of this.#rows.values()) {
      if (cached.table !== table) continue
      olds.push([cached, cached.rows])
      cached.rows = cached.rows.filter((other) => !gone(other))
      if (row && matches(row, cached.where)) cached.rows.push(row)
    }
    this.#pending.rows.push(write)
    this.#changed(() => {
      this.#pending.rows.pop()
      for (const [cached, rows] of olds) cached.rows = rows
    })
  }

  // --- Queues and batches --------------------------------------------------------------------

  queue(home: number, name: string, topic?: string): QueueRow[] {
    const rows = this.#queues.get(key(home, name) + (topic === undefined ? '' : `\0${topic}`))
    if (!rows) throw new Error(`queue ${name} was not named in the commit`)
    return rows
  }

  enqueue(row: QueueRow): void {
    const olds = [...this.#queues].filter(
      ([at]) => at === key(row.home, row.name) || at === `${key(row.home, row.name)}\0${row.topic ?? ''}`,
    )
    for (const [at, rows] of olds) this.#queues.set(at, [...rows, row])
    this.#pending.queued.push(row)
    this.#changed(() => {
      this.#pending.queued.pop()
      for (const [at, rows] of olds) this.#queues.set(at, rows)
    })
  }

  unqueue(row: QueueRow): void {
    // A row may have been loaded twice: with its queue, and by its topic.
    const isSame = (other: QueueRow) =>
      other.ord === row.ord && other.name === row.name && other.home === row.home
    const olds = [...this.#queues].filter(([, rows]) => rows.some(isSame))
    for (const [at, rows] of olds)
      this.#queues.set(
        at,
        rows.filter((other) => !isSame(other)),
      )
    const waiting = this.#pending.queued
    const isNew = waiting.some(isSame)
    if (isNew) this.#pending.queued = waiting.filter((other) => !isSame(other))
    else this.#pending.unqueued.push({ home: row.home, name: row.name, ord: row.ord })
    this.#changed(() => {
      if (isNew) this.#pending.queued = waiting
      else this.#pending.unqueued.pop()
      for (const [at, rows] of olds) this.#queues.set(at, rows)
    })
  }

  staged(home: number, batch: string): StagedRow[] {
    const rows = this.#staged.get(key(home, batch))
    if (!rows) throw new Error(`batch ${batch} was not named in the commit`)
    return rows
  }

  stage(home: number, batch: string, rows: StagedRow[]): void {
    const at = key(home, batch)
    const known = this.#staged.get(at)
    const waiting = this.#pending.staged
    this.#pending.staged = [...waiting, ...rows]
    if (known) this.#staged.set(at, [...known, ...rows])
    this.#changed(() => {
      this.#pending.staged = waiting
      if (known) this.#staged.set(at, known)
    })
  }

  unstage(home: number, batch: string): void {
    const at = key(home, batch)
    const rows = this.staged(home, batch)
    const waiting = this.#pending.staged
    this.#staged.set(at, [])
    this.#pending.staged = waiting.filter((row) => row.home !== home || row.batch !== batch)
    this.#pending.unstaged.push({ home, batch })
    this.#changed(() => {
      this.#pending.unstaged.pop()
      this.#pending.staged = waiting
      this.#staged.set(at, rows)
    })
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
    const writes: Writes = {
      homes: [...pending.homes].flatMap((id) => this.#homes.get(id)?.row ?? []),
      collections: [...pending.collections].flatMap((at) => this.#collections.get(at) ?? []),
      records,
      trimmed: pending.trimmed,
      access: [...pending.access.values()],
      dropped: pending.dropped,
      rows: pending.rows,
      queued: pending.queued,
      unqueued: pending.unqueued,
      staged: pending.staged,
      unstaged: pending.unstaged,
      blobs: pending.blobs,
    }
    this.#pending = createPending()
    this.#payers.stored()
    this.#undo.length = 0
    this.dirty = false
    return writes
  }

  events(): HomeEvent[] {
    const events: HomeEvent[] = []
    for (const [id, { row, first, touched }] of this.#homes) {
      if (!row || (row.seq === first?.seq && row.permSeq === first?.permSeq && row.state === first?.state))
        continue
      const event: HomeEvent = { home: id, epoch: row.epoch, seq: row.seq, permSeq: row.permSeq }
      if (touched.size <= maxTouched) event.collections = [...touched]
      events.push(event)
    }
    return events
  }
}

/** The store's `Planner`, which makes the workspace of each transaction. */
export function createPlanner(limits: Limits = defaultLimits): Planner {
  return (now) => new View(now, limits)
}
