/** GET and HEAD of an object. */
import { has, READ, WRITE } from '../../../core/permissions/index.ts'
import type { HomeRow, RecordRead, RecordRow } from '../../../core/ports.ts'
import { accessPaths, givenLists, shownLists } from '../access.ts'
import { type Answer, notModified, objectText, revisionHeaders } from '../answer.ts'
import { checkAccept } from '../body.ts'
import { cacheHeadersFor } from '../cache.ts'
import type { Call, Door, Handler } from '../call.ts'
import { checkConditions, isUnchanged, readConditions } from '../conditions.ts'
import { missing } from '../errors.ts'
import { bucketKind, collectionKind, type Kind, recordKind } from '../kinds.ts'
import { implicitRevision, locateObject, parentOf, type Place } from '../place.ts'
import { projector } from '../projection.ts'
import { readObjectFields } from '../query.ts'
import { attempts, configuredBits, rightsUnder, seesAttributes, tooBusy } from '../rights.ts'
import { listsText, refuse, valueOf } from './object.ts'
import { absent } from './patch.ts'

export function getObject(kind: Kind): Handler {
  return async (door, call) => {
    checkAccept(call.headers)
    const conditions = readConditions(call.headers)
    const place = await locateObject(call, kind)
    const fields = readObjectFields(call.address.query)
    const found = await readObject(door, call, place)
    const { record } = found
    const revision = record.modified
    if (isUnchanged(conditions, revision)) return notModified(revision)
    checkConditions(conditions, revision, () => valueOf(place, record))
    const caching = cacheHeadersFor(door, call, place)
    const headers = [...revisionHeaders(revision), ...(caching instanceof Promise ? await caching : caching)]
    if (fields)
      return {
        status: 200,
        headers,
        body: JSON.stringify({ data: projector(fields)(valueOf(place, record)) }),
      }
    const text = permissionsOf(door, call, place, found)
    const permissions = typeof text === 'string' ? text : await text
    const data = objectText(place.shownId, revision, record.data)
    return { status: 200, headers, body: `{"permissions":${permissions},"data":${data}}` } satisfies Answer
  }
}

interface ReadObject {
  home: HomeRow
  record: RecordRow
  mayWrite: boolean
}

/** Reads an object under rights of the same version. Throws 401, 403 or 404. */
async function readObject(door: Door, call: Call, place: Place): Promise<ReadObject> {
  if (place.bucket.home === undefined) throw absentBucket(door, call, place)
  for (let attempt = 0; attempt < attempts; attempt++) {
    const read = await call.scope.reads.record(place.home, place.list, place.id)
    const { home } = read
    if (home === undefined) throw absentBucket(door, call, place)
    const record = read.record?.deleted ? undefined : read.record
    const bits = await rightsUnder(call, home, place.path, record?.owner ?? null)
    if (bits === undefined) continue
    if (!has(bits, READ) && !(record && (await seesAttributes(call, place)))) refuse(call)
    const found = record ?? implicitRecord(read, home, place)
    if (found === undefined) throw absentIn(read, place)
    return { home, record: found, mayWrite: has(bits, WRITE) }
  }
  throw tooBusy(door.settings)
}

/** What the default bucket and its collections show before anybody has written them. */
function implicitRecord(read: RecordRead, home: HomeRow, place: Place): RecordRow | undefined {
  const { kind, bucket, id } = place
  if (!bucket.implicit || (kind !== bucketKind && kind !== collectionKind)) return undefined
  const modified = implicitRevision(home, Math.max(read.collection?.clock ?? 0, read.record?.modified ?? 0))
  const none = { seq: 0, deleted: false, expires: null, type: null, size: 0, body: null, blob: null }
  return { home: home.id, cid: 0, id, modified, owner: home.owner, data: '{}', ...none }
}

function absentIn(read: RecordRead, place: Place) {
  if (place.bucket.implicit || place.kind === bucketKind || read.collection?.cid != null) return absent(place)
  const parent = parentOf(place)
  return missing(111, parent.resource, parent.id)
}

/** A bucket that is not there is told from one that may not be read only to who may read all. */
function absentBucket(door: Door, call: Call, place: Place): unknown {
  if (!has(configuredBits(door, call, place.path), READ)) return refuse(call)
  if (place.kind === bucketKind) return absent(place)
  const parent = parentOf(place)
  return missing(111, parent.resource, parent.id)
}

/** The JSON text of an object's permissions, for who may write it. */
function permissionsOf(
  door: Door,
  call: Call,
  place: Place,
  { home, record, mayWrite }: ReadObject,
): string | Promise<string> {
  if (!mayWrite) return '{}'
  const { principal, owns } = call.who
  if (place.kind !== recordKind || record.owner !== principal || principal === undefined)
    return listsOf(door, call, place, record)
  const shared = call.scope.shares(home, place.list)
  if (typeof shared === 'boolean') return shared ? listsOf(door, call, place, record) : owns
  return shared.then((is) => (is ? listsOf(door, call, place, record) : owns))
}

async function listsOf(
  door: Door,
  call: Call,
  { kind, home, path }: Place,
  record: RecordRow,
): Promise<string> {
  const { entries } = await call.scope.reads.access(home, accessPaths(kind, path))
  return listsText(door, call, shownLists(givenLists(kind, path, entries, call.now), record.owner))
}
