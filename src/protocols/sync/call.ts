/** One request on its way through the door. */
import type { Accounts } from '../../core/accounts/index.ts'
import type { Apps } from '../../core/apps/index.ts'
import type { Permissions, Subject } from '../../core/permissions/index.ts'
import type { Clock, Store } from '../../core/ports.ts'
import type { KeyRing } from '../../lib/sealed.ts'
import type { ForeignAccounts } from './foreign.ts'
import type { Page, Pages } from './pages.ts'
import type { Storages } from './storages.ts'
import type { PagesKey, Users } from './users.ts'

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/** A request as the door takes it from the socket. */
export interface SyncRequest {
  /** In capitals. */
  method: string
  /** Path and query, as sent. */
  url: string
  /** Names in lower case. */
  headers: Headers
  /** `too-large`: more than `limits.max_request_bytes`. */
  body: Uint8Array | 'too-large' | undefined
}

/** What a handler answers with. */
export interface Answer {
  status: number
  /** JSON, unless the headers say otherwise; absent for 304. */
  body?: string | Page
  headers?: readonly string[]
  /** The time of the answer in milliseconds, where it is that of a write. */
  time?: number
  /** When what the answer is about was last changed, in milliseconds. */
  modified?: number
}

/** An answer ready to be written. */
export interface SyncResponse {
  status: number
  /** Names and values in turn. */
  headers: readonly string[]
  /** A page is to be released when it was sent, or will not be. */
  body: string | Page
  /** Of a text: `latin1` where all of it is ASCII, which is written in half the time of `utf8`. */
  coding: 'latin1' | 'utf8'
}

/** Whose storage a request is for, as its token proves. */
export interface Owner {
  uid: number
  home: number
  /** `sync/UID` */
  path: string
  /** Absent for people whose accounts are elsewhere, and for test suites: the storage is all that they have. */
  subject: Subject | undefined
}

export interface SyncSettings {
  publicUrl: string
  /** Nothing may be written. */
  readonly: boolean
  /** Seconds that clients are asked to wait between two synchronisations; 0 asks nothing. */
  backoff: number
  /** When the server ends, in milliseconds, and what is said of it. */
  eos: { at: number; url: string; message: string } | undefined
  /** Of tokens that a test suite makes by itself, for users that nobody knows. */
  testSecret: string | undefined
  /** Bytes for a person whose account is elsewhere. */
  quota: number
}

/** What the door is made of. */
export interface SyncParts {
  settings: SyncSettings
  store: Store
  accounts: Pick<Accounts, 'subject' | 'used'>
  apps: Pick<Apps, 'holder' | 'grantHolder' | 'uses'>
  permissions: Permissions
  clock: Clock
  keys: KeyRing
  /** The latest key of Sync that a person's pages spoke of; undefined where they spoke of none. */
  keyOf(account: string): Promise<PagesKey | undefined>
  /** Undefined where nobody's account is elsewhere. */
  foreign: ForeignAccounts | undefined
  /** Told of errors that are the server's own. */
  onError(error: unknown): void
}

export interface Door extends SyncParts {
  users: Users
  storages: Storages
  pages: Pages
}

/** A request for a storage, once it is known whose. */
export interface Call {
  method: string
  owner: Owner
  /** Decoded; empty where the address names none. */
  collection: string
  id: string
  query: ReadonlyMap<string, string>
  headers: Headers
  body: Uint8Array | undefined
  /** Milliseconds since 1970. */
  now: number
}

export type Handler = (door: Door, call: Call) => Promise<Answer>
