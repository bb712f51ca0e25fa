/** What a browser opened the page with: read from the address, within bounds, and nothing of it believed. */
import { clientOf, type Client } from './clients.ts'

/** Characters of a query that is looked at. */
const maxQuery = 4_000

export interface Request {
  /** `sync`, or another name of what the sign-in is for; empty: not said. */
  service: string
  /** The account that the browser means, or what was typed into it; empty: not said. */
  email: string
  /** What a telephone asks for; desktops are asked themselves. */
  mobile: MobileRequest | undefined
  /** Whether the browser takes messages of the page. */
  channel: boolean
}

export interface MobileRequest {
  client: Client
  scope: string
  state: string
  challenge: string
  offline: boolean
  /** The browser's public key; empty: it wants no keys. */
  keysJwk: string
}

const bounded = (query: URLSearchParams, name: string, most: number): string => {
  const value = query.get(name) ?? ''
  return value.length <= most ? value : ''
}

/** `query` is what stands behind the question mark of the address. */
export function readRequest(query: string): Request {
  const given = new URLSearchParams(query.length <= maxQuery ? query : '')
  return {
    service: bounded(given, 'service', 100),
    email: bounded(given, 'email', 320),
    mobile: mobileOf(given),
    channel: /webchannel|fx_ios|fx_desktop/.test(bounded(given, 'context', 100)),
  }
}

/** Only of programs that are built in, and only the one way that is safe: a code with a proof key. */
function mobileOf(given: URLSearchParams): MobileRequest | undefined {
  const client = clientOf(given.get('client_id'))
  const [scope, state] = [bounded(given, 'scope', 1_000), bounded(given, 'state', 512)]
  const challenge = bounded(given, 'code_challenge', 43)
  const isSafe = given.get('code_challenge_method') === 'S256' && challenge.length === 43
  if (client?.kind !== 'mobile' || !isSafe || scope === '' || state === '') return undefined
  if ((given.get('response_type') ?? 'code') !== 'code') return undefined
  const offline = given.get('access_type') !== 'online'
  return { client, scope, state, challenge, offline, keysJwk: bounded(given, 'keys_jwk', 1_000) }
}

/** Her name here, if the address that the browser knows is one of this server; else an empty text. */
export function loginOf(email: string, publicUrl: string): string {
  const at = email.lastIndexOf('@')
  const isOurs = email.slice(at + 1).toLowerCase() === new URL(publicUrl).hostname
  return at > 0 && isOurs ? email.slice(0, at).toLowerCase() : ''
}
