/** Programs that sign in to Firefox Accounts with an address and a password: what they get. */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { makePagePerson } from './support/browser-session.ts'
import {
  keyId,
  locked,
  newLock,
  programId,
  readLock,
  stretch,
  syncLock,
  syncScope,
  unlocked,
} from './support/onepw.ts'
import { made, onepwScene, password, switchOn } from './support/onepw-person.ts'
import { pagesOf } from './support/person-at-pages.ts'
import { freshDatabase } from './support/postgres.ts'

for (const store of ['sqlite', 'postgres'] as const)
  test(`a program reads with the password alone what a browser has stored (${store})`, async (t) => {
    const env = store === 'postgres' ? { ESSAIM_STORE: await freshDatabase() } : {}
    const { olga, kB, program } = await onepwScene(t, env)
    const email = await switchOn(olga, kB)
    assert.equal(email, 'olga@localhost')

    const one = await program.open(email, password)
    assert.deepEqual(one.kB, kB)
    assert.equal(one.kid, keyId(kB, made))
    const secret = { id: 'a', title: 'Éssaim', bmkUri: 'https://essaim.example/' }
    const { lock, told } = newLock()
    for (const [path, payload] of [
      ['/storage/crypto/keys', locked(syncLock(one.kB), told)],
      ['/storage/bookmarks/a', locked(lock, secret)],
    ] as const)
      assert.equal((await program.stored(one.storage, 'PUT', path, { payload })).status, 200)

    const two = await program.open(email, password)
    assert.equal(two.storage.uid, one.storage.uid)
    const get = async (path: string) => (await program.stored(two.storage, 'GET', path)).body.payload
    const opened = readLock(unlocked(syncLock(two.kB), await get('/storage/crypto/keys')))
    assert.deepEqual(unlocked(opened, await get('/storage/bookmarks/a')), secret)
  })

test('a password that is wrong, a name that nobody has, and one without such a password', async (t) => {
  const { server, olga, kB, program } = await onepwScene(t)
  await makePagePerson(server, olga, 'alice')
  const refused = async (email: string, text = password, more = {}) => {
    const { status, body } = await program.login(email, text, { more })
    return [status, body.errno, body.email, body.sessionToken]
  }
  const unknown = [400, 102, undefined, undefined]
  for (const email of [
    'nobody@localhost',
    'alice@localhost',
    'olga@localhost',
    'olga@elsewhere.example',
    'olga',
    '@',
  ])
    assert.deepEqual(await refused(email), unknown, email)

  await t.test('is refused; another spelling of the address is put right', async () => {
    const email = await switchOn(olga, kB)
    assert.deepEqual(await refused(email, `${password} `), [400, 103, undefined, undefined])
    assert.deepEqual(await refused('Olga@LocalHost'), [400, 120, email, undefined])
    assert.deepEqual(await refused('alice@localhost'), unknown)
    assert.equal((await program.login(email, password)).status, 200)
  })

  await t.test('and so is what is not written as it has to be', async () => {
    for (const [more, errno] of [
      [{ email: 1 }, 107],
      [{ email: `${'a'.repeat(300)}@localhost` }, 107],
      [{ authPW: 'A'.repeat(64) }, 107],
      [{ authPW: 'a'.repeat(63) }, 107],
      [{ authPW: [] }, 107],
      [{ email: undefined }, 108],
      [{ authPW: undefined }, 108],
    ] as const)
      assert.equal((await refused('olga@localhost', password, more))[1], errno, JSON.stringify(more))
  })
})

