/**
 * Rows of committed transactions in memory. There is one process, so that what it committed is what
 * is true; rows are put in when they are read or, where they are in already, when they are written.
 */
import type { CollectionRow, HomeRow, RecordRow } from '../../core/ports/rows.ts'
import type { Listed, ListQuery, Writes } from '../../core/ports/store.ts'
import { createLru } from '../../lib/lru.ts'
import type { Page } from './list.ts'
import type { PayerSum } from './lookups.ts'

/** Most homes, and as many payers. */
const mostHomes = 10_000
const mostCollections = 20_000
const mostRecords = 50_000
const mostPages = 10_000
/** Most paths of which it is known whether there are entries below. */
const mostParents = 20_000
/** Bytes of records, and as many of pages of lists; a row counts with its text and 300 bytes. */
const mostBytes = 16 * 1024 * 1024
const rowBytes = 300
/** Bytes of one page of a list that is kept: what is larger is read once, and would push out many others. */
const mostPage = 262_144

/** Most JSON is ASCII, of which a character takes a byte. */
const weightOf = ({ data }: { data: string }) => data.length + rowBytes

/**
 * One read in so many is kept. What is read often is soon among them; what is read once seldom is,
 * and keeping it would cost more than reading it.
 */
const keptOf = 2

const pageWeight = ({ rows }: Page<Listed>) => rows.reduce((sum, row) => sum + weightOf(row), rowBytes)

/** A page of a list as it was found in a collection. */
interface KeptPage extends Page<Listed> {
  collection: CollectionRow
}

export type RowCache = ReturnType<typeof createRowCache>

export function createRowCache() {
  const homes = createLru<number, HomeRow>({ max: mostHomes })
  const collections = createLru<string, CollectionRow>({ max: mostCollections })
  const records = createLru<string, RecordRow>({
    max: mostRecords,
    maxWeight: mostBytes,
    weigh: (row) => weightOf(row) + (row.body?.byteLength ?? 0),
  })
  const pages = createLru<string, KeptPage>({
    max: mostPages,
    maxWeight: mostBytes,
    weigh: pageWeight,
  })
  let reads = 0
  const isKept = () => reads++ % keptOf === 0
  const payers = createLru<number, PayerSum>({ max: mostHomes })
  const parents = createLru<string, { permSeq: number; bare: boolean }>({ max: mostParents })

  /**
   * Whether it is known that no permission entry, not even a removed one, is below a path. Every entry
   * that comes moves the home's `permSeq`. Most records have none: this saves a look for each of them.
   */
  function isBare(home: number, parent: string, look: () => boolean): boolean {
    const permSeq = homes.get(home)?.permSeq
    if (permSeq === undefined) return false
    const key = `${home}/${parent}`
    const known = parents.get(key)
    if (known?.permSeq === permSeq) return known.bare
    const bare = look()
    parents.set(key, { permSeq, bare })
    return bare
  }

  return {
    isBare,
    homes: {
      get: homes.get,
      set: (row: HomeRow) => homes.set(row.id, row),
    },
    collections: {
      get: (home: number, path: string) => collections.get(`${home}/${path}`),
      set: (row: CollectionRow) => collections.set(`${row.home}/${row.path}`, row),
    },
    records: {
      get: (home: number, cid: number, id: string) => records.get(`${home}/${cid}/${id}`),
      set(row: RecordRow): void {
        if (isKept()) records.set(`${row.home}/${row.cid}/${row.id}`, row)
      },
    },
    /**
     * Pages of lists. What changes a record changes its collection's row (counts, `deepSeq`), and a
     * changed row is another object: so a page is good for as long as that one is the committed row.
     */
    pages: {
      get(collection: CollectionRow, query: ListQuery, now: number): Page<Listed> | undefined {
        const kept = pages.get(pageKey(collection, query))
        return kept && kept.collection === collection && now < kept.until ? kept : undefined
      },
      set(collection: CollectionRow, query: ListQuery, page: Page<Listed>): void {
        if (isKept() && pageWeight(page) <= mostPage)
          pages.set(pageKey(collection, query), { ...page, collection })
      },
    },
    payers: { get: payers.get, set: payers.set },

    /** Takes in what was committed. `before` gives the home's row as it was in the transaction's beginning. */
    written(writes: Writes, before: (home: number) => HomeRow | undefined): void {
      for (const row of writes.homes) {
        charge(before(row.id), row)
        homes.set(row.id, row)
      }
      for (const row of writes.collections) collections.set(`${row.home}/${row.path}`, row)
      for (const { row } of writes.records) {
        const key = `${row.home}/${row.cid}/${row.id}`
        if (records.delete(key)) records.set(key, row)
      }
      for (const { home, cid, id } of writes.trimmed) records.delete(`${home}/${cid}/${id}`)
    },

    /** Forgets everything: rows were written where this could not see it. */
    clear(): void {
      homes.clear()
      collections.clear()
      records.clear()
      pages.clear()
      payers.clear()
      parents.clear()
    },
  }

  /** Keeps the sums of payers exact, or forgets those for which that takes more than a difference. */
  function charge(before: HomeRow | undefined, row: HomeRow): void {
    const payer = row.payer ?? row.id
    const isSame =
      before && before.payer === row.payer && before.state === row.state && before.maxBytes === row.maxBytes
    const sum = payers.get(payer)
    if (isSame && sum) {
      payers.set(payer, { ...sum, bytes: sum.bytes + row.bytes - before.bytes })
      return
    }
    payers.delete(payer)
    payers.delete(row.id)
    if (before) payers.delete(before.payer ?? before.id)
  }
}

function pageKey({ home, path }: CollectionRow, query: ListQuery): string {
  return `${home}/${path}?${JSON.stringify(query)}`
}
