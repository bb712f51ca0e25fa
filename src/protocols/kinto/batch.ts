/**
 * `/batch`: several requests in one transaction. One that is refused leaves the others alone; an error of the server
 * takes everything back and is the answer to the whole batch.
 */
import { Refusal } from '../../core/ports.ts'
import { stepsRequest } from '../../core/records/index.ts'
import { newHomeId } from '../../lib/ids.ts'
import { isJsonObject } from '../../lib/json/index.ts'
import type { Answer } from './answer.ts'
import { readSubrequests, type Subrequest } from './batch-body.ts'
import { checkAccept, contentType, plainTypes, readJson } from './body.ts'
import type { Call, Door, KintoRequest, Route, Scope, Who } from './call.ts'
import { dispatch } from './dispatch.ts'
import { KintoError } from './errors.ts'
import { recordKind } from './kinds.ts'
import { defaultBucket, findBucket, locateObject } from './place.ts'
import { refusalError } from './refusals.ts'
import { hopeful, tooBusy } from './rights.ts'
import type { Found } from './router.ts'
import { sessionScope } from './session-scope.ts'
import { readAddress } from './url.ts'
import { deleteIntent } from './verbs/delete.ts'
import { patchIntent } from './verbs/patch.ts'
import { postIntent } from './verbs/post.ts'
import { putIntent } from './verbs/put.ts'
import { errorAnswerTo } from './who.ts'
import { afterRefusal, finish, type Intent, prepare, type Prepared } from './write.ts'

/** A request of the batch with what is known of it before it runs. */
interface Item {
  request: KintoRequest
  found: Found | undefined
  who: Who | undefined
  /** Why it will not be carried out at all. */
  refused: KintoError | undefined
}

/** The server has failed: the whole batch is taken back, and this is its answer. */
class Failed extends Error {
  readonly answer: Answer
  constructor(answer: Answer) {
    super('batch failed')
    this.answer = answer
  }
}

async function postBatch(door: Door, call: Call): Promise<Answer> {
  const { settings } = door
  checkAccept(call.headers)
  contentType(call.headers, plainTypes)
  const subrequests = readSubrequests(
    readJson(call.body, settings.bodyLimit),
    call.headers,
    settings.batchLimit,
  )
  const items: Item[] = []
  for (const subrequest of subrequests) items.push(await itemOf(door, call, subrequest))
  try {
    const answers = await run(door, call, items)
    return { status: 200, headers: [], body: `{"responses":[${answers.map(render(items)).join(',')}]}` }
  } catch (error) {
    if (error instanceof Failed) return error.answer
    throw error
  }
}

/** All passwords are proved before anything is locked. */
async function itemOf(door: Door, call: Call, { method, url, headers, json }: Subrequest): Promise<Item> {
  // What a redirect would say is done at once.
  const request: KintoRequest = {
    method,
    url: withoutSlash(url),
    headers,
    body: { json },
    remote: call.remote,
  }
  let found: Found | undefined
  try {
    found = door.router(readAddress(request.url).segments, 1)
    const who = found && (await door.authenticate(found.route, request))
    return { request: { ...request, who }, found, who, refused: undefined }
  } catch (error) {
    if (!(error instanceof KintoError)) throw error
    return { request, found, who: undefined, refused: error }
  }
}

function withoutSlash(url: string): string {
  return url.replace(/^(\/v1\/[^?]*?)\/+(?=\?|$)/, '$1').replace(/^\/v1(?=\?|$)/, '/v1/')
}

const isWrite = ({ request: { method } }: Item) => method !== 'GET' && method !== 'HEAD'

/** Accounts, and everything at once, are changed in transactions of their own. */
const isApart = (item: Item) => {
  const path = item.found?.route.path ?? ''
  return (
    isWrite(item) &&
    (/^\/(accounts|__flush__)/.test(path) || (path === '/buckets' && item.request.method === 'DELETE'))
  )
}

async function run(door: Door, call: Call, items: readonly Item[]): Promise<Answer[]> {
  const writes = items.filter(isWrite)
  if (writes.length === 0 || items.some(isApart)) return inTurn(door, call, items, call.scope)
  if (items.every(isRecordWrite)) {
    const answers = await together(door, call, items)
    if (answers) return answers
  }
  return inSession(door, call, items)
}

async function inTurn(door: Door, call: Call, items: readonly Item[], scope: Scope): Promise<Answer[]> {
  const answers: Answer[] = []
  for (const item of items) answers.push(await answerOf(door, call, item, scope))
  return answers
}

/** The answer to one request, errors that are its own included. Throws `Failed` for those of the server. */
async function answerOf(door: Door, call: Call, { request, refused }: Item, scope: Scope): Promise<Answer> {
  try {
    if (refused) throw refused
    return await dispatch(door, request, scope, call.now)
  } catch (error) {
    return failedAnswer(request, error)
  }
}

function failedAnswer({ headers }: Pick<KintoRequest, 'headers'>, error: unknown): Answer {
  if (!(error instanceof KintoError)) throw error
  const answer = errorAnswerTo(headers, error)
  // No room left is the sender's own matter.
  if (answer.status >= 500 && answer.status !== 507) throw new Failed(answer)
  return answer
}

