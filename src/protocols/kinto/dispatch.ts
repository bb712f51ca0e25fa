/** From a request to the handler that answers it. */
import { type Answer, cacheHeaders, redirect } from './answer.ts'
import type { Call, Door, KintoRequest, Scope } from './call.ts'
import { preflight } from './cors.ts'
import { errno, KintoError } from './errors.ts'
import { handlerOf } from './router.ts'
import { type Address, readAddress } from './url.ts'

const version = 'v1'

/** Seconds a client may remember that a slash is too much. */
const slashTime = 3600

/** Answers a request; throws what is to be rendered as an error. */
export async function dispatch(
  door: Door,
  request: KintoRequest,
  scope: Scope,
  now: number,
): Promise<Answer> {
  const { settings } = door
  const { method } = request
  const address = readAddress(request.url)
  const { segments } = address
  const found = segments[0] === version ? door.router(segments, 1) : undefined
  const ended = settings.eos !== undefined && now >= settings.eos.at
  if (ended && !found?.route.always)
    throw new KintoError(410, errno.deprecated, 'This service is no longer available at this address.')
  if (found === undefined) return elsewhere(method, address, now)
  const { route, params } = found
  if (method === 'OPTIONS') return preflight(settings, route.allow, request.headers)
  const handler = handlerOf(route, method)
  if (handler === undefined || (settings.readonly && method !== 'GET' && method !== 'HEAD'))
    throw notAllowed(route.allow)
  const proved = request.who ?? door.authenticate(route, request)
  const who = proved instanceof Promise ? await proved : proved
  const { headers, body, remote } = request
  const call: Call = { method, address, headers, body, remote, params, scope, who, now }
  return handler(door, call)
}

function notAllowed(allow: string): KintoError {
  return new KintoError(405, errno.methodNotAllowed, 'Method not allowed on this endpoint', {
    headers: ['Allow', allow],
  })
}

/** Addresses of no endpoint: with the version they may only have a slash too much. Throws 404. */
function elsewhere(method: string, { path, segments, query }: Address, now: number): Answer {
  const behind = query === '' ? '' : `?${query}`
  if (/^v\d+$/.test(segments[0] ?? '') && segments[0] !== version)
    throw new KintoError(404, errno.versionNotAvailable, 'This version of the API is not available here')
  if (segments[0] !== version) {
    // Browsers don't follow redirects of preflights.
    if (method === 'OPTIONS') return { status: 200, headers: [], body: '{}' }
    return redirect(`/${version}${path}${behind}`)
  }
  const caching = cacheHeaders(slashTime, now)
  if (segments.length === 1) return redirect(`/${version}/${behind}`, caching)
  if (path.endsWith('/')) return redirect(path.replace(/\/+$/, '') + behind, caching)
  throw new KintoError(404, errno.unknownResource, 'There is nothing at this address.')
}
