/** Devices without a browser (RFC 8628): they show a code, and a person types it at our page. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as client from 'openid-client'
import { makePageOwner, makePagePerson, openBrowser } from '../support/browser-session.ts'
import { allOf, askKinto, askToken, issuerOf, registerApp } from '../support/oauth-app.ts'
import { startServer } from '../support/server.ts'

const grant = 'urn:ietf:params:oauth:grant-type:device_code'
const notes = 'kinto:default/notes:rw'
const records = '/buckets/default/collections/notes/records'

test('a device asks by a code', async (t) => {
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  const { browser } = olga
  const app = await registerApp(server, {
    client_name: 'Television',
    application_type: 'native',
    redirect_uris: [],
    response_types: [],
    grant_types: [grant, 'refresh_token'],
  })
  const start = (scope = `openid offline_access ${notes}`) =>
    client.initiateDeviceAuthorization(app.config, { scope })
  const poll = async (code: string) =>
    (await askToken(server, { grant_type: grant, client_id: app.id, device_code: code })).body

  await t.test('a person types it, sees what asks, and lets it in', async () => {
    const begun = await start()
    assert.match(begun.user_code, /^[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}$/)
    assert.equal(begun.verification_uri, `${issuerOf(server)}/device`)
    assert.equal((await poll(begun.device_code)).error, 'authorization_pending')
    const typed = begun.user_code.toLowerCase().replace('-', ' ')
    const look = await browser.post('/device/look', { code: typed })
    assert.equal(look.app.name, 'Television')
    assert.equal(look.app.origin, '')
    assert.deepEqual(
      look.asks.map(({ scope }: { scope: string }) => scope),
      ['openid', 'offline_access', notes],
    )
    assert.equal((await poll(begun.device_code)).error, 'authorization_pending')
    await browser.post('/device', { code: typed, answers: allOf(look) })
    const tokens = await poll(begun.device_code)
    assert.equal(tokens.scope, `openid offline_access ${notes}`)
    assert.equal((await askKinto(server, tokens.access_token, records)).status, 200)
    assert.ok((await client.refreshTokenGrant(app.config, tokens.refresh_token)).access_token)
    assert.equal((await poll(begun.device_code)).error, 'invalid_grant')
    assert.equal((await askKinto(server, tokens.access_token, records)).status, 401)
  })

  await t.test('a code is good for one answer, and a no is told to the device', async () => {
    const begun = await start()
    await browser.post('/device', { code: begun.user_code, refuse: true })
    assert.equal((await poll(begun.device_code)).error, 'access_denied')
    await browser.refused('POST', '/device/look', { code: begun.user_code }, 404, 'device-absent')
    const other = await start('openid')
    const look = await browser.post('/device/look', { code: other.user_code })
    await browser.post('/device', { code: other.user_code, answers: allOf(look) })
    await browser.refused('POST', '/device', { code: other.user_code, answers: [] }, 404, 'device-absent')
  })

  await t.test('she is asked each time: somebody else may have sent her the code', async () => {
    const begun = await start('openid')
    const look = await browser.post('/device/look', { code: begun.user_code })
    assert.equal(look.asks.length, 1)
  })

  await t.test('what she leaves out, it does not get', async () => {
    const nora = await makePagePerson(server, olga, 'nora')
    const begun = await start()
    const { asks } = await nora.browser.post('/device/look', { code: begun.user_code })
    const answers = asks.map(({ scope }: { scope: string }) => ({
      asked: scope,
      allow: scope === notes,
      ...(scope === notes ? { verb: 'r' } : {}),
    }))
    await nora.browser.post('/device', { code: begun.user_code, answers })
    const tokens = await poll(begun.device_code)
    assert.equal(tokens.scope, 'kinto:default/notes:r')
    assert.equal(tokens.refresh_token, undefined)
    assert.equal(tokens.id_token, undefined)
    assert.equal((await askKinto(server, tokens.access_token, records)).status, 200)
    const body = JSON.stringify({ data: { a: 1 } })
    assert.equal((await askKinto(server, tokens.access_token, records, { method: 'POST', body })).status, 403)
  })

  await t.test('codes that nobody shows, and tries without end, lead nowhere', async () => {
    for (const code of ['BBBB-BBBB', 'AAAA-AAAA', 'x', 'BBBBBBBBB', '%00', 'B'.repeat(40)])
      await browser.refused('POST', '/device/look', { code }, 404, 'device-absent')
    const stranger = openBrowser(server)
    await stranger.refused('POST', '/device/look', { code: 'BBBB-BBBB' }, 401, 'signed-out')
    const answers = await Promise.all(
      Array.from({ length: 150 }, () => browser.ask('POST', '/device/look', { code: 'BBBB-BBBB' })),
    )
    assert.ok(answers.some(({ status }) => status === 429))
  })
})

test('signing out of a device leaves the others signed in', async (t) => {
  const server = await startServer(t)
  const { browser } = await makePageOwner(server)
  const app = await registerApp(server, {
    redirect_uris: [],
    response_types: [],
    grant_types: [grant, 'refresh_token'],
  })
  const join = async () => {
    const begun = await client.initiateDeviceAuthorization(app.config, { scope: 'openid offline_access' })
    const look = await browser.post('/device/look', { code: begun.user_code })
    await browser.post('/device', { code: begun.user_code, answers: allOf(look) })
    const form = { grant_type: grant, client_id: app.id, device_code: begun.device_code }
    return (await askToken(server, form)).body as { refresh_token: string }
  }
  const [one, other] = [await join(), await join()]
  await client.tokenRevocation(app.config, one.refresh_token)
  await assert.rejects(client.refreshTokenGrant(app.config, one.refresh_token), { error: 'invalid_grant' })
  assert.ok((await client.refreshTokenGrant(app.config, other.refresh_token)).access_token)
})
