/** People, their ways to prove who they are, and what they allowed to apps and devices. */
import type { Json } from '../../lib/json/index.ts'
import type { Language, Session } from '../ports.ts'
import type { AddressPart } from './addresses.ts'
import type { IdentityPart } from './identities.ts'
import type { InvitationPart } from './invitations.ts'
import type { LeavingPart } from './leaving.ts'
import type { LogPart } from './log.ts'
import type { MailSignInPart } from './mail-sign-in.ts'
import type { NoticePart } from './notices.ts'
import type { PairingPart } from './pairing.ts'
import type { PasskeyPart } from './passkeys.ts'
import type { PeoplePart } from './people.ts'
import type { RecoveryPart } from './recovery.ts'
import type { RegistrationPart } from './registration.ts'
import type { RenamingPart } from './renaming.ts'
import type { SessionPart } from './sessions.ts'
import type { SettingsPart } from './settings.ts'
import type { Origin, WaysPart } from './ways.ts'
import type { Scope, Subject } from '../permissions/types.ts'

/** `administrator` and `inviter` may do what `core/accounts/people.ts` lists; no role gives a right on anybody's content. */
export type Role = 'owner' | 'administrator' | 'inviter' | 'person'
/** `waiting` for approval; `leaving`: deleted, and purged when `ends` comes. Only `active` opens anything. */
export type AccountState = 'active' | 'waiting' | 'suspended' | 'leaving'
export type Attributes = Readonly<Record<string, Json>>

export interface Account {
  id: string
  login: string
  /** The case-folded login, which is unique. */
  folded: string
  role: Role
  state: AccountState
  home: number
  /** What the person keeps with the account at the door that made it: a JSON object, at most 64 KiB. */
  attributes: Attributes
  /** The door that made it; null: the command line or the first run. */
  door: string | null
  created: number
  /** Its revision: grows with every change of state, attributes or direct password. */
  modified: number
  /** Version of everything that decides who she is: credentials, groups, grants, state. */
  authSeq: number
  /** When an account that is leaving is purged. */
  ends: number | null
  /** The account that invited her. */
  invitedBy: string | null
  /** Her last sign-in at our pages. */
  signedIn: number | null
  /** The language of mails to her. */
  language: Language | null
  /** The sealed salt of the names by which apps know her; null: none has asked yet. */
  pairwise: string | null
}

/**
 * Why an operation on accounts failed.
 * - `login-malformed`: not 1 to 64 characters of the pattern that the door allows.
 * - `login-reserved`: a word that nobody may have. - `login-taken`: somebody has or had it.
 * - `no-owner`: there is no owner yet, and only the setup link may make an account.
 * - `owner-exists`: the first run is over. - `owner-stays`: the owner cannot be deleted or suspended.
 * - `setup-token`: unknown, used or older than 30 minutes.
 * - `account-absent`: no such account. - `account-changed`: its `modified` is not the expected one.
 * - `grant-absent`: no such grant of this account. - `too-many`: a bound in `details.max` is reached.
 * - `setting-malformed`: a setting is out of its bounds; `details.member` names it.
 * - `forbidden`: not for this actor or this state. - `not-waiting`: nothing to approve.
 * - `invitation-void`: unknown, used up, expired, or not its inviter's to give any more. - `invitation-absent`: not hers.
 * - `registration-closed`, `invitation-needed`: who may make an account. - `last-way`: no other way in is left.
 * - `session-absent`: no such session of this account.
 * - `passkey-absent`, `identity-absent`: none such of this account.
 * - `passkey-known`: it is in use already. - `identity-taken`: it opens another account.
 * - `password-needed`: the page password has to come along, stretched anew. - `not-leaving`: nothing to take back.
 * - `attributes-too-large`: past 64 KiB. - `label-malformed`: not 1 to 100 characters.
 */
