import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { setImmediate as turnOfLoop } from 'node:timers/promises'
import type { GuardedFetch } from '../../http/guard.ts'
import type { PushMessage } from './push.ts'
import { createPushQueue, type PushQueueBounds, type Sent } from './push-queue.ts'

const message: PushMessage = { payload: null, ttl: 1_000, urgency: 'normal' }

/** A queue to services that answer when the test says so. */
function underTest(t: TestContext, bounds: Partial<PushQueueBounds> = {}) {
  const asked: { path: string; answer(status: number, headers?: Record<string, string>): void }[] = []
  const fetch: GuardedFetch = (address, { signal } = {}) =>
    new Promise((done, fail) => {
      signal?.addEventListener('abort', () => fail(new Error('given up')))
      asked.push({
        path: String(address).slice('https://push.test/'.length),
        answer: (status, headers = {}) => done(new Response(null, { status, headers })),
      })
    })
  const errors: unknown[] = []
  const queue = createPushQueue(fetch, (error) => void errors.push(error), bounds)
  const results: Record<string, Sent> = {}
  const expired: string[] = []
  t.after(() => assert.deepEqual(errors, []))
  return {
    queue,
    asked,
    results,
    expired,
    send(person: string, path: string, more: Partial<PushMessage> = {}) {
      queue
        .send({
          person,
          subscription: { endpoint: `https://push.test/${path}`, keys: null },
          message: { ...message, ...more },
          onExpired: async () => void expired.push(path),
        })
        .then((sent) => (results[path] = sent), assert.ifError)
    },
    paths: () => asked.map(({ path }) => path),
    /** Lets everything go on that waits for nothing else. */
    async settle() {
      for (let i = 0; i < 20; i++) await turnOfLoop()
    },
  }
}

test('so many are on their way at once, and a person with many holds up nobody else', async (t) => {
  const { send, paths, asked, settle, queue } = underTest(t, { atOnce: 3, atOnceOfOne: 2 })
  for (const path of ['a1', 'a2', 'a3', 'a4']) send('ann', path)
  for (const path of ['b1', 'b2', 'b3']) send('ben', path)
  send('cleo', 'c1')
  await settle()
  assert.deepEqual(paths(), ['a1', 'a2', 'b1'])
  asked[0]?.answer(201)
  await settle()
  // Who has nothing on the way comes first, whoever has waited.
  assert.deepEqual(paths().slice(3), ['c1'])
  for (let at = 1; at < 8; at++) {
    asked[at]?.answer(201)
    await settle()
  }
  assert.deepEqual(paths().toSorted(), ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'b3', 'c1'])
  assert.equal(queue.size, 0)
})

test('what waits is bounded, of one person and in all', async (t) => {
  const bounds = { atOnce: 1, atOnceOfOne: 1, waiting: 4, waitingOfOne: 3 }
  const { send, results, asked, settle, queue } = underTest(t, bounds)
  for (const path of ['a1', 'a2', 'a3', 'a4', 'a5']) send('ann', path)
  for (const path of ['b1', 'b2']) send('ben', path)
  await settle()
  assert.deepEqual(results, { a5: 'dropped', b2: 'dropped' })
  for (let at = 0; at < 5; at++) {
    asked[at]?.answer(201)
    await settle()
  }
  assert.deepEqual(Object.values(results).filter((sent) => sent === 'sent').length, 5)
  assert.equal(queue.size, 0)
})

test('what a busy service did not take is tried again when it says, a few times', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { send, results, asked, paths, settle, queue } = underTest(t, { attempts: 3, pause: 1_000 })
  send('ann', 'a')
  await settle()
  asked[0]?.answer(503, { 'Retry-After': '5' })
  await settle()
  assert.deepEqual(results, { a: 'busy' })
  t.mock.timers.tick(4_999)
  await settle()
  assert.equal(asked.length, 1)
  t.mock.timers.tick(1)
  await settle()
  assert.equal(asked.length, 2)
  asked[1]?.answer(429)
  await settle()
  t.mock.timers.tick(2_000)
  await settle()
  asked[2]?.answer(500)
  await settle()
  t.mock.timers.tick(1_000_000)
  await settle()
  assert.deepEqual(paths(), ['a', 'a', 'a'])
  assert.equal(queue.size, 0)
})

test('a message that is of no use later is not tried again', async (t) => {
  const { send, asked, settle, queue } = underTest(t)
  send('ann', 'a', { ttl: 0 })
  send('ann', 'b', { ttl: 10 })
  await settle()
  asked[0]?.answer(503)
  asked[1]?.answer(503, { 'Retry-After': '11' })
  await settle()
  assert.equal(queue.size, 0)
})

test('an address that is no more is said once, also by a later attempt', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { send, asked, expired, results, settle } = underTest(t, { pause: 1_000 })
  send('ann', 'a')
  send('ben', 'b')
  await settle()
  asked[0]?.answer(410)
  asked[1]?.answer(500)
  await settle()
  assert.deepEqual(expired, ['a'])
  t.mock.timers.tick(1_000)
  await settle()
  asked[2]?.answer(404)
  await settle()
  assert.deepEqual(expired, ['a', 'b'])
  assert.deepEqual(results, { a: 'expired', b: 'busy' })
})

test('the end forgets what waits, and waits for what is on its way', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { send, asked, results, settle, queue } = underTest(t, { atOnce: 2, pause: 1_000 })
  for (const path of ['a', 'b', 'c']) send('ann', path)
  await settle()
  asked[0]?.answer(500)
  await settle()
  let ended = false
  const end = queue.stop().then(() => (ended = true))
  await settle()
  assert.deepEqual([ended, asked.length], [false, 3])
  for (const { answer } of asked.slice(1)) answer(500)
  await end
  assert.deepEqual(results, { a: 'busy', b: 'busy', c: 'busy' })
  send('ann', 'd')
  t.mock.timers.tick(1_000_000)
  await settle()
  assert.equal(results['d'], 'dropped')
  assert.equal(asked.length, 3)
  assert.equal(queue.size, 0)
})

test('the end gives up services that do not answer', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { send, asked, results, settle, queue } = underTest(t)
  for (const path of ['a', 'b']) send('ann', path)
  await settle()
  const end = queue.stop()
  t.mock.timers.tick(2_000)
  await end
  assert.equal(asked.length, 2)
  assert.deepEqual(results, { a: 'busy', b: 'busy' })
})
