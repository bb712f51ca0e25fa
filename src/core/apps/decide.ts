/**
 * The one decision behind every authorisation endpoint of every door: whether an app gets what it asks for, the person
 * is asked, or it is refused. A pure function of what is known.
 */
import { type Account, type ClientTrust, type Grant, isFresh, type PageSession } from '../accounts/index.ts'
import { CodedError } from '../../lib/coded-error.ts'
import { covers, isHigh, type KnownScope, type ScopeRegistry } from './registry.ts'
import type { ScopeErrorCode } from './syntax.ts'
import { pick } from './syntax.ts'

/** An app that asks. */
export interface AskingClient {
  id: string
  /** What it calls itself. */
  name: string
  /** Compared as they are; of loopback addresses the port is free (RFC 8252, 7.3). */
  redirects: readonly string[]
  trust: ClientTrust
}

/** What an app asks for. */
export interface Wanted {
  /** As they were sent. */
  scopes: readonly string[]
  /** OpenID Connect Core 1.0, 3.1.2.1; `select_account` is the endpoint's own matter. */
  prompt?: 'none' | 'login' | 'consent'
  /** Milliseconds since she last proved who she is, at most. */
  maxAge?: number
}

/**
 * - `client-unknown`, `redirect-mismatch`: told to the person, never sent to the redirect.
 * - `scope`: one that cannot be had; `code` says why. - `login-required`: nobody is signed in, or not freshly enough.
 * - `account`: the account is suspended, waits or leaves. - `paused`: she has paused the app.
 * - `consent-required`: she would have to be asked, and the app forbids it.
 */
export type Refused =
  | {
      why:
        | 'client-unknown'
        | 'redirect-mismatch'
        | 'login-required'
        | 'account'
        | 'paused'
        | 'consent-required'
    }
  | { why: 'scope'; code: ScopeErrorCode; scope: string }

export type Decision =
  /** `missing` is asked for, and nothing else. `fresh`: her answer needs a proof of the last ten minutes. */
  | { kind: 'ask'; missing: KnownScope[]; fresh: boolean; grant?: Grant }
  | { kind: 'grant'; grant: Grant }
  | ({ kind: 'refuse' } & Refused)

/** What a decision rests on beside the request. */
export interface Known {
  registry: ScopeRegistry
  now: number
  /** What she has allowed to this app; undefined: nothing yet. */
  grant: Grant | undefined
}

/** Decides. `account` and `session` are undefined where nobody is signed in, `client` where there is no such app. */
export function decide(
  { registry, now, grant }: Known,
  account: Account | undefined,
  session: PageSession | undefined,
  client: AskingClient | undefined,
  redirect: string,
  wanted: Wanted,
): Decision {
  const refuse = (why: Exclude<Refused['why'], 'scope'>): Decision => ({ kind: 'refuse', why })
  if (client === undefined) return refuse('client-unknown')
  if (!client.redirects.some((known) => isSameRedirect(known, redirect))) return refuse('redirect-mismatch')
  let asked: KnownScope[]
  try {
    asked = registry.parseAll(wanted.scopes)
  } catch (error) {
    if (!(error instanceof CodedError)) throw error
    const scope = String(error.details['scope'] ?? '')
    return { kind: 'refuse', why: 'scope', code: error.code as ScopeErrorCode, scope }
  }
  if (account === undefined || session?.account !== account.id) return refuse('login-required')
  if (account.state !== 'active') return refuse('account')
  const age = now - session.authenticated
  if (wanted.maxAge !== undefined && age > wanted.maxAge) return refuse('login-required')
  if (wanted.prompt === 'login' && !isFresh(session, now)) return refuse('login-required')
  const held = grant && (grant.expires === null || grant.expires > now) ? grant : undefined
  if (held?.suspended) return refuse('paused')
  const lacking = asked.filter((scope) => !held || !isHeld(registry, held, scope, now))
  const missing =
    wanted.prompt === 'consent'
      ? lacking.length > 0
        ? lacking
        : asked
      : lacking.filter((scope) => !held || !isAnswered(held, scope, now))
  if (held && missing.length === 0) return { kind: 'grant', grant: held }
  if (wanted.prompt === 'none') return refuse('consent-required')
  const fresh = missing.some((scope) => isHigh(registry, scope))
  return { kind: 'ask', missing, fresh, ...(held ? { grant: held } : {}) }
}

/** The scopes of a grant that hold now, as they were written. */
export function heldScopes({ scopes, data }: Grant, now: number): string[] {
  const live = scopes.filter(({ expires }) => expires === undefined || expires > now)
  return [...new Set([...(data?.claims ?? []), ...live.flatMap(({ scope }) => scope ?? [])])]
}

function isHeld(registry: ScopeRegistry, grant: Grant, scope: KnownScope, now: number): boolean {
  return heldScopes(grant, now).some((text) => {
    const held = knownOr(registry, text)
    if (!held) return false
    if (scope.kind !== 'door' || scope.target !== pick) return covers(registry, held, scope)
    // Which thing was left to her: any that she has chosen will do.
    return (
      held.kind === 'door' &&
      covers(registry, held, held.target === undefined ? scope : { ...scope, target: held.target })
    )
  })
}

/** Whether she has answered already, with less or with no; what she allowed for a time that is over is asked anew. */
function isAnswered({ data, scopes }: Grant, { text }: KnownScope, now: number): boolean {
  const given = data?.answered?.[text]
  if (given === undefined) return false
  const over = ({ scope, expires }: Grant['scopes'][number]) =>
    scope === given && expires !== undefined && expires <= now
  return given === null || !scopes.some(over)
}

/** A door may have had scopes that it has no more. */
function knownOr(registry: ScopeRegistry, text: string): KnownScope | undefined {
  try {
    return registry.one(text)
  } catch (error) {
    if (error instanceof CodedError) return undefined
    throw error
  }
}

const loopback = /^http:\/\/(127\.0\.0\.1|\[::1\])(?::\d{1,5})?(?=[/?]|$)/

/** By the text alone; of loopback addresses the port may be any. */
export function isSameRedirect(known: string, given: string): boolean {
  if (known === given) return true
  const bare = (url: string) => url.replace(loopback, 'http://$1')
  return loopback.test(known) && loopback.test(given) && bare(known) === bare(given)
}