export type AccountErrorCode =
  | 'login-malformed'
  | 'login-reserved'
  | 'login-taken'
  | 'no-owner'
  | 'owner-exists'
  | 'owner-stays'
  | 'setup-token'
  | 'account-absent'
  | 'account-changed'
  | 'grant-absent'
  | 'too-many'
  | 'attributes-too-large'
  | 'label-malformed'
  | 'session-absent'
  | 'setting-malformed'
  | 'forbidden'
  | 'not-waiting'
  | 'invitation-void'
  | 'invitation-absent'
  | 'registration-closed'
  | 'invitation-needed'
  | 'last-way'
  | 'passkey-absent'
  | 'passkey-known'
  | 'identity-absent'
  | 'identity-taken'
  | 'password-needed'
  | 'not-leaving'

export interface NewAccount {
  login: string
  /** The door that makes it: widens the pattern of logins where the door says so (`kinto`). */
  door?: string
  attributes?: Attributes
  /** Hash of the direct password (PHC string), as identity/password.ts makes it; absent: none yet. */
  directHash?: string
}

export interface AccountChange {
  attributes?: Attributes
  state?: AccountState
  /** New direct password's hash. */
  directHash?: string
}

/** A way to prove who one is. `version` moves when `data` is replaced. */
export interface Credential<Data> {
  id: string
  account: string
  data: Data
  version: number
  created: number
  lastUsed: number | null
}

/** Seen by the server; opens the Kinto door only, and unlocks no key. */
export interface DirectData {
  /** PHC string. */
  hash: string
}

/** What a browser stretches a page password with. `salt` is 16 bytes in base64url; `memory` in KiB. */
export interface PageParameters {
  algorithm: 'argon2id'
  salt: string
  memory: number
  passes: number
  lanes: number
}

/** A page password: only a secret derived from it is ever sent, and that is stored hashed. */
export interface PageData {
  parameters: PageParameters
  /** PHC string over the derived secret, which is 32 bytes in base64url. */
  hash: string
}

/** Recovery words, of 128 random bits: what a browser derives from them needs no slow hash. */
export interface WordsData {
  /** SHA-256 of the derived secret in base64url, hexadecimal. */
  hash: string
}

/** Part of what a grant allows, and how it was written (see core/apps), which for app passwords it was not. */
export interface GrantedScope extends Scope {
  scope?: string
}

/** What is kept with the grant of an app, or of a token that was made for a script. */
export interface GrantData {
  /** Whose app it is, for people: its host name, and how far that is known to be true. */
  origin?: string
  verified?: ClientTrust
  /** What was asked (as it was written) and answered: with a scope, perhaps a smaller one, or with no (null). */
  answered?: Readonly<Record<string, string | null>>
  /** Scopes that were allowed and stand for no path: `openid`, `offline_access` and the like. */
  claims?: readonly string[]
}

/** `configured`: by the operator; `document`: its address says so itself; `registered`: it said so. */
export type ClientTrust = 'configured' | 'document' | 'registered'

/** What a person sees as an app or a device. */
export interface Grant {
  id: string
  account: string
  /** An app password, an app that signs in by OAuth, a token that was made for a script, or a browser's own account. */
  kind: 'app-password' | 'app' | 'token' | 'browser'
  /** The OAuth client of an app; of a browser, which one it is. */
  client?: string
  /** The door of an app password; empty for what may open several. */
  door: string
  label: string
  created: number
  expires: number | null
  lastUsed: number | null
  suspended: boolean
  version: number
  scopes: readonly GrantedScope[]
  data?: GrantData
}

export interface NewAppPassword {
  door: string
  /** 1 to 100 characters, shown in the list of apps. */
  label: string
  scopes: readonly Scope[]
  expires?: number
}

/** Whom an app password belongs to. That the account or the grant is suspended is for the caller to look at. */
export interface Bearer {
  account: Account
  grant: Grant
}

/** What a door does when an account ends, inside the transaction that ends it. */
export type Purge = (session: Session, account: Account) => Promise<void>

