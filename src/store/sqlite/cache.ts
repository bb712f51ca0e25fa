/**
 * Rows of committed transactions in memory. There is one process, so that what it committed is what
 * is true; rows are put in when they are read or, where they are in already, when they are written.
 */
import type { CollectionRow, HomeRow, RecordRow } from '../../core/ports/rows.ts'
import type { Writes } from '../../core/ports/store.ts'
import { createLru } from '../../lib/lru.ts'
import type { PayerSum } from './lookups.ts'

/** Most homes, and as many payers. */
const mostHomes = 10_000
const mostCollections = 20_000
const mostRecords = 50_000
/** Bytes of records' contents, with 300 for each row. */
const mostRecordBytes = 8 * 1024 * 1024
const rowBytes = 300

export type RowCache = ReturnType<typeof createRowCache>

export function createRowCache() {
  const homes = createLru<number, HomeRow>({ max: mostHomes })
  const collections = createLru<string, CollectionRow>({ max: mostCollections })
  const records = createLru<string, RecordRow>({
    max: mostRecords,
    maxWeight: mostRecordBytes,
    weigh: ({ data, body }) => 2 * data.length + (body?.byteLength ?? 0) + rowBytes,
  })
  const payers = createLru<number, PayerSum>({ max: mostHomes })

  return {
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
      set: (row: RecordRow) => records.set(`${row.home}/${row.cid}/${row.id}`, row),
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
      payers.clear()
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
