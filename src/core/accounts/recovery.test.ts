import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MailError } from '../ports.ts'
import { accountsWithMail, only, type Taken } from './mail-in-memory.ts'
import { readyLasts } from './recovery.ts'
import type { Account } from './types.ts'

const hour = 3_600_000
const wait = 48 * hour

type Scene = Awaited<ReturnType<typeof accountsWithMail>>

/** Asks by mail and follows the first link. */
async function begun({ accounts, letters, here }: Scene, address = 'ada@example.org') {
  await accounts.askRecovery(address, 'en')
  const { token } = only(await letters(), 'recovery-asked')
  const recovery = await accounts.beginRecovery(token, here)
  return { recovery, token, mails: await letters() }
}

/** A new page password, as the pages set one. */
const begin = (account: Account, version: number) => ({
  changes: [
    {
      kind: 'row' as const,
      table: 'credential' as const,
      put: {
        credential_id: `${account.id} page`,
        account_id: account.id,
        kind: 'page',
        data: '{"new":true}',
        version,
        created: 1,
        last_used: null,
      },
    },
  ],
})

const finishOf = (mails: readonly Taken[]) =>
  mails.map(({ letter }) => (letter.kind === 'recovery-ready' ? letter.finish : null)).find((one) => one) ??
  ''

test('a recovery by mail waits, and every address is told', async () => {
  const scene = await accountsWithMail()
  const { accounts, here, time, person } = scene
  const ada = await person('ada', 'ada@example.org', 'second@example.org')
  const { recovery, token, mails } = await begun(scene)
  assert.equal(recovery.due, time.now + wait)
  assert.deepEqual(mails.map(({ to }) => to).toSorted(), ['ada@example.org', 'second@example.org'])
  assert.deepEqual(await accounts.recoveryOf(ada.id), recovery)
  await assert.rejects(accounts.beginRecovery(token, here), { code: 'link-void' }, 'once')
  await assert.rejects(accounts.finishRecovery(token, { begin, from: here }), { code: 'link-void' })
})

test('whoever has the first link alone cannot finish, and the wait cannot be cut short', async () => {
  const scene = await accountsWithMail()
  const { accounts, letters, time, person } = scene
  const ada = await person('ada', 'ada@example.org', 'second@example.org')
  const { token } = await begun(scene)
  assert.deepEqual(await accounts.lookRecovery(token), {
    login: 'ada',
    state: 'waiting',
    due: time.now + wait,
  })
  time.now += wait - 1
  assert.equal(await accounts.announceReady(500), 0)
  time.now += 1
  assert.equal(await accounts.announceReady(500), 1)
  assert.equal(await accounts.announceReady(500), 0, 'once')
  const mails = await letters()
  const finishing = mails.filter(({ letter }) => letter.kind === 'recovery-ready' && letter.finish !== null)
  assert.deepEqual(
    finishing.map(({ to }) => to),
    ['ada@example.org'],
    'to who asked',
  )
  assert.equal(mails.length, 2)
  assert.equal((await accounts.lookRecovery(token)).state, 'waiting', 'it ends nothing')
  await assert.rejects(accounts.readyRecovery(token), { code: 'link-void' })
  assert.deepEqual(await accounts.lookRecovery(finishOf(mails)), {
    login: 'ada',
    state: 'ready',
    due: time.now,
  })
  assert.equal((await accounts.readyRecovery(finishOf(mails))).account.id, ada.id)
})

test('finishing ends sessions, apps, browsers and every old way in, and leaves the new one', async () => {
  const scene = await accountsWithMail()
  const { accounts, letters, here, time, person, store } = scene
  const ada = await person('ada', 'ada@example.org')
  const old = await accounts.beginSession({ account: ada, method: 'password', fresh: true, ...here })
  const scopes = [{ home: 0, path: 'kinto', bits: 1 }]
  await accounts.createAppPassword(ada.id, { door: 'kinto', label: 'phone', scopes })
  await accounts.setMailSignIn(ada.id, true, here)
  await begun(scene)
  time.now += wait
  await accounts.announceReady(500)
  const finish = finishOf(await letters())
  const recovered = await accounts.finishRecovery(finish, { begin, from: here })
  assert.equal(recovered.id, ada.id)
  assert.equal(await accounts.session(old.token), undefined)
  for (const table of ['session', 'browser', 'app_grant', 'identity', 'recovery'] as const)
    assert.deepEqual(await store.rows(table, { account_id: ada.id }), [], table)
  assert.deepEqual(await store.rows('grant_scope', {}), [])
  const credentials = await store.rows('credential', { account_id: ada.id })
  assert.deepEqual(
    credentials.map((row) => [row['kind'], row['data']]),
    [['page', '{"new":true}']],
  )
  assert.deepEqual(
    (await accounts.addresses(ada.id)).map(({ address }) => address),
    ['ada@example.org'],
  )
  await assert.rejects(accounts.finishRecovery(finish, { begin, from: here }), { code: 'link-void' }, 'once')
  assert.equal(only(await letters(), 'notice').act, 'recovered')
  const acts = (await accounts.logOf(ada.id, { limit: 3 })).map(({ act }) => act)
  assert.deepEqual(acts.toSorted(), ['recovered', 'recovery-begun', 'recovery-ready'])
})

