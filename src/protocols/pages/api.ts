/**
 * How the pages' own API is asked: JSON by POST, PUT and DELETE from our own origin alone, under `/api/`. Every route
 * says who may call it; whoever may not is refused before its body is looked at.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { freshLasts, isFresh } from '../../core/accounts/index.ts'
import type { Account, PageSession, Role } from '../../core/accounts/index.ts'
import { addressBlock, addressPrefix, clientAddress } from '../../http/addresses.ts'
import { agentName } from '../../http/agent.ts'
import { randomToken } from '../../lib/ids.ts'
import { browserCookie, cookieNames, cookieOf, setCookie } from './cookies.ts'
import { refuse, renderError } from './errors.ts'
import { pageHeaders } from './headers.ts'
import { languageOf } from './language.ts'
import type { Language } from './language.ts'
import type { PagesParts } from './parts.ts'

/** A call of the API. */
export interface Call {
  /** The JSON object that was sent; empty where none was. Check every member: see `text` and the like in body.ts. */
  body: Readonly<Record<string, unknown>>
  params: Readonly<Record<string, string>>
  query: Readonly<Record<string, string>>
  /** By which strangers are counted (IPv6: the /64), and what is shown and kept (/24, /48). */
  address: string
  addressPrefix: string
  /** The browser in a few words, such as `Firefox on Linux`. */
  agent: string
  /** The language of the page. */
  language: Language
  /** Text of the browser's own cookie. */
  browser: string | undefined
  /** Text of the cookie of a sign-in with another provider. */
  flow: string | undefined
  request: FastifyRequest
  /** For cookies and for answers that are no JSON. */
  reply: FastifyReply
}

/** A call of somebody who is signed in. */
export interface MyCall extends Call {
  session: PageSession
  account: Account
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

export interface RouteOptions {
  /** Asks for a proof of the last ten minutes (`not-fresh` without). */
  fresh?: boolean
  /** Also for accounts that wait or leave; others are signed out. */
  anyState?: boolean
  /** Bytes of the body; 16 KiB where not given. */
  bodyLimit?: number
}

/** Registers routes. A handler returns the JSON to answer with; undefined answers `{}`. */
export interface Api {
  /** For everybody. */
  open(method: Method, path: string, handler: (call: Call) => Promise<unknown>, options?: RouteOptions): void
  /** For whoever is signed in. */
  mine(
    method: Method,
    path: string,
    handler: (call: MyCall) => Promise<unknown>,
    options?: RouteOptions,
  ): void
  /** For these roles. */
  role(
    roles: readonly Role[],
    method: Method,
    path: string,
    handler: (call: MyCall) => Promise<unknown>,
    options?: RouteOptions,
  ): void
  /**
   * A page's address to which another site sends the browser back; the handler says where it goes on, on this server.
   */
  arrival(path: string, handler: (call: Call) => Promise<string>): void
  /** Who is signed in, for a route that is open to everybody; of any state but suspended. */
  known(call: Call): Promise<MyCall | undefined>
  /** Codes of a part, with their status. */
  codes(extra: Readonly<Record<string, number>>): void
}

/** Seconds that the cookie of a session is kept. */
const sessionCookie = 180 * 86_400

export function createApi(app: FastifyInstance, parts: PagesParts): Api {
  const codes: Record<string, number> = {}

  function callOf(request: FastifyRequest, reply: FastifyReply): Call {
    const peer = request.raw.socket.remoteAddress ?? ''
    const forwarded = request.headers['x-forwarded-for']
    const address = clientAddress(peer, forwarded as string | undefined, parts.trustedProxies)
    const { cookie } = request.headers
    const body = request.body as Record<string, unknown> | undefined
    if (body !== undefined && (typeof body !== 'object' || body === null || Array.isArray(body)))
      throw refuse('malformed')
    return {
      body: body ?? {},
      params: request.params as Record<string, string>,
      query: request.query as Record<string, string>,
      address: addressBlock(address),
      addressPrefix: addressPrefix(address),
      agent: agentName(request.headers['user-agent']),
      language: languageOf(request.headers['accept-language']),
      browser: cookieOf(cookie, cookieNames.browser),
      flow: cookieOf(cookie, cookieNames.flow),
      request,
      reply,
    }
  }

  async function known(call: Call): Promise<MyCall | undefined> {
    const token = cookieOf(call.request.headers.cookie, cookieNames.session)
    const found = token === undefined ? undefined : await parts.accounts.session(token)
    return found && found.account.state !== 'suspended' ? { ...call, ...found } : undefined
  }

  async function signedIn(call: Call, { fresh, anyState }: RouteOptions): Promise<MyCall> {
    const mine = await known(call)
    if (!mine || (mine.account.state !== 'active' && !anyState)) throw refuse('signed-out')
    if (fresh && !isFresh(mine.session, parts.clock.now())) throw refuse('not-fresh')
    return mine
  }

  function route(
    method: Method,
    path: string,
    options: RouteOptions,
    handle: (call: Call) => Promise<unknown>,
  ): void {
    app.route({
      method,
      url: `/api${path}`,
      bodyLimit: options.bodyLimit ?? 16_384,
      // Before the body is read: who may not ask does not have it parsed.
      onRequest: async (request) => {
        if (isCrossSite(request, parts.publicUrl)) throw refuse('cross-site')
      },
      handler: async (request, reply) => {
        const answer = await handle(callOf(request, reply))
        return reply.sent ? reply : (answer ?? {})
      },
      errorHandler: (error, request, reply) => {
        const rendered = renderError(error, codes)
        if (rendered?.retryAfter !== undefined) void reply.header('Retry-After', String(rendered.retryAfter))
        if (rendered) return reply.code(rendered.status).send(rendered.body)
        const { statusCode = 500 } = error as { statusCode?: number }
        if (statusCode === 413) return reply.code(413).send({ error: 'too-large' })
        if (statusCode >= 400 && statusCode < 500) return reply.code(statusCode).send({ error: 'malformed' })
        request.log.error({ err: error }, 'a call of the pages failed')
        return reply.code(500).send({ error: 'failed' })
      },
    })
  }

  app.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/api/')) pageHeaders(reply)
  })

  return {
    open: (method, path, handler, options = {}) => route(method, path, options, handler),
    mine: (method, path, handler, options = {}) =>
      route(method, path, options, async (call) => handler(await signedIn(call, options))),
    role: (roles, method, path, handler, options = {}) =>
      route(method, path, options, async (call) => {
        const mine = await signedIn(call, options)
        if (!roles.includes(mine.account.role)) throw refuse('forbidden')
        return handler(mine)
      }),
    arrival: (path, handler) =>
      void app.get(path, async (request, reply) => {
        pageHeaders(reply)
        return reply.redirect(await handler(callOf(request, reply)), 303)
      }),
    known,
    codes: (extra) => void Object.assign(codes, extra),
  }
}

