/** How apps come to be known: by registering themselves, by a document at their own address, or on a developer's machine. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import * as client from 'openid-client'
import { makePageOwner, signInElsewhere } from '../support/browser-session.ts'
import { selfSigned } from '../support/certificate.ts'
import {
  askToken,
  begin,
  issuerOf,
  knownApp,
  letIn,
  questionOf,
  registerApp,
  visit,
} from '../support/oauth-app.ts'
import { startServer } from '../support/server.ts'

test('apps that register themselves', async (t) => {
  const server = await startServer(t)
  const { browser } = await makePageOwner(server)
  const register = async (metadata: object, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${server.url}/oauth/register`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(metadata),
    })
    return {
      status: answer.status,
      headers: answer.headers,
      body: (await answer.json()) as Record<string, unknown>,
    }
  }
  const plain = { redirect_uris: ['https://notes.example/back'], token_endpoint_auth_method: 'none' }

  await t.test('are bounded in what they say of themselves', async () => {
    const many = Array.from({ length: 21 }, (_, at) => `https://notes.example/${at}`)
    const refused: object[] = [
      { ...plain, redirect_uris: many },
      { ...plain, redirect_uris: [`https://notes.example/${'x'.repeat(2_000)}`] },
      { ...plain, client_name: 'x'.repeat(101) },
      { ...plain, client_name: ' ' },
      { ...plain, client_name: 7 },
      { ...plain, redirect_uris: ['http://notes.example/back'] },
      { ...plain, redirect_uris: ['https://notes.example/back#x'] },
      { ...plain, redirect_uris: ['javascript:alert(1)'] },
      { ...plain, redirect_uris: [] },
      { ...plain, contacts: Array.from({ length: 2_000 }, (_, at) => `x${at}@notes.example`) },
      { redirect_uris: plain.redirect_uris, token_endpoint_auth_method: 'client_secret_jwt' },
    ]
    for (const metadata of refused) {
      const { status, body } = await register(metadata)
      assert.equal(status, 400, JSON.stringify(metadata).slice(0, 200))
      assert.match(String(body['error']), /^invalid_(redirect_uri|client_metadata|request)$/)
    }
    assert.equal((await register({ ...plain, contacts: ['x'.repeat(70_000)] })).status, 400)
    assert.equal((await register([])).status, 400)
  })

  await t.test('get nothing kept that nobody reads, and no logo', async () => {
    const { body } = await register({ ...plain, logo_uri: 'https://notes.example/logo', client_name: 'Kept' })
    const database = new DatabaseSync(join(server.data, 'essaim.db'), { readOnly: true })
    t.after(() => database.close())
    const row = database.prepare('SELECT data, expires, created FROM oauth_client WHERE client_id = ?')
    const { data, expires, created } = row.get(String(body['client_id'])) as Record<string, number | string>
    assert.ok(!String(data).includes('logo_uri'))
    // One that nobody has used goes the next day.
    assert.equal(Number(expires) - Number(created), 86_400_000)
    const app = await knownApp(server, String(body['client_id']), 'https://notes.example/back')
    await letIn(browser, app, 'openid')
    await t.waitFor(() =>
      assert.ok(
        Number((row.get(app.id) as Record<string, number>)['expires']) > Date.now() + 300 * 86_400_000,
      ),
    )
  })

  await t.test('prove themselves by a secret that is kept hashed', async () => {
    const app = await registerApp(server, { token_endpoint_auth_method: 'client_secret_basic' })
    const database = new DatabaseSync(join(server.data, 'essaim.db'), { readOnly: true })
    const { data } = database.prepare('SELECT data FROM oauth_client WHERE client_id = ?').get(app.id) as {
      data: string
    }
    database.close()
    assert.ok(app.secret !== undefined && !data.includes(app.secret))
    assert.ok((await letIn(browser, app, 'openid')).id_token)
    const stored = (JSON.parse(data) as Record<string, string>)['client_secret'] ?? ''
    const form = { grant_type: 'refresh_token', refresh_token: 'x' }
    const basic = (secret: string) => ({
      Authorization: `Basic ${Buffer.from(`${app.id}:${secret}`).toString('base64')}`,
    })
    assert.equal((await askToken(server, form, basic(stored))).body.error, 'invalid_client')
    assert.equal((await askToken(server, form, basic(app.secret))).body.error, 'invalid_grant')
  })

  await t.test('may do it from a page, whose cookies count for nothing', async () => {
    const options = await fetch(`${server.url}/oauth/register`, { method: 'OPTIONS' })
    assert.equal(options.status, 204)
    assert.equal(options.headers.get('access-control-allow-origin'), '*')
    const { status, headers } = await register(plain, { Origin: 'https://notes.example' })
    assert.equal(status, 201)
    assert.equal(headers.get('access-control-allow-origin'), '*')
    assert.equal(headers.get('access-control-allow-credentials'), null)
    assert.equal(headers.get('set-cookie'), null)
  })

  await t.test('are slowed down by where they come from', async () => {
    const answers = await Promise.all(Array.from({ length: 150 }, () => register({})))
    const slowed = answers.filter(({ status }) => status === 429)
    assert.ok(slowed.length > 0)
    for (const { headers } of slowed) assert.ok(Number(headers.get('retry-after')) > 0)
  })
})

test('apps whose id is the address of a document about them', async (t) => {
  const documents = new Map<string, object>()
  const asked: string[] = []
  const certificate = selfSigned(['localhost'])
  const host = createServer(certificate, (request, response) => {
    asked.push(request.url ?? '')
    const document = documents.get(request.url ?? '')
    response.writeHead(document === undefined ? 404 : 200, { 'Content-Type': 'application/json' })
    response.end(JSON.stringify(document ?? {}))
  }).listen(0, '127.0.0.1')
  t.after(() => void host.close())
  await once(host, 'listening')
  const { port } = host.address() as AddressInfo
  const folder = mkdtempSync(join(tmpdir(), 'essaim-apps-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'ca.pem'), certificate.cert)
  const server = await startServer(t, {
    ESSAIM_FETCH_ALLOW: `localhost:${port}`,
    NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
  })
  const { browser } = await makePageOwner(server)
  const address = `https://localhost:${port}`
  const put = (path: string, change: object = {}) => {
    const id = address + path
    documents.set(path, {
      client_id: id,
      client_name: 'Documented',
      redirect_uris: [`${address}/back`],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      ...change,
    })
    return id
  }
  const refusal = async (id: string) => {
    const app = await knownApp(server, id, 'https://notes.example/back')
    const { status, location, body } = await visit(browser, (await begin(app, 'openid')).address)
    assert.deepEqual([status, location], [400, ''], id)
    return String(body)
  }

  await t.test('are not fetched from this machine or its network', async () => {
    for (const id of [
      `https://localhost:${port + 1}/app`,
      `https://127.0.0.1:${port}/app`,
      'https://10.0.0.1/app',
      'https://[::1]/app',
      'https://169.254.169.254/app',
      `${issuerOf(server).replace('http:', 'https:')}/app`,
    ])
      assert.match(await refusal(id), /invalid_client/)
    assert.deepEqual(asked, [])
  })

  await t.test('are known by what it says, and shown with its host', async () => {
    const app = await knownApp(server, put('/app'), `${address}/back`)
    const question = await questionOf(browser, await visit(browser, (await begin(app, 'openid')).address))
    assert.deepEqual(question.app, {
      name: 'Documented',
      origin: `localhost:${port}`,
      verified: 'document',
    })
    const tokens = await letIn(browser, app, 'openid offline_access')
    assert.ok(tokens.refresh_token && tokens.claims()?.sub)
    // It is not fetched for each request.
    assert.deepEqual(asked, ['/app'])
  })

  await t.test('are refused where the document is not about them, has a secret, or is not one', async () => {
    const wrong = [
      put('/other', { client_id: `${address}/app` }),
      put('/secret', { client_secret: 'x' }),
      put('/basic', { token_endpoint_auth_method: 'client_secret_basic' }),
      put('/plain', { redirect_uris: ['http://notes.example/back'] }),
      put('/long', { redirect_uris: [`${address}/${'x'.repeat(70_000)}`] }),
      `${address}/absent`,
    ]
    for (const id of wrong) assert.match(await refusal(id), /invalid_client/, id)
  })

  await t.test('are told apart from an id that is no such address', async () => {
    for (const id of [
      'https://user@notes.example/',
      'https://notes.example/a/../b',
      'https://notes.example/#a',
      'x',
    ])
      assert.match(await refusal(id), /invalid_client/)
  })
})

test('an app that is being developed on a person’s own machine needs no registration', async (t) => {
  const server = await startServer(t)
  const { browser } = await makePageOwner(server)
  const id = 'http://localhost:5173/'
  const app = await knownApp(server, id, id)
  const question = await questionOf(browser, await visit(browser, (await begin(app, 'openid')).address))
  assert.deepEqual(question.app, { name: 'localhost:5173', origin: 'localhost:5173', verified: 'registered' })
  const tokens = await letIn(browser, app, 'openid offline_access kinto:default/notes:rw')
  assert.ok(tokens.refresh_token)
  const named = 'http://127.0.0.1:8080/?redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2Fback'
  assert.ok(
    (await letIn(browser, await knownApp(server, named, 'http://127.0.0.1:8080/back'), 'openid')).id_token,
  )
  for (const [wrong, redirect] of [
    ['http://localhost:5173/', 'https://evil.example/'],
    ['http://localhost:5173/?redirect_uri=https://evil.example/', 'https://evil.example/'],
    ['http://localhost.evil.example/', 'http://localhost.evil.example/'],
  ] as const) {
    const { status } = await visit(
      browser,
      (await begin(await knownApp(server, wrong, redirect), 'openid')).address,
    )
    assert.equal(status, 400, wrong)
  }
})

test('tokens are looked at and given back by the app that has them, alone', async (t) => {
  const server = await startServer(t)
  const { browser } = await makePageOwner(server)
  const [mine, other] = [
    await registerApp(server),
    await registerApp(server, { token_endpoint_auth_method: 'client_secret_basic' }),
  ]
  const tokens = await letIn(browser, mine, 'openid offline_access kinto:default/notes:r')
  const look = (app: typeof mine, token = '') => client.tokenIntrospection(app.config, token)
  const seen = await look(mine, tokens.access_token)
  assert.equal(seen.active, true)
  assert.equal(seen.scope, 'openid offline_access kinto:default/notes:r')
  assert.equal(seen.client_id, mine.id)
  assert.equal((await look(mine, tokens.refresh_token)).active, true)
  assert.deepEqual(await look(other, tokens.access_token), { active: false })
  assert.deepEqual(await look(other, tokens.refresh_token), { active: false })
  assert.deepEqual(await look(mine, 'unknown'), { active: false })
  await client.tokenRevocation(other.config, tokens.access_token)
  assert.equal((await look(mine, tokens.access_token)).active, true)
  await client.tokenRevocation(mine.config, tokens.access_token)
  assert.deepEqual(await look(mine, tokens.access_token), { active: false })
})

test('an app that signs out on one device is not signed out on another', async (t) => {
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  const phone = await signInElsewhere(server, olga)
  const app = await registerApp(server)
  const [here, there] = [
    await letIn(olga.browser, app, 'openid offline_access'),
    await letIn(phone, app, 'openid offline_access'),
  ]
  await client.tokenRevocation(app.config, here.refresh_token ?? '')
  await assert.rejects(client.refreshTokenGrant(app.config, here.refresh_token ?? ''), {
    error: 'invalid_grant',
  })
  assert.deepEqual(await client.tokenIntrospection(app.config, here.access_token), { active: false })
  assert.ok((await client.refreshTokenGrant(app.config, there.refresh_token ?? '')).access_token)
  assert.equal((await olga.browser.get('/me/apps')).body.apps.length, 1)
})
