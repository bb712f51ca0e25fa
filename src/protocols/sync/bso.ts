/** Basic storage objects: how they are read from requests, kept, and shown. */
import type { Listed, RecordRow } from '../../core/ports.ts'
import { CodedError } from '../../lib/coded-error.ts'
import { isJsonObject, type Json, parseJson } from '../../lib/json/index.ts'
import type { Headers } from './call.ts'
import { StorageError, weave } from './errors.ts'
import { limits } from './limits.ts'
import { stamp } from './time.ts'

/** What a request says of one object; what it leaves out stays. */
export interface Bso {
  id: string
  payload?: string
  sortindex?: number
  /** Milliseconds from now; null: for ever. */
  ttl?: number | null
}

const idForm = /^[ -~]{1,64}$/
const collectionForm = /^[A-Za-z0-9._-]{1,32}$/

export const isBsoId = (text: string): boolean => idForm.test(text)
export const isCollectionName = (text: string): boolean => collectionForm.test(text)

const maxSortindex = 999_999_999
const maxTtl = 999_999_999

/** Reads what stands in JSON for an object; the name of a member that is wrong. */
function readBso(value: { [name: string]: Json }, id: string): Bso | string {
  const bso: Bso = { id }
  for (const name of Object.keys(value)) {
    const member = value[name]!
    switch (name) {
      case 'id':
        if (member !== id) return 'id'
        break
      // The server's own.
      case 'modified':
        break
      case 'payload':
        if (member === null) break
        if (typeof member !== 'string') return 'payload'
        bso.payload = member
        break
      case 'sortindex':
        if (member === null) break
        if (!Number.isInteger(member) || Math.abs(member as number) > maxSortindex) return 'sortindex'
        bso.sortindex = member as number
        break
      case 'ttl': {
        const isTime = Number.isInteger(member) && (member as number) >= 0 && (member as number) <= maxTtl
        if (member !== null && !isTime) return 'ttl'
        bso.ttl = member === null ? null : (member as number) * 1_000
        break
      }
      default:
        return 'unknown field'
    }
  }
  return bso
}

/** COMPAT Firefox: an old one locked its keys with a vector of zeros; such keys are worth nothing, and not kept. */
const brokenKeys = /"IV"\s*:\s*"A{22}=="/

function checkPayload(collection: string, { payload }: Bso): void {
  if (collection === 'crypto' && payload !== undefined && brokenKeys.test(payload))
    throw new StorageError(400, weave.invalid)
}

/** The object in the body of a PUT. Throws 400, 413 and 415. */
export function readOne(collection: string, id: string, headers: Headers, body: Uint8Array | undefined): Bso {
  if (formatOf(headers) === 'newlines') throw new StorageError(415)
  const value = parse(body)
  const bso = isJsonObject(value) ? readBso(value, id) : 'object'
  if (typeof bso === 'string') throw new StorageError(400, weave.invalid)
  if (payloadBytes(bso) > limits.max_record_payload_bytes) throw new StorageError(413, weave.size)
  checkPayload(collection, bso)
  return bso
}

export interface BsoList {
  valid: Bso[]
  /** Why the others were not taken, by id. */
  failed: Record<string, string>
  /** Of all payloads. */
  bytes: number
}

/** The objects in the body of a POST. Throws 400 and 415 where that is not a list of objects with ids. */
export function readMany(collection: string, headers: Headers, body: Uint8Array | undefined): BsoList {
  const valid: Bso[] = []
  const failed = new Map<string, string>()
  let bytes = 0
  for (const value of itemsOf(headers, body)) {
    if (!isJsonObject(value) || typeof value['id'] !== 'string') throw new StorageError(400, weave.invalid)
    const { id } = value
    const bso = isBsoId(id) ? readBso(value, id) : 'id'
    if (typeof bso === 'string') {
      failed.set(id, `invalid ${bso}`)
      continue
    }
    checkPayload(collection, bso)
    const size = payloadBytes(bso)
    // What is too much may be sent again: by itself, or with the next request.
    if (valid.length >= limits.max_post_records) failed.set(id, 'retry bso')
    else if (size > limits.max_record_payload_bytes || bytes + size > limits.max_post_bytes)
      failed.set(id, 'retry bytes')
    else {
      bytes += size
      valid.push(bso)
    }
  }
  return { valid, failed: Object.fromEntries(failed), bytes }
}

function itemsOf(headers: Headers, body: Uint8Array | undefined): Json[] {
  if (formatOf(headers) === 'json') {
    const value = parse(body)
    if (!Array.isArray(value)) throw new StorageError(400, weave.invalid)
    return bounded(value)
  }
  if (body === undefined) return []
  const lines = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')
  return bounded(lines.replace(/\n$/, '').split('\n')).map(parse)
}

/** Nobody is told one by one what is wrong with a million. */
function bounded<T>(items: T[]): T[] {
  if (items.length > limits.max_total_records) throw new StorageError(400, weave.size)
  return items
}

/** COMPAT Firefox: it sends JSON as `text/plain`. */
const formats: Readonly<Record<string, 'json' | 'newlines'>> = {
  'application/json': 'json',
  'text/plain': 'json',
  'application/newlines': 'newlines',
}

function formatOf({ 'content-type': type }: Headers): 'json' | 'newlines' {
  if (type === undefined) return 'json'
  const name = String(type).split(';')[0]!.trim().toLowerCase()
  const format = Object.hasOwn(formats, name) ? formats[name] : undefined
  if (!format) throw new StorageError(415)
  return format
}

function parse(text: string | Uint8Array = ''): Json {
  try {
    return parseJson(text, { maxBytes: limits.max_request_bytes })
  } catch (error) {
    if (error instanceof CodedError) throw new StorageError(400, weave.json)
    throw error
  }
}

const payloadBytes = ({ payload }: Bso): number => (payload === undefined ? 0 : Buffer.byteLength(payload))

/*
 * An object is kept as `{"payload":"…"}` or `{"payload":"…","sortindex":N}`, in this order, so that nothing of it has to
 * be parsed to be shown or to have one of the two replaced: quotes inside of a payload are escaped, and what ends with a
 * digit and a brace has its sort index there.
 */

const indexAtEnd = /,"sortindex":(-?\d{1,9})\}$/

/** Bytes that are kept of an object beside its payload, without a sort index. */
export const frameBytes = '{"payload":""}'.length

/** The text that is kept, from what is stored and what is new. */
export function bsoText({ payload, sortindex }: Bso, stored: RecordRow | undefined): string {
  const [tail = '}', former] = stored ? (indexAtEnd.exec(stored.data.slice(-32)) ?? []) : []
  const index = sortindex ?? former
  const end = index === undefined ? '}' : `,"sortindex":${index}}`
  if (payload === undefined && stored) return stored.data.slice(0, -tail.length) + end
  return `{"payload":${JSON.stringify(payload ?? '')}${end}`
}

type Shown = Pick<Listed, 'id' | 'modified' | 'data'>

/** The object as clients get it. */
export const bsoJson = (bso: Shown): string => headOf(bso) + bso.data.slice(1)

/** What stands before the payload, in ASCII. */
export function headOf({ id, modified }: Pick<Shown, 'id' | 'modified'>): string {
  const quoted = plainId.test(id) ? `"${id}"` : JSON.stringify(id)
  return `{"id":${quoted},"modified":${stamp(modified)},`
}

const plainId = /^[ !#-[\]-~]*$/
