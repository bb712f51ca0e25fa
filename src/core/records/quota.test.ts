import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Change } from './changes.ts'
import { homeRow, nobody, put, viewUnderTest } from './harness.ts'
import { stepRequest } from './steps.ts'

const path = 'contacts/b'
const quota = { code: 'quota-bytes' }

test('a step is judged by what all of its changes leave', () => {
  const { step, home } = viewUnderTest({ homes: [{ id: 1, maxBytes: 200 }] })
  step(put(path, 'a', 100))
  assert.throws(() => step(put(path, 'b', 20)), quota)
  step(put(path, 'b', 20), { kind: 'delete', home: 1, path, id: 'a' })
  assert.equal(home().bytes, 84)
})

test('homes that only computed changes write to have quotas as well', () => {
  const { run, home } = viewUnderTest({ homes: [{ id: 1 }, { id: 2, maxBytes: 100 }] })
  const other: Change = {
    kind: 'compute',
    home: 1,
    path,
    id: 'a',
    compute: () => [put(path, 'b', 50, 2)],
  }
  const request = stepRequest({
    changes: [other],
    needs: [{ kind: 'record', home: 2, path, id: 'b' }],
  })
  assert.throws(() => run(request), quota)
  assert.equal(home(2).bytes, 0)
})

test('what one transaction adds to homes of one payer is counted together', () => {
  const { view, step } = viewUnderTest({
    homes: [
      { id: 1, maxBytes: 1_000, bytes: 200 },
      { id: 2, kind: 'space', payer: 1, bytes: 100 },
      { id: 3, kind: 'space', payer: 1, bytes: 100 },
    ],
    // As the home that is loaded last has it: 300 bytes beside its own.
    payers: { 1: { others: 300, maxBytes: 1_000, spaces: 2 } },
  })
  assert.equal(view.homes.charged(1).bytes, 400)
  step(put(path, 'a', 136, 2))
  assert.equal(view.homes.charged(3).bytes, 600)
  step(put(path, 'a', 136, 3), put(path, 'a', 36, 1))
  assert.throws(() => step(put(path, 'b', 37, 2)), quota)
  step(put(path, 'b', 36, 2))
  assert.equal(view.homes.charged(1).bytes, 1_000)
  assert.throws(() => step(put(path, 'b', 2, 1)), quota)
  step({ kind: 'delete', home: 2, path, id: 'a' })
  step(put(path, 'b', 2, 1))
})

test('what was stored meanwhile is in totals that are loaded later, and not counted twice', () => {
  const { view, step } = viewUnderTest({
    homes: [{ id: 1, maxBytes: 1_000 }],
    payers: { 1: { ...nobody, maxBytes: 1_000 } },
  })
  step(put(path, 'a', 136))
  view.take()
  const space = homeRow({ id: 2, kind: 'space', payer: 1 })
  view.loadHome(2, space, { others: 200, maxBytes: 1_000, spaces: 1 })
  assert.equal(view.homes.charged(2).bytes, 200)
  step(put(path, 'b', 36))
  assert.equal(view.homes.charged(2).bytes, 300)
})

test('a limit that was just set is the one that counts', () => {
  const { step } = viewUnderTest({ homes: [{ id: 1, maxBytes: 100 }] })
  step({ kind: 'alter-home', home: 1, set: { maxBytes: 500 } }, put(path, 'a', 136))
  step({ kind: 'alter-home', home: 1, set: { maxBytes: null } }, put(path, 'b', 1_000))
})

test('a space that gets another payer is charged to that one from then on', () => {
  const { view, step, steps } = viewUnderTest({
    homes: [
      { id: 1, maxBytes: 1_000 },
      { id: 2, kind: 'space', payer: 1, bytes: 300 },
      { id: 3, maxBytes: 500, bytes: 100 },
    ],
    payers: { 1: { ...nobody, maxBytes: 1_000 }, 3: { others: 100, maxBytes: 500, spaces: 0 } },
  })
  step({ kind: 'alter-home', home: 2, set: { payer: 3 } })
  assert.deepEqual(view.homes.charged(2), { bytes: 400, maxBytes: 500 })
  assert.equal(view.homes.spacesOf(3), 1)
  assert.throws(() => step(put(path, 'a', 100, 2)), quota)
  assert.throws(() => steps({ changes: [put(path, 'a', 100, 3)] }), quota)
  step(put(path, 'a', 936, 1))
})

test('spaces of one payer are counted together, also those that one transaction makes', () => {
  const { step } = viewUnderTest({
    limits: { collections: 9, spaces: 3 },
    payers: { 1: { ...nobody, spaces: 1 } },
  })
  const space = (home: number, payer: number | null = 1): Change => ({
    kind: 'create-home',
    home,
    input: { kind: 'space', owner: null, payer },
  })
  step(space(2))
  assert.throws(() => step(space(3), { ...put(path, 'a'), modified: 9e15 }), { code: 'time-ahead' })
  step(space(3))
  assert.throws(() => step(space(4)), { code: 'quota-spaces' })
  step({ kind: 'alter-home', home: 3, set: { state: 'ended' } })
  step(space(4))
  step(space(5, null))
})
