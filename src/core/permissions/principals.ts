/**
 * Principals as text: who an entry speaks of. Two stand for many people; accounts and groups are named by ids that
 * never change hands; `name:` keeps a name that nobody had when it was written, and matches nobody, ever.
 */
import { CodedError } from '../../lib/coded-error.ts'

export const everyone = 'everyone'
export const authenticated = 'authenticated'

export const accountPrincipal = (accountId: string): string => `account:${accountId}`
/** `path` is the group's path in its home, such as `kinto/groups/editors`. */
export const groupPrincipal = (home: number, path: string): string => `group:${home}:${path}`
/** `thumbprint` is the RFC 7638 thumbprint of the sender's key. */
export const vapidPrincipal = (thumbprint: string): string => `vapid:${thumbprint}`
export const namePrincipal = (literal: string): string => `name:${literal}`

export type Principal =
  | { kind: 'everyone' }
  | { kind: 'authenticated' }
  | { kind: 'account'; account: string }
  | { kind: 'group'; home: number; path: string }
  | { kind: 'vapid'; thumbprint: string }
  | { kind: 'name'; name: string }

/** The longest principal, in UTF-16 units. */
const maxPrincipalLength = 1024

/** Reads a stored principal. Throws CodedError `principal` for text that is none. */
export function parsePrincipal(text: string): Principal {
  const at = text.indexOf(':')
  const kind = at < 0 ? text : text.slice(0, at)
  const rest = text.slice(at + 1)
  if (at < 0 && (kind === everyone || kind === authenticated)) return { kind }
  if (at > 0 && rest !== '' && text.length <= maxPrincipalLength) {
    if (kind === 'account') return { kind, account: rest }
    if (kind === 'vapid') return { kind, thumbprint: rest }
    if (kind === 'name') return { kind, name: rest }
    const [, home, path] = kind === 'group' ? (/^([1-9]\d{0,15}):(.+)$/s.exec(rest) ?? []) : []
    if (home !== undefined && path !== undefined) return { kind: 'group', home: Number(home), path }
  }
  throw new CodedError('principal', 'not a principal')
}
