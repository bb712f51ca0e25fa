/**
 * Firefox for Android and for iOS, as recorded plays: their programs can not run here, so the requests are those that
 * their sources make (test/support/phone.ts names the commit of the library that both share). What the programs tell
 * it, and what they do with the page:
 * - Android: mozilla-mobile/firefox-android at fe8a71cd70ad5674abe1824fe11dc78372b736c2
 *   (fenix/app/src/main/java/org/mozilla/fenix/components/FxaServer.kt, BackgroundServices.kt;
 *   android-components/components/feature/accounts: FxaWebChannelFeature.kt, fxawebchannel.js)
 * - iOS: mozilla-mobile/firefox-ios at 024e9f80c6dcab653fb02381fda42b60ab0ccd87
 *   (firefox-ios/RustFxA/RustFirefoxAccounts.swift, FxAWebViewModel.swift)
 */
import assert from 'node:assert/strict'
import { createECDH, randomBytes } from 'node:crypto'
import { test, type TestContext } from 'node:test'
import { encryptTo, publicKeyOf } from '../../web/src/firefox/jwe.ts'
import { readRequest } from '../../web/src/firefox/request.ts'
import { derive } from '../../src/protocols/fxa/session-tokens.ts'
import { type Answered, type BrowserSession, makePageOwner } from '../support/browser-session.ts'
import {
  type Flow,
  openPhone,
  type Phone,
  type PhoneClient,
  sessionScope,
  syncScope,
  webChannel,
} from '../support/phone.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { askStorage, type SyncToken } from '../support/sync-browser.ts'

const openUri = 'https://identity.mozilla.com/cmd/open-uri'
const closeUri = 'https://identity.mozilla.com/cmd/close-uri/v1'

const android: PhoneClient = { id: 'a2270f727f45f648', redirect: webChannel }
const androidScopes = ['profile', syncScope, sessionScope]
const ios: PhoneClient = { id: '1b1a3e44c54fbb58', redirect: webChannel, agent: 'Firefox-iOS-FxA/24' }
const iosScopes = ['profile', syncScope, 'https://identity.mozilla.com/apps/vpn']

const key = {
  k: randomBytes(64).toString('base64url'),
  kid: `1790000000000-${randomBytes(16).toString('base64url')}`,
}

interface Scene {
  server: TestServer
  /** As people and browsers write it. */
  origin: string
  olga: BrowserSession
}

async function scene(t: TestContext): Promise<Scene> {
  const server = await startServer(t)
  const { browser: olga } = await makePageOwner(server)
  return { server, origin: server.url.replace('127.0.0.1', 'localhost'), olga }
}

/** What our page does with the address that a telephone opened: reads it, wraps the key, and lets the telephone in. */
async function letIn(olga: BrowserSession, { address }: Flow, more: object = {}): Promise<Answered> {
  const { mobile } = readRequest(address.search.slice(1))
  assert.ok(mobile, 'the page does not take what the telephone asks for')
  const { client, scope, state, challenge, offline, keysJwk } = mobile
  const keys = { [syncScope]: { kty: 'oct', scope: syncScope, ...key } }
  const keysJwe = await encryptTo(await publicKeyOf(keysJwk), JSON.stringify(keys))
  const wanted = { client: client.id, scope, state, challenge, offline, keysJwe, kid: key.kid }
  return olga.post('/firefox/connect', { ...wanted, ...more })
}

/** Everything from the first document to a telephone that has its tokens. */
async function signIn({ olga }: Scene, phone: Phone, scopes: readonly string[]) {
  const flow = phone.begin(scopes)
  const connected = await letIn(olga, flow)
  assert.equal(connected.state, flow.state)
  // The page told the library of a session before the code, where none comes with it.
  const { sessionToken } = connected
  const { status, body } = await phone.redeem(flow, connected.code, sessionToken ?? undefined)
  assert.equal(status, 200, JSON.stringify(body))
  assert.deepEqual(flow.open(body.keys_jwe), { [syncScope]: { kty: 'oct', scope: syncScope, ...key } })
  for (const member of ['refresh_token', 'access_token', 'scope']) assert.equal(typeof body[member], 'string')
  assert.ok(Number.isInteger(body.expires_in))
  // The library wants no token that may do everything.
  assert.deepEqual((await phone.destroy({ token: body.access_token })).body, {})
  return {
    refresh: String(body.refresh_token),
    session: String(body.session_token ?? sessionToken),
    body,
    flow,
  }
}

