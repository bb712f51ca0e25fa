/** Which home a bucket is in, by its id. The id is global; everything else about a bucket is in its home. */
import type { Row, Store } from '../../core/ports.ts'
import { createLru } from '../../lib/lru.ts'

/** A row of the directory. */
export interface BucketRow {
  id: string
  home: number
  modified: number
  deleted: boolean
}

export interface Directory {
  /** The bucket's row, tombstones included; undefined if the id was never used. */
  find(id: string): BucketRow | undefined | Promise<BucketRow | undefined>
  /** The living bucket in a home. */
  inHome(home: number): Promise<BucketRow | undefined>
}

const cached = 10_000

/**
 * The directory, remembered as long as a single process holds the data and no row moves; in a session, whose changes are
 * not committed yet, `version` gives undefined.
 */
export function createDirectory(store: Pick<Store, 'rows' | 'version'>): Directory {
  const rows = createLru<string, BucketRow | undefined>({ max: cached })
  const ids = createLru<number, BucketRow | undefined>({ max: cached })
  let seen: number | undefined

  /** Whether memory may be used, emptied first if anything moved. */
  const remembers = (): boolean => {
    const version = store.version('bucket')
    if (version !== seen) {
      rows.clear()
      ids.clear()
      seen = version
    }
    return version !== undefined
  }

  const load = async (id: string): Promise<BucketRow | undefined> => {
    const version = store.version('bucket')
    const [row] = await store.rows('bucket', { bucket_id: id })
    const found = row && bucketRow(row)
    if (version !== undefined && version === store.version('bucket') && version === seen) rows.set(id, found)
    return found
  }

  return {
    find(id) {
      if (id === '') return undefined
      return (remembers() && rows.get(id)) || load(id)
    },
    async inHome(home) {
      const known = remembers() ? ids.get(home) : undefined
      if (known) return known
      const version = store.version('bucket')
      const found = (await store.rows('bucket', { home_id: home })).map(bucketRow).find((row) => !row.deleted)
      if (version !== undefined && version === store.version('bucket') && version === seen)
        ids.set(home, found)
      return found
    },
  }
}

export function bucketRow(row: Row): BucketRow {
  return {
    id: String(row['bucket_id']),
    home: Number(row['home_id']),
    modified: Number(row['modified']),
    deleted: row['deleted'] === 1,
  }
}

/** A row of the directory as the store keeps it. */
export function storedRow({ id, home, modified, deleted }: BucketRow): Row {
  return { bucket_id: id, home_id: home, modified, deleted: deleted ? 1 : 0 }
}

/** The row that carries the clock of the list of all buckets; its `modified` is 0 before the first bucket. */
export const clockRow = ''
