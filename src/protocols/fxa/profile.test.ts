import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setName } from '../../core/accounts/index.ts'
import { desktop, fxaUnderTest, publicUrl } from '../../../test/support/fxa-door.ts'

test('a browser shows the profile, and is told when nothing in it changed', async (t) => {
  const on = await fxaUnderTest(t)
  const { sessionToken: session, uid, account } = await on.connect('alice')
  const token = async (scope: string): Promise<string> => {
    const body = { grant_type: 'fxa-credentials', client_id: desktop, scope }
    return (await on.ask('POST', '/v1/oauth/token', { session, body })).json.access_token
  }
  const bearer = await token('profile')
  const first = await on.ask('GET', '/profile/v1/profile', { bearer })
  assert.deepEqual(first.json, {
    uid,
    sub: uid,
    email: 'alice@essaim.example',
    locale: 'en',
    amrValues: ['pwd'],
    twoFactorAuthentication: false,
    avatar: `${publicUrl}/nobody.svg`,
    avatarDefault: true,
    displayName: null,
  })
  const { etag = '' } = first.headers
  const same = await on.ask('GET', '/profile/v1/profile', { bearer, headers: { 'if-none-match': etag } })
  assert.deepEqual([same.status, same.text, same.headers['etag']], [304, '', etag])

  await setName(on.store, account, 'Alice Liddell')
  const changed = await on.ask('GET', '/profile/v1/profile', { bearer, headers: { 'if-none-match': etag } })
  assert.deepEqual([changed.status, changed.json.displayName], [200, 'Alice Liddell'])

  await t.test('in its parts', async () => {
    const part = async (name: string) => (await on.ask('GET', `/profile/v1/${name}`, { bearer })).json
    assert.deepEqual(await part('email'), { email: 'alice@essaim.example' })
    assert.deepEqual(await part('uid'), { uid })
    assert.deepEqual(await part('display_name'), { displayName: 'Alice Liddell' })
    assert.deepEqual(await part('avatar'), {
      id: '',
      avatar: `${publicUrl}/nobody.svg`,
      avatarDefault: true,
    })
  })

  await t.test('and changes the name where it may', async () => {
    const path = '/profile/v1/display_name'
    assert.equal((await on.ask('POST', path, { bearer, body: { displayName: 'Other' } })).status, 403)
    const writing = await token('profile:write')
    for (const displayName of [undefined, 7, 'x'.repeat(101), 'a\u0000b'])
      assert.equal((await on.ask('POST', path, { bearer: writing, body: { displayName } })).status, 400)
    assert.equal((await on.ask('POST', path, { bearer: writing, body: { displayName: 'Al' } })).status, 200)
    assert.deepEqual((await on.ask('GET', path, { bearer: writing })).json, { displayName: 'Al' })
  })

  await t.test('with nothing but an access token of a browser', async () => {
    const { text: script } = await on.apps.createToken(account.id, { name: 'a script', scopes: ['profile'] })
    for (const asked of [{}, { session }, { bearer: script }, { bearer: session! }]) {
      const { status, json } = await on.ask('GET', '/profile/v1/profile', asked)
      assert.deepEqual([status, json.errno], [401, 110])
    }
  })
  assert.deepEqual(on.errors, [])
})
