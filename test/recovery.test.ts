/** Recovery played to the end on the whole server: by mail, by an administrator, at the command line; and stopped. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import {
  makePageOwner,
  makePagePerson,
  newAuth,
  openBrowser,
  type PagePerson,
  signInElsewhere,
} from './support/browser-session.ts'
import { essaim, placeOf } from './support/command.ts'
import { linksIn, type MailServer, startMailServer } from './support/mail-server.ts'
import { freshDatabase } from './support/postgres.ts'
import { startTimedServer, type TimedServer } from './support/timed-server.ts'

const hour = 3_600_000
const wait = 48 * hour

interface Scene {
  server: TimedServer
  mails: MailServer
  olga: PagePerson
  ada: PagePerson
}

/** An owner, and a person with two proved addresses. */
async function scene(t: TestContext, more: Record<string, string> = {}): Promise<Scene> {
  const mails = await startMailServer(t)
  const env = { ESSAIM_SMTP_URL: mails.url, ESSAIM_MAIL_FROM: 'cloud@example.org', ...more }
  const server = await startTimedServer(t, env)
  const olga = await makePageOwner(server)
  const ada = await makePagePerson(server, olga, 'ada')
  for (const address of ['ada@example.org', 'second@example.org']) {
    await ada.browser.post('/me/addresses', { address })
    const [mail] = await mails.mailsTo(address)
    await ada.browser.post('/address/verify', { token: linksIn(mail!)['verify'] })
  }
  await mails.mailsTo('ada@example.org', 2)
  return { server, mails, olga, ada }
}

/** The newest of the mails to an address whose subject is such, once there are `count` of them. */
async function mailAbout(mails: MailServer, address: string, subject: RegExp, count = 1) {
  for (let all = count; ; all++) {
    const found = (await mails.mailsTo(address, all)).filter((one) => subject.test(one.subject))
    if (found.length >= count) return found.at(-1)!
  }
}

/** Asks from a new browser and begins, for the `nth` time. */
async function begin({ server, mails }: Scene, nth = 1) {
  const lost = openBrowser(server)
  await lost.post('/recovery/mail', { address: 'ada@example.org' })
  const mail = await mailAbout(mails, 'ada@example.org', /^Recover your account/, nth)
  const token = linksIn(mail)['recovery']
  const asked = await lost.post('/recovery/look', { token })
  assert.deepEqual([asked.login, asked.state], ['ada', 'asked'])
  const { due } = await lost.post('/recovery/begin', { token })
  return { lost, token, due }
}

async function finish(lost: ReturnType<typeof openBrowser>, token: string | undefined) {
  const begun = await lost.post('/recovery/finish/begin', { token })
  const [auth, words] = [newAuth(), newAuth()]
  const way = { kind: 'password', parameters: begun.parameters, auth }
  const { me } = await lost.post('/recovery/finish', {
    token,
    ticket: begun.ticket,
    way,
    words: { auth: words },
  })
  return { me, auth, begun }
}

for (const store of ['sqlite', 'postgres'] as const)
  test(`who lost every way in gets her account back by mail after the wait, and everybody else is out (${store})`, async (t) => {
    await lostEverything(await scene(t, store === 'postgres' ? { ESSAIM_STORE: await freshDatabase() } : {}))
  })

async function lostEverything(played: Scene): Promise<void> {
  const { server, mails, ada } = played
  const { text } = await ada.browser.post('/me/app-passwords', { door: 'kinto', label: 'phone' })
  const { lost, token, due } = await begin(played)
  assert.ok(Math.abs(due - server.now() - wait) < 60_000)
  const { recovery } = (await ada.browser.get('/me')).body
  assert.deepEqual([recovery.via, recovery.due], ['mail', due], 'every session is told')
  await mailAbout(mails, 'second@example.org', /^Your account is being recovered/)
  assert.deepEqual(await lost.post('/recovery/look', { token }), { login: 'ada', state: 'waiting', due })
  await lost.refused('POST', '/recovery/begin', { token }, 410, 'link-void')
  await lost.refused('POST', '/recovery/finish/begin', { token }, 410, 'link-void')

  await server.later(wait - hour)
  assert.equal((await lost.ask('POST', '/recovery/finish/begin', { token })).status, 410)
  await server.later(2 * hour)
  const key = linksIn(await mailAbout(mails, 'ada@example.org', /can be finished/))['finish']
  assert.ok(key)
  assert.equal(linksIn(await mailAbout(mails, 'second@example.org', /can be finished/))['finish'], undefined)
  assert.equal((await ada.browser.get('/me')).status, 200, 'until it is finished nothing has changed')
  assert.deepEqual((await lost.post('/recovery/look', { token: key })).state, 'ready')
  const { me, auth, begun } = await finish(lost, key)
  assert.deepEqual([me.login, me.method, begun.login, begun.account], ['ada', 'recovery', 'ada', ada.id])
  assert.deepEqual(me.ways, {
    ...me.ways,
    password: true,
    words: true,
    passkeys: 0,
    identities: 0,
    addresses: 2,
  })
  assert.ok(me.freshUntil > server.now())

  await ada.browser.refused('GET', '/me', undefined, 401, 'signed-out')
  await openBrowser(server).refused(
    'POST',
    '/sign-in/password',
    { login: 'ada', auth: ada.auth },
    401,
    'wrong',
  )
  await openBrowser(server).refused(
    'POST',
    '/sign-in/words',
    { login: 'ada', auth: ada.wordsAuth },
    401,
    'wrong',
  )
  const basic = `Basic ${Buffer.from(`ada:${text}`).toString('base64')}`
  const app = await fetch(`${server.url}/v1/buckets`, { headers: { Authorization: basic } })
  assert.equal(app.status, 401, 'her app is signed out')
  await signInElsewhere(server, { ...ada, auth })
  await lost.refused('POST', '/recovery/finish/begin', { token: key }, 410, 'link-void')
  const acts = (await lost.get('/me/log')).body.entries.map((entry: { act: string }) => entry.act)
  for (const act of ['recovered', 'recovery-ready', 'recovery-begun']) assert.ok(acts.includes(act), act)
  await mailAbout(mails, 'second@example.org', /^Account recovered/)
  const stop = linksIn(await mailAbout(mails, 'ada@example.org', /being recovered/))['stop']
  for (const secret of [token, key, stop]) {
    assert.ok(secret && !server.output().includes(secret))
    for (const file of readdirSync(server.data).filter((name) => name.startsWith('essaim.db')))
      assert.ok(!readFileSync(join(server.data, file)).includes(secret), `a token is in ${file}`)
  }
}

