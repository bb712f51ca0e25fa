/** What went wrong with a provider, in the few words that pages have sentences for. */
import { AuthorizationResponseError, ClientError, ResponseBodyError } from 'openid-client'
import { CodedError } from '../../lib/coded-error.ts'
import { fail } from './types.ts'

/** Answers of a token address to a client that is not known or does not prove itself. */
const strangers = ['invalid_client', 'unauthorized_client', 'incorrect_client_credentials']

export const isStranger = (error: unknown): boolean => typeof error === 'string' && strangers.includes(error)

/** The error of a call, as this server's own; `reason` is a short word of the protocol. */
export function ourError(error: unknown): CodedError {
  if (error instanceof CodedError) return error
  if (error instanceof Error && error.cause instanceof CodedError) return error.cause
  if (error instanceof AuthorizationResponseError)
    return fail('provider-refused', 'the provider refused', { reason: word(error.error) })
  if (error instanceof ResponseBodyError) {
    const code = isStranger(error.error) ? 'provider-credentials' : 'provider-answer'
    return fail(code, 'the provider refused the code', { reason: word(error.error) })
  }
  const code = error instanceof ClientError ? error.code : undefined
  if (code === 'OAUTH_TIMEOUT') return fail('provider-unreachable', 'no answer', { reason: 'timeout' })
  return fail('provider-answer', 'the answer of the provider does not hold', { reason: word(code) })
}

/** A code of the protocol; never a sentence of the provider's. */
const word = (value: unknown): string =>
  typeof value === 'string' && /^[\w-]{1,60}$/.test(value) ? value : 'unknown'
