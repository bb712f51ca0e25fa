import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Background } from './background.ts'
import { createCheckpoints } from './checkpoints.ts'
import type { Connection } from './driver.ts'
import { createWriteToken } from './token.ts'

const mebibyte = 256

/** Checkpoints over a log whose length the test sets, and a thread that finishes when told. */
function under(t: { pages: number; moved: number }) {
  const token = createWriteToken()
  const modes: string[] = []
  const errors: unknown[] = []
  let finish = () => {}
  const background: Background = {
    run(task, around = (act) => act()) {
      return around(
        () =>
          new Promise((resolve) => {
            modes.push(task.kind === 'checkpoint' ? task.mode : task.kind)
            finish = () => resolve(undefined as never)
          }),
      )
    },
    async close() {},
  }
  const statement = { get: () => [0, t.pages, t.moved], all: () => [], run: () => 0 }
  const connection: Connection = { prepare: () => statement, exec() {}, close() {} }
  const checkpoints = createCheckpoints({
    connection,
    background,
    token,
    onError: (error) => errors.push(error),
  })
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  return {
    ...checkpoints,
    token,
    modes,
    async finished() {
      finish()
      await turn()
    },
    turn,
  }
}

test('a log is moved from 16 MiB on, beside those who write', async () => {
  const log = { pages: 16 * mebibyte - 1, moved: 0 }
  const { written, modes, token, turn, finished } = under(log)
  written()
  log.pages++
  written()
  await turn()
  assert.deepEqual(modes, ['PASSIVE'])
  assert.ok(token.tryTake(), 'writers do not wait')
  token.free()
  written()
  assert.equal(modes.length, 1, 'one at a time')
  log.moved = log.pages
  await finished()
  log.pages += 8 * mebibyte
  written()
  assert.equal(modes.length, 1, 'most of it is moved already')
})

test('from 64 MiB on the log begins anew, while nobody writes', async () => {
  const log = { pages: 64 * mebibyte, moved: 63 * mebibyte }
  const { written, modes, token, turn, finished } = under(log)
  written()
  await turn()
  assert.deepEqual(modes, ['RESTART'])
  assert.ok(!token.tryTake(), 'writers wait')
  await finished()
  assert.ok(token.tryTake())
})

test('a checkpoint that readers hinder is tried again after some more pages only', async () => {
  const log = { pages: 64 * mebibyte, moved: 0 }
  const { written, modes, turn, finished } = under(log)
  written()
  await turn()
  await finished()
  log.pages += 1
  written()
  assert.equal(modes.length, 1)
  log.pages += 4 * mebibyte
  written()
  await turn()
  assert.equal(modes.length, 2)
  await finished()
  log.pages = 17 * mebibyte
  written()
  await turn()
  assert.deepEqual(modes, ['RESTART', 'RESTART', 'PASSIVE'])
})
