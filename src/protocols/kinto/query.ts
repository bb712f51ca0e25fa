/** Query parameters of lists and objects: filters, order, page and projection (API 1.23, "Filtering" to "Fields"). */
import type { Filter, Op, Sort } from '../../lib/filter/index.ts'
import { fieldGetter, MAX_SORTS } from '../../lib/filter/index.ts'
import { CodedError } from '../../lib/coded-error.ts'
import { type Json, parseJson } from '../../lib/json/index.ts'
import { fault } from './errors.ts'
import { readParameters } from './url.ts'

/** What a list was asked. */
export interface ListParameters {
  filters: Filter[]
  /** One of the filters looks at `last_modified`: tombstones are wanted too. */
  timed: boolean
  /** At least one; the store adds `id`. */
  sorts: Sort[]
  /** As given; undefined or 0 for no limit of the client's own. */
  limit: number | undefined
  token: string | undefined
  /** Fields to show, undefined for all. */
  fields: string[] | undefined
  /** `_to` was used, which warns. */
  usesTo: boolean
  /** All parameters, for the address of the next page. */
  given: [string, string][]
}

/** Most filters in one request; each costs a look-up in every record. */
export const maxFilters = 64

/** Most values in a list of a filter. */
const maxValues = 10_000

const maxFields = 256

/** A day more than a client-given time may lie ahead, so that an ETag is always a good `_since`. */
const farAhead = 48 * 3_600_000

/** What stands before a field's name; `eq` is meant without one. */
export const operators = [
  'contains_any',
  'contains',
  'exclude',
  'like',
  'not',
  'min',
  'max',
  'has',
  'gt',
  'lt',
  'eq',
  'in',
] as const satisfies readonly Op[]

const noParameters: ListParameters = Object.freeze({
  filters: [],
  timed: false,
  sorts: [{ field: 'last_modified', descending: true }],
  limit: undefined,
  token: undefined,
  fields: undefined,
  usesTo: false,
  given: [],
})

/**
 * Reads a list's parameters; `now` in milliseconds. With `known`, fields outside of it are refused.
 * Throws 400 with the parameter at fault.
 */
export function readListParameters(query: string, now: number, known?: ReadonlySet<string>): ListParameters {
  if (query === '') return noParameters
  const given = readParameters(query)
  const found: ListParameters = { ...noParameters, given, filters: [] }
  for (const [raw, value] of given) {
    const name = raw.trim()
    switch (name) {
      case '_limit':
        if (value !== '') found.limit = readInteger(name, value)
        break
      case '_sort':
        found.sorts = readSorts(value, known)
        break
      case '_token':
        if (value !== '') found.token = value
        break
      case '_fields':
        found.fields = readFields(value, known)
        break
      case '_since':
      case '_before':
      case '_to':
        found.usesTo ||= name === '_to'
        found.filters.push({
          op: name === '_since' ? 'gt' : 'lt',
          field: 'last_modified',
          value: readTime(name, value, now),
        })
        break
      default:
        // COMPAT remote-settings: `_expected` and the like only make an address new.
        if (!name.startsWith('_')) found.filters.push(readFilter(name, value, now, known))
    }
  }
  if (found.filters.length > maxFilters)
    throw fault('querystring', null, `A request has at most ${maxFilters} filters`)
  found.timed = found.filters.some(({ field }) => field === 'last_modified')
  return found
}

/** `_fields` of a request for one object; everything else is ignored there. */
export function readObjectFields(query: string): string[] | undefined {
  if (query === '') return undefined
  let fields: string[] | undefined
  for (const [name, value] of readParameters(query)) if (name === '_fields') fields = readFields(value)
  return fields
}

/** `last_modified` of a DELETE: the time that the tombstone should have. */
export function readDeletionTime(query: string): number | undefined {
  if (query === '') return undefined
  let time: number | undefined
  for (const [name, value] of readParameters(query))
    if (name === 'last_modified') time = readInteger(name, value)
  return time
}

function readFilter(name: string, text: string, now: number, known?: ReadonlySet<string>): Filter {
  const op = operators.find((one) => name.length > one.length + 1 && name.startsWith(`${one}_`))
  const field = op === undefined ? name : name.slice(op.length + 1)
  if (name.includes('\0') || text.includes('\0'))
    throw fault('querystring', name, `${name} holds the character 0x00`)
  const root = field.split('.', 1)[0]!
  if (known && !known.has(root)) throw fault('querystring', name, `Unknown filter field '${name}'`)
  checkField(name, field)
  return { op: op ?? 'eq', field, value: readValue(name, op ?? 'eq', field, text, now) }
}

