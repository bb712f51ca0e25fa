/** Writing records: clocks, sequence, counts, tombstones, references to blobs. */
import type { HomeRow, RecordRow } from '../ports.ts'
import { Refusal } from '../ports.ts'
import { childPath } from '../../lib/paths.ts'
import { clearAccess } from './access.ts'
import type { Change, Outcome, Place, RecordInput } from './changes.ts'
import { livingCollection, pruneEmpty, raiseAncestors, recordCharge } from './collections.ts'
import { policyOf } from './policies.ts'
import type { Policy } from './policies.ts'
import type { View } from './view.ts'

/** A client-given time may be at most this far ahead, in milliseconds. */
export const maxAhead = 86_400_000

/** A document's body up to this many bytes lives in its row; larger ones are blobs. */
export const maxRowBody = 65_536

/** What a step draws once and shares among its changes: the time of a timeline. */
export type Times = Map<string, number>

export function put(view: View, times: Times, change: Place & RecordInput): Outcome {
  const before = view.live(change.home, change.path, change.id)
  return write(view, times, change, before)
}

export function patch(view: View, times: Times, change: Change & { kind: 'patch' }): Outcome {
  const before = view.live(change.home, change.path, change.id)
  const result = change.patch(before, view.now)
  if (result === null) return before ? { kind: 'same', record: before } : { kind: 'same' }
  if (result === 'delete') return remove(view, times, change)
  return write(view, times, { ...result, home: change.home, path: change.path, id: change.id }, before)
}

function write(view: View, times: Times, input: Place & RecordInput, before: RecordRow | undefined): Outcome {
  const { home, path, id } = input
  const policy = policyOf(path)
  if (policy.name === 'log' && before) throw new Refusal('append-only', { existing: before })
  let collection = livingCollection(view, home, path)
  const stored = view.record(home, path, id)
  // What has expired is as if the sweep had taken it already.
  const last = stored?.deleted ? stored : before
  const { modified, clock } = drawTime(view, times, policy, input, last, collection.clock)

  const data = input.data ?? before?.data ?? '{}'
  const body = input.body !== undefined ? input.body : (before?.body ?? null)
  const oldBlob = before?.blob ?? null
  const blob = input.blob !== undefined ? (input.blob?.hash ?? null) : oldBlob
  if (body && body.byteLength > maxRowBody) {
    throw new Refusal('bad-request', { message: 'a body of more than 64 KiB is a blob' })
  }
  const blobSize = input.blob ? input.blob.size : blob !== null && before ? before.size - dataSize(before) : 0
  const size = Buffer.byteLength(data) + (body?.byteLength ?? 0) + blobSize

  const counted = stored !== undefined && !stored.deleted
  const oldSize = counted ? stored.size : 0
  const homeRow = view.home(home)
  const seq = view.homes.nextSeq(home, path, {
    records: homeRow.records + (counted ? 0 : 1),
    bytes: homeRow.bytes + size - oldSize + (counted ? 0 : recordCharge),
  })
  const record: RecordRow = {
    home,
    cid: collection.cid!,
    id,
    modified,
    seq,
    owner: input.owner !== undefined ? input.owner : (before?.owner ?? null),
    deleted: false,
    expires: input.expires !== undefined ? input.expires : (before?.expires ?? null),
    type: input.type !== undefined ? input.type : (before?.type ?? null),
    size,
    data,
    body,
    blob,
  }
  collection = view.collection(home, path)!
  view.putCollection({
    ...collection,
    clock,
    deepSeq: seq,
    records: collection.records + (counted ? 0 : 1),
    bytes: collection.bytes + size - oldSize,
  })
  view.putRecord(path, record)
  raiseAncestors(view, home, path, seq)
  const countedBlob = counted ? stored.blob : null
  if (blob !== countedBlob) {
    if (blob !== null) view.referBlob(home, blob, blobSize, 1)
    if (countedBlob !== null) view.referBlob(home, countedBlob, 0, -1)
  }
  return { kind: 'record', record, before }
}

const dataSize = (row: RecordRow) => Buffer.byteLength(row.data) + (row.body?.byteLength ?? 0)

/** The record's time and the collection's clock after it. */
function drawTime(
  view: View,
  times: Times,
  policy: Policy,
  place: Place & { modified?: number },
  stored: RecordRow | undefined,
  clock: number,
): { modified: number; clock: number } {
  if (policy.name === 'timeline') {
    const time = timelineTime(view, times, place.home, policy)
    return { modified: time, clock: time }
  }
  const next = Math.max(view.now, clock + 1)
  const given = place.modified
  if (given === undefined || !Number.isSafeInteger(given) || given <= 0)
    return { modified: next, clock: next }
  if (given > view.now + maxAhead) throw new Refusal('time-ahead')
  if (stored && given <= stored.modified) return { modified: next, clock: next }
  return { modified: given, clock: Math.max(clock, given) }
}

