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

/**
 * A request to a storage by its token. It is signed for the address that the token names, and sent to `via`, where that
 * is another one: a proxy stands between.
 */
export async function askStorage(
  { id, key, api_endpoint: endpoint }: SyncToken,
  method: string,
  path: string,
  { body, headers = {}, via }: { body?: unknown; headers?: Record<string, string>; via?: string } = {},
): Promise<SyncAnswer> {
  const url = new URL(endpoint + path)
  const authorization = signHawk(
    { id, key },
    { ts: Math.floor(Date.now() / 1_000), nonce: randomBytes(6).toString('base64url') },
    {
      method,
      resource: url.pathname + url.search,
      host: url.hostname,
      port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
    },
  )
  const answer = await fetch(via === undefined ? url : via + url.pathname + url.search, {
    method,
    headers: { Authorization: authorization, 'Content-Type': 'text/plain', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}
