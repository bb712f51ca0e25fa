const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
}

/** Bytes of a size as people write it (`5GiB`, `2.5 MB`, `4096`), or undefined if it is none or beyond 2^53. */
export function parseBytes(text: string): number | undefined {
  const [, number, unit] = /^(\d{1,16}(?:\.\d{1,6})?) ?([kmgt]?i?b|)$/i.exec(text.trim()) ?? []
  const factor = unit === undefined ? undefined : UNITS[unit.toUpperCase()]
  if (factor === undefined) return undefined
  const bytes = Math.round(Number(number) * factor)
  return Number.isSafeInteger(bytes) ? bytes : undefined
}

/** A size for people, in binary units with at most one decimal: `5 GiB`, `1.5 KiB`, `12 B`. */
export function printBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let unit = 0
  let size = bytes
  // 1023.95 would be printed as 1024.
  while (size >= 1023.95 && unit < units.length - 1) {
    size /= 1024
    unit++
  }
  return `${Math.round(size * 10) / 10} ${units[unit]}`
}
