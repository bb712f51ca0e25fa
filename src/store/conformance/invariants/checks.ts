/** Everything that the port shows of a run's homes, and whether it is what the model says. */
import assert from 'node:assert/strict'
import type {
  AccessRow,
  BlobRow,
  Change,
  CollectionRow,
  HomeRow,
  QueueRow,
  Reads,
  RecordRow,
  Row,
  StagedRow,
} from '../../../core/ports.ts'
import { policyOf } from '../../../core/records/index.ts'
import { batches, hashes, principals, queues, rowNames } from './acts.ts'
import { rowKey } from './concrete.ts'
import { modelOf } from './settle.ts'
import {
  countsOf,
  entriesWithin,
  findIn,
  homeBytes,
  type HomeModel,
  homeRecords,
  isLive,
  type RecordModel,
  refsOf,
  seenHome,
  type World,
} from './world.ts'

/** One home as the port shows it. */
export interface Shown {
  home: HomeRow | undefined
  collections: CollectionRow[]
  changes: Change[]
  access: AccessRow[]
  shared: Row[]
  queues: QueueRow[][]
  staged: StagedRow[][]
  blobs: (BlobRow | undefined)[]
  rows: Row[]
}

export type Dump = Map<number, Shown>

export async function dumpOf(reads: Reads, homes: readonly number[]): Promise<Dump> {
  return new Map(await Promise.all(homes.map(async (id) => [id, await shownOf(reads, id)] as const)))
}

async function shownOf(reads: Reads, id: number): Promise<Shown> {
  const [home, root, below, changes, access, shared, queued, staged, blobs, rows] = await Promise.all([
    reads.home(id),
    reads.collection(id, ''),
    reads.collections(id, { below: '' }, { limit: 1_000 }),
    changesOf(reads, id),
    reads.accessBelow(id, '', { limit: 1_000 }),
    Promise.all(principals.map((principal) => reads.rows('shared_with', { principal, home_id: id }))),
    Promise.all(queues.map((name) => reads.queue(id, name, { limit: 1_000 }))),
    Promise.all(batches.map((batch) => reads.staged(id, batch, { limit: 1_000 }))),
    Promise.all(hashes.map((hash) => reads.blob(id, hash))),
    Promise.all(rowNames.map((name) => reads.rows('name', rowKey(id, name)))),
  ])
  return {
    home,
    collections: root.collection ? [root.collection, ...below] : below,
    changes,
    access,
    shared: shared.flat(),
    queues: queued,
    staged,
    blobs,
    rows: rows.flat(),
  }
}

/** All pages of a home's changes, which must be ascending and of one state. */
async function changesOf(reads: Reads, id: number): Promise<Change[]> {
  const changes: Change[] = []
  for (let since = 0; ;) {
    const page = await reads.changes(id, { since, limit: 7 })
    if (!page || page.changes.length === 0) return changes
    for (const change of page.changes) {
      assert.ok(change.seq > since, 'numbers ascend')
      assert.ok(change.seq <= page.seq, 'no number is beyond the last')
      since = change.seq
    }
    changes.push(...page.changes)
  }
}

/** Compares what is shown with the model, and takes over the model's part that only the store knows. */
export function compare(world: World, dump: Dump): void {
  for (const [id, shown] of dump) {
    const home = seenHome(world, id)
    const { rows } = shown
    const expected = rowNames.flatMap((name): Row[] => {
      const row = world.rows.get(Object.values(rowKey(id, name)).join('\0'))
      return row ? [row] : []
    })
    assert.deepEqual(rows, expected, 'rows of a directory')
    if (!home) {
      assert.equal(shown.home, undefined)
      continue
    }
    assert.ok(shown.home)
    compareHome(home, shown.home)
    compareCollections(home, shown.collections)
    compareFeed(world, home, shown)
    compareAccess(home, shown)
    compareWaiting(world, home, shown)
    for (const [at, hash] of hashes.entries()) {
      const refs = shown.blobs[at]?.refs ?? 0
      // What dropped contents refer to may be counted until they are swept.
      if (home.hasDropped) assert.ok(refs >= refsOf(home, hash), 'a blob that is in use is counted')
      else assert.equal(refs, refsOf(home, hash), 'references to a blob')
    }
  }
}

function compareHome(home: HomeModel, row: HomeRow): void {
  const { floorSeq, nextCid: _nextCid, epoch, ...rest } = row
  const { id, kind, owner, payer, state, created, baseClock, seq, permSeq, maxRecords, maxBytes, ends } = home
  assert.deepEqual(rest, {
    id,
    kind,
    owner,
    payer,
    state,
    created,
    baseClock,
    seq,
    permSeq,
    records: homeRecords(home),
    bytes: homeBytes(home),
    collections: home.collections.size,
    maxRecords,
    maxBytes,
    ends,
  })
  assert.equal(epoch, created)
  assert.ok(floorSeq <= seq)
}

