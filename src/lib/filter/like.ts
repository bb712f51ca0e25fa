import type { Json } from '../json/index.ts'

/** Characters in a pattern: searching a text for long ones can cost the product of both lengths. */
export const MAX_PATTERN = 512

/**
 * Compiles a `like` pattern: `*` stands for any text, also none; a pattern without `*` may stand anywhere in the text.
 * Upper and lower case are the same. Nothing else is special.
 */
export function likeMatcher(pattern: string): (text: string) => boolean {
  const parts = fold(pattern).split('*')
  if (parts.length === 1) return (text) => fold(text).includes(parts[0]!)
  const first = parts[0]!
  const last = parts.at(-1)!
  const middle = parts.slice(1, -1).filter((part) => part !== '')
  return (text) => {
    const folded = fold(text)
    if (folded.length < first.length + last.length || !folded.startsWith(first) || !folded.endsWith(last))
      return false
    // The leftmost place for each part leaves the most room for the next.
    let from = first.length
    for (const part of middle) {
      const at = folded.indexOf(part, from)
      if (at < 0) return false
      from = at + part.length
    }
    return from <= folded.length - last.length
  }
}

/** The text a `like` looks at: numbers and booleans as JSON writes them; null, arrays, objects and missing have none. */
export function likeText(value: Json | undefined): string | undefined {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
    case 'boolean':
      return String(value)
    default:
      return undefined
  }
}

/** One case for all letters. Lower-casing gives sigma another form at the end of a word; a pattern can't know where that is. */
function fold(text: string): string {
  return text.toLowerCase().replaceAll('ς', 'σ')
}
