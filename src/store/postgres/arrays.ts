/**
 * Arrays as parameters, in PostgreSQL's binary form: nothing in them needs to be escaped, and the
 * server parses no text. `pg` sends a Buffer as a binary value.
 */

/** Element types, by the name that stands in a cast (`$1::bigint[]`). */
export type ElementType = 'bigint' | 'text' | 'boolean' | 'bytea'

/** Object identifiers of the element types, which never change. */
const oids: Readonly<Record<ElementType, number>> = { bigint: 20, text: 25, boolean: 16, bytea: 17 }

const headBytes = 20

/** Encodes a one-dimensional array. Numbers have to be safe integers, texts free of NUL. */
export function encodeArray(type: ElementType, values: readonly unknown[]): Buffer {
  if (values.length === 0) return empty(type)
  let size = headBytes
  let nulls = 0
  for (const value of values) {
    size += 4
    if (value === null) nulls = 1
    else if (type === 'bigint') size += 8
    else if (type === 'text') size += Buffer.byteLength(value as string)
    else if (type === 'boolean') size += 1
    else size += (value as Uint8Array).byteLength
  }
  const buffer = Buffer.allocUnsafe(size)
  buffer.writeInt32BE(1, 0)
  buffer.writeInt32BE(nulls, 4)
  buffer.writeInt32BE(oids[type], 8)
  buffer.writeInt32BE(values.length, 12)
  buffer.writeInt32BE(1, 16)
  let at = headBytes
  for (const value of values) {
    if (value === null) {
      buffer.writeInt32BE(-1, at)
      at += 4
      continue
    }
    const length = writeElement(buffer, at + 4, type, value)
    buffer.writeInt32BE(length, at)
    at += 4 + length
  }
  return buffer
}

/** Writes one element and says how many bytes it took. */
function writeElement(buffer: Buffer, at: number, type: ElementType, value: unknown): number {
  switch (type) {
    case 'bigint':
      buffer.writeInt32BE(Math.floor((value as number) / 0x1_0000_0000), at)
      buffer.writeUInt32BE((value as number) >>> 0, at + 4)
      return 8
    case 'text':
      return buffer.write(value as string, at)
    case 'boolean':
      buffer[at] = value ? 1 : 0
      return 1
    case 'bytea':
      buffer.set(value as Uint8Array, at)
      return (value as Uint8Array).byteLength
  }
}

function empty(type: ElementType): Buffer {
  const buffer = Buffer.alloc(12)
  buffer.writeInt32BE(oids[type], 8)
  return buffer
}
