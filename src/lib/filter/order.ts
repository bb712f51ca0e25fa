import { compareBytes } from '../compare-bytes.ts'
import type { Json } from '../json/index.ts'

/** Place of a value's type in the order: null, string, number, boolean, array, object, missing (undefined). */
function typeRank(value: Json | undefined): number {
  switch (typeof value) {
    case 'string':
      return 1
    case 'number':
      return 2
    case 'boolean':
      return 3
    case 'undefined':
      return 6
    default:
      return value === null ? 0 : Array.isArray(value) ? 4 : 5
  }
}

/**
 * The engine's total order over JSON values and missing ones (undefined); 0 only for equal values. By type, then:
 * strings by code points; numbers by value; false before true; arrays by length, then element by element;
 * objects by number of keys, then key by key in code point order, each key before its value.
 */
export function compareValues(a: Json | undefined, b: Json | undefined): number {
  if (a === b) return 0
  if (typeof a === 'string' && typeof b === 'string') return compareBytes(a, b)
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : 1
  const rank = typeRank(a)
  const difference = rank - typeRank(b)
  if (difference !== 0) return difference
  if (rank === 3) return a === true ? 1 : -1
  if (rank === 4) return compareArrays(a as Json[], b as Json[])
  return compareObjects(a as { [key: string]: Json }, b as { [key: string]: Json })
}

function compareArrays(a: readonly Json[], b: readonly Json[]): number {
  if (a.length !== b.length) return a.length - b.length
  for (let i = 0; i < a.length; i++) {
    const order = compareValues(a[i], b[i])
    if (order !== 0) return order
  }
  return 0
}

function compareObjects(a: { readonly [key: string]: Json }, b: { readonly [key: string]: Json }): number {
  const left = Object.keys(a).sort(compareBytes)
  const right = Object.keys(b).sort(compareBytes)
  if (left.length !== right.length) return left.length - right.length
  for (let i = 0; i < left.length; i++) {
    const order = compareBytes(left[i]!, right[i]!) || compareValues(a[left[i]!], b[right[i]!])
    if (order !== 0) return order
  }
  return 0
}
