/** The HTTP server: bounds on everything that comes in, Host rules, a stop that loses no answer. */
import { createServer, STATUS_CODES } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import Fastify, { LogController } from 'fastify'
import type { FastifyBaseLogger, FastifyError, FastifyInstance } from 'fastify'
import { isOwnHost, ownHosts } from './hosts.ts'
import type { HostRules } from './hosts.ts'
import { firstSegment, isCheck } from './paths.ts'
import type { TopLevelPath } from './paths.ts'

export interface HttpOptions extends HostRules {
  paths: readonly TopLevelPath[]
  log: FastifyBaseLogger
}

/** Bytes of all headers together. */
const maxHeaderBytes = 16_384
/** Connections at one time; more are refused by closing them. */
const maxConnections = 10_000
/** Milliseconds for a whole request to arrive, for its headers, and between two on one connection. */
const requestTimeout = 120_000
const headersTimeout = 15_000
const keepAliveTimeout = 65_000
/** Milliseconds that requests in hand are given at a stop. */
const stopTimeout = 5_000

const limits = {
  maxHeaderSize: maxHeaderBytes,
  requestTimeout,
  headersTimeout,
  keepAliveTimeout,
  connectionsCheckingInterval: 5_000,
  // Two hosts, or two credentials, are none: joined they are refused, where the first would have been believed.
  joinDuplicateHeaders: true,
}

const plainHeaders = {
  'Content-Type': 'application/json; charset=utf-8',
  'Access-Control-Allow-Origin': '*',
  'Cache-Control': 'no-store',
}

/** Answers a request without the framework: what is asked of it many thousand times a second. */
export type Direct = (request: IncomingMessage, response: ServerResponse) => void

/** Takes over a connection that asked to speak another protocol. */
export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

export interface Http {
  app: FastifyInstance
  /**
   * Gives requests whose first segment this is to a door at once. Routing, hooks and request objects
   * cost the framework as much as all the rest of a small answer.
   */
  direct(segment: string, serve: Direct): void
  /**
   * Gives requests to upgrade whose path begins with this (`/v1/ws/`) to a door, under the same Host rules. Who
   * asks elsewhere is answered as if nothing had been asked. The door ends its connections itself: neither the
   * limits of requests nor a stop of the server reach them.
   */
  upgrade(prefix: string, take: Upgrade): void
}

export function createHttp(options: HttpOptions): Http {
  const directs = new Map<string, Direct>()
  const upgrades = new Map<string, Upgrade>()
  const upgradeOf = ({ url = '/' }: IncomingMessage): Upgrade | undefined => {
    for (const [prefix, take] of upgrades) if (url.startsWith(prefix)) return take
    return undefined
  }
  const app = Fastify({
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true }),
    // Paths are matched as they came; each door decodes its segments once.
    routerOptions: { maxParamLength: 8_192, ignoreTrailingSlash: false },
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
    serverFactory: (handle) =>
      createServer(
        { ...limits, shouldUpgradeCallback: (request) => upgradeOf(request) !== undefined },
        (request, response) => {
          const { url = '/' } = request
          const segment = firstSegment(url)
          const serve = isCheck(segment, url) ? undefined : directs.get(segment)
          if (!serve) handle(request, response)
          else if (isOurs(request)) serve(request, response)
          else misdirect(response)
        },
      ),
    clientErrorHandler: (error: NodeJS.ErrnoException, socket: Socket) => refuse(error, socket),
    frameworkErrors: (_error, _request, reply) => {
      reply.hijack()
      const body = plainError(400, 'The address of the request is malformed')
      reply.raw.writeHead(400, { ...plainHeaders, 'Content-Length': Buffer.byteLength(body) })
      reply.raw.end(body)
    },
  })
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const { statusCode = 500 } = error
    const isTheirs = statusCode >= 400 && statusCode < 500
    if (!isTheirs) request.log.error({ err: error }, 'a request failed')
    const message = isTheirs ? error.message : 'Something went wrong in the server'
    const status = isTheirs ? statusCode : 500
    return reply.code(status).type(plainHeaders['Content-Type']).send(plainError(status, message))
  })
  app.server.maxConnections = maxConnections
  const anyHost = new Set(options.paths.filter((row) => row.anyHost).map((row) => row.path))
  let hosts: ReadonlySet<string> | undefined
  const isOurs = ({ headers }: IncomingMessage): boolean => {
    const { host, port } = options.listen
    hosts ??= ownHosts({ ...options, listen: { host, port: portOf(app) ?? port } })
    return isOwnHost(hosts, headers.host)
  }
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // What breaks before the door listens is a connection that ended.
    socket.on('error', () => socket.destroy())
    const take = isOurs(request) ? upgradeOf(request) : undefined
    if (take) take(request, socket, head)
    else socket.end(plainAnswer(421, 'This server does not answer under that host name'))
  })
  app.addHook('onRequest', ({ raw }, reply, done) => {
    const { url = '/' } = raw
    const segment = firstSegment(url)
    // A check says itself which host it saw.
    if (isOurs(raw) || anyHost.has(segment) || isCheck(segment, url)) return done()
    reply.hijack()
    misdirect(reply.raw)
  })
  return {
    app,
    direct: (segment, serve) => void directs.set(segment, serve),
    upgrade: (prefix, take) => void upgrades.set(prefix, take),
  }
}

function misdirect(response: ServerResponse): void {
  const body = plainError(421, 'This server does not answer under that host name')
  response.writeHead(421, { ...plainHeaders, 'Content-Length': Buffer.byteLength(body) })
  response.end(body)
}

/** The port in use, which differs from the configured one where that is 0. */
export function portOf(app: FastifyInstance): number | undefined {
  const address = app.server.address()
  return typeof address === 'object' && address ? address.port : undefined
}

/** An answer of the server itself, where no door has the word. */
export function plainError(status: number, message: string): string {
  return JSON.stringify({ code: status, error: STATUS_CODES[status] ?? 'Error', message })
}

/** What cannot be read as HTTP still gets an answer that says so. */
function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const status =
    error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400
  const message =
    status === 431
      ? 'The headers are too large'
      : status === 408
        ? 'The request took too long'
        : 'The request is malformed'
  socket.end(plainAnswer(status, message))
}

/** A whole answer as it goes over the wire, for a connection that has no response object; ends the connection. */
export function plainAnswer(status: number, message: string): string {
  const body = plainError(status, message)
  return (
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\n` +
    `Access-Control-Allow-Origin: *\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  )
}

/** Stops accepting, closes idle connections, lets requests in hand end (5 s at most). */
export async function stopHttp(app: FastifyInstance): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), stopTimeout)
  // A connection whose last request was answered meanwhile is idle, and would be kept alive.
  const sweep = setInterval(() => app.server.closeIdleConnections(), 20)
  try {
    await app.close()
  } finally {
    clearTimeout(timer)
    clearInterval(sweep)
  }
}