/** `DeviceResponseCommon`: without one of these the library takes the answer for a broken one. */
function assertDevice(device: Answered): void {
  assert.match(device.id, /^[0-9a-f]{32}$/)
  assert.equal(typeof device.name, 'string')
  assert.equal(typeof device.type, 'string')
  assert.equal(typeof device.availableCommands, 'object')
  assert.equal(typeof device.pushEndpointExpired, 'boolean')
}

const subscription = () => ({
  pushCallback: 'https://push.example.com/wpush/v2/abc',
  pushPublicKey: createECDH('prime256v1').generateKeys('base64url'),
  pushAuthKey: randomBytes(16).toString('base64url'),
})

/** A token of the token server for a telephone's refresh token, as its Sync asks for it. */
async function syncToken(phone: Phone, refresh: string): Promise<{ status: number; token: SyncToken }> {
  const access = await phone.access(refresh, syncScope)
  assert.deepEqual([access.status, access.body.scope], [200, syncScope])
  assert.equal(access.body.refresh_token, undefined)
  const { status, headers, body } = await phone.ask(
    'GET',
    `${phone.configuration.sync_tokenserver_base_url}/1.0/sync/1.5`,
    { authorization: `Bearer ${access.body.access_token}`, headers: { 'X-KeyID': key.kid } },
  )
  if (status === 200) assert.match(headers.get('x-timestamp') ?? '', /^\d/)
  return { status, token: body }
}

