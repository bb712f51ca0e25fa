/** Firefox's accounts server: a function from request to response, which knows no socket. */
import { CodedError } from '../../lib/coded-error.ts'
import { isJsonObject, type JsonObject, parseJson } from '../../lib/json/index.ts'
import { release } from '../../lib/release.ts'
import { createFxaAuthenticator, showsSession } from './authenticate.ts'
import {
  answer,
  type Answer,
  type Call,
  type FxaRequest,
  type FxaResponse,
  type Handler,
  isAnAnswer,
} from './call.ts'
import { fxaError, errorAnswer, FxaError } from './errors.ts'
import { busyFor } from './limits.ts'
import type { Door, FxaParts } from './parts.ts'
import { createPeople } from './people.ts'
import { createRouter, type Found } from './router.ts'
import { accountRoutes } from './account.ts'
import { createClientPasswords } from './client-password.ts'
import { openDevices } from './devices.ts'
import { elsewhereRoutes } from './elsewhere.ts'
import { mobileGrants } from './grants-mobile.ts'
import { createFirefoxPart, type FirefoxPart } from './letting-in.ts'
import { onepwRoutes } from './onepw.ts'
import { originOf } from './origin.ts'
import { createApprovals } from './pairing/approvals.ts'
import { profileRoutes } from './profile.ts'
import { sessionRoutes } from './sessions.ts'
import { tokenRoutes } from './tokens.ts'

export interface Fxa {
  handle(request: FxaRequest): Promise<FxaResponse>
  /** What our pages do here. */
  pages: FirefoxPart
  /** Tells a person's browsers what was done with her account; acts are called as in its log. */
  happened(accountId: string, act: string): Promise<void>
  /** Waits for what is on its way to browsers. */
  stop(): Promise<void>
}

const prefix = '/fxa'

export function createFxa(parts: FxaParts): Fxa {
  const { clock } = parts
  const router = createRouter()
  const people = createPeople(parts)
  const door: Door = { ...parts, people, route: router.route }
  const authenticator = createFxaAuthenticator({ ...parts, people })

  const devices = openDevices(door)
  const passwords = createClientPasswords(door)
  accountRoutes(door)
  sessionRoutes(door, devices)
  const approvals = createApprovals(door)
  tokenRoutes(door, {
    others: mobileGrants(door),
    approvals,
    end: (call, { account, grant }) => devices.signOut(account, grant.id, originOf(call)).catch(unlessAbsent),
  })
  profileRoutes(door, devices)
  onepwRoutes(door, passwords)
  elsewhereRoutes(door)
  healthRoutes(door)

  /** Who asks: as the route wants it; where it takes everybody, whoever shows a session. */
  async function whoOf(request: FxaRequest, { credential }: Found) {
    if (credential !== 'none') return authenticator.prove(request, credential)
    if (!showsSession(request.headers['authorization'])) return undefined
    // COMPAT Firefox for Android and iOS: after a new sign-in they still show the session that they had before.
    return authenticator.prove(request, 'session').catch((error: unknown) => {
      if (error instanceof FxaError && error.errno === 110) return undefined
      throw error
    })
  }

  async function carryOut(request: FxaRequest): Promise<Answer> {
    const { method, url, headers, address } = request
    const at = url.indexOf('?')
    const path = (at < 0 ? url : url.slice(0, at)).slice(prefix.length)
    const found = router.find(method, path)
    if (!found) throw fxaError(116, { status: 404, message: 'There is no such endpoint' })
    if (!('handler' in found))
      throw fxaError(116, { status: 405, message: 'Not allowed here', headers: { Allow: found.join(', ') } })
    const who = await whoOf(request, found)
    const { 'user-agent': agent } = headers
    const call: Call = {
      method,
      path,
      query: new URLSearchParams(at < 0 ? '' : url.slice(at + 1)),
      params: found.params,
      body: bodyOf(request, found.limit),
      headers,
      now: clock.now(),
      address,
      agent: typeof agent === 'string' ? agent.slice(0, 300) : '',
      ...(who ? { who } : {}),
    }
    // A route that wants to know who asks is not reached by anybody else: see `whoOf`.
    const told = await found.handler(call as Parameters<Handler>[0])
    return isAnAnswer(told) ? told : answer(200, told)
  }

  /** What was thrown, as an error of the protocol; what is the server's own fault is reported. */
  function failure(error: unknown): FxaError {
    if (error instanceof FxaError) return error
    if (error instanceof CodedError && error.code === 'store-full')
      return fxaError(201, { message: 'There is no room left', retryAfter: busyFor })
    parts.onError(error)
    if (error instanceof CodedError && /^store-(busy|timeout|unavailable)$/.test(error.code))
      return fxaError(201, { retryAfter: busyFor })
    return fxaError(999)
  }

  /** With what every answer has. */
  function dress({ status, body, headers }: Answer): FxaResponse {
    const text = body === undefined ? '' : JSON.stringify(body)
    return {
      status,
      headers: {
        ...(text === '' ? {} : { 'Content-Type': 'application/json; charset=utf-8' }),
        ...(status === 304 ? {} : { 'Content-Length': String(Buffer.byteLength(text)) }),
        'Cache-Control': 'no-store',
        'X-Content-Type-Options': 'nosniff',
        Timestamp: String(Math.floor(clock.now() / 1_000)),
        ...headers,
      },
      body: text,
    }
  }

  return {
    pages: createFirefoxPart(door, passwords, devices, approvals),
    happened: devices.happened,
    stop: devices.stop,

    async handle(request) {
      try {
        return dress(await carryOut(request))
      } catch (error) {
        const told = failure(error)
        const { body, headers } = errorAnswer(told)
        return dress(answer(told.status, body, headers))
      }
    },
  }
}

/** What somebody else ended meanwhile is ended. */
function unlessAbsent(error: unknown): void {
  if (!(error instanceof CodedError) || error.code !== 'grant-absent') throw error
}

/** Whether the server is there, as those ask who watch Mozilla's. */
function healthRoutes({ route, store }: Door): void {
  route('GET', '/__lbheartbeat__', 'none', async () => ({}))
  route('GET', '/__heartbeat__', 'none', async () => {
    if (!(await store.health())) throw fxaError(201, { retryAfter: busyFor })
    return {}
  })
  route('GET', '/__version__', 'none', async () => ({ ...release }))
}

/** A JSON object; what carries none is read as an empty one. */
function bodyOf({ body }: FxaRequest, limit: number): JsonObject {
  if (body === undefined) return {}
  if (body === 'too-large' || body.byteLength > limit) throw fxaError(113)
  try {
    const value = parseJson(body, { maxBytes: limit, maxDepth: 16 })
    if (isJsonObject(value)) return value
  } catch (error) {
    if (!(error instanceof CodedError)) throw error
  }
  throw fxaError(106)
}