test('a stop from any place ends it: each mail, each session', async (t) => {
  const played = await scene(t)
  const { server, mails, ada } = played
  const elsewhere = await signInElsewhere(server, ada)
  const stranger = openBrowser(server)
  const byMail = (address: string) => async (nth: number) => {
    const mail = await mailAbout(mails, address, /being recovered/, nth)
    await stranger.post('/recovery/stop', { token: linksIn(mail)['stop'] })
  }
  const stops = [
    byMail('ada@example.org'),
    byMail('second@example.org'),
    async () => elsewhere.post('/me/recovery/stop'),
  ]
  for (const [i, stop] of stops.entries()) {
    const nth = i + 1
    await server.later(hour)
    await begin(played, nth)
    await stop(nth)
    assert.equal((await ada.browser.get('/me')).body.recovery, undefined, `stop ${nth}`)
    await ada.browser.refused('POST', '/me/recovery/stop', undefined, 404, 'recovery-absent')
    await mailAbout(mails, 'ada@example.org', /^Recovery stopped/, nth)
  }
  await server.later(wait)
  await mails.mailsTo('ada@example.org')
  assert.ok(!mails.mails.some(({ subject }) => /can be finished/.test(subject)))
})

test('an administrator hands over a link that waits; she recovers neither the owner nor herself', async (t) => {
  const { server, mails, olga, ada } = await scene(t)
  await ada.browser.refused('POST', `/admin/people/${olga.id}/recovery`, {}, 403, 'forbidden')
  await olga.browser.refused('POST', `/admin/people/${olga.id}/recovery`, {}, 409, 'owner-stays')
  const { link, due } = await olga.browser.post(`/admin/people/${ada.id}/recovery`, {})
  assert.match(link, /^http:\/\/localhost:\d+\/recovery#/)
  const token = new URL(link).hash.slice(1)
  const lost = openBrowser(server)
  assert.deepEqual(await lost.post('/recovery/look', { token }), { login: 'ada', state: 'waiting', due })
  await olga.browser.refused('POST', `/admin/people/${ada.id}/recovery`, {}, 409, 'recovery-waits')
  await lost.refused('POST', '/recovery/finish/begin', { token }, 409, 'recovery-early')
  const told = await mailAbout(mails, 'ada@example.org', /being recovered/)
  assert.match(told.text, /An administrator has begun/)
  await server.later(wait)
  const { me } = await finish(lost, token)
  assert.equal(me.login, 'ada')
  const log = (await lost.get('/me/log')).body.entries
  assert.equal(log.find((entry: { act: string }) => entry.act === 'recovery-begun').actor, 'olga')
})

test('the operator recovers the owner at the command line, after the wait or at once', async (t) => {
  const { server, olga } = await scene(t)
  const place = placeOf(server)
  const waiting = await essaim(['account', 'recover', 'olga'], place)
  assert.equal(waiting.code, 0, waiting.stderr)
  const lost = openBrowser(server)
  const token = new URL(waiting.stdout.trim()).hash.slice(1)
  await lost.refused('POST', '/recovery/finish/begin', { token }, 409, 'recovery-early')
  await olga.browser.post('/me/recovery/stop')
  const now = await essaim(['account', 'recover', 'olga', '--now'], place)
  assert.equal(now.code, 0, now.stderr)
  const { me } = await finish(lost, new URL(now.stdout.trim()).hash.slice(1))
  assert.deepEqual([me.login, me.role], ['olga', 'owner'])
  const nobody = await essaim(['account', 'recover', 'nobody'], place)
  assert.notEqual(nobody.code, 0)
})

test('a link of one account does not finish another with its ticket', async (t) => {
  const { server, olga, ada } = await scene(t)
  const bob = await makePagePerson(server, olga, 'bob')
  const tokens = []
  for (const { id } of [ada, bob]) {
    const { link } = await olga.browser.post(`/admin/people/${id}/recovery`, {})
    tokens.push(new URL(link).hash.slice(1))
  }
  await server.later(wait)
  const lost = openBrowser(server)
  const begun = await lost.post('/recovery/finish/begin', { token: tokens[0] })
  const way = { kind: 'password', parameters: begun.parameters, auth: newAuth() }
  const body = { token: tokens[1], ticket: begun.ticket, way }
  const { status, body: answer } = await lost.ask('POST', '/recovery/finish', body)
  assert.equal(answer.error, 'ticket-void', String(status))
})
