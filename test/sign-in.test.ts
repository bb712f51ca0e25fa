/** Signing in at the pages, as browsers do it, against the real server. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  makePageOwner,
  makePagePerson,
  newAuth,
  openBrowser,
  signInElsewhere,
} from './support/browser-session.ts'
import { startServer } from './support/server.ts'

const names = { session: '__Host-essaim', browser: '__Host-essaim-browser' }

test('people sign in, and nobody else', async (t) => {
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  const alice = await makePagePerson(server, olga, 'alice')
  const stranger = openBrowser(server)

  await t.test('with a password or words, and with what the page asked for before', async () => {
    const { parameters } = await stranger.post('/sign-in/prelogin', { login: 'Alice' })
    assert.deepEqual(Object.keys(parameters).toSorted(), ['algorithm', 'lanes', 'memory', 'passes', 'salt'])
    assert.ok(parameters.memory >= 19_456 && parameters.passes >= 2)
    const signedIn = await signInElsewhere(server, alice)
    const { me } = (await signedIn.get('/state')).body
    assert.deepEqual([me.login, me.method, me.ways.password], ['alice', 'password', true])
    assert.ok(me.freshUntil > 0)
    const withWords = openBrowser(server)
    const answer = await withWords.post('/sign-in/words', { login: 'alice', auth: alice.wordsAuth })
    assert.equal(answer.me.method, 'words')
  })

  await t.test('statement 16: whatever is wrong, the answer is the same', async () => {
    const bob = await makePagePerson(server, olga, 'bob')
    await olga.browser.post(`/admin/people/${bob.id}/suspend`)
    const tried = [
      { login: 'nobody', auth: newAuth() },
      { login: 'alice', auth: newAuth() },
      { login: 'bob', auth: bob.auth },
      { login: 'postmaster', auth: newAuth() },
    ]
    for (const path of ['/sign-in/password', '/sign-in/words'])
      for (const wanted of tried) {
        const { status, body, headers } = await openBrowser(server).ask('POST', path, wanted)
        assert.deepEqual([status, body], [401, { error: 'wrong' }], `${path} ${wanted.login}`)
        assert.deepEqual(headers.getSetCookie(), [])
      }
  })

  await t.test('statement 16: an unknown name gets parameters of its own that stay the same', async () => {
    const ask = async (login: string) => (await stranger.post('/sign-in/prelogin', { login })).parameters
    const first = await ask('nobody')
    assert.deepEqual(await ask('NOBODY'), first)
    assert.notEqual((await ask('nobody-else')).salt, first.salt)
    const { salt, ...known } = await ask('alice')
    assert.deepEqual({ ...known, salt: first.salt }, first)
    await server.restart()
    assert.deepEqual(await ask('nobody'), first)
    assert.equal((await ask('alice')).salt, salt)
  })

  await t.test('with exactly what the API says, and no more than its bounds', async () => {
    for (const [member, body] of [
      ['login', { auth: newAuth() }],
      ['login', { login: 'x'.repeat(300), auth: newAuth() }],
      ['auth', { login: 'alice' }],
      ['auth', { login: 'alice', auth: 'a password in the clear' }],
      ['auth', { login: 'alice', auth: `${newAuth()}=` }],
    ] as const) {
      const answer = await stranger.ask('POST', '/sign-in/password', body)
      assert.deepEqual([answer.status, answer.body], [400, { error: 'malformed', member }])
    }
  })
})

test('statement 17: a session’s cookie changes with every proof, and ends where it is ended', async (t) => {
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  const alice = await makePagePerson(server, olga, 'alice')
  const { browser } = alice
  const cookie = () => browser.cookies.get(names.session)!
  /** A browser that got hold of a cookie. */
  const withCookie = (text: string) => {
    const thief = openBrowser(server)
    thief.cookies.set(names.session, text)
    return thief
  }

  await t.test('at sign-in, which ends no other session', async () => {
    const before = cookie()
    await browser.post('/sign-in/password', { login: 'alice', auth: alice.auth })
    assert.notEqual(cookie(), before)
    assert.equal((await withCookie(before).get('/me')).status, 200)
    assert.equal((await browser.get('/me/sessions')).body.sessions.length, 2)
  })

  await t.test('at a fresh proof, which keeps the session', async () => {
    for (const [path, auth] of [
      ['/fresh/password', alice.auth],
      ['/fresh/words', alice.wordsAuth],
    ] as const) {
      const before = cookie()
      const current = async () =>
        (await browser.get('/me/sessions')).body.sessions.find((one: { current: boolean }) => one.current).id
      const id = await current()
      const { freshUntil } = await browser.post(path, { auth })
      assert.ok(freshUntil > 0)
      assert.notEqual(cookie(), before)
      assert.equal((await withCookie(before).get('/me')).status, 401)
      assert.equal(await current(), id)
      await browser.refused('POST', path, { auth: newAuth() }, 401, 'wrong')
    }
  })

  await t.test('signing out kills it at the server', async () => {
    const other = await signInElsewhere(server, alice)
    const copy = other.cookies.get(names.session)!
    await other.post('/sign-out')
    assert.equal(other.cookies.get(names.session), undefined)
    assert.equal((await withCookie(copy).get('/me')).status, 401)
  })

  await t.test('a new password offers to end the others', async () => {
    const other = await signInElsewhere(server, alice)
    const before = cookie()
    const { parameters } = await browser.post('/me/password/begin')
    const auth = newAuth()
    await browser.put('/me/password', { parameters, auth, endOthers: false })
    assert.equal((await other.get('/me')).status, 200)
    assert.equal((await withCookie(before).get('/me')).status, 401)
    await browser.put('/me/password', { parameters, auth, endOthers: true })
    assert.equal((await other.get('/me')).status, 401)
    await browser.refused('POST', '/sign-in/password', { login: 'alice', auth: alice.auth }, 401, 'wrong')
    alice.auth = auth
    await signInElsewhere(server, alice)
  })

  await t.test('a suspended account has no session and no app any more, also when it is let on', async () => {
    await browser.post('/me/direct-password', { password: 'seven owls at the harbour' })
    const kinto = () =>
      fetch(`${server.url}/v1/buckets/default`, {
        headers: { Authorization: `Basic ${btoa('alice:seven owls at the harbour')}` },
      }).then(async (answer) => {
        await answer.arrayBuffer()
        return answer.status
      })
    assert.equal(await kinto(), 200)
    await olga.browser.post(`/admin/people/${alice.id}/suspend`)
    assert.equal((await browser.get('/me')).status, 401)
    assert.equal(await kinto(), 401)
    await olga.browser.post(`/admin/people/${alice.id}/resume`)
    assert.equal((await browser.get('/me')).status, 401)
    await signInElsewhere(server, alice)
    assert.equal(await kinto(), 200)
  })
})

