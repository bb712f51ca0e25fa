/** What the OAuth server keeps is hashed or sealed, and stays readable when the key is rotated. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import * as client from 'openid-client'
import { makePageOwner } from '../support/browser-session.ts'
import { essaim, placeOf } from '../support/command.ts'
import { askToken, authorize, begin, letIn, redeem, registerApp, visit } from '../support/oauth-app.ts'
import { startServer } from '../support/server.ts'

test('statements 13 and 14: nothing that apps are given is in the database or the log', async (t) => {
  const server = await startServer(t, { ESSAIM_LOG_LEVEL: 'trace' })
  const { browser } = await makePageOwner(server)
  const app = await registerApp(server, { token_endpoint_auth_method: 'client_secret_basic' })
  const scope = 'openid offline_access kinto:default/notes:rw'
  const begun = await begin(app, scope)
  const waiting = await begin(app, scope)
  const asked = await visit(browser, waiting.address)
  const back = await authorize(browser, begun)
  const tokens = await redeem(app, back, begun)
  const renewed = await client.refreshTokenGrant(app.config, tokens.refresh_token ?? '')
  const public_ = await registerApp(server, {
    redirect_uris: [],
    response_types: [],
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
  })
  const device = await client.initiateDeviceAuthorization(public_.config, { scope: 'openid' })
  const secrets: Record<string, string> = {
    'the secret of an app': app.secret ?? '',
    'a code': back.searchParams.get('code') ?? '',
    'an access token': tokens.access_token,
    'a refresh token': tokens.refresh_token ?? '',
    'a later access token': renewed.access_token,
    'a later refresh token': renewed.refresh_token ?? '',
    'a request that waits': asked.location.split('#')[1] ?? '',
    'the nonce of a request': begun.nonce,
    'the state of a request': waiting.state,
    'the code of a device': device.device_code,
    'what a person types': device.user_code.replace('-', ''),
  }
  await server.stop()
  const places: [string, string][] = [['the log', server.output()]]
  for (const file of readdirSync(server.data, { recursive: true, withFileTypes: true }))
    if (file.isFile() && file.name !== 'secret')
      places.push([file.name, readFileSync(join(file.parentPath, file.name), 'latin1')])
  for (const [name, secret] of Object.entries(secrets)) {
    assert.ok(secret.length >= 8, name)
    for (const [place, text] of places) assert.ok(!text.includes(secret), `${name} is in ${place}`)
  }
})

test('what waits and what was given outlives a rotation of the key', async (t) => {
  const server = await startServer(t)
  const { browser } = await makePageOwner(server)
  const app = await registerApp(server)
  const before = await letIn(browser, app, 'openid offline_access')
  const begun = await begin(app, 'openid')
  const code = (await authorize(browser, begun)).searchParams.get('code') ?? ''
  assert.equal((await essaim(['secret', 'rotate'], placeOf(server))).code, 0)
  const generations = () => {
    const database = new DatabaseSync(join(server.data, 'essaim.db'), { readOnly: true })
    const sealed = [
      ...database.prepare('SELECT sealed AS text FROM oidc').all(),
      ...database.prepare('SELECT pairwise AS text FROM account WHERE pairwise IS NOT NULL').all(),
      ...database
        .prepare(`SELECT json_extract(value, '$.secret') AS text FROM setting WHERE name LIKE 'oauth-key:%'`)
        .all(),
    ]
    database.close()
    return new Set(sealed.map(({ text }) => String(text).split('.')[0]))
  }
  await t.waitFor(() => assert.deepEqual(generations(), new Set(['2'])), { timeout: 10_000 })
  const after = await client.refreshTokenGrant(app.config, before.refresh_token ?? '')
  assert.equal(after.claims()?.sub, before.claims()?.sub)
  const form = {
    grant_type: 'authorization_code',
    client_id: app.id,
    code,
    redirect_uri: app.redirect,
    code_verifier: begun.verifier,
  }
  assert.equal((await askToken(server, form)).status, 200)
  await server.restart()
  assert.equal((await letIn(browser, app, 'openid')).claims()?.sub, before.claims()?.sub)
})

test('who takes her data along takes the names with her by which apps know her', async (t) => {
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  const app = await registerApp(server)
  const sub = (await letIn(olga.browser, app, 'openid')).claims()?.sub
  const { body } = await olga.browser.get('/me/export')
  const [head = '', ...rest] = String(body).split('\n')
  const { account } = JSON.parse(head) as { account: { pairwise: string } }
  const salt = Buffer.from(account.pairwise, 'base64url')
  assert.equal(createHmac('sha256', salt).update(`notes.example\0${olga.id}`).digest('base64url'), sub)
  for (const line of rest) assert.ok(!line.includes('"pairwise"'))
})
