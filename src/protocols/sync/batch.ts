/**
 * Batches: what is uploaded in several requests and becomes visible at once. The objects wait as staged changes; beside
 * them one item of a queue says how many there are. Both end by themselves if nobody commits.
 */
import { type Need, type QueueRow, Refusal } from '../../core/ports.ts'
import {
  type Change,
  type Precondition,
  type StagedChange,
  stepRequest,
  type View,
} from '../../core/records/index.ts'
import { randomBase32 } from '../../lib/ids.ts'
import { commit } from './access.ts'
import type { Bso } from './bso.ts'
import type { Call, Door, Headers } from './call.ts'
import { StorageError, weave } from './errors.ts'
import { batchTime, limits } from './limits.ts'
import { clockOf, collectionPath } from './read.ts'
import { carryOut, type Written } from './carry-out.ts'

/** What a request says of batches. */
export interface BatchRequest {
  /** Undefined: a new one. */
  id: string | undefined
  commit: boolean
}

const idForm = /^[a-z2-7]{16}$/

/** Undefined for a request that has nothing to do with batches. Throws 400, also for more than may come. */
export function readBatch({ query, headers }: Call): BatchRequest | undefined {
  checkAnnounced(headers)
  const batch = query.get('batch')
  const end = query.get('commit')
  if (end !== undefined && end.toLowerCase() !== 'true') throw new StorageError(400)
  if (batch === undefined) {
    if (end !== undefined) throw new StorageError(400)
    return undefined
  }
  const isNew = batch === '' || batch.toLowerCase() === 'true'
  if (!isNew && !idForm.test(batch)) throw new StorageError(400)
  return { id: isNew ? undefined : batch, commit: end !== undefined }
}

const announced = [
  ['x-weave-records', limits.max_post_records],
  ['x-weave-bytes', limits.max_post_bytes],
  ['x-weave-total-records', limits.max_total_records],
  ['x-weave-total-bytes', limits.max_total_bytes],
] as const

/** Clients say beforehand how much will come, so that nothing is uploaded in vain. */
function checkAnnounced(headers: Headers): void {
  for (const [name, most] of announced) {
    const text = headers[name]
    if (text === undefined) continue
    if (typeof text !== 'string' || !/^\d{1,15}$/.test(text)) throw new StorageError(400)
    if (Number(text) > most) throw new StorageError(400, weave.size)
  }
}

/** A part of a batch. */
interface Part {
  bsos: readonly Bso[]
  /** Of all payloads. */
  bytes: number
  when: readonly Precondition[]
}

/** How much a batch holds so far, and until when. */
interface Totals {
  records: number
  bytes: number
  until: number
}

/** Bound to its storage and its collection: elsewhere there is none of that name. */
const queueName = (call: Call, id: string) => `${collectionPath(call)} ${id}`
const topic = 'batch'

/** Adds to a batch, or begins one. Nothing of it is seen: the collection's time stays what it was. */
export async function appendBatch(
  door: Door,
  call: Call,
  { batch, ...part }: Part & { batch: string | undefined },
): Promise<{ id: string; modified: number }> {
  const { home } = call.owner
  const id = batch ?? randomBase32(80)
  const path = collectionPath(call)
  const name = queueName(call, id)
  const compute = (_: unknown, view: View): Change[] => {
    const items = view.waiting.queue(home, name, topic)
    const totals = added(view, batch === undefined ? undefined : totalsOf(items, view.now), part)
    const { until: expires } = totals
    return [
      { kind: 'enqueue', home, name, topic, expires, head: JSON.stringify(totals) },
      { kind: 'stage', home, batch: name, expires, items: part.bsos.map(staged) },
    ]
  }
  const request = stepRequest({
    when: part.when,
    needs: [
      { kind: 'collection', home, path },
      { kind: 'queue', home, name, topic },
    ],
    changes: [{ kind: 'compute', home, path, id: '-', compute }],
  })
  const appended = commit(door, call.owner, {
    ...request,
    weight: part.bytes,
    plan(work) {
      request.plan(work)
      return { id, modified: clockOf((work as View).collection(home, path)) }
    },
  })
  return batch === undefined ? appended : orForget(door, call, name, appended)
}

/** A batch that goes over the quota has no end any more: what waits makes room at once. */
async function orForget<T>(door: Door, call: Call, name: string, act: Promise<T>): Promise<T> {
  try {
    return await act
  } catch (error) {
    if (error instanceof StorageError && error.code === weave.quota) await forget(door, call, name)
    throw error
  }
}

/** Makes all of a batch visible, with what comes in the request that ends it. */
export async function commitBatch(
  door: Door,
  call: Call,
  { batch, ...part }: Part & { batch: string },
): Promise<Written> {
  const { home } = call.owner
  const path = collectionPath(call)
  const name = queueName(call, batch)
  const needs: Need[] = [
    { kind: 'queue', home, name },
    { kind: 'staged', home, batch: name, into: path },
    ...part.bsos.map(({ id }): Need => ({ kind: 'record', home, path, id })),
  ]
  const committed = carryOut(door, call, {
    when: part.when,
    needs,
    makes: true,
    weight: part.bytes,
    plan(view) {
      const items = view.waiting.queue(home, name)
      const totals = added(view, totalsOf(items, view.now), part)
      const ords = items.map(({ ord }) => ord)
      return [
        { kind: 'stage', home, batch: name, expires: totals.until, items: part.bsos.map(staged) },
        { kind: 'apply-staged', home, batch: name, path },
        { kind: 'dequeue', home, name, ords },
      ]
    },
  })
  return orForget(door, call, name, committed)
}

async function forget(door: Door, { owner: { home } }: Call, name: string): Promise<void> {
  const items = await door.store.queue(home, name, { limit: 1 })
  const request = stepRequest({
    changes: [
      { kind: 'drop-staged', home, batch: name },
      { kind: 'dequeue', home, name, ords: items.map(({ ord }) => ord) },
    ],
  })
  await door.store.commit(request).catch((error: unknown) => {
    // It ends by itself as well.
    if (!(error instanceof Refusal)) throw error
  })
}

/** Throws 400 for a batch that is not there: unknown, ended, or another collection's. */
function totalsOf(items: readonly QueueRow[], now: number): Totals {
  const item = items.find(({ expires }) => expires > now)
  if (!item) throw new StorageError(400)
  return JSON.parse(item.head) as Totals
}

function added(view: View, before: Totals | undefined, { bsos, bytes }: Part): Totals {
  const totals = {
    records: (before?.records ?? 0) + bsos.length,
    bytes: (before?.bytes ?? 0) + bytes,
    until: before?.until ?? view.now + batchTime,
  }
  if (totals.records > limits.max_total_records || totals.bytes > limits.max_total_bytes)
    throw new StorageError(400, weave.size)
  return totals
}

/** How an object waits. Its time to live begins with the end of the batch. */
function staged({ id, payload, sortindex, ttl }: Bso): { id: string; change: StagedChange } {
  return {
    id,
    change: {
      set: {
        ...(payload === undefined ? {} : { payload }),
        ...(sortindex === undefined ? {} : { sortindex }),
      },
      initial: { payload: '' },
      ...(typeof ttl === 'number' ? { ttl } : ttl === null ? { expires: null } : {}),
    },
  }
}
