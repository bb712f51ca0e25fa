/** The OAuth 2 and OpenID Connect server: what is below `/oauth`, and the documents that say where everything is. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { addressBlock, clientAddress } from '../../http/addresses.ts'
import { plainError } from '../../http/server.ts'
import type { Http } from '../../http/server.ts'
import type { FindAppRequest } from '../../core/apps/index.ts'
import { sha256Hex } from '../../lib/hash.ts'
import { createArtifacts } from './artifacts.ts'
import { routes } from './configuration.ts'
import type { OAuthParts } from './parts.ts'
import { createRequests } from './requests.ts'
import { createServer } from './server.ts'
import { createVisitors, type Visitor } from './visitors.ts'

const discovery = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']

/** Where browsers come to, with the cookies of our pages: nowhere else is a cookie looked at. */
const isForBrowsers = (path: string): boolean =>
  path === routes.authorization ||
  path.startsWith(`${routes.authorization}/`) ||
  path === routes.end_session ||
  path.startsWith(`${routes.end_session}/`)

/** What strangers can make this server keep: each of them is counted by address. */
const isCounted = (path: string, visitor: Visitor): boolean =>
  path === routes.registration ||
  path === routes.device_authorization ||
  (path === routes.authorization && !visitor.account)

export type { OAuthParts } from './parts.ts'

/** Pages of ours that Firefox opens or is led to below this segment: where it signs in, and where telephones end. */
const isPage = (path: string): boolean =>
  path === '/oauth' || path === '/oauth/force_auth' || path.startsWith('/oauth/success/')

/** Mounts the server. Returns what finds the requests that wait for a person. */
export function oauthDoor(http: Http, parts: OAuthParts): FindAppRequest {
  const { publicUrl, browsers, clock, throttle, onError } = parts
  const { host, protocol } = new URL(publicUrl)
  const visitors = createVisitors()
  const artifacts = createArtifacts(parts)
  const server = createServer({ ...parts, artifacts, visitors })

  /** Who the browser is; one that has no cookie of its own yet is given one. */
  async function look(request: IncomingMessage, response: ServerResponse, path: string): Promise<Visitor> {
    const { cookie } = request.headers
    const known = await browsers.who(cookie)
    const mark = browsers.mark(cookie)
    const visitor: Visitor = { ...known }
    if (mark !== undefined) visitor.browser = sha256Hex(mark)
    else if (path === routes.authorization) {
      const given = browsers.give()
      response.appendHeader('Set-Cookie', given.cookie)
      visitor.browser = sha256Hex(given.mark)
    }
    const [, id] = /^\/oauth\/authorize\/([\w-]{20,64})$/.exec(path) ?? []
    if (id !== undefined && mark !== undefined) {
      const began = await artifacts.find('Interaction', id)
      if (began?.browser === visitor.browser) visitor.resumes = id
    }
    return visitor
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
    if (path === routes.registration && openToScripts(request, response)) return
    if (path === routes.authorization && sendElsewhere(request, response)) return
    const visitor = isForBrowsers(path) ? await look(request, response, path) : {}
    const address = addressOf(request)
    const wait = isCounted(path, visitor) ? throttle.ask(addressBlock(address), clock.now()) : 0
    if (wait > 0) return refuse(response, wait)
    visitors.set(request, visitor)
    // The address is that of the configuration, whatever stands before this server.
    Object.assign(request.headers, {
      host,
      'x-forwarded-host': host,
      'x-forwarded-proto': protocol.slice(0, -1),
      'x-forwarded-for': address,
    })
    const handle = await server.handler()
    await handle(request, response)
  }

  /** Sends a browser to where its client is let in, if that is not here. */
  function sendElsewhere({ method, url = '' }: IncomingMessage, response: ServerResponse): boolean {
    const query = url.slice(url.indexOf('?') + 1)
    const client = method === 'GET' ? new URLSearchParams(query).get('client_id') : null
    const address = client === null ? undefined : parts.elsewhere(client, query)
    if (address === undefined) return false
    response
      .writeHead(302, {
        Location: address,
        'Cache-Control': 'no-store',
        'Referrer-Policy': 'no-referrer',
        'Content-Length': 0,
      })
      .end()
    return true
  }

  const addressOf = (request: IncomingMessage): string => {
    const forwarded = request.headers['x-forwarded-for']
    const peer = request.socket.remoteAddress ?? ''
    return clientAddress(peer, typeof forwarded === 'string' ? forwarded : undefined, parts.trustedProxies)
  }

  const begin = (request: IncomingMessage, response: ServerResponse): void => {
    if (isPage((request.url ?? '').split('?', 1)[0] ?? '')) return http.app.routing(request, response)
    const other = parts.answers(request)
    if (other) return other(request, response)
    serve(request, response).catch((error: unknown) => {
      onError(error)
      if (response.headersSent) response.destroy()
      else answer(response, 500, plainError(500, 'Something went wrong in the server'))
    })
  }

  http.direct('/oauth', begin)
  for (const path of discovery)
    http.app.route({
      method: ['GET', 'OPTIONS'],
      url: path,
      handler: (request, reply) => {
        reply.hijack()
        begin(request.raw, reply.raw)
      },
    })

  return createRequests({ ...parts, artifacts, provider: server.provider })
}

/**
 * Apps that are nothing but a page register themselves from there. No credential is involved. True where that was all
 * that was asked.
 */
function openToScripts({ method }: IncomingMessage, response: ServerResponse): boolean {
  response.setHeader('Access-Control-Allow-Origin', '*')
  if (method !== 'OPTIONS') return false
  response
    .writeHead(204, {
      'Access-Control-Allow-Methods': 'POST',
      'Access-Control-Allow-Headers': 'Content-Type',
      'Access-Control-Max-Age': '3600',
    })
    .end()
  return true
}

function refuse(response: ServerResponse, wait: number): void {
  response.setHeader('Retry-After', String(wait))
  const body = JSON.stringify({ error: 'temporarily_unavailable', error_description: 'too many requests' })
  answer(response, 429, body)
}

function answer(response: ServerResponse, status: number, body: string): void {
  response
    .writeHead(status, {
      'Content-Type': 'application/json; charset=utf-8',
      'Cache-Control': 'no-store',
      'Content-Length': Buffer.byteLength(body),
    })
    .end(body)
}
