/** Between the scopes of the protocol and what a person has allowed. */
import { isStandard, type KnownScope } from '../../core/apps/index.ts'
import type { ScopeRegistry } from '../../core/apps/index.ts'
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

export const isAboutDoors = (scopes: Iterable<string>): boolean =>
  [...scopes].some((scope) => !isStandard(scope))