export interface Accounts
  extends
    AddressPart,
    IdentityPart,
    InvitationPart,
    LeavingPart,
    LogPart,
    MailSignInPart,
    NoticePart,
    PairingPart,
    PasskeyPart,
    PeoplePart,
    RecoveryPart,
    RegistrationPart,
    RenamingPart,
    SessionPart,
    SettingsPart,
    WaysPart {
  byId(id: string): Promise<Account | undefined>
  /** By login, in any case. */
  byLogin(login: string): Promise<Account | undefined>
  /** Ascending by id; at most `limit` (1 to 1,000) behind `after`. */
  list(page: { after?: string; limit: number }): Promise<Account[]>

  /** A new account with its home. Errors: `login-…`, `no-owner`, `attributes-too-large`. */
  create(wanted: NewAccount): Promise<Account>
  /**
   * Changes an account, if its `modified` is still `expected` where that is given.
   * Errors: `account-absent`, `account-changed`, `owner-stays`, `attributes-too-large`.
   */
  change(id: string, change: AccountChange, expected?: number): Promise<Account>
  /** The language of mails to her, and of her pages where the browser does not say. Errors: `account-absent`. */
  setLanguage(id: string, language: Language): Promise<void>
  /**
   * Ends an account: credentials, grants, tokens, memberships and what was shared with it go, its home ends, its
   * spaces pass on or get 30 days. The login stays taken. Returns the moment as `modified` of the tombstone.
   * Errors: `account-absent`, `account-changed`, `owner-stays`.
   */
  remove(id: string, expected?: number): Promise<number>
  /**
   * Removes every account that was made at a door and that nothing else uses (never the owner's), and lets go of the
   * logins that this door has reserved. Returns how many went.
   */
  flush(door: string): Promise<number>

  /** The direct password's row, if there is one. */
  direct(accountId: string): Promise<Credential<DirectData> | undefined>
  /** Replaces the hash of the same password after its parameters changed; nothing if it changed meanwhile. */
  rehashed(credential: Credential<DirectData | PageData>, hash: string): Promise<void>
  page(accountId: string): Promise<Credential<PageData> | undefined>
  /** Sets or replaces the page password. Errors: `account-absent`. */
  setPage(accountId: string, data: PageData): Promise<void>
  words(accountId: string): Promise<Credential<WordsData> | undefined>
  /** What to stretch the password of this login with; for unknown names made up, the same every time. */
  prelogin(login: string): Promise<PageParameters>

  /**
   * Makes an app password; its text is told once and kept nowhere. It is noted in her log, as is what becomes of it;
   * `from` where she herself does it. Errors: `account-absent`, `too-many`, `label-malformed`.
   */
  createAppPassword(
    accountId: string,
    wanted: NewAppPassword,
    from?: Origin,
  ): Promise<{ text: string; grant: Grant }>
  /** Whom an app password belongs to, by its `appPasswordHash`; undefined if unknown, expired or revoked. */
  appPassword(hash: string): Promise<Bearer | undefined>
  /** All grants of an account that are not revoked, or those of one kind: at most 10,000. */
  grants(accountId: string, kind?: Grant['kind']): Promise<Grant[]>
  suspendGrant(accountId: string, grantId: string, suspended: boolean, from?: Origin): Promise<void>
  /** Ends a grant with its tokens: the next request is refused. */
  revokeGrant(accountId: string, grantId: string, from?: Origin): Promise<void>
  /** The same for several, in pieces; those that are not hers are left alone. Returns how many ended. */
  revokeGrants(accountId: string, grantIds: readonly string[], from?: Origin): Promise<number>
  /** Notes that a grant was used: written at most once an hour, later, and not at all if that fails. */
  used(bearer: Bearer): void

  /** Who the account, with a grant or as herself, is to the permission model. */
  subject(account: Account, grant?: Grant): Promise<Subject>
  /** The principals of a name as people write it at a door: its account, or `name:…` if nobody has it. */
  principalOf(login: string): Promise<string>
  /** The login of an account's principal; undefined when it is gone. */
  loginOf(accountId: string): Promise<string | undefined>

  /** Whether the server has an owner. */
  hasOwner(): Promise<boolean>
  /** A new setup token, good for 30 minutes and one use; undefined when there is an owner. */
  issueSetup(): Promise<string | undefined>
  /** Whether a setup token would be taken now. */
  checkSetup(token: string): Promise<boolean>
  /** Makes the owner's account and uses up the token. Errors: `setup-token`, `owner-exists`, `login-…`. */
  createOwner(wanted: { token: string; login: string; directHash: string }): Promise<Account>
}
