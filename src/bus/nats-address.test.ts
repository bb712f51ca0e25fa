import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseNatsAddress } from './nats-address.ts'

test('an address names servers, credentials and whether TLS is wanted', () => {
  assert.deepEqual(parseNatsAddress('nats://localhost'), { servers: ['localhost:4222'] })
  assert.deepEqual(parseNatsAddress('nats://a:1/, nats://[::1]:2'), { servers: ['a:1', '[::1]:2'] })
  assert.deepEqual(parseNatsAddress('tls://bus.example:80'), { servers: ['bus.example:80'], tls: {} })
  assert.deepEqual(parseNatsAddress('nats://u:p%40%3A@a:1,nats://b:1'), {
    servers: ['a:1', 'b:1'],
    user: 'u',
    pass: 'p@:',
  })
  assert.deepEqual(parseNatsAddress('nats://s3cret@a:1'), { servers: ['a:1'], token: 's3cret' })
})

test('a wrong address is refused with a code, and its password is not repeated', () => {
  for (const wrong of [
    '',
    'local',
    'a:4222',
    'redis://u:s3cret@a',
    'nats://',
    'nats://u:s3cret@a:1/path',
    'nats://u:s3cret@a?x=1',
    'nats://a,',
    'nats://u:s3cret%ff@a',
    'nats://a:99999',
  ]) {
    assert.throws(
      () => parseNatsAddress(wrong),
      (error: Error & { code?: string }) => error.code === 'bus-address' && !error.message.includes('s3cret'),
      wrong,
    )
  }
})
