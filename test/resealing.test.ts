/** Several processes seal the same values anew at one time on PostgreSQL, while others are written. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createLocalBus } from '../src/bus/local.ts'
import { mailContext } from '../src/core/accounts/index.ts'
import { type Change, commitStep, createPlanner } from '../src/core/records/index.ts'
import { createResealing } from '../src/identity/reseal.ts'
import { sealedColumns } from '../src/identity/sealed-columns.ts'
import { liveRing, nextKeyFile, seal, sealGeneration, unsealText } from '../src/lib/sealed.ts'
import { createPostgresStore } from '../src/store/postgres/index.ts'
import { freshDatabase } from './support/postgres.ts'

const mails = 300

test('values that several processes seal anew, and others change, are each of somebody’s last making', async (t) => {
  const url = await freshDatabase()
  const saveTo = mkdtempSync(join(tmpdir(), 'essaim-resealing-'))
  t.after(() => rmSync(saveTo, { recursive: true, force: true }))
  const onError = (error: unknown) => assert.fail(String(error))
  const open = async () => {
    const bus = createLocalBus({ onError })
    const planner = createPlanner({ collections: 100, spaces: 100 })
    const clock = { now: () => Date.now() }
    const store = await createPostgresStore({ url, planner, saveTo, bus, clock })
    t.after(async () => {
      await store.close()
      await bus.close()
    })
    return store
  }
  const stores = [await open(), await open(), await open()] as const
  const first = nextKeyFile()
  const keys = liveRing(first)
  const put = (i: number, words: string): Change => ({
    kind: 'row',
    table: 'outgoing_mail',
    put: {
      mail_id: `mail${i}`,
      account_id: null,
      due: 1,
      attempts: 0,
      created: 1,
      sealed: seal(keys, mailContext(`mail${i}`), words),
    },
  })
  await commitStep(stores[0], { changes: Array.from({ length: mails }, (_, i) => put(i, 'old')) })
  keys.replace(nextKeyFile(first))

  const passes = stores
    .slice(0, 2)
    .map((store) => createResealing({ store, keys, columns: sealedColumns, onError }).run())
  const changed = Array.from({ length: mails / 10 }, (_, i) => i * 10)
  const removed = changed.map((i) => i + 1)
  for (const i of changed)
    await commitStep(stores[2], {
      changes: [put(i, 'new'), { kind: 'row', table: 'outgoing_mail', remove: { mail_id: `mail${i + 1}` } }],
    })
  const reports = await Promise.all(passes)
  assert.deepEqual(
    reports.map(({ broken }) => broken),
    [0, 0],
  )
  await createResealing({ store: stores[0], keys, columns: sealedColumns, onError }).run()

  const rows = await stores[2].rows('outgoing_mail', {})
  assert.equal(rows.length, mails - removed.length)
  for (const { mail_id: id, sealed } of rows) {
    const number = Number(String(id).slice(4))
    assert.equal(sealGeneration(String(sealed)), 2)
    const words = unsealText(keys, mailContext(String(id)), String(sealed))
    assert.equal(words, changed.includes(number) ? 'new' : 'old', String(id))
  }
})
