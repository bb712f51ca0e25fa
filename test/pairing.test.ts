/** Adding a device on the whole server: a new browser waits, one that is signed in lets it in. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { makePageOwner, makePagePerson, openBrowser, signInElsewhere } from './support/browser-session.ts'
import { startServer } from './support/server.ts'
import { startTimedServer } from './support/timed-server.ts'

const point = () => randomBytes(16).toString('base64url')
const key = { pk: point(), mac: point() }
const sealed = { enc: point(), ct: randomBytes(400).toString('base64url') }

/** Asks until there is an answer: two questions have to be a moment apart. */
async function poll(browser: ReturnType<typeof openBrowser>, text: string) {
  for (;;) {
    const { status, body, headers } = await browser.ask('POST', '/pair/poll', { poll: text })
    if (status === 200) return body
    assert.deepEqual([status, body.error, headers.get('retry-after')], [429, 'throttled', '1'])
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
}

test('a new device is let in by an old one, gets what was sealed, and proves nothing by it', async (t) => {
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  const phone = openBrowser(server, {
    'User-Agent': 'Mozilla/5.0 (Android 15; Mobile; rv:140.0) Firefox/140.0',
  })
  const rendezvous = point()
  const opened = await phone.post('/pair', { rendezvous, key })
  assert.deepEqual(await poll(phone, opened.poll), { state: 'waiting' })
  const seen = await olga.browser.post('/pair/look', { rendezvous })
  assert.deepEqual([seen.key, seen.agent, seen.address], [key, 'Firefox · Android', '127.0.0.0/24'])
  await olga.browser.post('/pair/approve', { rendezvous, sealed })
  const answer = await poll(phone, opened.poll)
  assert.deepEqual([answer.state, answer.sealed], ['ready', sealed])
  assert.deepEqual([answer.me.login, answer.me.method, answer.me.freshUntil], ['olga', 'device', 0])
  assert.equal((await phone.get('/me')).status, 200)
  await phone.refused('POST', '/pair/look', { rendezvous: point() }, 403, 'not-fresh')
  assert.deepEqual(await poll(openBrowser(server), opened.poll), { state: 'expired' }, 'once')
  const acts = (await olga.browser.get('/me/log')).body.entries.map((entry: { act: string }) => entry.act)
  assert.ok(acts.includes('device-added'))
})

test('a device that is refused, or that waits too long, is not let in', async (t) => {
  const server = await startTimedServer(t)
  const olga = await makePageOwner(server)
  const phone = openBrowser(server)
  const [refused, late] = [point(), point()]
  const first = await phone.post('/pair', { rendezvous: refused, key })
  await openBrowser(server).refused('POST', '/pair/refuse', { rendezvous: refused }, 401, 'signed-out')
  await olga.browser.post('/pair/refuse', { rendezvous: refused })
  assert.deepEqual(await poll(phone, first.poll), { state: 'refused' })
  const second = await phone.post('/pair', { rendezvous: late, key })
  await server.later(5 * 60_000)
  const browser = await signInElsewhere(server, olga)
  await browser.refused('POST', '/pair/approve', { rendezvous: late, sealed: null }, 404, 'pairing-absent')
  assert.deepEqual(await poll(phone, second.poll), { state: 'expired' })
  assert.equal((await phone.get('/state')).body.me, null)
})

test('five devices of one address wait at one time, and what they send is bounded', async (t) => {
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  const ada = await makePagePerson(server, olga, 'ada')
  const phone = openBrowser(server)
  const rendezvous = point()
  const opened = await phone.post('/pair', { rendezvous, key })
  await phone.refused('POST', '/pair', { rendezvous, key }, 409, 'pairing-known')
  for (let i = 0; i < 4; i++) await phone.post('/pair', { rendezvous: point(), key })
  await phone.refused('POST', '/pair', { rendezvous: point(), key }, 429, 'pairing-busy')
  const large = { enc: 'x', ct: 'y'.repeat(8_200) }
  const tooLarge = await olga.browser.ask('POST', '/pair/approve', { rendezvous, sealed: large })
  assert.deepEqual([tooLarge.status, tooLarge.body], [400, { error: 'malformed', member: 'sealed' }])
  const poor = await phone.ask('POST', '/pair', { rendezvous: point(), key: { pk: 1 } })
  assert.equal(poor.status, 400)
  await ada.browser.post('/pair/approve', { rendezvous, sealed: null })
  const answer = await poll(phone, opened.poll)
  assert.deepEqual([answer.state, answer.sealed, answer.me.login], ['ready', null, 'ada'])
})
