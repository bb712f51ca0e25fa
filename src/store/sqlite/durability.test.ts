/** No answer and no event leaves before the sync of its group; and the check itself finds a store that does so. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { commitStep } from '../../core/records/index.ts'
import type { Change } from '../../core/records/index.ts'
import { type Driver, nodeDriver } from './driver.ts'
import { type Entry, recordingDriver, sqliteUnderTest } from './harness.ts'

/** The first answer or event that left before what it speaks of was synced; undefined if none did. */
function firstEarly(log: readonly Entry[]): Entry | undefined {
  const isWrite = (sql: string) => /^(INSERT INTO|UPDATE) record\b/.test(sql)
  return log.find((entry, at) => {
    if (entry.what !== 'answered' && entry.what !== 'event') return false
    const of = entry.what === 'answered' ? entry.id : entry.seq
    const write = log.findIndex((one) => one.what === 'ran' && isWrite(one.sql) && one.values.includes(of))
    const written = log[write]
    if (written?.what !== 'ran') return true
    const sync = log.findIndex(
      (one, i) => i > write && one.what === 'synced' && one.connection === written.connection,
    )
    return sync < 0 || sync > at
  })
}

/** Writes through every way there is, and gives what happened. */
async function everyWay(t: TestContext, driver: Driver): Promise<Entry[]> {
  const log: Entry[] = []
  const { store, home, events } = await sqliteUnderTest(t, { driver: recordingDriver(log, driver) })
  const h = await home()
  log.length = 0
  events.push = (...some) => {
    for (const { home: of, seq } of some) log.push({ what: 'event', home: of, seq })
    return 0
  }
  const put = (id: string, data = '{}'): Change => ({ kind: 'put', home: h, path: 'contacts/b', id, data })
  const answered = async (id: string, commit: Promise<unknown>) => {
    await commit
    log.push({ what: 'answered', id })
  }
  const write = (id: string, data?: string) => answered(id, commitStep(store, { changes: [put(id, data)] }))

  await Promise.all(Array.from({ length: 300 }, (_, i) => write(`grouped-${i}`)))
  await write('large', JSON.stringify({ text: 'x'.repeat(17 * 1024 * 1024) }))
  await answered(
    'in-session',
    store.session([h], async (session) => {
      await commitStep(session, { changes: [put('in-session')] })
      await session.list(h, 'contacts/b', { filters: [], sort: [], limit: 1, deleted: false })
    }),
  )
  assert.equal(log.filter(({ what }) => what === 'answered').length, 302)
  assert.ok(log.some(({ what }) => what === 'event'))
  return log
}

test('no answer and no event leaves before the sync of its group', async (t) => {
  assert.equal(firstEarly(await everyWay(t, nodeDriver)), undefined)
})

test('a store whose commits are not synced is found out', async (t) => {
  const unsynced: Driver = {
    open(path, options) {
      const own = nodeDriver.open(path, options)
      return { ...own, exec: (sql) => own.exec(sql.replace('synchronous = FULL', 'synchronous = OFF')) }
    },
  }
  assert.ok(firstEarly(await everyWay(t, unsynced)))
})

test('a store that commits after it has answered is found out', async (t) => {
  const log: Entry[] = []
  let isLate = false
  let commit = () => {}
  const late: Driver = {
    open(path, options) {
      const own = recordingDriver(log).open(path, options)
      const exec = (sql: string) => {
        if (isLate && sql === 'COMMIT') commit = () => own.exec(sql)
        else own.exec(sql)
      }
      return { ...own, exec }
    },
  }
  const { store, home } = await sqliteUnderTest(t, { driver: late })
  const h = await home()
  isLate = true
  await commitStep(store, { changes: [{ kind: 'put', home: h, path: 'contacts/b', id: 'a' }] })
  log.push({ what: 'answered', id: 'a' })
  commit()
  assert.deepEqual(firstEarly(log), { what: 'answered', id: 'a' })
})
