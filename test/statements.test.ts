/** What the security of accounts and apps is held to: numbered statements, each with tests that name it in their own names. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  makePageOwner,
  makePagePerson,
  newAuth,
  openBrowser,
  signInElsewhere,
} from './support/browser-session.ts'
import { pages } from '../src/protocols/pages/shell.ts'
import { openBrowserNamed } from './support/pages.ts'
import { basic } from './support/people.ts'
import { inviteBy, openDevice, pagesOf } from './support/person-at-pages.ts'
import { freshDatabase } from './support/postgres.ts'
import { converse } from './support/raw.ts'
import { startServer } from './support/server.ts'

/** With what stands behind them in OWASP ASVS 5.0. */
const statements: Readonly<Record<number, string>> = {
  1: 'Where an app is sent back to is compared by its exact text (loopback: any port); what is not on the list is not gone to (10.4.1).',
  2: 'A code works once; its second use fails, and ends what came of the first (10.4.2).',
  3: 'A code dies after a minute (10.4.3), and is bound to its app, to where it was sent and to its challenge.',
  4: 'No code without a challenge, none with a plain one, and no verifier for a code without (10.4.6).',
  5: 'There is no password grant, and no token straight from the authorisation (10.4.4).',
  6: 'Refresh tokens rotate, the use of an old one ends the whole grant (10.4.5), and there is an end to it (10.4.8).',
  7: 'A person ends any app or device; the next request with its credential is refused, by every process (10.4.9, 8.3.2).',
  8: 'Apps that nobody vouches for are shown as such with their host; the first time a person is always asked, never silently passed (10.4.7).',
  9: 'Every answer to an app names who gave it, and gives its state back unchanged.',
  10: 'What strangers name is fetched from no private, loopback or link-local address, also after a redirect, within bounds of size and time (1.3.6, 13.2.4).',
  11: 'A token with one scope gets 403 on what another opens, at every door (8.2.1, 8.2.2).',
  12: 'Two apps know a person by two names, and no door tells an app her account.',
  13: 'What was issued is stored hashed; a dump of the database has none of it.',
  14: 'What proves somebody has at least 128 random bits (7.2.3), and is in no address of a request, no log, no Referer.',
  15: 'Passwords: Argon2id of at least 19 MiB and two passes (11.4.2), at least 8 characters (6.2.1), none of the 3,000 that are tried first (6.2.4), pasting allowed; hashed anew when the parameters grow.',
  16: 'An unknown name, a wrong password and a locked account get one answer for one amount of work (6.3.8); guessing is throttled by account and by address (6.3.1).',
  17: 'A session gets a new id at sign-in and at every proof (7.2.4); signing out ends it at the server (7.4.1); a suspended account has none (7.4.2); a new factor offers to end the others (7.4.3); ending sessions asks for a proof (7.5.2).',
  18: 'Cookies are __Host-, Secure, HttpOnly, SameSite=Lax (3.3.1-3); what changes anything looks at where it was asked from (3.5.1-2).',
  19: 'Pages have a strict policy and cannot be framed (3.4.3, 3.4.6).',
  20: 'Passkeys: a challenge is good once for five minutes, origin and host are checked, the person is verified, a counter that goes back is flagged; the last way in stays.',
}

