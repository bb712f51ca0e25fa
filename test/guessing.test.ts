/** Many wrong passwords, from one place and from many: who guesses waits, and nobody else does. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import {
  makePageOwner,
  makePagePerson,
  newAuth,
  openBrowser,
  signInElsewhere,
} from './support/browser-session.ts'
import { startServer, type TestServer } from './support/server.ts'

/** Resident memory of the server's process in MiB; undefined where the system does not tell. */
function memory(server: TestServer): number | undefined {
  try {
    const status = readFileSync(`/proc/${server.pid()}/status`, 'utf8')
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024
  } catch {
    return undefined
  }
}

/** Asks `count` times, fifty at a time; how often each status came. */
async function many(count: number, ask: (i: number) => Promise<number>): Promise<Map<number, number>> {
  const counts = new Map<number, number>()
  let next = 0
  const worker = async () => {
    for (let i = next++; i < count; i = next++) {
      const status = await ask(i)
      counts.set(status, (counts.get(status) ?? 0) + 1)
    }
  }
  await Promise.all(Array.from({ length: 50 }, worker))
  return counts
}

const block = (i: number) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`

test('thousands of wrong passwords for one account keep its owner out of nothing', async (t) => {
  const server = await startServer(t, { ESSAIM_TRUSTED_PROXIES: '127.0.0.1' })
  const olga = await makePageOwner(server)
  const bob = await makePagePerson(server, olga, 'bob')
  const from = (address: string) => ({ 'X-Forwarded-For': address })
  const guess = (login: string) => async (i: number) => {
    const stranger = openBrowser(server, from(block(i)))
    return (await stranger.ask('POST', '/sign-in/password', { login, auth: newAuth() })).status
  }

  const first = await many(1_500, guess('olga'))
  const before = memory(server)
  // Meanwhile others are answered, also those who sign in.
  const others = async () => {
    for (let i = 0; i < 10; i++) {
      const pages = [
        bob.browser.get('/me'),
        bob.browser.get('/me/sessions'),
        openBrowser(server).get('/state'),
      ]
      for (const { status } of await Promise.all(pages)) assert.equal(status, 200)
      await signInElsewhere(server, bob, from(`192.0.2.${20 + i}`))
    }
  }
  const [second] = await Promise.all([many(1_500, guess('olga')), others()])
  const after = memory(server)
  // Twenty at once, and one more each half minute: the rest is refused before any hash.
  const looked = (first.get(401) ?? 0) + (second.get(401) ?? 0)
  assert.ok(looked >= 20 && looked <= 40, `${looked} were looked at`)
  assert.equal((first.get(429) ?? 0) + (second.get(429) ?? 0), 3_000 - looked)
  if (before !== undefined && after !== undefined)
    assert.ok(after - before < 40, `memory grew by ${after - before} MiB`)

  // However long the others took: nothing is forgiven to who goes on.
  await many(100, guess('olga'))
  const wait = await openBrowser(server, from('192.0.2.9')).ask('POST', '/sign-in/password', {
    login: 'olga',
    auth: olga.auth,
  })
  assert.deepEqual([wait.status, wait.body.error], [429, 'throttled'])
  assert.equal(wait.headers.get('retry-after'), String(wait.body.retryAfter))

  // In her own browser she is in at once, also from an address where she never was, and words work as well.
  const { browser } = olga
  for (const address of ['192.0.2.9', block(7)]) {
    const wanted = { login: 'olga', auth: olga.auth }
    assert.equal((await browser.ask('POST', '/sign-in/password', wanted, from(address))).status, 200)
  }
  await browser.post('/sign-in/words', { login: 'olga', auth: olga.wordsAuth })
  // Others notice nothing.
  await signInElsewhere(server, bob, from('192.0.2.10'))
  assert.equal((await bob.browser.get('/me')).status, 200)
})
