/** Whether anything in a list is shared: of most lists nothing is, and then an object's owner says all about it. */
import type { HomeRow, Reads } from '../../core/ports.ts'
import { createLru } from '../../lib/lru.ts'

/** Whether some item of a list may have permission entries of its own. */
export type Shares = (home: Pick<HomeRow, 'id' | 'permSeq'>, list: string) => boolean | Promise<boolean>

/** Where nothing is remembered each item is looked at. */
export const unknownShares: Shares = () => true

const mostLists = 10_000

/** Remembers it of lists, under the version of their home's rights. */
export function createShares(reads: Pick<Reads, 'accessBelow'>): Shares {
  const known = createLru<string, { permSeq: number; shared: boolean }>({ max: mostLists })
  return ({ id, permSeq }, list) => {
    const key = `${id}/${list}`
    const found = known.get(key)
    if (found?.permSeq === permSeq) return found.shared
    return reads.accessBelow(id, list, { after: list, limit: 1 }).then((entries) => {
      const shared = entries.length > 0
      known.set(key, { permSeq, shared })
      return shared
    })
  }
}
