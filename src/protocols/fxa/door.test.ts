import assert from 'node:assert/strict'
import { test } from 'node:test'
import { desktop, fxaUnderTest } from '../../../test/support/fxa-door.ts'
import { usualBody } from './call.ts'
import { createRouter } from './router.ts'

test('errors are told as browsers know them', async (t) => {
  const on = await fxaUnderTest(t)
  const told = async (...asked: Parameters<typeof on.ask>) => {
    const { status, json, headers } = await on.ask(...asked)
    assert.deepEqual(
      [typeof json.error, typeof json.message, typeof json.info, json.code],
      ['string', 'string', 'string', status],
    )
    assert.equal(headers['cache-control'], 'no-store')
    return [status, json.errno]
  }
  const path = '/v1/account/status'
  assert.deepEqual(await told('GET', '/v1/nothing'), [404, 116])
  assert.deepEqual(await told('DELETE', path), [405, 116])
  assert.deepEqual(await told('POST', path, { raw: '{' }), [400, 106])
  assert.deepEqual(await told('POST', path, { raw: '[]' }), [400, 106])
  assert.deepEqual(await told('POST', path, { raw: '['.repeat(40) }), [400, 106])
  assert.deepEqual(await told('POST', path, { body: {} }), [400, 108])
  assert.deepEqual(await told('POST', path, { body: { email: 7 } }), [400, 107])
  assert.deepEqual(await told('POST', path, { body: { email: 'x'.repeat(usualBody) } }), [413, 113])
  assert.deepEqual(await told('GET', `${path}?uid=1`), [400, 107])
  assert.deepEqual(on.errors, [])

  await t.test('what is the server’s own fault says nothing of it', async (inner) => {
    const broken = await fxaUnderTest(inner, 'sqlite', {
      profileOf: async () => {
        throw new Error('a secret detail')
      },
    })
    const { sessionToken: session } = await broken.connect()
    const { status, text } = await broken.ask('GET', '/v1/account/profile', { session })
    assert.equal(status, 500)
    assert.doesNotMatch(text, /secret/)
    assert.equal(broken.errors.length, 1)
  })
})

test('who is asked whether an account is there, and tells strangers only so often', async (t) => {
  const on = await fxaUnderTest(t)
  const exists = async (body: object) => (await on.ask('POST', '/v1/account/status', { body })).json.exists
  assert.equal(await exists({ email: 'alice@essaim.example' }), false)
  const { uid } = await on.connect('alice')
  assert.equal(await exists({ email: 'Alice@Essaim.example' }), true)
  assert.equal(await exists({ email: 'alice@elsewhere.example' }), false)
  assert.deepEqual((await on.ask('GET', `/v1/account/status?uid=${uid}`)).json, { exists: true })
  assert.deepEqual((await on.ask('GET', `/v1/account/status?uid=${'0'.repeat(32)}`)).json, { exists: false })
  let last = await on.ask('GET', `/v1/account/status?uid=${uid}`)
  for (let at = 0; at < 200 && last.status === 200; at++)
    last = await on.ask('GET', `/v1/account/status?uid=${uid}`)
  assert.deepEqual([last.status, last.json.errno], [429, 114])
  assert.equal(last.headers['retry-after'], String(last.json.retryAfter))
})

test('the account of a browser, as it asks for it', async (t) => {
  const on = await fxaUnderTest(t)
  const { sessionToken: session, email } = await on.connect('alice')
  const { json: status } = await on.ask('GET', '/v1/recovery_email/status', { session })
  assert.deepEqual(status, { email, verified: true, sessionVerified: true, emailVerified: true })
  assert.deepEqual((await on.ask('POST', '/v1/recovery_email/resend_code', { session, body: {} })).json, {})
  const { json: profile } = await on.ask('GET', '/v1/account/profile', { session })
  assert.equal(profile.email, email)
  const { json: clients } = await on.ask('GET', '/v1/account/attached_clients', { session })
  assert.deepEqual([clients.length, clients[0].clientId, clients[0].isCurrentSession], [1, desktop, true])
  for (const path of ['/__heartbeat__', '/__lbheartbeat__', '/__version__'])
    assert.equal((await on.ask('GET', path)).status, 200)
})

test('a route is found by its path, with what stands in it', () => {
  const { route, find } = createRouter()
  route('GET', '/v1/things/:id', 'none', async () => ({}))
  route('POST', '/v1/things/new', 'none', async () => ({}), { limit: 9 })
  const found = find('GET', '/v1/things/a%20b')
  assert.ok(found && 'handler' in found)
  assert.deepEqual(found.params, { id: 'a b' })
  assert.deepEqual(find('DELETE', '/v1/things/x'), ['GET'])
  assert.equal(find('GET', '/v1/things/'), undefined)
  assert.equal(find('GET', '/v1/things/x/y'), undefined)
  assert.throws(() => route('GET', '/v1/things/:id', 'none', async () => ({})), TypeError)
})
