import type { Clock, Store } from '../ports.ts'
import { ALL, type Bits, has, imply, NONE } from './bits.ts'
import { explainRights } from './explain.ts'
import { loadPath } from './load.ts'
import { createMemory, type HomeMemory, type MemoryLimits } from './memory.ts'
import { reachable, readable } from './shared.ts'
import { isSelf } from './subject.ts'
import type { ExtraEntries, HomeVersion, Permissions, RightsReads, Subject } from './types.ts'
import { entryBits, extraBits, grantBits } from './walk.ts'

export interface PermissionsInput {
  /** `permSeqOf` answers where a single process holds the data: then memory needs no read to be trusted. */
  store: RightsReads & Pick<Store, 'permSeqOf'>
  clock: Clock
  /** Rights given by configuration; asked with every check. */
  extra?: ExtraEntries
  limits?: MemoryLimits
}

/**
 * The permission model: what a subject may do is what its person may (as owner, by entries at the path and above, by
 * configuration) and its app may as well (by the grant's scopes). Answers are kept in memory under the version of the
 * home's rights, and are of no use to a caller who sees another one.
 */
export function createPermissions({ store, clock, extra, limits }: PermissionsInput): Permissions {
  const memory = createMemory(limits)

  const over = (reads: RightsReads, remembers: boolean): Permissions => {
    const kept = remembers ? memory : undefined

    const cached = (
      subject: Subject,
      version: HomeVersion,
      path: string,
      owner?: string | null,
    ): Bits | undefined => {
      const home = kept?.at(version.id, version.permSeq)
      return home && inMemory(home, subject, path, owner)
    }

    const inMemory = (home: HomeMemory, subject: Subject, path: string, owner?: string | null) => {
      const now = clock.now()
      if ((home.owner !== null && isSelf(subject, home.owner)) || (owner != null && isSelf(subject, owner)))
        return grantBits(subject.grant, home.id, path, now) & ALL
      const entered = entryBits({ home, subject, now, memory: kept }, path)
      if (entered === undefined) return undefined
      const user = extra ? entered | extraBits(extra, subject.principals, path) : entered
      return imply(user) & grantBits(subject.grant, home.id, path, now) & ALL
    }

    const rights: Permissions['rights'] = async (subject, at, path, owner) => {
      const id = typeof at === 'number' ? at : at.id
      const permSeq = typeof at === 'number' ? store.permSeqOf(at) : at.permSeq
      let home = permSeq === undefined ? undefined : kept?.at(id, permSeq)
      let bits = home && inMemory(home, subject, path, owner)
      if (home === undefined || bits === undefined) {
        const version = typeof at === 'number' ? undefined : at
        home = await loadPath(reads, kept, id, version, path)
        bits = home && inMemory(home, subject, path, owner)
      }
      // A home so large that its nodes were forgotten at once never gives undefined here: `home` has them still.
      return { bits: bits ?? NONE, home: id, permSeq: home?.permSeq ?? -1 }
    }

    return {
      cached,
      rights,
      async may(subject, need, at, path, owner) {
        return has((await rights(subject, at, path, owner)).bits, need)
      },
      async decide(subject, need, id, path, owner) {
        const known = store.permSeqOf(id) === undefined ? kept?.latest(id) : undefined
        const bits = known && inMemory(known, subject, path, owner)
        if (known && bits !== undefined && has(bits, need)) return { bits, home: id, permSeq: known.permSeq }
        return rights(subject, id, path, owner)
      },
      forget: (id) => kept?.forget(id),
      readable: (subject, id, path, need) => readable({ reads, clock, rights }, subject, id, path, need),
      reachable: (subject, page) => reachable({ reads, clock }, subject, page),
      explain: (subject, need, at, path, owner) =>
        explainRights({ reads, clock, extra }, subject, need, at, path, owner),
      within: (session) => over(session, false),
    }
  }

  return over(store, true)
}
