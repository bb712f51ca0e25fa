/** Between the scopes that browsers speak of and what a grant holds. */
import type { Grant } from '../../core/accounts/index.ts'
import type { Json } from '../../lib/json/index.ts'
import type { Who } from './call.ts'
import { type Client, clientOf, isSyncScope, sessionScope, syncScope } from './clients.ts'
import { fxaError } from './errors.ts'

/** The Sync door's scope, as grants and tokens have it. */
const ownSync = 'sync:rw'

/** As a grant is written: what a browser was let in for. */
export function grantScopes(scopes: readonly string[]): string[] {
  return ['profile', ...(scopes.some(isSyncScope) ? [ownSync] : [])]
}

/** As a token of ours has them, whose doors know their own names. */
export const tokenScopes = (scopes: readonly string[]): string[] => [
  ...new Set(scopes.map((scope) => (isSyncScope(scope) ? ownSync : scope))),
]

/** As the client knows them. */
export const clientScopes = (client: string | undefined, scopes: readonly string[]): string[] => {
  const sync = clientOf(client)?.scopes.find(isSyncScope) ?? syncScope
  return scopes.map((scope) => (scope === ownSync ? sync : scope))
}

/** What a client may have by a grant. */
export function allowedBy(client: Client, grant: Pick<Grant, 'client' | 'scopes' | 'data'>): string[] {
  const syncs = grant.scopes.some(({ scope }) => scope === ownSync)
  const profile = grant.data?.claims?.includes('profile') ?? false
  return client.scopes.filter((scope) =>
    isSyncScope(scope) ? syncs : scope === sessionScope ? grant.client === client.id : profile,
  )
}

/** Scopes of a request, each once. Errors: 107, 108, 163. */
export function readScopes(value: Json | undefined, allowed: readonly string[]): string[] {
  if (value === undefined) throw fxaError(108, { members: { param: 'scope' } })
  if (typeof value !== 'string' || value.length > 1_000) throw fxaError(107, { members: { param: 'scope' } })
  const scopes = [...new Set(value.split(/[ +]/).filter((scope) => scope !== ''))]
  const refused = scopes.filter((scope) => !allowed.includes(scope))
  if (refused.length > 0 || scopes.length === 0)
    throw fxaError(163, { members: { invalidScopes: refused.join(' ').slice(0, 1_000) } })
  return scopes
}

/**
 * The same, without what the client can not have here. COMPAT Firefox for iOS: it also asks for what other services of
 * Mozilla's want, and takes what it gets. Errors: 107, 108, 163 where nothing is left.
 */
export function readScopesWithin(value: Json | undefined, allowed: readonly string[]): string[] {
  if (typeof value !== 'string' || value.length > 1_000) return readScopes(value, allowed)
  const within = value.split(/[ +]/).filter((scope) => allowed.includes(scope))
  return readScopes(within.length > 0 ? within.join(' ') : value, allowed)
}

/** Whether an access token is for this; `profile:write` is also for `profile`. */
export function mayUse({ data }: Pick<Who, 'data'>, scope: string): boolean {
  const { scopes } = data
  return Array.isArray(scopes) && scopes.some((one) => one === scope || one === `${scope}:write`)
}
