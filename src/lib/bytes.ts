const UNITS = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 }

/** Bytes of a size such as `5GiB`, `2.5MiB` or `4096`, rounded; undefined if it is none, or beyond 2^53. */
export function parseBytes(text: string): number | undefined {
  const [, number, unit = 'B'] = /^(\d{1,15}(?:\.\d{1,3})?)(B|KiB|MiB|GiB|TiB)?$/.exec(text) ?? []
  if (number === undefined) return undefined
  const bytes = Math.round(Number(number) * UNITS[unit as keyof typeof UNITS])
  return Number.isSafeInteger(bytes) ? bytes : undefined
}

/** A size for people, with at most one decimal: `5GiB`, `1.5KiB`, `12B`. `parseBytes` reads it, rounded. */
export function printBytes(bytes: number): string {
  // What would be rounded up to 1024 of one unit is 1 of the next.
  const [unit, factor] = Object.entries(UNITS).findLast(([, size]) => bytes >= size * 0.99995) ?? ['B', 1]
  return `${Math.round((bytes / factor) * 10) / 10}${unit}`
}
