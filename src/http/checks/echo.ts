/**
 * How a server recognises itself: the check sends a text that only this server, or one with the same key, can have made,
 * and the answer says under that key how the request arrived. Whoever sends no such text learns nothing.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { payloadHash } from '../../lib/hawk.ts'
import { isJsonObject, type JsonObject } from '../../lib/json/index.ts'
import { randomToken } from '../../lib/ids.ts'
import { createLru } from '../../lib/lru.ts'
import { type KeyRing, signUnder, verifyUnder } from '../../lib/sealed.ts'
import { checkPath } from '../paths.ts'
import { plainError } from '../server.ts'

/** The header that carries the question: in no log, unlike an address. */
export const checkHeader = 'essaim-check'

/** How the request arrived. */
export interface Seen {
  /** The address as it arrived, undecoded. */
  target: string
  host: string
  /** Who made the connection: the proxy, if there is one. */
  peer: string
  forwardedFor: string | null
  forwardedProto: string | null
  /** Whether another header says that a proxy was there. */
  forwarded: boolean
  /** Of a request with a body alone. */
  signed?: SeenSigned
}

/** What a signed request is proved by, as it arrived. */
export interface SeenSigned {
  method: string
  authorization: string | null
  /** Of its type and body, as Hawk has it. */
  hash: string
}

export interface Echo {
  /** A question, good once and for a minute. */
  question(): string
  /** What the answer to a question says; undefined if it was not made by this server. */
  read(question: string, answer: string): Seen | undefined
  /** The answer to a question that arrived; undefined if it is none, too old, or was answered before. */
  answer(question: string, seen: Seen): string | undefined
}

/** Milliseconds. */
const lasts = 60_000
const use = 'address check'

export function createEcho(keys: KeyRing, now: () => number): Echo {
  const answered = createLru<string, true>({ max: 1_000, ttl: lasts })
  const questionOf = (text: string): JsonObject | undefined => {
    const value = verifyUnder(keys, use, 'question', text, 512)
    return isJsonObject(value) && Number(value['until']) > now() ? value : undefined
  }
  return {
    question: () => signUnder(keys, use, 'question', { nonce: randomToken(128), until: now() + lasts }),
    answer(question, seen) {
      const value = questionOf(question)
      const nonce = String(value?.['nonce'])
      if (!value || answered.get(nonce, now())) return undefined
      answered.set(nonce, true, now())
      return signUnder(keys, use, 'answer', { nonce, seen: { ...seen } as unknown as JsonObject })
    },
    read(question, answer) {
      const asked = questionOf(question)
      const told = verifyUnder(keys, use, 'answer', answer)
      if (!asked || !isJsonObject(told) || told['nonce'] !== asked['nonce']) return undefined
      return told['seen'] as unknown as Seen
    },
  }
}

/** Headers by which proxies make themselves known. */
const proxyHeaders = ['via', 'forwarded', 'x-real-ip', 'x-forwarded-host', 'x-forwarded-server']

/** Bytes of a body that is answered. */
const maxBody = 4_096

/** Answers at `/__check__`, and below the first segments of `doors`: a proxy may treat these in other ways. */
export function echoRoute(app: FastifyInstance, echo: Echo, doors: readonly string[] = []): void {
  app.get(`${checkPath}/*`, (request, reply) => tell(echo, reply, seenOf(request)))
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    // As it arrived, whatever it says that it is.
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: maxBody }, (_, body, done) =>
      done(null, body),
    )
    for (const door of ['', ...doors])
      scope.post(`${door}${checkPath}/*`, (request, reply) =>
        tell(echo, reply, { ...seenOf(request), signed: signedOf(request) }),
      )
  })
}

const headerOf = ({ raw }: FastifyRequest, name: string, most = 500) => {
  const value = raw.headers[name]
  return typeof value === 'string' ? value.slice(0, most) : null
}

function seenOf(request: FastifyRequest): Seen & { question: string } {
  const { headers, socket, url = '' } = request.raw
  return {
    question: headerOf(request, checkHeader) ?? '',
    target: url.slice(0, 500),
    host: headerOf(request, 'host') ?? '',
    peer: (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d)/i, ''),
    forwardedFor: headerOf(request, 'x-forwarded-for'),
    forwardedProto: headerOf(request, 'x-forwarded-proto'),
    forwarded: proxyHeaders.some((name) => headers[name] !== undefined),
  }
}

const signedOf = (request: FastifyRequest): SeenSigned => ({
  method: request.method,
  authorization: headerOf(request, 'authorization', 1_000),
  hash: payloadHash(
    headerOf(request, 'content-type') ?? '',
    (request.body as Buffer | undefined) ?? Buffer.of(),
  ),
})

function tell(
  echo: Echo,
  reply: FastifyReply,
  { question, ...seen }: Seen & { question: string },
): FastifyReply {
  const answer = echo.answer(question, seen)
  void reply.headers({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' })
  if (answer === undefined)
    return reply.code(404).type('application/json; charset=utf-8').send(plainError(404, 'Not found'))
  return reply.type('text/plain; charset=utf-8').send(answer)
}
