import { createHmac, hash, timingSafeEqual, type KeyObject } from 'node:crypto'

/** SHA-256 as 32 bytes. */
export function sha256(data: string | Uint8Array): Buffer {
  return hash('sha256', data, 'buffer')
}

/** SHA-256 as 64 hexadecimal digits. */
export function sha256Hex(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex')
}

/** SHA-256 as 43 characters of base64url. */
export function sha256Base64url(data: string | Uint8Array): string {
  return hash('sha256', data, 'base64url')
}

/**
 * HMAC-SHA-256 in base64url: for what must be found again without being kept, as the cache key of a verified
 * `Authorization` header under a per-process key.
 */
export function keyedHash(key: Uint8Array | KeyObject, data: string | Uint8Array): string {
  return createHmac('sha256', key).update(data).digest('base64url')
}

/** Equality of two secrets in a time that depends on their lengths only, not on where they differ. */
export function secretsEqual(a: string | Uint8Array, b: string | Uint8Array): boolean {
  return timingSafeEqual(sha256(a), sha256(b))
}
