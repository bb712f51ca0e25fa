/** How much room is left. */
import type { Store } from '../../core/ports.ts'
import type { View } from '../../core/records/index.ts'

/** Bytes that may still be written in a home, as a transaction sees it; undefined: as many as one likes. */
export function remainingIn(view: View, home: number): number | undefined {
  const row = view.home(home)
  const { bytes, maxBytes } = view.homes.charged(home)
  return least([row.maxBytes, row.bytes], [maxBytes, bytes])
}

/** The same, looked at beside everything: what her spaces hold is added up, the first thousand of them. */
export async function remainingBytes(
  store: Pick<Store, 'home' | 'homes'>,
  home: number,
): Promise<number | undefined> {
  const row = await store.home(home)
  if (!row) return undefined
  const spaces = await store.homes({ payer: home, limit: 1_000 })
  const charged = spaces.reduce((sum, { id, bytes }) => sum + (id === home ? 0 : bytes), row.bytes)
  return least([row.maxBytes, charged])
}

function least(...bounds: readonly (readonly [most: number | null, used: number])[]): number | undefined {
  const left = bounds.flatMap(([most, used]) => (most === null ? [] : [Math.max(0, most - used)]))
  return left.length === 0 ? undefined : Math.min(...left)
}
