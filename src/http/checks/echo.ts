/**
 * How a server recognises itself: the check sends a text that only this server, or one with the same key, can have made,
 * and the answer says under that key how the request arrived. Whoever sends no such text learns nothing.
 */
import type { FastifyInstance } from 'fastify'
import { isJsonObject, type JsonObject } from '../../lib/json/index.ts'
import { randomToken } from '../../lib/ids.ts'
import { createLru } from '../../lib/lru.ts'
import { type KeyRing, signUnder, verifyUnder } from '../../lib/sealed.ts'
import { plainError } from '../server.ts'

/** The path that answers; what follows it arrives as it was sent, or a proxy rewrites addresses. */
export const checkPath = '/__check__'
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
      return signUnder(keys, use, 'answer', { nonce, seen: { ...seen } })
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

export function echoRoute(app: FastifyInstance, echo: Echo): void {
  app.get(`${checkPath}/*`, (request, reply) => {
    const { headers, socket, url = '' } = request.raw
    const text = (name: string) => (typeof headers[name] === 'string' ? headers[name].slice(0, 500) : null)
    const answer = echo.answer(text(checkHeader) ?? '', {
      target: url.slice(0, 500),
      host: text('host') ?? '',
      peer: (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d)/i, ''),
      forwardedFor: text('x-forwarded-for'),
      forwardedProto: text('x-forwarded-proto'),
      forwarded: proxyHeaders.some((name) => headers[name] !== undefined),
    })
    void reply.headers({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' })
    if (answer === undefined)
      return reply.code(404).type('application/json; charset=utf-8').send(plainError(404, 'Not found'))
    return reply.type('text/plain; charset=utf-8').send(answer)
  })
}
