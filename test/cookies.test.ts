/** Doors ignore cookies: a request that brings nothing else is nobody's, and no answer sets one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makePageOwner } from './support/browser-session.ts'
import { basic } from './support/people.ts'
import { bodyFor, endpoints, fill } from './support/routes.ts'
import { startServer } from './support/server.ts'

test('a request with only a cookie is that of nobody, at every endpoint', async (t) => {
  const server = await startServer(t)
  const { browser } = await makePageOwner(server, 'alice')
  const password = 'sixteen owls at the harbour'
  await browser.post('/me/direct-password', { password })
  const alice = { authorization: basic('alice', password) }
  const guesses = ['session', 'sid', 'token', 'auth', 'Authorization', 'essaim']
  const cookie = [
    ...guesses.map((name) => [name, encodeURIComponent(alice.authorization)]),
    // Those that our own pages would take.
    ...browser.cookies,
  ]
    .map((pair) => pair.join('='))
    .join('; ')

  async function ask(
    method: string,
    path: string,
    body: string | undefined,
    headers: Record<string, string>,
  ) {
    const answer = await fetch(server.url + path, {
      method,
      redirect: 'manual',
      headers: {
        Origin: 'https://app.example',
        ...(body ? { 'Content-Type': 'application/json' } : {}),
        ...headers,
      },
      ...(body ? { body } : {}),
    })
    const text = await answer.text()
    assert.deepEqual(answer.headers.getSetCookie(), [], `${method} ${path}`)
    assert.equal(answer.headers.get('access-control-allow-credentials'), null, `${method} ${path}`)
    return { status: answer.status, text, vary: answer.headers.get('vary'), etag: answer.headers.get('etag') }
  }

  const ids = { bucket: 'b', group: 'g', collection: 'c', record: 'r', account: 'alice' }
  const hers = { Authorization: alice.authorization }
  for (const path of ['', '/groups/g', '/collections/c', '/collections/c/records/r'])
    assert.equal((await ask('PUT', `/v1/buckets/b${path}`, undefined, hers)).status, 201)

  const other = [
    '/',
    '/v1',
    '/buckets/b',
    '/setup',
    '/__heartbeat__',
    '/__version__',
    '/__metrics__',
    '/nothing/here',
  ]
  const questions = [
    ...endpoints.flatMap(({ path, methods }) =>
      [...methods, 'OPTIONS'].map((method) => [method, fill(path, ids), bodyFor(method, path)] as const),
    ),
    ...other.map((path) => ['GET', path, undefined] as const),
  ]
  for (const [method, path, body] of questions) {
    const bare = await ask(method, path, body, {})
    const withCookie = await ask(method, path, body, { Cookie: cookie })
    assert.deepEqual(withCookie, bare, `${method} ${path}`)
  }

  await t.test('and beside a credential it changes nothing', async () => {
    const seen = await ask('GET', '/v1/', undefined, { ...hers, Cookie: `session=${basic('bob', 'x')}` })
    assert.deepEqual(seen, await ask('GET', '/v1/', undefined, hers))
    const { status } = await ask('GET', '/v1/buckets/b/collections/c/records/r', undefined, hers)
    assert.equal(status, 200, 'what nobody was refused is still there')
  })
})
