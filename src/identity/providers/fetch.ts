/** Calls to providers that an administrator configured: few at a time, short, and of bounded size. */
import { CodedError } from '../../lib/coded-error.ts'
import { fail } from './types.ts'

/** Milliseconds, bytes of an answer, and calls at one time. */
const patience = 5_000
const maxBytes = 262_144
const maxCalls = 32

export interface CallOptions {
  method: string
  headers?: Record<string, string>
  body?: unknown
  signal?: AbortSignal
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Whether it is an address to call: https, or http on this machine. */
export function isCallable(address: string): boolean {
  const url = URL.parse(address)
  if (!url || url.username || url.password) return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopback.has(url.hostname))
}

let calls = 0

/**
 * Fetches with these bounds; redirects are no answers. Errors: `provider-unreachable` (with `reason`), `busy`.
 */
export async function call(
  address: string,
  { method, headers = {}, body, signal }: CallOptions,
): Promise<Response> {
  if (!isCallable(address)) throw unreachable('insecure-address', address)
  if (calls >= maxCalls) throw fail('busy', 'too many calls to providers at once', { retryAfter: 5 })
  calls++
  const timeout = AbortSignal.timeout(patience)
  try {
    const response = await fetch(address, {
      method,
      headers: { ...headers, 'User-Agent': 'Essaim' },
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      ...(body === undefined || body === null ? {} : { body: body as RequestInit['body'] }),
    } as RequestInit)
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel()
      throw unreachable('redirect', address)
    }
    const bytes = await bounded(response, address)
    const { status, statusText, headers: answered } = response
    const clean = new Headers(answered)
    // They speak of the bytes on the wire.
    for (const name of ['content-encoding', 'content-length']) clean.delete(name)
    const empty = status === 204 || status === 205
    return new Response(empty ? null : bytes, { status, statusText, headers: clean })
  } catch (error) {
    if (error instanceof CodedError) throw error
    throw unreachable(timeout.aborted ? 'timeout' : 'connection', address)
  } finally {
    calls--
  }
}

async function bounded(response: Response, address: string): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > maxBytes) throw unreachable('too-large', address)
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}

const unreachable = (reason: string, address: string) =>
  fail('provider-unreachable', `no answer: ${reason}`, { reason, host: URL.parse(address)?.host ?? '' })
