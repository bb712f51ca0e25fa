/** Whoever gets hold of the database, a backup or the log holds no password, token or code. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  type BrowserSession,
  makePageOwner,
  makePagePerson,
  newAuth,
  openBrowser,
  signInElsewhere,
} from './support/browser-session.ts'
import { essaim, placeOf } from './support/command.ts'
import { basic, makeOwner, makePerson, withAppPassword, withToken } from './support/people.ts'
import { assertNowhere, keptFiles, sqliteDump } from './support/secrets.ts'
import { startServer, type TestServer } from './support/server.ts'

test('no secret that was given out or typed in is in the database, a backup or the log', async (t) => {
  const server = await startServer(t, { ESSAIM_LOG_LEVEL: 'trace' })
  const link = await server.firstRun()
  const unused = (await essaim(['setup-link'], placeOf(server))).stdout.trim()
  const owner = await makeOwner(server)
  const bob = await makePerson(server, 'bob')
  const apps = [
    await withAppPassword(server, owner, 'her telephone'),
    await withAppPassword(server, bob, 'his script'),
  ]
  const token = await withToken(server, bob)
  const renewed = 'thirteen owls at the harbour'
  const changed = await essaim(['account', 'password', 'bob'], placeOf(server), renewed)
  assert.equal(changed.code, 0, changed.stderr)
  const wrong = 'a password that was never right'
  const inBody = 'fourteen owls at the harbour'

  const ask = async (authorization: string, method: string, path: string, data?: object) => {
    const answer = await fetch(`${server.url}/v1${path}`, {
      method,
      headers: { Authorization: authorization, 'Content-Type': 'application/json' },
      ...(data ? { body: JSON.stringify({ data }) } : {}),
    })
    await answer.arrayBuffer()
    return answer.status
  }
  const notes = '/buckets/default/collections/notes/records'
  for (const { authorization } of [owner, ...apps, token, { authorization: basic('bob', renewed) }])
    assert.equal(await ask(authorization, 'POST', notes, { title: 'a note that is stored as it is' }), 201)
  assert.equal(await ask(basic('bob', wrong), 'GET', notes), 401)
  assert.equal(await ask(basic('nobody', wrong), 'GET', notes), 401)
  assert.equal(await ask(`Bearer ${wrong.replaceAll(' ', '-')}`, 'GET', notes), 401)
  assert.equal(await ask(token.authorization, 'GET', `${notes}?access_token=${token.password}`), 400)
  assert.equal(await ask(basic('bob', renewed), 'PATCH', '/accounts/bob', { password: inBody }), 200)
  assert.equal(await ask(basic('bob', inBody), 'GET', notes), 200)

  const secrets = {
    'the token of the first run': new URL(link).hash.slice(1),
    'a setup token that was not used': new URL(unused).hash.slice(1),
    'the owner’s password': owner.password,
    'a password that was replaced': bob.password,
    'a password set by the operator': renewed,
    'a password set through the door': inBody,
    'a wrong password': wrong,
    'an app password': apps[0]!.password,
    'another app password': apps[1]!.password,
    'a token for a script': token.password,
  }
  // The line of the first run is for whoever starts the server, and on standard output alone.
  const isShown = (name: string) => name === 'the token of the first run'
  await lookEverywhere(server, secrets, {
    isShown,
    people: ['alice', 'bob'],
    marker: 'a note that is stored as it is',
  })
})

test('statements 13 and 14: nothing that the pages give out or take is in the database, a backup or the log', async (t) => {
  const server = await startServer(t, { ESSAIM_LOG_LEVEL: 'trace' })
  const setup = new URL(await server.firstRun()).hash.slice(1)
  const olga = await makePageOwner(server)
  const alice = await makePagePerson(server, olga, 'alice')
  const { browser } = alice
  const cookies: string[] = []
  const keep = (one: BrowserSession) => void cookies.push(...one.cookies.values())
  keep(olga.browser)
  keep(browser)
  const elsewhere = await signInElsewhere(server, alice)
  keep(elsewhere)
  await browser.post('/fresh/password', { auth: alice.auth })
  keep(browser)
  const { link } = await olga.browser.post('/me/invitations', {
    label: 'a label that is stored as it is',
    role: 'person',
    most: 1,
    days: 1,
  })
  const invitation = new URL(link).hash.slice(1)
  const begun = await elsewhere.post('/sign-up/begin', { login: 'bob', invitation })
  const [wrong, late] = [newAuth(), newAuth()]
  for (const path of ['/sign-in/password', '/sign-in/words'])
    await openBrowser(server).refused('POST', path, { login: 'alice', auth: wrong }, 401, 'wrong')
  await browser.post('/me/direct-password', { password: 'fifteen owls at the harbour' })
  const { parameters } = await browser.post('/me/password/begin')
  await browser.put('/me/password', { parameters, auth: late, endOthers: true })
  keep(browser)
  const token = await browser.post('/me/tokens', { name: 'a script', scopes: ['notes:r'] })
  // In the address of a request nothing is taken as a proof.
  const [session = ''] = browser.cookies.values()
  for (const query of [`access_token=${session}`, `auth=${late}`]) {
    const answer = await fetch(`${server.url}/api/me?${query}`, {
      headers: { 'Sec-Fetch-Site': 'same-origin' },
    })
    assert.equal(answer.status, 401, await answer.text())
  }

  for (const cookie of cookies) assert.match(cookie, /^[\w-]{43}$/, '256 random bits')
  assert.ok(new Set(cookies).size >= 7)
  await lookEverywhere(
    server,
    {
      'the token of the first run': setup,
      'an invitation': invitation,
      'a ticket': begun.ticket,
      'what is derived from a password': alice.auth,
      'what is derived from a new password': late,
      'what is derived from words': alice.wordsAuth,
      'what is derived from a wrong password': wrong,
      'a token for a script': token.text,
      'a direct password': 'fifteen owls at the harbour',
      ...Object.fromEntries(cookies.map((cookie, i) => [`cookie ${i}`, cookie])),
    },
    {
      isShown: (name) => name === 'the token of the first run',
      people: ['alice'],
      marker: 'a label that is stored as it is',
    },
  )
})

/**
 * Looks for secrets in the data, a backup and the log, in the forms that they are sent in. `isShown`: those that the
 * line of the first run shows; `marker` is in the data, so that it looks in the right place.
 */
async function lookEverywhere(
  server: TestServer,
  secrets: Readonly<Record<string, string>>,
  { isShown, people, marker }: { isShown(name: string): boolean; people: readonly string[]; marker: string },
): Promise<void> {
  const backup = join(server.data, '..', 'backup.sqlite')
  const made = await essaim(['backup', '--plain', backup], placeOf(server))
  assert.equal(made.code, 0, made.stderr)
  const kept = keptFiles(server.data)
  kept.set(backup, readFileSync(backup)).set('the dump', sqliteDump(backup))
  assert.ok([...kept.keys()].filter((file) => /essaim\.db|backup/.test(file)).length >= 3)
  assert.ok(
    [...kept.values()].some((bytes) => bytes.includes(marker)),
    'it looks in the right place',
  )
  const key = readFileSync(join(server.data, 'secret'), 'utf8').trim()
  const all = Object.entries({ ...secrets, 'the secret key': key.split(/[\s:]+/).at(-1)! })
  assertNowhere(all, kept, people)
  const log = server.output()
  const beside = log.replaceAll(/^First run: .*$/gm, '')
  for (const [name, secret] of all)
    assertNowhere([[name, secret]], new Map([['the log', Buffer.from(isShown(name) ? beside : log)]]), people)
}
