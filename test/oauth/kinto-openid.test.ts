/** The sign-in of Kinto's OpenID plugin, as kinto-admin does it: by an address of the Kinto door, and back to the page. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BrowserSession, makePageOwner, openBrowser } from '../support/browser-session.ts'
import { allOf, askKinto, issuerOf, visit } from '../support/oauth-app.ts'
import { startServer } from '../support/server.ts'

const callback = 'https://admin.example/kinto/#/auth/eyJzZXJ2ZXIiOiJ4In0=/'

const loginAt = (back: string, more = '') =>
  `/v1/openid/essaim/login?callback=${encodeURIComponent(back)}${more}`

/** What kinto-admin reads behind its own address. */
const answerIn = (location: string): Record<string, string | number> =>
  JSON.parse(Buffer.from(decodeURIComponent(location.slice(callback.length)), 'base64').toString()) as Record<
    string,
    string | number
  >

test('a page signs a person in through the Kinto door', async (t) => {
  const server = await startServer(t)
  const { browser } = await makePageOwner(server)
  const ask = async (who: BrowserSession, more = '', back = callback) => {
    const first = await visit(who, loginAt(back, more))
    assert.equal(first.status, 307, JSON.stringify(first.body))
    const id = first.location.replace('/consent#', '')
    const { status, body } = await who.get(`/consent/${id}`)
    return { id, status, ...body }
  }

  await t.test('the root says where', async () => {
    const root = (await (await fetch(`${server.url}/v1/`)).json()) as {
      capabilities: Record<string, unknown>
    }
    assert.deepEqual((root.capabilities['openid'] as { providers: object[] }).providers, [
      {
        name: 'essaim',
        issuer: issuerOf(server),
        auth_path: '/openid/essaim/login',
        client_id: 'essaim',
        header_type: 'Bearer',
        userinfo_endpoint: `${issuerOf(server)}/oauth/userinfo`,
      },
    ])
  })

  await t.test('she is told which page it is, and consents', async () => {
    const question = await ask(browser, '&scope=openid%20email')
    assert.deepEqual(question.app, { name: 'admin.example', origin: 'admin.example', verified: 'registered' })
    assert.deepEqual(
      question.asks.map(({ scope, high }: Record<string, unknown>) => [scope, high]),
      [['kinto:rw', true]],
    )
    const { location } = await browser.post(`/consent/${question.id}`, { answers: allOf(question) })
    assert.ok(location.startsWith(callback))
    const token = answerIn(location)
    assert.equal(token['token_type'], 'Bearer')
    assert.equal(token['expires_in'], 12 * 3_600)
    const root = await askKinto(server, String(token['access_token']), '/')
    assert.equal(root.body.user.id, 'account:olga')
    const made = await askKinto(server, String(token['access_token']), '/buckets/blog', {
      method: 'PUT',
      body: '{}',
    })
    assert.equal(made.status, 201)
    // What was answered is over.
    assert.equal((await browser.get(`/consent/${question.id}`)).status, 404)
    const again = await ask(browser)
    assert.deepEqual(again.asks, [])
    const second = await browser.post(`/consent/${again.id}`, { answers: [] })
    assert.ok(answerIn(second.location)['access_token'])
    const other = await ask(browser, '', 'https://admin.example/elsewhere/#')
    assert.equal(other.asks.length, 1)
  })

  await t.test('for less, where the page asks for less or she says so', async () => {
    const back = 'http://localhost:3000/#'
    const question = await ask(browser, '&scope=openid%20kinto:default/notes:rw', back)
    const answers = [{ asked: 'kinto:default/notes:rw', allow: true, verb: 'r' }]
    const { location } = await browser.post(`/consent/${question.id}`, { answers })
    const { scope, access_token: token } = JSON.parse(
      Buffer.from(decodeURIComponent(location.slice(back.length)), 'base64').toString(),
    ) as Record<string, string>
    assert.equal(scope, 'kinto:default/notes:r')
    const records = '/buckets/default/collections/notes/records'
    const post = { method: 'POST', body: JSON.stringify({ data: { a: 1 } }) }
    assert.equal((await askKinto(server, token ?? '', records)).status, 200)
    assert.equal((await askKinto(server, token ?? '', records, post)).status, 403)
    assert.equal((await askKinto(server, token ?? '', '/buckets/blog')).status, 403)
  })

  await t.test('a no leaves her here, and the page without a token', async () => {
    const question = await ask(browser, '', 'https://other.example/#')
    const { location } = await browser.post(`/consent/${question.id}`, { refuse: true })
    assert.equal(location, '/account/apps')
    assert.equal((await browser.get(`/consent/${question.id}`)).status, 404)
  })

  await t.test('in the browser alone that the page sent', async () => {
    const attacker = openBrowser(server)
    const first = await visit(attacker, loginAt(callback))
    assert.match(first.headers.getSetCookie().join(), /^__Host-essaim-browser=/)
    const id = first.location.replace('/consent#', '')
    await browser.refused('POST', `/consent/${id}`, { answers: [] }, 404, 'absent')
    assert.equal((await browser.get(`/consent/${id}`)).status, 404)
  })

  await t.test('anew where she has taken away all that it had', async () => {
    const back = 'http://localhost:3001/#'
    const first = await ask(browser, '', back)
    await browser.post(`/consent/${first.id}`, { answers: allOf(first) })
    const { apps } = (await browser.get('/me/apps')).body
    const line = apps.find(({ label }: { label: string }) => label === 'localhost:3001')
    await browser.put(`/me/apps/${line.id}`, { narrow: 'kinto:rw' })
    const next = await ask(browser, '', back)
    assert.deepEqual(
      next.asks.map(({ scope }: { scope: string }) => scope),
      ['kinto:rw'],
    )
    const answers = [{ asked: 'kinto:rw', allow: true, verb: 'r' }]
    await browser.post(`/consent/${next.id}`, { answers })
    assert.deepEqual((await ask(browser, '', back)).asks, [])
  })

  await t.test('and what it takes back is refused at once', async () => {
    const question = await ask(browser)
    const { location } = await browser.post(`/consent/${question.id}`, { answers: [] })
    const token = String(answerIn(location)['access_token'])
    assert.equal((await askKinto(server, token, '/buckets/blog')).status, 200)
    const { apps } = (await browser.get('/me/apps')).body
    const line = apps.find(({ label }: { label: string }) => label === 'admin.example')
    await browser.delete(`/me/apps/${line.id}`)
    assert.equal((await askKinto(server, token, '/buckets/blog')).status, 401)
  })

  await t.test('addresses that no page has are refused', async () => {
    for (const back of [
      '',
      'admin.example',
      'http://admin.example/#',
      'javascript:alert(1)',
      'data:text/html,x',
      'https://user:pass@admin.example/',
      'ftp://admin.example/',
      `https://admin.example/${'x'.repeat(2_000)}`,
    ]) {
      const { status, location } = await visit(browser, loginAt(back))
      assert.deepEqual([status, location], [400, ''], back)
    }
    assert.equal((await visit(browser, '/v1/openid/essaim/login')).status, 400)
    assert.equal((await visit(browser, loginAt(callback, '&scope=kinto:fly'))).status, 307)
    assert.equal((await visit(browser, loginAt(callback).replace('essaim', 'google'))).status, 404)
  })
})
