/** Between the scopes of the protocol and what a person has allowed. */
import type { Grant } from '../../core/accounts/index.ts'
import { covers, heldScopes, isStandard, type KnownScope, pick } from '../../core/apps/index.ts'
import type { ScopeRegistry } from '../../core/apps/index.ts'
import { CodedError } from '../../lib/coded-error.ts'
import type { OAuthParts } from './parts.ts'

/** The addresses that a token may be for, and the door that answers there; null: all of this server. */
export function resourcesOf({
  publicUrl,
  resources,
}: Pick<OAuthParts, 'publicUrl' | 'resources'>): ReadonlyMap<string, string | null> {
  const all = new Map<string, string | null>([
    [publicUrl, null],
    [`${publicUrl}/`, null],
  ])
  for (const { address, door } of resources) {
    const bare = address.replace(/\/$/, '')
    for (const form of [bare, `${bare}/`]) all.set(form, door)
  }
  return all
}

/** Whether a scope is for a door; modules are for every door that keeps their things. */
export function isOf(registry: ScopeRegistry, scope: KnownScope, door: string | null): boolean {
  if (door === null) return true
  if (scope.kind === 'door') return scope.door.name === door
  return scope.kind === 'module' && registry.storage.some(({ name }) => name === door)
}

/** The scopes of a grant by which it has what was asked for: what a token is for. Each once. */
export function grantedScopes(
  registry: ScopeRegistry,
  grant: Grant,
  asked: readonly string[],
  now: number,
): string[] {
  const held = heldScopes(grant, now).flatMap((text) => known(registry, text))
  const given = registry.parseAll(asked).flatMap((scope) => {
    const answer = grant.data?.answered?.[scope.text]
    const exact = held.filter(({ text }) => text === scope.text || text === answer)
    return exact.length > 0 ? exact : held.filter((one) => isEnough(registry, one, scope))
  })
  return [...new Set(given.map(({ text }) => text))]
}

function isEnough(registry: ScopeRegistry, held: KnownScope, scope: KnownScope): boolean {
  if (scope.kind !== 'door' || scope.target !== pick) return covers(registry, held, scope)
  if (held.kind !== 'door') return false
  // Which thing was left to her: what she has chosen will do.
  return covers(registry, held, held.target === undefined ? scope : { ...scope, target: held.target })
}

function known(registry: ScopeRegistry, text: string): KnownScope[] {
  try {
    return [registry.one(text)]
  } catch (error) {
    if (error instanceof CodedError) return []
    throw error
  }
}

export const isAboutDoors = (scopes: Iterable<string>): boolean =>
  [...scopes].some((scope) => !isStandard(scope))
