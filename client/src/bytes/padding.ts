/** Padmé: lengths that tell little, for at most 12 % more bytes (Nikitin et al., PoPETs 2019, section 4). */
import { KeysError } from '../errors.ts'
import type { Bytes } from './encoding.ts'

const least = 32

/** How long `length` bytes become: at least one byte more, and 32. Up to 2^31 bytes. */
export function padded(length: number): number {
  const wanted = length + 1
  if (wanted <= least) return least
  const exponent = 31 - Math.clz32(wanted)
  const step = 2 ** (exponent - (32 - Math.clz32(exponent)))
  return Math.ceil(wanted / step) * step
}

/** The bytes, 0x80, and zeros (ISO/IEC 7816-4). */
export function pad(bytes: Uint8Array): Bytes {
  const whole = new Uint8Array(padded(bytes.length))
  whole.set(bytes)
  whole[bytes.length] = 0x80
  return whole
}

/** Takes only what `pad` makes. Errors: `malformed`. */
export function unpad(bytes: Uint8Array): Bytes {
  const end = bytes.findLastIndex((byte) => byte !== 0)
  if (bytes[end] !== 0x80 || padded(end) !== bytes.length) throw new KeysError('malformed', 'wrong padding')
  return new Uint8Array(bytes.subarray(0, end))
}
