/** The door of Firefox Sync: a function from request to response, which knows no socket. */
import { CodedError } from '../../lib/coded-error.ts'
import { isCollectionName } from './bso.ts'
import type { Answer, Call, Door, Handler, Headers, SyncParts, SyncRequest, SyncResponse } from './call.ts'
import { overQuota } from './access.ts'
import { StorageError, TokenError, unavailable, weave } from './errors.ts'
import {
  getCollections,
  getConfiguration,
  getCounts,
  getQuota,
  getUsage,
  type Usage,
  usageOf,
} from './info.ts'
import { createPages } from './pages.ts'
import { readAddress } from './query.ts'
import { getCollection, getItem } from './read.ts'
import { createStorages } from './storages.ts'
import { answerTime, stamp } from './time.ts'
import { createTokenServer } from './token-server.ts'
import { createUsers } from './users.ts'
import { createAuthenticator } from './who.ts'
import { deleteCollection, deleteItem, deleteStorage, postCollection, putItem } from './write.ts'

export interface Sync {
  handle(request: SyncRequest): Promise<SyncResponse>
  /** Empties storages that were replaced. */
  sweep(): Promise<number>
  /** What a person of this server keeps in her present storage; null: she has none. */
  usage(account: string): Promise<Usage | null>
}

type Route = Readonly<Partial<Record<string, Handler>>>

const infoRoutes: Readonly<Record<string, Route>> = {
  collections: { GET: getCollections },
  quota: { GET: getQuota },
  collection_usage: { GET: getUsage },
  collection_counts: { GET: getCounts },
  configuration: { GET: getConfiguration },
}
const storageRoute: Route = { DELETE: deleteStorage }
const collectionRoute: Route = { GET: getCollection, POST: postCollection, DELETE: deleteCollection }
const itemRoute: Route = { GET: getItem, PUT: putItem, DELETE: deleteItem }

/** What stands behind `/1.5/UID`. */
function routeOf([area = '', first = '', second = '', ...rest]: readonly string[]): Route | undefined {
  if (rest.length > 0) return undefined
  if (area === '' && first === '') return storageRoute
  if (area === 'info' && second === '')
    return Object.hasOwn(infoRoutes, first) ? infoRoutes[first] : undefined
  if (area !== 'storage') return undefined
  if (first === '') return second === '' ? storageRoute : undefined
  return second === '' ? collectionRoute : itemRoute
}

const maxAge = '86400'
const exposed =
  'X-Last-Modified, X-Weave-Timestamp, X-Weave-Records, X-Weave-Next-Offset, X-Weave-Quota-Remaining, ' +
  'X-Weave-Backoff, X-Weave-Alert, X-Timestamp, X-Backoff, Retry-After'

