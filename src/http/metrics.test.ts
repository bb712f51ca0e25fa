import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMetrics } from './metrics.ts'

test('answers are counted by door and status, and gauges are read when asked', async () => {
  let asked = 0
  const metrics = createMetrics({
    token: undefined,
    gauges: [{ name: 'essaim_listeners', help: 'Listeners', read: () => ++asked }],
  })
  metrics.answered('kinto', 200)
  metrics.answered('kinto', 200)
  metrics.answered('kinto', 404)
  const { type, text } = await metrics.render()
  assert.match(type, /^text\/plain/)
  assert.match(text, /^essaim_answers_total\{door="kinto",status="200"\} 2$/m)
  assert.match(text, /^essaim_answers_total\{door="kinto",status="404"\} 1$/m)
  assert.match(text, /^essaim_listeners 1$/m)
  assert.match((await metrics.render()).text, /status="200"\} 2$/m)
})

test('only the configured token opens the numbers', () => {
  const metrics = createMetrics({ token: 'secret', gauges: [] })
  assert.equal(metrics.allowed('Bearer secret'), true)
  assert.equal(metrics.allowed('Bearer wrong'), false)
  assert.equal(metrics.allowed(undefined), false)
  assert.equal(createMetrics({ token: undefined, gauges: [] }).allowed('Bearer undefined'), false)
})
