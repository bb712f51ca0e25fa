import { CodedError } from '../coded-error.ts'
import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../json/index.ts'
import type { FilterErrorCode } from './types.ts'

/** Nodes in the arrays and objects that `contains` looks for: each costs a walk over the whole field. */
const MAX_WANTED_NODES = 64

type Container = Json[] | JsonObject

/** Whether a value equals one of a list, however long (a list of shared ids may be). */
export function oneOf(list: Json): (value: Json | undefined) => boolean {
  const { scalars, containers } = parted(list)
  if (containers.length === 0) return (value) => scalars.has(value)
  const texts = new Set(containers.map(canonicalJson))
  return (value) => (isContainer(value) ? texts.has(canonicalJson(value)) : scalars.has(value))
}

/** Whether a value is an array with a member that equals one of the list. */
export function containsAny(list: Json): (value: Json | undefined) => boolean {
  const wanted = oneOf(list)
  return (value) => Array.isArray(value) && value.some(wanted)
}

/**
 * Whether a value is an array that contains the whole list: of a scalar an equal one, of an array or object one that
 * includes it. Throws CodedError `filter-value` for arrays and objects of more than 64 nodes together.
 */
export function containsAll(list: Json): (value: Json | undefined) => boolean {
  const { scalars, containers } = parted(list)
  if (nodes(containers) > MAX_WANTED_NODES) {
    throw new CodedError<FilterErrorCode>('filter-value', 'too many arrays and objects to look for')
  }
  return (value) =>
    Array.isArray(value) &&
    hasScalars(value, scalars) &&
    containers.every((item) => value.some((member) => includes(member, item)))
}

function hasScalars(members: readonly Json[], wanted: ReadonlySet<Json | undefined>): boolean {
  if (wanted.size === 0) return true
  if (members.length < wanted.size) return false
  const missing = new Set(wanted)
  return members.some((member) => missing.delete(member) && missing.size === 0)
}

/** Whether `whole` is `part`, or has all of it at every level, as PostgreSQL's `@>` judges the members of an array. */
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

function parted(list: Json): { scalars: Set<Json | undefined>; containers: Container[] } {
  const scalars = new Set<Json | undefined>()
  const containers: Container[] = []
  for (const item of Array.isArray(list) ? list : [list]) {
    if (isContainer(item)) containers.push(item)
    else scalars.add(item)
  }
  return { scalars, containers }
}

function nodes(items: readonly Json[]): number {
  let count = items.length
  for (const item of items) if (isContainer(item)) count += nodes(Object.values(item))
  return count
}

function isContainer(value: Json | undefined): value is Container {
  return typeof value === 'object' && value !== null
}
