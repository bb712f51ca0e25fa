/** One request on its way through the door. */
import type { Accounts } from '../../core/accounts/index.ts'
import type { GrantUses } from '../../core/apps/index.ts'
import type { ExtraEntries, Permissions, Subject } from '../../core/permissions/index.ts'
import type { Clock, Reads, Session, Store } from '../../core/ports.ts'
import type { Health } from '../../http/health.ts'
import type { Metrics } from '../../http/metrics.ts'
import type { Basic } from '../../identity/basic.ts'
import type { Passwords } from '../../identity/password.ts'
import type { Answer } from './answer.ts'
import type { Body } from './body.ts'
import type { Headers } from './conditions.ts'
import type { Directory } from './directory.ts'
import type { Names } from './names.ts'
import type { OpenId } from './openid.ts'
import type { Pages } from './page.ts'
import type { BucketPlace } from './place.ts'
import type { Router } from './router.ts'
import type { KintoSettings } from './settings.ts'
import type { Shares } from './shares.ts'
import type { Address } from './url.ts'

/** A request as the door takes it, from the socket or out of a batch. */
export interface KintoRequest {
  /** In capitals. */
  method: string
  /** Path and query, as sent. */
  url: string
  /** Names in lower case. */
  headers: Headers
  body: Body
  /** The client's address, for the throttle of wrong passwords. */
  remote: () => string
  /** Where that is known already: of the requests in a batch. */
  who?: Who | undefined
}

/** Who makes a request, as this door sees her. */
export interface Who {
  subject: Subject
  /** As clients write her: `account:alice`; undefined for anonymous requests. */
  name: string | undefined
  /** The id of her default bucket. */
  bucket: string | undefined
  /** Her own principal, and the JSON text of the permissions of what only she may write. */
  principal: string | undefined
  owns: string
}

/** Where a request reads and writes: the store itself, or the session of a batch. */
export interface Scope {
  reads: Reads
  commit: Session['commit']
  permissions: Permissions
  directory: Directory
  shares: Shares
  /** In a session, which names its homes beforehand: the id of the next new one. */
  newHome: (() => number) | undefined
}

/** What was in the address, by the names of the route's places. */
export interface Params {
  bucket: string
  group: string
  collection: string
  record: string
  account: string
}

export interface Call {
  method: string
  address: Address
  headers: Headers
  body: Body
  remote: () => string
  params: Params
  scope: Scope
  who: Who
  /** The bucket of the address; undefined where that names none, or the default one of nobody. */
  bucket: BucketPlace | undefined
  /** Milliseconds since 1970. */
  now: number
}

/** What the door is made of. */
export interface Door {
  settings: KintoSettings
  store: Store
  accounts: Accounts
  permissions: Permissions
  names: Names
  pages: Pages
  clock: Clock
  /** Rights that settings give in all homes. */
  configured: ExtraEntries | undefined
  basic: Basic
  /** Sign-in of pages at this server; absent where there are no pages. */
  openid: OpenId | undefined
  /** Counts what apps do. */
  uses: GrantUses
  passwords: Passwords
  health: Health
  metrics: Pick<Metrics, 'allowed' | 'render'>
  router: Router
  /** Who the headers of a request prove its maker to be. Throws 401, 429 and 503. */
  authenticate(route: Route, request: Pick<KintoRequest, 'headers' | 'remote'>): Who | Promise<Who>
}

/** Answers a request: authenticated by then, it parses, permits, acts on the core, and answers. */
export type Handler = (door: Door, call: Call) => Answer | Promise<Answer>

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** One endpoint: its path with places in braces, and what it does. A GET serves HEAD too. */
export interface Route {
  path: string
  methods: Readonly<Partial<Record<Method, Handler>>>
  /** Credentials of a login that nobody has count as none: whoever signs up sends them already. */
  signsUp?: true
  /** Nobody is asked who she is. */
  anyone?: true
  /** Answered behind the end of life too. */
  always?: true
}