/** Puts the cookies of a new session, and of its browser, into the answer. */
export function giveCookies(reply: FastifyReply, { token, browser }: { token: string; browser?: string }) {
  void reply.header('Set-Cookie', setCookie(cookieNames.session, token, sessionCookie))
  if (browser !== undefined)
    void reply.header('Set-Cookie', setCookie(cookieNames.browser, browser, browserCookie))
}

/** Gives a browser its own cookie before anybody signed in with it: what it asks for is bound to it. */
export function giveBrowserCookie(reply: FastifyReply): string {
  const browser = randomToken()
  void reply.header('Set-Cookie', setCookie(cookieNames.browser, browser, browserCookie))
  return browser
}

export function takeCookie(reply: FastifyReply): void {
  void reply.header('Set-Cookie', setCookie(cookieNames.session, '', 0))
}

/** Until when the session's proof is fresh, in milliseconds; 0: it is not. */
export const freshUntil = (session: PageSession, now: number): number =>
  isFresh(session, now) ? session.authenticated + freshLasts : 0

/** A request that another site's page made: browsers say so. What is no browser has no cookies of ours to abuse. */
export function isCrossSite({ headers, method }: FastifyRequest, publicUrl: string): boolean {
  const site = headers['sec-fetch-site']
  // A link to a download may be followed from our own page or typed.
  if (site !== undefined) return site !== 'same-origin' && !(method === 'GET' && site === 'none')
  if (headers.origin === undefined) return false
  return headers.origin !== originOf(headers.host, publicUrl)
}

/** The origin under which a page was asked for: on loopback there are several names for one server. */
export function originOf(host: string | undefined, publicUrl: string): string {
  const url = new URL(publicUrl)
  return host === undefined || host === url.host ? publicUrl : `${url.protocol}//${host}`
}
