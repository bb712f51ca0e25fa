/** What is promised about the OAuth server, each by its number (RFC 9700; OWASP ASVS 5.0, 10.4). */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import * as client from 'openid-client'
import { makePageOwner, makePagePerson } from '../support/browser-session.ts'
import {
  askKinto,
  askToken,
  authorize,
  begin,
  issuerOf,
  letIn,
  questionOf,
  redeem,
  registerApp,
  visit,
} from '../support/oauth-app.ts'
import { startServer } from '../support/server.ts'

const notes = 'kinto:default/notes:rw'
const records = '/buckets/default/collections/notes/records'

const codeOf = (back: URL): string => back.searchParams.get('code') ?? assert.fail(`no code in ${back.href}`)

test('the OAuth server', async (t) => {
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  const { browser } = olga

  await t.test(
    'statement 1: where the browser is sent back to is compared as it is, and a wrong one is not gone to',
    async () => {
      const web = await registerApp(server, { redirect_uris: ['https://notes.example/back?a=b'] })
      const wrong = [
        ...[
          'https://notes.example/back',
          'https://notes.example/back?a=b&c=d',
          'https://notes.example/back?a=b#x',
        ],
        ...[
          'https://notes.example/back/?a=b',
          'https://NOTES.example/back?a=b',
          'https://notes.example:443/back?a=b',
        ],
        ...[
          'http://notes.example/back?a=b',
          'https://notes.example.evil.example/back?a=b',
          'https://evil.example/',
        ],
        ...[
          'https://notes.example/%62ack?a=b',
          'https://notes.example/x/../back?a=b',
          'javascript:alert(1)',
          '//x',
        ],
      ]
      for (const redirect of wrong) {
        const { address } = await begin(web, 'openid', { redirect_uri: redirect })
        const answer = await visit(browser, address)
        assert.deepEqual([answer.status, answer.location], [400, ''], redirect)
        assert.match(answer.body, /invalid_redirect_uri/)
      }
      for (const missing of ['redirect_uri', 'client_id', 'response_type']) {
        const { address } = await begin(web, 'openid')
        address.searchParams.delete(missing)
        if (missing === 'redirect_uri') address.searchParams.set('redirect_uri', '')
        const answer = await visit(browser, address)
        assert.doesNotMatch(answer.location, /evil|code=/, missing)
      }
      const native = await registerApp(server, {
        application_type: 'native',
        redirect_uris: ['http://127.0.0.1/back'],
      })
      for (const right of ['http://127.0.0.1:49152/back', 'http://127.0.0.1/back']) {
        const { address } = await begin(native, 'openid', { redirect_uri: right })
        assert.match((await visit(browser, address)).location, /^\/consent#/, right)
      }
      for (const other of [
        'http://127.0.0.1:49152/other',
        'http://localhost:49152/back',
        'http://[::1]:1/back',
      ]) {
        const { address } = await begin(native, 'openid', { redirect_uri: other })
        assert.deepEqual((await visit(browser, address)).status, 400, other)
      }
    },
  )

  await t.test('statement 2: a code works once, and its second use ends what came of the first', async () => {
    const app = await registerApp(server)
    const begun = await begin(app, `openid offline_access ${notes}`)
    const back = await authorize(browser, begun)
    const tokens = await redeem(app, back, begun)
    assert.equal((await askKinto(server, tokens.access_token, records)).status, 200)
    await assert.rejects(redeem(app, back, begun), { error: 'invalid_grant' })
    assert.equal((await askKinto(server, tokens.access_token, records)).status, 401)
    await assert.rejects(client.refreshTokenGrant(app.config, tokens.refresh_token ?? ''), {
      error: 'invalid_grant',
    })
    const { entries } = (await browser.get('/me/log')).body
    assert.ok(
      entries.some(({ act }: { act: string }) => act === 'app-key-reused'),
      'the person reads of it',
    )
  })

  await t.test(
    'statement 2: of many uses of a code at one moment at most one gets tokens, and they do not last',
    async () => {
      const app = await registerApp(server)
      const begun = await begin(app, notes)
      const back = await authorize(browser, begun)
      const form = {
        grant_type: 'authorization_code',
        client_id: app.id,
        code: codeOf(back),
        redirect_uri: app.redirect,
        code_verifier: begun.verifier,
      }
      const answers = await Promise.all(Array.from({ length: 10 }, () => askToken(server, form)))
      const given = answers.filter(({ status }) => status === 200)
      assert.ok(given.length <= 1)
      for (const { status, body } of answers) if (status !== 200) assert.equal(body.error, 'invalid_grant')
      for (const { body } of given)
        assert.equal((await askKinto(server, body.access_token, records)).status, 401)
    },
  )

  await t.test(
    'statement 3: a code is bound to its app, to where it was sent and to the challenge',
    async () => {
      const app = await registerApp(server, {
        redirect_uris: ['https://notes.example/back', 'https://notes.example/other'],
      })
      const thief = await registerApp(server, { redirect_uris: ['https://notes.example/back'] })
      const wrong: Record<string, string>[] = [
        { client_id: thief.id },
        { redirect_uri: 'https://notes.example/other' },
        { redirect_uri: '' },
        { code_verifier: randomBytes(32).toString('base64url') },
        { code_verifier: '' },
      ]
      for (const change of wrong) {
        const begun = await begin(app, notes)
        const form = {
          grant_type: 'authorization_code',
          client_id: app.id,
          code: codeOf(await authorize(browser, begun)),
          redirect_uri: app.redirect,
          code_verifier: begun.verifier,
        }
        const refused = await askToken(server, { ...form, ...change })
        assert.equal(refused.status, 400, JSON.stringify(change))
        assert.match(refused.body.error, /^invalid_(grant|request)$/)
        // Whoever could not show what belongs to it has used nothing up.
        assert.equal((await askToken(server, form)).status, 200)
      }
    },
  )

  await t.test('statement 4: no code without a challenge, and none with a plain one', async () => {
    for (const more of [{}, { token_endpoint_auth_method: 'client_secret_basic' }]) {
      const app = await registerApp(server, more)
      for (const change of [
        { code_challenge: '', code_challenge_method: '' },
        { code_challenge_method: 'plain' },
        { code_challenge_method: '' },
        { code_challenge: 'short' },
      ]) {
        const begun = await begin(app, 'openid', change)
        const answer = await visit(browser, begun.address)
        const back = new URL(answer.location)
        assert.equal(back.searchParams.get('error'), 'invalid_request', JSON.stringify(change))
        assert.equal(back.searchParams.get('code'), null)
      }
    }
  })

  await t.test(
    'statement 5: there is no password grant, no implicit one, and no token from the authorisation address',
    async () => {
      const app = await registerApp(server)
      const { grant_types_supported: grants = [], response_types_supported: types } =
        app.config.serverMetadata()
      assert.deepEqual(types, ['code'])
      assert.deepEqual(grants.toSorted(), [
        'authorization_code',
        'refresh_token',
        'urn:ietf:params:oauth:grant-type:device_code',
      ])
      for (const grant of ['password', 'implicit', 'client_credentials', 'x']) {
        const form = {
          grant_type: grant,
          client_id: app.id,
          username: olga.login,
          password: olga.auth,
          scope: notes,
        }
        assert.equal((await askToken(server, form)).body.error, 'unsupported_grant_type', grant)
      }
      for (const type of ['token', 'id_token', 'code token', 'code id_token', 'id_token token', 'none']) {
        const { address } = await begin(app, 'openid', { response_type: type })
        const { location } = await visit(browser, address)
        assert.match(location, /[?#&]error=unsupported_response_type/, type)
        assert.doesNotMatch(location, /access_token|id_token=/)
      }
      await assert.rejects(registerApp(server, { grant_types: ['implicit'], response_types: ['token'] }))
      await assert.rejects(registerApp(server, { grant_types: ['password'], response_types: [] }))
    },
  )

  await t.test(
    'statement 6: refresh tokens rotate, and the use of an old one ends all that was given',
    async () => {
      const app = await registerApp(server)
      const first = await letIn(browser, app, `openid offline_access ${notes}`)
      const other = await letIn(browser, app, `openid offline_access ${notes}`)
      const second = await client.refreshTokenGrant(app.config, first.refresh_token ?? '')
      assert.notEqual(second.refresh_token, first.refresh_token)
      const third = await client.refreshTokenGrant(app.config, second.refresh_token ?? '')
      assert.equal((await askKinto(server, third.access_token, records)).status, 200)
      await assert.rejects(client.refreshTokenGrant(app.config, first.refresh_token ?? ''), {
        error: 'invalid_grant',
      })
      for (const { access_token: token } of [first, second, third, other])
        assert.equal((await askKinto(server, token, records)).status, 401)
      for (const { refresh_token: token = '' } of [second, third, other])
        await assert.rejects(client.refreshTokenGrant(app.config, token), { error: 'invalid_grant' })
    },
  )

  await t.test('statement 6: of many uses of a refresh token at one moment at most one counts', async () => {
    const app = await registerApp(server)
    const { refresh_token: token = '' } = await letIn(browser, app, `offline_access ${notes}`)
    const form = { grant_type: 'refresh_token', client_id: app.id, refresh_token: token }
    const answers = await Promise.all(Array.from({ length: 8 }, () => askToken(server, form)))
    assert.ok(answers.filter(({ status }) => status === 200).length <= 1)
    for (const { body } of answers)
      if (body.refresh_token !== undefined) {
        const late = await askToken(server, { ...form, refresh_token: body.refresh_token })
        assert.equal(late.body.error, 'invalid_grant')
      }
  })

  await t.test('statement 7: what a person takes back is refused with the very next request', async () => {
    const app = await registerApp(server, { client_name: 'Diary' })
    const tokens = await letIn(browser, app, `openid offline_access ${notes}`)
    assert.equal((await askKinto(server, tokens.access_token, records)).status, 200)
    const all: Record<string, unknown>[] = (await browser.get('/me/apps')).body.apps
    const apps = all.filter(({ label }) => label === 'Diary')
    assert.deepEqual(
      apps.map(({ label, origin, verified, offline }) => [label, origin, verified, offline]),
      [['Diary', 'notes.example', 'registered', true]],
    )
    const id = String(apps[0]?.['id'])
    await browser.put(`/me/apps/${id}`, { paused: true })
    assert.equal((await askKinto(server, tokens.access_token, records)).status, 401)
    await assert.rejects(client.refreshTokenGrant(app.config, tokens.refresh_token ?? ''), {
      error: 'invalid_grant',
    })
    await browser.put(`/me/apps/${id}`, { paused: false })
    assert.equal((await askKinto(server, tokens.access_token, records)).status, 200)
    await browser.delete(`/me/apps/${id}`)
    const refused = await askKinto(server, tokens.access_token, records)
    assert.equal(refused.status, 401)
    assert.match(refused.headers.get('www-authenticate') ?? '', /Bearer.*error="invalid_token"/)
    await assert.rejects(client.refreshTokenGrant(app.config, tokens.refresh_token ?? ''), {
      error: 'invalid_grant',
    })
    const asked = await visit(browser, (await begin(app, notes)).address)
    assert.equal((await questionOf(browser, asked)).asks.length, 1)
  })

  await t.test(
    'statement 8: apps that nobody vouches for are shown as such, and always asked about the first time',
    async () => {
      const app = await registerApp(server, { client_name: 'Olga’s bank' })
      const silent = await visit(browser, (await begin(app, 'openid', { prompt: 'none' })).address)
      assert.equal(new URL(silent.location).searchParams.get('error'), 'consent_required')
      const asked = await visit(browser, (await begin(app, 'openid')).address)
      const question = await questionOf(browser, asked)
      assert.deepEqual(question.app, { name: 'Olga’s bank', origin: 'notes.example', verified: 'registered' })
      assert.equal(question.account, olga.login)
      await letIn(browser, app, 'openid')
      const again = await visit(browser, (await begin(app, 'openid', { prompt: 'none' })).address)
      assert.ok(new URL(again.location).searchParams.get('code'))
      const more = await visit(browser, (await begin(app, 'openid profile', { prompt: 'none' })).address)
      assert.equal(new URL(more.location).searchParams.get('error'), 'consent_required')
      const nobody = await makePagePerson(server, olga, 'nora')
      const hers = await visit(nobody.browser, (await begin(app, 'openid', { prompt: 'none' })).address)
      assert.equal(new URL(hers.location).searchParams.get('error'), 'consent_required')
      nobody.browser.cookies.clear()
      const out = await visit(nobody.browser, (await begin(app, 'openid', { prompt: 'none' })).address)
      assert.equal(new URL(out.location).searchParams.get('error'), 'login_required')
    },
  )

  await t.test(
    'statement 8: an app on a person’s own device is asked about each time: any program can say that it is it',
    async () => {
      const app = await registerApp(server, {
        application_type: 'native',
        redirect_uris: ['http://127.0.0.1/back'],
      })
      await letIn(browser, app, 'openid')
      const silent = await visit(browser, (await begin(app, 'openid', { prompt: 'none' })).address)
      assert.equal(new URL(silent.location).searchParams.get('error'), 'consent_required')
      const question = await questionOf(browser, await visit(browser, (await begin(app, 'openid')).address))
      assert.deepEqual(question.asks, [])
      assert.deepEqual(question.already, ['Know you again'])
    },
  )

  await t.test(
    'statement 9: every answer names who gave it, and gives the state back unchanged',
    async () => {
      const app = await registerApp(server)
      const state = 'ä &=#%20+"<>'
      const ways: [Record<string, string>, ((question: unknown) => object)?][] = [
        [{}],
        [{}, () => ({ refuse: true })],
        [{ prompt: 'none', scope: 'openid email' }],
        [{ scope: 'openid kinto:fly' }],
        [{ response_type: 'token' }],
        [{ code_challenge_method: 'plain' }],
      ]
      for (const [more, answer] of ways) {
        const begun = await begin(app, 'openid', { ...more, state })
        const back = await authorize(browser, begun, answer)
        const given = new URLSearchParams(back.search || back.hash.slice(1))
        assert.equal(given.get('iss'), issuerOf(server), back.href)
        assert.equal(given.get('state'), state)
      }
    },
  )

  await t.test('statement 12: apps know a person by names that are theirs alone', async () => {
    const apps = [
      await registerApp(server),
      await registerApp(server, { redirect_uris: ['https://other.example/back'] }),
      await registerApp(server, { application_type: 'native', redirect_uris: ['http://127.0.0.1/back'] }),
      await registerApp(server, { application_type: 'native', redirect_uris: ['http://127.0.0.1/back'] }),
    ]
    const names = []
    for (const app of apps) {
      const tokens = await letIn(browser, app, 'openid')
      const sub = tokens.claims()?.sub ?? ''
      assert.match(sub, /^[\w-]{43}$/)
      names.push(sub)
      assert.equal((await client.fetchUserInfo(app.config, tokens.access_token, sub)).sub, sub)
      const looked = await client.tokenIntrospection(app.config, tokens.access_token)
      assert.equal(looked.sub, sub)
      for (const told of [tokens.id_token ?? '', JSON.stringify(looked), JSON.stringify(tokens)])
        for (const secret of [olga.id, olga.login]) {
          const text = told.split('.').map((part) => Buffer.from(part, 'base64url').toString())
          assert.ok(!told.includes(secret) && !text.some((part) => part.includes(secret)))
        }
    }
    assert.equal(new Set(names).size, 4)
    const sibling = await registerApp(server, { redirect_uris: ['https://notes.example/elsewhere'] })
    assert.equal((await letIn(browser, sibling, 'openid')).claims()?.sub, names[0])
    const again = await letIn(browser, apps[0]!, 'openid')
    assert.equal(again.claims()?.sub, names[0])
    await server.restart()
    assert.equal((await letIn(browser, apps[0]!, 'openid')).claims()?.sub, names[0])
  })

  await t.test('statement 12: an app cannot ask to be told more', async () => {
    const hosts = [
      await registerApp(server, { subject_type: 'public' }),
      await registerApp(server, { redirect_uris: ['https://notes.example/x', 'https://evil.example/'] }),
    ]
    const names = []
    for (const app of [await registerApp(server), ...hosts])
      names.push((await letIn(browser, app, 'openid')).claims()?.sub)
    assert.equal(names[1], names[0])
    assert.notEqual(names[2], names[0])
  })

  await t.test(
    'statement 14: tokens and codes have 128 bits and more, and no query is looked at for them',
    async () => {
      const app = await registerApp(server)
      const begun = await begin(app, `offline_access ${notes}`)
      const back = await authorize(browser, begun)
      const tokens = await redeem(app, back, begun)
      const all = [codeOf(back), tokens.access_token, tokens.refresh_token ?? '']
      for (const text of all) assert.ok(Buffer.from(text, 'base64url').byteLength >= 16)
      const userinfo = await fetch(`${server.url}/oauth/userinfo?access_token=${tokens.access_token}`)
      assert.equal(userinfo.status, 400)
      assert.equal(((await userinfo.json()) as { error: string }).error, 'invalid_request')
      for (const text of all) assert.ok(!server.output().includes(text))
    },
  )
})
