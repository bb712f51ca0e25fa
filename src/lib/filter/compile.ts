import { deepEqual, isJsonObject, type Json, type JsonObject } from '../json/index.ts'
import { fieldGetter } from './field.ts'
import { likeMatcher, likeText } from './like.ts'
import { compareValues } from './order.ts'
import type { Filter, Op } from './types.ts'

/** Judges one field's value; undefined is "missing". */
type Test = (value: Json | undefined) => boolean

/**
 * Compiles filters into one test of an object, which passes when all of them do. Throws CodedError `filter-field`.
 * Make it once and use it for many objects: it allocates nothing for each, save what `like` folds.
 */
export function compileFilter(filters: readonly Filter[]): (object: JsonObject) => boolean {
  const tests = filters.map(({ op, field, value }) => {
    const get = fieldGetter(field)
    const test = compile[op](value)
    return (object: JsonObject) => test(get(object))
  })
  const [first, second] = tests
  if (first === undefined) return () => true
  if (second === undefined) return first
  if (tests.length === 2) return (object) => first(object) && second(object)
  return (object) => {
    for (const test of tests) if (!test(object)) return false
    return true
  }
}

const compile: Readonly<Record<Op, (value: Json) => Test>> = {
  eq: equals,
  not: (value) => negate(equals(value)),
  // A missing field is greater than everything, as in the order.
  gt: (bound) => (value) => compareValues(value, bound) > 0,
  min: (bound) => (value) => compareValues(value, bound) >= 0,
  lt: (bound) => (value) => compareValues(value, bound) < 0,
  max: (bound) => (value) => compareValues(value, bound) <= 0,
  in: oneOf,
  exclude: (list) => negate(oneOf(list)),
  like(pattern) {
    const text = likeText(pattern)
    if (text === undefined) return () => false
    const matches = likeMatcher(text)
    return (value) => {
      const candidate = likeText(value)
      return candidate !== undefined && matches(candidate)
    }
  },
  has: (present) => (present ? (value) => value !== undefined : (value) => value === undefined),
  contains(value) {
    const wanted = toList(value)
    return (field) =>
      Array.isArray(field) && wanted.every((item) => field.some((member) => includes(member, item)))
  },
  contains_any(value) {
    const isWanted = oneOf(value)
    return (field) => Array.isArray(field) && field.some(isWanted)
  },
}

function negate(test: Test): Test {
  return (value) => !test(value)
}

function equals(wanted: Json): Test {
  return typeof wanted === 'object' && wanted !== null
    ? (value) => deepEqual(value, wanted)
    : (value) => value === wanted
}

/** Scalars by a set, since a list of shared ids may be long. */
function oneOf(value: Json): Test {
  const scalars = new Set<Json | undefined>()
  const containers: Json[] = []
  for (const item of toList(value)) {
    if (typeof item === 'object' && item !== null) containers.push(item)
    else scalars.add(item)
  }
  if (containers.length === 0) return (candidate) => scalars.has(candidate)
  return (candidate) => scalars.has(candidate) || containers.some((item) => deepEqual(item, candidate))
}

function toList(value: Json): Json[] {
  return Array.isArray(value) ? value : [value]
}

/** Whether `whole` is `part` or an object or array that has all of it at every level, as PostgreSQL's `@>` inside an array. */
function includes(whole: Json, part: Json): boolean {
  if (Array.isArray(part)) {
    return Array.isArray(whole) && part.every((item) => whole.some((member) => includes(member, item)))
  }
  if (isJsonObject(part)) {
    if (!isJsonObject(whole)) return false
    return Object.keys(part).every((key) => Object.hasOwn(whole, key) && includes(whole[key]!, part[key]!))
  }
  return whole === part
}
