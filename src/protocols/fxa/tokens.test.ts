import assert from 'node:assert/strict'
import { test } from 'node:test'
import { storeKinds } from '../../../test/support/accounts-on.ts'
import { android, desktop, fxaUnderTest, keysJwe, syncScope } from '../../../test/support/fxa-door.ts'

const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'

test('a code is good for who asked for it, for ten minutes', async (t) => {
  const on = await fxaUnderTest(t)
  const errnoOf = async (browser: Parameters<typeof on.redeem>[0], more: Record<string, unknown> = {}) => {
    const { status, json } = await on.redeem(browser, more)
    return [status, json.errno]
  }
  const browser = await on.connect('alice')
  const other = await on.connect('bob')

  await t.test('with the verifier of its challenge', async () => {
    assert.deepEqual(await errnoOf(browser, { code_verifier: verifier }), [400, 175])
    assert.deepEqual(await errnoOf(browser, { code_verifier: undefined }), [400, 169])
    assert.deepEqual(await errnoOf(browser, { code_verifier: 'short' }), [400, 107])
    assert.deepEqual(await errnoOf(browser, { code_verifier: 7 }), [400, 107])
  })
  await t.test('for its client', async () => {
    assert.deepEqual(await errnoOf(browser, { client_id: android }), [400, 173])
    assert.deepEqual(await errnoOf(browser, { client_id: 'unknown' }), [400, 162])
    assert.deepEqual(await errnoOf(browser, { client_id: undefined }), [400, 108])
  })
  await t.test('by the session that came with it', async () => {
    assert.deepEqual(await errnoOf({ ...browser, sessionToken: other.sessionToken }), [400, 173])
    assert.deepEqual(await errnoOf({ ...browser, sessionToken: null }), [400, 173])
  })
  await t.test('where it was given at all', async () => {
    assert.deepEqual(await errnoOf({ ...browser, code: '0'.repeat(64) }), [400, 172])
    assert.deepEqual(await errnoOf({ ...browser, code: 'no code' }), [400, 107])
    assert.deepEqual(await errnoOf(browser, { code: undefined }), [400, 108])
    assert.deepEqual(await errnoOf(browser, { grant_type: 'password' }), [400, 107])
    assert.deepEqual(await errnoOf(browser, { grant_type: '__proto__' }), [400, 107])
  })
  await t.test('once, when two redeem it at the same moment', async () => {
    const both = await Promise.all([on.redeem(browser), on.redeem(browser)])
    assert.deepEqual(both.map(({ status }) => status).toSorted(), [200, 400])
  })
  await t.test('and no longer than that', async () => {
    on.clock.tick(600_000)
    assert.deepEqual(await errnoOf(other), [400, 174])
  })
  await t.test('and not when its browser was disconnected', async () => {
    const third = await on.connect('carol', { client: android, offline: true })
    const [line] = await on.fxa.pages.browsers(third.account)
    await on.fxa.pages.disconnect(third.account, line!.id, { address: null, agent: null })
    assert.deepEqual(await errnoOf(third), [400, 172])
  })
  assert.deepEqual(on.errors, [])
})

