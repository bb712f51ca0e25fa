/** Storages of Sync that are measured: a browser's token, and requests that it signs. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { controlClient } from '../src/cli/control.ts'
import { signHawk } from '../src/lib/hawk.ts'
import type { Signed } from './load.ts'
import type { Measured } from './processes.ts'

const login = 'bench'

/** What a browser has of its storage. */
export interface Storage {
  id: string
  key: string
  uid: number
}

/** The storage of the server's first person, who is set up for it. */
export async function storageOf(server: Measured): Promise<Storage> {
  const token = /First run: \S+#(\S+)/.exec(server.output())?.[1]
  const setup = await fetch(`${server.url}/setup`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token, login, password: 'eleven swarms of bees' }),
  })
  if (!setup.ok) throw new Error(await setup.text())
  const operator = await controlClient(join(server.data, 'control.sock'))
  if (!operator) throw new Error('the server takes no commands')
  const { text } = await operator.tokenCreate({ login, name: 'bench', scopes: ['sync:rw'] })
  const keyId = `1-${Buffer.alloc(16, 'a').toString('base64url')}`
  const answer = await fetch(`${server.url}/1.0/sync/1.5`, {
    headers: { Authorization: `Bearer ${text}`, 'X-KeyID': keyId },
  })
  if (!answer.ok) throw new Error(await answer.text())
  return (await answer.json()) as Storage
}

/** A request that the storage's browser signs now. */
export function sign({ url }: Measured, { id, key, uid }: Storage, method: string, path: string): Signed {
  const resource = `/1.5/${uid}${path}`
  const moment = { ts: Math.floor(Date.now() / 1_000), nonce: randomBytes(6).toString('base64url') }
  const target = { method, resource, host: 'localhost', port: Number(new URL(url).port) }
  return { path: resource, authorization: signHawk({ id, key }, moment, target) }
}

export interface Answered {
  status: number
  headers: Headers
  text: string
  /** Bytes of both bodies. */
  sent: number
  received: number
}

/** Throws for any status but 2xx and 404. */
export async function call(
  server: Measured,
  storage: Storage,
  method: string,
  path: string,
  body?: unknown,
  more: Record<string, string> = {},
): Promise<Answered> {
  const { path: resource, authorization } = sign(server, storage, method, path)
  const headers = { Authorization: authorization, 'Content-Type': 'application/json', ...more }
  const json = body === undefined ? undefined : JSON.stringify(body)
  const answer = await fetch(server.url + resource, { method, headers, ...(json && { body: json }) })
  const text = await answer.text()
  if (!answer.ok && answer.status !== 404) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  const received = Buffer.byteLength(text)
  return { status: answer.status, headers: answer.headers, text, sent: json?.length ?? 0, received }
}

export const objects = (from: number, count: number, payload: string) =>
  Array.from({ length: count }, (_, i) => ({ id: `o${from + i}`, payload, sortindex: i }))