test('a way in that is refused leaves the recovery as it was', async () => {
  const scene = await accountsWithMail()
  const { accounts, letters, here, time, person, store } = scene
  const ada = await person('ada', 'ada@example.org')
  await begun(scene)
  time.now += wait
  await accounts.announceReady(500)
  const finish = finishOf(await letters())
  const refused = () => Promise.reject(new Error('no'))
  await assert.rejects(accounts.finishRecovery(finish, { begin: refused, from: here }), /no/)
  assert.equal((await store.rows('recovery', { account_id: ada.id })).length, 1)
  await accounts.finishRecovery(finish, { begin, from: here })
})

test('it can be stopped by the link of any mail, by a session, and by nobody twice', async () => {
  for (const stopper of ['waiting mail', 'ready mail', 'session', 'administrator'] as const) {
    const scene = await accountsWithMail()
    const { accounts, letters, here, time, person, owner } = scene
    const ada = await person('ada', 'ada@example.org', 'second@example.org')
    const { mails, token } = await begun(scene)
    time.now += wait
    await accounts.announceReady(500)
    const ready = await letters()
    const stopIn = (found: readonly Taken[]) => {
      const { letter } = found.find(({ to }) => to === 'second@example.org')!
      return 'stop' in letter ? letter.stop : ''
    }
    if (stopper === 'session') await accounts.stopRecovery(ada.id, ada, here)
    else if (stopper === 'administrator') await accounts.stopRecovery(ada.id, owner!, here)
    else await accounts.stopRecoveryBy(stopIn(stopper === 'ready mail' ? ready : mails), here)
    assert.equal(await accounts.recoveryOf(ada.id), undefined, stopper)
    await assert.rejects(accounts.lookRecovery(token), { code: 'link-void' })
    await assert.rejects(accounts.finishRecovery(finishOf(ready), { begin, from: here }), {
      code: 'link-void',
    })
    await assert.rejects(accounts.stopRecoveryBy(stopIn(mails), here), { code: 'link-void' })
    await assert.rejects(accounts.stopRecovery(ada.id, ada, here), { code: 'recovery-absent' })
    const told = await letters()
    assert.deepEqual(
      told.map(({ letter }) => letter.kind === 'notice' && letter.act),
      ['recovery-stopped', 'recovery-stopped'],
    )
    assert.equal((await accounts.logOf(ada.id, { limit: 1 }))[0]?.act, 'recovery-stopped')
  }
})

test('while one waits, none is asked for, begun, or moves its end', async () => {
  const scene = await accountsWithMail()
  const { accounts, letters, here, time, person, owner } = scene
  const ada = await person('ada', 'ada@example.org')
  await accounts.askRecovery('ada@example.org', 'en')
  time.now += 3 * 60_000
  await accounts.askRecovery('ada@example.org', 'en')
  const tokens = (await letters()).map(({ letter }) => ('token' in letter ? letter.token : ''))
  assert.equal(tokens.length, 2)
  const { due } = await accounts.beginRecovery(tokens[0]!, here)
  time.now += hour
  await assert.rejects(accounts.beginRecovery(tokens[1]!, here), { code: 'link-void' })
  await assert.rejects(accounts.startRecovery(owner!, ada.id), { code: 'recovery-waits', details: { due } })
  await accounts.askRecovery('ada@example.org', 'en')
  assert.equal((await accounts.recoveryOf(ada.id))?.due, due)
  await letters()
  time.now = due + readyLasts
  assert.equal(await accounts.recoveryOf(ada.id), undefined, 'one that nobody finished keeps nobody out')
  await begun(scene)
})