test('each statement is named by a test that proves it', () => {
  const root = join(import.meta.dirname, '..')
  const named = new Set<number>()
  for (const file of globSync(['src/**/*.test.ts', 'client/src/**/*.test.ts', 'test/**/*.test.ts'], {
    cwd: root,
  })) {
    if (file === 'test/statements.test.ts') continue
    for (const [, numbers = ''] of readFileSync(join(root, file), 'utf8').matchAll(
      /['"`(]statements? (\d+(?:(?:, | and )\d+)*)/g,
    ))
      for (const number of numbers.split(/\D+/)) named.add(Number(number))
  }
  // Those below, in this file.
  for (const number of [7, 15, 19]) named.add(number)
  assert.deepEqual(
    Object.keys(statements).filter((number) => !named.has(Number(number))),
    [],
  )
})

test('statement 7: what is ended is refused by the next request, also in another process', async (t) => {
  const store = await freshDatabase()
  const first = await startServer(t, { ESSAIM_STORE: store })
  const olga = await makePageOwner(first)
  const alice = await makePagePerson(first, olga, 'alice')
  const secret = join(first.data, 'secret')
  const second = await startServer(t, { ESSAIM_STORE: store, ESSAIM_SECRET_FILE: secret })
  const servers = [first, second]
  const { browser } = alice

  const kinto = (authorization: string) =>
    Promise.all(
      servers.map(async ({ url }) => {
        const headers = { Authorization: authorization }
        const answer = await fetch(`${url}/v1/buckets/default/collections/c/records`, { headers })
        await answer.arrayBuffer()
        return answer.status
      }),
    )
  /** What each process says to a browser with these cookies. */
  const shown = (cookies: ReadonlyMap<string, string>) =>
    Promise.all(
      servers.map(async (server) => {
        const other = openBrowser(server)
        for (const [name, cookie] of cookies) other.cookies.set(name, cookie)
        return (await other.get('/me')).status
      }),
    )

  await t.test('an app', async () => {
    const { text, grant } = await browser.post('/me/app-passwords', { door: 'kinto', label: 'a script' })
    const authorization = basic('alice', text)
    assert.deepEqual(await kinto(authorization), [200, 200])
    await browser.put(`/me/grants/${grant.id}`, { suspended: true })
    assert.deepEqual(await kinto(authorization), [401, 401])
    await browser.put(`/me/grants/${grant.id}`, { suspended: false })
    assert.deepEqual(await kinto(authorization), [200, 200])
    await browser.delete(`/me/grants/${grant.id}`)
    assert.deepEqual(await kinto(authorization), [401, 401])
  })

  await t.test('a session', async () => {
    const phone = await signInElsewhere(second, alice)
    assert.deepEqual(await shown(phone.cookies), [200, 200])
    const { sessions } = (await browser.get('/me/sessions')).body
    const { id } = sessions.find(({ current }: { current: boolean }) => !current)
    await browser.delete(`/me/sessions/${id}`)
    assert.deepEqual(await shown(phone.cookies), [401, 401])
  })

  await t.test('the password of older apps, and everything when the account is suspended', async () => {
    const password = 'twelve owls at the harbour'
    await browser.post('/me/direct-password', { password })
    assert.deepEqual(await kinto(basic('alice', password)), [200, 200])
    await olga.browser.post(`/admin/people/${alice.id}/suspend`)
    assert.deepEqual(await kinto(basic('alice', password)), [401, 401])
    assert.deepEqual(await shown(browser.cookies), [401, 401])
    await olga.browser.post(`/admin/people/${alice.id}/resume`)
    const again = await signInElsewhere(second, alice)
    await again.delete('/me/direct-password')
    assert.deepEqual(await kinto(basic('alice', password)), [401, 401])
  })
})

test('statement 15: a password may be pasted, and the page and the server refuse the same weak ones', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  const { pathname, hash } = new URL(await inviteBy(olga, 'alice'))
  const device = await openDevice(browser, server, pathname + hash)
  const password = 'a phrase from the keeper of passwords'
  await device.fill({ login: password.replaceAll(' ', '') })
  await device.page.click('#login', { count: 3 })
  await device.page.keyboard.press('c', { commands: ['Copy'] })
  await device.page.click('#password')
  await device.page.keyboard.press('v', { commands: ['Paste'] })
  const pasted = await device.page.$eval('#password', (input) => (input as HTMLInputElement).value)
  assert.equal(pasted, password.replaceAll(' ', ''))
  await device.fill({ login: 'alice', password: 'qwertyuiop' })
  await device.sees('One of those that are guessed first.')
  await device.fill({ password: 'alice123' })
  await device.sees('Too much like the name.')
  for (const [weak, reason] of [
    ['qwertyuiop', 'common'],
    ['olga1234', 'like-login'],
    ['a1$x', 'too-short'],
  ]) {
    const { status, body } = await olga.browser.ask('POST', '/me/direct-password', { password: weak })
    assert.deepEqual([status, body.error, body.reason], [400, 'password-weak', reason])
  }
  await olga.browser.post('/me/direct-password', { password: 'x7Kq-2mP' })
  // What is derived from a password is checked by its form alone: 32 bytes, whatever they came from.
  await olga.browser.post('/fresh/password', { auth: olga.auth })
  await olga.browser.refused('POST', '/fresh/password', { auth: newAuth().slice(1) }, 400, 'malformed')
})

const pagePaths = ['/', ...pages]

test('statement 19: no page can be framed, and each has the strict policy', async (t) => {
  const server = await startServer(t)
  for (const path of pagePaths) {
    const { status, headers } = await fetch(server.url + path, { headers: { Accept: 'text/html' } })
    assert.equal(status, 200, path)
    const policy = headers.get('content-security-policy') ?? ''
    for (const part of [
      "default-src 'none'",
      "frame-ancestors 'none'",
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'self'",
      "require-trusted-types-for 'script'",
    ])
      assert.ok(policy.split('; ').includes(part), `${path}: ${part}`)
    assert.doesNotMatch(policy, /unsafe-|\*|data:|script-src[^;]*'self'/)
    assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin', path)
    assert.equal(headers.get('referrer-policy'), 'no-referrer')
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
  }

  await t.test('a frame of another site stays empty', async (inner) => {
    const browser = await openBrowserNamed(inner, 'chromium')
    if (!browser) return
    const attacker = createServer((_request, response) =>
      response
        .setHeader('Content-Type', 'text/html')
        .end(`<title>evil</title><iframe src="${pagesOf(server)}/"></iframe>`),
    ).listen(0, '127.0.0.1')
    inner.after(() => attacker.close())
    await once(attacker, 'listening')
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${(attacker.address() as AddressInfo).port}/`, {
      waitUntil: 'networkidle0',
    })
    const [frame] = page.mainFrame().childFrames()
    assert.equal(await frame?.$('essaim-app'), null)
    assert.ok(!(await frame?.content())?.includes('Essaim'))
  })
})

test('under the name of another host, no page and no route of the pages answers', async (t) => {
  const server = await startServer(t)
  const asked = [
    ...pagePaths.map((path) => `GET ${path}`),
    'GET /api/state',
    'POST /api/sign-in/password',
    'GET /api/me',
    'POST /api/me/sessions/end',
    'GET /avatar/x',
  ]
  for (const line of asked) {
    const bytes = `${line} HTTP/1.1\r\nHost: attacker.example\r\nAccept: text/html\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`
    const [answer] = await converse(server.url, [bytes])
    assert.equal(answer?.status, 421, line)
    assert.ok(!answer.body.includes('essaim-app'))
  }
})
