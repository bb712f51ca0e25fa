/** `X-If-Modified-Since` and `X-If-Unmodified-Since`. */
import type { Precondition } from '../../core/records/index.ts'
import type { Answer, Call, Headers } from './call.ts'
import { StorageError } from './errors.ts'
import { readTime, stamp } from './time.ts'

export interface Conditions {
  modifiedSince: number | undefined
  unmodifiedSince: number | undefined
}

const nothing: Conditions = { modifiedSince: undefined, unmodifiedSince: undefined }

/** In milliseconds. Throws 400 for what is no time, and for both at once. */
export function readConditions(headers: Headers): Conditions {
  const modified = headers['x-if-modified-since']
  const unmodified = headers['x-if-unmodified-since']
  if (modified === undefined && unmodified === undefined) return nothing
  if (modified !== undefined && unmodified !== undefined) throw new StorageError(400)
  return { modifiedSince: timeOf(modified), unmodifiedSince: timeOf(unmodified) }
}

function timeOf(text: Headers[string]): number | undefined {
  if (text === undefined) return undefined
  const time = typeof text === 'string' ? readTime(text) : undefined
  if (time === undefined) throw new StorageError(400)
  return time
}

/** What a reading that is about something of this time is answered with, if not with the thing. Throws 412. */
export function unread({ headers }: Call, modified: number): Answer | undefined {
  const { modifiedSince, unmodifiedSince } = readConditions(headers)
  if (unmodifiedSince !== undefined && modified > unmodifiedSince) throw preconditionFailed(modified)
  if (modifiedSince !== undefined && modified <= modifiedSince) return { status: 304, modified }
  return undefined
}

/** What must hold for a write to a collection, to all of a storage (its root), or to one object (with an id). */
export function writeConditions({ headers, owner }: Call, path: string, id?: string): Precondition[] {
  const { unmodifiedSince: than } = readConditions(headers)
  if (than === undefined) return []
  const { home } = owner
  return id === undefined
    ? [{ is: 'collection-not-newer', home, path, than }]
    : [{ is: 'record-not-newer', home, path, id, than }]
}

export const preconditionFailed = (modified: number): StorageError =>
  new StorageError(412, 0, ['X-Last-Modified', stamp(modified)])
