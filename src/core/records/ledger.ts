/** Homes in a transaction: their rows and sequence numbers, what payers are charged, and who is to be told. */
import type { HomeEvent, HomeRow, PayerTotal } from '../ports.ts'
import { Refusal } from '../ports.ts'
import type { Journal } from './journal.ts'
import { createPayers } from './payers.ts'

/** Paths of an event beyond which it says nothing of them: what a bus carries. */
const maxTouched = 16

export interface Ledger {
  /** `payer` is the total of the home's payer, or of itself, without the home's own bytes. */
  load(id: number, row: HomeRow | undefined, payer: PayerTotal): void
  /** The total of a home that is to pay for another one. */
  loadPayer(home: number, payer: PayerTotal): void
  has(id: number): boolean
  /** The home's row; undefined when it does not exist. */
  row(id: number): HomeRow | undefined
  /** The home's row; `home-absent` when it does not exist or is ended. */
  active(id: number): HomeRow
  /** The home, to be written to: `home-replica` when that is not for us. */
  writable(id: number): HomeRow
  put(row: HomeRow): void
  /** The next sequence number of the home, for a change at `path`. */
  nextSeq(id: number, path: string, more?: Partial<HomeRow>): number
  /** Spaces that a home pays for, this transaction included. */
  spacesOf(payer: number): number
  /** Bytes of everything that this home's payer is charged for, this transaction included. */
  charged(id: number): { bytes: number; maxBytes: number | null }
  /** What was put since the last time. */
  take(): HomeRow[]
  /** One for each home whose sequence or permissions moved since it was loaded. */
  events(): HomeEvent[]
}

interface State {
  row: HomeRow | undefined
  /** What the row was when it was loaded. */
  first: HomeRow | undefined
  touched: Set<string>
}

export function createLedger(journal: Journal): Ledger {
  const homes = new Map<number, State>()
  const payers = createPayers()
  let pending = new Set<number>()

  function stateOf(id: number): State {
    const state = homes.get(id)
    if (!state) throw new Error(`home ${id} was not named in the commit`)
    return state
  }

  function active(id: number): HomeRow {
    const { row } = stateOf(id)
    if (!row || row.state === 'ended') throw new Refusal('home-absent')
    return row
  }

  function put(row: HomeRow): void {
    const state = stateOf(row.id)
    const old = state.row
    state.row = row
    payers.move(old, row)
    journal.changed(() => {
      state.row = old
      payers.move(row, old)
    })
    journal.add(pending, row.id)
  }

  return {
    load(id, row, payer) {
      homes.set(id, { row, first: row, touched: new Set() })
      const own = row && row.state !== 'ended' ? row.bytes : 0
      payers.load(row?.payer ?? id, { ...payer, others: payer.others + own })
    },
    loadPayer: payers.load,
    has: (id) => homes.has(id),
    row: (id) => stateOf(id).row,
    active,
    writable(id) {
      const row = active(id)
      if (row.state === 'replica') throw new Refusal('home-replica')
      return row
    },
    put,
    nextSeq(id, path, more = {}) {
      const row = active(id)
      const { touched } = stateOf(id)
      const seq = row.seq + 1
      put({ ...row, ...more, seq })
      // One more than an event may name shows that there are too many.
      if (touched.size <= maxTouched) journal.add(touched, path)
      return seq
    },
    spacesOf: (payer) => payers.total(payer).spaces,
    charged(id) {
      const payer = active(id).payer ?? id
      const total = payers.total(payer)
      // A limit that was just set is not in the total yet.
      const row = homes.get(payer)?.row
      return { bytes: total.others, maxBytes: row ? row.maxBytes : total.maxBytes }
    },
    take() {
      const rows = [...pending].flatMap((id) => homes.get(id)?.row ?? [])
      pending = new Set()
      payers.stored()
      return rows
    },
    events() {
      const events: HomeEvent[] = []
      for (const [id, { row, first, touched }] of homes) {
        if (!row) continue
        const { epoch, seq, permSeq, state } = row
        if (seq === first?.seq && permSeq === first.permSeq && state === first.state) continue
        const event: HomeEvent = { home: id, epoch, seq, permSeq }
        if (touched.size <= maxTouched) event.collections = [...touched]
        events.push(event)
      }
      return events
    },
  }
}
