/** Codes that a browser redeems once for its tokens, and those tokens. Of all of them the store holds hashes. */
import { randomBytes } from 'node:crypto'
import type { Account, Grant } from '../../core/accounts/index.ts'
import { tokenChange } from '../../core/apps/index.ts'
import { Refusal, type Row, type Store } from '../../core/ports.ts'
import { type Change, commitStep, type Precondition } from '../../core/records/index.ts'
import { secretsEqual, sha256Base64url, sha256Hex } from '../../lib/hash.ts'
import type { JsonObject } from '../../lib/json/index.ts'
import type { Client } from './clients.ts'
import { fxaError } from './errors.ts'
import { codeLasts, mostOf } from './limits.ts'
import { tokenScopes } from './scopes.ts'

/** What a code stands for. */
export interface CodeData extends JsonObject {
  client: string
  /** As the client knows them. */
  scopes: string[]
  /** PKCE, S256. */
  challenge: string
  offline: boolean
  /** For nobody but who asked: this server can not open it. */
  keysJwe: string | null
  /** Seconds. */
  authAt: number
  /** Only the session of the same grant may redeem it. */
  bound: boolean
}

/** 64 hexadecimal digits, as all that browsers are handed. */
export const newToken = (): string => randomBytes(32).toString('hex')

/** The row of a code, in the commit that makes it. */
export function codeChange(
  grant: Pick<Grant, 'id' | 'account'>,
  data: CodeData,
  now: number,
): { code: string; change: Change } {
  const code = newToken()
  const put: Row = {
    hash: sha256Hex(code),
    kind: 'fxa-code',
    grant_id: grant.id,
    account_id: grant.account,
    created: now,
    expires: now + codeLasts,
    data: JSON.stringify(data),
  }
  return { code, change: { kind: 'row', table: 'token', put } }
}

/** A code that may be redeemed, and what makes sure in the commit that it is so once only. */
export interface Redeemable {
  grantId: string
  accountId: string
  data: CodeData
  when: Precondition
  change: Change
}

/** The code that a client shows with its PKCE verifier. Errors: 172, 173, 174, 175. */
export async function redeemable(
  store: Pick<Store, 'rows'>,
  { code, verifier, client }: { code: string; verifier: string; client: Client },
  now: number,
): Promise<Redeemable> {
  const hash = sha256Hex(code)
  const [row] = await store.rows('token', { hash })
  if (row?.['kind'] !== 'fxa-code') throw fxaError(172)
  const data = JSON.parse(String(row['data'])) as CodeData
  if (data.client !== client.id) throw fxaError(173)
  if (Number(row['expires']) <= now) throw fxaError(174)
  if (!secretsEqual(sha256Base64url(verifier), data.challenge)) throw fxaError(175)
  return {
    grantId: String(row['grant_id']),
    accountId: String(row['account_id']),
    data,
    when: { is: 'row-has', table: 'token', where: { hash }, has: { kind: 'fxa-code' } },
    change: { kind: 'row', table: 'token', remove: { hash } },
  }
}

export interface Issued {
  /** Seconds. */
  lasts: number
  scopes: readonly string[]
}

/** The row of an access token. */
export function accessChange(
  grant: Pick<Grant, 'id' | 'account'>,
  { scopes, lasts }: Issued,
  now: number,
): { token: string; change: Change } {
  const token = newToken()
  const change = tokenChange(grant, {
    hash: sha256Hex(token),
    kind: 'access',
    created: now,
    expires: now + lasts * 1_000,
    data: { scopes: tokenScopes(scopes) },
  })
  return { token, change }
}

/** The row of a refresh token. */
export function refreshChange(
  grant: Pick<Grant, 'id' | 'account'>,
  { scopes, authAt }: { scopes: readonly string[]; authAt: number },
  now: number,
): { token: string; change: Change } {
  const token = newToken()
  const put: Row = {
    hash: sha256Hex(token),
    kind: 'fxa-refresh',
    grant_id: grant.id,
    account_id: grant.account,
    created: now,
    expires: null,
    data: JSON.stringify({ scopes: [...scopes], authAt }),
  }
  return { token, change: { kind: 'row', table: 'token', put } }
}

/**
 * Commits what belongs to a grant, if that is there still; what it has too many of makes room, the oldest first. Errors:
 * 110 where it was ended meanwhile, 172 for a used code.
 */
export async function commitOf(
  store: Pick<Store, 'rows' | 'commit'>,
  account: Pick<Account, 'home'>,
  grant: Pick<Grant, 'id' | 'account'>,
  changes: readonly Change[],
  code?: Pick<Redeemable, 'when'>,
): Promise<void> {
  const there: Precondition = {
    is: 'row-has',
    table: 'app_grant',
    where: { grant_id: grant.id },
    has: { account_id: grant.account },
  }
  const surplus = surplusOf(await store.rows('token', { grant_id: grant.id }), changes)
  try {
    await commitStep(store, {
      when: [there, ...(code ? [code.when] : [])],
      changes: [...surplus, ...changes],
      needs: [{ kind: 'collection', home: account.home, path: '' }],
    })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (!['row-absent', 'row-changed'].includes(error.code)) throw error
    throw code ? fxaError(172) : fxaError(110)
  }
}

/** What has to go of a grant's tokens before others of the same kinds are added. */
function surplusOf(rows: readonly Row[], changes: readonly Change[]): Change[] {
  const added = changes.flatMap((change) =>
    change.kind === 'row' && change.table === 'token' && 'put' in change ? [String(change.put['kind'])] : [],
  )
  return Object.entries(mostOf).flatMap(([kind, most]) => {
    const more = added.filter((one) => one === kind).length
    return more === 0
      ? []
      : rows
          .filter((row) => row['kind'] === kind)
          .toSorted((a, b) => Number(b['created']) - Number(a['created']))
          .slice(most - more)
          .map(({ hash = null }): Change => ({ kind: 'row', table: 'token', remove: { hash } }))
  })
}