test('what a program gets is for Sync and the profile, and for no other place', async (t) => {
  const { server, olga, kB, program } = await onepwScene(t)
  const email = await switchOn(olga, kB)
  const { body, session } = await program.login(email, password)
  assert.deepEqual(
    [body.verified, body.metricsEnabled, typeof body.authAt, body.uid],
    [true, false, 'number', (await olga.browser.get('/firefox')).body.uid],
  )
  const token = session.sessionToken

  await t.test('keys are told once, and only where they were asked for', async () => {
    const without = await program.login(email, password, { keys: false })
    assert.equal(without.body.keyFetchToken, undefined)
    assert.equal((await program.keys(without.session)).status, 401)
    const both = await Promise.all([program.keys(session), program.keys(session)])
    assert.deepEqual(both.map(({ status }) => status).toSorted(), [200, 401])
    const again = await program.keys(session)
    assert.deepEqual([again.status, again.body.errno], [401, 110])
    // Nor does one token open what the other is for.
    assert.equal((await program.keys({ ...session, keyFetchToken: token })).status, 401)
    const fetched = await program.login(email, password)
    const asSession = await program.keyData(fetched.session.keyFetchToken!)
    assert.equal(asSession.status, 401)
  })

  await t.test('tokens are given for what the grant is for', async () => {
    const { status, body: told } = await program.accessToken(token, { access_type: 'offline', ttl: 60 })
    assert.deepEqual([status, told.scope, told.expires_in], [200, syncScope, 60])
    assert.match(told.refresh_token, /^[0-9a-f]{64}$/)
    for (const [more, errno] of [
      [{ scope: 'https://identity.mozilla.com/tokens/session' }, 163],
      [{ scope: `${syncScope} openid` }, 163],
      [{ scope: 'kinto:rw' }, 163],
      [{ client_id: 'a2270f727f45f648' }, 162],
      [{ client_id: '8269bacd7bbc7f80' }, 162],
      [{ client_id: 'f0f0f0f0f0f0f0f0' }, 162],
    ] as const) {
      const refusal = await program.accessToken(token, more)
      assert.deepEqual([refusal.status, refusal.body.errno], [400, errno], JSON.stringify(more))
    }
    const { body: of } = await program.accessToken(token)
    const bearer = { Authorization: `Bearer ${of.access_token}` }
    const kinto = await fetch(`${server.url}/v1/buckets/default/collections`, { headers: bearer })
    assert.ok([401, 403].includes(kinto.status), String(kinto.status))
    const mine = await fetch(`${server.url}/api/me`, { headers: bearer })
    assert.equal(mine.status, 401)
  })

  await t.test('a code is redeemed by who began it', async () => {
    const verifier = randomBytes(32).toString('base64url')
    const challenge = createHash('sha256').update(verifier).digest('base64url')
    const asked = { client_id: programId, state: 'x', scope: syncScope }
    const pkce = { code_challenge: challenge, code_challenge_method: 'S256' }
    const { body: code } = await program.ask('POST', '/oauth/authorization', {
      token,
      body: { ...asked, ...pkce },
    })
    assert.equal(new URL(code.redirect).searchParams.get('code'), code.code)
    const redeem = (more: object) =>
      program.ask('POST', '/token', { body: { code: code.code, client_id: programId, ...more } })
    assert.equal((await redeem({ code_verifier: randomBytes(32).toString('base64url') })).status, 400)
    const { status, body: given } = await redeem({ code_verifier: verifier })
    assert.equal(status, 200)
    assert.equal((await program.storage(given.access_token, keyId(kB, made))).status, 200)
    assert.equal((await redeem({ code_verifier: verifier })).status, 400)
  })

  await t.test('programs that show their session by its id are heard as well', async () => {
    const again = await program.login(email, password)
    const { keys } = await program.keys(again.session, 'bearer')
    assert.deepEqual(keys?.kB, kB)
    assert.equal((await program.accessToken(again.session.sessionToken, {}, 'bearer')).status, 200)
  })

  await t.test('the time of the key is told for what the grant is for', async () => {
    const asked = async (body: object) => {
      const told = await program.ask('POST', '/account/scoped-key-data', { token, body })
      return [told.status, told.body.errno ?? told.body]
    }
    const client_id = programId
    const key = { identifier: syncScope, keyRotationSecret: '0'.repeat(64), keyRotationTimestamp: made }
    assert.deepEqual(await asked({ client_id, scope: `profile ${syncScope}` }), [200, { [syncScope]: key }])
    assert.deepEqual(await asked({ client_id, scope: 'profile' }), [200, {}])
    for (const [body, errno] of [
      [{ client_id }, 108],
      [{ client_id, scope: 1 }, 107],
      [{ client_id, scope: '' }, 163],
      [{ client_id, scope: 'https://identity.thunderbird.net/apps/sync' }, 163],
      [{ client_id: '8269bacd7bbc7f80', scope: 'https://identity.thunderbird.net/apps/sync' }, 162],
      [{ scope: syncScope }, 108],
    ] as const)
      assert.deepEqual(await asked(body), [400, errno], JSON.stringify(body))
  })

  await t.test('a session proves its password anew, and nobody else’s', async () => {
    const alice = await makePagePerson(server, olga, 'alice')
    const hers = await program.login(await switchOn(alice, kB), password)
    const { authPW: proof } = stretch(email, password)
    const { body: refusal } = await program.ask('POST', '/session/reauth', {
      token: hers.session.sessionToken,
      body: { email, authPW: proof },
    })
    assert.equal(refusal.errno, 102)

    const { authPW, unwrapBKey } = stretch(email, password)
    const reauth = (proof: object) =>
      program.ask('POST', '/session/reauth?keys=true', { token, body: { email, authPW, ...proof } })
    const unfetched = await reauth({})
    const told = await reauth({})
    assert.equal(told.status, 200)
    assert.equal((await program.keys({ ...unfetched.body, unwrapBKey })).status, 401)
    const { keys } = await program.keys({ ...told.body, unwrapBKey })
    assert.deepEqual(keys?.kB, kB)
    assert.equal((await reauth({ authPW: '0'.repeat(64) })).body.errno, 103)
    assert.equal((await program.accessToken(token)).status, 200)
  })

  await t.test('and the person sees the program by its name, and can end it', async () => {
    const agent = 'Mozilla/5.0 (Mobile; Firefox Accounts; rv:1.0) firefox-sync-client/1.10.0golang/1.19'
    const named = await program.login(email, password, { headers: { 'User-Agent': agent } })
    const { browsers } = (await olga.browser.get('/me/browsers')).body
    const line = browsers.find(({ name }: { name: string }) => name === 'firefox-sync-client')
    assert.deepEqual([line.type, line.syncs, line.client], ['program', true, 'onepw'])
    await olga.browser.delete(`/me/browsers/${line.id}`)
    const ended = await program.accessToken(named.session.sessionToken)
    assert.deepEqual([ended.status, ended.body.errno], [401, 110])
  })
})

