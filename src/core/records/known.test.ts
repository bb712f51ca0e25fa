import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Need } from '../ports.ts'
import type { Change } from './changes.ts'
import { put, viewUnderTest } from './harness.ts'
import { stepRequest } from './steps.ts'

const path = 'kinto/groups'
const make: Change = { kind: 'make', home: 1, path }
const drop: Change = { kind: 'drop', home: 1, path }
const record = (id: string): Need => ({ kind: 'record', home: 1, path, id })
const kinds = (needs: Need[]) => needs.map(({ kind }) => kind)

test('a record needs its collection, and each is asked for once', () => {
  const { view } = viewUnderTest()
  assert.deepEqual(kinds(view.missing([record('a'), record('b'), record('a')])), [
    'collection',
    'record',
    'record',
    'record',
  ])
  view.loadCollection(1, path, undefined)
  view.loadRecord(1, path, 'a', undefined)
  assert.deepEqual(view.missing([record('a')]), [])
  assert.deepEqual(view.missing([record('b')]), [record('b')])
})

test('records of a content that began or ended here are known to be absent, until it is stored', () => {
  const { view, step } = viewUnderTest()
  step(make)
  assert.deepEqual(view.missing([record('a')]), [])
  assert.equal(view.record(1, path, 'a'), undefined)
  view.take()
  assert.deepEqual(view.missing([record('b')]), [record('b')])
  step(drop)
  assert.deepEqual(view.missing([record('c')]), [])
  step(make)
  assert.deepEqual(view.missing([record('d')]), [])
  view.take()
  assert.deepEqual(view.missing([record('e')]), [record('e')])
})

test('a collection that is only counted anew does not hide what it holds', () => {
  const { view, step } = viewUnderTest()
  step(make)
  view.take()
  step(put(path, 'a'))
  assert.ok(view.dirty)
  assert.deepEqual(view.missing([record('b')]), [record('b')])
})

test('what was dropped is absent, and comes anew without a former self', () => {
  const { view, step } = viewUnderTest()
  step(make, put(path, 'a', 9))
  const [before] = view.take().records
  step(drop, make)
  assert.equal(view.record(1, path, 'a'), undefined)
  const [outcome] = step(put(path, 'a'))
  assert.ok(outcome?.kind === 'record' && outcome.before === undefined)
  const writes = view.take()
  assert.deepEqual(writes.dropped, [{ home: 1, cid: before?.row.cid }])
  assert.equal(writes.records[0]?.before, undefined)
  assert.notEqual(writes.records[0]?.row.cid, before?.row.cid)
})

test('what a query found is loaded whole before it is written over', () => {
  const { view, step } = viewUnderTest()
  step(make, { ...put(path, 'a'), body: new Uint8Array(3) })
  const [stored] = view.take().records
  assert.ok(stored)
  const fresh = viewUnderTest({ homes: [{ id: 1, records: 1, bytes: stored.row.size + 64 }] })
  const query = { filters: [], sort: [], limit: 1, deleted: false }
  const found = { kind: 'found', home: 1, path, query } as const
  const collection = view.collection(1, path)
  fresh.view.loadBelow(1, path, [collection!], [])
  fresh.view.loadFound(found, collection, [{ ...stored.row, body: null }], false)
  assert.deepEqual(fresh.view.missing([record('a')]), [record('a')])
  fresh.view.loadRecord(1, path, 'a', stored.row)
  fresh.step(put(path, 'a'))
  assert.equal(fresh.view.record(1, path, 'a')?.body?.byteLength, 3)
})

test('ranges are always read anew, and each look-up sees what was written since', () => {
  const { view, run, step } = viewUnderTest()
  const row = { kind: 'x', name: 'y', home_id: 1, owner: null, until: null }
  const where = { kind: 'x' }
  const need: Need = { kind: 'rows', table: 'name', where }
  assert.deepEqual(view.missing([need, need]), [need, need])
  run(stepRequest({ changes: [], needs: [need, { ...need, where: { home_id: 1 } }] }))
  step({ kind: 'row', table: 'name', put: row })
  assert.deepEqual([view.rows('name', where), view.rows('name', { home_id: 1 })], [[row], [row]])
  step({ kind: 'row', table: 'name', put: { ...row, home_id: 2 } })
  assert.deepEqual(view.rows('name', { home_id: 1 }), [])
  step({ kind: 'row', table: 'name', remove: where })
  assert.deepEqual(view.rows('name', where), [])
})

test('what a plan did not name is refused as a mistake', () => {
  const { view } = viewUnderTest()
  for (const look of [
    () => view.record(1, path, 'a'),
    () => view.collection(1, path),
    () => view.collectionsBelow(1, path),
    () => view.access(1, path),
    () => view.rows('name', { kind: 'x' }),
    () => view.home(2),
    () => view.waiting.queue(1, 'q'),
    () => view.waiting.staged(1, 'B'),
    () => view.homes.spacesOf(2),
  ]) {
    assert.throws(look, /was not named|were not named/)
  }
})
