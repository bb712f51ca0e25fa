/** What the pages' own API refuses: a code that the pages have a sentence for, and its status. */
import { CodedError } from '../../lib/coded-error.ts'

/**
 * Status of each code that may leave this door; any other is `failed` (500) and told to nobody but the log.
 * - `wrong`: the proof does not hold; the same for an unknown name, a wrong secret and a suspended account.
 * - `signed-out`: no session. - `not-fresh`: the act asks for a proof of the last ten minutes.
 * - `ticket-void`: what began the making of an account is too old or not ours.
 * - `cross-site`: another site's page made the request. - `forbidden`: her role does not allow it.
 */
const statusOf: Readonly<Record<string, number>> = {
  malformed: 400,
  'cross-site': 403,
  'signed-out': 401,
  wrong: 401,
  'not-fresh': 403,
  forbidden: 403,
  absent: 404,
  'account-absent': 404,
  'grant-absent': 404,
  'session-absent': 404,
  expired: 410,
  'too-large': 413,
  throttled: 429,
  busy: 503,
  'login-malformed': 400,
  'login-reserved': 409,
  'login-taken': 409,
  'no-owner': 409,
  'owner-exists': 410,
  'owner-stays': 409,
  'setup-token': 403,
  'account-changed': 409,
  'last-way': 409,
  'password-weak': 400,
  'ticket-void': 410,
  'registration-closed': 403,
  'invitation-needed': 403,
  'invitation-void': 410,
  'invitation-absent': 404,
  'too-many': 409,
  'label-malformed': 400,
  'words-needed': 400,
  'quota-bytes': 507,
}

/** Refuses a request. `details` are shown to the page: small facts, never secrets. */
export const refuse = (code: string, details: Record<string, unknown> = {}): CodedError =>
  new CodedError(code, code, details)

/** Adds codes of a part of the door to the table; one code has one status. */
export function renderError(error: unknown, extra: Readonly<Record<string, number>>) {
  const code = error instanceof CodedError ? error.code : undefined
  const status = code === undefined ? undefined : (extra[code] ?? statusOf[code])
  if (!(error instanceof CodedError) || status === undefined) return undefined
  const { details } = error
  const retryAfter = typeof details['retryAfter'] === 'number' ? details['retryAfter'] : undefined
  return { status, retryAfter, body: { ...details, error: code } }
}
