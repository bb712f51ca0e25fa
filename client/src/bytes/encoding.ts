/** Text and lists as bytes, each in exactly one way. */
import { KeysError } from '../errors.ts'

/** Bytes that WebCrypto takes: never over a shared buffer. */
export type Bytes = Uint8Array<ArrayBuffer>

const encoder = new TextEncoder()

export const utf8 = (text: string): Bytes => encoder.encode(text)

export const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length))

export function concat(parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/**
 * LP: each part behind its length in two bytes, big-endian, so that no two lists have the same bytes.
 * Text is UTF-8, numbers are decimal. Errors: `too-large` past 65,535 bytes in a part.
 */
export function lp(...parts: readonly (Uint8Array | string | number)[]): Bytes {
  return concat(
    parts.flatMap((part) => {
      const bytes = part instanceof Uint8Array ? part : utf8(String(part))
      if (bytes.length > 0xffff) throw new KeysError('too-large', 'a part is longer than 65,535 bytes')
      return [Uint8Array.of(bytes.length >> 8, bytes.length & 0xff), bytes]
    }),
  )
}

/** Without padding (RFC 4648, section 5). */
export function toBase64url(bytes: Uint8Array): string {
  let binary = ''
  // In pieces, since a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 0x2000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x2000))
  }
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Takes only what `toBase64url` writes, of `length` bytes where that is given. Errors: `malformed`. */
export function fromBase64url(text: string, length?: number): Bytes {
  const refuse = () => new KeysError('malformed', 'not base64url of the right length')
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) throw refuse()
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0))
  // The last character may have bits to spare: two texts would stand for the same bytes.
  if (toBase64url(bytes.subarray(-1 - ((bytes.length - 1) % 3))) !== text.slice(-(text.length % 4 || 4))) {
    throw refuse()
  }
  if (length !== undefined && bytes.length !== length) throw refuse()
  return bytes
}
