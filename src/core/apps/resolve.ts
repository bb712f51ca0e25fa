/** From a scope to what it allows in the permission tree, and from an answer to a scope. */
import { anyHome } from '../permissions/index.ts'
import type { GrantedScope } from '../accounts/index.ts'
import type { TargetOwner, TargetReads } from '../ports.ts'
import { covers, type KnownScope, type ScopeRegistry } from './registry.ts'
import { pick, readScope, scopeError, type WrittenScope, writeScope } from './syntax.ts'

const day = 86_400_000

/** What a person answered where a scope was asked for. */
export interface Answer {
  /** As it was asked, one scope (no bundle). */
  asked: string
  /** False: she said no to it. */
  allow: boolean
  /** Which thing, where that was left open. */
  target?: string
  /** Less than was asked: another verb, fewer fields, fewer days. */
  verb?: string
  fields?: readonly string[]
  days?: number
}

/**
 * The scope that an answer allows. Throws `scope-open` where it is not said which thing, `scope-wider` where it is more
 * than was asked, and what `ScopeRegistry.one` throws.
 */
export function answered(registry: ScopeRegistry, { asked, target, verb, fields, days }: Answer): KnownScope {
  const wanted = registry.one(asked)
  const written = readScope(wanted.text)
  const open = wanted.kind === 'door' && wanted.target === pick
  if (open && (target === undefined || target === pick))
    throw scopeError('scope-open', 'it is not said which', asked)
  if (!open && target !== undefined && target !== written.target)
    throw scopeError('scope-wider', 'another thing was asked for', asked)
  const next: WrittenScope = {
    ...written,
    ...(target === undefined ? {} : { target }),
    ...(verb === undefined ? {} : { verb }),
    ...(fields === undefined ? {} : { fields }),
    ...(days === undefined ? {} : { days }),
  }
  const given = registry.one(writeScope(next))
  const limit = open ? registry.one(writeScope({ ...written, target: next.target ?? '' })) : wanted
  const longer = written.days !== undefined && (next.days === undefined || next.days > written.days)
  if (longer || !covers(registry, limit, given))
    throw scopeError('scope-wider', 'that is more than was asked', asked)
  return given
}

/**
 * What a scope allows, from `now` on; nothing for what is about no path. Throws `scope-open` and `target-absent`.
 */
export async function resolveScope(
  registry: ScopeRegistry,
  reads: TargetReads,
  person: TargetOwner,
  scope: KnownScope,
  now: number,
): Promise<GrantedScope[]> {
  if (scope.kind === 'standard') return []
  const { text, days } = scope
  const made = {
    scope: text,
    bits: registry.bitsOf(scope),
    since: now,
    ...(days === undefined ? {} : { expires: now + days * day }),
  }
  if (scope.kind === 'module')
    return registry.storage.flatMap((door) =>
      (door.modulePaths?.(scope.module) ?? []).map((path) => ({ ...made, home: person.home, path })),
    )
  const { door, target, fields } = scope
  const limited = fields === undefined ? {} : { fields }
  if (target === undefined) return [{ ...made, ...limited, home: anyHome, path: scope.scope.path }]
  if (target === pick) throw scopeError('scope-open', 'it is not said which', text)
  const place = await door.targets?.find(reads, person, target)
  if (!place) throw scopeError('target-absent', 'there is no such thing', text)
  return [{ ...made, ...limited, ...place }]
}
