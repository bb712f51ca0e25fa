import { CodedError } from '../coded-error.ts'
import { compareBytes, cutText } from '../compare-bytes.ts'
import type { Json, JsonObject } from '../json/index.ts'
import { fieldGetter, type Getter } from './field.ts'
import { encodeKey } from './key.ts'
import { compareValues } from './order.ts'
import type { FilterErrorCode, Sort } from './types.ts'

/** More fields than this would make pagination tokens too long for a URL. */
export const MAX_SORTS = 8

/** Texts that agree in as many UTF-16 units are the same to a sort, so that a token can hold all that the order depends on. */
const SORTED_UNITS = 256

/** The same for arrays and objects, in bytes of their key. */
const SORTED_BYTES = 256

/**
 * One field's part of a sort key, fit for JSON: `[]` is missing, `[value]` a scalar (a text cut to 256 units),
 * `{ key }` the encoded key of an array or object, cut to 256 bytes, in base64url.
 */
export type SortKeyPart = [] | [string | number | boolean | null] | { key: string }

/** A place in a sorted list: one part for each of `totalOrder(sorts)`. */
export type SortKey = SortKeyPart[]

/**
 * The sorts that make an order total: those given, up to the first on the unique field, or with it as the last,
 * in the direction of the one before (so that one index serves both ways). Throws CodedError `filter-sorts` above 8.
 */
export function totalOrder(sorts: readonly Sort[], unique = 'id'): Sort[] {
  if (sorts.length > MAX_SORTS)
    throw new CodedError<FilterErrorCode>('filter-sorts', `more than ${MAX_SORTS} sort fields`)
  const end = sorts.findIndex(({ field }) => field === unique)
  if (end >= 0) return sorts.slice(0, end + 1)
  return [...sorts, { field: unique, descending: sorts.at(-1)?.descending ?? false }]
}

/** Compares two objects in the total order of these sorts. Throws CodedError `filter-sorts`, `filter-field`. */
export function compareBy(sorts: readonly Sort[], unique = 'id'): (a: JsonObject, b: JsonObject) => number {
  const columns = columnsOf(sorts, unique)
  return (a, b) => {
    for (const { get, compare, sign } of columns) {
      const order = compare(get(a), get(b))
      if (order !== 0) return order * sign
    }
    return 0
  }
}

/** An object's place in the total order of these sorts, to go on after it. */
export function sortKeyOf(object: JsonObject, sorts: readonly Sort[], unique = 'id'): SortKey {
  return columnsOf(sorts, unique).map(({ get, whole }) => {
    const value = get(object)
    if (value === undefined) return []
    if (typeof value === 'string') return [whole ? value : cutText(value, SORTED_UNITS)]
    return isContainer(value) ? { key: Buffer.from(sortedKey(value)).toString('base64url') } : [value]
  })
}

/**
 * Whether an object comes strictly after that place. Throws CodedError `filter-key` for a key made for other sorts,
 * and what `compareBy` throws.
 */
export function afterKey(
  sorts: readonly Sort[],
  key: SortKey,
  unique = 'id',
): (object: JsonObject) => boolean {
  const columns = columnsOf(sorts, unique)
  if (key.length !== columns.length)
    throw new CodedError<FilterErrorCode>('filter-key', 'a key of another order')
  const bounds = columns.map(({ get, compare, sign }, i) => ({
    get,
    sign,
    compare: compareWith(key[i]!, compare),
  }))
  return (object) => {
    for (const { get, compare, sign } of bounds) {
      const order = compare(get(object))
      if (order !== 0) return order * sign > 0
    }
    return false
  }
}

type Compare = (a: Json | undefined, b: Json | undefined) => number

interface Column {
  get: Getter
  compare: Compare
  sign: 1 | -1
  /** The unique field, which is never cut: the order would not be total. */
  whole: boolean
}

function columnsOf(sorts: readonly Sort[], unique: string): Column[] {
  return totalOrder(sorts, unique).map(({ field, descending }) => ({
    get: fieldGetter(field),
    compare: field === unique ? compareValues : sortedComparer(),
    sign: descending ? -1 : 1,
    whole: field === unique,
  }))
}

/** The engine's order, as far as a sort looks. */
function sortedComparer(): Compare {
  // A sort compares each value many times, and only arrays and objects are dear to encode.
  const keys = new WeakMap<Container, Uint8Array>()
  const keyOf = (value: Container) => {
    let key = keys.get(value)
    if (key === undefined) keys.set(value, (key = sortedKey(value)))
    return key
  }
  return (a, b) => {
    if (typeof a === 'string' && typeof b === 'string') {
      return compareBytes(cutText(a, SORTED_UNITS), cutText(b, SORTED_UNITS))
    }
    return isContainer(a) && isContainer(b) ? Buffer.compare(keyOf(a), keyOf(b)) : compareValues(a, b)
  }
}

/** Compares values with one part of a sort key. */
function compareWith(part: SortKeyPart, compare: Compare): (value: Json | undefined) => number {
  if (Array.isArray(part)) return (value) => compare(value, part[0])
  const key = Buffer.from(part.key, 'base64url')
  return (value) => Buffer.compare(sortedKey(value), key)
}

function sortedKey(value: Json | undefined): Uint8Array {
  return encodeKey(value, SORTED_BYTES).key
}

type Container = Json[] | JsonObject

function isContainer(value: Json | undefined): value is Container {
  return typeof value === 'object' && value !== null
}
