/** The question of an app that waits for an answer: kept in this tab, so that signing in on the way does not lose it. */

const key = 'essaim-asked'
/** As long as the server waits. */
const lasts = 3_600_000

interface Kept {
  /** Page and fragment. */
  address: string
  until: number
}

/** Remembers what waits on a page: what stood behind the # of its address. */
export function keepAsked(path: string, fragment: string): void {
  try {
    sessionStorage.setItem(
      key,
      JSON.stringify({ address: `${path}#${fragment}`, until: Date.now() + lasts } satisfies Kept),
    )
  } catch {
    // A browser that keeps nothing asks again.
  }
}

/** It is answered, or left. */
export function forgetAsked(): void {
  try {
    sessionStorage.removeItem(key)
  } catch {
    // Nothing was kept.
  }
}

/** The address of what waits in this tab; not where it is on the page `left`, which the person has just left. */
export function askedAddress(left?: string): string | undefined {
  try {
    const { address, until } = JSON.parse(sessionStorage.getItem(key) ?? '{}') as Partial<Kept>
    return (until ?? 0) > Date.now() && !address?.startsWith(`${left}#`) ? address : undefined
  } catch {
    return undefined
  }
}

/** What waits on this page. */
export function askedOn(path: string): string | undefined {
  const address = askedAddress()
  return address?.startsWith(`${path}#`) ? address.slice(path.length + 1) : undefined
}
