/** Reads members of a body, each with its bound. Whatever is not as it must be is `malformed`, with the member's name. */
import { refuse } from './errors.ts'

type Body = Readonly<Record<string, unknown>>

const wrong = (member: string) => refuse('malformed', { member })

/** A text of 1 to `max` characters. */
export function text(body: Body, member: string, max: number): string {
  const value = body[member]
  if (typeof value !== 'string' || value === '' || value.length > max) throw wrong(member)
  return value
}

export function optionalText(body: Body, member: string, max: number): string | undefined {
  return body[member] == null || body[member] === '' ? undefined : text(body, member, max)
}

export function flag(body: Body, member: string): boolean {
  const value = body[member] ?? false
  if (typeof value !== 'boolean') throw wrong(member)
  return value
}

/** A whole number from `least` to `most`. */
export function whole(body: Body, member: string, least: number, most: number): number {
  const value = body[member]
  if (!Number.isSafeInteger(value) || Number(value) < least || Number(value) > most) throw wrong(member)
  return Number(value)
}

export function oneOf<T extends string>(body: Body, member: string, values: readonly T[]): T {
  const value = values.find((one) => one === body[member])
  if (value === undefined) throw wrong(member)
  return value
}

export function object(body: Body, member: string): Body {
  const value = body[member]
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(member)
  return value as Body
}

/** Exactly `bytes` bytes in base64url, such as a derived secret. */
export function secret(body: Body, member: string, bytes: number): Uint8Array {
  const value = text(body, member, Math.ceil((bytes * 4) / 3))
  const read = Buffer.from(value, 'base64url')
  if (read.byteLength !== bytes || read.toString('base64url') !== value) throw wrong(member)
  return read
}
