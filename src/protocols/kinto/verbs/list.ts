/** GET and HEAD of the objects in a list inside a bucket. */
import { CREATE, has, LIST, READ } from '../../../core/permissions/index.ts'
import type { Listed, ListQuery, ListRead } from '../../../core/ports.ts'
import type { JsonObject } from '../../../lib/json/index.ts'
import {
  type Answer,
  asciiJson,
  notModified,
  objectText,
  objectValue,
  revisionHeaders,
  tombstoneText,
  tombstoneValue,
} from '../answer.ts'
import { checkAccept } from '../body.ts'
import { cacheHeadersFor } from '../cache.ts'
import type { Call, Door, Handler } from '../call.ts'
import { checkConditions, isUnchanged, readConditions } from '../conditions.ts'
import { missing } from '../errors.ts'
import { collectionKind } from '../kinds.ts'
import { pageLimit, type PagePlace } from '../page.ts'
import { implicitRevision, type ListName, locateList, parentOf, type Place } from '../place.ts'
import { projector } from '../projection.ts'
import { type ListParameters, readListParameters } from '../query.ts'
import { attempts, configuredBits, tooBusy } from '../rights.ts'
import { creatableIn } from '../shared.ts'
import type { KintoSettings } from '../settings.ts'
import { refuse } from './object.ts'

/** What a subject may see of a list: all of it, or these and what is her own. */
export type Visible = Pick<ListQuery, 'ids' | 'owner'>

export function listObjects(name: ListName): Handler {
  return async (door, call) => {
    checkAccept(call.headers)
    const conditions = readConditions(call.headers)
    const place = locateList(call, name)
    const parameters = readListParameters(call.address.query, call.now)
    const page = pagePlace(call, place, false)
    const after = door.pages.start(page, parameters)
    const limit = pageLimit(parameters.limit, door.settings)
    const isHead = call.method === 'HEAD'
    const visible = await visibleIn(door, call, place)
    const query: ListQuery = {
      ...listQuery(parameters, visible, isHead ? 1 : limit, door.settings),
      ...(after !== undefined && { after }),
    }
    const read = await readList(door, call, place, query, visible)
    const clock = listClock(read)
    if (isUnchanged(conditions, clock) && isSince(read, clock)) return notModified(clock)
    checkConditions(conditions, clock)
    const headers = [
      ...revisionHeaders(clock),
      ...(await cacheHeadersFor(door, call, place)),
      ...deprecation(parameters, door.settings),
    ]
    if (isHead) {
      const total = read.collection?.cid == null ? 0 : await countLive(call, place, query)
      return { status: 200, headers: [...headers, ...totals(total)], body: '{"data":[]}' }
    }
    const last = read.records.at(-1)
    if (read.more && last) headers.push(...door.pages.next(page, parameters, limit, listedValue(last)))
    return { status: 200, headers, body: listText(read.records, parameters.fields) } satisfies Answer
  }
}

/** What pagination tokens of a list are bound to. */
export function pagePlace(call: Call, { home, list }: Place, deletes: boolean): PagePlace {
  return { list: `${home}/${list}`, path: call.address.path, deletes, now: call.now }
}

/** The store's query for a list. */
export function listQuery(
  { filters, sorts, timed }: ListParameters,
  visible: Visible,
  limit: number,
  { pageBytes }: KintoSettings,
): ListQuery {
  return { filters, sort: sorts, limit, maxBytes: pageBytes, deleted: timed, ...visible }
}

