/** What payers are charged for: never locked, and so remembered for at most a second. */
import type { HomeRow } from '../../core/ports/rows.ts'
import type { PayerTotal } from '../../core/ports/store.ts'
import { createLru } from '../../lib/lru.ts'
import { encodeArray } from './arrays.ts'
import type { Prepared, Queries } from './connection.ts'

/** Milliseconds that a total is good for. */
const goodFor = 1_000

export interface Payers {
  /**
   * Totals for these homes, each without its own bytes. A transaction that has stored something sees
   * that in them (`isOwn`), and nobody else does.
   */
  totals(queries: Queries, homes: readonly number[], isOwn: boolean): Promise<Map<number, PayerTotal>>
  /** What somebody who is to pay for a new home pays already. */
  total(queries: Queries, payer: number): Promise<PayerTotal>
  /** Homes were written: what this process knows of their payers is exact. */
  wrote(homes: readonly HomeRow[]): void
}

/** The payer of each home, and what it pays for beside that home. Ended homes cost nothing. */
const others: Prepared = {
  name: 'payer_others',
  text: `SELECT h.home_id, coalesce(h.payer, h.home_id), p.max_bytes, o.bytes, o.spaces
    FROM home h LEFT JOIN home p ON p.home_id = coalesce(h.payer, h.home_id)
    CROSS JOIN LATERAL (SELECT
      coalesce(sum(s.bytes) FILTER (WHERE s.home_id <> h.home_id), 0)::bigint
        + CASE WHEN h.payer IS NULL THEN 0 ELSE coalesce(p.bytes, 0) END AS bytes, count(*) AS spaces
      FROM home s WHERE s.payer = coalesce(h.payer, h.home_id) AND s.state <> 'ended') AS o
    WHERE h.home_id = ANY($1::bigint[])`,
}

const whole: Prepared = {
  name: 'payer_whole',
  text: `SELECT p.max_bytes, coalesce(p.bytes, 0) + o.bytes, o.spaces
    FROM (SELECT $1::bigint AS home_id) AS w LEFT JOIN home p ON p.home_id = w.home_id
    CROSS JOIN LATERAL (SELECT coalesce(sum(s.bytes), 0)::bigint AS bytes, count(*) AS spaces
      FROM home s WHERE s.payer = w.home_id AND s.state <> 'ended') AS o`,
}

export function createPayers(): Payers {
  const known = createLru<number, PayerTotal & { payer: number }>({ max: 10_000, ttl: goodFor })
  // Which of the known homes share a payer; those that pay for themselves alone are not in it.
  const sharing = new Map<number, Set<number>>()
  // Who paid for a home when it was last seen: it may pass to another.
  const payerOf = createLru<number, number>({ max: 10_000 })

  function learn(home: number, total: PayerTotal & { payer: number }, now: number): void {
    known.set(home, total, now)
    payerOf.set(home, total.payer)
    if (total.spaces === 0) return
    if (sharing.size > 10_000) sharing.clear()
    const homes = sharing.get(total.payer) ?? new Set()
    sharing.set(total.payer, homes.add(home))
  }

  /** Forgets the totals that a home is in. */
  function forgetOthers(payer: number, home: number): void {
    for (const other of sharing.get(payer) ?? []) if (other !== home) known.delete(other)
    if (payer !== home) known.delete(payer)
  }

  return {
    async totals(queries, homes, isOwn) {
      const now = performance.now()
      const totals = new Map<number, PayerTotal>()
      const missing: number[] = []
      for (const home of homes) {
        const total = isOwn ? undefined : known.get(home, now)
        if (total) totals.set(home, total)
        else missing.push(home)
      }
      if (missing.length === 0) return totals
      const { rows } = await queries.query(others, [encodeArray('bigint', missing)])
      for (const row of rows) {
        const [home, payer, maxBytes, bytes, spaces] = row as [number, number, number | null, number, number]
        const total = { payer, others: bytes, maxBytes, spaces }
        if (!isOwn) learn(home, total, now)
        totals.set(home, total)
      }
      return totals
    },

    async total(queries, payer) {
      const [row] = (await queries.query(whole, [payer])).rows
      const [maxBytes, bytes, spaces] = row as [number | null, number, number]
      return { others: bytes, maxBytes, spaces }
    },

    wrote(homes) {
      for (const { id, payer } of homes) {
        const paying = payer ?? id
        const paid = payerOf.get(id) ?? paying
        payerOf.set(id, paying)
        forgetOthers(paying, id)
        if (paid === paying) continue
        forgetOthers(paid, id)
        known.delete(id)
      }
    },
  }
}
