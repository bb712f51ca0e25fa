/** The Kinto door on a Fastify server: everything under `/v1`, and every address that belongs to nobody else. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { clientAddress, addressBlock } from '../../http/addresses.ts'
import { firstSegment } from '../../http/paths.ts'
import { plainError } from '../../http/server.ts'
import type { Http } from '../../http/server.ts'
import type { KintoResponse } from './answer.ts'
import { tooLarge } from './body.ts'
import { createKinto, type Kinto, type KintoParts } from './door.ts'

export { createOpenId, type OpenId } from './openid.ts'
export { createConfiguredRights } from './rights.ts'
export { readSettings, SettingsError } from './settings.ts'

export interface KintoDoorParts extends KintoParts {
  /** Believed to say whom they speak for. */
  trustedProxies: Parameters<typeof clientAddress>[2]
  /** First segments, with their slash, that other parts of the server answer. */
  foreign: ReadonlySet<string>
  /** Counts answers. */
  answered: (status: number) => void
}

/** Registers the door. Requests are taken over before anything of the framework reads their bodies. */
export function kintoDoor({ app, direct }: Http, parts: KintoDoorParts): void {
  const kinto = createKinto(parts)
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const respond = (answer: KintoResponse) => {
      parts.answered(answer.status)
      write(response, answer)
    }
    const { method = 'GET' } = request
    if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS')
      answer(kinto, parts, request, method, undefined).then(respond, (error) => fail(parts, response, error))
    else
      readBody(request, parts.settings.bodyLimit, (bytes) => {
        if (bytes === 'too-large') respond(kinto.refuse(tooLarge(), { method, headers: request.headers }))
        else
          answer(kinto, parts, request, method, bytes).then(respond, (error) => fail(parts, response, error))
      })
  }

  direct('/v1', serve)
  app.register(async (door) => {
    door.addHook('onRequest', (request, reply) => {
      const { raw } = request
      reply.hijack()
      if (parts.foreign.has(firstSegment(raw.url ?? '/'))) {
        const body = plainError(404, 'There is nothing at this address')
        reply.raw.writeHead(404, {
          'Content-Type': 'application/json',
          'Content-Length': Buffer.byteLength(body),
        })
        reply.raw.end(body)
      } else serve(raw, reply.raw)
      return Promise.resolve()
    })
    const nothing = () => undefined
    door.all('/', nothing)
    door.setNotFoundHandler(nothing)
  })
}

function answer(
  kinto: Kinto,
  { trustedProxies }: KintoDoorParts,
  request: IncomingMessage,
  method: string,
  bytes: Uint8Array | undefined,
): Promise<KintoResponse> {
  return kinto.handle({
    method,
    url: request.url ?? '/',
    headers: request.headers,
    body: { bytes },
    remote: () => {
      const forwarded = request.headers['x-forwarded-for']
      const peer = request.socket.remoteAddress ?? ''
      const first = Array.isArray(forwarded) ? forwarded.join() : forwarded
      return addressBlock(clientAddress(peer, first, trustedProxies))
    },
  })
}

function write(response: ServerResponse, { status, headers, body, coding }: KintoResponse): void {
  if (response.destroyed || response.headersSent) return
  response.writeHead(status, headers as string[])
  response.end(body, coding)
}

/** An answer that could not be made: nothing of it may reach the client. */
function fail(parts: KintoDoorParts, response: ServerResponse, error: unknown): void {
  parts.onError(error)
  response.destroy()
}

/** How many times the bound is read of a body that is too large. */
const discarded = 4

/**
 * Reads a body within its bound. Nothing is called for one that breaks off. What goes on behind the bound is thrown
 * away for a while: many clients write all they have before they read, and would lose the answer with the connection.
 */
function readBody(
  request: IncomingMessage,
  limit: number,
  done: (bytes: Uint8Array | 'too-large' | undefined) => void,
): void {
  const chunks: Buffer[] = []
  let size = 0
  let over = false
  const refuse = () => {
    over = true
    chunks.length = 0
    done('too-large')
  }
  if (Number(request.headers['content-length'] ?? 0) > limit) refuse()
  request.on('data', (chunk: Buffer) => {
    size += chunk.byteLength
    if (size <= limit && !over) chunks.push(chunk)
    else if (size > discarded * limit) request.destroy()
    else if (!over) refuse()
  })
  request.on('end', () => {
    if (!over) done(chunks.length === 0 ? undefined : chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))
  })
  // An aborted request has nobody left to answer.
  request.on('error', () => {})
}