function compareCollections(home: HomeModel, rows: readonly CollectionRow[]): void {
  assert.deepEqual(rows.map(({ path }) => path).toSorted(), [...home.collections.keys()].toSorted())
  const cids = rows.flatMap(({ cid }) => cid ?? [])
  assert.equal(new Set(cids).size, cids.length, 'no two collections share a content')
  for (const row of rows) {
    const { path } = row
    const collection = home.collections.get(path)!
    const { clock, born, alive, fields } = collection
    const isTree = policyOf(path).name === 'tree'
    const { records, bytes, children } = countsOf(home, path)
    assert.deepEqual(
      {
        clock: row.clock,
        born: row.born,
        alive: row.cid !== null,
        fields: row.fields?.map(({ name }) => name) ?? [],
        records: row.records,
        bytes: row.bytes,
        children: row.children,
      },
      { clock, born, alive, fields, records, bytes, children: isTree ? children : 0 },
      `collection ${path}`,
    )
    assert.ok(row.deepSeq >= row.seq && row.deepSeq <= home.seq)
    for (const other of rows) {
      if (isTree && other.parent === path && other !== row && path !== '')
        assert.ok(row.deepSeq >= other.deepSeq, `${path} shows what changed in ${other.path}`)
    }
    for (const record of collection.records.values()) {
      assert.ok(row.deepSeq >= record.seq, 'the number of a collection covers its records')
      assert.ok(record.modified <= clock, 'no record is later than the clock of its collection')
    }
  }
}

/** The feed has each row at its last number, all of them, and nothing else. */
function compareFeed(world: World, home: HomeModel, shown: Shown): void {
  const { changes, collections } = shown
  const records = new Map<string, RecordRow>()
  const entries: AccessRow[] = []
  const fed: CollectionRow[] = []
  for (const change of changes) {
    if (change.kind === 'record') {
      assert.equal(change.record.seq, change.seq)
      records.set(`${change.path}\0${change.record.id}`, change.record)
    } else if (change.kind === 'access') {
      assert.equal(change.access.seq, change.seq)
      entries.push(change.access)
    } else {
      assert.equal(change.collection.seq, change.seq)
      fed.push(change.collection)
    }
  }
  const byPath = (a: CollectionRow, b: CollectionRow) => (a.path < b.path ? -1 : 1)
  assert.deepEqual(fed.toSorted(byPath), collections.toSorted(byPath))
  const cids = new Map(collections.map(({ path, cid }) => [path, cid]))
  const expected = new Map<string, RecordModel>(
    [...home.collections].flatMap(([path, { records: all }]) =>
      [...all.values()]
        .filter((row) => row.deleted || isLive(row, world.now))
        .map((row) => [`${path}\0${row.id}`, row] as const),
    ),
  )
  assert.deepEqual([...records.keys()].toSorted(), [...expected.keys()].toSorted(), 'records in the feed')
  for (const [key, record] of records) {
    assert.equal(record.cid, cids.get(key.slice(0, key.indexOf('\0'))))
    assert.deepEqual(modelOf(record), { ...expected.get(key) }, `record ${key}`)
  }
  const noted = entries.map(({ path, principal, source, bits, expires }) => ({
    path,
    principal,
    source,
    bits,
    expires,
  }))
  const sorted = (all: readonly object[]) => all.map((one) => JSON.stringify(one)).toSorted()
  // Removed ones may be forgotten once the floor has passed them.
  const gone = sorted([...home.access.values()].filter(({ bits }) => bits === 0))
  const shownGone = sorted(noted.filter(({ bits }) => bits === 0))
  if (shown.home?.floorSeq === 0) assert.deepEqual(shownGone, gone, 'removed entries in the feed')
  else for (const one of shownGone) assert.ok(gone.includes(one), `an entry that never was: ${one}`)
  assert.deepEqual(
    sorted(noted.filter(({ bits }) => bits !== 0)),
    sorted([...home.access.values()].filter(({ bits }) => bits !== 0)),
    'entries in the feed',
  )
}

