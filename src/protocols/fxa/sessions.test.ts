import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { storeKinds } from '../../../test/support/accounts-on.ts'
import type { Answered } from '../../../test/support/browser-session.ts'
import { android, desktop, fxaUnderTest, keyId, keysJwe, syncScope } from '../../../test/support/fxa-door.ts'
import { keyRing } from '../../lib/sealed.ts'
import { createResealing } from '../../identity/reseal.ts'
import { citizen } from './citizen.ts'
import { derive } from './session-tokens.ts'

for (const kind of storeKinds)
  test(`on ${kind}: a browser that our page lets in`, async (t) => {
    const on = await fxaUnderTest(t, kind)
    const browser = await on.connect('alice', { name: 'Firefox on a laptop' })
    const { sessionToken: session } = browser

    await t.test('has a uid, an address of this server, and a session that is good', async () => {
      assert.match(browser.uid, /^[0-9a-f]{32}$/)
      assert.equal(browser.email, 'alice@essaim.example')
      assert.match(session!, /^[0-9a-f]{64}$/)
      const { status, json } = await on.ask('GET', '/v1/session/status', { session })
      assert.equal(status, 200)
      assert.equal(json.uid, browser.uid)
    })

    await t.test('redeems its code once, for tokens and the keys that only it can open', async () => {
      const first = await on.redeem(browser)
      assert.equal(first.status, 200, first.text)
      const { access_token: access, refresh_token: refresh, ...rest } = first.json
      assert.match(access, /^[0-9a-f]{64}$/)
      assert.match(refresh, /^[0-9a-f]{64}$/)
      assert.deepEqual(rest, {
        keys_jwe: keysJwe,
        scope: `${syncScope} profile`,
        token_type: 'bearer',
        expires_in: 21_600,
        auth_at: browser.authAt,
      })
      const again = await on.redeem(browser)
      assert.deepEqual([again.status, again.json.errno], [400, 172])
      assert.equal((await on.ask('GET', '/profile/v1/profile', { bearer: access })).status, 200)
    })

    await t.test('is in the list of her browsers, and in her log', async () => {
      const [line, ...others] = await on.fxa.pages.browsers(browser.account)
      assert.equal(others.length, 0)
      assert.deepEqual(
        { ...line, id: '', created: 0, lastUsed: 0 },
        {
          id: '',
          client: desktop,
          name: 'Firefox on a laptop',
          type: 'desktop',
          created: 0,
          lastUsed: 0,
          paused: false,
          reachable: false,
          syncs: true,
        },
      )
      const [entry] = await on.accounts.logOf(browser.account.id, { limit: 1 })
      assert.equal(entry?.act, 'browser-added')
      assert.deepEqual(entry?.details, { label: 'Firefox on a laptop', scopes: ['profile', 'sync:rw'] })
    })

    await t.test('is refused at once, by another process too, when it is disconnected', async () => {
      const other = on.again()
      t.after(() => other.fxa.stop())
      assert.equal((await other.ask('GET', '/v1/session/status', { session })).status, 200)
      const [line] = await on.fxa.pages.browsers(browser.account)
      await on.fxa.pages.disconnect(browser.account, line!.id, { address: null, agent: null })
      for (const each of [on, other]) {
        const { status, json } = await each.ask('GET', '/v1/session/status', { session })
        assert.deepEqual([status, json.code, json.errno], [401, 401, 110])
      }
      const tokens = await on.store.rows('token', { account_id: browser.account.id })
      assert.deepEqual(tokens, [])
      const exists = await on.ask('GET', `/v1/account/status?uid=${browser.uid}`)
      assert.deepEqual(exists.json, { exists: true })
    })
    assert.deepEqual(on.errors, [])
  })

