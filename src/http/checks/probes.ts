/** The checks' probes, as they are in earnest: DNS, HTTP and TLS of this machine, each bounded in time and size. */
import { lookup, Resolver } from 'node:dns/promises'
import { request as httpRequest } from 'node:http'
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { checkServerIdentity, TLSSocket } from 'node:tls'
import type { Answer, Certificate, Probes, Resolved, Target, Trouble } from './types.ts'

/** Milliseconds for an answer, and for one try at a name server. */
const patience = 6_000
const dnsPatience = 2_000
const maxBody = 8_192
/** Addresses of one name that are kept. */
const maxAddresses = 8

export const liveProbes: Probes = {
  resolve,
  get: (target) => send(target, 'GET'),
  post: (target, body) => send(target, 'POST', body),
  announce,
  ownAddresses: () =>
    Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal }) => !internal)
      .map(({ address }) => address),
  now: () => Date.now(),
}

async function resolve(host: string): Promise<Resolved> {
  const family = isIP(host)
  if (family !== 0)
    return { four: family === 4 ? [host] : [], six: family === 6 ? [host] : [], source: 'dns' }
  const resolver = new Resolver({ timeout: dnsPatience, tries: 2 })
  const [four, six] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
  const found = { four: kept(four), six: kept(six) }
  if (found.four.length + found.six.length > 0) return { ...found, source: 'dns' }
  const local = await within(
    lookup(host, { all: true }).catch(() => []),
    [],
  )
  if (local.length > 0) {
    const of = (family: number) => local.filter((one) => one.family === family).map((one) => one.address)
    return { four: of(4).slice(0, maxAddresses), six: of(6).slice(0, maxAddresses), source: 'system' }
  }
  const silent = [four, six].some((one) => one.status === 'rejected' && !isNoSuchName(one.reason))
  return { four: [], six: [], source: silent ? 'failed' : 'nobody' }
}

const kept = (found: PromiseSettledResult<string[]>) =>
  found.status === 'fulfilled' ? found.value.slice(0, maxAddresses) : []

const isNoSuchName = (error: unknown) =>
  ['ENOTFOUND', 'ENODATA'].includes((error as NodeJS.ErrnoException).code ?? '')

/** A connection of its own to one address, whatever the name resolves to at this moment. */
function open({ url, address, headers }: Target, method: string): ClientRequest {
  const { protocol } = new URL(url)
  const options: RequestOptions & { rejectUnauthorized: boolean } = {
    method,
    headers: { 'User-Agent': 'essaim-check', Connection: 'close', ...headers },
    agent: false,
    lookup: (_host, { all }, done) => {
      const family = isIP(address)
      if (all) done(null, [{ address, family }])
      else done(null, address, family)
    },
    // Nothing secret is sent, and an answer is believed for its proof alone; the certificate is looked at apart.
    rejectUnauthorized: false,
  }
  return protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options)
}

function send(target: Target, method: string, body = ''): Promise<Answer | Trouble> {
  return new Promise((done) => {
    const outgoing = open(target, method)
    const timer = setTimeout(() => {
      outgoing.destroy()
      done('silent')
    }, patience)
    const end = (result: Answer | Trouble) => {
      clearTimeout(timer)
      done(result)
    }
    outgoing.on('error', (error) => end(troubleOf(error)))
    outgoing.on('response', (response) => {
      const certificate = certificateOf(response, new URL(target.url).hostname)
      const chunks: Buffer[] = []
      let size = 0
      const finish = () => {
        const { server, date, location } = response.headers as Answer['headers']
        const body = Buffer.concat(chunks).toString('utf8')
        const status = response.statusCode ?? 0
        outgoing.destroy()
        end({ status, headers: { server, date, location }, body, certificate })
      }
      response.on('data', (chunk: Buffer) => {
        size += chunk.byteLength
        if (size <= maxBody) chunks.push(chunk)
        else finish()
      })
      response.on('end', finish)
      response.on('error', () => end('broken'))
    })
    outgoing.end(body)
  })
}

function announce(target: Target, bytes: number): Promise<number | undefined> {
  return new Promise((done) => {
    const headers = { ...target.headers, 'Content-Length': String(bytes), Expect: '100-continue' }
    const outgoing = open({ ...target, headers }, 'POST')
    const end = (status: number | undefined) => {
      clearTimeout(timer)
      outgoing.destroy()
      done(status)
    }
    const timer = setTimeout(end, patience, undefined)
    outgoing.on('continue', () => end(undefined))
    outgoing.on('error', () => end(undefined))
    outgoing.on('response', ({ statusCode = 0 }) => end(statusCode))
    outgoing.flushHeaders()
  })
}

const troubles: Readonly<Record<string, Trouble>> = {
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'silent',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
}

function troubleOf(error: NodeJS.ErrnoException): Trouble {
  const { code = '' } = error
  return troubles[code] ?? (/^(ERR_SSL_|EPROTO$)/.test(code) ? 'no-tls' : 'broken')
}

function certificateOf({ socket }: IncomingMessage, host: string): Certificate | undefined {
  if (!(socket instanceof TLSSocket)) return undefined
  const peer = socket.getPeerCertificate()
  if (!peer.valid_to) return undefined
  // Node looks at the name only after the chain: a certificate may be wrong in both.
  const misnamed = checkServerIdentity(host, peer) !== undefined
  const problem = String(socket.authorizationError ?? '')
  return {
    trusted: socket.authorized && !misnamed,
    problem: misnamed ? 'ERR_TLS_CERT_ALTNAME_INVALID' : problem,
    names: (peer.subjectaltname ?? `DNS:${peer.subject.CN ?? ''}`).replaceAll(/(DNS|IP Address):/g, ''),
    from: Date.parse(peer.valid_from),
    until: Date.parse(peer.valid_to),
  }
}

function within<T>(work: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<T>((done) => (timer = setTimeout(done, patience, otherwise)))
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
