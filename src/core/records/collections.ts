/** Making, counting and dropping collections. */
import type { CollectionRow, FieldIndex } from '../ports.ts'
import { Refusal } from '../ports.ts'
import { parentPath, pathName } from '../../lib/paths.ts'
import type { Change, Outcome } from './changes.ts'
import { clearAccess } from './access.ts'
import { policyOf } from './policies.ts'
import type { View } from './view.ts'

/** Declared indexes that one collection may have. */
export const maxFieldIndexes = 8

/** What the quota charges for a live record beyond its bytes: its row. */
export const recordCharge = 64

/**
 * The living collection at this path. A missing or dead one is made, with its ancestors in a tree,
 * where its policy lets writes do so or `force` is given; else `collection-absent`.
 */
export function livingCollection(view: View, home: number, path: string, force = false): CollectionRow {
  const row = view.collection(home, path)
  if (row && row.cid !== null) return row
  if (!force && !policyOf(path).madeByWrite) throw new Refusal('collection-absent')
  return makeCollection(view, home, path, 0)
}

function makeCollection(view: View, home: number, path: string, atLeast: number): CollectionRow {
  const policy = policyOf(path)
  const old = view.collection(home, path)
  const parent = parentPath(path) ?? ''
  if (policy.name === 'tree' && path !== policy.root) {
    const above = livingCollection(view, home, parent, true)
    view.putCollection({ ...above, children: above.children + 1 })
  }
  const homeRow = view.home(home)
  if (!old && homeRow.collections >= view.limits.collections) throw new Refusal('quota-collections')
  const seq = view.homes.nextSeq(home, path, {
    nextCid: homeRow.nextCid + 1,
    collections: homeRow.collections + (old ? 0 : 1),
  })
  // Later than all that was ever shown for this path, so that a re-made list is not taken for the old one.
  const last = Math.max(homeRow.baseClock, (old?.clock ?? 0) + 1, (old?.born ?? 0) + 1)
  const isTimeline = policy.name === 'timeline'
  const born = isTimeline ? last : Math.max(view.now, atLeast, last)
  const row: CollectionRow = {
    home,
    path,
    parent,
    name: path === '' ? '' : pathName(path),
    cid: homeRow.nextCid,
    // In a timeline only writes move clocks.
    clock: isTimeline ? (old?.clock ?? 0) : born,
    born,
    seq,
    deepSeq: seq,
    records: 0,
    children: 0,
    bytes: 0,
    fields: old?.fields ? old.fields.map(({ field, name }) => ({ field, name })) : null,
  }
  view.putCollection(row)
  raiseAncestors(view, home, path, seq)
  return row
}

/** In a tree, every folder above shows that something below it changed. */
export function raiseAncestors(view: View, home: number, path: string, seq: number): void {
  const policy = policyOf(path)
  if (policy.name !== 'tree') return
  let at = path
  while (at !== policy.root) {
    at = parentPath(at)!
    const row = view.collection(home, at)
    if (row) view.putCollection({ ...row, deepSeq: seq, clock: Math.max(view.now, row.clock) })
  }
}

/** Takes empty folders away, from here to the root of the tree (which stays). */
export function pruneEmpty(view: View, home: number, path: string): void {
  const policy = policyOf(path)
  if (policy.name !== 'tree') return
  let at = path
  while (at !== policy.root) {
    const row = view.collection(home, at)
    if (!row || row.cid === null || row.records > 0 || row.children > 0) return
    view.dropContent(row)
    const seq = view.homes.nextSeq(home, at)
    view.putCollection({ ...row, cid: null, bytes: 0, seq, deepSeq: seq })
    raiseAncestors(view, home, at, seq)
    at = parentPath(at)!
    const above = view.collection(home, at)
    if (above) view.putCollection({ ...above, children: Math.max(0, above.children - 1) })
  }
}

export function make(view: View, change: Change & { kind: 'make' }): Outcome {
  const row = view.collection(change.home, change.path)
  const living =
    row && row.cid !== null ? row : makeCollection(view, change.home, change.path, change.clock ?? 0)
  return { kind: 'collection', clock: living.clock, born: living.born }
}

/**
 * Detaches every content at and below: costs the number of collections, not of records. Clocks stand
 * still, so that a client which remembers one is not told that the server was flushed.
 */
export function drop(view: View, change: Change & { kind: 'drop' }): Outcome {
  const { home, path } = change
  let count = 0
  let records = 0
  let bytes = 0
  const living = view.collectionsBelow(home, path).filter((row) => row.cid !== null)
  // Children before their parents, so that the numbers above cover those below.
  living.sort((a, b) => (a.path < b.path ? 1 : -1))
  for (const row of living) {
    count++
    records += row.records
    bytes += row.bytes + row.records * recordCharge
    view.dropContent(row)
    const seq = view.homes.nextSeq(home, row.path)
    view.putCollection({ ...row, cid: null, seq, deepSeq: seq, records: 0, children: 0, bytes: 0 })
  }
  const policy = policyOf(path)
  if (living.at(-1)?.path === path && policy.name === 'tree' && path !== policy.root) {
    raiseAncestors(view, home, path, view.home(home).seq)
    const above = view.collection(home, parentPath(path)!)!
    view.putCollection({ ...above, children: above.children - 1 })
    pruneEmpty(view, home, above.path)
  }
  if (count > 0) {
    const row = view.home(home)
    view.homes.put({ ...row, records: row.records - records, bytes: Math.max(0, row.bytes - bytes) })
  }
  for (const at of view.entries.pathsBelow(home, path)) clearAccess(view, home, at)
  return { kind: 'count', count }
}

/** Declares the indexes of a collection; the store builds new ones in the background. */
export function declareIndexes(view: View, change: Change & { kind: 'index' }): Outcome {
  const { home, path } = change
  const row = livingCollection(view, home, path)
  const names = [...new Set(change.fields)]
  if (names.length > maxFieldIndexes)
    throw new Refusal('bad-request', { message: `at most ${maxFieldIndexes} indexes` })
  const old = row.fields ?? []
  let next = Math.max(0, ...old.map(({ field }) => field)) + 1
  const fields = names.map(
    (name): FieldIndex => old.find((index) => index.name === name) ?? { field: next++, name, building: '' },
  )
  if (JSON.stringify(fields) === JSON.stringify(old)) return { kind: 'same' }
  const seq = view.homes.nextSeq(home, path)
  view.putCollection({
    ...row,
    seq,
    deepSeq: Math.max(seq, row.deepSeq),
    fields: fields.length > 0 ? fields : null,
  })
  raiseAncestors(view, home, path, seq)
  return { kind: 'done' }
}