test('a browser that signs in again takes the place of itself, and can be reached as before', async (t) => {
  const on = await fxaUnderTest(t)
  const first = await on.connect('alice')
  const { json: device } = await on.ask('POST', '/v1/account/device', {
    session: first.sessionToken,
    body: { name: 'The laptop', type: 'desktop', availableCommands: {} },
  })
  const second = await on.connect('alice', { previous: first.sessionToken })
  assert.equal((await on.ask('GET', '/v1/session/status', { session: first.sessionToken })).status, 401)
  const { json: devices } = await on.ask('GET', '/v1/account/devices', { session: second.sessionToken })
  assert.deepEqual(
    devices.map(({ id, isCurrentDevice }: Answered) => [id, isCurrentDevice]),
    [[device.id, true]],
  )
  const lines = await on.fxa.pages.browsers(first.account)
  assert.deepEqual(
    lines.map(({ name }) => name),
    ['The laptop'],
  )

  await t.test('but not that of a browser of somebody else', async () => {
    const other = await on.connect('bob', { previous: second.sessionToken })
    assert.notEqual(other.uid, second.uid)
    assert.equal((await on.ask('GET', '/v1/session/status', { session: second.sessionToken })).status, 200)
  })
})

test('what a browser says of itself while it signs in again is kept', async (t) => {
  const on = await fxaUnderTest(t)
  const { account, sessionToken: session } = await on.connect('alice')
  const laptop = { name: 'The laptop', type: 'desktop', availableCommands: {} }
  const { json: device } = await on.ask('POST', '/v1/account/device', { session, body: laptop })
  const [{ id: before } = { id: '' }] = await on.fxa.pages.browsers(account)
  let asked = 0
  const browser = { client: desktop, name: null, otherwise: 'Firefox', scopes: ['profile'], before }
  await on.apps.letIn(account.id, browser, async () => {
    if (asked++ === 0) {
      const body = { id: device.id, availableCommands: { 'a-command': 'takes this' } }
      assert.equal((await on.ask('POST', '/v1/account/device', { session, body })).status, 200)
    }
    return {}
  })
  assert.equal(asked, 2)
  const [row] = await on.store.rows('fxa_device', { device_id: device.id })
  assert.match(String(row?.['commands']), /takes this/)
  assert.notEqual(row?.['grant_id'], before)
})

test('a request is refused whose proof is not right', async (t) => {
  const on = await fxaUnderTest(t)
  const { sessionToken: session } = await on.connect()
  const body = { client_id: desktop, grant_type: 'fxa-credentials', scope: 'profile' }
  const errnoOf = async (asked: object, path = '/v1/oauth/token') => {
    const { status, json } = await on.ask('POST', path, { session, body, ...asked })
    return [status, json.errno]
  }
  const now = Math.floor(on.clock.now() / 1_000)

  await t.test('for another body', async () => {
    assert.deepEqual(await errnoOf({ signed: { hash: 'AAAA' } }), [401, 109])
  })
  await t.test('for no body at all, though there is one', async () => {
    assert.deepEqual(await errnoOf({ unhashed: true }), [401, 109])
  })
  await t.test('for another address, method or server', async () => {
    for (const signed of [
      { resource: '/fxa/v1/other' },
      { method: 'GET' },
      { host: 'other.example' },
      { port: 80 },
    ])
      assert.deepEqual(await errnoOf({ signed }), [401, 109], JSON.stringify(signed))
  })
  await t.test('for another time, and it is told which time it is', async () => {
    for (const ts of [now - 301, now + 301]) {
      const { status, json } = await on.ask('POST', '/v1/oauth/token', { session, body, signed: { ts } })
      assert.deepEqual([status, json.errno, json.serverTime], [401, 111, now])
    }
  })
  await t.test('a second time', async () => {
    const signed = { nonce: 'same', ts: now }
    assert.deepEqual(await errnoOf({ signed }), [200, undefined])
    assert.deepEqual(await errnoOf({ signed }), [401, 115])
  })
  await t.test('with a session that nobody was given', async () => {
    assert.deepEqual(await errnoOf({ session: '00'.repeat(32) }, '/v1/session/duplicate'), [401, 110])
  })
  await t.test('with nothing, or something else', async () => {
    for (const authorization of [
      undefined,
      'Basic YTpi',
      'Hawk',
      'Hawk id="',
      'Bearer x',
      'Bearer '.padEnd(9_000, 'a'),
    ]) {
      const headers: Record<string, string> = authorization === undefined ? {} : { authorization }
      const { status, json } = await on.ask('GET', '/v1/session/status', { headers })
      assert.deepEqual([status, json.errno], [401, 110], authorization)
    }
  })
  assert.deepEqual(on.errors, [])
})

