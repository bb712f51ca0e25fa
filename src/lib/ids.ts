import { randomBytes, randomInt, randomUUID } from 'node:crypto'

/** A new home's id: 48 random bits as a safe integer, never 0. */
export function newHomeId(): number {
  return randomInt(1, 2 ** 48 - 1)
}

/** A random UUID (version 4, RFC 9562). */
export function newUuid(): string {
  return randomUUID()
}

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Eight random letters and digits: an id as Kinto gives to buckets, groups and collections. Not a secret (47 bits). */
export function newShortId(): string {
  let id = ''
  while (id.length < 8) {
    for (const byte of randomBytes(12)) {
      // 248 = 4 x 62: what lies above would favour the first letters.
      if (byte < 248 && id.length < 8) id += ALPHANUMERIC[byte % 62]
    }
  }
  return id
}

/** A random secret of at least `bits` bits in base64url, without padding. */
export function randomToken(bits = 256): string {
  return randomBytes(Math.ceil(bits / 8)).toString('base64url')
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

/** A random secret of at least `bits` bits that people can type: lower-case base32 (RFC 4648), without padding. */
export function randomBase32(bits = 128): string {
  let text = ''
  for (const byte of randomBytes(Math.ceil(bits / 5))) text += BASE32[byte & 31]
  return text
}
