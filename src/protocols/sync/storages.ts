/** What is in a storage at large: its collections and their clocks, kept in memory under the number of their home. */
import type { CollectionRow, Store } from '../../core/ports.ts'
import { createLru } from '../../lib/lru.ts'
import type { Owner } from './call.ts'

export interface CollectionInfo {
  name: string
  path: string
  /** Milliseconds. */
  clock: number
  records: number
  bytes: number
}

export interface StorageInfo {
  /** Of the home's last change when this was read. */
  seq: number
  epoch: number
  /** When anything in it was last changed, deletions included; 0: never. */
  modified: number
  collections: readonly CollectionInfo[]
  /** The answer of `info/collections`, made when it is first asked for. */
  text?: string
}

export interface Storages {
  /** Undefined where the home is not there any more. */
  info(owner: Pick<Owner, 'home' | 'path' | 'uid'>): Promise<StorageInfo | undefined>
}

/** The clock of all storages of a home: Firefox has one of them in use at a time. */
export const rootPath = 'sync'

/** Collection rows read at a time; those of deleted collections are among them. */
const pageRows = 1_000

export function createStorages(store: Pick<Store, 'home' | 'collection' | 'collections'>): Storages {
  const known = createLru<string, StorageInfo>({ max: 1_000 })
  return {
    async info({ home: id, path, uid }) {
      const key = `${id} ${uid}`
      const home = await store.home(id)
      if (!home) return undefined
      const present = known.get(key)
      if (present && present.seq === home.seq && present.epoch === home.epoch) return present
      // The number is read first: what is written meanwhile is seen again the next time.
      const rows: CollectionRow[] = []
      for (let after: string | undefined; ; after = rows.at(-1)?.name) {
        const page = { limit: pageRows, ...(after === undefined ? {} : { after }) }
        const found = await store.collections(id, { parent: path }, page)
        rows.push(...found)
        if (found.length < pageRows) break
      }
      const { collection: root } = await store.collection(id, rootPath)
      const fresh: StorageInfo = {
        seq: home.seq,
        epoch: home.epoch,
        modified: root?.clock ?? 0,
        collections: rows
          // One that nothing was written in has no time yet.
          .filter(({ cid, clock }) => cid !== null && clock > 0)
          .map(({ name, path: at, clock, records, bytes }) => ({ name, path: at, clock, records, bytes })),
      }
      known.set(key, fresh)
      return fresh
    },
  }
}
