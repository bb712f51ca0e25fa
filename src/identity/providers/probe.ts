/** Asks a token address with a code that nobody gave out: what it says tells whether it knows the client. */
import { isStranger } from './errors.ts'
import { call } from './fetch.ts'
import { fail } from './types.ts'
import type { TokenAuth } from './types.ts'

/** Errors: `provider-unreachable`, `provider-credentials`, `provider-answer` (no token address). */
export async function probe({
  token,
  clientId,
  secret,
  tokenAuth,
  callback,
}: {
  token: string
  clientId: string
  secret: string | null
  tokenAuth: TokenAuth
  callback: string
}): Promise<void> {
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    code: 'essaim-asks-whether-you-know-it',
    redirect_uri: callback,
    // RFC 7636: at least 43 characters.
    code_verifier: 'essaim-asks-whether-you-know-it'.padEnd(43, '-'),
  })
  const headers: Record<string, string> = {
    Accept: 'application/json',
    'Content-Type': 'application/x-www-form-urlencoded',
  }
  if (tokenAuth === 'basic') {
    // RFC 6749 section 2.3.1: both are form-encoded first.
    const pair = [clientId, secret ?? ''].map((text) => new URLSearchParams({ '': text }).toString().slice(1))
    headers['Authorization'] = `Basic ${Buffer.from(pair.join(':')).toString('base64')}`
  } else {
    form.set('client_id', clientId)
    if (tokenAuth === 'post') form.set('client_secret', secret ?? '')
  }
  const answer = await call(token, { method: 'POST', headers, body: form.toString() })
  const body: unknown = await answer.json().catch(() => undefined)
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined
  if (answer.status === 401 || isStranger(error))
    throw fail('provider-credentials', 'the provider does not take the client id and secret')
  if (answer.status >= 500)
    throw fail('provider-unreachable', 'no answer: status', { reason: 'status', status: answer.status })
  if (answer.status === 404 || answer.status === 405)
    throw fail('provider-answer', 'there is no token address', { reason: 'token', status: answer.status })
}
