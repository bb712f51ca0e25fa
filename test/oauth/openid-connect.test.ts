/** What the certification plan "Basic OP" of OpenID Connect looks at, from outside. */
import assert from 'node:assert/strict'
import { createHash, createPublicKey, verify } from 'node:crypto'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import * as client from 'openid-client'
import { makePageOwner, signInElsewhere } from '../support/browser-session.ts'
import {
  allOf,
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

const json = async (address: string) => (await fetch(address)).json() as Promise<Record<string, unknown>>

const payloadOf = (jwt = ''): Record<string, unknown> =>
  JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>

test('the OpenID Connect provider', async (t) => {
  const server = await startServer(t)
  const issuer = issuerOf(server)
  const olga = await makePageOwner(server)
  const { browser } = olga
  const refusalOf = async (app: Awaited<ReturnType<typeof registerApp>>, more: Record<string, string>) => {
    const back = new URL((await visit(browser, (await begin(app, 'openid', more)).address)).location)
    return back.searchParams.get('error')
  }

  await t.test('discovery says where everything is, below the issuer, and what is spoken', async () => {
    const found = await json(`${issuer}/.well-known/openid-configuration`)
    assert.deepEqual(await json(`${issuer}/.well-known/oauth-authorization-server`), found)
    assert.equal(found['issuer'], issuer)
    const addresses = {
      authorization_endpoint: '/oauth/authorize',
      token_endpoint: '/oauth/token',
      userinfo_endpoint: '/oauth/userinfo',
      jwks_uri: '/oauth/jwks',
      registration_endpoint: '/oauth/register',
      revocation_endpoint: '/oauth/revoke',
      introspection_endpoint: '/oauth/introspect',
      device_authorization_endpoint: '/oauth/device',
      end_session_endpoint: '/oauth/logout',
    }
    for (const [name, path] of Object.entries(addresses)) assert.equal(found[name], issuer + path, name)
    assert.deepEqual(found['response_types_supported'], ['code'])
    assert.deepEqual(found['subject_types_supported'], ['pairwise'])
    assert.deepEqual(found['code_challenge_methods_supported'], ['S256'])
    assert.deepEqual(found['id_token_signing_alg_values_supported'], ['RS256', 'ES256'])
    assert.equal(found['authorization_response_iss_parameter_supported'], true)
    assert.equal(found['client_id_metadata_document_supported'], true)
    const scopes = found['scopes_supported'] as string[]
    for (const scope of ['openid', 'profile', 'email', 'offline_access', 'kinto:r', 'kinto:rw'])
      assert.ok(scopes.includes(scope), scope)
  })

  await t.test(
    'ID tokens are signed by a published key, with the algorithm that the app has asked for',
    async () => {
      const { keys } = (await json(`${issuer}/oauth/jwks`)) as { keys: Record<string, string>[] }
      for (const key of keys) assert.equal(key['d'], undefined)
      for (const algorithm of ['RS256', 'ES256']) {
        const app = await registerApp(server, { id_token_signed_response_alg: algorithm })
        const { id_token: token = '' } = await letIn(browser, app, 'openid')
        const [head = '', body = '', signature = ''] = token.split('.')
        const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as Record<string, string>
        assert.equal(header['alg'], algorithm)
        const jwk = keys.find(({ kid }) => kid === header['kid'])
        assert.ok(jwk)
        const key = createPublicKey({ key: jwk, format: 'jwk' })
        const isRight = verify(
          'sha256',
          Buffer.from(`${head}.${body}`),
          { key, dsaEncoding: 'ieee-p1363' },
          Buffer.from(signature, 'base64url'),
        )
        assert.ok(isRight)
      }
      await assert.rejects(registerApp(server, { id_token_signed_response_alg: 'none' }))
      await assert.rejects(registerApp(server, { id_token_signed_response_alg: 'HS256' }))
    },
  )

  await t.test('an ID token says who, for whom, from whom, until when, and to which request', async () => {
    const app = await registerApp(server, { require_auth_time: true })
    const before = Math.floor(Date.now() / 1_000)
    const tokens = await letIn(browser, app, 'openid')
    const claims = tokens.claims()
    assert.ok(claims)
    assert.equal(claims.iss, issuer)
    assert.equal(claims.aud, app.id)
    assert.ok(claims.iat >= before && claims.exp === claims.iat + 3_600)
    assert.ok(Number(claims['auth_time']) <= before + 1)
    assert.equal(tokens.token_type, 'bearer')
    assert.equal(tokens.expires_in, 3_600)
    assert.equal(tokens.refresh_token, undefined)
  })

  await t.test('a request without a nonce is answered, and one with it carries it back', async () => {
    const app = await registerApp(server)
    const begun = await begin(app, 'openid', { nonce: '' })
    const tokens = await client.authorizationCodeGrant(app.config, await authorize(browser, begun), {
      pkceCodeVerifier: begun.verifier,
      expectedState: begun.state,
    })
    assert.equal(payloadOf(tokens.id_token)['nonce'], undefined)
  })

  await t.test('apps prove themselves by header, by form, or by a key of their own', async () => {
    for (const method of ['client_secret_basic', 'client_secret_post']) {
      const app = await registerApp(server, { token_endpoint_auth_method: method })
      const begun = await begin(app, 'openid')
      const code = (await authorize(browser, begun)).searchParams.get('code') ?? ''
      const form = {
        grant_type: 'authorization_code',
        code,
        redirect_uri: app.redirect,
        code_verifier: begun.verifier,
      }
      const secret = app.secret ?? ''
      const basic = (text: string) => `Basic ${Buffer.from(`${app.id}:${text}`).toString('base64')}`
      const inForm = (text: string) => ({ client_id: app.id, client_secret: text })
      const proofs: [Record<string, string>, Record<string, string>][] = [
        [{}, { Authorization: basic(`${secret}x`) }],
        [inForm(`${secret}x`), {}],
        [inForm(''), {}],
        [{ client_id: app.id }, {}],
        method === 'client_secret_basic' ? [{}, { Authorization: basic(secret) }] : [inForm(secret), {}],
      ]
      for (const [index, [more, headers]] of proofs.entries()) {
        const { status, body } = await askToken(server, { ...form, ...more }, headers)
        if (index === proofs.length - 1) assert.equal(status, 200, JSON.stringify(body))
        else assert.deepEqual([status, body.error], [401, 'invalid_client'], method)
      }
    }
    const { privateKey, publicKey } = (await crypto.subtle.generateKey(
      { name: 'ECDSA', namedCurve: 'P-256' },
      true,
      ['sign', 'verify'],
    )) as CryptoKeyPair
    const jwk = await crypto.subtle.exportKey('jwk', publicKey)
    const app = await registerApp(server, {
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: jwk.x, y: jwk.y, alg: 'ES256', use: 'sig' }] },
    })
    const config = await client.discovery(
      new URL(issuer),
      app.id,
      undefined,
      client.PrivateKeyJwt(privateKey),
      { execute: [client.allowInsecureRequests] },
    )
    assert.ok((await letIn(browser, { ...app, config }, 'openid')).id_token)
  })

  await t.test(
    'userinfo tells what was consented, by header and by form, and nothing to strangers',
    async () => {
      const app = await registerApp(server)
      await browser.put('/me/profile', { name: 'Olga Ølsen' })
      const tokens = await letIn(browser, app, 'openid profile email')
      const ask = (init: RequestInit) => fetch(`${issuer}/oauth/userinfo`, init)
      const Authorization = `Bearer ${tokens.access_token}`
      for (const init of [
        { headers: { Authorization } },
        { method: 'POST', headers: { Authorization } },
        { method: 'POST', body: new URLSearchParams({ access_token: tokens.access_token }) },
      ]) {
        const answer = await ask(init)
        assert.equal(answer.status, 200)
        assert.deepEqual(await answer.json(), {
          sub: tokens.claims()?.sub,
          name: 'Olga Ølsen',
          preferred_username: 'olga',
          locale: 'en',
        })
      }
      const narrow = await letIn(browser, await registerApp(server), 'openid profile', ({ asks }) => ({
        answers: asks.map(({ scope }: { scope: string }) => ({ asked: scope, allow: scope === 'openid' })),
      }))
      assert.equal(narrow.scope, 'openid')
      const told = await ask({ headers: { Authorization: `Bearer ${narrow.access_token}` } })
      assert.deepEqual(Object.keys((await told.json()) as object), ['sub'])
      for (const token of ['x', 'x'.repeat(5_000), tokens.id_token ?? '']) {
        const refused = await ask({ headers: { Authorization: `Bearer ${token}` } })
        assert.equal(refused.status, 401)
        assert.match(refused.headers.get('www-authenticate') ?? '', /error="invalid_token"/)
      }
      const nameless = await letIn(browser, await registerApp(server), 'kinto:default/notes:r')
      const without = await ask({ headers: { Authorization: `Bearer ${nameless.access_token}` } })
      assert.equal(without.status, 403)
    },
  )

  await t.test('prompt=none asks nothing; prompt=consent asks again; unknown ones are refused', async () => {
    const app = await registerApp(server)
    assert.equal(await refusalOf(app, { prompt: 'none' }), 'consent_required')
    await letIn(browser, app, 'openid')
    assert.equal(await refusalOf(app, { prompt: 'none' }), null)
    assert.equal(await refusalOf(app, { prompt: 'none login' }), 'invalid_request')
    assert.equal(await refusalOf(app, { prompt: 'whatever' }), 'invalid_request')
    const asked = await questionOf(
      browser,
      await visit(browser, (await begin(app, 'openid', { prompt: 'consent' })).address),
    )
    assert.deepEqual(
      asked.asks.map(({ scope }: { scope: string }) => scope),
      ['openid'],
    )
  })

  await t.test('prompt=login and max_age want a proof since, and the ID token says when it was', async () => {
    const app = await registerApp(server)
    const someone = await signInElsewhere(server, olga)
    const first = await letIn(someone, app, 'openid')
    for (const more of [{ prompt: 'login' }, { max_age: '0' }, { max_age: '1' }]) {
      await wait(2_100)
      const begun = await begin(app, 'openid', more)
      const { location } = await visit(someone, begun.address)
      const id = location.split('#')[1] ?? ''
      assert.deepEqual(
        (await someone.get(`/consent/${id}`)).body,
        { error: 'not-fresh' },
        JSON.stringify(more),
      )
      assert.equal((await someone.ask('POST', `/consent/${id}`, { answers: [] })).status, 403)
      await someone.post('/fresh/password', { auth: olga.auth })
      const { asks } = (await someone.get(`/consent/${id}`)).body
      const { location: on } = await someone.post(`/consent/${id}`, { answers: allOf({ asks }) })
      const back = new URL((await visit(someone, on)).location)
      const tokens = await redeem(app, back, begun)
      const [was, is] = [first, tokens].map((one) => Number(payloadOf(one.id_token)['auth_time'] ?? 0))
      assert.ok((is ?? 0) > (was ?? 0) && (is ?? 0) >= Math.floor(Date.now() / 1_000) - 2)
    }
    const late = await begin(app, 'openid', { max_age: '10000' })
    assert.match((await visit(someone, late.address)).location, /^https:\/\/notes\.example\/back\?code=/)
    const silent = await begin(app, 'openid', { prompt: 'none', max_age: '1' })
    await wait(2_100)
    const refused = new URL((await visit(someone, silent.address)).location)
    assert.equal(refused.searchParams.get('error'), 'login_required')
  })

  await t.test('id_token_hint names who it is about, and another is not taken for her', async () => {
    const app = await registerApp(server)
    const tokens = await letIn(browser, app, 'openid')
    const right = { prompt: 'none', id_token_hint: tokens.id_token ?? '' }
    assert.equal(await refusalOf(app, right), null)
    const [head, body, signature] = (tokens.id_token ?? '').split('.')
    const forged = { ...payloadOf(tokens.id_token), sub: 'somebody-else' }
    const wrong = [head, Buffer.from(JSON.stringify(forged)).toString('base64url'), signature].join('.')
    assert.equal(await refusalOf(app, { ...right, id_token_hint: wrong }), 'invalid_request')
    assert.equal(body, (tokens.id_token ?? '').split('.')[1])
  })

  await t.test('what is not understood is left alone, what is not spoken is refused', async () => {
    const app = await registerApp(server)
    await letIn(browser, app, 'openid')
    for (const more of [
      { extra: 'foobar' },
      { display: 'popup' },
      { ui_locales: 'fr en' },
      { claims_locales: 'fr' },
      { acr_values: '1 2' },
      { login_hint: 'olga' },
      { response_mode: 'query' },
    ])
      assert.equal(await refusalOf(app, more), null, JSON.stringify(more))
    assert.equal(await refusalOf(app, { request: 'eyJhbGciOiJub25lIn0.e30.' }), 'request_not_supported')
    assert.equal(
      await refusalOf(app, { request_uri: 'https://notes.example/r' }),
      'request_uri_not_supported',
    )
    assert.equal(await refusalOf(app, { registration: '{}' }), 'registration_not_supported')
  })

  await t.test('unknown scopes are named, and none at all is refused', async () => {
    const app = await registerApp(server)
    for (const scope of ['openid include:nothing', 'kinto:fly', 'x y', 'kinto:rw?days=0']) {
      const { location } = await visit(browser, (await begin(app, scope)).address)
      const back = new URL(location)
      assert.equal(back.searchParams.get('error'), 'invalid_scope', scope)
      assert.notEqual(back.searchParams.get('scope'), null)
    }
  })

  await t.test('the answer comes in the fragment or as a form where the app wants it so', async () => {
    const app = await registerApp(server)
    await letIn(browser, app, 'openid')
    const fragment = await begin(app, 'openid', { response_mode: 'fragment' })
    const there = new URL((await visit(browser, fragment.address)).location)
    assert.equal(there.search, '')
    assert.ok(new URLSearchParams(there.hash.slice(1)).get('code'))
    const { status, body, headers } = await visit(
      browser,
      (await begin(app, 'openid', { response_mode: 'form_post' })).address,
    )
    assert.equal(status, 200)
    assert.match(body, /<form method="post" action="https:\/\/notes\.example\/back">/)
    const [, script = ''] = /<script>([\s\S]*?)<\/script>/.exec(body) ?? []
    const hash = createHash('sha256').update(script).digest('base64')
    const policy = headers.get('content-security-policy') ?? ''
    assert.ok(policy.includes(`script-src 'sha256-${hash}'`))
    assert.ok(policy.includes(`frame-ancestors 'none'`))
  })

  await t.test('pages of apps may ask from their own origin alone', async () => {
    const app = await registerApp(server)
    const form = {
      grant_type: 'authorization_code',
      client_id: app.id,
      code: 'x',
      redirect_uri: app.redirect,
    }
    const ask = (origin: string) =>
      fetch(`${server.url}/oauth/token`, {
        method: 'POST',
        headers: { Origin: origin },
        body: new URLSearchParams({ ...form, code_verifier: 'x'.repeat(43) }),
      })
    const right = await ask('https://notes.example')
    assert.equal(right.headers.get('access-control-allow-origin'), 'https://notes.example')
    assert.equal(right.headers.get('access-control-allow-credentials'), null)
    assert.equal((await ask('https://evil.example')).headers.get('access-control-allow-origin'), null)
    const known = await fetch(`${issuer}/.well-known/openid-configuration`, {
      headers: { Origin: 'https://any.example' },
    })
    assert.ok(known.headers.get('access-control-allow-origin'))
  })
})
