import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newAuth } from '../../../test/support/browser-session.ts'
import { pagesUnderTest } from '../../../test/support/pages-door.ts'

const filled = (url: string) => url.slice('/api'.length).replaceAll(/:\w+/g, 'x')

test('statement 18: every route refuses what another site asks, before it looks at anything', async (t) => {
  const { routes, owner } = await pagesUnderTest(t)
  const { visitor } = await owner()
  assert.ok(routes.length > 20)
  for (const { method, url } of routes)
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': undefined, origin: 'https://elsewhere.example' },
    ]) {
      const answer = await visitor.ask(method, filled(url), undefined, headers)
      assert.deepEqual([answer.status, answer.body], [403, { error: 'cross-site' }], `${method} ${url}`)
    }
})

test('answers are of this page alone, kept nowhere, and allow no other origin', async (t) => {
  const { routes, browser } = await pagesUnderTest(t)
  for (const { method, url } of routes) {
    const { headers } = await browser().ask(method, filled(url))
    assert.equal(headers['cache-control'], 'no-store', `${method} ${url}`)
    assert.equal(headers['referrer-policy'], 'no-referrer')
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.ok(!Object.keys(headers).some((name) => name.startsWith('access-control')))
  }
})

test('statement 17: ten minutes after a proof, acts that ask for a fresh one are refused until there is one', async (t) => {
  const { clock, owner } = await pagesUnderTest(t)
  const { auth, visitor } = await owner()
  const acts = [
    ['DELETE', '/me/sessions/x', 404],
    ['POST', '/me/sessions/end', 400],
    ['POST', '/me/password/begin', 200],
    ['PUT', '/me/password', 400],
    ['DELETE', '/me/password', 409],
    ['PUT', '/me/words', 400],
    ['DELETE', '/me/words', 200],
    ['POST', '/me/direct-password', 400],
    ['DELETE', '/me/direct-password', 200],
  ] as const
  for (const [method, path, status] of acts)
    assert.equal((await visitor.ask(method, path)).status, status, `${method} ${path}`)
  clock.tick(10 * 60_000)
  for (const [method, path] of acts) {
    const { status, body } = await visitor.ask(method, path)
    assert.deepEqual([status, body], [403, { error: 'not-fresh' }], `${method} ${path}`)
  }
  assert.equal((await visitor.ask('GET', '/me')).body.freshUntil, 0)
  const { freshUntil } = (await visitor.ask('POST', '/fresh/password', { auth })).body
  assert.equal(freshUntil, clock.now() + 10 * 60_000)
  assert.equal((await visitor.ask('POST', '/me/password/begin')).status, 200)
})

test('a session ends after thirty days without use, and after 180 in all', async (t) => {
  const { clock, owner } = await pagesUnderTest(t)
  const { visitor, auth } = await owner()
  const day = 86_400_000
  clock.tick(30 * day)
  assert.equal((await visitor.ask('GET', '/me')).status, 401)
  await visitor.ask('POST', '/sign-in/password', { login: 'olga', auth })
  for (let days = 0; days < 180; days += 20) {
    assert.equal((await visitor.ask('GET', '/me')).status, 200, `day ${days}`)
    await new Promise((resolve) => setImmediate(resolve))
    clock.tick(20 * day)
  }
  assert.equal((await visitor.ask('GET', '/me')).status, 401)
})

test('bodies are JSON objects within their bounds', async (t) => {
  const { app, browser } = await pagesUnderTest(t)
  const post = async (payload: string, type = 'application/json') => {
    const answer = await app.inject({
      method: 'POST',
      url: '/api/sign-in/prelogin',
      headers: { 'content-type': type, 'sec-fetch-site': 'same-origin' },
      payload,
    })
    return [answer.statusCode, answer.json().error]
  }
  assert.deepEqual(await post('{'), [400, 'malformed'])
  assert.deepEqual(await post('[]'), [400, 'malformed'])
  assert.deepEqual(await post('null'), [400, 'malformed'])
  assert.deepEqual(await post('"x"'), [400, 'malformed'])
  assert.deepEqual(await post('login=olga', 'text/plain'), [400, 'malformed'])
  assert.deepEqual(await post('login=olga', 'application/x-www-form-urlencoded'), [415, 'malformed'])
  assert.deepEqual(await post(`{"login":"${'x'.repeat(20_000)}"}`), [413, 'too-large'])
  assert.equal((await browser().ask('POST', '/sign-in/prelogin', { login: 'x' })).status, 200)
})

test('a weak stretching is renewed at the next sign-in', async (t) => {
  const { accounts, owner, browser } = await pagesUnderTest(t)
  const { auth } = await owner()
  const { id } = (await accounts.byLogin('olga'))!
  const page = (await accounts.page(id))!
  const sign = async () =>
    (await browser().ask('POST', '/sign-in/password', { login: 'olga', auth })).body as {
      renew?: { memory: number; salt: string }
    }
  assert.equal((await sign()).renew, undefined)
  const weak = { ...page.data.parameters, memory: 19_456 }
  await accounts.setPage(id, { ...page.data, parameters: weak })
  const { renew } = await sign()
  assert.ok(renew && renew.memory > weak.memory)
  assert.notEqual(renew.salt, weak.salt)
})

test('a sign-in from a browser that the account does not know is told elsewhere', async (t) => {
  const { owner, browser, told } = await pagesUnderTest(t)
  const { auth, visitor } = await owner()
  await visitor.ask('POST', '/sign-in/password', { login: 'olga', auth })
  assert.deepEqual(told, [])
  await browser().ask('POST', '/sign-in/password', { login: 'olga', auth })
  assert.deepEqual(
    told.map(({ login, act, details }) => [login, act, details['method']]),
    [['olga', 'signed-in', 'password']],
  )
  await visitor.ask('PUT', '/me/words', { auth: newAuth() })
  assert.deepEqual(told.at(-1), { login: 'olga', act: 'words-changed', details: {} })
})
