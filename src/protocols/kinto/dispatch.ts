/** From a request to the handler that answers it. */
import { type Answer, cacheHeaders, redirect } from './answer.ts'
import type { Call, Door, Handler, KintoRequest, Scope, Who } from './call.ts'
import { preflight } from './cors.ts'
import { errno, fault, KintoError } from './errors.ts'
import { bucketPath, collectionPath } from './kinds.ts'
import { type BucketPlace, findBucket } from './place.ts'
import { type Found, handlerOf } from './router.ts'
import { type Address, readAddress } from './url.ts'

const version = 'v1'

/** Seconds a client may remember that a slash is too much. */
const slashTime = 3600

/** Addresses are logged and shared: RFC 6750 allows tokens in them, RFC 9700 forbids it. */
const tokenInQuery = /(?:^|&)access(?:_|%5f)token(?:=|&|$)/i

/** Answers a request, at once where nothing has to be waited for. Throws, or rejects with, what is told as an error. */
export function dispatch(
  door: Door,
  request: KintoRequest,
  scope: Scope,
  now: number,
): Answer | Promise<Answer> {
  const { settings } = door
  const { method } = request
  const address = readAddress(request.url)
  const { segments } = address
  if (tokenInQuery.test(address.query))
    throw fault(
      'querystring',
      'access_token',
      'a token is sent in the Authorization header, never in an address',
    )
  const found = segments[0] === version ? door.router(segments, 1) : undefined
  const ended = settings.eos !== undefined && now >= settings.eos.at
  if (ended && !found?.route.always)
    throw new KintoError(410, errno.deprecated, 'This service is no longer available at this address.')
  if (found === undefined) return elsewhere(method, address, now)
  const { route } = found
  if (method === 'OPTIONS') return preflight(settings, route.allow, request.headers)
  const handler = handlerOf(route, method)
  if (handler === undefined || (settings.readonly && method !== 'GET' && method !== 'HEAD'))
    throw notAllowed(route.allow)
  const who = request.who ?? door.authenticate(route, request)
  const input: Input = { door, request, scope, now, address, found, handler }
  return who instanceof Promise ? who.then((proved) => handle(input, proved)) : handle(input, who)
}

interface Input {
  door: Door
  request: KintoRequest
  scope: Scope
  now: number
  address: Address
  found: Found
  handler: Handler
}

/** What is left once it is known who asks. */
function handle(input: Input, who: Who): Answer | Promise<Answer> {
  const { door, request, scope, handler, found } = input
  const byApp = who.subject.grant !== undefined
  // A batch is one request, whose parts are in many places.
  if (byApp && request.who === undefined) door.uses.note(who.subject)
  const bucket = findBucket(scope, who, found.params.bucket)
  const answer =
    bucket instanceof Promise
      ? bucket.then((located) => handler(door, callOf(input, who, located)))
      : handler(door, callOf(input, who, bucket))
  if (byApp) notePlace(input, who, bucket, answer)
  return answer
}

/** Keeps where an app was, of a request that succeeds: what is refused is told to the app alone. */
function notePlace(
  { door, found }: Input,
  { subject }: Who,
  bucket: BucketPlace | undefined | Promise<BucketPlace>,
  answer: Answer | Promise<Answer>,
): void {
  const { collection } = found.params
  const at = (located: BucketPlace | undefined) => {
    if (located?.home === undefined) return
    door.uses.place(subject, located.home, collection === '' ? bucketPath : collectionPath(collection))
  }
  if (answer instanceof Promise) answer.then(async () => at(await bucket)).catch(nothing)
  else if (!(bucket instanceof Promise)) at(bucket)
}

const nothing = () => {}

function callOf(input: Input, who: Who, bucket: BucketPlace | undefined): Call {
  const { request, scope, now, address, found } = input
  const { method, headers, body, remote } = request
  return { method, address, headers, body, remote, params: found.params, scope, who, bucket, now }
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
