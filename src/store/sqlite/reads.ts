/** The reads of the port, over whatever lets one look: the store outside of sessions, or a session. */
import type { Clock } from '../../core/ports/outside.ts'
import type { AccessRow, CollectionRow, HomeRow, RecordRow } from '../../core/ports/rows.ts'
import type { EachRead, Listed, ListQuery, ListRead, Reads, Show } from '../../core/ports/store.ts'
import type { Connection } from './driver.ts'
import {
  contentOf,
  costOf,
  countRows,
  expiredRows,
  listedShape,
  listRows,
  type Page,
  showRows,
} from './list.ts'
import type { Lookups } from './lookups.ts'

/** One state of the data. Single rows come from memory where they may. */
export interface Sight {
  connection: Connection
  lookups: Lookups
  home(id: number): HomeRow | undefined
  collection(home: number, path: string): CollectionRow | undefined
  record(home: number, cid: number, id: string): RecordRow | undefined
  /** Entries at a path, removed ones too. */
  access(home: number, path: string): AccessRow[]
  /** Takes up rows that were read with others, so that they come from memory the next time. */
  keep?(rows: readonly CollectionRow[]): void
  /** Pages of lists that were found before. */
  pages?: {
    get(collection: CollectionRow, query: ListQuery, now: number): Page<Listed> | undefined
    set(collection: CollectionRow, query: ListQuery, page: Page<Listed>): void
  }
}

export interface Looking {
  clock: Clock
  /** Looks at one state, at once. */
  read<T>(look: (sight: Sight) => T): T
  /** Looks at one state for long: lets others have a turn whenever the look has yielded enough. */
  scan<T>(look: (sight: Sight) => Generator<number, T>): Promise<T>
}

/** What may be looked at in one turn of the event loop, in rows. */
const turnRows = 2_000

/** Collections that are remembered of those that were listed. */
const mostKept = 32

export function createReads({ clock, read, scan }: Looking): Reads {
  /** A look that is begun at once, and begun anew as a long one when it turns out to be that. */
  async function paced<T>(
    isLong: (sight: Sight) => boolean,
    look: (sight: Sight) => Generator<number, T>,
  ): Promise<T> {
    const short = read((sight) => (isLong(sight) ? undefined : withinTurn(look(sight))))
    return short ? short.value : scan(look)
  }

  return {
    async home(id) {
      return read((sight) => active(sight.home(id)))
    },

    async collection(id, path) {
      return read((sight) => {
        const home = active(sight.home(id))
        return { home, collection: home && sight.collection(id, path) }
      })
    },

    async record(id, path, recordId) {
      const now = clock.now()
      return read((sight) => {
        const home = active(sight.home(id))
        const collection = home && sight.collection(id, path)
        const cid = collection?.cid
        const record =
          cid === null || cid === undefined ? undefined : unexpired(sight.record(id, cid, recordId), now)
        return { home, collection, record }
      })
    },

    list(id, path, query) {
      const now = clock.now()
      return paced(
        (sight) => {
          const records = sight.collection(id, path)?.records ?? 0
          return records > turnRows && (isSearch(query) || query.limit >= turnRows)
        },
        (sight) => listFrom(sight, id, path, query, now),
      )
    },

    each(id, path, query, begin) {
      const now = clock.now()
      return paced(
        (sight) => {
          const { records = 0, bytes = 0 } = sight.collection(id, path) ?? {}
          const some = isSearch(query) ? records : Math.min(records, query.limit)
          return costOf(some, (bytes / records) * some) > turnRows
        },
        (sight) => showFrom(sight, id, path, query, now, begin()),
      )
    },

    count(id, path, wanted) {
      const now = clock.now()
      const isAll = wanted.filters.length === 0 && !wanted.ids && !wanted.deleted
      return paced(
        (sight) => !isAll && (sight.collection(id, path)?.records ?? 0) > turnRows,
        function* (sight) {
          const row = active(sight.home(id)) && sight.collection(id, path)
          const content = row && contentOf(sight.connection, row, now)
          if (!content) return 0
          return isAll ? row.records - expiredRows(content) : yield* countRows(content, wanted)
        },
      )
    },

    async collections(id, where, { after, limit }) {
      return read(({ lookups, keep }) => {
        const rows = lookups.collections(id, where, after, limit)
        // Whoever looks at a few of them asks for single ones next.
        if (rows.length <= mostKept) keep?.(rows)
        return rows
      })
    },

    async access(id, paths) {
      return read((sight) => ({
        permSeq: sight.home(id)?.permSeq ?? 0,
        entries: paths.flatMap((path) => sight.access(id, path).filter(({ bits }) => bits !== 0)),
      }))
    },

    async accessBelow(id, path, { after, limit }) {
      return read(({ lookups }) => lookups.accessPage(id, path, after, limit))
    },

    async changes(id, { since, limit }) {
      const now = clock.now()
      return read((sight) => {
        const home = active(sight.home(id))
        return home && sight.lookups.changes(home, since, limit, now)
      })
    },

    async rows(table, where, page) {
      return read(({ lookups }) => lookups.rows(table, where, page))
    },

    async queue(id, name, page) {
      return read(({ lookups }) => lookups.queue(id, name, { ...page, since: clock.now() }))
    },

    async staged(id, batch, page) {
      return read(({ lookups }) => lookups.staged(id, batch, { ...page, since: clock.now() }))
    },

    async blob(id, hash) {
      return read(({ lookups }) => lookups.blob(id, hash))
    },
  }
}

/** A home as readers see it: an ended one is not there. */
function active(home: HomeRow | undefined): HomeRow | undefined {
  return home?.state === 'ended' ? undefined : home
}

function unexpired(record: RecordRow | undefined, now: number): RecordRow | undefined {
  return record && (record.expires === null || record.expires > now) ? record : undefined
}

/** Whether all records may have to be looked at. */
function isSearch({ filters, sort, ids }: ListQuery): boolean {
  if (ids) return false
  return [...filters, ...sort].some(({ field }) => field !== 'id' && field !== 'last_modified')
}

function* listFrom(
  sight: Sight,
  id: number,
  path: string,
  query: ListQuery,
  now: number,
): Generator<number, ListRead> {
  const home = active(sight.home(id))
  const collection = home && sight.collection(id, path)
  const content = collection && contentOf(sight.connection, collection, now)
  if (!content) return { home, collection, records: [], more: false }
  // A list of single ids is as long as its key.
  const pages = query.ids ? undefined : sight.pages
  let page = pages?.get(collection, query, now)
  if (!page) {
    page = yield* listRows(content, query, listedShape)
    pages?.set(collection, query, page)
  }
  return { home, collection, records: page.rows, more: page.more }
}

function* showFrom(
  sight: Sight,
  id: number,
  path: string,
  query: ListQuery,
  now: number,
  show: Show,
): Generator<number, EachRead> {
  const home = active(sight.home(id))
  const collection = home && sight.collection(id, path)
  const content = collection && contentOf(sight.connection, collection, now)
  return { home, collection, more: content ? yield* showRows(content, query, show) : false }
}

/** The result of a generator that stays below what a turn may cost; undefined when it goes beyond. */
function withinTurn<T>(generator: Generator<number, T>): { value: T } | undefined {
  let cost = 0
  for (;;) {
    const step = generator.next()
    if (step.done) return { value: step.value }
    cost += step.value
    if (cost > turnRows) {
      generator.return(undefined as T)
      return undefined
    }
  }
}
