/** The body of a batch: defaults, and requests that they complete. */
import { getOwn, isJsonObject, type Json, type JsonObject, setOwn } from '../../lib/json/index.ts'
import type { Headers } from './conditions.ts'
import { fault } from './errors.ts'

/** One request of a batch. */
export interface Subrequest {
  method: string
  /** Path and query, with the version. */
  url: string
  headers: Headers
  json: Json | undefined
}

/** What a request of a batch may be. */
export const batchMethods = ['GET', 'HEAD', 'DELETE', 'TRACE', 'POST', 'PUT', 'PATCH']
const keys = ['method', 'path', 'headers', 'body']
const prefix = '/v1'

/**
 * Reads a batch. `parent` are the headers of the batch itself, which its requests inherit, save those that describe
 * its own body and conditions. Throws 400.
 */
export function readSubrequests(json: Json | undefined, parent: Headers, limit: number): Subrequest[] {
  if (json !== undefined && !isJsonObject(json)) throw fault('body', '', 'The body should be a JSON object')
  for (const key in json ?? {})
    if (key !== 'requests' && key !== 'defaults')
      throw fault('body', '', `Unrecognized key in the body: ${JSON.stringify(key.slice(0, 100))}`)
  const requests = json && getOwn(json, 'requests')
  if (requests === undefined) throw fault('body', 'requests', 'requests in body: Required')
  if (!Array.isArray(requests)) throw fault('body', 'requests', 'requests should be a list')
  if (requests.length > limit) throw fault('body', 'requests', `Number of requests is limited to ${limit}`)
  const defaults = (json && getOwn(json, 'defaults')) ?? {}
  checkRequest(defaults, 'defaults')
  const inherited = inheritedHeaders(parent)
  return requests.map((request, index) => {
    checkRequest(request, `requests.${index}`)
    return readSubrequest(complete(request, defaults), `requests.${index}`, inherited)
  })
}

/** Throws 400 unless it is a request, its path perhaps missing. */
function checkRequest(request: Json, name: string): asserts request is JsonObject {
  if (!isJsonObject(request)) throw fault('body', name, `${name} should be a JSON object`)
  for (const key in request)
    if (!keys.includes(key))
      throw fault('body', name, `Unrecognized key in ${name}: ${JSON.stringify(key.slice(0, 100))}`)
  const { method, path, headers, body } = request
  if (method !== undefined && method !== null && !batchMethods.includes(method as string))
    throw fault('body', `${name}.method`, `should be one of ${batchMethods.join(', ')}`)
  if (path !== undefined && (typeof path !== 'string' || path[0] !== '/'))
    throw fault('body', `${name}.path`, 'should be a path that begins with /')
  if (headers !== undefined && !isHeaders(headers))
    throw fault('body', `${name}.headers`, 'should be a JSON object of strings')
  if (body !== undefined && (typeof body !== 'object' || body === null))
    throw fault('body', `${name}.body`, 'should be a JSON object')
}

function isHeaders(value: Json): value is { [name: string]: string } {
  return isJsonObject(value) && Object.values(value).every((one) => typeof one === 'string')
}

/** Defaults fill what is missing, in objects at every level; they overwrite nothing. */
function complete(request: JsonObject, defaults: JsonObject): JsonObject {
  const result: JsonObject = { ...request }
  for (const key of Object.keys(defaults)) {
    const own = getOwn(result, key)
    const value = defaults[key]!
    if (own === undefined) setOwn(result, key, value)
    else if (isJsonObject(own) && isJsonObject(value)) setOwn(result, key, complete(own, value))
  }
  return result
}

function readSubrequest(request: JsonObject, name: string, inherited: Headers): Subrequest {
  const { method, path, headers, body } = request
  if (typeof path !== 'string') throw fault('body', `${name}.path`, `${name}.path in body: Required`)
  const url = path === prefix || path.startsWith(`${prefix}/`) ? path : prefix + path
  if (/^\/v1\/batch\/*(\?|$)/.test(url)) throw fault('body', 'requests', 'A batch can not hold another batch')
  const given: Record<string, string> = {}
  // Its own come before those of the defaults, which differ in capitals at most.
  for (const [key, value] of Object.entries((headers as Record<string, string> | undefined) ?? {}))
    if (!Object.hasOwn(given, key.toLowerCase())) setOwn(given, key.toLowerCase(), value)
  return {
    method: typeof method === 'string' ? method : 'GET',
    url,
    headers: { ...inherited, ...given },
    json: body === undefined || (isJsonObject(body) && Object.keys(body).length === 0) ? undefined : body,
  }
}

/** Headers of the batch's own body and its conditions say nothing about its requests. */
const ownHeaders = new Set([
  'content-type',
  'content-length',
  'transfer-encoding',
  'if-match',
  'if-none-match',
  'response-behavior',
])

function inheritedHeaders(parent: Headers): Headers {
  return Object.fromEntries(Object.entries(parent).filter(([name]) => !ownHeaders.has(name)))
}