test('Firefox for Android signs in, syncs, is sent a tab, and is disconnected', async (t) => {
  const on = await scene(t)
  const { origin, olga } = on
  const phone = await openPhone(origin, android)

  await t.test('its sign-in page is ours, though it asks where apps ask', async () => {
    const { address } = phone.begin(androidScopes)
    const led = await phone.ask('GET', address.href)
    assert.equal(new URL(led.headers.get('location') ?? '', address).pathname, '/authorization')
    assert.equal(new URL(led.headers.get('location') ?? '', address).search, address.search)
    const page = await fetch(new URL(led.headers.get('location') ?? '', address), {
      headers: { Accept: 'text/html' },
    })
    assert.match(await page.text(), /<essaim-app>/)
  })

  const { refresh, session, body } = await signIn(on, phone, androidScopes)
  assert.equal(session, body.session_token)
  assert.deepEqual(new Set(body.scope.split(' ')), new Set(androidScopes))

  const device = await phone.byRefresh(refresh, 'POST', 'account/device', {
    name: 'Firefox on a telephone',
    type: 'mobile',
    availableCommands: { [openUri]: '{"kid":"k"}' },
  })
  assert.equal(device.status, 200)
  assertDevice(device.body)

  await t.test('it sees the profile where discovery says, and asks again by its tag', async () => {
    const access = await phone.access(refresh, 'profile')
    assert.equal(access.body.scope, 'profile')
    const authorization = `Bearer ${access.body.access_token}`
    const profile = await phone.ask('GET', phone.discovery.userinfo_endpoint, { authorization })
    assert.equal(profile.status, 200)
    const { uid, email, avatar, avatarDefault } = profile.body
    assert.deepEqual([uid.length, email, avatarDefault], [32, 'olga@localhost', true])
    assert.ok(URL.canParse(avatar))
    // It puts the tag, marks and all, between marks.
    const headers = { 'If-None-Match': `"${profile.headers.get('etag')}"` }
    assert.equal(
      (await phone.ask('GET', phone.discovery.userinfo_endpoint, { authorization, headers })).status,
      304,
    )
  })

  await t.test('it is in the list of browsers, and can be reached', async () => {
    const push = await phone.byRefresh(refresh, 'POST', 'account/device', subscription())
    assertDevice(push.body)
    const since = Date.now() - 21 * 86_400_000
    const { body: devices } = await phone.byRefresh(
      refresh,
      'GET',
      `account/devices?filterIdleDevicesTimestamp=${since}`,
    )
    const [own] = devices as Answered[]
    assertDevice(own)
    assert.deepEqual([own.isCurrentDevice, own.name, own.type], [true, 'Firefox on a telephone', 'mobile'])
    assert.equal(typeof own.location, 'object')
    const { browsers } = (await olga.get('/me/browsers')).body
    assert.deepEqual(
      browsers.map(({ name, type, syncs, reachable }: Answered) => ({ name, type, syncs, reachable })),
      [{ name: 'Firefox on a telephone', type: 'mobile', syncs: true, reachable: true }],
    )
    const { body: clients } = await phone.bySession(session, 'GET', 'account/attached_clients')
    assert.deepEqual(
      clients.map(({ clientId, deviceType, isCurrentSession }: Answered) => [
        clientId,
        deviceType,
        isCurrentSession,
      ]),
      [[android.id, 'mobile', true]],
    )
    assert.equal(typeof clients[0].userAgent, 'string')
  })

  await t.test('it syncs', async () => {
    const { token } = await syncToken(phone, refresh)
    const storage = (method: string, path: string, sent?: unknown, headers = {}) =>
      askStorage(token, method, path, {
        via: on.server.url,
        headers: { Accept: 'application/json', 'Content-Type': 'application/json', ...headers },
        ...(sent === undefined ? {} : { body: sent }),
      })
    assert.equal((await storage('GET', '/info/configuration')).status, 200)
    assert.equal((await storage('GET', '/info/collections')).text, '{}')
    assert.equal((await storage('GET', '/storage/meta/global')).status, 404)
    const zero = { 'X-If-Unmodified-Since': '0.00' }
    const meta = { payload: '{"syncID":"x","storageVersion":5}' }
    assert.equal((await storage('PUT', '/storage/meta/global', meta, zero)).status, 200)
    const history = [{ id: 'aaaaaaaaaaaa', payload: 'sealed', sortindex: 1 }]
    const posted = await storage('POST', '/storage/history?batch=true&commit=true', history, zero)
    assert.deepEqual([posted.status, JSON.parse(posted.text).success], [200, ['aaaaaaaaaaaa']])
  })

  await t.test('another telephone sends it a tab, and it finds it by asking', async () => {
    const other = await openPhone(origin, ios)
    const { refresh: hers } = await signIn(on, other, iosScopes)
    await other.byRefresh(hers, 'POST', 'account/device', {
      name: 'iPad',
      type: 'tablet',
      availableCommands: { [openUri]: '{"kid":"k"}', [closeUri]: '{"kid":"k"}' },
    })
    const sent = await other.byRefresh(hers, 'POST', 'account/devices/invoke_command', {
      command: openUri,
      target: device.body.id,
      payload: { encrypted: 'c2VhbGVk' },
      ttl: 2_592_000,
    })
    assert.equal(sent.status, 200)
    const { body: waiting } = await phone.byRefresh(refresh, 'GET', 'account/device/commands?index=0')
    const [message] = waiting.messages
    assert.deepEqual([message.data.command, message.data.payload], [openUri, { encrypted: 'c2VhbGVk' }])
    assert.ok(Number.isInteger(waiting.index) && Number.isInteger(message.index))
    assert.match(message.data.sender, /^[0-9a-f]{32}$/)
    const next = `account/device/commands?index=${waiting.index + 1}&limit=100`
    assert.deepEqual((await phone.byRefresh(refresh, 'GET', next)).body.messages, [])
    assert.equal(
      (await other.byRefresh(hers, 'POST', 'account/device/destroy', { id: device.body.id })).body.errno,
      123,
    )
  })

  await t.test('it disconnects itself, and nothing of it is left', async () => {
    assert.equal(await phone.introspect(refresh), true)
    const gone = await phone.byRefresh(refresh, 'POST', 'account/device/destroy', { id: device.body.id })
    assert.equal(gone.status, 200)
    assert.equal(await phone.introspect(refresh), false)
    for (const told of [
      await phone.access(refresh, 'profile'),
      await phone.byRefresh(refresh, 'GET', 'account/devices'),
      await phone.bySession(session, 'GET', 'session/status'),
    ])
      assert.deepEqual([told.status, told.body.errno], [401, 110])
    const { browsers } = (await olga.get('/me/browsers')).body
    assert.deepEqual(
      browsers.map(({ name }: Answered) => name),
      ['iPad'],
    )
  })
})

