/** DELETE of the objects in a list inside a bucket: all, or those that filters find. */
import { CREATE, has, LIST, WRITE } from '../../../core/permissions/index.ts'
import { type Listed, type ListQuery, type Need, type RecordRow, Refusal } from '../../../core/ports.ts'
import { type Change, commitStep, type Outcome, type Precondition } from '../../../core/records/index.ts'
import type { JsonObject } from '../../../lib/json/index.ts'
import { jsonAnswer, revisionHeaders, tombstoneValue } from '../answer.ts'
import { checkAccept } from '../body.ts'
import type { Call, Door, Handler } from '../call.ts'
import { checkConditions, type Condition, readConditions } from '../conditions.ts'
import { deleteChanges, needsOf } from '../effects.ts'
import { missing } from '../errors.ts'
import { pageLimit } from '../page.ts'
import { implicitRevision, type ListName, locateList, objectIn, parentOf, type Place } from '../place.ts'
import { readListParameters } from '../query.ts'
import { refusalError } from '../refusals.ts'
import { attempts, tooBusy } from '../rights.ts'
import { listedValue, listQuery, pagePlace, type Visible } from './list.ts'
import { refuse } from './object.ts'

export function deleteObjects(name: ListName): Handler {
  return async (door, call) => {
    checkAccept(call.headers)
    const conditions = readConditions(call.headers)
    const place = locateList(call, name)
    const parameters = readListParameters(call.address.query, call.now)
    const page = pagePlace(call, place, true)
    const after = door.pages.start(page, parameters)
    const limit = pageLimit(parameters.limit, door.settings)
    for (let attempt = 0; attempt < attempts; attempt++) {
      const { visible, permSeq } = await writableIn(call, place)
      const query: ListQuery = {
        ...listQuery({ ...parameters, timed: false }, visible, limit, door.settings),
        ...(after !== undefined && { after }),
      }
      const read = await call.scope.reads.list(place.home, place.list, query)
      if (read.home === undefined) refuse(call)
      if (read.collection?.cid == null && !place.bucket.implicit) {
        const parent = parentOf(place)
        throw missing(111, parent.resource, parent.id)
      }
      const clock = read.collection?.clock ?? implicitRevision(read.home, undefined)
      checkConditions(conditions, clock)
      const tombstones = await deleteAll(door, call, place, read.records, conditions.match, permSeq)
      if (tombstones === 'again') continue
      const times = tombstones.map((tombstone) => Number(tombstone['last_modified']))
      const headers = revisionHeaders(times.length > 0 ? Math.max(...times) : clock)
      const last = read.records.at(-1)
      if (read.more && last) headers.push(...door.pages.next(page, parameters, limit, listedValue(last)))
      return jsonAnswer(200, { data: tombstones }, headers)
    }
    throw tooBusy(door.settings)
  }
}

/** What may be deleted of a list. Throws 401 or 403. */
async function writableIn(call: Call, place: Place): Promise<{ visible: Visible; permSeq: number }> {
  if (place.bucket.home === undefined) refuse(call)
  const { permissions } = call.scope
  const { subject } = call.who
  const { bits, permSeq } = await permissions.rights(subject, place.home, place.list)
  if (has(bits, WRITE | LIST)) return { visible: {}, permSeq }
  const readable = await permissions.readable(subject, place.home, place.list, WRITE)
  if (readable.kind === 'none') refuse(call)
  const { ids, owner } = readable.kind === 'some' ? readable : { ids: [], owner: null }
  const visible = { ids, ...(owner !== null && { owner }) }
  // Nothing is shared and nothing may be made here: that she owns nothing is not looked up.
  if (ids.length === 0 && !has(bits, CREATE)) refuse(call)
  return { visible, permSeq }
}

/** Objects deleted in one step: the server does other things between two of them. */
const chunk = 500

/** Deletes what was read and has not changed since, in steps. `match`: the clock that the list must have. */
async function deleteAll(
  door: Door,
  call: Call,
  place: Place,
  records: readonly Listed[],
  match: Condition,
  permSeq: number,
): Promise<JsonObject[] | 'again'> {
  const tombstones: JsonObject[] = []
  const { home, list } = place
  let version = permSeq
  let tries = 0
  for (let start = 0; start < records.length;) {
    const when: Precondition[] =
      start === 0 && typeof match === 'number'
        ? [{ is: 'collection-clock', home, path: list, clock: match }]
        : []
    const step = { when, ...deletion(place, records.slice(start, start + chunk)) }
    try {
      const outcomes = await commitStep(call.scope, step, [{ home, permSeq: version }])
      for (const record of outcomes.flatMap(recordsIn))
        tombstones.push(tombstoneValue(record.id, record.modified))
      start += chunk
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      if (error.code === 'collection-changed') return 'again'
      if (error.code !== 'stale-permissions') throw refusalError(door.settings, error)
      if (++tries > attempts) throw tooBusy(door.settings)
      call.scope.permissions.forget(home)
    }
    // What is deleted takes its entries along, which moves the version.
    if (start < records.length) version = (await writableIn(call, place)).permSeq
  }
  return tombstones
}

function deletion(place: Place, records: readonly Listed[]): { changes: Change[]; needs: Need[] } {
  const objects = records.map(({ id, modified }) => ({ object: objectIn(place, id), modified }))
  return {
    needs: objects.flatMap(({ object }) => needsOf(object, 'DELETE')),
    changes: objects.map(({ object, modified }) => ({
      kind: 'compute',
      home: place.home,
      path: place.list,
      id: object.id,
      compute: (stored, view) =>
        stored?.modified === modified ? deleteChanges(view, object, stored, undefined, []) : [],
    })),
  }
}

function recordsIn(outcome: Outcome): RecordRow[] {
  if (outcome.kind === 'several') return outcome.outcomes.flatMap(recordsIn)
  return outcome.kind === 'record' ? [outcome.record] : []
}