function readValue(name: string, op: Op, field: string, text: string, now: number): Json {
  const isTime = field === 'last_modified'
  switch (op) {
    case 'has':
      return !/^(false|0|null|)$/i.test(text)
    case 'like': {
      const value = text[0] === '"' ? native(name, text) : text
      return typeof value === 'string' ? value : text
    }
    case 'in':
    case 'exclude': {
      const values = text === '' ? [] : text.split(',', maxValues + 1)
      if (values.length > maxValues) throw fault('querystring', name, `${name} has too many values`)
      if (isTime) return values.map((value) => readTime(name, value, now))
      return values.map((value) => (field === 'id' ? readId(name, value) : native(name, value)))
    }
    case 'contains':
    case 'contains_any': {
      if (isTime || field === 'id') throw fault('querystring', name, `Field '${field}' is not an array`)
      const value = native(name, text)
      if (!Array.isArray(value)) return [value]
      if (value.length > maxValues) throw fault('querystring', name, `${name} has too many values`)
      return value
    }
    default:
      if (isTime) return readTime(name, text, now)
      return field === 'id' ? readId(name, text) : native(name, text)
  }
}

/** A value as JSON where it is JSON, else as text. */
function native(name: string, text: string): Json {
  if (!/^\s*[[{"\-\dtfn]/.test(text)) return text
  try {
    const value = parseJson(text, { maxBytes: Infinity })
    return hasNul(value) ? wrong(name) : value
  } catch (error) {
    if (error instanceof CodedError && error.code === 'json-syntax') return text
    if (error instanceof CodedError) return wrong(name)
    throw error
  }
}

/** Ids are text, also those that look like numbers. */
function readId(name: string, text: string): string {
  if (text[0] !== '"') return text
  const value = native(name, text)
  return typeof value === 'string' ? value : wrong(name)
}

function hasNul(value: Json): boolean {
  return JSON.stringify(value).includes('\\u0000')
}

/** Milliseconds since 1970, plain or in quotes as an ETag is. */
function readTime(name: string, text: string, now: number): number {
  const time = readInteger(name, text)
  return time < now + farAhead ? time : wrong(name)
}

function readInteger(name: string, text: string): number {
  const digits = /^\s*(?:(\d{1,15})|"(\d{1,15})")\s*$/.exec(text)
  return digits ? Number(digits[1] ?? digits[2]) : wrong(name)
}

function readSorts(text: string, known?: ReadonlySet<string>): Sort[] {
  const sorts: Sort[] = []
  for (const part of text.split(',')) {
    const [, sign, field] = /^([-+]?)([^\s,]+)$/.exec(part.trim()) ?? []
    if (field === undefined) continue
    if (known && !known.has(field.split('.', 1)[0]!))
      throw fault('querystring', '_sort', `Unknown sort field '${field}' in _sort`)
    checkField('_sort', field)
    sorts.push({ field, descending: sign === '-' })
  }
  // One place is kept for the tie-break.
  if (sorts.length >= MAX_SORTS)
    throw fault('querystring', '_sort', `_sort has at most ${MAX_SORTS - 1} fields`)
  if (!sorts.some(({ field }) => field === 'last_modified'))
    sorts.push({ field: 'last_modified', descending: true })
  return sorts
}

function readFields(text: string, known?: ReadonlySet<string>): string[] | undefined {
  const fields = text.split(',').filter((field) => field !== '')
  if (fields.length > maxFields) throw fault('querystring', '_fields', '_fields has too many fields')
  for (const field of fields) {
    if (known && !known.has(field.split('.', 1)[0]!))
      throw fault('querystring', '_fields', `Field '${field}' in _fields does not exist`)
    checkField('_fields', field)
  }
  return fields.length === 0 ? undefined : fields
}

/** A field that the engine takes: its errors belong to the parameter. */
function checkField(parameter: string, field: string): void {
  if (field.includes('\0')) throw fault('querystring', parameter, `${parameter} holds the character 0x00`)
  try {
    fieldGetter(field)
  } catch (error) {
    if (!(error instanceof CodedError)) throw error
    throw fault('querystring', parameter, `${parameter} has a field with too many parts`)
  }
}

function wrong(name: string): never {
  throw fault('querystring', name, `Invalid value for ${name}`)
}
