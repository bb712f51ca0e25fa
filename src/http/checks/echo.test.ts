import assert from 'node:assert/strict'
import { test } from 'node:test'
import Fastify from 'fastify'
import { liveRing, nextKeyFile } from '../../lib/sealed.ts'
import { checkHeader, createEcho, echoRoute } from './echo.ts'

const file = nextKeyFile()
const seen = {
  target: '/__check__/x',
  host: 'a',
  peer: '127.0.0.1',
  forwardedFor: null,
  forwardedProto: null,
  forwarded: false,
}

test('a question is answered once, within a minute, by whoever has the key', () => {
  let now = 1_000_000
  const clock = () => now
  const [asks, answers] = [createEcho(liveRing(file), clock), createEcho(liveRing(file), clock)]
  const question = asks.question()
  const answer = answers.answer(question, seen)
  assert.ok(answer)
  assert.deepEqual(asks.read(question, answer), seen)
  assert.equal(answers.answer(question, seen), undefined)
  const other = asks.question()
  assert.equal(asks.read(other, answer), undefined)
  now += 60_001
  assert.equal(answers.answer(other, seen), undefined)
})

test('nobody else’s question is answered, and nobody else’s answer believed', () => {
  const [ours, theirs] = [createEcho(liveRing(file), Date.now), createEcho(liveRing(nextKeyFile()), Date.now)]
  assert.equal(ours.answer(theirs.question(), seen), undefined)
  const question = ours.question()
  for (const answer of [theirs.answer(theirs.question(), seen)!, question, '', '1.e30.x'])
    assert.equal(ours.read(question, answer), undefined)
})

test('the path tells a stranger nothing', async (t) => {
  const app = Fastify()
  t.after(() => app.close())
  echoRoute(app, createEcho(liveRing(file), Date.now), ['/1.5'])
  for (const headers of [{}, { [checkHeader]: 'x' }, { [checkHeader]: '1.e30.x'.repeat(200) }]) {
    const { statusCode, body } = await app.inject({ url: '/__check__/x', headers })
    assert.equal(statusCode, 404)
    assert.doesNotMatch(body, /127\.0\.0\.1|peer/)
    const posted = await app.inject({ method: 'POST', url: '/1.5/__check__/x', headers, payload: 'x' })
    assert.deepEqual([posted.statusCode, posted.body], [404, body])
  }
  const payload = 'x'.repeat(5_000)
  assert.equal((await app.inject({ method: 'POST', url: '/1.5/__check__/x', payload })).statusCode, 413)
})