/** What may be seen of a list. Throws 401, 403 or 404. */
async function visibleIn(door: Door, call: Call, place: Place): Promise<Visible> {
  const { permissions } = call.scope
  const { subject } = call.who
  if (place.bucket.home === undefined) throw absentList(door, call, place)
  const permSeq = door.store.permSeqOf(place.home)
  const version = permSeq === undefined ? undefined : { id: place.home, permSeq, owner: null }
  const known = version && permissions.cached(subject, version, place.list)
  if (known !== undefined && has(known, READ | LIST)) return {}
  const { bits } = await permissions.rights(subject, place.home, place.list)
  if (has(bits, READ | LIST)) return {}
  const readable = await permissions.readable(subject, place.home, place.list, READ)
  const shared = readable.kind === 'some' ? readable : { ids: [], owner: null }
  const ids = [...shared.ids]
  if (place.kind === collectionKind) ids.push(...(await creatableIn(call, place.home)))
  // Who may make items, or has some shared, sees the list with those, and with her own.
  if (ids.length === 0 && !has(bits, CREATE)) refuse(call)
  return { ids: [...new Set(ids)], ...(shared.owner !== null && { owner: shared.owner }) }
}

/** A list whose bucket is not there. */
function absentList(door: Door, call: Call, place: Place): unknown {
  if (!has(configuredBits(door, call, place.list), READ)) return refuse(call)
  const parent = parentOf(place)
  return missing(111, parent.resource, parent.id)
}

/** Reads a list under the rights that made its query. Throws 404 where it was never made, or was dropped. */
async function readList(
  door: Door,
  call: Call,
  place: Place,
  query: ListQuery,
  visible: Visible,
): Promise<ListRead> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const read = await call.scope.reads.list(place.home, place.list, query)
    if (read.home === undefined) throw absentList(door, call, place)
    const bits = call.scope.permissions.cached(call.who.subject, read.home, place.list)
    // What was shared item by item is looked up again under the version of the data.
    const stillAll = visible.ids !== undefined || (bits !== undefined && has(bits, READ | LIST))
    if (!stillAll) {
      const again = await call.scope.permissions.rights(call.who.subject, read.home, place.list)
      if (again.permSeq !== read.home.permSeq) continue
      if (!has(again.bits, READ | LIST)) refuse(call)
    }
    if (read.collection?.cid == null && !place.bucket.implicit) {
      const parent = parentOf(place)
      throw missing(111, parent.resource, parent.id)
    }
    return read
  }
  throw tooBusy(door.settings)
}

/** The clock that a list shows; never made, in the default bucket, it is that of the home's beginning. */
function listClock({ home, collection }: ListRead): number {
  return collection?.cid == null && home
    ? implicitRevision(home, collection?.clock)
    : (collection?.clock ?? 0)
}

/** A list that was dropped, or made again since, is another one, though its clock stood still. */
function isSince({ collection }: ListRead, clock: number): boolean {
  return collection === undefined || (collection.cid !== null && collection.born <= clock)
}

async function countLive(call: Call, { home, list }: Place, query: ListQuery): Promise<number> {
  const { filters, ids, owner } = query
  return call.scope.reads.count(home, list, {
    filters,
    deleted: false,
    ...(ids && { ids }),
    ...(owner !== undefined && { owner }),
  })
}

/** Totals are told for HEAD alone: counting costs more than a page. */
export function totals(total: number): string[] {
  return ['Total-Objects', String(total), 'Total-Records', String(total)]
}

/** A warning for who uses `_to`. */
export function deprecation({ usesTo }: ListParameters, { projectDocs }: KintoSettings): string[] {
  if (!usesTo) return []
  const message = '_to is deprecated, use _before instead'
  return ['Alert', asciiJson(JSON.stringify({ code: 'soft-eol', message, url: projectDocs }))]
}

/** A listed object as a value. */
export function listedValue({ id, modified, deleted, data }: Listed): JsonObject {
  return deleted ? tombstoneValue(id, modified) : objectValue(id, modified, data)
}

/** The JSON text of a list. */
function listText(records: readonly Listed[], fields: readonly string[] | undefined): string {
  if (fields) {
    const project = projector(fields)
    return JSON.stringify({ data: records.map((record) => project(listedValue(record))) })
  }
  let text = '{"data":['
  for (let i = 0; i < records.length; i++) {
    const { id, modified, deleted, data } = records[i]!
    if (i > 0) text += ','
    text += deleted ? tombstoneText(id, modified) : objectText(id, modified, data)
  }
  return `${text}]}`
}
