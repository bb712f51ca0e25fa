/** Answers: their headers, and objects as text that is spliced and not parsed. */
import type { JsonObject } from '../../lib/json/index.ts'
import { errorBody, type KintoError } from './errors.ts'
import type { KintoSettings } from './settings.ts'

/** An answer before the headers that all have. */
export interface Answer {
  status: number
  /** Name and value in turn, as `writeHead` takes them. */
  headers: readonly string[]
  /** JSON; undefined where there is none (304). */
  body: string | undefined
}

/** Headers that pages of other origins may read. */
const exposedHeaders =
  'ETag, Last-Modified, Next-Page, Total-Objects, Total-Records, Cache-Control, Expires, Pragma, ' +
  'Backoff, Retry-After, Alert, Content-Type, Content-Length'

/** Stored content is nothing that a browser should run, whatever it holds. */
const contentPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox"

const noStore = ['Cache-Control', 'no-cache, no-store'] as const

/** Times as HTTP writes them, by the last digits of their second: most of what is asked for was written together. */
const dates = Array.from({ length: 1024 }, () => ({ second: Number.NaN, text: '' }))

/** A time as HTTP writes it, from milliseconds since 1970. */
function httpDate(time: number): string {
  const second = Math.floor(time / 1000)
  const date = dates[second % 1024]!
  if (date.second !== second) {
    date.second = second
    // Beyond the year 275760 there are no dates.
    date.text = new Date(Math.min(second * 1000, 8.64e15)).toUTCString()
  }
  return date.text
}

/** `ETag` and `Last-Modified` of a revision. */
export function revisionHeaders(revision: number): string[] {
  return ['ETag', `"${revision}"`, 'Last-Modified', httpDate(revision)]
}

/** How long caches may keep an answer: `seconds` for anonymous ones where that is set, else not at all. */
export function cacheHeaders(seconds: number | undefined, now: number): readonly string[] {
  if (seconds === undefined) return noStore
  const expires = ['Expires', new Date(now + seconds * 1000).toUTCString(), 'Vary', 'Authorization']
  if (seconds > 0) return ['Cache-Control', `max-age=${seconds}`, ...expires]
  return ['Cache-Control', 'max-age=0, must-revalidate, no-cache, no-store', 'Pragma', 'no-cache', ...expires]
}

/** The JSON text of an object: `data` is stored JSON text without id and last_modified. */
export function objectText(id: string, modified: number, data: string): string {
  const head = `{"id":${JSON.stringify(id)},"last_modified":${modified}`
  return data === '{}' ? `${head}}` : `${head},${data.slice(1)}`
}

/** The JSON text of a tombstone. */
export function tombstoneText(id: string, modified: number): string {
  return `{"id":${JSON.stringify(id)},"last_modified":${modified},"deleted":true}`
}

/** An object as a value, with id and last_modified. */
export function objectValue(id: string, modified: number, data: string): JsonObject {
  return { ...(JSON.parse(data) as JsonObject), id, last_modified: modified }
}

/** A tombstone as a value. */
export function tombstoneValue(id: string, modified: number): JsonObject {
  return { id, last_modified: modified, deleted: true }
}

/** The stored JSON text of an object's data: what its row says already is left out. */
export function dataText(data: JsonObject): string {
  if (!('id' in data) && !('last_modified' in data)) return JSON.stringify(data)
  const { id: _id, last_modified: _modified, ...rest } = data
  return JSON.stringify(rest)
}

/** An answer of a JSON value. */
export function jsonAnswer(status: number, value: unknown, headers: readonly string[] = []): Answer {
  return { status, headers, body: JSON.stringify(value) }
}

export function notModified(revision: number): Answer {
  return { status: 304, headers: revisionHeaders(revision), body: undefined }
}

/** 307: the method, the body and the query stay. `location` is relative to the server. */
export function redirect(location: string, headers: readonly string[] = []): Answer {
  return {
    status: 307,
    headers: ['Location', location, ...headers],
    body: JSON.stringify({ code: 307, message: `Moved to ${location}` }),
  }
}

export function errorAnswer(error: KintoError): Answer {
  return jsonAnswer(error.status, errorBody(error), error.extras.headers ?? [])
}

/** An answer ready to be written. */
export interface KintoResponse {
  status: number
  headers: readonly string[]
  /** UTF-8 text; empty for 304 and HEAD. */
  body: string
  /** `latin1` where all of it is ASCII, which is written in half the time of `utf8`. */
  coding: 'latin1' | 'utf8'
}

/**
 * Makes the function that adds what every answer has: CORS for the request's origin, what browsers must not do with
 * it, `Backoff` and the end-of-life `Alert`. `now` in milliseconds.
 */
export function createDressing(settings: KintoSettings) {
  const base = [
    'Content-Security-Policy',
    contentPolicy,
    'X-Content-Type-Options',
    'nosniff',
    'Access-Control-Expose-Headers',
    exposedHeaders,
  ]
  const everyOrigin = settings.corsOrigins.includes('*')
  const common = everyOrigin ? ['Access-Control-Allow-Origin', '*', ...base] : base
  const typed = ['Content-Type', 'application/json', ...common]
  const origins = settings.corsOrigins.map(originMatcher)
  const { backoff, backoffPercentage, eos } = settings
  const alert = eos && {
    soft: JSON.stringify({ code: 'soft-eol', message: eos.message, url: eos.url }),
    hard: JSON.stringify({ code: 'hard-eol', message: eos.message, url: eos.url }),
  }
  const plain = everyOrigin && backoff === 0 && alert === undefined

  return (answer: Answer, method: string, origin: string | undefined, now: number): KintoResponse => {
    const { status, body } = answer
    const headers = body === undefined ? common.concat(answer.headers) : typed.concat(answer.headers)
    if (!plain) {
      if (!everyOrigin) {
        headers.push('Vary', 'Origin')
        if (origin !== undefined && origins.some((matches) => matches(origin)))
          headers.push('Access-Control-Allow-Origin', origin)
      }
      if (backoff > 0 && (backoffPercentage >= 100 || Math.random() * 100 < backoffPercentage))
        headers.push('Backoff', String(backoff))
      if (alert && eos) {
        const at = headers.indexOf('Alert')
        if (at >= 0) headers.splice(at, 2)
        headers.push('Alert', asciiJson(now < eos.at ? alert.soft : alert.hard))
      }
    }
    if (body === undefined) return { status, headers, body: '', coding: 'latin1' }
    const length = Buffer.byteLength(body)
    headers.push('Content-Length', String(length))
    const coding = length === body.length ? 'latin1' : 'utf8'
    return { status, headers, body: method === 'HEAD' ? '' : body, coding }
  }
}

/** JSON fit for a header: what is not ASCII as escapes. */
export function asciiJson(json: string): string {
  return json.replaceAll(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Origins are compared whole; a `*` in a configured one stands for any part of a name. */
function originMatcher(pattern: string): (origin: string) => boolean {
  if (!pattern.includes('*')) return (origin) => origin === pattern
  const [head = '', ...rest] = pattern.split('*')
  const tail = rest.at(-1) ?? ''
  if (rest.length > 1) return () => false
  return (origin) =>
    origin.length > head.length + tail.length &&
    origin.startsWith(head) &&
    origin.endsWith(tail) &&
    /^[\w.-]+$/.test(origin.slice(head.length, origin.length - tail.length))
}
