/** `If-Match` and `If-None-Match`: revisions are quoted integers, compared for equality (never for order). */
import type { JsonObject } from '../../lib/json/index.ts'
import { revisionHeaders } from './answer.ts'
import { fault, modifiedMeanwhile } from './errors.ts'

/** Header names in lower case. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>

/** A revision, any revision (`*`), or no condition. */
export type Condition = number | '*' | undefined

export interface Conditions {
  match: Condition
  noneMatch: Condition
}

const none: Conditions = Object.freeze({ match: undefined, noneMatch: undefined })

/** Reads both headers. An empty one is none. Throws 400 for one that is neither `*` nor
 * an integer in quotes. */
export function readConditions(headers: Headers): Conditions {
  const match = headers['if-match']
  const noneMatch = headers['if-none-match']
  if (match === undefined && noneMatch === undefined) return none
  return { match: readCondition('If-Match', match), noneMatch: readCondition('If-None-Match', noneMatch) }
}

function readCondition(name: string, value: string | string[] | undefined): Condition {
  if (value === undefined || value === '*') return value
  if (value === '') return undefined
  const digits = typeof value === 'string' ? /^"(\d{1,16})"$/.exec(value)?.[1] : undefined
  if (digits === undefined) throw fault('header', name, `${name} must be an integer in double quotes, or *`)
  return Number(digits)
}

/** Whether a GET at this revision is answered with 304. */
export function isUnchanged({ noneMatch }: Conditions, revision: number): boolean {
  return noneMatch === revision
}

/**
 * Throws 412 where the conditions do not hold. `revision` is that of the object, undefined if it is absent; a list is
 * always there, at its clock. `existing`, if it may be seen, is shown to the client, and `revision` as ETag.
 */
export function checkConditions(
  { match, noneMatch }: Conditions,
  revision: number | undefined,
  existing?: () => JsonObject | undefined,
): void {
  if (match === undefined && noneMatch !== '*') return
  const present = revision !== undefined
  const fails =
    noneMatch === '*' && present
      ? true
      : match === '*'
        ? !present
        : match !== undefined && (!present || match !== revision)
  if (!fails) return
  throw modifiedMeanwhile(present ? existing?.() : undefined, present ? revisionHeaders(revision) : [])
}
