/** Whatever is sent to the OAuth server, it answers with an error of the protocol, and goes on. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makePageOwner } from '../support/browser-session.ts'
import { authorize, begin, letIn, registerApp } from '../support/oauth-app.ts'
import { startServer } from '../support/server.ts'

const nasty = [
  '',
  ' ',
  '%00',
  '\u0000',
  '\uFFFF',
  'é😀',
  '__proto__',
  'constructor',
  '../../etc/passwd',
  '[object Object]',
  '{"a":1}',
  'x'.repeat(3_000),
  '-1',
  'NaN',
  '1e400',
  'null',
  '<script>',
  '\r\nSet-Cookie: a=b',
  'kinto:pick:rw '.repeat(300),
]

test('the OAuth server answers whatever is sent', async (t) => {
  // Where strangers are slowed down, most of this would not be looked at.
  const server = await startServer(t, { ESSAIM_UNSAFE_TEST: '1' })
  const { browser } = await makePageOwner(server)
  const app = await registerApp(server)
  const tokens = await letIn(browser, app, 'openid offline_access kinto:default/notes:rw')
  const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ')
  const send = async (path: string, init: RequestInit, what: string) => {
    const answer = await fetch(server.url + path, { redirect: 'manual', ...init })
    const text = await answer.text()
    assert.ok(answer.status < 500, `${what}: ${answer.status} ${text.slice(0, 200)}`)
    assert.doesNotMatch(text + String(answer.headers.get('location')), /server_error/, what)
    assert.ok(!answer.headers.getSetCookie().some((line) => line.startsWith('a=')), what)
  }

  await t.test('in each parameter of a request by a browser', async () => {
    const { address } = await begin(app, 'openid')
    const names = [
      ...address.searchParams.keys(),
      ...[
        'prompt',
        'max_age',
        'id_token_hint',
        'login_hint',
        'resource',
        'response_mode',
        'claims',
        'acr_values',
      ],
      ...['request', 'request_uri', 'ui_locales', 'display', 'unknown', '__proto__'],
    ]
    for (const name of new Set(names))
      for (const value of nasty) {
        const changed = new URL(address)
        changed.searchParams.set(name, value)
        const init = { headers: { Cookie: cookie, Accept: 'text/html' } }
        await send(changed.pathname + changed.search, init, `${name}=${value.slice(0, 20)}`)
        changed.searchParams.append(name, 'again')
        await send(changed.pathname + changed.search, init, `${name} twice`)
      }
  })

  await t.test('in each parameter of what an app posts', async () => {
    const forms: Record<string, Record<string, string>> = {
      '/oauth/token': {
        grant_type: 'authorization_code',
        client_id: app.id,
        code: 'x',
        redirect_uri: app.redirect,
        code_verifier: 'x'.repeat(43),
        refresh_token: 'x',
        device_code: 'x',
        scope: 'openid',
        resource: server.url,
      },
      '/oauth/revoke': { client_id: app.id, token: tokens.access_token, token_type_hint: 'access_token' },
      '/oauth/introspect': {
        client_id: app.id,
        token: tokens.access_token,
        token_type_hint: 'refresh_token',
      },
      '/oauth/device': { client_id: app.id, scope: 'openid' },
      '/oauth/userinfo': { access_token: tokens.access_token, scope: 'openid' },
      '/oauth/logout/confirm': { xsrf: 'x', logout: 'yes' },
    }
    for (const [path, form] of Object.entries(forms))
      for (const name of Object.keys(form))
        for (const value of nasty) {
          if (path === '/oauth/revoke' && name !== 'client_id' && name !== 'token') continue
          const body = new URLSearchParams({ ...form, [name]: value })
          await send(path, { method: 'POST', body }, `${path} ${name}=${value.slice(0, 20)}`)
        }
    for (const grant of ['refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'])
      for (const value of nasty) {
        const form = { grant_type: grant, client_id: app.id, refresh_token: value, device_code: value }
        await send('/oauth/token', { method: 'POST', body: new URLSearchParams(form) }, grant)
      }
  })

  await t.test('in the body, the headers, the method and the path', async () => {
    const paths = [
      'authorize',
      'token',
      'jwks',
      'revoke',
      'introspect',
      'register',
      'device',
      'userinfo',
      'logout',
    ]
    for (const path of [
      ...paths.map((one) => `/oauth/${one}`),
      '/oauth',
      '/oauth/',
      '/oauth/nothing',
      '/oauth//token',
    ])
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])
        await send(path, { method }, `${method} ${path}`)
    for (const path of [
      '/oauth/authorize/x',
      '/oauth/authorize/%00',
      '/oauth/logout/success',
      '/oauth/%2e%2e/v1/',
    ])
      await send(path, {}, path)
    for (const [type, body] of [
      ['application/json', '{'],
      ['application/json', '[]'],
      ['text/plain', 'x'],
      ['application/x-www-form-urlencoded', '%'],
      ['application/x-www-form-urlencoded', 'a'.repeat(100_000)],
      ['application/x-www-form-urlencoded; charset=nothing', 'a=b'],
      ['multipart/form-data', 'x'],
    ] as const)
      for (const path of paths) {
        const init = { method: 'POST', headers: { 'Content-Type': type }, body }
        await send(`/oauth/${path}`, init, `${path} ${type}`)
      }
    for (const authorization of [
      'Basic',
      'Basic x',
      'Basic OjE=',
      'Bearer',
      'Bearer x y',
      'DPoP x',
      `Basic ${'A'.repeat(9_000)}`,
    ])
      for (const path of ['token', 'userinfo', 'revoke', 'introspect'])
        await send(
          `/oauth/${path}`,
          { method: 'POST', headers: { Authorization: authorization } },
          authorization,
        )
    for (const value of [
      'not a cookie',
      '__Host-essaim=x',
      '__Host-essaim-browser=',
      `__Host-essaim=${'x'.repeat(5_000)}`,
    ])
      await send('/oauth/authorize', { headers: { Cookie: value } }, value)
  })

  await t.test('in what it says of itself', async () => {
    const members = [
      'redirect_uris',
      'client_name',
      'grant_types',
      'response_types',
      'jwks',
      'jwks_uri',
      'contacts',
      'scope',
    ]
    const values: unknown[] = [
      null,
      7,
      true,
      '',
      'x',
      [],
      [null],
      [7],
      [{}],
      {},
      { keys: [] },
      { keys: [{}] },
      ['x'],
      '\u0000',
    ]
    for (const name of members)
      for (const value of values)
        await send(
          '/oauth/register',
          {
            method: 'POST',
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify({ redirect_uris: ['https://notes.example/'], [name]: value }),
          },
          `${name}: ${JSON.stringify(value)}`,
        )
  })

  assert.doesNotMatch(server.output(), /"level":50/)
  const begun = await begin(app, 'openid')
  assert.ok((await authorize(browser, begun)).searchParams.has('code'))
})
