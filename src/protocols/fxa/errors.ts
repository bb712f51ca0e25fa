/** Errors as Firefox Accounts tells them: clients act on `errno`. */
import type { JsonObject } from '../../lib/json/index.ts'

/** errno, with its HTTP status and what it says. Numbers are Mozilla's. */
const table = {
  101: [400, 'Account already exists'],
  102: [400, 'Unknown account'],
  103: [400, 'Incorrect password'],
  104: [400, 'Unverified account'],
  105: [400, 'Invalid verification code'],
  106: [400, 'Invalid JSON in request body'],
  107: [400, 'Invalid parameter in request body'],
  108: [400, 'Missing parameter in request body'],
  109: [401, 'Invalid request signature'],
  110: [401, 'Invalid authentication token in request signature'],
  111: [401, 'Invalid timestamp in request signature'],
  113: [413, 'Request body too large'],
  114: [429, 'Client has sent too many requests'],
  115: [401, 'Invalid nonce in request signature'],
  116: [410, 'This endpoint is no longer supported'],
  120: [400, 'Incorrect email case'],
  123: [400, 'Unknown device'],
  124: [400, 'Session already registered by another device'],
  125: [400, 'The request was blocked for security reasons'],
  138: [400, 'Unverified session'],
  157: [400, 'Unavailable device command'],
  162: [400, 'Unknown client_id'],
  163: [400, 'Requested scopes are not allowed'],
  167: [400, 'Incorrect redirect URI'],
  168: [400, 'Invalid response_type'],
  169: [400, 'Public clients require PKCE OAuth parameters'],
  172: [400, 'Unknown authorization code'],
  173: [400, 'Mismatched authorization code'],
  174: [400, 'Expired authorization code'],
  175: [400, 'Invalid PKCE code challenge'],
  182: [400, 'Unknown refresh token'],
  201: [503, 'Service unavailable'],
  202: [503, 'Feature not enabled'],
  207: [400, 'Account creation rejected'],
  999: [500, 'Unspecified error'],
} as const satisfies Record<number, readonly [status: number, message: string]>

export type Errno = keyof typeof table

/** What an error may say beside its number. */
export interface More {
  /** In place of the status of the table. */
  status?: number
  message?: string
  /** Seconds after which to come back; also the Retry-After header. */
  retryAfter?: number
  /** Further members of the body. */
  members?: JsonObject
  headers?: Record<string, string>
}

export class FxaError extends Error {
  readonly errno: Errno
  readonly status: number
  readonly more: More

  constructor(errno: Errno, more: More = {}) {
    const [status, message] = table[errno]
    super(more.message ?? message)
    this.name = 'FxaError'
    this.errno = errno
    this.status = more.status ?? status
    this.more = more
  }
}

export const fxaError = (errno: Errno, more?: More): FxaError => new FxaError(errno, more)

/** A parameter that is missing (108), or not as it has to be (107). */
export const badParameter = (name: string, value: unknown): FxaError =>
  value === undefined
    ? fxaError(108, { message: `Missing parameter in request body: ${name}`, members: { param: name } })
    : fxaError(107, { members: { validation: { source: 'payload', keys: [name] }, param: name } })

const phrases: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  410: 'Gone',
  413: 'Request Entity Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

export interface ErrorBody extends JsonObject {
  code: number
  errno: number
  error: string
  message: string
  info: string
}

/** The body of an error, and the headers that belong to it. */
export function errorAnswer(error: FxaError): { body: ErrorBody; headers: Record<string, string> } {
  const { errno, status, message, more } = error
  const { retryAfter, members = {}, headers = {} } = more
  return {
    body: {
      code: status,
      errno,
      error: phrases[status] ?? 'Error',
      message,
      info: 'https://mozilla.github.io/ecosystem-platform/reference/fxa-errors',
      ...(retryAfter === undefined ? {} : { retryAfter }),
      ...members,
    },
    headers: { ...(retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }), ...headers },
  }
}
