/** One Essaim signs people in to another: the provider of OpenID Connect, and the client of it, are both ours. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makePageOwner, makePagePerson, openBrowser } from '../support/browser-session.ts'
import { authorize, issuerOf, registerApp, visit } from '../support/oauth-app.ts'
import { comeBack } from '../support/providers.ts'
import { startServer } from '../support/server.ts'

test('an account at one Essaim opens one at another', async (t) => {
  const [home, other] = [await startServer(t), await startServer(t)]
  const olga = await makePageOwner(home)
  const owner = await makePageOwner(other, 'otto')
  const client = await registerApp(home, {
    client_name: 'The other Essaim',
    redirect_uris: [`${issuerOf(other)}/sign-in/with/home`],
    token_endpoint_auth_method: 'client_secret_basic',
    application_type: 'web',
  })
  // Asked before it is kept: whether the other server knows the client and takes the secret.
  await owner.browser.put('/admin/providers/home', {
    preset: 'essaim',
    name: 'Home',
    issuer: issuerOf(home),
    clientId: client.id,
    secret: client.secret,
  })
  const there = await makePagePerson(other, owner, 'olga-there')
  const through = async (purpose: string, browser = there.browser, who = olga.browser) => {
    const { location } = await browser.post('/provider/start', { id: 'home', purpose })
    return comeBack(browser, await authorize(who, { address: new URL(location) }))
  }

  await t.test('she links it, and says at home what it may know', async () => {
    assert.equal(await through('link'), '/account/security#linked')
    const [line] = (await olga.browser.get('/me/apps')).body.apps
    assert.equal(line.label, 'The other Essaim')
    assert.deepEqual(
      line.allowed.map(({ scope }: { scope: string }) => scope),
      ['openid', 'profile'],
    )
  })

  await t.test('and signs in with it from a browser that has never been there', async () => {
    const browser = openBrowser(other)
    assert.equal(await through('sign-in', browser), '/')
    const { body } = await browser.get('/me')
    assert.deepEqual([body.login, body.method], ['olga-there', 'provider'])
  })

  await t.test('proves herself anew at home where the other asks for it', async () => {
    const { location } = await there.browser.post('/provider/start', { id: 'home', purpose: 'fresh' })
    const address = new URL(location)
    assert.equal(address.searchParams.get('prompt'), 'login')
    await olga.browser.post('/fresh/password', { auth: olga.auth })
    const first = await visit(olga.browser, address)
    const id = first.location.split('#')[1] ?? ''
    await olga.browser.refused('GET', `/consent/${id}`, undefined, 403, 'not-fresh')
    await olga.browser.post('/fresh/password', { auth: olga.auth })
    const on = await olga.browser.post(`/consent/${id}`, { answers: [] })
    const back = await visit(olga.browser, on.location)
    assert.equal(await comeBack(there.browser, new URL(back.location)), '/account/security#fresh')
  })

  await t.test('and somebody else at home opens nothing of hers', async () => {
    const nora = await makePagePerson(home, olga, 'nora')
    const browser = openBrowser(other)
    const location = await through('sign-in', browser, nora.browser)
    assert.notEqual(location, '/')
    assert.equal((await browser.get('/me')).status, 401)
  })
})
