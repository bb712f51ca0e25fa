/** What the pages' door is made of. */
import type { BlockList } from 'node:net'
import type { FastifyBaseLogger } from 'fastify'
import type { Account, Accounts } from '../../core/accounts/index.ts'
import type { Apps, FindAppRequest } from '../../core/apps/index.ts'
import type { Scope } from '../../core/permissions/index.ts'
import type { Blobs, Citizen, Clock, Store } from '../../core/ports.ts'
import type { AddressChecks } from '../../http/checks/index.ts'
import type { Passwords } from '../../identity/password.ts'
import type { Throttle } from '../../identity/throttle.ts'
import type { JsonObject } from '../../lib/json/index.ts'
import type { KeyRing } from '../../lib/sealed.ts'
import type { FirefoxPart, SyncUsage } from './firefox.ts'

/** Tells a person elsewhere, by mail where she has an address, of what was done with her account. */
export interface Notices {
  /** `act` and `details` as in her log. Does not wait and never throws. */
  tell(account: Account, act: string, details: JsonObject): void
}

/** An option as it is in force: `value` as the operator wrote it or the default; a secret's is never shown. */
export interface OptionInForce {
  env: string
  value: string
  given: boolean
  secret: boolean
}

/** What the wiring alone knows of the server. */
export interface ServerFacts {
  version: string
  store: string
  bus: string
  started: number
  options: readonly OptionInForce[]
  /** `KINTO_*` variables in force. */
  kintoVariables: readonly string[]
  unsafeTest: boolean
  /** Bytes of the disk that holds the data: free, and in all. */
  disk: { free: number; size: number } | null
}

export interface PagesParts {
  checks: AddressChecks
  facts(): Promise<ServerFacts>
  publicUrl: string
  contentUrl: string
  trustedProxies: BlockList
  accounts: Accounts
  apps: Apps
  /** Where apps ask that a person has to answer. */
  appRequests: readonly FindAppRequest[]
  store: Store
  blobs: Blobs
  clock: Clock
  keys: KeyRing
  passwords: Passwords
  throttle: Throttle
  notices: Notices
  /** Told of people whose name or picture changed. */
  profileChanged(account: Account): void
  /** Whether mails can be sent. */
  mail: boolean
  /** What each door keeps in a home, in words, and what an app password for it may do: nothing where it takes none. */
  doors: readonly (Citizen & { appPasswordScopes: readonly Scope[] })[]
  /** Accounts for Firefox; undefined where the server has none. */
  firefox?: FirefoxPart
  /** What a person's Sync keeps; null where it keeps nothing. */
  syncUsage?(account: Account): Promise<SyncUsage | null>
  /** Everything of a person, line by line. */
  archive(account: Account): AsyncGenerator<string>
  log: FastifyBaseLogger
  /** Whether passwords of any strength are taken: for foreign test suites alone. */
  weakPasswords: boolean
  onError(error: unknown): void
}
