import { CodedError } from '../coded-error.ts'
import { isJsonObject, type Json, type JsonObject } from '../json/index.ts'
import type { FilterErrorCode } from './types.ts'

/** Parts of a dotted field: each object costs up to half the square of that in look-ups. */
const MAX_FIELD_PARTS = 32

/** Reads one field of an object; undefined is "missing". */
export type Getter = (object: JsonObject) => Json | undefined

/**
 * Compiles a dotted field. At every level the longest key that is there is taken (`{"a.b": …}` before `{"a": {"b": …}}`),
 * without a second try when it leads nowhere. Only own properties count; arrays and strings have no fields.
 * Throws CodedError `filter-field` above 32 parts.
 */
export function fieldGetter(field: string): Getter {
  if (!field.includes('.')) return keyGetter(field)
  const parts = field.split('.')
  if (parts.length > MAX_FIELD_PARTS) {
    throw new CodedError<FilterErrorCode>('filter-field', `field with more than ${MAX_FIELD_PARTS} parts`)
  }
  // From the last part to the first: each step needs the ones behind it.
  const steps: Getter[] = []
  for (let start = parts.length - 1; start >= 0; start--) steps[start] = stepGetter(parts, start, steps)
  return steps[0]!
}

function keyGetter(key: string): Getter {
  // JSON holds no undefined, so that only names which objects inherit need the slower question.
  if (key in Object.prototype) return (object) => (Object.hasOwn(object, key) ? object[key] : undefined)
  return (object) => object[key]
}

/** The getter of `parts[start]` onwards, where `steps` has those of the later parts. */
function stepGetter(parts: readonly string[], start: number, steps: readonly Getter[]): Getter {
  const whole = keyGetter(parts.slice(start).join('.'))
  const heads: { head: Getter; rest: Getter }[] = []
  for (let end = parts.length - 1; end > start; end--) {
    heads.push({ head: keyGetter(parts.slice(start, end).join('.')), rest: steps[end]! })
  }
  return (object) => {
    const value = whole(object)
    if (value !== undefined) return value
    for (const { head, rest } of heads) {
      const inner = head(object)
      if (inner !== undefined) return isJsonObject(inner) ? rest(inner) : undefined
    }
    return undefined
  }
}
