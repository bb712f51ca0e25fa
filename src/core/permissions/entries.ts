/** From the permissions somebody wants for an object to the changes of its entries. */
import type { AccessRow } from '../ports.ts'
import { ADMIN, NONE } from './bits.ts'
import type { AccessChange, WantedEntry } from './types.ts'

/** Why an entry is there: somebody with the right to administer wrote it. */
export const given = 'given'

/**
 * Why an entry is there: its principal owns the object, and so has all rights below it. Records need no such entry, as
 * nothing is below them and their owner column is read with them; what contains others does.
 */
export const ownership = 'owner'

/**
 * The changes that turn the present entries into the wanted ones. Only entries with this `source` at one of `paths` are
 * touched, and none that is as wanted already; bits wanted twice for one principal and path are joined.
 */
export function accessChanges(
  home: number,
  present: readonly AccessRow[],
  paths: readonly string[],
  wanted: readonly WantedEntry[],
  source: string = given,
): AccessChange[] {
  const changes = new Map<string, AccessChange>()
  const key = (path: string, principal: string) => `${path}\0${principal}`
  for (const { path, principal, bits, expires = null } of wanted) {
    const at = key(path, principal)
    const joined = bits | (changes.get(at)?.bits ?? NONE)
    changes.set(at, { kind: 'access', home, path, principal, source, bits: joined, expires })
  }
  for (const entry of present) {
    if (entry.source !== source || entry.bits === NONE || !paths.includes(entry.path)) continue
    const at = key(entry.path, entry.principal)
    const want = changes.get(at)
    if (want === undefined) {
      const { path, principal } = entry
      changes.set(at, { kind: 'access', home, path, principal, source, bits: NONE, expires: null })
    } else if (want.bits === entry.bits && want.expires === entry.expires) changes.delete(at)
  }
  return [...changes.values()]
}

/** The entry by which the owner of a bucket, a collection or a group has rights on what is in it. */
export function ownershipOf(path: string, principal: string): WantedEntry {
  return { path, principal, bits: ADMIN }
}
