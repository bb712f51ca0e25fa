/**
 * Sealing anew: after a rotation, what is sealed under older keys is opened and sealed under the current one, piece by
 * piece, beside the requests. Nothing is kept of how far it came: whatever is not current yet is found again.
 */
import { tables } from '../core/ports.ts'
import type { Row, SealedColumn, Store, TableName, Where } from '../core/ports.ts'
import { commitSteps } from '../core/records/index.ts'
import { CodedError } from '../lib/coded-error.ts'
import { isJsonObject, type Json, type JsonObject } from '../lib/json/index.ts'
import { type KeyRing, seal, sealGeneration, unseal } from '../lib/sealed.ts'

/** How many values a pass found: sealed anew, waiting still, and such that no key at hand opens. */
export interface ResealReport {
  resealed: number
  waiting: number
  broken: number
}

export interface Resealing {
  /** Begins a pass now, at every `begin` and once an hour: another process may have sealed something meanwhile. */
  start(): void
  /** Begins a pass beside the requests; while one runs, another follows it. */
  begin(): void
  /** One pass over everything; ends early after `stop`. */
  run(): Promise<ResealReport>
  /** How many values wait, and how many cannot be opened, without changing any. */
  count(): Promise<ResealReport>
  /** Ends what runs and waits for it. */
  stop(): Promise<void>
}

/** Rows that are read in one go, and written in one transaction, among those of the requests. */
const piece = 50
const every = 3_600_000

export function createResealing({
  store,
  keys,
  columns,
  onError,
}: {
  store: Pick<Store, 'rows' | 'commit'>
  keys: KeyRing
  columns: readonly SealedColumn[]
  onError(error: unknown): void
}): Resealing {
  let stopped = false
  let running: Promise<void> | undefined
  let again = false
  let timer: NodeJS.Timeout | undefined

  async function pass(write: boolean): Promise<ResealReport> {
    const report: ResealReport = { resealed: 0, waiting: 0, broken: 0 }
    for (const column of columns)
      for await (const rows of piecesOf(store, column)) {
        if (stopped) return report
        const found = rows.map((row) => ({ row, ...renewed(keys, column, row) }))
        for (const { broken } of found) report.broken += broken
        const old = found.filter(({ waiting }) => waiting > 0)
        const done = write && old.length > 0 ? await put(store, column.table, old) : new Set<Row>()
        for (const { row, waiting } of old) report[done.has(row) ? 'resealed' : 'waiting'] += waiting
      }
    return report
  }

  async function passes(): Promise<void> {
    do {
      again = false
      try {
        await pass(true)
      } catch (error) {
        onError(error)
      }
    } while (again && !stopped)
    running = undefined
  }

  const begin = () => {
    again = running !== undefined
    if (!stopped) running ??= passes()
  }

  return {
    begin,
    start() {
      begin()
      timer = setInterval(begin, every).unref()
    },
    run: () => pass(true),
    count: () => pass(false),
    async stop() {
      stopped = true
      clearInterval(timer)
      await running
    },
  }
}

/** All rows of a column's table (those of its prefix), in pieces between which others have their turn. */
async function* piecesOf(store: Pick<Store, 'rows'>, { table, prefix }: SealedColumn): AsyncGenerator<Row[]> {
  const [first = ''] = tables[table].key
  const within = prefix === undefined ? {} : { prefix: { column: first, value: prefix } }
  let after: Where | undefined
  do {
    const rows: Row[] = await store.rows(table, {}, { limit: piece, ...within, ...(after ? { after } : {}) })
    yield rows
    const last = rows.at(-1)
    after = rows.length < piece || !last ? undefined : keyOf(table, last)
    await new Promise((resolve) => setImmediate(resolve))
  } while (after)
}

const keyOf = (table: TableName, row: Row): Where =>
  Object.fromEntries(tables[table].key.map((name) => [name, row[name] ?? null]))

/** Writes rows that are still what was read; one that somebody has changed or removed meanwhile was sealed by them. */
async function put(
  store: Pick<Store, 'commit'>,
  table: TableName,
  rows: readonly { row: Row; fresh: Row }[],
): Promise<Set<Row>> {
  const results = await commitSteps(
    store,
    rows.map(({ row, fresh }) => {
      const where = keyOf(table, row)
      return {
        when: [{ is: 'row-has', table, where, has: row }],
        changes: [{ kind: 'row', table, put: fresh }],
        needs: [{ kind: 'rows', table, where, lock: true }],
      }
    }),
  )
  return new Set(rows.filter((_, i) => results[i]?.ok).map(({ row }) => row))
}

/** The row with everything in the column sealed anew, as far as it can be opened, and how many values that were. */
function renewed(
  keys: KeyRing,
  { column, members, context }: SealedColumn,
  row: Row,
): { fresh: Row; waiting: number; broken: number } {
  const found = { fresh: row, waiting: 0, broken: 0 }
  const renew = (sealed: string): string => {
    try {
      if (sealGeneration(sealed) === keys.current) return sealed
      const fresh = seal(keys, context(row), unseal(keys, context(row), sealed))
      found.waiting++
      return fresh
    } catch (error) {
      if (!(error instanceof CodedError)) throw error
      found.broken++
      return sealed
    }
  }
  const cell = row[column]
  if (typeof cell !== 'string') return found
  const fresh = members ? renewMembers(cell, members, renew) : renew(cell)
  return { ...found, fresh: { ...row, [column]: fresh } }
}

/** The JSON text with the named members renewed; those that are no texts stay. */
function renewMembers(text: string, members: readonly string[], renew: (sealed: string) => string): string {
  const value = objectOf(text)
  if (value === undefined) return text
  const fresh: JsonObject = { ...value }
  for (const member of members) {
    const sealed = fresh[member]
    if (typeof sealed === 'string') fresh[member] = renew(sealed)
  }
  return JSON.stringify(fresh)
}

function objectOf(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as Json
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
