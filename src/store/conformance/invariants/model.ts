/** The changes and preconditions of a step, carried out on plain objects as naively as they can be said. */
import type { RecordRow } from '../../../core/ports.ts'
import { policyOf } from '../../../core/records/index.ts'
import type { Change, Precondition, Step, View } from '../../../core/records/index.ts'
import { ancestors, parentPath, pathName } from '../../../lib/paths.ts'
import {
  findIn,
  homeBytes,
  type HomeModel,
  homeRecords,
  isLive,
  paidBytes,
  type QueueModel,
  spacesOf,
  type World,
} from './world.ts'
import {
  applyStaged,
  clearAccess,
  collectionAt,
  draw,
  drop,
  type Expected,
  type Found,
  hex,
  liveAt,
  living,
  make,
  put,
  raise,
  Refused,
  remove,
  removeFound,
  type Running,
  time,
  writable,
} from './writes.ts'

/** Spaces that one payer may have under the planner of the suite. */
const spacesLimit = 3

/** What the queries of a request find when it begins. */
export function findAll(world: World, steps: readonly Step[]): Found {
  const found: Found = new Map()
  for (const change of steps.flatMap(({ changes }) => changes)) {
    if (change.kind !== 'delete-found' && change.kind !== 'trim') continue
    const all = findIn(world, world.homes.get(change.home)?.collections.get(change.path), change.query)
    const ids = all.slice(0, change.query.limit).map((row) => row.id)
    found.set(change, { ids, more: all.length > change.query.limit })
  }
  return found
}

/**
 * Carries a step out on the world, or throws `Refused` (or what a change threw) and leaves it half
 * changed: whoever calls has a copy. `payers` says whether limits of payers are to be kept to.
 */
export function runStep(world: World, step: Step, found: Found, payers: boolean): Expected[] {
  for (const when of step.when ?? []) check(world, when)
  const running: Running = { world, found, times: new Map(), payers }
  const before = new Map<number, { bytes: number; records: number }>()
  const note = (id: number) => {
    const home = world.homes.get(id)
    if (!before.has(id))
      before.set(id, { bytes: home ? homeBytes(home) : 0, records: home ? homeRecords(home) : 0 })
  }
  const outcomes = step.changes.map((change) => apply(running, change, note))
  for (const [id, was] of before) checkQuota(world, id, was, payers)
  return outcomes
}

function checkQuota(
  world: World,
  id: number,
  was: { bytes: number; records: number },
  payers: boolean,
): void {
  const home = world.homes.get(id)
  if (!home || home.state === 'ended') return
  const records = homeRecords(home)
  if (records > was.records && home.maxRecords !== null && records > home.maxRecords)
    throw new Refused('quota-records')
  const bytes = homeBytes(home)
  if (bytes <= was.bytes) return
  if (home.maxBytes !== null && bytes > home.maxBytes) throw new Refused('quota-bytes')
  const paid = paidBytes(world, home)
  if (payers && paid.maxBytes !== null && paid.bytes > paid.maxBytes) throw new Refused('quota-bytes')
}

