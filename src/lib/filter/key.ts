import type { Json } from '../json/index.ts'
import { compareBytes } from '../compare-bytes.ts'

/** Bytes kept of a key unless told otherwise. */
export const KEY_BYTES = 128

export interface Key {
  key: Uint8Array
  /** False if the key was cut: other values may then have the same one. */
  exact: boolean
}

/**
 * Encodes a JSON value, or a missing one (undefined), so that keys compared byte by byte have the engine's order:
 * `a` before `b` means a key not after b's; two exact keys are equal only for equal values. At most `limit` bytes
 * (at least 16), longer ones are cut. The same bytes everywhere: stores keep them, so a change needs a migration.
 *
 * A key is a type byte (1 null, 2 string, 3 number, 4 false, 5 true, 6 array, 7 object, 8 missing), then: for a string its
 * UTF-8 with NUL as 00 FF, and 00 at its end; for a number its IEEE 754 double, big-endian, with the sign bit flipped if
 * positive and all bits if negative; for an array its length in four bytes and its elements' keys; for an object its
 * number of keys in four bytes and, sorted, each key as a string without type byte and its value's key.
 */
export function encodeKey(value: Json | undefined, limit: number = KEY_BYTES): Key {
  const writer = createWriter(limit)
  writer.value(value)
  return writer.done()
}

/** The first byte of each type's keys; what follows them all is `AFTER_ALL`. */
export const TAG = {
  null: 1,
  string: 2,
  number: 3,
  false: 4,
  true: 5,
  array: 6,
  object: 7,
  missing: 8,
  afterAll: 9,
} as const

function createWriter(limit: number) {
  const bytes = Buffer.allocUnsafe(limit)
  let length = 0
  let full = false

  const byte = (value: number) => {
    if (length < limit) bytes[length++] = value
    else full = true
  }
  const count = (value: number) => {
    for (let shift = 24; shift >= 0; shift -= 8) byte((value >>> shift) & 255)
  }
  const number = (value: number) => {
    // Adding 0 makes -0 a 0.
    scratch.setFloat64(0, value + 0)
    const negative = scratch.getUint8(0) >= 128
    for (let i = 0; i < 8; i++) byte(scratch.getUint8(i) ^ (negative ? 255 : i === 0 ? 128 : 0))
  }
  const text = (value: string) => {
    for (let i = 0; i < value.length && !full; i++) {
      const point = value.codePointAt(i)!
      if (point > 0xffff) i++
      if (point === 0) {
        byte(0)
        byte(255)
      } else if (point < 0x80) byte(point)
      else if (point < 0x800) {
        byte(0xc0 | (point >> 6))
        byte(0x80 | (point & 63))
      } else if (point < 0x10000) {
        // A lone surrogate too, which Buffer would replace.
        byte(0xe0 | (point >> 12))
        byte(0x80 | ((point >> 6) & 63))
        byte(0x80 | (point & 63))
      } else {
        byte(0xf0 | (point >> 18))
        byte(0x80 | ((point >> 12) & 63))
        byte(0x80 | ((point >> 6) & 63))
        byte(0x80 | (point & 63))
      }
    }
    byte(0)
  }

  const value = (json: Json | undefined): void => {
    if (full) return
    if (typeof json === 'string') {
      byte(TAG.string)
      text(json)
    } else if (typeof json === 'number') {
      byte(TAG.number)
      number(json)
    } else if (typeof json === 'boolean') byte(json ? TAG.true : TAG.false)
    else if (json === undefined) byte(TAG.missing)
    else if (json === null) byte(TAG.null)
    else if (Array.isArray(json)) {
      byte(TAG.array)
      count(json.length)
      for (let i = 0; i < json.length && !full; i++) value(json[i])
    } else {
      byte(TAG.object)
      const keys = Object.keys(json).sort(compareBytes)
      count(keys.length)
      for (let i = 0; i < keys.length && !full; i++) {
        text(keys[i]!)
        value(json[keys[i]!])
      }
    }
  }

  return {
    value,
    done(): Key {
      // A key that just fits could be the beginning of a cut one.
      return { key: Uint8Array.prototype.slice.call(bytes, 0, length), exact: length < limit }
    },
  }
}

const scratch = new DataView(new ArrayBuffer(8))