test('the id of a session opens it for a telephone, whose program shows nothing else, and not for a computer', async (t) => {
  const on = await fxaUnderTest(t)
  const status = async (client: string) => {
    const { sessionToken } = await on.connect(undefined, { client })
    const authorization = `Bearer fxs_${derive(sessionToken!, 'fxa-session').id}`
    const { status: http, json } = await on.ask('GET', '/v1/session/status', { headers: { authorization } })
    return [http, json.errno]
  }
  assert.deepEqual(await status(android), [200, undefined])
  assert.deepEqual(await status(desktop), [401, 110])
})

test('a paused browser is asked to wait; one whose person is suspended is not let in', async (t) => {
  const on = await fxaUnderTest(t)
  const { sessionToken: session, account } = await on.connect('alice')
  const status = () => on.ask('GET', '/v1/session/status', { session })
  const [line] = await on.fxa.pages.browsers(account)
  await on.accounts.suspendGrant(account.id, line!.id, true)
  const paused = await status()
  assert.deepEqual([paused.status, paused.json.errno, paused.headers['retry-after']], [503, 201, '300'])
  await on.accounts.suspendGrant(account.id, line!.id, false)
  assert.equal((await status()).status, 200)
  await on.accounts.change(account.id, { state: 'suspended' })
  const suspended = await status()
  assert.deepEqual([suspended.status, suspended.json.errno], [401, 110])
  await assert.rejects(on.connect('alice'), { code: 'forbidden' })
})

test('signing out ends what the browser had, and a second session of it only itself', async (t) => {
  const on = await fxaUnderTest(t)
  const browser = await on.connect('alice', { offline: false })
  const { sessionToken: session } = browser
  const { json: second } = await on.ask('POST', '/v1/session/duplicate', { session, body: {} })
  assert.equal(second.uid, browser.uid)
  await on.redeem(browser)
  assert.equal((await on.ask('POST', '/v1/session/destroy', { session, body: {} })).status, 200)
  assert.equal((await on.ask('GET', '/v1/session/status', { session })).status, 401)
  assert.equal((await on.ask('GET', '/v1/session/status', { session: second.sessionToken })).status, 200)
  const last = await on.ask('POST', '/v1/session/destroy?service=sync', { session: second.sessionToken })
  assert.equal(last.status, 200, last.text)
  assert.deepEqual(await on.fxa.pages.browsers(browser.account), [])
  assert.deepEqual(await on.store.rows('token', { account_id: browser.account.id }), [])
  const [entry] = await on.accounts.logOf(browser.account.id, { limit: 1 })
  assert.equal(entry?.act, 'browser-removed')
})

test('what a browser ended itself is in her log, with no more of its address than a person needs', async (t) => {
  const on = await fxaUnderTest(t)
  const { sessionToken: session, account } = await on.connect('alice')
  const headers = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' }
  const { json } = await on.ask('POST', '/v1/account/device', {
    session,
    body: { name: 'A', type: 'desktop' },
  })
  const body = { id: json.id }
  const told = await on.ask('POST', '/v1/account/device/destroy', { session, headers, body })
  assert.equal(told.status, 200, told.text)
  const [entry] = await on.accounts.logOf(account.id, { limit: 1 })
  assert.deepEqual(
    [entry?.act, entry?.address, entry?.agent],
    ['browser-removed', '192.0.2.0/24', 'Firefox · Linux'],
  )
})

