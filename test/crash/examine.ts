/** A look into the database of a server that was killed: is every part of it in agreement with the others? */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createLocalBus } from '../../src/bus/local.ts'
import type { CollectionRow, HomeRow, Listed } from '../../src/core/ports.ts'
import { createPlanner, recordCharge } from '../../src/core/records/index.ts'
import { nodeDriver } from '../../src/store/sqlite/driver.ts'
import { createSqliteStore, type SqliteStore } from '../../src/store/sqlite/index.ts'
import { plainSight } from '../../src/store/sqlite/scans.ts'

/** Opens the database of a test's server. Where that runs and writes, what was read once may be out of date. */
export function openData(data: string): Promise<SqliteStore> {
  const bus = createLocalBus({ onError: assert.ifError })
  const clock = { now: () => Date.now() }
  return createSqliteStore({ path: join(data, 'essaim.db'), planner: createPlanner(), bus, clock })
}

export interface Observer extends Pick<SqliteStore, 'changes'> {
  close(): void
}

/** Sees what is committed while the server writes: a store keeps in memory what it believes to own, this does not. */
export function observe(data: string): Observer {
  const connection = nodeDriver.open(join(data, 'essaim.db'), { readOnly: true })
  const { home, lookups } = plainSight(connection)
  return {
    async changes(id, { since, limit }) {
      connection.exec('BEGIN')
      try {
        const row = home(id)
        return row && lookups.changes(row, since, limit, Date.now())
      } finally {
        connection.exec('COMMIT')
      }
    },
    close: () => connection.close(),
  }
}

export interface Place {
  row: CollectionRow
  /** Live records and tombstones, by id. */
  records: Map<string, Listed>
}

/** A home with all that is in it, by path. */
export interface Snapshot {
  home: HomeRow
  places: Map<string, Place>
  /** Principals with an entry, by path. */
  access: Map<string, string[]>
}

/** Alice's homes, by the ids of their buckets. */
export type Homes<T = Snapshot> = Record<'default' | 'club', T>

export async function homesOf(data: string): Promise<Homes<number>> {
  const store = await openData(data)
  try {
    const [account] = await store.rows('account', { folded: 'alice' })
    const [bucket] = await store.rows('bucket', { bucket_id: 'club' })
    return { default: Number(account?.['home_id']), club: Number(bucket?.['home_id']) }
  } finally {
    await store.close()
  }
}

/** Numbers, clocks and versions only grow. */
export function checkForward(before: Homes, after: Homes): void {
  for (const name of ['default', 'club'] as const) {
    const [then, now] = [before[name], after[name]]
    assert.equal(now.home.epoch, then.home.epoch)
    for (const number of ['seq', 'permSeq', 'floorSeq', 'nextCid', 'baseClock'] as const)
      assert.ok(now.home[number] >= then.home[number], `${number} of ${name} went back`)
    for (const [path, { row }] of then.places) {
      const later = now.places.get(path)?.row
      assert.ok(later, `${path} is forgotten`)
      for (const number of ['clock', 'born', 'seq', 'deepSeq'] as const)
        assert.ok(later[number] >= row[number], `${number} of ${path} went back`)
    }
  }
}

/** The file is whole. */
export function checkFile(data: string): void {
  const database = new DatabaseSync(join(data, 'essaim.db'))
  try {
    assert.deepEqual(Object.values(database.prepare('PRAGMA integrity_check').get() ?? {}), ['ok'])
  } finally {
    database.close()
  }
}

/** Reads a home and checks that its counts, clocks and sequence agree with its records. */
export async function examine(store: SqliteStore, id: number): Promise<Snapshot> {
  const home = await store.home(id)
  assert.ok(home, `home ${id} is gone`)
  const rows = await store.collections(id, { below: '' }, { limit: 10_000 })
  const root = (await store.collection(id, '')).collection
  const access = await store.accessBelow(id, '', { limit: 100_000 })
  const places = new Map<string, Place>()
  const sequence = access.map(({ seq }) => seq)
  for (const row of root ? [root, ...rows] : rows) {
    const place = await examinePlace(store, row, rows)
    sequence.push(row.seq, ...[...place.records.values()].map(({ seq }) => seq))
    places.set(row.path, place)
  }
  const sum = (of: (row: CollectionRow) => number) =>
    [...places.values()].reduce((all, { row }) => all + of(row), 0)
  assert.equal(
    home.records,
    sum((row) => row.records),
    'records of the home',
  )
  assert.equal(
    home.bytes,
    sum((row) => row.bytes + row.records * recordCharge),
    'bytes of the home',
  )
  assert.equal(new Set(sequence).size, sequence.length, 'two changes have one number')
  assert.ok(Math.max(0, ...sequence) <= home.seq, 'a change lies behind the home’s last number')
  const principals = Map.groupBy(access, ({ path }) => path)
  return {
    home,
    places,
    access: new Map(
      [...principals].map(([path, entries]) => [path, entries.map(({ principal }) => principal).toSorted()]),
    ),
  }
}

async function examinePlace(
  store: SqliteStore,
  row: CollectionRow,
  rows: readonly CollectionRow[],
): Promise<Place> {
  const { home, path } = row
  const query = { filters: [], sort: [], limit: 10_000, deleted: true }
  const { records, more } = await store.list(home, path, query)
  assert.equal(more, false)
  const live = records.filter(({ deleted }) => !deleted)
  const children = rows.filter((one) => one.parent === path && one.path !== '' && one.cid !== null)
  assert.deepEqual(
    { records: row.records, bytes: row.bytes, children: row.children },
    {
      records: live.length,
      bytes: live.reduce((sum, { size }) => sum + size, 0),
      children: children.length,
    },
    `counts of ${path}`,
  )
  assert.ok(Math.max(0, ...records.map(({ modified }) => modified)) <= row.clock, `clock of ${path}`)
  assert.ok(row.cid !== null || records.length === 0, `${path} is gone and has records`)
  assert.equal(
    new Set(records.map(({ modified }) => modified)).size,
    records.length,
    `two changes of ${path} at one time`,
  )
  return { row, records: new Map(records.map((record) => [record.id, record])) }
}
