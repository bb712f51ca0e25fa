/** Markup in every text that somebody can choose and another sees: it is shown as the text that it is, and nothing runs. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { createKeys, deviceSecret, newDeviceKeys } from '@essaim/client'
import { authenticator } from '../support/authenticator.ts'
import { makePageOwner, makePagePerson, openBrowser } from '../support/browser-session.ts'
import { linksIn, startMailServer } from '../support/mail-server.ts'
import { type BrowserName, openBrowserNamed } from '../support/pages.ts'
import { basic } from '../support/people.ts'
import { type Device, enterAs, openDevice, pagesOf } from '../support/person-at-pages.ts'
import { signInWith, startOAuth2 } from '../support/providers.ts'
import { startServer } from '../support/server.ts'

/** At most 40 characters, the least that a text may have; what runs sets `planted`. */
const markup = `"><img src=x onerror=planted=1>`
const longMarkup = `${markup}<script>planted=1</script>\${planted=1}{{planted=1}}<svg/onload=planted=1>`

/** Server and people with markup wherever a text can be chosen. */
async function stage(t: TestContext) {
  const mails = await startMailServer(t)
  const server = await startServer(t, { ESSAIM_SMTP_URL: mails.url, ESSAIM_MAIL_FROM: 'cloud@example.org' })
  const olga = await makePageOwner(server)
  const alice = await makePagePerson(server, olga, 'alice', 'inviter')
  const { browser } = alice
  await olga.browser.put('/admin/settings', { serverName: markup })
  const hub = await startOAuth2(t)
  await olga.browser.put('/admin/providers/hub', { ...hub.settings, name: markup })
  hub.next.profile = { id: 7, login: longMarkup }
  assert.match(await signInWith(browser, { id: 'hub', purpose: 'link' }), /#linked$/)
  await browser.put('/me/profile', { name: longMarkup.slice(0, 100) })
  const invited = { label: longMarkup.slice(0, 100), role: 'person', most: 1, days: 1 }
  const { link } = await browser.post('/me/invitations', invited)
  const { options } = await browser.post('/me/passkeys/options')
  const { response } = authenticator(pagesOf(server)).create(options)
  await browser.post('/me/passkeys', { response, name: markup })
  const app = { door: 'kinto', label: longMarkup.slice(0, 100) }
  const { text } = await browser.post('/me/app-passwords', app)
  const slots = [{ secret: await deviceSecret(await newDeviceKeys()), label: longMarkup.slice(0, 100) }]
  const { bundle } = await createKeys({ account: alice.id, slots })
  await browser.put('/me/keys', { bundle, expected: null })
  await browser.post('/me/addresses', { address: 'alice@example.org' })
  const { verify } = linksIn((await mails.mailsTo('alice@example.org'))[0]!)
  await browser.post('/address/verify', { token: verify })
  const put = async (path: string, data: object) => {
    const answer = await fetch(`${server.url}/v1/buckets/default/collections${path}`, {
      method: 'POST',
      headers: { Authorization: basic('alice', text), 'Content-Type': 'application/json' },
      body: JSON.stringify({ data }),
    })
    assert.equal(answer.status, 201, await answer.text())
  }
  await put('/notes/records', { title: longMarkup, [markup]: longMarkup })
  // Another sign-in, told by mail too, from a browser that calls itself so.
  const stranger = openBrowser(server, { 'User-Agent': `Mozilla/5.0 ${longMarkup}` })
  await stranger.post('/sign-in/password', { login: 'alice', auth: alice.auth })
  await browser.post('/me/app-passwords', app)
  return { server, mails, olga, alice, link }
}

/** What the page shows, after it was looked at for anything that came out of a text. */
async function look(device: Device, path: string): Promise<string> {
  await device.visit(path)
  await device.page.waitForFunction(
    () => document.querySelector('h1') && !document.querySelector('.waiting, [aria-busy="true"]'),
    { polling: 50 },
  )
  for (const summary of await device.page.$$('summary'))
    await summary.evaluate((one) => (one as HTMLElement).click())
  const { text, came } = await device.page.evaluate(() => ({
    text: document.body.innerText,
    came: [
      ...('planted' in globalThis ? ['it ran'] : []),
      ...[
        ...document.querySelectorAll('img[src="x"], [onerror], [onload], body script, iframe, object, embed'),
      ].map(({ outerHTML }) => outerHTML),
    ],
  }))
  assert.deepEqual(came, [], path)
  return text
}

for (const name of ['chromium', 'firefox'] satisfies BrowserName[])
  test(`${name}: markup in a text is a text, on every page and in every mail`, async (t) => {
    const browser = await openBrowserNamed(t, name)
    if (!browser) return
    const { server, mails, olga, alice, link } = await stage(t)
    const device = await openDevice(browser, server)
    const { pathname, hash } = new URL(link)
    const showing: string[] = []
    const visit = async (paths: readonly string[]) => {
      for (const path of paths)
        if ((await look(device, path)).includes(markup)) showing.push(path.split('#')[0]!)
    }

    await t.test('to who is not signed in', () =>
      visit(['/', pathname + hash, '/sign-up', '/recovery', '/pair']),
    )
    await t.test('to its owner', async () => {
      await enterAs(device, alice, '/')
      const collection = new URLSearchParams({
        home: String((await alice.browser.get('/me/data')).body.home),
        title: markup,
        path: 'kinto',
        collection: 'kinto/collections/notes/records',
      })
      const names = ['apps', 'devices', 'security', 'data', 'profile', 'operator']
      await visit([
        '/',
        ...names.map((one) => `/account/${one}`),
        `/account/data#${collection}`,
        '/admin/invitations',
      ])
    })
    await t.test('to who administers', async () => {
      await enterAs(device, olga, '/')
      const names = ['people', 'invitations', 'providers', 'settings', 'server', 'log']
      await visit([...names.map((one) => `/admin/${one}`), `/admin/people#${alice.id}`])
    })
    for (const path of [
      '/',
      '/invitation',
      '/account/devices',
      '/account/security',
      '/account/data',
      '/account/operator',
      '/admin/invitations',
      '/admin/providers',
      '/admin/log',
    ])
      assert.ok(showing.includes(path), `${path} shows it: ${showing.join()}`)
    assert.deepEqual(await device.faults(), [], 'the policy had nothing to stop')

    await t.test('in mails', async () => {
      const all = mails.mails.filter(({ to }) => to.includes('alice@example.org'))
      assert.ok(
        all.some(({ text }) => text.includes(markup)),
        'one of them has it',
      )
      for (const { html, subject, headers } of all) {
        assert.doesNotMatch(html, /<img|<script|<svg|onerror=planted=1>/)
        assert.ok(!/[\r\n]/.test(subject))
        assert.deepEqual(
          Object.keys(headers).filter((one) => one.startsWith('x-planted')),
          [],
        )
      }
    })
  })

test('what cannot be chosen freely is refused: addresses that run, pictures that are pages, logins with signs', async (t) => {
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  const hub = await startOAuth2(t)
  for (const authorize of [
    'javascript:planted=1',
    'data:text/html,<script>planted=1</script>',
    '//elsewhere.example',
  ])
    await olga.browser.refused(
      'PUT',
      '/admin/providers/hub',
      { ...hub.settings, authorize },
      400,
      'malformed',
    )
  const { link } = await olga.browser.post('/me/invitations', { label: '', role: 'person', most: 1, days: 1 })
  const invitation = new URL(link).hash.slice(1)
  for (const login of [markup, 'a<b', 'a"b', "a'b", 'a b', 'a\u202eb'])
    assert.equal(
      (await openBrowser(server).ask('POST', '/sign-up/begin', { login, invitation })).body.error,
      'login-malformed',
      login,
    )
})
