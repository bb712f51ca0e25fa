/** Sign-in with others, against a real provider process and an OAuth 2 server on loopback. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { makePageOwner, makePagePerson, newAuth, openBrowser } from './support/browser-session.ts'
import { comeBack, signInWith, startOAuth2, startOidc, visitProviders } from './support/providers.ts'
import { startServer, type TestServer } from './support/server.ts'

const publicUrlOf = (server: TestServer) => `http://localhost:${new URL(server.url).port}`

const oidcSettings = (issuer: string) => ({
  kind: 'oidc',
  name: 'Elsewhere',
  issuer,
  clientId: 'essaim',
  secret: 'secret of the client',
  scopes: 'openid profile',
})

const seconds = () => Math.floor(Date.now() / 1_000)

test('an account elsewhere opens the account that its owner attached it to', async (t) => {
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  const oidc = await startOidc(t, publicUrlOf(server), ['elsewhere', 'other'])
  await olga.browser.put('/admin/providers/elsewhere', oidcSettings(oidc.issuer))
  const alice = await makePagePerson(server, olga, 'alice')
  const bob = await makePagePerson(server, olga, 'bob')
  const sub = 'alice-there'

  await t.test('its owner links it, by a fresh proof', async () => {
    const back = await signInWith(
      alice.browser,
      { id: 'elsewhere', purpose: 'link' },
      { name: 'alice-there' },
    )
    assert.equal(back, '/account/security#linked')
    assert.equal((await alice.browser.get('/me')).body.ways.identities, 1)
  })

  await t.test('it signs in from another browser, which is no fresh proof (statement 17)', async () => {
    const browser = openBrowser(server)
    const location = await signInWith(
      browser,
      { id: 'elsewhere', purpose: 'sign-in' },
      { name: 'alice-there' },
    )
    assert.equal(location, '/')
    const { body: me } = await browser.get('/me')
    assert.deepEqual([me.login, me.method, me.freshUntil], ['alice', 'provider', 0])
    assert.equal(browser.cookies.has('__Host-essaim-flow'), false)
    await browser.refused('POST', '/provider/start', { id: 'elsewhere', purpose: 'link' }, 403, 'not-fresh')
    await browser.refused('DELETE', '/me/identities', { issuer: oidc.issuer, subject: sub }, 403, 'not-fresh')
  })

  await t.test('a proof there, just now, is fresh; an old one and another person are not', async () => {
    const browser = openBrowser(server)
    const there = visitProviders()
    const start = (purpose: string, at: object) =>
      signInWith(browser, { id: 'elsewhere', purpose }, { name: 'alice-there', ...at }, there)
    assert.equal(await start('sign-in', {}), '/')
    const token = browser.cookies.get('__Host-essaim')
    assert.equal(await start('fresh', { at: seconds() - 3_600 }), '/account/security#problem=not-fresh')
    const another = await signInWith(browser, { id: 'elsewhere', purpose: 'fresh' }, { name: 'bob-there' })
    assert.equal(another, '/account/security#problem=wrong')
    assert.equal((await browser.get('/me')).body.freshUntil, 0)
    assert.equal(await start('fresh', {}), '/account/security#fresh')
    assert.ok((await browser.get('/me')).body.freshUntil > Date.now())
    assert.notEqual(browser.cookies.get('__Host-essaim'), token, 'the cookie changes with the proof')
  })

  await t.test('nobody else can have it', async () => {
    const back = await signInWith(bob.browser, { id: 'elsewhere', purpose: 'link' }, { name: 'alice-there' })
    assert.equal(back, '/account/security#problem=identity-taken')
    assert.equal((await bob.browser.get('/me')).body.ways.identities, 0)
    await bob.browser.refused(
      'DELETE',
      '/me/identities',
      { issuer: oidc.issuer, subject: sub },
      404,
      'identity-absent',
    )
  })

  await t.test('a link begun in one browser does not end in another', async () => {
    const { location } = await bob.browser.post('/provider/start', { id: 'elsewhere', purpose: 'link' })
    const back = await visitProviders().through(location, { name: 'mallory-there' })
    assert.equal(await comeBack(alice.browser, back), '/sign-in#problem=flow-lost')
    // With the cookie of the flow, but signed in as somebody else.
    alice.browser.cookies.set('__Host-essaim-flow', bob.browser.cookies.get('__Host-essaim-flow') ?? '')
    assert.equal(await comeBack(alice.browser, back), '/account/security#problem=signed-out')
    assert.equal((await alice.browser.get('/me')).body.ways.identities, 1)
    assert.equal((await bob.browser.get('/me')).body.ways.identities, 0)
  })

  await t.test('it is taken away by its owner; the last way in is not (statement 20)', async () => {
    const identity = { issuer: oidc.issuer, subject: sub }
    await alice.browser.delete('/me/password')
    await alice.browser.refused('DELETE', '/me/identities', identity, 409, 'last-way')
    const { parameters } = await alice.browser.post('/me/password/begin')
    await alice.browser.put('/me/password', { parameters, auth: alice.auth })
    await alice.browser.delete('/me/identities', identity)
    const browser = openBrowser(server)
    const location = await signInWith(
      browser,
      { id: 'elsewhere', purpose: 'sign-in' },
      { name: 'alice-there' },
    )
    assert.equal(location, '/sign-up#provider', 'it opens nothing any more')
    const acts = (await alice.browser.get('/me/log')).body.entries.map(({ act }: { act: string }) => act)
    for (const act of ['identity-added', 'identity-removed']) assert.ok(acts.includes(act), act)
  })

  await t.test('who is suspended is refused as who is unknown would be (statement 16)', async () => {
    await signInWith(bob.browser, { id: 'elsewhere', purpose: 'link' }, { name: 'bob-there' })
    await olga.browser.post(`/admin/people/${bob.id}/suspend`)
    const browser = openBrowser(server)
    const location = await signInWith(browser, { id: 'elsewhere', purpose: 'sign-in' }, { name: 'bob-there' })
    assert.equal(location, '/sign-in#problem=wrong')
    assert.equal(browser.cookies.has('__Host-essaim'), false)
  })
})

test('what a provider says of names and addresses attaches to nothing: no account waits for its victim', async (t) => {
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  const oidc = await startOidc(t, publicUrlOf(server), ['elsewhere'])
  await olga.browser.put('/admin/providers/elsewhere', {
    ...oidcSettings(oidc.issuer),
    scopes: 'openid profile email',
  })
  await olga.browser.put('/admin/settings', { registration: 'open' })
  // The attacker was there first, with the name and the address that the provider will tell.
  const attacker = await makePagePerson(server, olga, 'victim')
  await attacker.browser.ask('POST', '/me/addresses', { address: 'victim@example.org' })

  const browser = openBrowser(server)
  assert.equal(await signInWith(browser, { id: 'elsewhere', purpose: 'sign-in' }), '/sign-up#provider')
  assert.equal(browser.cookies.has('__Host-essaim'), false, 'nobody is signed in')
  assert.equal((await attacker.browser.get('/me')).body.ways.identities, 0)
  assert.deepEqual((await browser.get('/provider/pending')).body, {
    provider: 'Elsewhere',
    label: 'victim',
    loginHint: 'victim',
  })

  const begun = await browser.post('/sign-up/begin', { login: 'victoria' })
  const way = { kind: 'provider' }
  const wanted = { ticket: begun.ticket, way, language: 'en' }
  await browser.refused('POST', '/sign-up', wanted, 400, 'words-needed')
  const { me } = await browser.post('/sign-up', { ...wanted, words: { auth: newAuth() } })
  assert.deepEqual([me.login, me.method, me.freshUntil], ['victoria', 'provider', 0])
  assert.notEqual(me.id, attacker.id)

  const again = openBrowser(server)
  assert.equal(await signInWith(again, { id: 'elsewhere', purpose: 'sign-in' }), '/')
  assert.equal((await again.get('/me')).body.login, 'victoria')

  await t.test('one identity opens one account', async () => {
    const late = openBrowser(server)
    late.cookies.set('__Host-essaim-flow', browser.cookies.get('__Host-essaim-flow') ?? '')
    const { ticket } = await late.post('/sign-up/begin', { login: 'valentin' })
    const taken = { ticket, way, words: { auth: newAuth() }, language: 'en' }
    await late.refused('POST', '/sign-up', taken, 409, 'identity-taken')
  })

  await t.test('a browser without such a sign-in opens nothing so', async () => {
    const other = openBrowser(server)
    const { ticket } = await other.post('/sign-up/begin', { login: 'valentin' })
    await other.refused('POST', '/sign-up', { ticket, way, language: 'en' }, 410, 'flow-lost')
    await other.refused('GET', '/provider/pending', undefined, 410, 'flow-lost')
  })

  await t.test('where nobody can make an account, none is offered', async () => {
    await olga.browser.put('/admin/settings', { registration: 'closed' })
    const other = openBrowser(server)
    const location = await signInWith(other, { id: 'elsewhere', purpose: 'sign-in' }, { name: 'new' })
    assert.equal(location, '/sign-in#problem=identity-unknown')
    assert.equal(other.cookies.has('__Host-essaim-flow'), false)
  })
})

test('an answer counts in the browser that asked, for the provider that was asked, once (statement 9)', async (t) => {
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  const oidc = await startOidc(t, publicUrlOf(server), ['one', 'two'])
  const rival = await startOidc(t, publicUrlOf(server), ['one', 'two'])
  await olga.browser.put('/admin/providers/one', oidcSettings(oidc.issuer))
  await olga.browser.put('/admin/providers/two', oidcSettings(rival.issuer))
  await signInWith(olga.browser, { id: 'one', purpose: 'link' }, { name: 'olga-there' })

  const begin = async (id = 'one') => {
    const browser = openBrowser(server)
    const { location } = await browser.post('/provider/start', { id, purpose: 'sign-in' })
    return { browser, location, back: await visitProviders().through(location, { name: 'olga-there' }) }
  }
  const lost = '/sign-in#problem=flow-lost'

  await t.test('the request has PKCE, state and nonce', async () => {
    const { searchParams } = new URL((await begin()).location)
    assert.equal(searchParams.get('code_challenge_method'), 'S256')
    for (const name of ['code_challenge', 'state', 'nonce'])
      assert.equal(searchParams.get(name)?.length, 43, name)
    assert.equal(searchParams.get('redirect_uri'), `${publicUrlOf(server)}/sign-in/with/one`)
  })

  await t.test(
    'the cookie of the flow is out of reach of scripts and other hosts (statement 18)',
    async () => {
      const answer = await openBrowser(server).ask('POST', '/provider/start', {
        id: 'one',
        purpose: 'sign-in',
      })
      const [cookie = ''] = answer.headers.getSetCookie()
      assert.match(
        cookie,
        /^__Host-essaim-flow=[\w.-]+; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=1800$/,
      )
      const elsewhere = await openBrowser(server).ask(
        'POST',
        '/provider/start',
        { id: 'one', purpose: 'sign-in' },
        { 'Sec-Fetch-Site': 'cross-site' },
      )
      assert.deepEqual([elsewhere.status, elsewhere.body.error], [403, 'cross-site'])
    },
  )

  await t.test('another browser, which was lured to the address, is signed in as nobody', async () => {
    const { back } = await begin()
    const other = openBrowser(server)
    assert.equal(await comeBack(other, back), lost)
    await other.post('/provider/start', { id: 'one', purpose: 'sign-in' })
    assert.equal(await comeBack(other, back), lost, 'nor with a flow of its own')
    assert.equal(other.cookies.has('__Host-essaim'), false)
  })

  await t.test('a state, a nonce or a verifier of another flow is refused', async () => {
    const [mine, other] = [await begin(), await begin()]
    const mixed = new URL(mine.back)
    mixed.searchParams.set('state', 'x'.repeat(43))
    assert.equal(await comeBack(mine.browser, mixed), lost)
    // A code of another browser under one's own state: its PKCE challenge is not ours.
    const third = await begin()
    const injected = new URL(third.back)
    injected.searchParams.set('code', other.back.searchParams.get('code') ?? '')
    assert.equal(await comeBack(third.browser, injected), '/sign-in#problem=provider-answer')
  })

  await t.test('the answer of another provider is refused', async () => {
    const { browser, back } = await begin()
    const elsewhere = new URL(back)
    elsewhere.pathname = '/sign-in/with/two'
    assert.equal(await comeBack(browser, elsewhere), lost)
    const second = await begin()
    assert.equal(second.back.searchParams.get('iss'), oidc.issuer)
    second.back.searchParams.set('iss', rival.issuer)
    assert.equal(await comeBack(second.browser, second.back), '/sign-in#problem=provider-answer')
    const third = await begin()
    third.back.searchParams.delete('iss')
    assert.equal(await comeBack(third.browser, third.back), '/sign-in#problem=provider-answer')
  })

  await t.test('an answer is good once', async () => {
    const { browser, back } = await begin()
    const cookie = browser.cookies.get('__Host-essaim-flow') ?? ''
    assert.equal(await comeBack(browser, back), '/')
    assert.equal(await comeBack(browser, back), lost)
    browser.cookies.set('__Host-essaim-flow', cookie)
    // The provider refuses the code too.
    assert.match(await comeBack(browser, back), /#problem=/)
  })

  await t.test('no is no, and silence has an end', async () => {
    const browser = openBrowser(server)
    const refused = await signInWith(browser, { id: 'one', purpose: 'sign-in' }, { refuse: true })
    assert.equal(refused, '/sign-in#problem=provider-refused')
    const { browser: waiting, back } = await begin('two')
    await rival.stop()
    assert.equal(await comeBack(waiting, back), '/sign-in#problem=provider-unreachable')
  })

  await t.test('a provider that was removed opens nothing, and its identities stay in the list', async () => {
    const { browser, back } = await begin()
    await olga.browser.delete('/admin/providers/one')
    assert.equal(await comeBack(browser, back), '/sign-in#problem=provider-absent')
    await browser.refused(
      'POST',
      '/provider/start',
      { id: 'one', purpose: 'sign-in' },
      404,
      'provider-absent',
    )
    assert.equal((await olga.browser.get('/me')).body.ways.identities, 1)
    await olga.browser.put('/admin/providers/one', oidcSettings(oidc.issuer))
    const again = await begin()
    assert.equal(await comeBack(again.browser, again.back), '/')
  })
})

test('OAuth 2 by configuration: the field that never changes says who she is', async (t) => {
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  const hub = await startOAuth2(t)
  await olga.browser.put('/admin/providers/hub', hub.settings)
  const alice = await makePagePerson(server, olga, 'alice')
  hub.next.profile = { id: 12345, login: 'Alice\u202e-There' }
  const signIn = async () => {
    const browser = openBrowser(server)
    return { browser, location: await signInWith(browser, { id: 'hub', purpose: 'sign-in' }) }
  }

  await t.test('it links and signs in, with PKCE and the secret in the form', async () => {
    const location = await signInWith(alice.browser, { id: 'hub', purpose: 'link' })
    assert.equal(location, '/account/security#linked')
    const last = hub.asked.at(-1)
    assert.equal(last?.form.get('code_verifier')?.length, 43)
    assert.equal(last?.authorization, undefined)
    const { browser } = await signIn()
    assert.equal((await browser.get('/me')).body.login, 'alice')
  })

  await t.test('who took her name there is not she', async () => {
    hub.next.profile = { id: 666, login: 'Alice-There' }
    assert.equal((await signIn()).location, '/sign-up#provider')
  })

  await t.test('a profile that does not tell people apart opens nothing', async () => {
    for (const id of [undefined, null, '', true, 2 ** 53, 1.5, {}, 'x'.repeat(256)]) {
      hub.next.profile = { id, login: 'alice' }
      assert.equal((await signIn()).location, '/sign-in#problem=provider-answer', String(id))
    }
    hub.next.profile = { id: 12345, login: 'alice' }
  })

  await t.test('it is never a fresh proof', async () => {
    const { browser } = await signIn()
    await browser.refused('POST', '/provider/start', { id: 'hub', purpose: 'fresh' }, 403, 'not-fresh')
  })

  await t.test('an administrator who changes who is believed opens nobody’s account', async () => {
    const changed = { ...hub.settings, idField: 'login' }
    await olga.browser.put('/admin/providers/hub', changed)
    hub.next.profile = { id: 1, login: '12345' }
    assert.equal((await signIn()).location, '/sign-up#provider')
    await olga.browser.put('/admin/providers/hub', hub.settings)
  })

  await t.test('answers have bounds, and lead nowhere else', async () => {
    for (const [path, code] of [
      ['/elsewhere', 'provider-unreachable'],
      ['/endless', 'provider-unreachable'],
      ['/nothing', 'provider-answer'],
    ]) {
      await olga.browser.put('/admin/providers/odd', { ...hub.settings, profile: `${hub.url}${path}` })
      const browser = openBrowser(server)
      const location = await signInWith(browser, { id: 'odd', purpose: 'sign-in' })
      assert.equal(location, `/sign-in#problem=${code}`, path)
    }
  })
})

test('administrators configure providers, which are looked at at once', async (t) => {
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  const oidc = await startOidc(t, publicUrlOf(server), ['elsewhere'])
  const hub = await startOAuth2(t)
  const put = (id: string, body: object, status: number, code: string) =>
    olga.browser.refused('PUT', `/admin/providers/${id}`, body, status, code)
  const good = oidcSettings(oidc.issuer)

  await t.test('what does not work is told, and not stored', async () => {
    await put('x', { ...good, secret: 'wrong' }, 502, 'provider-credentials')
    await put('x', { ...hub.settings, secret: 'wrong' }, 502, 'provider-credentials')
    await put('x', { ...good, issuer: hub.url }, 502, 'provider-not-oidc')
    await put('x', { ...good, issuer: oidc.issuer.replace('127.0.0.1', 'localhost') }, 502, 'provider-issuer')
    await put('x', { ...good, issuer: 'http://127.0.0.1:9' }, 502, 'provider-unreachable')
    await put('x', { ...hub.settings, token: `${hub.url}/nothing` }, 502, 'provider-answer')
    assert.deepEqual((await olga.browser.get('/admin/providers')).body.providers, [])
  })

  await t.test('what cannot be meant is refused, with its name', async () => {
    const cases: [string, object, string][] = [
      ['Big', good, 'id'],
      ['x', { ...good, kind: 'saml' }, 'kind'],
      ['x', { ...good, preset: '__proto__' }, 'preset'],
      ['x', { ...good, issuer: 'http://provider.example' }, 'issuer'],
      ['x', { ...good, issuer: 'https://me:pw@provider.example' }, 'issuer'],
      ['x', { ...good, issuer: 'file:///etc/passwd' }, 'issuer'],
      ['x', { ...good, name: '' }, 'name'],
      ['x', { ...good, name: 'x'.repeat(41) }, 'name'],
      ['x', { ...good, clientId: 7 }, 'clientId'],
      ['x', { ...good, scopes: 'a"b' }, 'scopes'],
      ['x', { ...hub.settings, token: 'https://provider.example/#x' }, 'token'],
      ['x', { ...hub.settings, idField: 'a..b' }, 'idField'],
      ['x', { ...hub.settings, tokenAuth: 'jwt' }, 'tokenAuth'],
      ['x', { ...hub.settings, pkce: 'yes' }, 'pkce'],
    ]
    for (const [id, body, member] of cases)
      assert.equal((await put(id, body, 400, 'malformed')).member, member, JSON.stringify(body))
  })

  await t.test('the secret is never shown, and not kept in clear', async () => {
    const { provider } = await olga.browser.put('/admin/providers/elsewhere', good)
    assert.deepEqual(
      [provider.hasSecret, 'secret' in provider, provider.callback],
      [true, false, `${publicUrlOf(server)}/sign-in/with/elsewhere`],
    )
    const { body } = await olga.browser.get('/admin/providers')
    assert.ok(!JSON.stringify(body).includes(good.secret))
    for (const name of readdirSync(server.data).filter((one) => one.startsWith('essaim.db')))
      assert.ok(!readFileSync(join(server.data, name)).includes(good.secret), name)
    const { providers } = (await openBrowser(server).get('/state')).body
    assert.deepEqual(providers, [{ id: 'elsewhere', name: 'Elsewhere', kind: 'oidc' }])
  })

  await t.test('it stays when it is not given again, but is sent nowhere else', async () => {
    const { secret: _, ...without } = good
    await olga.browser.put('/admin/providers/elsewhere', { ...without, name: 'There' })
    await put('elsewhere', { ...without, issuer: 'http://127.0.0.1:9' }, 409, 'secret-needed')
    await put('elsewhere', { ...without, clientId: 'public' }, 409, 'secret-needed')
    const start = { id: 'elsewhere', purpose: 'link' }
    assert.equal(await signInWith(olga.browser, start), '/account/security#linked')
  })

  await t.test('it is for administrators with a fresh proof, and in the log', async () => {
    const alice = await makePagePerson(server, olga, 'alice')
    for (const [method, path] of [
      ['GET', '/admin/providers'],
      ['PUT', '/admin/providers/y'],
      ['DELETE', '/admin/providers/elsewhere'],
    ] as const)
      await alice.browser.refused(method, path, method === 'GET' ? undefined : good, 403, 'forbidden')
    const stale = openBrowser(server)
    assert.equal(await signInWith(stale, { id: 'elsewhere', purpose: 'sign-in' }), '/')
    await stale.refused('PUT', '/admin/providers/y', good, 403, 'not-fresh')
    await olga.browser.delete('/admin/providers/elsewhere')
    await olga.browser.refused('DELETE', '/admin/providers/elsewhere', {}, 404, 'provider-absent')
    const { entries } = (await olga.browser.get('/admin/log')).body
    const told = entries.map(({ act, actor, details }: Record<string, unknown>) => [act, actor, details])
    for (const act of ['provider-set', 'provider-removed'])
      assert.ok(
        told.some((one: unknown) => isDeepStrictEqual(one, [act, 'olga', { id: 'elsewhere' }])),
        act,
      )
  })

  await t.test('presets fill in the rest', async () => {
    const { presets } = (await olga.browser.get('/admin/providers')).body
    const names = presets.map(({ id }: { id: string }) => id)
    assert.deepEqual(names, ['github', 'mozilla', 'essaim'])
    const preset = {
      preset: 'essaim',
      issuer: oidc.issuer,
      clientId: 'essaim',
      secret: 'secret of the client',
    }
    const { provider } = await olga.browser.put('/admin/providers/elsewhere', preset)
    assert.deepEqual([provider.kind, provider.name, provider.scopes], ['oidc', 'Essaim', 'openid profile'])
  })
})
