/** Queues and staged batches: what lives for seconds, counted in the quota, outside the feed. */
import type { QueueRow } from '../ports.ts'
import { Refusal } from '../ports.ts'
import { isJsonObject } from '../../lib/json/index.ts'
import type { Json } from '../../lib/json/index.ts'
import type { Change, Outcome, StagedChange } from './changes.ts'
import { recordCharge } from './collections.ts'
import { put, touch } from './records.ts'
import type { Times } from './records.ts'
import type { View } from './view.ts'

/** Changes that are staged at once, at most; what a batch holds in all is bounded by its home's quota. */
export const maxStaged = 10_000

const queueCharge = (row: QueueRow) =>
  Buffer.byteLength(row.head) + (row.body?.byteLength ?? 0) + recordCharge

/** How many there are for everybody else: what has expired may have been swept. */
const waitingOf = (view: View, rows: readonly { expires: number }[]) =>
  rows.filter(({ expires }) => expires > view.now).length

function charge(view: View, home: number, bytes: number): void {
  const row = view.home(home)
  view.homes.put({ ...row, bytes: Math.max(0, row.bytes + bytes) })
}

export function enqueue(view: View, change: Change & { kind: 'enqueue' }): Outcome {
  const { home, name, topic, expires, head, body } = change
  if (topic !== undefined) {
    for (const waiting of view.waiting.queue(home, name, topic)) {
      charge(view, home, -queueCharge(waiting))
      view.waiting.unqueue(waiting)
    }
  }
  const homeRow = view.home(home)
  // The home's counter of contents serves for the order too: it grows and is never reused.
  const ord = homeRow.nextCid
  const row: QueueRow = { home, name, ord, topic: topic ?? null, expires, head, body: body ?? null }
  view.homes.put({ ...homeRow, nextCid: ord + 1, bytes: homeRow.bytes + queueCharge(row) })
  view.waiting.enqueue(row)
  return { kind: 'queued', ord }
}

export function dequeue(view: View, change: Change & { kind: 'dequeue' }): Outcome {
  const { home, name } = change
  const ords = change.ords === 'all' ? undefined : new Set(change.ords)
  const rows = view.waiting.queue(home, name).filter(({ ord }) => ords?.has(ord) ?? true)
  for (const row of rows) {
    charge(view, home, -queueCharge(row))
    view.waiting.unqueue(row)
  }
  return { kind: 'count', count: waitingOf(view, rows) }
}

export function stage(view: View, change: Change & { kind: 'stage' }): Outcome {
  const { home, batch, expires, items } = change
  if (items.length > maxStaged) throw new Refusal('bad-request', { message: `at most ${maxStaged} changes` })
  const homeRow = view.home(home)
  let ord = homeRow.nextCid
  let bytes = 0
  const rows = items.map((item) => {
    const text = JSON.stringify(item.change)
    bytes += Buffer.byteLength(text) + recordCharge
    return { home, batch, ord: ord++, expires, id: item.id, change: text }
  })
  view.homes.put({ ...homeRow, nextCid: ord, bytes: homeRow.bytes + bytes })
  view.waiting.stage(home, batch, rows)
  return { kind: 'count', count: rows.length }
}

export function dropStaged(view: View, change: Change & { kind: 'drop-staged' }): Outcome {
  const { home, batch } = change
  const rows = view.waiting.staged(home, batch)
  let bytes = 0
  for (const row of rows) bytes += Buffer.byteLength(row.change) + recordCharge
  charge(view, home, -bytes)
  view.waiting.unstage(home, batch)
  return { kind: 'count', count: waitingOf(view, rows) }
}

/**
 * The staged changes become partial updates of the collection's records, all at one time. Those that
 * have expired are forgotten.
 */
export function applyStaged(view: View, times: Times, change: Change & { kind: 'apply-staged' }): Outcome {
  const { home, batch, path } = change
  const outcomes: Outcome[] = []
  for (const row of view.waiting.staged(home, batch)) {
    if (row.expires <= view.now) continue
    const { set, initial, ttl, expires } = JSON.parse(row.change) as StagedChange
    const until = ttl === undefined ? expires : view.now + ttl
    const place = { home, path, id: row.id }
    const stored = view.live(home, path, row.id)
    if (stored && Object.keys(set).length === 0) {
      if (until !== undefined) outcomes.push(touch(view, { kind: 'touch', ...place, expires: until }))
      continue
    }
    const data = JSON.stringify({ ...(stored ? storedObject(stored.data) : initial), ...set })
    outcomes.push(put(view, times, { ...place, data, ...(until === undefined ? {} : { expires: until }) }))
  }
  dropStaged(view, { kind: 'drop-staged', home, batch })
  return { kind: 'several', outcomes }
}

function storedObject(data: string): { [field: string]: Json } {
  const value: unknown = JSON.parse(data)
  return isJsonObject(value) ? value : {}
}
