/** What a page of changes has room for, the same in both adapters. */
import type { Change } from '../core/ports/store.ts'

/** A page ends before it exceeds this many bytes of data and bodies, with one change at least. */
export const changesBytes = 4 * 1024 * 1024

/** How many of these records, given by their bytes in order, a page takes. */
export function roomFor(sizes: readonly number[]): number {
  let bytes = 0
  for (const [at, size] of sizes.entries()) {
    bytes += size
    if (bytes > changesBytes && at > 0) return at
  }
  return sizes.length
}

/** Changes of all kinds as a page: in order, at most `limit`, and none from `end` on, the first that has no room. */
export function pageOfChanges(changes: readonly Change[], limit: number, end = Infinity): Change[] {
  return changes
    .filter(({ seq }) => seq < end)
    .sort((a, b) => a.seq - b.seq)
    .slice(0, limit)
}
