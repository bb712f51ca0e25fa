import assert from 'node:assert/strict'
import { test } from 'node:test'
import { liveRing, nextKeyFile } from '../../lib/sealed.ts'
import { createEcho } from './echo.ts'
import type { Probes } from './types.ts'
import { createAddressChecks } from './watch.ts'

/** Checks whose outside counts how often it is asked, and refuses. */
function scene() {
  const state = { now: 1_000_000, asked: 0, fails: false }
  const probes: Probes = {
    resolve: async () => ({ four: ['198.51.100.1'], six: [], source: 'dns' }),
    async get() {
      state.asked++
      if (state.fails) throw new Error('out of memory')
      return 'refused'
    },
    post: async () => 'refused',
    announce: async () => undefined,
    ownAddresses: () => [],
    now: () => state.now,
  }
  const url = 'https://cloud.example.org'
  const input = () => ({
    publicUrl: url,
    contentUrl: url,
    listen: { host: '127.0.0.1', port: 1 },
    trustedProxies: [],
    bodyLimit: 1,
    signedPaths: [],
    passed: 0,
  })
  const echo = createEcho(liveRing(nextKeyFile()), probes.now)
  return { state, checks: createAddressChecks({ input, probes, echo, mail: undefined }) }
}

test('many who ask at one time, and shortly after, share one look', async () => {
  const { state, checks } = scene()
  const all = await Promise.all([checks.look(), checks.look(), checks.look()])
  for (const findings of all) assert.ok(findings.some(({ code }) => code === 'port-refused'))
  state.now += 900
  await checks.look()
  assert.equal(state.asked, 1)
  state.now += 200
  await checks.look()
  assert.equal(state.asked, 2)
})

test('each has her own clock compared', async () => {
  const { state, checks } = scene()
  const has = async (time?: number) => (await checks.look(time)).some(({ code }) => code === 'clock-visitor')
  assert.deepEqual(
    [await has(state.now - 3_600_000), await has(state.now), await has()],
    [true, false, false],
  )
})

test('a look that failed is not kept', async () => {
  const { state, checks } = scene()
  state.fails = true
  await assert.rejects(checks.look(), /out of memory/)
  state.fails = false
  assert.ok((await checks.look()).length > 0)
})
