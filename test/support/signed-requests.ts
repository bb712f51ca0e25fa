/** Requests that a browser's session proves by Hawk, sent to a whole server. */
import { randomBytes } from 'node:crypto'
import { payloadHash, signHawk } from '../../src/lib/hawk.ts'
import { derive } from '../../src/protocols/fxa/session-tokens.ts'
import type { Answered } from './browser-session.ts'
import type { TestServer } from './server.ts'

/** A browser's session over the wire: each request is signed, as a computer's Firefox does. */
export function firefoxAt(server: TestServer, session: string) {
  const { hostname, port } = new URL(publicUrlOf(server))
  const { id, key: secret } = derive(session, 'fxa-session')
  /** The Authorization header of a request; `path` is all of it. */
  const hawk = (method: string, path: string, sent?: string) =>
    signHawk(
      { id, key: secret },
      {
        ts: Math.floor(Date.now() / 1_000),
        nonce: randomBytes(6).toString('hex'),
        ...(sent === undefined ? {} : { hash: payloadHash('application/json', Buffer.from(sent)) }),
      },
      { method, resource: path, host: hostname, port: Number(port) },
    )
  async function ask(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ status: number; json: Answered }> {
    const sent = body === undefined ? undefined : JSON.stringify(body)
    const answer = await fetch(server.url + path, {
      method,
      headers: {
        Authorization: hawk(method, path, sent),
        ...(sent === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(sent === undefined ? {} : { body: sent }),
    })
    const text = await answer.text()
    return {
      status: answer.status,
      json: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text,
    }
  }
  return { hawk, ask }
}

/** What the server takes itself for, where nothing else is configured. */
export const publicUrlOf = ({ url }: TestServer) => url.replace('127.0.0.1', 'localhost')