test('Firefox for iOS signs in without what other services want, and its person disconnects it', async (t) => {
  const on = await scene(t)
  const phone = await openPhone(on.origin, ios)
  const { refresh, session, body } = await signIn(on, phone, iosScopes)
  assert.equal(body.session_token, undefined)
  assert.equal((await phone.bySession(session, 'GET', 'account/attached_clients')).body.length, 1)
  assert.deepEqual(new Set(body.scope.split(' ')), new Set(['profile', syncScope]))
  const device = await phone.byRefresh(refresh, 'POST', 'account/device', {
    name: 'iPhone',
    type: 'mobile',
    availableCommands: { [openUri]: '{}', [closeUri]: '{}' },
  })
  assertDevice(device.body)
  const { status, token } = await syncToken(phone, refresh)
  assert.equal(status, 200)
  const get = () => askStorage(token, 'GET', '/info/collections', { via: on.server.url })
  assert.equal((await get()).status, 200)

  const [browser] = (await on.olga.get('/me/browsers')).body.browsers
  assert.equal(browser.name, 'iPhone')
  await on.olga.delete(`/me/browsers/${browser.id}`)
  assert.equal((await get()).status, 401)
  assert.deepEqual((await phone.access(refresh, syncScope)).body.errno, 110)
  assert.equal(await phone.introspect(refresh), false)
})

test('a telephone that is led to an address takes its code from ours', async (t) => {
  const on = await scene(t)
  const id = '3c49430b43dfba77'
  const redirect = `${on.origin}/oauth/success/${id}`
  const phone = await openPhone(on.origin, { id, redirect })
  const flow = phone.begin(androidScopes)
  const connected = await letIn(on.olga, flow)
  const led = new URL(connected.redirect)
  assert.equal(`${led.origin}${led.pathname}`, redirect)
  assert.deepEqual(
    [led.searchParams.get('code'), led.searchParams.get('state')],
    [connected.code, flow.state],
  )
  const page = await fetch(led, { headers: { Accept: 'text/html' } })
  assert.match(await page.text(), /<essaim-app>/)
  assert.equal((await phone.redeem(flow, connected.code)).status, 200)
  const again = await phone.redeem(flow, connected.code)
  assert.deepEqual([again.status, again.body.errno], [400, 172])
})

test('a telephone signs in again: its new tokens hold, its old ones end, its device stays one', async (t) => {
  const on = await scene(t)
  const phone = await openPhone(on.origin, android)
  const first = await signIn(on, phone, androidScopes)
  const named = { name: 'Telephone', type: 'mobile', availableCommands: { [openUri]: '{}' } }
  await phone.byRefresh(first.refresh, 'POST', 'account/device', named)

  // The library shows the session that it had, also where the page has already ended it.
  const flow = phone.begin(androidScopes, 'olga@localhost')
  const connected = await letIn(on.olga, flow, { previous: first.session })
  const told = await phone.redeem(flow, connected.code, first.session)
  assert.equal(told.status, 200, JSON.stringify(told.body))
  const { refresh_token: refresh } = told.body
  await phone.destroy({ token: told.body.access_token })
  // It asks for its device by the token that it had, and registers it anew whatever comes of that.
  assert.equal((await phone.byRefresh(first.refresh, 'GET', 'account/devices')).body.errno, 110)
  assert.deepEqual((await phone.destroy({ refresh_token: first.refresh })).body, {})
  await phone.byRefresh(refresh, 'POST', 'account/device', named)
  const { browsers } = (await on.olga.get('/me/browsers')).body
  assert.deepEqual(
    browsers.map(({ name }: Answered) => name),
    ['Telephone'],
  )
})

