/**
 * What a database can do for a list, read from its query: bounds on `id` and `last_modified`, and
 * an order that an index has. All the rest is the filter engine's, on parsed objects. The same for
 * both adapters.
 */
import type { ListQuery, Listed } from '../core/ports/store.ts'
import { CodedError } from '../lib/coded-error.ts'
import { compareBytes } from '../lib/compare-bytes.ts'
import {
  afterKey,
  compareValues,
  compileFilter,
  encodeKey,
  type Filter,
  type FilterErrorCode,
  type Sort,
  type SortKey,
  type SortKeyPart,
  sortKeyOf,
  totalOrder,
} from '../lib/filter/index.ts'
import type { Json, JsonObject } from '../lib/json/index.ts'

/** What a query asks of one row, before anything is parsed. */
export type RowTest = (id: string, modified: number, owner: string | null) => boolean

/** The part of a query that says which records, without order, place and bounds. */
export type Wanted = Pick<ListQuery, 'filters' | 'ids' | 'owner' | 'deleted'>

export interface Selection {
  /** Nothing can match. */
  empty: boolean
  /** Inclusive bounds of `modified`. */
  modified: { from: number; to: number }
  /** Bounds of `id` by bytes. */
  id: { from: string | undefined; fromOpen: boolean; to: string | undefined; toOpen: boolean }
  /** The only ids there may be, distinct and ascending by bytes; undefined: any. */
  ids: string[] | undefined
  /** All that is asked of `id`, `modified` and `owner`, the bounds above included; undefined: nothing. */
  passes: RowTest | undefined
  /** What is left for the engine; undefined: nothing, so that no object needs to be parsed. */
  matches: ((object: JsonObject) => boolean) | undefined
}

/** The order of a list. */
export type Order =
  /** By `modified` and then `id`, or by `id` alone: an index has it. */
  | {
      by: 'modified' | 'id'
      modifiedDown: boolean
      idDown: boolean
      after: { modified: number; id: string } | undefined
    }
  /** By other fields: the first ones are kept while all are looked at. */
  | { by: 'engine'; sorts: Sort[]; parses: boolean; isAfter: ((object: JsonObject) => boolean) | undefined }

/** The largest integer both databases and JavaScript agree on, as the last `modified` there can be. */
const lastTime = Number.MAX_SAFE_INTEGER

/** Reads a query's conditions. Throws CodedError `filter-field`. */
export function selectionOf({ filters, ids, owner }: Wanted): Selection {
  const selection: Selection = {
    empty: false,
    modified: { from: 0, to: lastTime },
    id: { from: undefined, fromOpen: false, to: undefined, toOpen: false },
    ids: undefined,
    passes: undefined,
    matches: undefined,
  }
  const tests: RowTest[] = []
  const rest: Filter[] = []
  if (ids && owner === undefined) narrowIds(selection, ids)
  else if (ids) {
    const shared = new Set(ids)
    tests.push((id, _, of) => of === owner || shared.has(id))
  }
  for (const filter of filters) {
    if (filter.field === 'last_modified') readModified(selection, filter, tests, rest)
    else if (filter.field === 'id') readId(selection, filter, tests, rest)
    else rest.push(filter)
  }
  if (ids || filters.length > rest.length) selection.passes = all([...boundTests(selection), ...tests])
  if (rest.length > 0) selection.matches = compileFilter(rest)
  const { modified, id } = selection
  if (modified.from > modified.to) selection.empty = true
  if (selection.ids?.length === 0) selection.empty = true
  if (id.from !== undefined && id.to !== undefined && compareBytes(id.from, id.to) > 0) selection.empty = true
  return selection
}

/**
 * Reads a query's order and the place to go on from.
 * Throws CodedError `filter-sorts`, `filter-field`, and `filter-key` for a place in another order.
 */
export function orderOf({ sort, after }: Pick<ListQuery, 'sort' | 'after'>): Order {
  const sorts = totalOrder(sort).filter(
    ({ field }, at, total) => total.findIndex((other) => other.field === field) === at,
  )
  const plain = sorts.every(({ field }) => field === 'id' || field === 'last_modified')
  if (plain) {
    const place = after === undefined ? undefined : plainPlace(after as SortKey, totalOrder(sort))
    const modified = sorts.find(({ field }) => field === 'last_modified')
    const id = sorts.find(({ field }) => field === 'id')
    return {
      by: modified ? 'modified' : 'id',
      modifiedDown: modified?.descending ?? false,
      idDown: id?.descending ?? false,
      after: place,
    }
  }
  return {
    by: 'engine',
    sorts: [...sort],
    parses: true,
    isAfter: after === undefined ? undefined : afterKey(sort, after as SortKey),
  }
}

/** The same order, looked at row by row: for sources that come in another order than an index's. */
export function engineOrder(order: Order): Order & { by: 'engine' } {
  if (order.by === 'engine') return order
  const sorts: Sort[] = [{ field: 'id', descending: order.idDown }]
  if (order.by === 'modified') sorts.unshift({ field: 'last_modified', descending: order.modifiedDown })
  const { after } = order
  const place: SortKey = order.by === 'id' ? [[after?.id ?? '']] : [[after?.modified ?? 0], [after?.id ?? '']]
  return { by: 'engine', sorts, parses: false, isAfter: after && afterKey(sorts, place) }
}

/** An object's place in an order, and its id. */
export interface Placed {
  id: string
  key: SortKey
}

