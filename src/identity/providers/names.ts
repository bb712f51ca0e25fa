/** Reads from what a provider tells who somebody is, and what she is called. */
import { maxIdentityLabel, maxSubject } from '../../core/accounts/index.ts'
import { fail } from './types.ts'

/** The id that never changes. Errors: `provider-answer` where there is none, or none that can be told apart. */
export function subjectOf(value: unknown): string {
  const text = Number.isSafeInteger(value) ? String(value) : value
  if (typeof text !== 'string' || text === '' || text.length > maxSubject)
    throw fail('provider-answer', 'the answer does not say who she is', { reason: 'subject' })
  return text
}

/** A member by its names with dots between; undefined where there is none. Inherited members are none. */
export function memberOf(value: unknown, path: string): unknown {
  let found: unknown = value
  for (const name of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined
    found = (found as Record<string, unknown>)[name]
  }
  return found
}

/** Without characters that reorder or hide others; bounded. */
export const cleanLabel = (value: unknown): string =>
  typeof value === 'string'
    ? value
        .replaceAll(/[\p{Cc}\p{Cf}]/gu, '')
        .trim()
        .slice(0, maxIdentityLabel)
    : ''

/** A login as she might like it, from a name she has elsewhere. */
export const cleanHint = (value: unknown): string =>
  cleanLabel(value)
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]/g, '')
    .replace(/^[._-]+/, '')
    .slice(0, 32)

const names = ['preferred_username', 'nickname', 'name', 'email']

/** What OpenID Connect's claims call her (Core 1.0 section 5.1). The address is shown, never matched. */
export const labelOf = (claims: Readonly<Record<string, unknown>>): string =>
  names.map((name) => cleanLabel(claims[name])).find((label) => label !== '') ?? ''

export const hintOf = (claims: Readonly<Record<string, unknown>>): string =>
  ['preferred_username', 'nickname'].map((name) => cleanHint(claims[name])).find((hint) => hint !== '') ?? ''
