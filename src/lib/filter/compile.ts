import { CodedError } from '../coded-error.ts'
import { deepEqual, type Json, type JsonObject } from '../json/index.ts'
import { fieldGetter } from './field.ts'
import { likeMatcher, likeText, MAX_PATTERN } from './like.ts'
import { containsAll, containsAny, oneOf } from './lists.ts'
import { compareValues } from './order.ts'
import type { Filter, FilterErrorCode, Op } from './types.ts'

/** Judges one field's value; undefined is "missing". */
type Test = (value: Json | undefined) => boolean

/**
 * Compiles filters into one test of an object, which passes when all of them do.
 * Make it once and use it for many objects: for each it allocates next to nothing.
 * Throws CodedError `filter-field` or `filter-value` for what would cost too much.
 */
export function compileFilter(filters: readonly Filter[]): (object: JsonObject) => boolean {
  const tests = filters.map(({ op, field, value }) => {
    const get = fieldGetter(field)
    const test = tester[op](value)
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

const tester: Readonly<Record<Op, (value: Json) => Test>> = {
  eq: equals,
  not: (value) => negate(equals(value)),
  // A missing field is greater than everything, as in the order.
  gt: (bound) => (value) => compareValues(value, bound) > 0,
  min: (bound) => (value) => compareValues(value, bound) >= 0,
  lt: (bound) => (value) => compareValues(value, bound) < 0,
  max: (bound) => (value) => compareValues(value, bound) <= 0,
  in: oneOf,
  exclude: (list) => negate(oneOf(list)),
  like,
  has: (present) => (present ? (value) => value !== undefined : (value) => value === undefined),
  contains: containsAll,
  contains_any: containsAny,
}

function negate(test: Test): Test {
  return (value) => !test(value)
}

function equals(wanted: Json): Test {
  return typeof wanted === 'object' && wanted !== null
    ? (value) => deepEqual(value, wanted)
    : (value) => value === wanted
}

function like(pattern: Json): Test {
  const text = likeText(pattern)
  if (text === undefined) return () => false
  if (text.length > MAX_PATTERN) {
    throw new CodedError<FilterErrorCode>('filter-value', `like with more than ${MAX_PATTERN} characters`)
  }
  const matches = likeMatcher(text)
  return (value) => {
    const candidate = likeText(value)
    return candidate !== undefined && matches(candidate)
  }
}