/** One transaction, in which each request sees what the ones before it did. */
async function inSession(door: Door, call: Call, items: readonly Item[]): Promise<Answer[]> {
  const homes = new Set<number>()
  // Each bucket that may be made gets a home of its own, also one that is made again.
  const spare: number[] = []
  for (const { found, who, request } of items) {
    if (who?.subject.account) homes.add(who.subject.account.home)
    if (!found || (found.route.path !== '/buckets' && found.params.bucket === '')) continue
    if (request.method === 'PUT' || request.method === 'POST') spare.push(newHomeId(), newHomeId())
    const id = found.params.bucket || idIn(request)
    const row = id === undefined || id === defaultBucket ? undefined : await call.scope.directory.find(id)
    if (row && !row.deleted) homes.add(row.home)
  }
  for (const home of spare) homes.add(home)
  const newHome = (): number => {
    const home = spare.pop()
    if (home === undefined) throw tooBusy(door.settings)
    return home
  }
  return door.store.session([...homes], (session) =>
    inTurn(door, call, items, sessionScope(door, session, newHome)),
  )
}

function idIn({ body: { json } }: KintoRequest): string | undefined {
  const data = isJsonObject(json) ? json['data'] : undefined
  const id = isJsonObject(data) ? data['id'] : undefined
  return typeof id === 'string' ? id : undefined
}

/** Writes of single records that give no permissions: none of them changes what the others may do. */
function isRecordWrite({ request: { method, body }, found, who }: Item): boolean {
  if (!found || !who || !(method in found.route.methods)) return false
  if (!found.route.path.includes('/records') || (method === 'DELETE' && found.params.record === ''))
    return false
  return method !== 'GET' && method !== 'HEAD' && !(isJsonObject(body.json) && 'permissions' in body.json)
}

interface Ready {
  call: Call
  prepared: Prepared
}

/**
 * All of them as steps of one commit, without looking at anything beforehand: it shares its transaction with other
 * requests. Undefined where something has to be looked at, or where others are faster time and again.
 */
async function together(door: Door, call: Call, items: readonly Item[]): Promise<Answer[] | undefined> {
  for (let attempt = 0; attempt < hopeful; attempt++) {
    const ready = await prepareAll(door, call, items)
    if (ready === undefined) return undefined
    const steps = ready.filter((one): one is Ready => 'prepared' in one)
    const versions = new Map(steps.flatMap(({ prepared }) => prepared.versions).map((one) => [one.home, one]))
    try {
      const results = await call.scope.commit(
        stepsRequest(
          steps.map(({ prepared }) => prepared.step),
          [...versions.values()],
        ),
      )
      const answers: Answer[] = []
      let next = 0
      for (const one of ready) {
        if (!('prepared' in one)) {
          answers.push(one)
          continue
        }
        const result = results[next++]!
        answers.push(
          result.ok ? await finish(one.prepared, result.outcomes) : refusedAnswer(door, one, result.refusal),
        )
      }
      return answers
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'stale-permissions') throw error
      for (const home of versions.keys()) call.scope.permissions.forget(home)
    }
  }
  return undefined
}

async function prepareAll(
  door: Door,
  call: Call,
  items: readonly Item[],
): Promise<(Ready | Answer)[] | undefined> {
  const ready: (Ready | Answer)[] = []
  const present = new Map<string, boolean>()
  for (const { request, found, who } of items) {
    if (!found || !who) return undefined
    const { method, headers, body, remote } = request
    const address = readAddress(request.url)
    const { params } = found
    const bucket = await findBucket(call.scope, who, params.bucket)
    const own: Call = { ...call, method, headers, body, remote, address, params, who, bucket }
    try {
      const intent = await intentOf(door, own)
      const { place } = intent
      const list = `${place.home} ${place.list}`
      if (place.bucket.implicit && !present.has(list)) {
        const { collection } = await call.scope.reads.collection(place.home, place.list)
        present.set(list, collection?.cid != null)
      }
      const prepared = await prepare(door, own, intent, present.get(list) === false)
      if (!prepared.permit.inherits) return undefined
      ready.push({ call: own, prepared })
    } catch (error) {
      ready.push(failedAnswer(request, error))
    }
  }
  return ready
}

function intentOf(door: Door, call: Call): Intent | Promise<Intent> {
  switch (call.method) {
    case 'POST':
      return postIntent(door, call, recordKind)
    case 'PUT':
      return putIntent(door, call, recordKind)
    case 'PATCH':
      return patchIntent(door, call, recordKind)
    default:
      return deleteIntent(door, call, locateObject(call, recordKind))
  }
}

/** What one request is told whose step was refused. The others are committed: even a 503 is its own. */
function refusedAnswer(door: Door, { call, prepared }: Ready, refusal: Refusal): Answer {
  try {
    afterRefusal(door, call, prepared, refusal)
  } catch (error) {
    if (error instanceof KintoError) return errorAnswerTo(call.headers, error)
    throw error
  }
  return errorAnswerTo(call.headers, refusalError(door.settings, refusal))
}

/** The JSON text of one answer in the batch's own. */
function render(items: readonly Item[]) {
  return ({ status, headers, body }: Answer, index: number): string => {
    const { url, method } = items[index]!.request
    const shown: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' }
    for (let i = 0; i < headers.length; i += 2) shown[headers[i]!] = headers[i + 1]!
    const path = JSON.stringify(shownPath(url))
    const text = method === 'HEAD' || body === undefined ? '{}' : body
    return `{"status":${status},"path":${path},"headers":${JSON.stringify(shown)},"body":${text}}`
  }
}

function shownPath(url: string): string {
  const path = url.split('?', 1)[0]!
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

export const batchRoute: Route = { path: '/batch', methods: { POST: postBatch } }
