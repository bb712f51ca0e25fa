import assert from 'node:assert/strict'
import { test } from 'node:test'
import { storeKinds } from '../../../test/support/accounts-on.ts'
import { android, fxaUnderTest, type FxaUnderTest, syncScope } from '../../../test/support/fxa-door.ts'
import { sessionScope } from './clients.ts'

const exchangeType = 'urn:ietf:params:oauth:grant-type:token-exchange'
const subject_token_type = 'urn:ietf:params:oauth:token-type:refresh_token'

/** A telephone of a new person, with its tokens. */
async function telephone(on: FxaUnderTest, scope = `profile ${syncScope} ${sessionScope}`, login = 'alice') {
  const browser = await on.connect(login, { client: android, scope })
  const { json } = await on.redeem(browser)
  const token = (body: object) => on.ask('POST', '/v1/oauth/token', { body })
  return {
    ...browser,
    refresh: String(json.refresh_token),
    session: json.session_token as string | undefined,
    byRefresh: (refresh_token: string, more: object = {}) =>
      token({ grant_type: 'refresh_token', client_id: android, refresh_token, ...more }),
    exchange: (subject_token: string, wanted: string, more: object = {}) =>
      token({ grant_type: exchangeType, subject_token, subject_token_type, scope: wanted, ...more }),
  }
}

for (const kind of storeKinds)
  test(`on ${kind}: a telephone’s refresh token`, async (t) => {
    const on = await fxaUnderTest(t, kind)
    const phone = await telephone(on)

    await t.test('gives access tokens again and again, for all or a part of what it is for', async () => {
      const all = await phone.byRefresh(phone.refresh)
      assert.deepEqual(
        [all.status, all.json.scope, all.json.expires_in],
        [200, `profile ${syncScope}`, 21_600],
      )
      assert.deepEqual(Object.keys(all.json).toSorted(), [
        'access_token',
        'expires_in',
        'scope',
        'token_type',
      ])
      const some = await phone.byRefresh(phone.refresh, { scope: 'profile', ttl: 60 })
      assert.deepEqual([some.json.scope, some.json.expires_in], ['profile', 60])
      assert.equal(
        (await on.ask('GET', '/profile/v1/profile', { bearer: some.json.access_token })).status,
        200,
      )
      on.clock.tick(61_000)
      assert.equal(
        (await on.ask('GET', '/profile/v1/profile', { bearer: some.json.access_token })).status,
        401,
      )
      assert.equal((await phone.byRefresh(phone.refresh)).status, 200)
    })

    await t.test('gives nothing else, and nothing to another client', async () => {
      for (const scope of ['profile:write', sessionScope, 'kinto:rw', 'sync:rw'])
        assert.equal((await phone.byRefresh(phone.refresh, { scope })).json.errno, 163, scope)
      const ios = await phone.byRefresh(phone.refresh, { client_id: '1b1a3e44c54fbb58' })
      assert.deepEqual([ios.status, ios.json.errno], [401, 110])
      assert.equal((await phone.byRefresh('0'.repeat(64))).json.errno, 110)
      for (const refresh_token of ['', 'x', 7, null, 'A'.repeat(64)])
        assert.equal((await phone.byRefresh(phone.refresh, { refresh_token })).json.errno, 107)
      const { json } = await phone.byRefresh(phone.refresh)
      assert.equal((await phone.byRefresh(json.access_token)).json.errno, 110)
    })

    await t.test('is exchanged for more of what the telephone was let in for, once', async () => {
      const other = await telephone(on, 'profile', 'bob')
      assert.equal((await other.exchange(other.refresh, syncScope)).json.errno, 163)
      const wider = await other.exchange(other.refresh, 'profile:write')
      assert.equal(wider.json.scope, 'profile profile:write')
      const again = await other.exchange(other.refresh, 'profile:write')
      assert.deepEqual([again.status, again.json.errno], [401, 110])

      const third = await telephone(on, 'profile', 'carol')
      const both = await Promise.all([1, 2].map(() => third.exchange(third.refresh, 'profile:write')))
      assert.equal(both.filter(({ status }) => status === 200).length, 1)
      const { json } = both.find(({ status }) => status === 200)!
      assert.equal((await third.byRefresh(json.refresh_token, { scope: 'profile:write' })).status, 200)
      assert.equal((await third.exchange(json.refresh_token, sessionScope)).json.errno, 163)
      const odd = { subject_token_type: 'urn:ietf:params:oauth:token-type:access_token' }
      assert.equal((await third.exchange(json.refresh_token, 'profile', odd)).json.errno, 107)
    })

    await t.test('waits while the browser is paused, and is over once it is disconnected', async () => {
      const [line] = await on.fxa.pages.browsers(phone.account)
      await on.accounts.suspendGrant(phone.account.id, line!.id, true)
      const paused = await phone.byRefresh(phone.refresh)
      assert.deepEqual([paused.status, paused.json.errno], [503, 201])
      await on.accounts.suspendGrant(phone.account.id, line!.id, false)
      assert.equal((await phone.byRefresh(phone.refresh)).status, 200)
      const from = { address: '192.0.2.0/24', agent: 'Firefox' }
      await on.fxa.pages.disconnect(phone.account, line!.id, from)
      assert.equal((await phone.byRefresh(phone.refresh)).json.errno, 110)
      assert.equal((await phone.exchange(phone.refresh, 'profile:write')).json.errno, 110)
    })

    await t.test('ends the telephone with its end, but not while its code waits', async () => {
      const last = await telephone(on, `profile ${sessionScope}`, 'dora')
      const { session } = last
      const status = () => on.ask('GET', '/v1/session/status', { session: session! })
      assert.equal((await status()).status, 200)
      await on.ask('POST', '/v1/destroy', { body: { refresh_token: last.refresh } })
      assert.equal((await status()).json.errno, 110)
      assert.deepEqual(await on.fxa.pages.browsers(last.account), [])
      await on.ask('POST', '/v1/destroy', { body: { refresh_token: last.refresh } })
    })
  })

test('a desktop’s refresh token may go: its session stays', async (t) => {
  const on = await fxaUnderTest(t)
  const desk = await on.connect('alice')
  const { json } = await on.redeem(desk)
  const body = { client_id: desk.client, token: json.refresh_token }
  assert.equal((await on.ask('POST', '/v1/oauth/destroy', { body })).status, 200)
  assert.equal((await on.ask('GET', '/v1/session/status', { session: desk.sessionToken })).status, 200)
})
