/** What goes wrong at this door: thrown where it happens, rendered by `renderError` alone. */
import { STATUS_CODES } from 'node:http'
import type { Json, JsonObject } from '../../lib/json/index.ts'

/** Kinto's numbers for causes, which clients act on (API 1.23, "Error responses"). */
export const errno = {
  missingAuthorization: 104,
  invalidAuthorization: 105,
  malformedJson: 106,
  invalidParameter: 107,
  missingParameter: 108,
  invalidPostedData: 109,
  unknownObject: 110,
  unknownResource: 111,
  missingLength: 112,
  tooLarge: 113,
  modifiedMeanwhile: 114,
  methodNotAllowed: 115,
  versionNotAvailable: 116,
  tooManyRequests: 117,
  forbidden: 121,
  constraint: 122,
  unavailable: 201,
  deprecated: 202,
  internal: 999,
} as const

export type Errno = (typeof errno)[keyof typeof errno]

export interface ErrorExtras {
  /** The short title; the status's own words unless given. */
  title?: string
  /** Facts for programs: the stored object of a 412, the parameters of a 400. */
  details?: Json
  /** Further headers, name and value in turn. */
  headers?: readonly string[]
}

/** An answer that is an error. Its message is for the client and never holds contents or secrets. */
export class KintoError extends Error {
  readonly status: number
  readonly errno: Errno
  readonly extras: ErrorExtras

  constructor(status: number, number: Errno, message: string, extras: ErrorExtras = {}) {
    super(message)
    this.name = 'KintoError'
    this.status = status
    this.errno = number
    this.extras = extras
  }
}

export type Location = 'path' | 'header' | 'querystring' | 'body'

/** One thing that is wrong with a request. `name` null: the whole of that place. */
export interface Fault {
  location: Location
  name: string | null
  description: string
}

/** 400 for one or more faults; the message speaks of the first by name. */
export function invalid(faults: readonly Fault[], status = 400): KintoError {
  const sorted = faults.toSorted((a, b) => compareNames(String(a.name), String(b.name)))
  return new KintoError(status, errno.invalidParameter, faultMessage(sorted[0]!), {
    title: 'Invalid parameters',
    details: sorted.map(({ location, name, description }) => ({ location, name, description })),
  })
}

/** 400 for one fault. */
export function fault(location: Location, name: string | null, description: string): KintoError {
  return invalid([{ location, name, description }])
}

function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function faultMessage({ location, name, description }: Fault): string {
  if (name === null) return `${location}: ${description}`
  return description.includes(name) ? description : `${name} in ${location}: ${description}`
}

/** 404 for an object that is not there (110), or whose parent is not (111). */
export function missing(number: 110 | 111, resource: string, id: string): KintoError {
  return new KintoError(404, number, `No such ${resource}.`, { details: { id, resource_name: resource } })
}

/** 401 without credentials, 403 with: the same answer whether the thing exists or not. */
export function forbidden(authenticated: boolean): KintoError {
  return authenticated
    ? new KintoError(403, errno.forbidden, 'This user may not do that.')
    : new KintoError(401, errno.missingAuthorization, 'Please authenticate to do that.')
}

/** 412; `existing` is the stored object, where there is one. */
export function modifiedMeanwhile(existing?: JsonObject, headers: readonly string[] = []): KintoError {
  return new KintoError(412, errno.modifiedMeanwhile, 'Resource was modified meanwhile', {
    headers,
    ...(existing && { details: { existing } }),
  })
}

/** 503 with the seconds after which trying again makes sense. */
export function unavailable(message: string, retryAfter: number): KintoError {
  return new KintoError(503, errno.unavailable, message, { headers: ['Retry-After', String(retryAfter)] })
}

/** The body of an error, as API 1.23 describes it. */
export function errorBody(error: KintoError): JsonObject {
  const { title, details } = error.extras
  return {
    code: error.status,
    errno: error.errno,
    error: title ?? STATUS_CODES[error.status] ?? 'Error',
    message: error.message,
    ...(details !== undefined && { details }),
  }
}