test('accounts and passwords are made and changed at our pages alone', async (t) => {
  const { server, olga, kB, program } = await onepwScene(t)
  const email = await switchOn(olga, kB)
  const { authPW } = stretch('new@localhost', 'chosen by a person')
  const create = async () => (await program.ask('POST', '/account/create', { body: { email, authPW } })).body
  for (const [registration, said] of [
    ['closed', /no new accounts/],
    ['invitation', /\/sign-up$/],
    ['open', /\/sign-up$/],
  ] as const) {
    await olga.browser.put('/admin/settings', { registration })
    const { errno, message } = await create()
    assert.equal(errno, 207)
    assert.match(message, said)
  }
  for (const path of [
    '/password/change/start',
    '/password/forgot/send_otp',
    '/account/reset',
    '/account/destroy',
  ]) {
    const { status, body } = await program.ask('POST', path, { body: { email, authPW } })
    assert.deepEqual([status, body.errno], [410, 116], path)
    assert.match(body.message, new RegExp(`in a browser, at ${pagesOf(server)}/account/`))
  }
  const misshapen = await program.ask('POST', '/account/credentials/status', { body: { email: 1 } })
  assert.deepEqual([misshapen.status, misshapen.body.errno], [400, 107])
  for (const name of [email, 'nobody@localhost']) {
    const { body } = await program.ask('POST', '/account/credentials/status', { body: { email: name } })
    assert.deepEqual(body, { currentVersion: 'v1', upgradeNeeded: false })
  }
  assert.equal((await olga.browser.get('/me')).status, 200)
})
