/** A browser that signed in to its own account may sync, see the profile and reach her other browsers: nothing else. */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { type Answered, makePageOwner, openBrowser } from './support/browser-session.ts'
import { essaim, placeOf } from './support/command.ts'
import { android, desktop, keyId, keysJwe, syncScope } from './support/fxa-door.ts'
import { startServer } from './support/server.ts'
import { firefoxAt, publicUrlOf } from './support/signed-requests.ts'

const key = keyId(1_700_000_000_000)

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })

test('what a browser that signed in may do', async (t) => {
  const server = await startServer(t)
  const address = publicUrlOf(server)
  const olga = await makePageOwner(server)
  const verifier = randomBytes(32).toString('base64url')
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const letIn = (more = {}): Promise<Answered> =>
    olga.browser.post('/firefox/connect', {
      client: desktop,
      scope: `${syncScope} profile`,
      state: 'state',
      challenge,
      offline: true,
      keysJwe,
      kid: key,
      ...more,
    })
  const connected = await letIn()
  const other = await letIn({ name: 'Another one' })
  const session: string = connected.sessionToken
  const firefox = firefoxAt(server, session)
  const token = async (scope: string) =>
    firefox.ask('POST', '/fxa/v1/oauth/token', { grant_type: 'fxa-credentials', client_id: desktop, scope })
  const access = async (scope: string): Promise<string> => {
    const { status, json } = await token(scope)
    assert.equal(status, 200, JSON.stringify(json))
    return json.access_token
  }

  await t.test('it finds everything by one document, and it syncs', async () => {
    const found: Answered = await (await fetch(`${server.url}/.well-known/fxa-client-configuration`)).json()
    assert.equal(found.auth_server_base_url, `${address}/fxa`)
    assert.equal(found.profile_server_base_url, `${address}/fxa/profile`)
    assert.equal(found.sync_tokenserver_base_url, address)
    const headers = { ...bearer(await access(syncScope)), 'X-KeyID': key }
    const answer = await fetch(`${server.url}/1.0/sync/1.5`, { headers })
    assert.equal(answer.status, 200)
    const storage = (await answer.json()) as { api_endpoint: string }
    assert.ok(storage.api_endpoint.startsWith(`${address}/1.5/`))
  })

  await t.test('no key but the one that her pages gave opens a storage', async () => {
    const sync = bearer(await access(syncScope))
    const [time = '', state = ''] = key.split(/-(.*)/s)
    const invented = Buffer.alloc(16, 'x').toString('base64url')
    const later = Number(time) + 1
    for (const other of [
      `${later}-${state}`,
      `${later}-${invented}`,
      `${time}-${invented}`,
      `0-${invented}`,
    ]) {
      const answer = await fetch(`${server.url}/1.0/sync/1.5`, { headers: { ...sync, 'X-KeyID': other } })
      assert.equal(answer.status, 401, other)
    }
    const { stored }: Answered = await olga.browser.get('/me/browsers').then(({ body }) => body)
    assert.deepEqual(stored, { collections: [], bytes: 0, last: null })
  })

  await t.test('phones find what they ask for too', async () => {
    const answer = await fetch(`${server.url}/.well-known/openid-configuration`)
    const found: Answered = await answer.json()
    for (const name of [
      'authorization_endpoint',
      'introspection_endpoint',
      'issuer',
      'jwks_uri',
      'token_endpoint',
      'userinfo_endpoint',
    ])
      assert.ok(URL.canParse(found[name]), name)
  })

  await t.test(
    'a request of a browser that is built in is sent to our own page, with all it says',
    async () => {
      const query = `client_id=${android}&state=s&keys_jwk=abc&scope=profile%20${encodeURIComponent(syncScope)}`
      const answer = await fetch(`${server.url}/oauth/authorize?${query}`, { redirect: 'manual' })
      assert.equal(answer.status, 302)
      assert.equal(answer.headers.get('location'), `/authorization?${query}`)
      const app = await fetch(`${server.url}/oauth/authorize?client_id=https%3A%2F%2Fapp.example&state=s`, {
        redirect: 'manual',
      })
      assert.doesNotMatch(app.headers.get('location') ?? '', /^\/authorization/)
    },
  )

  await t.test('no session of our pages comes of it', async () => {
    const sync = await access(syncScope)
    const profile = await access('profile')
    for (const path of ['/api/me', '/api/me/sessions', '/api/me/apps', '/api/me/browsers', '/api/me/keys']) {
      const shown = [
        { Authorization: firefox.hawk('GET', path) },
        bearer(session),
        bearer(sync),
        bearer(profile),
        { Cookie: `__Host-session=${session}; session=${session}` },
      ]
      for (const headers of shown) {
        const answer = await fetch(server.url + path, {
          headers: { 'Sec-Fetch-Site': 'same-origin', ...headers },
        })
        assert.equal(answer.status, 401, `${path} with ${JSON.stringify(headers)}`)
      }
    }
    const stranger = openBrowser(server, { Authorization: firefox.hawk('POST', '/api/firefox/connect') })
    await stranger.refused('POST', '/firefox/connect', { client: desktop }, 401, 'signed-out')
  })

  await t.test('it gets no scope of another door, and none that it was not let in for', async () => {
    for (const scope of [
      'kinto:rw',
      'kinto:r',
      'notes:rw',
      'sync:rw',
      'openid',
      'email',
      'offline_access',
      `profile kinto:r`,
    ])
      assert.deepEqual([(await token(scope)).status, (await token(scope)).json.errno], [400, 163], scope)
    const as = await firefox.ask('POST', '/fxa/v1/oauth/token', {
      grant_type: 'fxa-credentials',
      client_id: android,
      scope: 'profile',
    })
    assert.deepEqual([as.status, as.json.errno], [400, 162])
    const code = await firefox.ask('POST', '/fxa/v1/oauth/authorization', {
      client_id: android,
      state: 's',
      scope: 'profile',
      access_type: 'offline',
      code_challenge: challenge,
      code_challenge_method: 'S256',
    })
    assert.equal(code.status, 400, JSON.stringify(code.json))
  })

  await t.test('its tokens open none of her buckets', async () => {
    const made = await fetch(`${server.url}/v1/buckets/default`, { headers: bearer(await access(syncScope)) })
    assert.equal(made.status, 403)
    for (const scope of [syncScope, 'profile', 'profile:write']) {
      const headers = { ...bearer(await access(scope)), 'Content-Type': 'application/json' }
      const written = await fetch(`${server.url}/v1/buckets/default/collections/a/records`, {
        method: 'POST',
        headers,
        body: '{}',
      })
      assert.equal(written.status, 403, scope)
    }
    const profile = await fetch(`${server.url}/1.0/sync/1.5`, {
      headers: { ...bearer(await access('profile')), 'X-KeyID': key },
    })
    assert.equal(profile.status, 401)
    const sync = await fetch(`${server.url}/fxa/profile/v1/profile`, {
      headers: bearer(await access(syncScope)),
    })
    assert.equal(sync.status, 403)
  })

  await t.test('it sees her browsers and no other app, and can end itself alone', async () => {
    await essaim(['token', 'create', 'olga', 'a script', '--scope', 'kinto:r'], placeOf(server))
    const { json: clients } = await firefox.ask('GET', '/fxa/v1/account/attached_clients')
    assert.deepEqual(clients.map(({ name }: Answered) => name).toSorted(), ['Another one', 'Firefox'])
    const another = firefoxAt(server, other.sessionToken)
    const { json: device } = await another.ask('POST', '/fxa/v1/account/device', {
      name: 'x',
      type: 'desktop',
    })
    for (const [path, body] of [
      ['/fxa/v1/account/attached_client/destroy', { deviceId: device.id }],
      ['/fxa/v1/account/device/destroy', { id: device.id }],
      ['/fxa/v1/session/destroy', { customSessionToken: other.sessionToken }],
    ] as const) {
      const { status } = await firefox.ask('POST', path, body)
      assert.equal(status, 400, path)
    }
    assert.equal((await another.ask('GET', '/fxa/v1/session/status')).status, 200)
  })

  await t.test('disconnected at our pages it loses everything at once, and the other goes on', async () => {
    const [sync, profile] = [await access(syncScope), await access('profile')]
    const { browsers }: Answered = await olga.browser.get('/me/browsers').then(({ body }) => body)
    const line = browsers.find(({ name }: Answered) => name === 'Firefox')
    await olga.browser.delete(`/me/browsers/${line.id}`)
    assert.equal((await firefox.ask('GET', '/fxa/v1/session/status')).json.errno, 110)
    const storage = await fetch(`${server.url}/1.0/sync/1.5`, {
      headers: { ...bearer(sync), 'X-KeyID': key },
    })
    assert.equal(storage.status, 401)
    const shown = await fetch(`${server.url}/fxa/profile/v1/profile`, { headers: bearer(profile) })
    assert.equal(shown.status, 401)
    assert.equal(
      (await firefoxAt(server, other.sessionToken).ask('GET', '/fxa/v1/session/status')).status,
      200,
    )
  })
})

test('where the door is not open, nothing of it answers', async (t) => {
  const server = await startServer(t, { ESSAIM_DOORS: 'kinto,sync' })
  const olga = await makePageOwner(server)
  assert.equal((await fetch(`${server.url}/.well-known/fxa-client-configuration`)).status, 404)
  assert.equal((await fetch(`${server.url}/fxa/v1/account/status?uid=${'0'.repeat(32)}`)).status, 404)
  await olga.browser.refused('GET', '/firefox', undefined, 404, 'absent')
})
