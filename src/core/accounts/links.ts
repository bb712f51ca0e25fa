/** Links in mails: a token that works once, stored hashed, for one purpose and a time. */
import { sha256Hex } from '../../lib/hash.ts'
import { randomToken } from '../../lib/ids.ts'
import type { JsonObject } from '../../lib/json/index.ts'
import { CodedError } from '../../lib/coded-error.ts'
import type { Session } from '../ports.ts'
import type { Change } from '../records/index.ts'
import type { Beside } from './context.ts'

/** `recovery-begun`: what was one that is asked for; it shows how long the wait is, and opens nothing. */
export type LinkKind = 'verify-address' | 'mail-sign-in' | 'recovery-asked' | 'recovery-begun'

/**
 * Why nothing was done by mail.
 * - `link-void`: unknown, used or expired. - `mail-off`: the server sends no mail.
 * - `address-malformed`, `address-absent`: no address, none of hers. - `address-taken`: it is another account's.
 * - `mail-throttled`: too many mails; `details.retryAfter` in seconds.
 */
export type MailErrorCode =
  | 'link-void'
  | 'mail-off'
  | 'address-malformed'
  | 'address-absent'
  | 'address-taken'
  | 'mail-throttled'

export const failMail = (code: MailErrorCode, message: string, details = {}) =>
  new CodedError<MailErrorCode>(code, message, details)

export const linkVoid = () => failMail('link-void', 'the link was used, or is too old')

/** How long each is good that is given out, in milliseconds. */
export const linkLasts: Readonly<Record<Exclude<LinkKind, 'recovery-begun'>, number>> = {
  'verify-address': 86_400_000,
  'mail-sign-in': 15 * 60_000,
  'recovery-asked': 86_400_000,
}

/** A new token, and the change that makes it good. */
export function newLink(
  kind: keyof typeof linkLasts,
  account: string,
  now: number,
  data: JsonObject = {},
): { token: string; change: Change } {
  const token = randomToken()
  return { token, change: putLink(kind, token, { account, now, expires: now + linkLasts[kind], data }) }
}

/** Makes a token good for something, instead of what it was good for. */
export function putLink(
  kind: LinkKind,
  token: string,
  { account, now, expires, data }: { account: string; now: number; expires: number; data: JsonObject },
): Change {
  const put = {
    hash: sha256Hex(token),
    kind,
    grant_id: null,
    account_id: account,
    created: now,
    expires,
    data: JSON.stringify(data),
  }
  return { kind: 'row', table: 'token', put }
}

export interface Link {
  account: string
  data: JsonObject
  expires: number
  /** Uses it up, in a commit that does not happen if somebody else was faster. */
  use: Required<Beside>
}

/** What a token is good for; undefined if it is unknown, used, expired or for something else. */
export async function findLink(
  reads: Pick<Session, 'rows'>,
  kind: LinkKind,
  token: string,
  now: number,
): Promise<Link | undefined> {
  const where = { hash: sha256Hex(token) }
  const [row] = await reads.rows('token', where)
  if (row?.['kind'] !== kind || Number(row['expires']) <= now) return undefined
  return {
    account: String(row['account_id']),
    data: JSON.parse(String(row['data'])) as JsonObject,
    expires: Number(row['expires']),
    use: {
      when: [{ is: 'row-exists', table: 'token', where }],
      changes: [{ kind: 'row', table: 'token', remove: where }],
    },
  }
}

/** The changes that make all links of these kinds void. */
export async function voidLinks(
  reads: Pick<Session, 'rows'>,
  account: string,
  ...kinds: readonly LinkKind[]
): Promise<Change[]> {
  const rows = await reads.rows('token', { account_id: account })
  return rows
    .filter((row) => kinds.some((kind) => row['kind'] === kind))
    .map((row): Change => ({ kind: 'row', table: 'token', remove: { hash: row['hash'] ?? null } }))
}