/** Compares places of one order, as the engine compares the objects they were made of. */
export function comparePlaces(sorts: readonly Sort[]): (a: Placed, b: Placed) => number {
  const total = totalOrder(sorts)
  return (a, b) => {
    for (let i = 0; i < total.length; i++) {
      const order = compareParts(a.key[i] ?? [], b.key[i] ?? [])
      if (order !== 0) return total[i]?.descending ? -order : order
    }
    return 0
  }
}

export function placeOf(object: JsonObject, sorts: readonly Sort[]): Placed {
  return { id: object.id as string, key: sortKeyOf(object, sorts) }
}

/** Bytes of a listed record that count against `maxBytes`: those of its object's text. */
export function listedBytes(row: Pick<Listed, 'type' | 'size' | 'data'>): number {
  return row.type === null ? row.size : Buffer.byteLength(row.data)
}

function compareParts(a: SortKeyPart, b: SortKeyPart): number {
  if (Array.isArray(a) && Array.isArray(b)) return compareValues(a[0], b[0])
  return Buffer.compare(partKey(a), partKey(b))
}

/** The types of two different parts differ in the first byte of their keys; two containers are compared by all. */
function partKey(part: SortKeyPart): Uint8Array {
  return Array.isArray(part) ? encodeKey(part[0]).key : Buffer.from(part.key, 'base64url')
}

function plainPlace(after: SortKey, sorts: readonly Sort[]): { modified: number; id: string } {
  const value = (field: string): Json | undefined => {
    const part = after[sorts.findIndex((sort) => sort.field === field)]
    return Array.isArray(part) ? part[0] : undefined
  }
  const id = value('id')
  const modified = sorts.some(({ field }) => field === 'last_modified') ? value('last_modified') : 0
  if (after.length !== sorts.length || typeof id !== 'string' || !Number.isSafeInteger(modified)) {
    throw new CodedError<FilterErrorCode>('filter-key', 'a key of another order')
  }
  return { modified: modified as number, id }
}

function all(tests: readonly RowTest[]): RowTest {
  const [first, second] = tests
  if (!first) return () => true
  if (!second) return first
  return (id, modified, owner) => tests.every((test) => test(id, modified, owner))
}

function boundTests({ modified, id, ids }: Selection): RowTest[] {
  const tests: RowTest[] = []
  const { from, to } = modified
  if (from > 0 || to < lastTime) tests.push((_, time) => time >= from && time <= to)
  if (id.from !== undefined || id.to !== undefined) tests.push((own) => isWithin(own, id))
  if (ids) {
    const set = new Set(ids)
    tests.push((own) => set.has(own))
  }
  return tests
}

function isWithin(own: string, { from, fromOpen, to, toOpen }: Selection['id']): boolean {
  if (from !== undefined) {
    const order = compareBytes(own, from)
    if (order < 0 || (fromOpen && order === 0)) return false
  }
  if (to !== undefined) {
    const order = compareBytes(own, to)
    if (order > 0 || (toOpen && order === 0)) return false
  }
  return true
}

function readModified(selection: Selection, filter: Filter, tests: RowTest[], rest: Filter[]): void {
  const { op, value } = filter
  const { modified } = selection
  const raise = (from: number) => void (modified.from = Math.max(modified.from, from))
  const lower = (to: number) => void (modified.to = Math.min(modified.to, to))
  if (typeof value === 'number') {
    switch (op) {
      case 'eq':
        raise(Math.ceil(value))
        return lower(Math.floor(value))
      case 'gt':
        return raise(Math.floor(value) + 1)
      case 'min':
        return raise(Math.ceil(value))
      case 'lt':
        return lower(Math.ceil(value) - 1)
      case 'max':
        return lower(Math.floor(value))
    }
  }
  if (op === 'in' || op === 'exclude' || op === 'not') {
    const list = new Set(op === 'not' ? [value] : toList(value))
    if (op !== 'in') return void tests.push((_, time) => !list.has(time))
    const times = [...list].filter((item) => typeof item === 'number')
    raise(times.reduce((least, time) => Math.min(least, time), Infinity))
    lower(times.reduce((most, time) => Math.max(most, time), -Infinity))
    return void tests.push((_, time) => list.has(time))
  }
  rest.push(filter)
}

function readId(selection: Selection, filter: Filter, tests: RowTest[], rest: Filter[]): void {
  const { op, value } = filter
  if (op === 'eq') return narrowIds(selection, [value])
  if (op === 'in') return narrowIds(selection, toList(value))
  if (op === 'exclude' || op === 'not') {
    const list = new Set(op === 'not' ? [value] : toList(value))
    return void tests.push((id) => !list.has(id))
  }
  const { id } = selection
  if (typeof value === 'string') {
    const isOpen = op === 'gt' || op === 'lt'
    if (op === 'gt' || op === 'min') {
      const order = id.from === undefined ? 1 : compareBytes(value, id.from)
      if (order > 0) id.fromOpen = isOpen
      else if (order === 0) id.fromOpen ||= isOpen
      if (order > 0) id.from = value
      return
    }
    if (op === 'lt' || op === 'max') {
      const order = id.to === undefined ? -1 : compareBytes(value, id.to)
      if (order < 0) id.toOpen = isOpen
      else if (order === 0) id.toOpen ||= isOpen
      if (order < 0) id.to = value
      return
    }
  }
  rest.push(filter)
}

function narrowIds(selection: Selection, values: readonly Json[]): void {
  const wanted = new Set(values.filter((value) => typeof value === 'string'))
  const kept = selection.ids ? selection.ids.filter((id) => wanted.has(id)) : [...wanted].sort(compareBytes)
  selection.ids = kept
}

function toList(value: Json): Json[] {
  return Array.isArray(value) ? value : [value]
}
