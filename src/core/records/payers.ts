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

/** What a home counts for at its payer. An ended space costs nothing. */
const bytesOf = (row: HomeRow) => (row.payer !== null && row.state === 'ended' ? 0 : row.bytes)
const spacesOf = (row: HomeRow) => (row.payer !== null && row.state !== 'ended' ? 1 : 0)

export function createPayers(): Payers {
  /** Each with what had been stored of `moved` when it was loaded. */
  const totals = new Map<number, { total: PayerTotal; from: Moved }>()
  const moved = new Map<number, Moved>()
  let isStored = new Map<number, Moved>()

  function add(payer: number, bytes: number, spaces: number): void {
    if (bytes === 0 && spaces === 0) return
    const before = moved.get(payer) ?? nothing
    moved.set(payer, { bytes: before.bytes + bytes, spaces: before.spaces + spaces })
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
      if (from && to && from.payer === to.payer) {
        add(to.payer ?? to.id, bytesOf(to) - bytesOf(from), spacesOf(to) - spacesOf(from))
        return
      }
      if (from) add(from.payer ?? from.id, -bytesOf(from), -spacesOf(from))
      if (to) add(to.payer ?? to.id, bytesOf(to), spacesOf(to))
    },
    stored() {
      isStored = new Map(moved)
    },
  }
}
