/** `_fields`: the part of an object that was asked for. */
import { getOwn, isJsonObject, type Json, type JsonObject, setOwn } from '../../lib/json/index.ts'

/** A tree of wanted keys; an empty one stands for the whole value. */
interface Wanted {
  [key: string]: Wanted
}

/**
 * Compiles fields, dotted ones included, into a function that copies them from an object. `id`, `last_modified` and
 * `deleted` are always there. What is asked of a value that is no object gives the whole value.
 */
export function projector(fields: readonly string[]): (object: JsonObject) => JsonObject {
  const wanted = noKeys()
  for (const field of [...fields, 'id', 'last_modified', 'deleted']) want(wanted, field.split('.'))
  return (object) => project(object, wanted)
}

function want(node: Wanted, [key = '', ...rest]: string[]): void {
  const known = node[key]
  if (rest.length === 0) node[key] = noKeys()
  // `a` and `a.b` together give all of `a`.
  else if (!known || !isEmpty(known)) want((node[key] ??= noKeys()), rest)
}

function noKeys(): Wanted {
  return Object.create(null) as Wanted
}

function isEmpty(wanted: Wanted): boolean {
  for (const _ in wanted) return false
  return true
}

function project(object: JsonObject, wanted: Wanted): JsonObject {
  const result: JsonObject = {}
  for (const key of Object.keys(wanted)) {
    const value: Json | undefined = getOwn(object, key)
    if (value === undefined) continue
    const below = wanted[key]!
    setOwn(result, key, isJsonObject(value) && !isEmpty(below) ? project(value, below) : value)
  }
  return result
}
