import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Change } from '../core/records/index.ts'
import type { Row, Store } from '../core/ports.ts'
import { commitStep } from '../core/records/index.ts'
import { storeInMemory } from '../core/permissions/store-in-memory.ts'
import { liveRing, nextKeyFile, seal, sealGeneration, unsealText } from '../lib/sealed.ts'
import { createResealing } from './reseal.ts'
import { mailContext } from '../core/accounts/index.ts'
import { providerContext, sealedColumns } from './sealed-columns.ts'

const first = nextKeyFile()
const second = nextKeyFile(first)

/** A store with mails and providers sealed under the first key, and the ring of the second. */
async function scene({ mails = 3, providers = 2 } = {}) {
  const store = storeInMemory({ now: () => 1 })
  const keys = liveRing(first)
  const put = (rows: readonly Change[]) => commitStep(store, { changes: rows })
  const mail = (id: string, sealed: string): Change => ({
    kind: 'row',
    table: 'outgoing_mail',
    put: { mail_id: id, account_id: null, due: 1, attempts: 0, created: 1, sealed },
  })
  const setting = (name: string, value: string): Change => ({
    kind: 'row',
    table: 'setting',
    put: { name, value, modified: 1, by_account: null },
  })
  await put([
    ...Array.from({ length: mails }, (_, i) => mail(`m${i}`, seal(keys, mailContext(`m${i}`), `mail ${i}`))),
    ...Array.from({ length: providers }, (_, i) => {
      const name = `provider:p${i}`
      const secret = seal(keys, providerContext(name), `secret ${i}`)
      return setting(name, JSON.stringify({ title: 'P', secret, scopes: ['email'] }))
    }),
    setting('provider:open', JSON.stringify({ title: 'Without a secret', secret: null })),
    setting('registration', JSON.stringify({ secret: 'not sealed: no provider' })),
  ])
  keys.replace(second)
  const errors: unknown[] = []
  const resealing = (over: Partial<Store> = {}) =>
    createResealing({
      store: { ...store, ...over },
      keys,
      columns: sealedColumns,
      onError: (error) => void errors.push(error),
    })
  const mailRows = () => store.rows('outgoing_mail', {})
  return { store, keys, put, mail, setting, errors, resealing, mailRows }
}

const text = (row: Row | undefined, column: string) => String(row?.[column])

test('a pass seals everything under the current key, and leaves what is beside it', async () => {
  const { store, keys, resealing, mailRows } = await scene()
  assert.deepEqual(await resealing().count(), { resealed: 0, waiting: 5, broken: 0 })
  assert.deepEqual(await resealing().run(), { resealed: 5, waiting: 0, broken: 0 })
  for (const [i, row] of (await mailRows()).entries()) {
    assert.equal(sealGeneration(text(row, 'sealed')), 2)
    assert.equal(unsealText(keys, mailContext(`m${i}`), text(row, 'sealed')), `mail ${i}`)
  }
  const [provider] = await store.rows('setting', { name: 'provider:p1' })
  const value = JSON.parse(text(provider, 'value')) as { secret: string; scopes: string[] }
  assert.equal(sealGeneration(value.secret), 2)
  assert.equal(unsealText(keys, providerContext('provider:p1'), value.secret), 'secret 1')
  assert.deepEqual(value.scopes, ['email'])
  const [other] = await store.rows('setting', { name: 'registration' })
  assert.equal(text(other, 'value'), '{"secret":"not sealed: no provider"}')
  assert.deepEqual(await resealing().run(), { resealed: 0, waiting: 0, broken: 0 })
})

test('more values than are read in one go are all found', async () => {
  const { resealing } = await scene({ mails: 450, providers: 0 })
  assert.equal((await resealing().run()).resealed, 450)
})

test('a pass that was cut off is finished by the next', async () => {
  const { store, resealing } = await scene({ mails: 120, providers: 0 })
  let left = 1
  const failing = resealing({
    commit: (request) => (left-- > 0 ? store.commit(request) : Promise.reject(new Error('killed'))),
  })
  await assert.rejects(failing.run(), /killed/)
  assert.deepEqual(await resealing().count(), { resealed: 0, waiting: 70, broken: 0 })
  assert.deepEqual(await resealing().run(), { resealed: 70, waiting: 0, broken: 0 })
})

test('a row that somebody changes or removes meanwhile keeps what they made of it', async () => {
  const { store, keys, put, mail, resealing, mailRows } = await scene({ mails: 2, providers: 0 })
  const newer = seal(keys, mailContext('m0'), 'written meanwhile')
  let met = false
  const report = await resealing({
    async commit(request) {
      if (!met) {
        met = true
        await put([mail('m0', newer), { kind: 'row', table: 'outgoing_mail', remove: { mail_id: 'm1' } }])
      }
      return store.commit(request)
    },
  }).run()
  assert.deepEqual(report, { resealed: 0, waiting: 2, broken: 0 })
  assert.deepEqual(
    (await mailRows()).map((row) => row['sealed']),
    [newer],
  )
})

test('a value that no key opens is counted, stays as it is, and holds up no other', async () => {
  const { keys, put, mail, setting, resealing, mailRows } = await scene({ mails: 0, providers: 0 })
  const foreign = seal(liveRing(nextKeyFile()), mailContext('a'), 'x')
  await put([
    mail('a', foreign),
    mail('b', 'not sealed at all'),
    mail('c', seal(keys, mailContext('c'), 'x').replace('2.', '7.')),
    mail('d', seal(liveRing(first), mailContext('d'), 'fine')),
    setting('provider:broken', 'no JSON'),
  ])
  assert.deepEqual(await resealing().run(), { resealed: 1, waiting: 0, broken: 3 })
  assert.equal((await mailRows())[0]?.['sealed'], foreign)
})

test('passes beside the requests: one at a time, another behind it if it was asked for, none after the end', async () => {
  const { store, errors, resealing } = await scene({ mails: 3, providers: 0 })
  let reads = 0
  const one = resealing({
    rows: (...asked) => {
      reads++
      return store.rows(...asked)
    },
  })
  one.begin()
  one.begin()
  one.begin()
  await one.stop()
  one.begin()
  const after = reads
  await one.stop()
  assert.equal(reads, after)
  const fresh = resealing()
  fresh.start()
  while ((await resealing().count()).waiting > 0);
  await fresh.stop()
  assert.deepEqual(errors, [])
})

test('what fails beside the requests is told, and the next pass goes on', async () => {
  const { store, errors, resealing } = await scene({ mails: 2, providers: 0 })
  let fails = true
  const one = resealing({
    commit: (request) => (fails ? Promise.reject(new Error('the disk is full')) : store.commit(request)),
  })
  one.begin()
  while (errors.length === 0) await new Promise((resolve) => setImmediate(resolve))
  fails = false
  one.begin()
  while ((await resealing().count()).waiting > 0);
  await one.stop()
  assert.equal(errors.length, 1)
})
