import type { Json } from '../json/index.ts'
import { encodeKey, KEY_BYTES, TAG } from './key.ts'
import type { Filter } from './types.ts'

/** Keys from `from`, inclusive, to `to`, exclusive, compared byte by byte. */
export interface KeyRange {
  from: Uint8Array
  to: Uint8Array
}

/** A lower bound of all keys and an upper one, that of a missing field included. */
export const ALL_KEYS: KeyRange = { from: Uint8Array.of(0), to: Uint8Array.of(TAG.afterAll) }

/**
 * Ranges of index keys, ascending and apart, in which every object that passes the filter has its field's key; others
 * may be there too, so that each object is still put to `compileFilter`. Undefined if an index does not narrow the
 * filter. `limit` is the one the index was encoded with.
 *
 * `gt` and `min` are passed by objects without the field: the index must have a row (`encodeKey(undefined)`) for them.
 */
export function keyRanges(filter: Filter, limit: number = KEY_BYTES): KeyRange[] | undefined {
  const { op, value } = filter
  switch (op) {
    case 'eq':
      return [at(value, limit)]
    case 'in':
      return distinct((Array.isArray(value) ? value : [value]).map((item) => at(item, limit)))
    case 'gt':
      return [{ from: beyond(value, limit), to: ALL_KEYS.to }]
    case 'min':
      return [{ from: at(value, limit).from, to: ALL_KEYS.to }]
    case 'lt':
      return [{ from: ALL_KEYS.from, to: before(value, limit) }]
    case 'max':
      return [{ from: ALL_KEYS.from, to: at(value, limit).to }]
    default:
      return undefined
  }
}

/** All values that have this value's key. */
function at(value: Json, limit: number): KeyRange {
  const { key } = encodeKey(value, limit)
  return { from: key, to: following(key) }
}

/** Where keys of greater values begin: a cut key may be theirs as well. */
function beyond(value: Json, limit: number): Uint8Array {
  const { key, exact } = encodeKey(value, limit)
  return exact ? following(key) : key
}

/** Where keys of smaller values end. */
function before(value: Json, limit: number): Uint8Array {
  const { key, exact } = encodeKey(value, limit)
  return exact ? key : following(key)
}

/** The next sequence of bytes. */
function following(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1)
  next.set(key)
  return next
}

function distinct(ranges: KeyRange[]): KeyRange[] {
  ranges.sort((a, b) => Buffer.compare(a.from, b.from))
  return ranges.filter((range, i) => i === 0 || Buffer.compare(range.from, ranges[i - 1]!.from) !== 0)
}