export function createSync(parts: SyncParts): Sync {
  const { settings, store, clock } = parts
  const now = () => clock.now()
  const users = createUsers({ store, now, quota: settings.quota })
  const door: Door = { ...parts, users, storages: createStorages(store), pages: createPages() }
  const authenticator = createAuthenticator(parts, users)
  const tokens = createTokenServer(parts, users)
  const { backoff, eos } = settings

  async function storage(request: SyncRequest): Promise<Answer> {
    const { method, url, headers, body } = request
    const { segments, query } = readAddress(url)
    const [, uid = '', ...rest] = segments
    const route = /^[1-9]\d{0,15}$/.test(uid) ? routeOf(rest) : undefined
    if (!route) throw new StorageError(404)
    const handler = route[method]
    if (!handler) throw new StorageError(405, weave.unknown, ['Allow', Object.keys(route).join(', ')])
    // The very address, so that nothing else is read by a token that is over.
    const late = segments.length === 4 && route === infoRoutes['collections']
    const proved = authenticator.prove({ method, url, headers, late })
    const owner = proved instanceof Promise ? await proved : proved
    if (String(owner.uid) !== uid) throw new StorageError(401, weave.unknown, ['WWW-Authenticate', 'Hawk'])
    if (body === 'too-large') throw new StorageError(413, weave.size)
    const [, collection = '', id = ''] = rest
    if (rest[0] === 'storage' && collection !== '' && !isCollectionName(collection))
      throw new StorageError(400, weave.collection)
    const call: Call = { method, owner, collection, id, query, headers, body, now: now() }
    return handler(door, call)
  }

  async function token(request: SyncRequest): Promise<Answer> {
    const { segments, query } = readAddress(request.url)
    const [, app, version, ...rest] = segments
    if (app !== 'sync' || version === undefined || rest.length > 0)
      throw notThere('Unsupported application', 'application')
    if (version !== '1.5') throw notThere('Unsupported application version', version)
    if (request.method !== 'GET')
      throw new TokenError('error', { location: 'header', description: 'Method Not Allowed' }, 405)
    return tokens.handle(request, query)
  }

  /** What was thrown, as an answer; what is the server's own fault is reported. */
  function failure(error: unknown): StorageError | TokenError {
    if (error instanceof StorageError || error instanceof TokenError) return error
    if (error instanceof CodedError && error.code === 'store-full') return overQuota()
    parts.onError(error)
    if (error instanceof CodedError && /^store-(busy|timeout|unavailable)$/.test(error.code))
      return unavailable()
    return new StorageError(500)
  }

  const alert = eos && {
    soft: JSON.stringify({ code: 'soft-eol', message: eos.message, url: eos.url }),
    hard: JSON.stringify({ code: 'hard-eol', message: eos.message, url: eos.url }),
  }

  /** With what every answer has. */
  function dress(answer: Answer, headers: Headers, isToken: boolean): SyncResponse {
    const { status, body, modified } = answer
    const time = now()
    const said = ['X-Content-Type-Options', 'nosniff', 'Cache-Control', 'no-store']
    const own = answer.headers ?? []
    if (body !== undefined && !own.includes('Content-Type')) said.push('Content-Type', 'application/json')
    if (isToken) said.push('X-Timestamp', String(Math.floor(time / 1_000)))
    else said.push('X-Weave-Timestamp', stamp(answer.time ?? answerTime(time, modified)))
    if (modified !== undefined) said.push('X-Last-Modified', stamp(modified))
    if (backoff > 0) said.push(isToken ? 'X-Backoff' : 'X-Weave-Backoff', String(backoff))
    if (alert && eos) said.push('X-Weave-Alert', asciiJson(time < eos.at ? alert.soft : alert.hard))
    const { origin } = headers
    // Who asks is proved by a header that no browser sends by itself.
    if (typeof origin === 'string')
      said.push(
        'Access-Control-Allow-Origin',
        origin,
        'Vary',
        'Origin',
        'Access-Control-Expose-Headers',
        exposed,
      )
    said.push(...own)
    if (body === undefined) return { status, headers: said, body: '', coding: 'latin1' }
    const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length
    said.push('Content-Length', String(length))
    return { status, headers: said, body, coding: length === body.length ? 'latin1' : 'utf8' }
  }

  return {
    sweep: () => users.sweep(),
    usage: (account) => usageOf(door, account),

    async handle(request) {
      const { method, url, headers } = request
      const isToken = url.startsWith('/1.0')
      if (method === 'OPTIONS') return dress(preflight(headers), headers, isToken)
      let answer: Answer
      try {
        if (eos && now() >= eos.at) throw new StorageError(513)
        answer = await (isToken ? token(request) : storage(request))
      } catch (error) {
        const told = failure(error)
        answer = isToken ? tokenFailure(told) : storageFailure(told)
      }
      return dress(answer, headers, isToken)
    },
  }
}

const notThere = (description: string, name: string) =>
  new TokenError('error', { location: 'url', name, description }, 404)

/** Every address may be asked from every page: what a page may do hangs on the token that it shows. */
function preflight(headers: Headers): Answer {
  const asked = headers['access-control-request-headers']
  const allowed = typeof asked === 'string' && /^[\w\s,-]{1,1000}$/.test(asked) ? `, ${asked}` : ''
  return {
    status: 200,
    headers: [
      'Access-Control-Allow-Methods',
      'GET, PUT, POST, DELETE',
      'Access-Control-Allow-Headers',
      `Authorization, Content-Type, X-KeyID, X-If-Modified-Since, X-If-Unmodified-Since${allowed}`,
      'Access-Control-Max-Age',
      maxAge,
    ],
    body: '{}',
  }
}

function storageFailure(error: StorageError | TokenError): Answer {
  if (error instanceof TokenError) return { status: error.http, body: String(weave.unknown) }
  const { status, code, headers } = error
  return { status, body: String(code), headers }
}

function tokenFailure(error: StorageError | TokenError): Answer {
  if (error instanceof TokenError) {
    const { http, status, about } = error
    const headers = http === 401 ? ['WWW-Authenticate', 'Bearer'] : []
    return { status: http, body: JSON.stringify({ status, errors: [about] }), headers }
  }
  const about = { location: 'internal', name: '', description: 'The server cannot do this just now' }
  const { status, headers } = error
  const retry = status === 503 && !headers.includes('Retry-After') ? ['Retry-After', '30'] : []
  return {
    status,
    body: JSON.stringify({ status: 'error', errors: [about] }),
    headers: [...headers, ...retry],
  }
}

/** JSON fit for a header: what is not ASCII as escapes. */
const asciiJson = (json: string): string =>
  json.replaceAll(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