test('a refresh token gives what it was given for and nothing more, and its end is the telephone’s', async (t) => {
  const on = await scene(t)
  const phone = await openPhone(on.origin, android)
  const flow = phone.begin(['profile', sessionScope])
  const connected = await letIn(on.olga, flow, { keysJwe: null, kid: null })
  const { body } = await phone.redeem(flow, connected.code)
  const { refresh_token: refresh, session_token: session } = body
  const errno = async (told: Promise<{ body: Answered }>) => (await told).body.errno
  assert.equal(await errno(phone.access(refresh, syncScope)), 163)
  assert.equal(await errno(phone.access(refresh, sessionScope)), 163)
  const token = (sent: object) => phone.ask('POST', `${on.origin}/fxa/v1/oauth/token`, { body: sent })
  const exchange = (subject: string, scope: string) =>
    token({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: subject,
      subject_token_type: 'urn:ietf:params:oauth:token-type:refresh_token',
      scope,
    })
  // No key came with it, so Sync is not within what it was let in for.
  assert.equal(await errno(exchange(refresh, syncScope)), 163)
  assert.equal(await errno(exchange(refresh, 'https://identity.mozilla.com/apps/relay')), 163)
  const wider = await exchange(refresh, 'profile:write')
  assert.deepEqual([wider.status, wider.body.scope], [200, 'profile profile:write'])
  assert.equal(await errno(phone.access(refresh, 'profile')), 110)
  const { refresh_token: next } = wider.body
  assert.equal((await phone.access(next, 'profile:write')).status, 200)

  const other = { grant_type: 'refresh_token', client_id: ios.id, refresh_token: next, scope: 'profile' }
  assert.equal(await errno(token(other)), 110)
  const more = await phone.bySession(session, 'POST', 'oauth/token', {
    client_id: android.id,
    scope: 'profile',
    grant_type: 'fxa-credentials',
    access_type: 'offline',
  })
  assert.match(more.body.refresh_token, /^[0-9a-f]{64}$/)
  await phone.destroy({ refresh_token: next })
  assert.equal((await phone.bySession(session, 'GET', 'session/status')).status, 200)
  // It forgets its session with its last refresh token, and so does the server.
  await phone.destroy({ refresh_token: more.body.refresh_token })
  assert.equal(await errno(phone.bySession(session, 'GET', 'session/status')), 110)
  assert.deepEqual((await on.olga.get('/me/browsers')).body.browsers, [])
})

test('a session by its id is no refresh token, no access token and no session of another kind', async (t) => {
  const on = await scene(t)
  const phone = await openPhone(on.origin, android)
  const { session } = await signIn(on, phone, androidScopes)
  const { id } = derive(session, 'fxa-session')
  const status = (authorization: string) =>
    phone.ask('GET', `${on.origin}/fxa/v1/session/status`, { authorization }).then((told) => told.status)
  assert.equal(await status(`Bearer fxs_${id}`), 200)
  for (const wrong of [
    `Bearer ${id}`,
    `Bearer fxk_${id}`,
    `Bearer fxs_${session}`,
    `Bearer fxs_${id.toUpperCase()}`,
  ])
    assert.equal(await status(wrong), 401, wrong)
  assert.equal((await phone.access(id, 'profile')).status, 401)
})
