/**
 * What an operator may do from the command line. One implementation acts on the open store, another
 * asks the server that holds it; a command does not see the difference.
 */
import type { Finding } from '../http/checks/index.ts'
import type { JsonObject } from '../lib/json/index.ts'

/** A line of a person's log; `actor` is a login, null: nobody signed in, or the operator. */
export interface LogLine {
  created: number
  act: string
  actor: string | null
  details: JsonObject
  address: string | null
  agent: string | null
}

export interface AccountLine {
  login: string
  role: string
  state: string
  door: string | null
  created: number
}

/** A token for scripts, without its text. */
export interface TokenLine {
  id: string
  name: string
  scopes: readonly string[]
  created: number
  expires: number | null
  lastUsed: number | null
  paused: boolean
}

/** For acts that need nothing to be said. */
type Nothing = Record<string, never>

/** The keys by generation, and how many sealed values wait for the current one or cannot be opened by any. */
export interface SecretStatus {
  generations: readonly number[]
  current: number
  waiting: number
  broken: number
}

export interface Operator {
  accountCreate(wanted: { login: string; password: string | undefined }): Promise<AccountLine>
  accountList(page: { after?: string; limit: number }): Promise<{ accounts: AccountLine[]; next?: string }>
  accountPassword(wanted: { login: string; password: string }): Promise<void>
  accountAppPassword(wanted: { login: string; door: string; label: string }): Promise<{ text: string }>
  accountDelete(wanted: { login: string }): Promise<void>
  accountApprove(wanted: { login: string }): Promise<void>
  accountSuspend(wanted: { login: string; suspended: boolean }): Promise<void>
  accountRole(wanted: { login: string; role: string }): Promise<void>
  accountRename(wanted: { login: string; to: string }): Promise<void>
  /** Begins a recovery, which waits unless `now`; `due` is when the link can be used. */
  accountRecover(wanted: { login: string; now: boolean }): Promise<{ link: string; due: number }>
  /** Newest first. */
  accountLog(wanted: {
    login: string
    after?: string
    limit: number
  }): Promise<{ entries: LogLine[]; next?: string }>
  /** `by`: a login; the owner where not given. */
  invite(wanted: {
    by?: string
    role: string
    most: number
    days: number
    label: string
  }): Promise<{ link: string; expires: number }>
  /** `text` is told once. */
  tokenCreate(wanted: {
    login: string
    name: string
    scopes: readonly string[]
    days?: number
  }): Promise<{ text: string }>
  tokenList(wanted: { login: string; after?: string }): Promise<{ tokens: TokenLine[]; next?: string }>
  tokenRevoke(wanted: { login: string; id: string }): Promise<void>
  /** A new key; `waiting` values are sealed under older ones: 0 where this waits for them. */
  secretRotate(wanted: Nothing): Promise<{ generation: number; waiting: number }>
  secretStatus(wanted: Nothing): Promise<SecretStatus>
  /** What is found under the public address; of a running server alone (`not-running`). */
  checkAddress(wanted: Nothing): Promise<{ findings: Finding[] }>
  /** A new first-run link; none when there is an owner. */
  setupLink(): Promise<{ link?: string }>
  /** `missing`: blobs that records refer to and that are not on the disk. */
  backup(wanted: { file: string }): Promise<{ bytes: number; missing: number }>
}

/** A refusal that the person at the terminal can understand; crosses the socket as it is. */
export class OperatorError extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

export const acts = [
  'accountCreate',
  'accountList',
  'accountPassword',
  'accountAppPassword',
  'accountDelete',
  'accountApprove',
  'accountSuspend',
  'accountRole',
  'accountRename',
  'accountRecover',
  'accountLog',
  'invite',
  'tokenCreate',
  'tokenList',
  'tokenRevoke',
  'secretRotate',
  'secretStatus',
  'checkAddress',
  'setupLink',
  'backup',
] as const satisfies readonly (keyof Operator)[]
