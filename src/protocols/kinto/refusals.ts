/** What the store refuses, as this door tells it. */
import { Refusal } from '../../core/ports.ts'
import { CodedError } from '../../lib/coded-error.ts'
import { errno, fault, KintoError, unavailable } from './errors.ts'
import type { KintoSettings } from './settings.ts'

export type Verb = 'PUT' | 'POST' | 'PATCH' | 'DELETE'

/** Thrown inside a plan to end it: with an error for the client, or because what was decided on has changed. */
export class Stop extends Refusal {
  readonly error: KintoError | undefined
  constructor(error?: KintoError) {
    super('bad-request')
    this.error = error
  }
}

/** The error for a refusal that is not about what was decided before. */
export function refusalError({ retryAfter }: KintoSettings, refusal: Refusal): KintoError {
  switch (refusal.code) {
    case 'time-ahead':
      return fault('body', 'data.last_modified', 'last_modified may be at most a day ahead')
    case 'quota-bytes':
      return overQuota('There is no room left')
    case 'quota-records':
      return overQuota('There are too many records')
    case 'quota-collections':
      return overQuota('There are too many collections')
    case 'quota-spaces':
      return overQuota('There are too many buckets')
    case 'home-replica':
      return new KintoError(405, errno.methodNotAllowed, 'This bucket is a mirror: it can only be read here')
    case 'home-absent':
      return new KintoError(403, errno.forbidden, 'This user may not do that.')
    default:
      return unavailable('The data changes too fast just now, please retry', retryAfter)
  }
}

/** What keeps the store itself from working, as far as clients can act upon it; undefined for the rest. */
export function troubleError({ retryAfter }: KintoSettings, error: unknown): KintoError | undefined {
  if (!(error instanceof CodedError)) return undefined
  switch (error.code) {
    case 'store-full':
      return overQuota('The server has no room left')
    case 'store-busy':
    case 'store-timeout':
    case 'store-unavailable':
      return unavailable('The server cannot do this just now, please retry', retryAfter)
    default:
      return undefined
  }
}

function overQuota(message: string): KintoError {
  return new KintoError(507, errno.forbidden, message)
}
