/** From a node to the root: the bits that entries give to a person, and those that scopes give to an app. */
import { isBelow } from '../../lib/paths.ts'
import { ALL, imply, inherited } from './bits.ts'
import { type HomeMemory, type Memory, nodeIn } from './memory.ts'
import { type Node, PASSING } from './node.ts'
import type { ExtraEntries, Subject, SubjectGrant } from './types.ts'

/** What a walk goes through. */
export interface Walk {
  home: HomeMemory
  subject: Subject
  now: number
  /** Where what holds for everything below a path is kept, if at all. */
  memory: Memory | undefined
}

/**
 * The bits that entries give to any of the principals at `path`, not implied yet and perhaps with `PASSING`.
 * Undefined where a node on the way to the root is not in memory.
 */
export function entryBits(walk: Walk, path: string): number | undefined {
  const node = nodeIn(walk.home, path)
  if (node === undefined) return undefined
  const here = nodeBits(walk, node)
  if (path === '') return here
  const above = bitsFrom(walk, path.slice(0, Math.max(0, path.lastIndexOf('/'))))
  return above === undefined ? undefined : here | above
}

/** What entries at `path` and above give to everything below it. */
function bitsFrom(walk: Walk, path: string): number | undefined {
  const known = walk.home.answers.get(walk.subject.key)?.get(path)
  if (known !== undefined) return known
  const all = entryBits(walk, path)
  if (all === undefined) return undefined
  const bits = inherited(all)
  if ((bits & PASSING) === 0) walk.memory?.remember(walk.home, walk.subject.key, path, bits)
  return bits
}

function nodeBits({ subject: { principals }, now }: Walk, node: Node): number {
  let bits = 0
  if (node.lasting.size > 0) for (const principal of principals) bits |= node.lasting.get(principal) ?? 0
  for (const entry of node.expiring) {
    if (entry.expires > now && principals.includes(entry.principal)) bits |= entry.bits | PASSING
  }
  return bits
}

/** The bits that configuration gives to any of the principals at `path`. Never kept: the names in it may move. */
export function extraBits(extra: ExtraEntries, principals: readonly string[], path: string): number {
  let bits = 0
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
    for (const entry of extra(at)) {
      if (principals.includes(entry.principal))
        bits |= at.length === path.length ? entry.bits : inherited(entry.bits)
    }
    if (at === '') return bits
  }
}

/**
 * The bits that a grant's scopes give at `path`, implied, perhaps with `PASSING`. Without a grant it is the person
 * herself: all. A scope that is limited to fields counts for nothing here.
 */
export function grantBits(grant: SubjectGrant | undefined, home: number, path: string, now: number): number {
  if (grant === undefined) return ALL
  let bits = 0
  for (const scope of grant.scopes) {
    if (scope.fields !== undefined || (scope.home !== 0 && scope.home !== home)) continue
    if (scope.expires !== undefined && scope.expires <= now) continue
    const passing = scope.expires === undefined ? 0 : PASSING
    if (scope.path === path) bits |= scope.bits | passing
    else if (isBelow(path, scope.path)) bits |= inherited(scope.bits) | passing
  }
  return imply(bits) | (bits & PASSING)
}