function check(world: World, when: Precondition): void {
  if ('table' in when) {
    const row = world.rows.get(`${when.where['kind']}\0${when.where['name']}`)
    if (when.is === 'row-absent' && row) throw new Refused('row-exists')
    if (when.is !== 'row-absent' && !row) throw new Refused('row-absent')
    if (when.is === 'row-has' && Object.entries(when.has).some(([column, cell]) => row?.[column] !== cell))
      throw new Refused('row-changed')
    return
  }
  const home = world.homes.get(when.home)
  const live = (path: string, id: string) => {
    const row = home?.collections.get(path)?.records.get(id)
    return isLive(row, world.now) ? row : undefined
  }
  const active = () => {
    if (!home || home.state === 'ended') throw new Refused('home-absent')
    return home
  }
  switch (when.is) {
    case 'record-absent':
      if (live(when.path, when.id)) throw new Refused('record-exists')
      return
    case 'record-exists':
      if (!live(when.path, when.id)) throw new Refused('record-absent')
      return
    case 'record-revision': {
      const row = live(when.path, when.id)
      if (!row) throw new Refused('record-absent')
      if (!when.revisions.includes(row[when.of])) throw new Refused('record-changed')
      return
    }
    case 'record-not-newer':
      if ((live(when.path, when.id)?.modified ?? -Infinity) > when.than) throw new Refused('record-newer')
      return
    case 'collection-clock':
      if ((home?.collections.get(when.path)?.clock ?? active().baseClock) !== when.clock)
        throw new Refused('collection-changed')
      return
    case 'collection-not-newer':
      if (home?.collections.get(when.path)?.alive && home.collections.get(when.path)!.clock > when.than)
        throw new Refused('collection-newer')
      return
    case 'collection-absent':
      if (home?.collections.get(when.path)?.alive) throw new Refused('collection-exists')
      return
    case 'collection-present': {
      const collection = home?.collections.get(when.path)
      if (!collection?.alive || (when.born ?? collection.born) !== collection.born)
        throw new Refused('collection-absent')
      return
    }
    case 'no-record-at-ancestor': {
      const { root } = policyOf(when.path)
      for (const at of [when.path, ...ancestors(when.path)]) {
        if (at.length <= root.length) return
        if (live(parentPath(at)!, pathName(at))) throw new Refused('record-at-ancestor')
      }
      return
    }
    case 'permissions':
      if (active().permSeq !== when.permSeq) throw new Refused('stale-permissions')
  }
}

