/** Reading what came from outside: each function returns the value as its type or throws `malformed`. */
import { fromBase64url } from '../bytes/index.ts'
import { KeysError } from '../errors.ts'

type Members = Readonly<Record<string, unknown>>

const refuse = (what: string) => new KeysError('malformed', `${what} is not as it should be`)

export function members(value: unknown, what: string): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse(what)
  return value as Members
}

/** An array of at most `most`; past that `code`. */
export function list(
  value: unknown,
  what: string,
  most: number,
  code: 'too-many-slots' | 'malformed' = 'malformed',
): readonly unknown[] {
  if (!Array.isArray(value)) throw refuse(what)
  if (value.length > most) throw new KeysError(code, `${what} has more than ${most} entries`, { max: most })
  return value
}

/** Text that has one form in UTF-8, of `least` to `most` UTF-16 units. */
export function text(value: unknown, what: string, least: number, most: number): string {
  if (typeof value !== 'string' || value.length < least || value.length > most || !value.isWellFormed()) {
    throw refuse(what)
  }
  return value
}

export function matching(value: unknown, what: string, pattern: RegExp): string {
  if (typeof value !== 'string' || !pattern.test(value)) throw refuse(what)
  return value
}

/** A whole number from `least` that a double holds exactly. */
export function whole(value: unknown, what: string, least: number): number {
  if (!Number.isSafeInteger(value) || (value as number) < least) throw refuse(what)
  return value as number
}

/** Base64url of `length` bytes; without a length of at most 256 KiB of text. */
export function binary(value: unknown, what: string, length?: number): string {
  if (typeof value !== 'string' || value.length > 0x40000) throw refuse(what)
  fromBase64url(value, length)
  return value
}

/** JSON from text. */
export function json(value: string, what: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    throw refuse(what)
  }
}
