/**
 * Fetches from addresses that a user or a stranger gave. Nothing of this machine or its network can be reached through
 * it: a name is resolved here, every address that it has is checked, and the very one that was checked is connected to,
 * anew for each redirect. Time, size, redirects and the number of calls at one time are bounded.
 */
import { lookup as systemLookup } from 'node:dns'
import type { LookupAddress } from 'node:dns'
import { request as httpRequest } from 'node:http'
import type { IncomingMessage, RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP } from 'node:net'
import type { LookupFunction } from 'node:net'
import { CodedError } from '../lib/coded-error.ts'
import { isPublicAddress } from './public-address.ts'

/**
 * Why there is no answer; `details.reason`:
 * - `address`: no http(s) address, or one with a user in it. - `insecure`: not https. - `own`: one of this server.
 * - `private`: not of the public Internet. - `unknown`: the name has no address. - `redirects`: too many, or to nowhere.
 * - `redirect`: something else than a reading was sent on. - `large`, `encoded`: the body. - `timeout`, `connection`.
 */
export type FetchErrorCode = 'fetch-refused' | 'fetch-failed' | 'busy'

export interface GuardOptions {
  /** Hosts of this server, with the port where the address has one: they are never fetched. */
  own: readonly string[]
  /** Hosts that the operator trusts, with a port or for all ports: they may be private, and http. */
  allow: readonly string[]
  /** Resolves a name to all its addresses. */
  lookup?: (host: string) => Promise<readonly LookupAddress[]>
}

/** What a caller asks for; the bounds of a request and of its redirects together. */
export interface GuardedRequest {
  method?: 'GET' | 'HEAD' | 'POST'
  headers?: Readonly<Record<string, string>>
  body?: string | Uint8Array
  /** `manual` gives the redirect back; `follow` goes on, for GET and HEAD. */
  redirect?: 'follow' | 'manual'
  /** Bytes of the body; 65,536 where not given. */
  maxBytes?: number
  /** Milliseconds for all of it; 5,000 where not given. */
  patience?: number
  signal?: AbortSignal
}

export type GuardedFetch = (address: string | URL, request?: GuardedRequest) => Promise<Response>

const defaultBytes = 65_536
const defaultPatience = 5_000
const maxRedirects = 5
const maxHeaders = 16_384
/** Calls at one time, in all. */
const maxCalls = 32
const redirects = new Set([301, 302, 303, 307, 308])

const refused = (reason: string, host = '') =>
  new CodedError<FetchErrorCode>('fetch-refused', `not fetched: ${reason}`, { reason, host })
const failed = (reason: string, host: string) =>
  new CodedError<FetchErrorCode>('fetch-failed', `no answer: ${reason}`, { reason, host })

/** Throws CodedError with a `FetchErrorCode`. */
export function createGuard({ own, allow, lookup = resolve }: GuardOptions): GuardedFetch {
  const ours = new Set(own.flatMap(hostForms))
  const trusted = new Set(allow.map((host) => host.toLowerCase()))
  const isTrusted = (url: URL) => trusted.has(url.hostname) || trusted.has(withPort(url))
  let calls = 0

  /** What may be asked there, before any name is resolved. */
  function check(address: string | URL): URL {
    const url = URL.parse(String(address))
    if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
      throw refused('address')
    if (ours.has(withPort(url))) throw refused('own', url.host)
    if (url.protocol === 'http:' && !isTrusted(url)) throw refused('insecure', url.host)
    return url
  }

  /** The address that is connected to: all that the name has are public, or the host is trusted. */
  async function addressOf(url: URL): Promise<LookupAddress> {
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
    const family = isIP(host)
    const found = family === 0 ? await lookup(host) : [{ address: host, family }]
    const [first] = found
    if (first === undefined) throw failed('unknown', url.host)
    if (!isTrusted(url) && !found.every(({ address }) => isPublicAddress(address)))
      throw refused('private', url.host)
    return first
  }

  async function go(url: URL, request: GuardedRequest, signal: AbortSignal, left: number): Promise<Response> {
    const address = await abortable(addressOf(url), signal)
    const answer = await ask(url, address, request, signal)
    const status = answer.statusCode ?? 0
    if (!redirects.has(status) || request.redirect === 'manual')
      return await read(answer, url, request.maxBytes ?? defaultBytes)
    answer.destroy()
    if (request.method === 'POST') throw refused('redirect', url.host)
    const next = URL.parse(answer.headers.location ?? '', url.href)
    if (left === 0 || answer.headers.location === undefined || !next) throw refused('redirects', url.host)
    return go(check(next), withoutSecrets(request, url, next), signal, left - 1)
  }

  return async (address, request = {}) => {
    const url = check(address)
    if (calls >= maxCalls) throw new CodedError<FetchErrorCode>('busy', 'too many fetches', { retryAfter: 5 })
    calls++
    const timeout = AbortSignal.timeout(request.patience ?? defaultPatience)
    const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout
    try {
      return await go(url, request, signal, maxRedirects)
    } catch (error) {
      if (timeout.aborted) throw failed('timeout', url.host)
      throw error instanceof CodedError ? error : failed('connection', url.host)
    } finally {
      calls--
    }
  }
}

