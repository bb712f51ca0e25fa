/** The languages of the pages. */
import type { Language } from '../../core/ports.ts'

export type { Language }

/** The language that the browser prefers among those spoken here; English where none is. */
export function languageOf(acceptLanguage: string | undefined): Language {
  const wanted = (acceptLanguage ?? '')
    .slice(0, 512)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(';')
      const q = parameters.map((p) => /^\s*q=([\d.]+)\s*$/.exec(p)?.[1]).find((value) => value !== undefined)
      return { tag: tag.toLowerCase().split('-')[0], q: q === undefined ? 1 : Number(q) }
    })
    .filter(({ tag, q }) => (tag === 'en' || tag === 'fr') && q > 0)
    .toSorted((a, b) => b.q - a.q)
  return wanted[0]?.tag === 'fr' ? 'fr' : 'en'
}
