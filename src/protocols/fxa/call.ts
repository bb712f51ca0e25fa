/** One request on its way through the door. */
import type { Account, Grant } from '../../core/accounts/index.ts'
import type { Json, JsonObject } from '../../lib/json/index.ts'

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/** A request as the door takes it from the socket. */
export interface FxaRequest {
  /** In capitals. */
  method: string
  /** Path and query, as sent, `/fxa` included. */
  url: string
  /** Names in lower case. */
  headers: Headers
  /** `too-large`: more than `maxBody`. */
  body: Uint8Array | 'too-large' | undefined
  /** Of who asks, through trusted proxies. */
  address: string
}

/** An answer ready to be written. */
export interface FxaResponse {
  status: number
  headers: Record<string, string>
  /** Empty for 304. */
  body: string
}

/**
 * What a route asks for. `session`: Hawk with a session token. `session-or-refresh`: that, or the refresh token of a
 * phone as a bearer token. `refresh`: the latter alone. `keyfetch`: Hawk with a key-fetch token. `bearer`: an access token.
 */
export type Credential = 'none' | 'session' | 'session-or-refresh' | 'refresh' | 'keyfetch' | 'bearer'

export interface Call {
  method: string
  /** Below `/fxa`, without the query. */
  path: string
  query: URLSearchParams
  /** What stands in the path for the names of the route (`:id`), decoded. */
  params: Readonly<Record<string, string>>
  /** Empty where none was sent. */
  body: JsonObject
  headers: Headers
  /** Milliseconds since 1970. */
  now: number
  /** Of who asks, through trusted proxies. */
  address: string
  /** The User-Agent header, at most 300 characters. */
  agent: string
  /** By what the request was proved, where it was: a route for everybody may take it into account. */
  who?: Who
}

/** Who makes a request: one of a person's browsers. */
export interface Who {
  account: Account
  grant: Grant
  /** 32 hexadecimal digits. */
  uid: string
  /** As Firefox knows it. */
  email: string
  kind: 'session' | 'refresh' | 'keyfetch' | 'bearer'
  /** Key of the token's row. */
  hash: string
  /** What the token's row holds; what is sealed in it stays so. */
  data: JsonObject
  /** When she proved who she is, in seconds; 0 for an access token. */
  authAt: number
}

const isAnswer = Symbol('answer')

/** An answer that is more than JSON with status 200. */
export interface Answer {
  readonly [isAnswer]: true
  status: number
  body?: Json
  headers: Record<string, string>
}

export const answer = (status: number, body?: Json, headers: Record<string, string> = {}): Answer => ({
  [isAnswer]: true,
  status,
  headers,
  ...(body === undefined ? {} : { body }),
})

export const isAnAnswer = (value: Json | Answer): value is Answer =>
  typeof value === 'object' && value !== null && isAnswer in value

export type OpenHandler = (call: Call) => Promise<Json | Answer>
export type Handler = (call: Call & { who: Who }) => Promise<Json | Answer>

/** Bytes of a body, unless a route allows more; and the most that one may allow. */
export const usualBody = 65_536
export const maxBody = 262_144
