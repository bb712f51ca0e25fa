/**
 * How scopes are written: `door[:target]:verb[?fields=a,b&days=n]`, `module:r`, `module:rw`, `include:bundle`, and the
 * bare words of OpenID Connect. Reading one looks nothing up; what its words mean is the registry's to say.
 */
import { CodedError } from '../../lib/coded-error.ts'

/** A scope as it was written. */
export interface WrittenScope {
  /** A door, a module, `include`, or a bare word of OpenID Connect. */
  name: string
  target?: string
  verb?: string
  /** Sorted, without doubles. */
  fields?: readonly string[]
  /** How long it holds from when it was allowed. */
  days?: number
}

/**
 * - `scope-malformed`: not written as a scope is. - `scope-unknown`: no door, verb, field or bundle of that name.
 * - `scope-open`: it leaves open which thing is meant. - `target-absent`: there is no such thing.
 * - `scope-wider`: an answer allows more than was asked.
 */
export type ScopeErrorCode =
  | 'scope-malformed'
  | 'scope-unknown'
  | 'scope-open'
  | 'target-absent'
  | 'scope-wider'

export const scopeError = (code: ScopeErrorCode, message: string, scope: string) =>
  // What is long was not ours.
  new CodedError<ScopeErrorCode>(code, message, { scope: scope.slice(0, maxScope) })

/** Characters of one scope, and scopes of a request. */
export const maxScope = 200
export const maxScopes = 50

/** Days that a scope may be limited to. */
export const maxDays = 3_650
const maxFields = 20

/** In place of a target: the person is asked which. */
export const pick = 'pick'

const form =
  /^([a-z0-9][a-z0-9_-]{0,63})(?::([A-Za-z0-9._~/@+%-]{1,128}))?(?::([a-z][a-z-]{0,19}))?(?:\?(.*))?$/
const fieldName = /^[A-Za-z0-9_.-]{1,40}$/
const daysForm = /^[1-9]\d{0,3}$/

/** Reads one scope. Throws `scope-malformed`. */
export function readScope(text: string): WrittenScope {
  const malformed = (why: string) => scopeError('scope-malformed', why, text)
  if (text.length > maxScope) throw malformed('a scope is too long')
  const [, name, second, third, query] = form.exec(text) ?? []
  if (name === undefined) throw malformed('not written as a scope is')
  if (second === undefined) {
    if (query !== undefined) throw malformed('a bare word has no parameters')
    return { name }
  }
  if (third === undefined && !/^[a-z0-9][a-z0-9_-]{0,63}$/.test(second)) throw malformed('a verb is missing')
  return {
    name,
    ...(third === undefined ? { verb: second } : { target: targetOf(second, malformed), verb: third }),
    ...(query === undefined ? {} : readParameters(query, malformed)),
  }
}

/** Targets are written with `%` where they hold what scopes may not. */
function targetOf(text: string, malformed: (why: string) => Error): string {
  try {
    const target = decodeURIComponent(text)
    // One way to write each, so that equal scopes are equal texts.
    if (writeTarget(target) === text) return target
  } catch {
    // Falls through: not UTF-8, or a `%` that stands alone.
  }
  throw malformed('a target is not written as it must be')
}

const writeTarget = (target: string): string =>
  encodeURIComponent(target)
    .replaceAll(/%2F|%40|%2B/g, (code) => decodeURIComponent(code))
    .replaceAll(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)

function readParameters(query: string, malformed: (why: string) => Error) {
  const read: { fields?: string[]; days?: number } = {}
  for (const part of query.split('&')) {
    const at = part.indexOf('=')
    const [key, value] = [part.slice(0, Math.max(0, at)), part.slice(at + 1)]
    if (key === 'fields' && read.fields === undefined) {
      const fields = value.split(',')
      if (fields.length > maxFields || !fields.every((field) => fieldName.test(field)))
        throw malformed('fields are names with commas between them')
      read.fields = [...new Set(fields)].toSorted()
    } else if (key === 'days' && read.days === undefined) {
      if (!daysForm.test(value) || Number(value) > maxDays)
        throw malformed(`days are a number from 1 to ${maxDays}`)
      read.days = Number(value)
    } else throw malformed('a scope has fields and days, each once')
  }
  return read
}

/** The one text of a scope: equal ones are written alike. */
export function writeScope({ name, target, verb, fields, days }: WrittenScope): string {
  const parameters = [
    ...(fields === undefined ? [] : [`fields=${fields.toSorted().join(',')}`]),
    ...(days === undefined ? [] : [`days=${days}`]),
  ]
  return (
    [
      name,
      ...(target === undefined ? [] : [writeTarget(target)]),
      ...(verb === undefined ? [] : [verb]),
    ].join(':') + (parameters.length === 0 ? '' : `?${parameters.join('&')}`)
  )
}
