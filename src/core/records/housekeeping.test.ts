import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type BlobEntry,
  blobGrace,
  type Blobs,
  type BlobRow,
  type Store,
  type SweepReport,
} from '../ports.ts'
import { homeRow, start } from './harness.ts'
import { createHousekeeping } from './housekeeping.ts'

const hash = (at: number) => at.toString(16).padStart(64, '0')
const nothing: SweepReport = {
  expired: 0,
  dropped: 0,
  tombstones: 0,
  queue: 0,
  staged: 0,
  homes: 0,
  indexed: 0,
  more: false,
}

/** Files and rows of blobs in memory; `named` are those that a record refers to. */
function parts(options: {
  homes?: number[]
  files?: Record<number, BlobEntry[]>
  rows?: BlobRow[]
  named?: string[]
  sweep?: () => Promise<SweepReport>
}) {
  const { homes = [1], files = {}, rows = [], named = [], sweep = async () => nothing } = options
  const done: string[] = []
  const left = new Set(rows)
  const store: Pick<Store, 'sweep' | 'zeroBlobs' | 'forgetBlob' | 'home' | 'blob'> = {
    sweep,
    zeroBlobs: async (before, limit) =>
      [...left].filter((row) => row.zeroSince !== null && row.zeroSince < before).slice(0, limit),
    async forgetBlob(home, of) {
      if (named.includes(of)) return false
      done.push(`row ${Number.parseInt(of, 16)}`)
      return [...left].some((row) => row.home === home && row.hash === of && left.delete(row))
    },
    home: async (id) => (homes.includes(id) ? homeRow({ id }) : undefined),
    blob: async (_, of) => [...left].find((row) => row.hash === of),
  }
  const blobs: Pick<Blobs, 'homes' | 'list' | 'remove' | 'removeHome'> = {
    async *homes() {
      yield* Object.keys(files).map(Number)
    },
    async *list(home) {
      yield* files[home] ?? []
    },
    async remove(_, of, before) {
      assert.equal(before, start - blobGrace)
      done.push(`file ${Number.parseInt(of, 16)}`)
      return true
    },
    async removeHome(home) {
      done.push(`home ${home}`)
    },
  }
  const errors: unknown[] = []
  const housekeeping = createHousekeeping({
    store: store as Store,
    blobs: blobs as Blobs,
    clock: { now: () => start },
    onError: (error) => errors.push(error),
  })
  return { housekeeping, done, errors }
}

const old = start - blobGrace - 1
const row = (at: number, zeroSince: number | null): BlobRow => ({
  home: 1,
  hash: hash(at),
  size: 9,
  refs: zeroSince === null ? 1 : 0,
  zeroSince,
})
const file = (at: number, modified: number): BlobEntry => ({ hash: hash(at), size: 9, modified })

test('a pass over rows goes on until nothing is left to do', async () => {
  let rounds = 0
  const { housekeeping } = parts({ sweep: async () => ({ ...nothing, more: ++rounds < 4 }) })
  await housekeeping.sweepRows()
  assert.equal(rounds, 4)
})

test('blobs that nothing names go after their time: the row first, then the file', async () => {
  const { housekeeping, done } = parts({
    rows: [row(1, old), row(2, start - 5), row(3, null)],
    files: { 1: [file(1, old), file(2, old), file(3, old), file(4, old), file(5, start - 5)] },
  })
  await housekeeping.sweepBlobs()
  assert.deepEqual(done, ['row 1', 'file 1', 'file 4'])
})

test('files of a home that is gone go at once', async () => {
  const { housekeeping, done } = parts({ homes: [1], files: { 1: [], 7: [file(1, start)] } })
  await housekeeping.sweepBlobs()
  assert.deepEqual(done, ['home 7'])
})

test('many rows go in pieces, and rows that are named again do not hold up the pass', async () => {
  const rows = Array.from({ length: 1_200 }, (_, at) => row(at + 1, old))
  const all = parts({ rows })
  await all.housekeeping.sweepBlobs()
  assert.equal(all.done.length, 1_200)
  const again = parts({ rows, named: rows.map((one) => one.hash), files: { 1: [file(9_999, old)] } })
  await again.housekeeping.sweepBlobs()
  assert.deepEqual(again.done, ['file 9999'])
})

test('a failure is told and ends one pass only, and a stop waits for what runs', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  let goOn: (() => void) | undefined
  let rounds = 0
  const { housekeeping, errors } = parts({
    async sweep() {
      if (++rounds === 1) throw new Error('the disk is full')
      await new Promise<void>((resolve) => (goOn = resolve))
      return nothing
    },
  })
  housekeeping.start()
  t.mock.timers.tick(30_000)
  await new Promise((resolve) => setImmediate(resolve))
  assert.match(String(errors[0]), /disk is full/)
  t.mock.timers.tick(30_000)
  t.mock.timers.tick(30_000)
  assert.equal(rounds, 2, 'one pass at a time')
  let isStopped = false
  const stopped = housekeeping.stop().then(() => (isStopped = true))
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(isStopped, false)
  goOn?.()
  await stopped
  t.mock.timers.tick(300_000)
  assert.equal(rounds, 2)
})
