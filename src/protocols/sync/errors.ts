/** What clients are told when a request fails: storage answers a number, the token server words. */

/** Sync storage API 1.5, "Response codes": the number that is the body. */
export const weave = {
  unknown: 0,
  illegal: 1,
  json: 6,
  invalid: 8,
  collection: 13,
  quota: 14,
  size: 17,
} as const

/** A storage request that is answered by an error. */
export class StorageError extends Error {
  readonly status: number
  readonly code: number
  readonly headers: readonly string[]
  constructor(status: number, code: number = weave.unknown, headers: readonly string[] = []) {
    super(`${status} ${code}`)
    this.name = 'StorageError'
    this.status = status
    this.code = code
    this.headers = headers
  }
}

/** Seconds after which a client may try again what the server could not do. */
export const retryAfter = 30

export const unavailable = () => new StorageError(503, weave.unknown, ['Retry-After', String(retryAfter)])

export type TokenStatus =
  | 'error'
  | 'invalid-credentials'
  | 'invalid-generation'
  | 'invalid-client-state'
  | 'invalid-keysChangedAt'
  | 'invalid-key-id'
  | 'new-users-disabled'

/** A refusal of the token server, as its API writes it. */
export class TokenError extends Error {
  readonly http: number
  readonly status: TokenStatus
  readonly about: { location: 'header' | 'body' | 'url'; name: string; description: string }
  constructor(
    status: TokenStatus,
    about: { location?: 'header' | 'body' | 'url'; name?: string; description?: string } = {},
    http = 401,
  ) {
    super(status)
    this.name = 'TokenError'
    this.http = http
    this.status = status
    this.about = { location: 'body', name: '', description: 'Unauthorized', ...about }
  }
}
