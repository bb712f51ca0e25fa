import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { commitStep } from '../records/index.ts'
import { accountsInMemory } from './accounts-in-memory.ts'
import { freshLasts, isFresh, maxSessions, sessionIdle, sessionLasts } from './sessions.ts'

async function setup() {
  const all = await accountsInMemory()
  const alice = await all.accounts.create({ login: 'alice' })
  const place = { address: '192.0.2.0/24', agent: 'Firefox · Linux' }
  const begin = async (browser?: string, fresh = true) => {
    const account = (await all.accounts.byId(alice.id))!
    const mark = browser === undefined ? {} : { browser }
    return all.accounts.beginSession({ account, method: 'password', fresh, ...place, ...mark })
  }
  return { ...all, alice, begin }
}

test('a session is found by its cookie alone, which is stored nowhere', async () => {
  const { accounts, store, alice, begin } = await setup()
  const { token, browser, session } = await begin()
  const found = await accounts.session(token)
  assert.equal(found?.account.id, alice.id)
  assert.equal(found?.session.id, session.id)
  assert.equal(await accounts.session(session.id), undefined)
  assert.equal(await accounts.session(`${token}x`), undefined)
  const rows = JSON.stringify([await store.rows('session', {}), await store.rows('browser', {})])
  for (const secret of [token, browser]) assert.equal(rows.includes(secret), false)
})

test('a session ends when it was not used for long, and after its time in any case', async () => {
  const { accounts, time, begin } = await setup()
  const { token } = await begin()
  const end = time.now + sessionLasts
  while (time.now + sessionIdle - 1 < end) {
    time.now += sessionIdle - 1
    assert.ok(await accounts.session(token))
    await turn()
    await turn()
  }
  time.now = end
  assert.equal(await accounts.session(token), undefined)
  const { token: second } = await begin()
  time.now += sessionIdle
  assert.equal(await accounts.session(second), undefined)
})

test('a fresh proof lasts ten minutes, and renewing it changes the cookie', async () => {
  const { accounts, time, begin } = await setup()
  const { token, session } = await begin()
  assert.ok(isFresh(session, time.now))
  time.now += freshLasts
  assert.equal(isFresh((await accounts.session(token))!.session, time.now), false)
  const next = await accounts.freshen(session)
  assert.equal(await accounts.session(token), undefined)
  const { session: renewed } = (await accounts.session(next))!
  assert.equal(renewed.id, session.id)
  assert.ok(isFresh(renewed, time.now))
  const { session: never } = await begin(undefined, false)
  assert.equal(isFresh(never, time.now), false)
})

test('she ends one session, the others, or all; nobody ends another person’s', async () => {
  const { accounts, begin } = await setup()
  const made = await Promise.all([1, 2, 3, 4].map(async () => (await begin()).session))
  const [first, second] = made
  const { id, account } = first!
  await assert.rejects(accounts.endSession('somebody', id), { code: 'session-absent' })
  await accounts.endSession(account, id)
  assert.equal((await accounts.sessions(account)).length, 3)
  assert.equal(await accounts.endSessions(account, second!.id), 2)
  assert.deepEqual(
    (await accounts.sessions(account)).map((one) => one.id),
    [second!.id],
  )
  await accounts.endSessions(account)
  assert.deepEqual(await accounts.sessions(account), [])
  const log = await accounts.logOf(account, { limit: 3 })
  assert.deepEqual(
    log.map(({ act, details }) => [act, details]),
    [
      ['sessions-ended', { count: 1 }],
      ['sessions-ended', { count: 2 }],
      ['session-ended', { agent: 'Firefox · Linux' }],
    ],
  )
})

test('an ended session is not brought back by its own last use', async () => {
  const { accounts, store, time, alice, begin } = await setup()
  const { token, session } = await begin()
  time.now += 3_600_000
  const used = accounts.session(token)
  await accounts.endSession(alice.id, session.id)
  await used
  await turn()
  await turn()
  assert.deepEqual(await store.rows('session', { account_id: alice.id }), [])
  await assert.rejects(accounts.freshen(session), { code: 'session-absent' })
})

test('a browser is known to the accounts that signed in with it, and to no other', async () => {
  const { accounts, alice, begin } = await setup()
  const { browser } = await begin()
  const bob = await accounts.create({ login: 'bob' })
  assert.equal(await accounts.knowsBrowser(alice.id, browser), true)
  assert.equal(await accounts.knowsBrowser(bob.id, browser), false)
  assert.equal(await accounts.knowsBrowser(alice.id, 'another'), false)
  assert.equal(await accounts.knowsBrowser(alice.id, undefined), false)
  assert.equal((await begin(browser)).browser, browser)
})

test('sessions and browsers of one account are bounded: the longest unused make room', async () => {
  const { accounts, store, time, alice, begin } = await setup()
  const { token: oldest, browser } = await begin()
  for (const [table, most] of [
    ['session', maxSessions],
    ['browser', 50],
  ] as const) {
    const [row] = await store.rows(table, { account_id: alice.id })
    const changes = Array.from({ length: most - 1 }, (_, i) => ({
      kind: 'row' as const,
      table,
      put: {
        ...row,
        ...(table === 'session' ? { session_id: `s${i}` } : {}),
        hash: `h${i}`,
        seen: time.now + i + 1,
      },
    }))
    await commitStep(store, { changes })
  }
  time.now += 10_000
  await begin()
  assert.equal((await store.rows('session', { account_id: alice.id })).length, maxSessions)
  assert.equal((await store.rows('browser', { account_id: alice.id })).length, 50)
  assert.equal(await accounts.session(oldest), undefined)
  assert.equal(await accounts.knowsBrowser(alice.id, browser), false)
})

test('who was suspended meanwhile does not get a session', async () => {
  const { accounts, owner, alice } = await setup()
  await accounts.suspend(owner!, alice.id, true)
  const wanted = { account: alice, method: 'password', fresh: true, address: '', agent: '' } as const
  await assert.rejects(accounts.beginSession(wanted), { code: 'account-changed' })
})
