/**
 * What payers are charged for while a transaction runs: totals as they were loaded, and what the
 * transaction itself has moved since.
 */
import type { HomeRow, PayerTotal } from '../ports.ts'

export interface Payers {
  /** A total as it is stored: `others` with everything that the payer is charged for. */
  load(payer: number, total: PayerTotal): void
  /** The total of a payer who was loaded, with what the transaction has moved. */
  total(payer: number): PayerTotal
  /** A home's row takes the place of another one. */
  move(from: HomeRow | undefined, to: HomeRow | undefined): void
  /** All that was moved is stored: what is loaded from now on has it. */
  stored(): void
}

interface Moved {
  bytes: number
  spaces: number
}

const nothing: Moved = { bytes: 0, spaces: 0 }

export function createPayers(): Payers {
  /** Each with what had been stored of `moved` when it was loaded. */
  const totals = new Map<number, { total: PayerTotal; from: Moved }>()
  const moved = new Map<number, Moved>()
  let isStored = new Map<number, Moved>()

  function add(row: HomeRow, times: 1 | -1): void {
    const payer = row.payer ?? row.id
    const isPaid = row.payer !== null && row.state !== 'ended'
    const { bytes, spaces } = moved.get(payer) ?? nothing
    moved.set(payer, {
      bytes: bytes + (isPaid || row.payer === null ? times * row.bytes : 0),
      spaces: spaces + (isPaid ? times : 0),
    })
  }

  return {
    load(payer, total) {
      totals.set(payer, { total, from: isStored.get(payer) ?? nothing })
    },
    total(payer) {
      const known = totals.get(payer)
      if (!known) throw new Error(`payer ${payer} was not named in the commit`)
      const { total, from } = known
      const { bytes, spaces } = moved.get(payer) ?? nothing
      return {
        others: total.others + bytes - from.bytes,
        maxBytes: total.maxBytes,
        spaces: total.spaces + spaces - from.spaces,
      }
    },
    move(from, to) {
      if (from) add(from, -1)
      if (to) add(to, 1)
    },
    stored() {
      isStored = new Map(moved)
    },
  }
}