/** One time for everything a step writes into a timeline, drawn from the root's clock. */
function timelineTime(view: View, times: Times, home: number, policy: Policy): number {
  const root = livingCollection(view, home, policy.root, true)
  const known = times.get(`${home}/${policy.root}`)
  if (known !== undefined) return known
  const earliest = Math.max(view.now, view.home(home).baseClock)
  const time = Math.max(Math.ceil(earliest / policy.tick) * policy.tick, root.clock + policy.tick)
  view.putCollection({ ...root, clock: time })
  times.set(`${home}/${policy.root}`, time)
  return time
}

/** Deletes a record with the entries at its path. Absent: nothing happens. */
export function remove(view: View, times: Times, place: Place & { modified?: number }): Outcome {
  const { home, path, id } = place
  const before = view.live(home, path, id)
  if (!before) return { kind: 'same' }
  clearAccess(view, home, childPath(path, id))
  const policy = policyOf(path)
  const collection = livingCollection(view, home, path)
  const { modified, clock } = drawTime(view, times, policy, place, before, collection.clock)
  const seq = view.homes.nextSeq(home, path, uncounted(view.home(home), before))
  const record: RecordRow = {
    ...before,
    modified,
    seq,
    deleted: true,
    expires: null,
    type: null,
    size: 0,
    data: '{}',
    body: null,
    blob: null,
  }
  if (policy.tombstones === 'none') view.trimRecord(path, before)
  else view.putRecord(path, record)
  view.putCollection({
    ...view.collection(home, path)!,
    clock,
    deepSeq: seq,
    records: collection.records - 1,
    bytes: collection.bytes - before.size,
  })
  if (before.blob !== null) view.referBlob(home, before.blob, 0, -1)
  raiseAncestors(view, home, path, seq)
  pruneEmpty(view, home, path)
  return { kind: 'record', record, before }
}

const uncounted = (home: HomeRow, record: RecordRow): Partial<HomeRow> => ({
  records: home.records - 1,
  bytes: Math.max(0, home.bytes - record.size - recordCharge),
})

/** Only the expiry changes: the number moves for those who mirror, the clock stands still. */
export function touch(view: View, change: Change & { kind: 'touch' }): Outcome {
  const { home, path, id, expires } = change
  const before = view.live(home, path, id)
  if (!before) throw new Refusal('record-absent')
  const seq = view.homes.nextSeq(home, path)
  const record = { ...before, expires, seq }
  view.putRecord(path, record)
  view.putCollection({ ...view.collection(home, path)!, deepSeq: seq })
  raiseAncestors(view, home, path, seq)
  return { kind: 'record', record, before }
}

/** A timeline's collection shows the time of the step, as if something had been written in it. */
export function tick(view: View, times: Times, change: Change & { kind: 'tick' }): Outcome {
  const { home, path } = change
  const policy = policyOf(path)
  if (policy.name !== 'timeline') throw new Refusal('bad-request', { message: 'only timelines have a tick' })
  livingCollection(view, home, path, true)
  const time = timelineTime(view, times, home, policy)
  const collection = view.collection(home, path)!
  // The root shows every time: whoever mirrors it has to be told of one that came with no record.
  if (collection.clock < time || path === policy.root) {
    const seq = view.homes.nextSeq(home, path)
    view.putCollection({ ...collection, clock: time, seq, deepSeq: seq })
  }
  return { kind: 'collection', clock: time, born: collection.born }
}

/** Deletes everything that a query found. */
export function removeFound(
  view: View,
  times: Times,
  change: Change & { kind: 'delete-found' | 'trim' },
): Outcome {
  const { records, more } = view.found(change)
  const removed: RecordRow[] = []
  for (const row of records) {
    if (row.deleted) continue
    if (change.kind === 'trim') {
      trim(view, change.path, row)
      removed.push(row)
    } else {
      const outcome = remove(view, times, { home: change.home, path: change.path, id: row.id })
      if (outcome.kind === 'record') removed.push(outcome.record)
    }
  }
  return { kind: 'records', records: removed, more }
}

function trim(view: View, path: string, row: RecordRow): void {
  view.homes.put({ ...view.home(row.home), ...uncounted(view.home(row.home), row) })
  const collection = view.collection(row.home, path)!
  view.putCollection({
    ...collection,
    records: collection.records - 1,
    bytes: collection.bytes - row.size,
  })
  if (row.blob !== null) view.referBlob(row.home, row.blob, 0, -1)
  view.trimRecord(path, row)
}