function compareAccess(home: HomeModel, { access, shared }: Shown): void {
  const inForce = entriesWithin(home, '', true).map(({ path, principal, source, bits, expires }) =>
    JSON.stringify([path, principal, source, bits, expires]),
  )
  assert.deepEqual(
    access
      .map(({ path, principal, source, bits, expires }) =>
        JSON.stringify([path, principal, source, bits, expires]),
      )
      .toSorted(),
    inForce.toSorted(),
    'entries in force',
  )
  const groups = Map.groupBy(entriesWithin(home, '', true), ({ path, principal }) =>
    JSON.stringify([principal, path]),
  )
  const expected = [...groups].map(([key, entries]) => {
    const ends = entries.map(({ expires }) => expires ?? Infinity)
    const last = Math.max(...ends)
    return [key, entries.reduce((all, { bits }) => all | bits, 0), last === Infinity ? null : last]
  })
  assert.deepEqual(
    shared
      .map((row) => [JSON.stringify([row['principal'], row['path']]), row['bits'], row['expires']])
      .map((row) => JSON.stringify(row))
      .toSorted(),
    expected.map((row) => JSON.stringify(row)).toSorted(),
    'the directory of what is shared',
  )
}

function compareWaiting(world: World, home: HomeModel, shown: Shown): void {
  for (const [at, name] of queues.entries()) {
    const items = shown.queues[at]!.map(({ home: _home, body, ...item }) => ({
      ...item,
      body: body && Buffer.from(body).toString('hex'),
    }))
    const expected = home.queue.filter((item) => item.name === name && item.expires > world.now)
    assert.deepEqual(
      items,
      expected.map((item) => ({ ...item })).toSorted((a, b) => a.ord - b.ord),
      `queue ${name}`,
    )
  }
  for (const [at, batch] of batches.entries()) {
    const items = shown.staged[at]!.map(({ home: _home, ord: _ord, ...item }) => item)
    const expected = home.staged.filter((item) => item.batch === batch && item.expires > world.now)
    assert.deepEqual(
      items,
      expected.map((item) => ({ ...item })),
      `batch ${batch}`,
    )
  }
}

/** Reads of one place: the record, pages of a list, the count. */
export async function lookAt(
  reads: Reads,
  world: World,
  id: number,
  look: {
    path: string
    id: string
    filters: Parameters<typeof findIn>[2]['filters']
    sort: Parameters<typeof findIn>[2]['sort']
    limit: number
    deleted: boolean
  },
): Promise<void> {
  const { path, filters, sort, limit, deleted } = look
  const collection = seenHome(world, id)?.collections.get(path)
  const { record } = await reads.record(id, path, look.id)
  const stored = collection?.records.get(look.id)
  const shown = stored && (stored.deleted || isLive(stored, world.now)) ? stored : undefined
  assert.deepEqual(record && modelOf(record), shown && { ...shown })
  const all = findIn(world, collection, { filters, sort, deleted })
  const { records, more } = await reads.list(id, path, { filters, sort, limit, deleted })
  assert.deepEqual(
    records.map((row) => [row.id, row.modified, row.seq, row.deleted, row.data, row.owner, row.size]),
    all
      .slice(0, limit)
      .map((row) => [row.id, row.modified, row.seq, row.deleted, row.data, row.owner, row.size]),
  )
  assert.equal(more, all.length > limit)
  assert.equal(await reads.count(id, path, { filters, deleted }), all.length)
}

/** Nothing that was shown before goes back: clocks, numbers, versions. */
export function compareWithBefore(before: Dump, after: Dump): void {
  for (const [id, { home, collections, changes }] of after) {
    const was = before.get(id)
    if (!home || !was?.home || was.home.created !== home.created) continue
    for (const name of ['seq', 'permSeq', 'floorSeq', 'nextCid', 'baseClock'] as const)
      assert.ok(home[name] >= was.home[name], `${name} went back`)
    const clocks = new Map(was.collections.map((row) => [row.path, row]))
    for (const row of collections) {
      const old = clocks.get(row.path)
      if (!old) continue
      for (const name of ['clock', 'born', 'seq', 'deepSeq'] as const)
        assert.ok(row[name] >= old[name], `${name} of ${row.path} went back`)
    }
    const numbers = new Map(was.changes.map((change) => [change.seq, change]))
    for (const change of changes) {
      if (change.seq > was.home.seq) continue
      const old = numbers.get(change.seq)
      assert.ok(old, `${change.seq} was not there before`)
      assert.equal(nameOf(change), nameOf(old), 'a number belongs to one change')
    }
  }
}

function nameOf(change: Change): string {
  if (change.kind === 'record') return `record ${change.path}/${change.record.id}`
  if (change.kind === 'collection') return `collection ${change.collection.path}`
  return `entry ${change.access.path} ${change.access.principal} ${change.access.source}`
}
