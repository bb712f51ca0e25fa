/**
 * People whose accounts stay with another server of Mozilla accounts, and whose storage alone is here: their access
 * tokens are JWTs (RFC 9068), verified with the keys that that server shows.
 */
import { createRemoteJWKSet, customFetch, errors, type JWTPayload, jwtVerify } from 'jose'
import type { GuardedFetch } from '../../http/guard.ts'
import { StorageError, TokenError } from './errors.ts'

/** What Firefox calls the scope of Sync. */
export const syncScope = 'https://identity.mozilla.com/apps/oldsync'

export interface ForeignSettings {
  /** `iss` of its tokens. */
  issuer: string
  /** Where its keys are (JWKS). */
  keys: string
  /** The names (`sub`) of those who may store here; `any`: everybody who has an account there. */
  people: readonly string[]
}

/** Who a token is of. */
export interface ForeignPerson {
  name: string
  /** `fxa-generation`, where it is told: milliseconds. */
  generation: number | undefined
}

export interface ForeignAccounts {
  readonly issuer: string
  /** Whether a header's token may be one of theirs: it is a JWT. */
  claims(header: string): boolean
  /** Throws TokenError 401 for a token that is not good, 403 for somebody who may not store here, 503 without keys. */
  verify(header: string): Promise<ForeignPerson>
  /** Whether she may still store here. */
  admits(name: string): boolean
  /** What her storage is found by. */
  subjectOf(name: string): string
}

/** Seconds by which the clocks of two servers may differ. */
const tolerance = 30
const maxToken = 8_192
const form = /^bearer +([\w-]+\.[\w-]+\.[\w-]+) *$/i

export function createForeignAccounts(
  { issuer, keys, people }: ForeignSettings,
  { fetch, now }: { fetch: GuardedFetch; now: () => number },
): ForeignAccounts {
  const jwks = createRemoteJWKSet(new URL(keys), {
    [customFetch]: (url, { headers, signal }) => fetch(url, { headers: Object.fromEntries(headers), signal }),
  })
  const everybody = people.includes('any')
  const named = new Set(people)
  const admits = (name: string) => everybody || named.has(name)
  const tokenOf = (header: string) => (header.length > maxToken ? undefined : form.exec(header)?.[1])

  return {
    admits,
    issuer,
    subjectOf: (name) => `${issuer} ${name}`,
    claims: (header) => tokenOf(header) !== undefined,

    async verify(header) {
      let payload: JWTPayload
      try {
        ;({ payload } = await jwtVerify(tokenOf(header) ?? '', jwks, {
          issuer,
          typ: 'at+jwt',
          algorithms: ['RS256', 'ES256', 'EdDSA'],
          clockTolerance: tolerance,
          currentDate: new Date(now()),
          requiredClaims: ['sub', 'exp'],
        }))
      } catch (error) {
        if (isOfToken(error)) throw new TokenError('invalid-credentials')
        throw new StorageError(503)
      }
      const { sub = '', scope, 'fxa-generation': generation } = payload
      const scopes = typeof scope === 'string' ? scope.split(/[ ,]/) : []
      if (!scopes.includes(syncScope) || !/^[\x21-\x7e]{1,128}$/.test(sub))
        throw new TokenError('invalid-credentials')
      if (!admits(sub))
        throw new TokenError('new-users-disabled', { description: 'New users are not allowed' }, 403)
      const isNumber = Number.isSafeInteger(generation) && Number(generation) > 0
      return { name: sub, generation: isNumber ? Number(generation) : undefined }
    },
  }
}

/** Whether the token itself is at fault, not what its keys were asked from. */
function isOfToken(error: unknown): boolean {
  return (
    error instanceof errors.JOSEError &&
    !(error instanceof errors.JWKSTimeout) &&
    !(error instanceof errors.JWKSInvalid) &&
    error.code !== 'ERR_JOSE_GENERIC'
  )
}
