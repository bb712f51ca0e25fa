/** The entries at one path, as memory holds them. */
import type { Bits } from './bits.ts'

/** What memory holds of an entry; the sources of one principal's entries without expiry are merged. */
export interface Entry {
  principal: string
  bits: Bits
  expires: number | null
}

/** The entries at one path. */
export interface Node {
  /** Principal -> bits of its entries that never expire. */
  lasting: ReadonlyMap<string, Bits>
  expiring: readonly (Entry & { expires: number })[]
}

/** Marks, beside the bits, that they hold for a while only: such an answer is not kept. */
export const PASSING = 1 << 16

export const emptyNode: Node = { lasting: new Map(), expiring: [] }

/** The node of these entries; those with no bits left are gone. */
export function nodeOf(entries: readonly Entry[]): Node {
  const lasting = new Map<string, Bits>()
  const expiring: (Entry & { expires: number })[] = []
  for (const { principal, bits, expires } of entries) {
    if (bits === 0) continue
    if (expires === null) lasting.set(principal, (lasting.get(principal) ?? 0) | bits)
    else expiring.push({ principal, bits, expires })
  }
  return { lasting, expiring }
}
