/** What a transaction keeps beside its rows: the changes that wait to be stored, and how things are named. */
import type {
  AccessRow,
  BlobDelta,
  HomeRow,
  Need,
  QueueRow,
  Row,
  RowWrite,
  StagedRow,
  TableName,
  Where,
  Writes,
} from '../ports.ts'

/** Changes since the last `take`. Rows of homes, collections and records are looked up when they are taken. */
export interface Pending {
  homes: Set<number>
  collections: Set<string>
  /** Collections whose content began since then: the store knows no records of theirs. */
  born: Set<string>
  records: Map<string, { home: number; path: string }>
  access: Map<string, AccessRow>
  dropped: Writes['dropped']
  trimmed: Writes['trimmed']
  rows: RowWrite[]
  queued: QueueRow[]
  unqueued: Writes['unqueued']
  staged: StagedRow[]
  unstaged: Writes['unstaged']
  blobs: BlobDelta[]
}

export function createPending(): Pending {
  return {
    homes: new Set(),
    collections: new Set(),
    born: new Set(),
    records: new Map(),
    access: new Map(),
    dropped: [],
    trimmed: [],
    rows: [],
    queued: [],
    unqueued: [],
    staged: [],
    unstaged: [],
    blobs: [],
  }
}

/** A home in a transaction. */
export interface HomeState {
  row: HomeRow | undefined
  /** What the row was when it was loaded: events are measured from it. */
  first: HomeRow | undefined
  touched: Set<string>
}

/** What operators may set. */
export interface Limits {
  /** Collection rows that a home may have, dead ones counted. */
  collections: number
  /** Space homes that one home may pay for. */
  spaces: number
}

export const defaultLimits: Limits = { collections: 100_000, spaces: 1_000 }

/** Paths of an event beyond which it says nothing of them: what a bus carries. */
export const maxTouched = 16

/** Where a collection is, and a record, as a key. NUL is in no path and no id. */
export const key = (home: number, path: string) => `${home}\0${path}`
export const recordKey = (home: number, path: string, id: string) => `${home}\0${path}\0${id}`

/** Whether a row has these values. */
export function matches(row: Row, where: Where): boolean {
  for (const column in where) if (row[column] !== where[column]) return false
  return true
}

/** A look-up of directory rows as a key. */
export function rowsKey(table: TableName, where: Where): string {
  return JSON.stringify([table, Object.entries(where).sort(([a], [b]) => (a < b ? -1 : 1))])
}

/** A query over the records of a collection as a key. */
export function foundKey({
  home,
  path,
  query,
}: Pick<Need & { kind: 'found' }, 'home' | 'path' | 'query'>): string {
  return JSON.stringify([home, path, query])
}
