/** A browser that syncs over the network: asks for its token, and signs its requests as Firefox does. */
import { randomBytes } from 'node:crypto'
import { signHawk } from '../../src/lib/hawk.ts'
import { keyId } from './sync-door.ts'

export interface SyncToken {
  id: string
  key: string
  uid: number
  api_endpoint: string
}

export interface SyncAnswer {
  status: number
  headers: Headers
  text: string
}

/** Asks a token server; `url` is where it is reached. */
export async function askToken(
  url: string,
  bearer: string,
  { changed = 1, state = 'a' } = {},
): Promise<{ status: number; body: Partial<SyncToken> & { status?: string } }> {
  const answer = await fetch(`${url}/1.0/sync/1.5`, {
    headers: { Authorization: `Bearer ${bearer}`, 'X-KeyID': keyId(changed, state) },
  })
  return { status: answer.status, body: (await answer.json()) as Partial<SyncToken> }
}

/** What proves a request to a storage, for the address that its token names. */
export function signed(
  { id, key, api_endpoint: endpoint }: SyncToken,
  method: string,
  path: string,
): { url: URL; resource: string; authorization: string } {
  const url = new URL(endpoint + path)
  const resource = url.pathname + url.search
  const moment = { ts: Math.floor(Date.now() / 1_000), nonce: randomBytes(6).toString('base64url') }
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
  const authorization = signHawk({ id, key }, moment, { method, resource, host: url.hostname, port })
  return { url, resource, authorization }
}

/**
 * A request to a storage by its token. It is signed for the address that the token names, and sent to `via`, where that
 * is another one: a proxy stands between.
 */
export async function askStorage(
  token: SyncToken,
  method: string,
  path: string,
  { body, headers = {}, via }: { body?: unknown; headers?: Record<string, string>; via?: string } = {},
): Promise<SyncAnswer> {
  const { url, resource, authorization } = signed(token, method, path)
  const answer = await fetch(via === undefined ? url : via + resource, {
    method,
    headers: { Authorization: authorization, 'Content-Type': 'text/plain', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}
