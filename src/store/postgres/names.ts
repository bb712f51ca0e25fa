import type { Prepared } from './connection.ts'

/** Texts that are prepared, at most; each connection keeps them all. */
const mostNames = 1_000

const known = new Map<string, Prepared>()

/** A statement under a name of its own for its text, or without one (parsed each time) past the bound. */
export function named(text: string): Prepared {
  let statement = known.get(text)
  if (statement) return statement
  statement = { name: known.size < mostNames ? `text_${known.size}` : '', text }
  if (statement.name !== '') known.set(text, statement)
  return statement
}
