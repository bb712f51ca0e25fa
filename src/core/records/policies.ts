/**
 * How the collections below a path behave. In code and never in the data, so that a row means the
 * same on every server and in every archive.
 */

export interface Policy {
  name: 'list' | 'tree' | 'timeline' | 'log'
  /** The path whose row carries the clock (timeline) or ends the chain of ancestors (tree). */
  root: string
  /** Step of the clock in milliseconds. */
  tick: number
  /** Whether a deletion leaves a tombstone that the protocol shows. */
  tombstones: 'shown' | 'hidden' | 'none'
  /** Whether a write makes the collection (and, in a tree, its ancestors). */
  madeByWrite: boolean
  /** Counted, but written even where the home is full: nobody's new password waits until she has tidied up. */
  beyondQuota?: true
}

const list = { name: 'list', root: '', tick: 1, tombstones: 'shown', madeByWrite: false } as const
const made = { ...list, madeByWrite: true } as const
const log = { name: 'log', root: '', tick: 1, tombstones: 'none', madeByWrite: true } as const

/** Path prefix -> policy; the longest prefix wins. Segments, not characters. */
const byPrefix: ReadonlyMap<string, Policy> = new Map<string, Policy>([
  ['', made],
  // Keys and profile. Whoever writes there bounds what there is.
  ['account', { ...made, beyondQuota: true }],
  ['kinto', list],
  ['kinto/history', log],
  ['rs', { name: 'tree', root: 'rs', tick: 1, tombstones: 'hidden', madeByWrite: true }],
  ['sync', { name: 'timeline', root: 'sync', tick: 10, tombstones: 'hidden', madeByWrite: true }],
  ['fxa', made],
  ['contacts', made],
  ['xmpp', made],
  ['xmpp/archive', log],
  ['muc', made],
  ['muc/archive', log],
  ['push', made],
  ['posts', made],
  ['inbox', log],
])

const cache = new Map<string, Policy>()

/** The policy of a collection path. */
export function policyOf(path: string): Policy {
  const known = cache.get(path)
  if (known) return known
  let policy = made as Policy
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
    const found = byPrefix.get(path.slice(0, end))
    if (found) {
      policy = found
      break
    }
  }
  if (cache.size >= 10_000) cache.clear()
  cache.set(path, policy)
  return policy
}

/** How long tombstones are kept, in milliseconds, where the protocol hides them. */
export const hiddenTombstoneAge = 30 * 86_400_000