/** Another host gets nothing that was meant for the first. */
function withoutSecrets(request: GuardedRequest, from: URL, to: URL): GuardedRequest {
  if (from.origin === to.origin) return request
  const headers = Object.entries(request.headers ?? {}).filter(
    ([name]) => !/^(authorization|cookie)$/i.test(name),
  )
  return { ...request, headers: Object.fromEntries(headers) }
}

/** The root's dot at the end names the same host. */
const withPort = (url: URL) =>
  `${url.hostname.replace(/\.$/, '')}:${url.port || (url.protocol === 'https:' ? 443 : 80)}`

/** A host as it may be written: with the port of either scheme where it has none. */
const hostForms = (host: string) =>
  /:\d+$/.test(host) ? [host.toLowerCase()] : ['', ':80', ':443'].map((port) => host.toLowerCase() + port)

function resolve(host: string): Promise<readonly LookupAddress[]> {
  return new Promise((done) =>
    systemLookup(host, { all: true }, (error, addresses) => done(error ? [] : addresses)),
  )
}

/** Whatever comes first; a name server is not waited for any longer than the answer. */
async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => {})
  signal.throwIfAborted()
  let stop = () => {}
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error)
    signal.addEventListener('abort', stop, { once: true })
  })
  return Promise.race([work, aborted]).finally(() => signal.removeEventListener('abort', stop))
}

/** A connection of its own to exactly this address. */
function ask(
  url: URL,
  { address, family }: LookupAddress,
  { method = 'GET', headers = {}, body }: GuardedRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const pinned: LookupFunction = (_host, { all }, done) =>
    all ? done(null, [{ address, family }]) : done(null, address, family)
  const options: RequestOptions = {
    method,
    headers: {
      ...headers,
      'User-Agent': 'Essaim',
      'Accept-Encoding': 'identity',
      Connection: 'close',
      ...(body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
    },
    agent: false,
    lookup: pinned,
    family,
    signal,
    maxHeaderSize: maxHeaders,
  }
  return new Promise((done, fail) => {
    const outgoing = url.protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options)
    outgoing.on('error', fail)
    outgoing.on('response', done)
    outgoing.end(body)
  })
}

async function read(answer: IncomingMessage, url: URL, maxBytes: number): Promise<Response> {
  const { statusCode: status = 0, headers } = answer
  try {
    // What was not asked for may unfold to any size.
    if ((headers['content-encoding'] ?? 'identity') !== 'identity') throw failed('encoded', url.host)
    const chunks: Buffer[] = []
    let size = 0
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      size += chunk.byteLength
      if (size > maxBytes) throw failed('large', url.host)
      chunks.push(chunk)
    }
    if (status < 200 || status > 599) throw failed('connection', url.host)
    const isEmpty = [204, 205, 304].includes(status)
    const pairs = Object.entries(headers).filter(
      (pair): pair is [string, string] => typeof pair[1] === 'string',
    )
    return new Response(isEmpty ? null : new Uint8Array(Buffer.concat(chunks)), { status, headers: pairs })
  } finally {
    answer.destroy()
  }
}
