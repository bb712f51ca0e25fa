/** The language of the pages: the person's choice, else what the server read from the browser's preferences. */

export type Language = 'en' | 'fr'

const key = 'essaim-language'
const isLanguage = (value: unknown): value is Language => value === 'en' || value === 'fr'

/** What this browser remembers; a browser that keeps nothing remembers nothing. */
function remembered(): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

const given = [remembered(), document.documentElement.lang].find(isLanguage)
let current: Language = given ?? 'en'
document.documentElement.lang = current

/** Told after the language was changed. */
export const languageChanged = new EventTarget()

export const language = (): Language => current

export function setLanguage(wanted: Language): void {
  try {
    localStorage.setItem(key, wanted)
  } catch {
    // Then it lasts as long as the page.
  }
  speak(wanted)
}

/** Speaks the language that the person has set for her account, unless she chose another one in this browser. */
export function followLanguage(wanted: Language): void {
  if (remembered() === null && wanted !== current) speak(wanted)
}

function speak(wanted: Language): void {
  current = wanted
  document.documentElement.lang = wanted
  languageChanged.dispatchEvent(new Event('change'))
}

/** The words of an area: call what it returns wherever words are shown, so that they follow the language. */
export function spoken<Words>({ en, fr }: Readonly<Record<Language, Words>>): () => Words {
  const words = { en, fr: unbroken(fr) }
  return () => words[current]
}

/** French has spaces before some signs and inside its quotation marks: no line ends there. */
function unbroken<Words>(words: Words): Words {
  const set = (value: unknown): unknown => {
    if (typeof value === 'string')
      return value.replaceAll(/ (?=[:;?!»])/g, '\u00a0').replaceAll('« ', '«\u00a0')
    if (typeof value === 'function') return (...given: unknown[]) => set(value(...given))
    if (Array.isArray(value)) return value.map(set)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, set(member)]))
  }
  return set(words) as Words
}

const formats = new Map<string, Intl.DateTimeFormat>()
function format(milliseconds: number, options: Intl.DateTimeFormatOptions): string {
  const name = current + JSON.stringify(options)
  const made = formats.get(name) ?? new Intl.DateTimeFormat(current, options)
  formats.set(name, made)
  return made.format(milliseconds)
}

/** Such as `3 May 2026`. */
export const day = (milliseconds: number): string => format(milliseconds, { dateStyle: 'long' })

/** Such as `3 May 2026 at 14:05`. */
export const moment = (milliseconds: number): string =>
  format(milliseconds, { dateStyle: 'medium', timeStyle: 'short' })

/** How far a moment is from now, in the largest unit that fits: `in 2 days`, `5 minutes ago`. */
export function distance(milliseconds: number, now = Date.now()): string {
  const seconds = (milliseconds - now) / 1000
  const units = [
    ['year', 31_557_600],
    ['month', 2_629_800],
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
  ] as const
  const relative = new Intl.RelativeTimeFormat(current, { numeric: 'auto' })
  for (const [unit, size] of units)
    if (Math.abs(seconds) >= size) return relative.format(Math.round(seconds / size), unit)
  return relative.format(0, 'minute')
}

export const number = (value: number): string => new Intl.NumberFormat(current).format(value)

/** Such as `1.5 MB`. */
export function bytes(count: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte']
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, count)) / 3)))
  return new Intl.NumberFormat(current, {
    style: 'unit',
    unit: units[step]!,
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: 1,
  }).format(count / 1000 ** step)
}

/** A part of an address, as people may read it: `203.0.113.*`. */
export const near = (prefix: string): string => prefix.replace(/\.0\/24$/, '.*').replace(/:{1,2}\/\d+$/, ':*')