function apply(running: Running, change: Change, note: (home: number) => void): Expected {
  const { world } = running
  if ('home' in change) note(change.home)
  switch (change.kind) {
    case 'put':
      return put(running, change)
    case 'patch': {
      const before = liveAt(world, change)
      writable(world, change.home)
      const result = change.patch(before as unknown as RecordRow | undefined, world.now)
      if (result === null) return { kind: 'same', record: before }
      return result === 'delete' ? remove(running, change) : put(running, { ...change, ...result })
    }
    case 'compute': {
      const changes = change.compute(
        liveAt(world, change) as unknown as RecordRow | undefined,
        undefined as unknown as View,
      )
      return { kind: 'several', outcomes: changes.map((one) => apply(running, one, note)) }
    }
    case 'touch': {
      const home = writable(world, change.home)
      const before = liveAt(world, change)
      if (!before) throw new Refused('record-absent')
      const record = { ...before, expires: change.expires, seq: 0 }
      draw(home, change.path)
      collectionAt(home, change.path).records.set(change.id, record)
      raise(world, home, change.path)
      return { kind: 'record', record, before }
    }
    case 'delete':
      return remove(running, change)
    case 'delete-found':
    case 'trim':
      return removeFound(running, change)
    case 'make': {
      const home = writable(world, change.home)
      const old = home.collections.get(change.path)
      const { clock, born } = old?.alive ? old : make(world, home, change.path, change.clock)
      return { kind: 'collection', clock, born }
    }
    case 'tick': {
      const home = writable(world, change.home)
      const { path } = change
      if (policyOf(path).name !== 'timeline') throw new Refused('bad-request')
      living(world, home, path)
      const { clock } = time(running, home, collectionAt(home, path), { path }, undefined)
      const collection = collectionAt(home, path)
      if (collection.clock < clock || path === 'sync') draw(home, path)
      collection.clock = clock
      return { kind: 'collection', clock, born: collection.born }
    }
    case 'drop':
      return drop(world, writable(world, change.home), change.path)
    case 'index': {
      const home = writable(world, change.home)
      const collection = living(world, home, change.path)
      const names = [...change.fields]
      if (JSON.stringify(collection.fields) === JSON.stringify(names))
        return { kind: 'same', record: undefined }
      collection.fields = names
      draw(home, change.path)
      raise(world, home, change.path)
      return { kind: 'done' }
    }
    case 'access': {
      const home = writable(world, change.home)
      const { path, principal, source, bits, expires = null } = change
      const key = [path, principal, source].join('\0')
      const old = home.access.get(key)
      if (old ? old.bits === bits && old.expires === expires : bits === 0)
        return { kind: 'same', record: undefined }
      home.access.set(key, { path, principal, source, bits, expires })
      draw(home, path)
      home.permSeq++
      return { kind: 'done' }
    }
    case 'clear-access':
      return {
        kind: 'count',
        count: clearAccess(writable(world, change.home), change.path, change.below),
      }
    case 'row':
      if ('put' in change) world.rows.set(`${change.put['kind']}\0${change.put['name']}`, change.put)
      else world.rows.delete(`${change.remove['kind']}\0${change.remove['name']}`)
      return { kind: 'done' }
    case 'create-home': {
      const { home: id, input } = change
      if (world.homes.has(id)) throw new Refused('bad-request')
      if (running.payers && input.payer !== null && spacesOf(world, input.payer) >= spacesLimit)
        throw new Refused('quota-spaces')
      world.homes.set(id, newHome(world, id, input))
      return { kind: 'done' }
    }
    case 'alter-home': {
      const home = world.homes.get(change.home)
      if (!home || home.state === 'ended') throw new Refused('home-absent')
      Object.assign(home, change.set)
      if ('owner' in change.set || 'state' in change.set) home.permSeq++
      return { kind: 'done' }
    }
    case 'bump-permissions': {
      const home = world.homes.get(change.home)
      if (!home || home.state === 'ended') throw new Refused('home-absent')
      home.permSeq++
      return { kind: 'done' }
    }
    case 'enqueue': {
      const { name, topic = null, expires, head, body } = change
      const home = writable(world, change.home)
      if (topic !== null) home.queue = home.queue.filter((one) => one.name !== name || one.topic !== topic)
      const item = {
        name,
        ord: 0,
        topic,
        expires,
        head,
        body: hex(body ?? null),
      }
      home.queue.push(item)
      return { kind: 'queued', item }
    }
    case 'dequeue': {
      const home = writable(world, change.home)
      const { name, ords } = change
      const isGone = (one: QueueModel) => one.name === name && (ords === 'all' || ords.includes(one.ord))
      const count = home.queue.filter((one) => isGone(one) && one.expires > world.now).length
      home.queue = home.queue.filter((one) => !isGone(one))
      return { kind: 'count', count }
    }
    case 'stage': {
      const home = writable(world, change.home)
      const { batch, expires } = change
      for (const { id, change: staged } of change.items)
        home.staged.push({ batch, expires, id, change: JSON.stringify(staged) })
      return { kind: 'count', count: change.items.length }
    }
    case 'apply-staged':
      return applyStaged(running, change)
    case 'drop-staged': {
      const home = writable(world, change.home)
      const count = home.staged.filter(
        ({ batch, expires }) => batch === change.batch && expires > world.now,
      ).length
      home.staged = home.staged.filter(({ batch }) => batch !== change.batch)
      return { kind: 'count', count }
    }
  }
}

export function newHome(
  world: World,
  id: number,
  input: Extract<Change, { kind: 'create-home' }>['input'],
): HomeModel {
  return {
    id,
    kind: input.kind,
    owner: input.owner,
    payer: input.payer,
    state: 'active',
    created: world.now,
    baseClock: world.now,
    maxRecords: input.maxRecords ?? null,
    maxBytes: input.maxBytes ?? null,
    ends: null,
    permSeq: 1,
    seq: 0,
    collections: new Map(),
    access: new Map(),
    queue: [],
    staged: [],
    hasDropped: false,
    touched: new Set(),
  }
}
