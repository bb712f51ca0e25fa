/** What the tests of this folder share: a workspace over a store that holds nothing but homes. */
import type { CommitRequest, HomeRow, Need, PayerTotal, Writes } from '../ports.ts'
import type { Change, Outcome, Step } from './changes.ts'
import type { Limits } from './limits.ts'
import { stepRequest } from './steps.ts'
import { createPlanner, type View } from './view.ts'

export const start = Date.UTC(2026, 0, 1)

export const nobody: PayerTotal = { others: 0, maxBytes: null, spaces: 0 }

export interface ViewUnderTest {
  view: View
  /** Runs a request; what it needs and nobody made in this workspace is not there. */
  run<T>(request: CommitRequest<T>): T
  /** Runs one step of these changes. */
  step(...changes: Change[]): Outcome[]
  steps(step: Step): Outcome[]
  /** A home (the first, unless said otherwise) as it is now. */
  home(id?: number): HomeRow
}

/** A workspace at `start` in which home 1 is there. `payers` says what each payer is charged for. */
export function viewUnderTest(
  options: {
    limits?: Limits
    homes?: (Partial<HomeRow> & { id: number })[]
    payers?: Readonly<Record<number, PayerTotal>>
  } = {},
): ViewUnderTest {
  const { limits, homes = [{ id: 1 }], payers = {} } = options
  const view = createPlanner(limits)(start) as View
  const rows = new Map(homes.map((row) => [row.id, homeRow(row)]))

  function load(need: Need): void {
    if (need.kind === 'collection') view.loadCollection(need.home, need.path, undefined)
    else if (need.kind === 'record') view.loadRecord(need.home, need.path, need.id, undefined)
    else if (need.kind === 'access') view.loadAccess(need.home, need.path, [])
    else if (need.kind === 'below') view.loadBelow(need.home, need.path, [], [])
    else if (need.kind === 'found') view.loadFound(need, undefined, [], false)
    else if (need.kind === 'rows') view.loadRows(need.table, need.where, [])
    else if (need.kind === 'queue') view.loadQueue(need, [])
    else if (need.kind === 'staged') view.loadStaged(need, [], [])
    else view.loadPayer(need.home, payers[need.home] ?? nobody)
  }

  function loadHome(id: number): void {
    if (view.hasHome(id)) return
    const row = rows.get(id)
    view.loadHome(id, row, payers[row?.payer ?? id] ?? { ...nobody, maxBytes: row?.maxBytes ?? null })
  }

  function run<T>(request: CommitRequest<T>): T {
    for (const id of request.homes) loadHome(id)
    for (const need of view.missing(request.needs)) load(need)
    return view.run(request)
  }

  for (const id of rows.keys()) loadHome(id)
  return {
    view,
    run,
    step: (...changes) => run(stepRequest({ changes })),
    steps: (step) => run(stepRequest(step)),
    home: (id = 1) => view.home(id),
  }
}

export function homeRow(row: Partial<HomeRow> & { id: number }): HomeRow {
  return {
    kind: 'person',
    owner: null,
    payer: null,
    state: 'active',
    epoch: start,
    created: start,
    baseClock: start,
    seq: 0,
    floorSeq: 0,
    permSeq: 1,
    nextCid: 1,
    records: 0,
    bytes: 0,
    collections: 0,
    maxRecords: null,
    maxBytes: null,
    ends: null,
    ...row,
  }
}

/** A put of a record with this many bytes of data. */
export const put = (path: string, id: string, bytes = 2, home = 1): Change & { kind: 'put' } => ({
  kind: 'put',
  home,
  path,
  id,
  data: bytes === 2 ? '{}' : JSON.stringify('x'.repeat(bytes - 2)),
})

/** Whether nothing waits to be stored. */
export function isNothing(writes: Writes): boolean {
  return Object.values(writes).every((rows: readonly unknown[]) => rows.length === 0)
}
