/** One transaction: what requests need goes from the database into a workspace, what they wrote back. */
import type { CollectionRow, HomeRow, RecordRow } from '../../core/ports/rows.ts'
import type { CommitRequest, ListQuery, Need, Workspace, Writes } from '../../core/ports/store.ts'
import { accessFrom } from './access.ts'
import type { RowCache } from './cache.ts'
import type { Connection } from './driver.ts'
import { contentOf, foundShape, listRows } from './list.ts'
import { type Lookups, type PayerSum, totalFor } from './lookups.ts'
import { storeWrites } from './write.ts'

export interface Transaction {
  readonly work: Workspace
  /** Puts what the request needs into the workspace. */
  load(request: Pick<CommitRequest<unknown>, 'homes' | 'needs'>): void
  /** Stores what waits in the workspace; yields as `storeWrites` does. */
  store(): Generator<void>
  /** Stores all of it at once. */
  flush(): void
  /** All that was stored, in order. */
  readonly stored: readonly Writes[]
  /** A home as it was before the transaction. */
  before(home: number): HomeRow | undefined
}

/**
 * Begins after BEGIN. `cache` has committed rows; it is not asked any more once this transaction has
 * stored something.
 */
export function createTransaction(
  connection: Connection,
  lookups: Lookups,
  work: Workspace,
  cache?: RowCache,
): Transaction {
  const stored: Writes[] = []
  /** Homes as they were in the beginning; then all rows as they are stored now. */
  const first = new Map<number, HomeRow | undefined>()
  const homes = new Map<number, HomeRow | undefined>()
  const collections = new Map<string, CollectionRow | undefined>()
  const committed = () => (stored.length === 0 ? cache : undefined)

  function home(id: number): HomeRow | undefined {
    let row = committed()?.homes.get(id)
    if (!row) {
      row = lookups.home(id)
      if (row) committed()?.homes.set(row)
    }
    if (!first.has(id)) first.set(id, row)
    homes.set(id, row)
    return row
  }

  function collection(id: number, path: string): CollectionRow | undefined {
    const key = `${id}/${path}`
    let row = committed()?.collections.get(id, path)
    if (!row) {
      row = lookups.collection(id, path)
      if (row) committed()?.collections.set(row)
    }
    collections.set(key, row)
    return row
  }

  function record(id: number, path: string, recordId: string): RecordRow | undefined {
    const cid = collection(id, path)?.cid
    if (cid === null || cid === undefined) return undefined
    return committed()?.records.get(id, cid, recordId) ?? lookups.record(id, cid, recordId)
  }

  function payerSum(payer: number): PayerSum {
    let sum = committed()?.payers.get(payer)
    if (!sum) {
      sum = lookups.payerSum(payer)
      committed()?.payers.set(payer, sum)
    }
    return sum
  }

  function load(need: Need): void {
    if (isRange(need) && work.dirty) flush()
    switch (need.kind) {
      case 'collection':
        return work.loadCollection(need.home, need.path, collection(need.home, need.path))
      case 'record':
        return work.loadRecord(need.home, need.path, need.id, record(need.home, need.path, need.id))
      case 'access':
        return work.loadAccess(need.home, need.path, accessFrom(lookups, committed(), need.home, need.path))
      case 'below': {
        const own = collection(need.home, need.path)
        const below = lookups.collections(need.home, { below: need.path })
        for (const row of below) collections.set(`${row.home}/${row.path}`, row)
        const rows = own ? [own, ...below] : below
        return work.loadBelow(need.home, need.path, rows, lookups.accessBelow(need.home, need.path))
      }
      case 'found': {
        const row = collection(need.home, need.path)
        const content = row && contentOf(connection, row, work.now)
        const { rows, more } = content
          ? drain(listRows(content, bounded(need.query), foundShape(content.home, content.cid)))
          : { rows: [], more: false }
        return work.loadFound(need, row, rows, more)
      }
      case 'rows':
        return work.loadRows(need.table, need.where, lookups.rows(need.table, need.where))
      case 'queue':
        return work.loadQueue(need, lookups.queue(need.home, need.name, { topic: need.topic }))
      case 'staged': {
        const rows = lookups.staged(need.home, need.batch, {})
        const into = need.into
        const found = into === undefined ? [] : rows.map((row) => record(need.home, into, row.id))
        return work.loadStaged(
          need,
          rows,
          found.filter((row) => row !== undefined),
        )
      }
      case 'payer':
        return work.loadPayer(need.home, totalFor(payerSum(need.home), undefined))
    }
  }

  function* store(): Generator<void> {
    const writes = work.take()
    stored.push(writes)
    yield* storeWrites(connection, writes, work.now, {
      home: (id) => homes.get(id),
      collection: (id, path) => collections.get(`${id}/${path}`),
    })
    for (const row of writes.homes) homes.set(row.id, row)
    for (const row of writes.collections) collections.set(`${row.home}/${row.path}`, row)
  }

  function flush(): void {
    drain(store())
  }

  return {
    work,
    load({ homes: ids, needs }) {
      for (const id of ids) {
        if (work.hasHome(id)) continue
        const row = home(id)
        work.loadHome(id, row, totalFor(payerSum(row?.payer ?? id), row))
      }
      for (const need of work.missing(needs)) load(need)
    },
    store,
    flush,
    stored,
    before: (id) => first.get(id),
  }
}

/** Bytes that one query may put into the workspace; it tells of more. */
const foundBytes = 64 * 1024 * 1024

function bounded(query: ListQuery): ListQuery {
  return { ...query, maxBytes: Math.min(query.maxBytes ?? foundBytes, foundBytes) }
}

/** Runs a generator to its end at once. */
function drain<T>(generator: Generator<unknown, T>): T {
  for (;;) {
    const step = generator.next()
    if (step.done) return step.value
  }
}

function isRange({ kind }: Need): boolean {
  return kind !== 'record' && kind !== 'collection' && kind !== 'access' && kind !== 'payer'
}