test('keys of Sync only follow each other', async (t) => {
  const on = await fxaUnderTest(t)
  await on.connect('alice', { kid: keyId(2_000, 'b') })
  await on.connect('alice', { kid: keyId(2_000, 'b') })
  await assert.rejects(on.connect('alice', { kid: keyId(1_000, 'a') }), { code: 'keys-older' })
  await assert.rejects(on.connect('alice', { kid: keyId(2_000, 'c') }), { code: 'keys-older' })
  await on.connect('alice', { kid: keyId(3_000, 'c') })
  const account = (await on.accounts.byLogin('alice'))!
  const [row] = await on.store.rows('fxa_account', { account_id: account.id })
  assert.equal(row?.['generation'], 3_000)
  assert.equal(row?.['client_state'], Buffer.alloc(16, 'c').toString('hex'))
  assert.equal((await on.fxa.pages.browsers(account)).length, 3, 'nothing is left of what was refused')
})

test('a browser is let in for nothing but what a browser does', async (t) => {
  const on = await fxaUnderTest(t)
  await assert.rejects(on.connect('alice', { client: '0123456789abcdef' }), { code: 'client-unknown' })
  for (const scope of [
    'kinto:rw',
    'openid email',
    'sync:rw',
    'https://identity.mozilla.com/apps/other',
    '  ',
  ])
    await assert.rejects(on.connect('alice', { scope }), { code: 'scope-refused' }, scope)
  const account = (await on.accounts.byLogin('alice'))!
  assert.deepEqual(await on.fxa.pages.browsers(account), [])

  await t.test('and gets nothing of what it asks for beside that', async () => {
    const browser = await on.connect('carol', { scope: `${syncScope} profile kinto:rw openid` })
    assert.equal((await on.redeem(browser)).json.scope, `${syncScope} profile`)
    const [grant] = await on.accounts.grants(browser.account.id, 'browser')
    assert.deepEqual([grant?.scopes.map(({ path }) => path), grant?.data?.claims], [['sync'], ['profile']])
  })

  await t.test('and without a key it has no right to Sync', async () => {
    const browser = await on.connect('bob', { keysJwe: null, kid: null })
    const { json } = await on.redeem(browser)
    assert.equal(json.scope, 'profile')
    const body = { grant_type: 'fxa-credentials', client_id: desktop, scope: syncScope }
    const refused = await on.ask('POST', '/v1/oauth/token', { session: browser.sessionToken, body })
    assert.deepEqual([refused.status, refused.json.errno], [400, 163])
  })
})

test('sessions go on under another key of the server, when what it sealed was sealed anew', async (t) => {
  const on = await fxaUnderTest(t)
  const { sessionToken: session } = await on.connect()
  const both = keyRing(
    new Map([
      [1, new Uint8Array(32).fill(7)],
      [2, new Uint8Array(32).fill(8)],
    ]),
  )
  const onError = (error: unknown) => assert.fail(String(error))
  const resealing = createResealing({ store: on.store, keys: both, columns: citizen.sealed ?? [], onError })
  const { resealed, broken } = await resealing.run()
  assert.deepEqual([resealed, broken], [1, 0])
  const later = on.again(keyRing(new Map([[2, new Uint8Array(32).fill(8)]])))
  t.after(() => later.fxa.stop())
  assert.equal((await later.ask('GET', '/v1/session/status', { session })).status, 200)
})

test('nothing of a session or a code stands in the store as it was told', async (t: TestContext) => {
  const on = await fxaUnderTest(t)
  const browser = await on.connect()
  const { json } = await on.redeem(browser)
  const told = [browser.sessionToken!, browser.code, json.access_token, json.refresh_token]
  const kept = JSON.stringify(await on.store.rows('token', {}))
  for (const secret of told) assert.ok(!kept.includes(secret))
})