test('asking for many recoveries mails an address once in three minutes, ten times a day', async () => {
  const { accounts, letters, time, person } = await accountsWithMail()
  await person('ada', 'ada@example.org')
  await Promise.allSettled(Array.from({ length: 20 }, () => accounts.askRecovery('ada@example.org', 'en')))
  assert.equal((await letters()).length, 1)
  for (let i = 0; i < 30; i++) {
    time.now += 3 * 60_000
    await accounts.askRecovery('ADA@example.org', 'en')
  }
  assert.equal((await letters()).length, 9)
  await accounts.askRecovery('nobody@example.org', 'en')
  assert.equal((await letters()).length, 0)
})

test('an administrator begins one that waits too, for people below; the operator for all, at once if she says so', async () => {
  const scene = await accountsWithMail()
  const { accounts, letters, time, person, owner, here } = scene
  const ada = await person('ada', 'ada@example.org')
  const eve = await person('eve')
  await assert.rejects(accounts.startRecovery(eve, ada.id), { code: 'forbidden' })
  await assert.rejects(accounts.startRecovery(owner!, owner!.id), { code: 'owner-stays' })
  const { token, recovery } = await accounts.startRecovery(owner!, ada.id, { wait: false, from: here })
  assert.equal(recovery.due, time.now + wait, 'an administrator cannot leave it out')
  assert.deepEqual(await accounts.lookRecovery(token), { login: 'ada', state: 'waiting', due: recovery.due })
  assert.equal(only(await letters(), 'recovery-waits').via, 'administrator')
  await assert.rejects(accounts.finishRecovery(token, { begin, from: here }), { code: 'recovery-early' })
  time.now += wait
  await accounts.announceReady(500)
  await accounts.announceReady(500)
  assert.equal(only(await letters(), 'recovery-ready').finish, null)
  await accounts.finishRecovery(token, { begin, from: here })
  const server = await accounts.serverLog({ limit: 10 })
  assert.deepEqual(
    server.map(({ act, actor }) => [act, actor]),
    [['recovery-begun', owner!.id]],
  )
  const own = await accounts.startRecovery(null, owner!.id, { wait: false })
  assert.equal(own.recovery.via, 'operator')
  await accounts.finishRecovery(own.token, { begin, from: here })
})

test('a suspended account is not recovered, and an address that was removed recovers nothing', async () => {
  const scene = await accountsWithMail()
  const { accounts, letters, person, owner, here, time } = scene
  const ada = await person('ada', 'ada@example.org')
  await accounts.askRecovery('ada@example.org', 'en')
  const { token } = only(await letters(), 'recovery-asked')
  await accounts.suspend(owner!, ada.id, true)
  await assert.rejects(accounts.beginRecovery(token, here), { code: 'link-void' })
  await assert.rejects(accounts.startRecovery(owner!, ada.id), { code: 'forbidden' })
  await accounts.suspend(owner!, ada.id, false)
  const [address] = await accounts.addresses(ada.id)
  await accounts.removeAddress(ada.id, address!.id, here)
  await assert.rejects(accounts.beginRecovery(token, here), { code: 'link-void' })
  time.now += hour
  await letters()
  await accounts.askRecovery('ada@example.org', 'en')
  assert.deepEqual(await letters(), [])
})

test('the mail that ends the wait is not lost while the mail server is away', async () => {
  const scene = await accountsWithMail()
  const { accounts, letters, person, time, refuse } = scene
  await person('ada', 'ada@example.org')
  await begun(scene)
  time.now += wait
  refuse(new MailError('unavailable', 'CONN'))
  await accounts.announceReady(500)
  assert.deepEqual(await letters(), [])
  refuse(undefined)
  time.now += hour
  assert.ok(finishOf(await letters()))
})

test('no token of a recovery is stored', async () => {
  const scene = await accountsWithMail()
  const { accounts, letters, person, time, store } = scene
  const ada = await person('ada', 'ada@example.org')
  const { token, mails } = await begun(scene)
  time.now += wait
  await accounts.announceReady(500)
  const secrets = [token, only(mails, 'recovery-waits').stop, finishOf(await letters())]
  assert.ok(secrets.every((one) => one.length >= 43))
  const tables = ['token', 'recovery', 'outgoing_mail', 'log_entry', 'account'] as const
  const all = JSON.stringify(await Promise.all(tables.map((table) => store.rows(table, {}))))
  assert.ok(all.includes(ada.id))
  for (const one of secrets) assert.ok(!all.includes(one))
})
