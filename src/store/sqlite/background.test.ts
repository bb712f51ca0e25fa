import assert from 'node:assert/strict'
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createPlanner } from '../../core/records/index.ts'
import type { Change } from '../../core/records/index.ts'
import { testClock } from '../conformance/harness.ts'
import { createBackground } from './background.ts'
import { sqliteUnderTest, testFolder } from './harness.ts'
import { createSqliteStore } from './index.ts'

const path = 'contacts/b'
const put = (home: number, id: string): Change => ({ kind: 'put', home, path, id })

test('a running store is copied to a file that opens as a store', async (t) => {
  const { store, home, step, path: file } = await sqliteUnderTest(t)
  const h = await home()
  await step(...Array.from({ length: 100 }, (_, i) => put(h, `r${i}`)))
  const copy = `${file}.copy`
  writeFileSync(copy, 'what was there before')
  const copied = store.backup(copy)
  await step(put(h, 'later'))
  await copied
  assert.equal(statSync(copy).mode & 0o777, 0o600)
  const bus = { publish() {}, listen: () => () => {}, listenAll: () => () => {}, async close() {} }
  const other = await createSqliteStore({ path: copy, planner: createPlanner(), bus, clock: testClock() })
  t.after(() => other.close())
  const { collection } = await other.collection(h, path)
  assert.ok(collection && collection.records >= 100)
  const { records } = await other.list(h, path, { filters: [], sort: [], limit: 1_000, deleted: false })
  assert.equal(records.length, collection.records)
})

test('a copy that can not be written says so', async (t) => {
  const { store, path: file } = await sqliteUnderTest(t)
  await assert.rejects(store.backup(join(file, 'nowhere')), { code: 'store-failed' })
  assert.equal(await store.health(), true)
})

test('tasks are done one after the other, each inside of what is around it', async (t) => {
  const file = join(testFolder(t), 'db')
  const background = createBackground(file)
  t.after(() => background.close())
  const order: string[] = []
  const task = (name: string) =>
    background.run({ kind: 'checkpoint', mode: 'PASSIVE' }, async (perform) => {
      order.push(`${name} begins`)
      const answer = await perform()
      order.push(`${name} ends`)
      return answer
    })
  await Promise.all([task('a'), task('b')])
  assert.deepEqual(order, ['a begins', 'a ends', 'b begins', 'b ends'])
})

test('what a task meets with is told by its code, and the next one is done', async (t) => {
  const file = join(testFolder(t), 'db')
  const background = createBackground(file)
  t.after(() => background.close())
  const sweep = { kind: 'sweep', what: 'expired', now: 1, shownAge: 1 } as const
  await assert.rejects(background.run(sweep), { code: 'store-failed', message: /no such table/ })
  assert.deepEqual(await background.run({ kind: 'checkpoint', mode: 'RESTART' }), [0, 0, 0])
  await background.close()
  await assert.rejects(background.run(sweep), { code: 'store-closed' })
})