for (const kind of storeKinds)
  test(`on ${kind}: tokens for a session`, async (t) => {
    const on = await fxaUnderTest(t, kind)
    const { sessionToken: session, uid } = await on.connect('alice')
    const ask = (body: object) =>
      on.ask('POST', '/v1/oauth/token', {
        session,
        body: { grant_type: 'fxa-credentials', client_id: desktop, ...body },
      })

    await t.test('last as long as is asked, a day at most', async () => {
      for (const [ttl, lasts] of [
        [undefined, 21_600],
        [300, 300],
        [0.5, 1],
        [1e9, 86_400],
      ]) {
        const { json } = await ask({ scope: 'profile', ttl })
        assert.equal(json.expires_in, lasts)
        assert.deepEqual([json.scope, json.token_type, 'refresh_token' in json], ['profile', 'bearer', false])
      }
      for (const ttl of [0, -1, '300', null]) {
        const { status, json } = await ask({ scope: 'profile', ttl })
        assert.deepEqual([status, json.errno], [400, 107], String(ttl))
      }
    })

    await t.test('are what they were made for, and say so', async () => {
      const { json: made } = await ask({ scope: syncScope, ttl: 300 })
      const { access_token: token } = made
      const verified = await on.ask('POST', '/v1/verify', { body: { token } })
      assert.deepEqual(
        [verified.json.user, verified.json.client_id, verified.json.scope, verified.json.generation],
        [uid, desktop, [syncScope], 1_700_000_000_000],
      )
      const introspected = await on.ask('POST', '/v1/introspect', { body: { token } })
      assert.deepEqual(
        [introspected.json.active, introspected.json.sub, introspected.json.token_type],
        [true, uid, 'access_token'],
      )
      assert.equal((await on.ask('GET', '/profile/v1/profile', { bearer: token })).status, 403)
      on.clock.tick(300_000)
      assert.equal((await on.ask('POST', '/v1/verify', { body: { token } })).json.errno, 110)
      assert.deepEqual((await on.ask('POST', '/v1/introspect', { body: { token } })).json, { active: false })
    })

    await t.test('end when they are destroyed, by whoever has them', async () => {
      const { json } = await ask({ scope: 'profile', access_type: 'offline' })
      for (const name of ['access_token', 'refresh_token']) {
        const body = { client_id: desktop, token: json[name] }
        assert.equal((await on.ask('POST', '/v1/introspect', { body })).json.active, true, name)
        const other = await on.ask('POST', '/v1/oauth/destroy', { body: { ...body, client_id: android } })
        assert.equal(other.status, 200)
        assert.equal((await on.ask('POST', '/v1/introspect', { body })).json.active, true, name)
        for (let time = 0; time < 2; time++)
          assert.deepEqual((await on.ask('POST', '/v1/oauth/destroy', { body })).json, {})
        assert.deepEqual((await on.ask('POST', '/v1/introspect', { body })).json, { active: false }, name)
      }
      assert.equal((await on.ask('GET', '/v1/session/status', { session })).status, 200)
    })

    await t.test('are bounded: the oldest make room', async () => {
      const tokens: string[] = []
      for (let at = 0; at < 21; at++) {
        on.clock.tick(1)
        tokens.push((await ask({ scope: 'profile' })).json.access_token)
      }
      assert.equal((await on.ask('GET', '/profile/v1/uid', { bearer: tokens[0]! })).status, 401)
      assert.deepEqual((await on.ask('GET', '/profile/v1/uid', { bearer: tokens[1]! })).json, { uid })
      const { length } = (await on.store.rows('token', {})).filter(({ kind: one }) => one === 'access')
      assert.equal(length, 20)
    })
    assert.deepEqual(on.errors, [])
  })

test('a program gets a code for itself by its session', async (t) => {
  const on = await fxaUnderTest(t)
  const { sessionToken: session } = await on.connect('alice')
  const wanted = {
    client_id: desktop,
    state: 'a state',
    scope: `profile ${syncScope}`,
    access_type: 'offline',
    response_type: 'code',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    keys_jwe: keysJwe,
  }
  const authorize = (more: object = {}) =>
    on.ask('POST', '/v1/oauth/authorization', { session, body: { ...wanted, ...more } })

  const { json } = await authorize()
  assert.equal(json.state, 'a state')
  assert.equal(new URL(json.redirect).searchParams.get('code'), json.code)
  const redeemed = await on.ask('POST', '/v1/oauth/token', {
    body: { client_id: desktop, code: json.code, code_verifier: verifier },
  })
  assert.equal(redeemed.status, 200, redeemed.text)
  assert.deepEqual([redeemed.json.scope, redeemed.json.keys_jwe], [wanted.scope, keysJwe])

  await t.test('and not otherwise than it has to be asked', async () => {
    const cases: [object, number][] = [
      [{ client_id: undefined }, 108],
      [{ client_id: 'ffffffffffffffff' }, 162],
      [{ scope: undefined }, 108],
      [{ scope: 'kinto:rw' }, 163],
      [{ scope: 9 }, 107],
      [{ response_type: 'token' }, 168],
      [{ code_challenge: undefined }, 169],
      [{ code_challenge_method: 'plain' }, 169],
      [{ code_challenge: 'x' }, 107],
      [{ state: 'x'.repeat(513) }, 107],
      [{ keys_jwe: 'no.jwe' }, 107],
      [{ keys_jwe: `${keysJwe}${'A'.repeat(9_000)}` }, 107],
      [{ redirect_uri: 'https://evil.example/' }, 167],
    ]
    for (const [more, errno] of cases) {
      const { status, json: told } = await authorize(more)
      assert.deepEqual([status, told.errno], [400, errno], JSON.stringify(more).slice(0, 100))
    }
  })
})
