/** Who asks, what may be asked, and what the answer carries. */
import type { HomeRow, Reads } from '../ports.ts'
import type { Change } from '../records/changes.ts'
import type { Bits } from './bits.ts'

/** Part of what an app or a device may do: these bits at this path and below. */
export interface Scope {
  /** `anyHome` (0): in every home where the person herself has rights. */
  home: number
  path: string
  bits: Bits
  /** Only these fields may be read. Such a scope gives no right here: see `readableFields`. */
  fields?: readonly string[]
  /** When it was allowed, in milliseconds since 1970; absent: with the grant. */
  since?: number
  /** In milliseconds since 1970; absent: as long as the grant. */
  expires?: number
}

/** The home id of a scope that follows the person into every home. */
export const anyHome = 0

/** What an app or a device was allowed; suspended, revoked and expired grants never come as far as here. */
export interface SubjectGrant {
  id: string
  /** Moves with every change of the grant or its scopes. */
  version: number
  label: string
  scopes: readonly Scope[]
}

/** Who makes a request. Made by `createSubject`, never changed. */
export interface Subject {
  /** Absent: anonymous. */
  readonly account?: {
    readonly id: string
    readonly login: string
    /** The person's own home. */
    readonly home: number
    /** `owner` runs the server; it gives no right on anybody's content. */
    readonly role: string
  }
  /** Everyone she is: `everyone`, `authenticated`, `account:…`, her groups. At most 1,000. */
  readonly principals: readonly string[]
  /** Absent: the person herself, with all of her rights. */
  readonly grant?: SubjectGrant
  /** Stands for principals and grant version in memo keys. */
  readonly key: string
}

/** The part of a home's row that rights hang on. A read's `home` is one. */
export type HomeVersion = Pick<HomeRow, 'id' | 'owner' | 'permSeq'>

/** Rights, and the version they were worked out under. */
export interface Decision {
  /** Implied already: test with `has(bits, need)`. */
  bits: Bits
  home: number
  /**
   * For a read: where it is not `read.home.permSeq`, the decision is of another version than the data (`stale`).
   * For a write: the request's `permissions` precondition. -1 for a home that does not exist or is ended.
   */
  permSeq: number
}

/** Rights that no row holds: given by configuration, for paths of every home. */
export type ExtraEntries = (path: string) => readonly ExtraEntry[]

export interface ExtraEntry {
  principal: string
  bits: Bits
}

/** What of a list may be read. */
export type Readable =
  | { kind: 'all' }
  | { kind: 'none' }
  /**
   * The records with these ids, and those whose owner column is `owner`. Give both to the list's query.
   */
  | { kind: 'some'; ids: readonly string[]; owner: string | null }

/** Something that is shared with the subject, with the bits as given, not implied. */
export interface Shared {
  home: number
  path: string
  bits: Bits
}

/** One thing that gave bits. */
export type Reason =
  | { because: 'owner-of-home' }
  | { because: 'owner-of-record'; path: string }
  | { because: 'entry'; path: string; principal: string; source: string; bits: Bits; expires: number | null }
  | { because: 'configuration'; path: string; principal: string; bits: Bits }
  | {
      because: 'scope'
      path: string
      bits: Bits
      /** When it was allowed; null: with the grant. */
      since: number | null
      expires: number | null
      grant: string
      label: string
    }
  | { because: 'first-party' }

export interface Explanation {
  home: number
  path: string
  need: Bits
  allowed: boolean
  /** What the person herself may do, what the app may do, and both together; implied. */
  user: Bits
  app: Bits
  bits: Bits
  reasons: Reason[]
}

export interface Permissions {
  /**
   * The rights at a path, from memory alone: undefined where an entry would have to be loaded. `home` is the row that
   * was read together with the data. `owner` is the owner column of the record at exactly this path.
   */
  cached(subject: Subject, home: HomeVersion, path: string, owner?: string | null): Bits | undefined

  /**
   * As `cached`, loading what is missing. With a home's number the version is the store's present one; with a row, the
   * answer may be of a later version than the row's.
   */
  rights(subject: Subject, home: number | HomeVersion, path: string, owner?: string | null): Promise<Decision>

  /**
   * As `rights`, for a write whose commit carries the decision as its `permissions` precondition. Where several
   * processes share the data, a yes may come from memory and be of an old version, which the commit refuses with
   * `stale-permissions`: then `forget` the home and decide again. A no is always of the present version.
   */
  decide(subject: Subject, need: Bits, home: number, path: string, owner?: string | null): Promise<Decision>

  /** Forgets what memory has of a home. */
  forget(home: number): void

  /** Whether `rights` holds all needed bits. For one-off questions: a read or write wants the decision's version. */
  may(
    subject: Subject,
    need: Bits,
    home: number | HomeVersion,
    path: string,
    owner?: string | null,
  ): Promise<boolean>

  /**
   * What of the list at `path` the subject may do `need` (default READ) with: `all` with the right to list, else what
   * is shared item by item. Throws CodedError `too-many-shared` past 10,000 items.
   */
  readable(subject: Subject, home: number, path: string, need?: Bits): Promise<Readable>

  /** What is shared with the subject over all homes, by (home, path); at most `limit` (1 to 1,000). */
  reachable(
    subject: Subject,
    page: { after?: { home: number; path: string }; limit: number },
  ): Promise<Shared[]>

  /** The walk of `rights` again, telling what gave each bit. */
  explain(
    subject: Subject,
    need: Bits,
    home: number,
    path: string,
    owner?: string | null,
  ): Promise<Explanation>

  /** The same questions asked inside a session, where uncommitted changes count and nothing is remembered. */
  within(reads: RightsReads): Permissions
}

/** What the permission model reads of a store or a session. */
export type RightsReads = Pick<Reads, 'home' | 'access' | 'accessBelow' | 'rows'>

/** An entry's change, as a step of core/records takes it. */
export type AccessChange = Extract<Change, { kind: 'access' }>

/** An entry as somebody wants it. */
export interface WantedEntry {
  path: string
  principal: string
  bits: Bits
  expires?: number | null
}