test('statement 18: cookies are of this host alone, unreadable, and useless to other sites', async (t) => {
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  const { headers } = await olga.browser.ask('POST', '/sign-in/password', { login: 'olga', auth: olga.auth })
  const lines = headers.getSetCookie()
  assert.deepEqual(lines.map((line) => line.split('=')[0]).toSorted(), Object.values(names).toSorted())
  for (const line of lines) {
    assert.match(line, /^__Host-[\w-]+=[\w-]{43};/)
    for (const attribute of ['Path=/', 'Secure', 'HttpOnly', 'SameSite=Lax'])
      assert.ok(line.split('; ').includes(attribute), `${attribute}: ${line}`)
    assert.ok(!/domain/i.test(line))
  }

  const from = (more: Record<string, string | undefined>) =>
    olga.browser.ask('POST', '/me/invitations', { label: '', role: 'person', most: 1, days: 1 }, more)
  for (const site of ['cross-site', 'same-site', 'none'])
    assert.equal((await from({ 'Sec-Fetch-Site': site })).body.error, 'cross-site', site)
  const noSite = { 'Sec-Fetch-Site': undefined }
  assert.equal((await from({ ...noSite, Origin: 'https://elsewhere.example' })).body.error, 'cross-site')
  assert.equal((await from({ ...noSite, Origin: 'null' })).body.error, 'cross-site')
  assert.equal((await from({ ...noSite, Origin: server.url })).status, 200)
  assert.equal((await from({ ...noSite })).status, 200)
})
