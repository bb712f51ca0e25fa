import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newPushKeys, openPush, pushService } from '../../../test/support/web-push.ts'
import { maxPayload, push, type PushMessage } from './push.ts'

const message: PushMessage = { payload: '{"é":1}', ttl: 60, urgency: 'high', topic: 'profile' }

/** RFC 8291, section 5 and appendix A. */
const rfc = {
  privateKey: 'q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94',
  publicKey: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  auth: 'BTBZMqHH6r4Tts7J_aSIgg',
}
const rfcBody =
  'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN'

test('what opens messages here opens the example of RFC 8291', () => {
  const text = openPush(Buffer.from(rfcBody, 'base64url'), rfc)
  assert.equal(text, 'When I grow up, I want to be a watermelon')
})

test('a message arrives locked for the browser, with what the service needs to know', async (t) => {
  const service = await pushService(t)
  const keys = newPushKeys()
  const sent = await push(service.fetch, { endpoint: `${service.url}/wpush/v2/a`, keys }, message)
  assert.deepEqual(sent, { kind: 'sent' })
  const [got] = service.got
  assert.equal(got?.path, '/wpush/v2/a')
  const { ttl, urgency, topic, 'content-encoding': encoding } = got.headers
  assert.deepEqual(
    { ttl, urgency, topic, encoding },
    { ttl: '60', urgency: 'high', topic: 'profile', encoding: 'aes128gcm' },
  )
  // The whole of it: single bytes of it are found in any noise.
  assert.ok(!got.body.includes('{"é":1}'))
  assert.equal(openPush(got.body, keys), '{"é":1}')
  assert.throws(() => openPush(got.body, { ...newPushKeys(), auth: keys.auth }))
})

test('the largest message is as large as a service must take', async (t) => {
  const service = await pushService(t)
  const keys = newPushKeys()
  const payload = 'x'.repeat(maxPayload)
  await push(service.fetch, { endpoint: service.url, keys }, { ...message, payload })
  assert.equal(service.got[0]?.body.byteLength, 4_096)
  assert.equal(openPush(service.got[0].body, keys), payload)
})

test('a browser without keys, and one that is only to wake, get an empty message', async (t) => {
  const service = await pushService(t)
  await push(service.fetch, { endpoint: service.url, keys: null }, message)
  await push(service.fetch, { endpoint: service.url, keys: newPushKeys() }, { ...message, payload: null })
  for (const { body, headers } of service.got) {
    assert.equal(body.byteLength, 0)
    assert.equal(headers['content-length'], '0')
    assert.equal(headers['content-encoding'], undefined)
  }
  assert.equal(service.got.length, 2)
})

test('each answer of a service is understood', async (t) => {
  const service = await pushService(t)
  const answers: [number, string | undefined, object][] = [
    [200, undefined, { kind: 'sent' }],
    [202, undefined, { kind: 'sent' }],
    [302, undefined, { kind: 'refused' }],
    [400, undefined, { kind: 'refused' }],
    [404, undefined, { kind: 'expired' }],
    [410, undefined, { kind: 'expired' }],
    [413, undefined, { kind: 'refused' }],
    [429, '7', { kind: 'busy', after: 7_000 }],
    [429, 'tomorrow', { kind: 'busy', after: undefined }],
    [500, undefined, { kind: 'busy', after: undefined }],
    [503, '120', { kind: 'busy', after: 120_000 }],
  ]
  for (const [status, after, wanted] of answers) {
    service.answer((_request, response) =>
      response.writeHead(status, after === undefined ? {} : { 'Retry-After': after }).end('{"errno":1}'),
    )
    assert.deepEqual(
      await push(service.fetch, { endpoint: service.url, keys: null }, message),
      wanted,
      String(status),
    )
  }
})

test('a service that sends on, answers without end, breaks off or is no service is left alone', async (t) => {
  const service = await pushService(t)
  const one = (endpoint: string) => push(service.fetch, { endpoint, keys: null }, message)
  service.answer((_request, response) => response.writeHead(307, { Location: `${service.url}/other` }).end())
  assert.equal((await one(service.url)).kind, 'refused')
  assert.equal(service.got.length, 1)
  service.answer((_request, response) => {
    response.writeHead(201)
    const more = () => void (response.destroyed || response.write('x'.repeat(65_536), more))
    more()
  })
  assert.equal((await one(service.url)).kind, 'busy')
  service.answer((_request, response) => void response.socket?.destroy())
  assert.equal((await one(service.url)).kind, 'busy')
  assert.equal((await one('https://127.0.0.1/')).kind, 'refused')
  assert.equal((await one('https://[::ffff:10.0.0.1]/')).kind, 'refused')
  assert.equal((await one('http://elsewhere.test/')).kind, 'refused')
  assert.equal((await one('https://essaim.example/v1')).kind, 'refused')
  assert.equal((await one('https://nowhere.invalid/')).kind, 'busy')
})
