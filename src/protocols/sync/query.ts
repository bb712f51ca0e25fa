/** Addresses of storage requests: segments, and what stands behind the question mark. */
import type { ListQuery } from '../../core/ports.ts'
import type { Filter, Sort } from '../../lib/filter/index.ts'
import type { Json } from '../../lib/json/index.ts'
import { isBsoId } from './bso.ts'
import { StorageError, weave } from './errors.ts'
import { maxIds, maxListed, maxListedBytes } from './limits.ts'
import { readTime } from './time.ts'

export interface Address {
  /** Decoded. */
  segments: string[]
  /** Decoded; of a name that stands twice, the last. */
  query: ReadonlyMap<string, string>
}

const none: ReadonlyMap<string, string> = new Map()

/** Throws 400 for what is no UTF-8, holds NUL, or a segment `.` or `..` in any coding. */
export function readAddress(url: string): Address {
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  const segments = path.slice(1).split('/').map(decoded)
  if (segments.some((one) => one === '.' || one === '..')) throw new StorageError(400)
  return { segments, query: mark < 0 ? none : readQuery(url.slice(mark + 1)) }
}

function readQuery(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const part of text.split('&')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const [name, value] = equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)]
    found.set(decoded(name), decoded(value.replaceAll('+', ' ')))
  }
  return found
}

function decoded(raw: string): string {
  if (/^[\w.~-]*$/.test(raw)) return raw
  try {
    const text = decodeURIComponent(raw)
    if (text.isWellFormed() && !text.includes('\0')) return text
  } catch {}
  throw new StorageError(400)
}

type Order = 'newest' | 'oldest' | 'index'

const sorts: Readonly<Record<Order, readonly Sort[]>> = {
  newest: [{ field: 'last_modified', descending: true }],
  oldest: [{ field: 'last_modified', descending: false }],
  index: [{ field: 'sortindex', descending: true }],
}

export interface Wanted {
  list: ListQuery
  order: Order
  full: boolean
}

/** What of a collection is asked for. Throws 400. */
export function readWanted(query: ReadonlyMap<string, string>): Wanted {
  const filters: Filter[] = []
  const bound = (name: 'newer' | 'older', op: 'gt' | 'lt') => {
    const text = query.get(name)
    if (text === undefined) return
    const value = readTime(text)
    if (value === undefined) throw new StorageError(400)
    filters.push({ field: 'last_modified', op, value })
  }
  bound('newer', 'gt')
  bound('older', 'lt')
  const ids = readIds(query)
  if (ids) filters.push({ field: 'id', op: 'in', value: ids })
  const order = query.get('sort') ?? 'oldest'
  if (!isOrder(order)) throw new StorageError(400)
  const offset = query.get('offset')
  const after = offset === undefined ? undefined : readOffset(order, offset)
  return {
    order,
    full: query.has('full'),
    list: {
      filters,
      sort: sorts[order],
      limit: readLimit(query.get('limit')),
      maxBytes: maxListedBytes,
      deleted: false,
      ...(after === undefined ? {} : { after }),
    },
  }
}

const isOrder = (text: string): text is Order => Object.hasOwn(sorts, text)

/** 0 asks for nothing, and gets it. */
function readLimit(text: string | undefined): number {
  if (text === undefined) return maxListed
  if (!/^\d{1,10}$/.test(text)) throw new StorageError(400)
  return Math.min(Number(text), maxListed)
}

/** The ids that a request names; undefined where it names none. Throws 400 for more than 100. */
export function readIds(query: ReadonlyMap<string, string>): string[] | undefined {
  const text = query.get('ids')
  if (text === undefined) return undefined
  const ids = text
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '')
  if (ids.length > maxIds || !ids.every(isBsoId)) throw new StorageError(400)
  return ids.length === 0 ? undefined : ids
}

/** Where to go on: the order's letter, then the place of the last record. Clients give it back as it is. */
export function writeOffset(
  order: Order,
  { id, modified, data }: { id: string; modified: number; data: string },
) {
  const index = order === 'index' ? (JSON.parse(data) as { sortindex?: number }).sortindex : modified
  return order[0] + Buffer.from(JSON.stringify([index ?? null, id])).toString('base64url')
}

function readOffset(order: Order, text: string): Json {
  let place: unknown
  try {
    place = JSON.parse(Buffer.from(text.slice(1), 'base64url').toString('utf8'))
  } catch {}
  if (text[0] !== order[0] || text.length > 200 || !Array.isArray(place) || place.length !== 2)
    throw new StorageError(400)
  const [value, id] = place as unknown[]
  const isValue = Number.isSafeInteger(value) || (value === null && order === 'index')
  if (!isValue || typeof id !== 'string' || !isBsoId(id)) throw new StorageError(400, weave.unknown)
  return [value === null ? [] : [value as number], [id]]
}
