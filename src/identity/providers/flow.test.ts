import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keyRing, seal } from '../../lib/sealed.ts'
import { createFlows } from './flow.ts'

const keys = keyRing(new Map([[1, new Uint8Array(32).fill(7)]]))
const wanted = { provider: 'elsewhere', purpose: 'sign-in', session: null, invitation: null } as const

function stage() {
  const time = { now: 1_700_000_000_000 }
  return { time, flows: createFlows({ keys, clock: { now: () => time.now } }) }
}

test('a flow comes back as it was, for ten minutes', () => {
  const { flows, time } = stage()
  const flow = flows.begin(wanted)
  const cookie = flows.seal(flow)
  assert.ok(!Buffer.from(cookie.slice(2), 'base64url').includes(flow.verifier), 'nobody reads it')
  time.now += 10 * 60_000
  assert.deepEqual(flows.open(cookie, 'flow'), flow)
  time.now += 1
  assert.throws(() => flows.open(cookie, 'flow'), { code: 'flow-lost' })
})

test('each flow has secrets of its own', () => {
  const { flows } = stage()
  const seen = new Set(
    [flows.begin(wanted), flows.begin(wanted)].flatMap(({ state, nonce, verifier }) => [
      state,
      nonce,
      verifier,
    ]),
  )
  assert.equal(seen.size, 6)
  for (const one of seen) assert.equal(Buffer.from(one, 'base64url').byteLength, 32)
})

test('what was changed, sealed for something else, or is no flow is lost', () => {
  const { flows, time } = stage()
  const cookie = flows.seal(flows.begin(wanted))
  const other = cookie.at(-5) === 'A' ? 'B' : 'A'
  const flow = JSON.stringify(flows.begin(wanted))
  for (const text of [
    undefined,
    '',
    'x',
    `${cookie.slice(0, -5)}${other}${cookie.slice(-4)}`,
    seal(keys, 'something else', flow),
    Buffer.from(flow).toString('base64url'),
  ])
    assert.throws(() => flows.open(text, 'flow'), { code: 'flow-lost' }, text)
  const identity = {
    issuer: 'i',
    subject: 's',
    provider: 'elsewhere',
    label: 'l',
    hint: '',
    invitation: null,
  }
  const pending = flows.seal({ is: 'pending', ...identity, started: time.now })
  assert.throws(() => flows.open(pending, 'flow'), { code: 'flow-lost' })
  assert.throws(() => flows.open(cookie, 'pending'), { code: 'flow-lost' })
  assert.equal(flows.open(pending, 'pending').subject, 's')
})

test('the largest identity fits in a cookie', () => {
  const { flows, time } = stage()
  const pending = {
    is: 'pending',
    issuer: `https://${'i'.repeat(1_016)}`,
    subject: 's'.repeat(255),
    provider: 'p'.repeat(32),
    label: '語'.repeat(100),
    hint: 'h'.repeat(32),
    invitation: 'i'.repeat(200),
    started: time.now,
  } as const
  assert.ok(flows.seal(pending).length <= 4_000)
})
