/** What a person is asked and answers, and who may answer. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Answered,
  makePageOwner,
  makePagePerson,
  openBrowser,
  signInElsewhere,
} from '../support/browser-session.ts'
import {
  allOf,
  askKinto,
  authorize,
  begin,
  letIn,
  questionOf,
  redeem,
  registerApp,
  visit,
} from '../support/oauth-app.ts'
import { startServer } from '../support/server.ts'

const listOf = (bucket: string, collection: string) => `/buckets/${bucket}/collections/${collection}/records`
const post = { method: 'POST', body: JSON.stringify({ data: { a: 1 } }) }

test('a person answers an app', async (t) => {
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  const { browser } = olga
  const own = await letIn(browser, await registerApp(server), 'kinto:rw')
  for (const name of ['recipes', 'letters'])
    assert.equal((await askKinto(server, own.access_token, listOf('default', name), post)).status, 201)

  await t.test('which thing it may use', async () => {
    const app = await registerApp(server, { client_name: 'Cook book' })
    const begun = await begin(app, 'openid kinto:pick:rw')
    const question = await questionOf(browser, await visit(browser, begun.address))
    const [, picks] = question.asks
    assert.equal(picks.question, 'Which collection may it use?')
    assert.deepEqual(picks.choices.map(({ id }: { id: string }) => id).toSorted(), [
      'default/letters',
      'default/recipes',
    ])
    assert.equal(picks.begins, 'default/')
    await browser.refused('POST', `/consent/${question.id}`, { answers: allOf(question) }, 400, 'scope-open')
    const answers = [
      { asked: 'openid', allow: true },
      { asked: 'kinto:pick:rw', allow: true, target: 'default/recipes', verb: 'r' },
    ]
    const { location } = await browser.post(`/consent/${question.id}`, { answers })
    const tokens = await redeem(app, new URL((await visit(browser, location)).location), begun)
    assert.equal(tokens.scope, 'openid kinto:default/recipes:r')
    const ask = (path: string, init?: RequestInit) => askKinto(server, tokens.access_token, path, init)
    assert.equal((await ask(listOf('default', 'recipes'))).status, 200)
    assert.equal((await ask(listOf('default', 'recipes'), post)).status, 403)
    assert.equal((await ask(listOf('default', 'letters'))).status, 403)
    // What was answered is not asked again; what is new is asked alone.
    const more = await visit(browser, (await begin(app, 'openid kinto:pick:rw email')).address)
    const next = await questionOf(browser, more)
    assert.deepEqual(
      next.asks.map(({ scope }: { scope: string }) => scope),
      ['email'],
    )
    assert.equal(next.already.length, 2)
  })

  await t.test('something that is not there yet', async () => {
    const app = await registerApp(server)
    const tokens = await letIn(browser, app, 'kinto:pick:rw', () => ({
      answers: [{ asked: 'kinto:pick:rw', allow: true, target: 'default/plans' }],
    }))
    assert.equal((await askKinto(server, tokens.access_token, listOf('default', 'plans'), post)).status, 201)
  })

  await t.test('for how long', async () => {
    const app = await registerApp(server)
    const tokens = await letIn(browser, app, 'openid kinto:default/letters:rw', (question) => ({
      answers: allOf(question),
      days: 7,
    }))
    assert.equal(tokens.scope, 'openid kinto:default/letters:rw?days=7')
    const all: Answered[] = (await browser.get('/me/apps')).body.apps
    const line = all.flatMap(({ allowed }) => allowed).find(({ scope }) => scope.endsWith('?days=7'))
    assert.ok(Math.abs(line.until - Date.now() - 7 * 86_400_000) < 60_000)
  })

  await t.test('and gives no more than was asked, whatever is sent', async () => {
    const app = await registerApp(server)
    const wrong: object[] = [
      { asked: 'kinto:default/letters:r', allow: true, verb: 'rw' },
      { asked: 'kinto:default/letters:r', allow: true, target: 'default/recipes' },
      { asked: 'kinto:default/letters:r', allow: true, verb: 'nothing' },
      { asked: 'kinto:default/letters:r', allow: true, target: 7 },
      { asked: 'kinto:default/letters:r', allow: 'yes' },
    ]
    const begun = await begin(app, 'kinto:default/letters:r')
    const question = await questionOf(browser, await visit(browser, begun.address))
    for (const one of wrong) {
      const refused = await browser.ask('POST', `/consent/${question.id}`, { answers: [one] })
      assert.equal(refused.status, 400, JSON.stringify([one, refused.body]))
    }
    const beside = { answers: [...allOf(question), { asked: 'kinto:rw', allow: true }] }
    const { location } = await browser.post(`/consent/${question.id}`, beside)
    const tokens = await redeem(app, new URL((await visit(browser, location)).location), begun)
    assert.equal(tokens.scope, 'kinto:default/letters:r')
  })

  await t.test('and may leave out what would be all of a door', async () => {
    const nora = await makePagePerson(server, olga, 'nora')
    const app = await registerApp(server)
    const begun = await begin(app, 'openid kinto:rw')
    const question = await questionOf(nora.browser, await visit(nora.browser, begun.address))
    assert.equal(question.asks[1].high, true)
    const part = { answers: [{ asked: 'openid', allow: true }] }
    const { location } = await nora.browser.post(`/consent/${question.id}`, part)
    assert.equal(
      (await redeem(app, new URL((await visit(nora.browser, location)).location), begun)).scope,
      'openid',
    )
  })

  await t.test('no to all of it is told to the app', async () => {
    const app = await registerApp(server)
    for (const answer of [
      { refuse: true },
      { answers: [] },
      { answers: [{ asked: 'openid', allow: false }] },
    ]) {
      const back = await authorize(browser, await begin(app, 'openid'), () => answer)
      assert.equal(back.searchParams.get('error'), 'access_denied')
    }
    assert.ok(
      !(await browser.get('/me/apps')).body.apps.some(({ allowed }: Answered) => allowed.length === 0),
    )
  })

  await t.test('in the browser that was sent to her, and nowhere else', async () => {
    const app = await registerApp(server)
    const attacker = openBrowser(server)
    const first = await visit(attacker, (await begin(app, 'openid')).address)
    const id = first.location.split('#')[1] ?? ''
    for (const who of [browser, openBrowser(server)]) {
      const { status } = await who.get(`/consent/${id}`)
      assert.ok(status === 404 || status === 401)
    }
    await browser.refused(
      'POST',
      `/consent/${id}`,
      { answers: [{ asked: 'openid', allow: true }] },
      404,
      'absent',
    )
    // Nor does a browser go on with what another began.
    const question = await questionOf(browser, await visit(browser, (await begin(app, 'openid')).address))
    const { location } = await browser.post(`/consent/${question.id}`, { answers: allOf(question) })
    const stolen = await visit(attacker, location)
    assert.equal(stolen.status, 400)
    assert.doesNotMatch(stolen.location + String(stolen.body), /code=/)
    assert.match((await visit(browser, location)).location, /code=/)
    // What is answered is over.
    assert.equal((await visit(browser, location)).status, 400)
    await browser.refused('GET', `/consent/${question.id}`, undefined, 404, 'absent')
  })

  await t.test('as whoever is signed in when she answers', async () => {
    const app = await registerApp(server)
    const nora = await makePagePerson(server, olga, 'nina')
    const shared = await signInElsewhere(server, olga)
    const begun = await begin(app, 'openid')
    const question = await questionOf(shared, await visit(shared, begun.address))
    await shared.post('/sign-out')
    await shared.post('/sign-in/password', { login: 'nina', auth: nora.auth })
    assert.equal((await shared.get(`/consent/${question.id}`)).body.account, 'nina')
    const { location } = await shared.post(`/consent/${question.id}`, { answers: allOf(question) })
    const tokens = await redeem(app, new URL((await visit(shared, location)).location), begun)
    assert.ok(tokens.claims()?.sub)
    const hers = (await letIn(nora.browser, app, 'openid')).claims()?.sub
    assert.equal(tokens.claims()?.sub, hers)
  })

  await t.test('and who signs out before the app goes on lets nobody in', async () => {
    const app = await registerApp(server)
    const someone = await signInElsewhere(server, olga)
    const question = await questionOf(someone, await visit(someone, (await begin(app, 'openid')).address))
    const { location } = await someone.post(`/consent/${question.id}`, { answers: allOf(question) })
    await someone.post('/sign-out')
    assert.match((await visit(someone, location)).location, /^\/consent#/)
  })

  await t.test('who has answered before is not asked again for having been signed out', async () => {
    const app = await registerApp(server)
    const someone = await signInElsewhere(server, olga)
    await letIn(someone, app, 'openid offline_access')
    await someone.post('/sign-out')
    const begun = await begin(app, 'openid offline_access')
    const asked = await visit(someone, begun.address)
    await someone.post('/sign-in/password', { login: olga.login, auth: olga.auth })
    const question = await questionOf(someone, asked)
    assert.deepEqual(question.asks, [])
    const { location } = await someone.post(`/consent/${question.id}`, { answers: [] })
    const tokens = await redeem(app, new URL((await visit(someone, location)).location), begun)
    assert.ok(tokens.refresh_token)
  })

  await t.test('a paused app is told so', async () => {
    const app = await registerApp(server, { client_name: 'Paused' })
    await letIn(browser, app, 'openid')
    const [line] = (await browser.get('/me/apps')).body.apps.filter(
      ({ label }: Answered) => label === 'Paused',
    )
    await browser.put(`/me/apps/${line.id}`, { paused: true })
    const back = new URL((await visit(browser, (await begin(app, 'openid')).address)).location)
    assert.equal(back.searchParams.get('error'), 'access_denied')
  })
})

test('no other site’s page answers in her place', async (t) => {
  const server = await startServer(t)
  const { browser } = await makePageOwner(server)
  const app = await registerApp(server)
  const question = await questionOf(browser, await visit(browser, (await begin(app, 'openid')).address))
  const body = { answers: allOf(question) }
  for (const headers of [
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
    { 'Sec-Fetch-Site': undefined, Origin: 'https://evil.example' },
  ])
    assert.equal((await browser.ask('POST', `/consent/${question.id}`, body, headers)).status, 403)
  const shell = await visit(browser, '/consent')
  assert.match(shell.headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/)
})
