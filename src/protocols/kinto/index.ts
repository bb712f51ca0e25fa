/** The Kinto door on a Fastify server: everything under `/v1`, and every address that belongs to nobody else. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { clientAddress, addressBlock } from '../../http/addresses.ts'
import { readBody } from '../../http/body.ts'
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
