/** What of an app's request a person has allowed: the scopes that a token for it is given. */
import { CodedError } from '../../lib/coded-error.ts'
import type { Grant } from '../accounts/index.ts'
import { heldScopes } from './decide.ts'
import { covers, type KnownScope, type ScopeRegistry } from './registry.ts'
import { pick } from './syntax.ts'

/**
 * The scopes of a grant, as they are written, by which it has what was asked for; each once. What was answered with
 * less is less here.
 */
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

/** A door may have had scopes that it has no more. */
function known(registry: ScopeRegistry, text: string): KnownScope[] {
  try {
    return [registry.one(text)]
  } catch (error) {
    if (error instanceof CodedError) return []
    throw error
  }
}
