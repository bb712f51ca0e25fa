/** Bodies of requests: media types, JSON, and the two members that every object has. */
import { CodedError } from '../../lib/coded-error.ts'
import { isJsonObject, isPlainText, type Json, type JsonObject, parseJson } from '../../lib/json/index.ts'
import type { Headers } from './conditions.ts'
import { errno, type Fault, fault, invalid, KintoError } from './errors.ts'

const jsonType = 'application/json'
export const mergePatchType = 'application/merge-patch+json'
export const jsonPatchType = 'application/json-patch+json'
export const patchTypes: readonly string[] = [jsonType, mergePatchType, jsonPatchType]
export const plainTypes: readonly string[] = [jsonType]

/** A body as it came: bytes from the socket, or a value that a batch holds. */
export interface Body {
  bytes?: Uint8Array | undefined
  json?: Json | undefined
}

/** Lists of principals by permission, as written; null takes a list away (merge patch alone). */
export type Permissions = ReadonlyMap<string, readonly string[] | null>

/** The body of a request that writes an object. */
export interface ObjectBody {
  data: JsonObject | undefined
  permissions: Permissions | undefined
}

/** Most principals in one list, and the most characters in one. */
export const maxPrincipals = 1000
export const maxPrincipalLength = 1000

/** Throws 406 unless JSON may be answered. */
export function checkAccept(headers: Headers): void {
  const accept = headers['accept']
  if (accept === undefined || accept === '*/*' || accept === jsonType) return
  const ranges = (Array.isArray(accept) ? accept.join() : accept).split(',')
  // What is no media range at all says nothing about what is wanted.
  if (!accept.includes('/') && accept !== '') return
  for (const range of ranges) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    if (type !== jsonType && type !== 'application/*' && type !== '*/*') continue
    if (!parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))) return
  }
  throw invalid(
    [{ location: 'header', name: 'Accept', description: `Accept header should allow ${jsonType}` }],
    406,
  )
}

/** The media type of a body, one of `allowed`; without the header it is JSON. Throws 415. */
export function contentType(headers: Headers, allowed: readonly string[]): string {
  const header = headers['content-type']
  if (header === undefined || header === jsonType) return jsonType
  const type = String(header).split(';', 1)[0]!.trim().toLowerCase()
  if (allowed.includes(type)) return type
  const description = `Content-Type header should be one of ${allowed.join(', ')}`
  throw invalid([{ location: 'header', name: 'Content-Type', description }], 415)
}

/**
 * The JSON of a body, undefined if there is none. Throws 400 for what is no JSON, too deep or holds a number that
 * would not be given back as it came, 413 for what is too large.
 */
export function readJson({ bytes, json }: Body, maxBytes: number): Json | undefined {
  if (json !== undefined) return json
  if (bytes === undefined || bytes.byteLength === 0) return undefined
  let value: Json
  try {
    value = parseJson(bytes, { maxBytes })
  } catch (error) {
    if (!(error instanceof CodedError)) throw error
    if (error.code === 'json-too-large') throw tooLarge()
    throw fault('body', null, `Invalid JSON: ${error.message}`)
  }
  if (hasUnsafeInteger(value)) checkIntegers(bytes)
  if (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('\\u') && !isWellFormed(value))
    throw fault('body', null, 'Invalid JSON: a surrogate stands alone')
  return value
}

/** Whether all text is Unicode. A surrogate alone, which only an escape can bring in, is refused by many parsers. */
function isWellFormed(value: Json): boolean {
  if (typeof value === 'string') return value.isWellFormed()
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every(isWellFormed)
  for (const key in value) if (!key.isWellFormed() || !isWellFormed(value[key]!)) return false
  return true
}

export function tooLarge(): KintoError {
  return new KintoError(413, errno.tooLarge, 'The request body is too large')
}

function hasUnsafeInteger(value: Json): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value)
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some(hasUnsafeInteger)
  for (const key in value) if (hasUnsafeInteger(value[key]!)) return true
  return false
}

/** An integer beyond 2^53 that is written with all its digits would come back as another one: better refused. */
function checkIntegers(bytes: Uint8Array): void {
  JSON.parse(Buffer.from(bytes).toString('utf8'), (_key, value: unknown, context?: { source?: string }) => {
    const source = context?.source
    if (typeof value === 'number' && source !== undefined && /^-?\d+$/.test(source)) {
      if (BigInt(source) !== BigInt(value) && source !== String(value))
        throw fault('body', null, `Invalid JSON: ${source.slice(0, 40)} is too large for an integer`)
    }
    return value
  })
}

/**
 * `{data, permissions}` of a body that replaces or merges; both may be missing, nothing else may be there.
 * `resource` names the permissions that exist. Throws 400.
 */
export function readObjectBody(json: Json | undefined, permissionNames: readonly string[]): ObjectBody {
  if (json === undefined) return { data: undefined, permissions: undefined }
  if (!isJsonObject(json)) throw fault('body', '', 'The body should be a JSON object')
  for (const key in json)
    if (key !== 'data' && key !== 'permissions')
      throw fault('body', '', `Unrecognized key in the body: ${JSON.stringify(key.slice(0, 100))}`)
  const { data, permissions } = json
  if (data !== undefined && !isJsonObject(data)) throw fault('body', 'data', 'data should be a JSON object')
  return {
    data,
    permissions: permissions === undefined ? undefined : readPermissions(permissions, permissionNames),
  }
}

/** Checks a mapping of permission names to lists of principals; doubles are dropped. Throws 400. */
export function readPermissions(value: Json, allowed: readonly string[]): Permissions {
  if (!isJsonObject(value)) throw fault('body', 'permissions', 'permissions should be a JSON object')
  const lists = new Map<string, readonly string[] | null>()
  for (const name of Object.keys(value)) {
    if (!allowed.includes(name)) {
      const description = `${JSON.stringify(name.slice(0, 100))} is not one of ${allowed.join(', ')}`
      throw fault('body', 'permissions', description)
    }
    const list = value[name]!
    lists.set(name, list === null ? null : readPrincipals(list, `permissions.${name}`))
  }
  return lists
}

/** Checks a list of principals; doubles are dropped. Throws 400 with every item at fault. */
export function readPrincipals(value: Json, name: string, max = maxPrincipals): string[] {
  if (!Array.isArray(value)) throw fault('body', name, `${name} should be a list of strings`)
  if (value.length > max) throw fault('body', name, `${name} should have at most ${max} items`)
  const faults: Fault[] = []
  for (const [index, item] of value.entries()) {
    if (typeof item === 'string' && item !== '' && item.length <= maxPrincipalLength && isPlainText(item))
      continue
    const description = `should be a string of 1 to ${maxPrincipalLength} characters`
    faults.push({ location: 'body', name: `${name}.${index}`, description })
  }
  if (faults.length > 0) throw invalid(faults.slice(0, 100))
  return [...new Set(value as string[])]
}
