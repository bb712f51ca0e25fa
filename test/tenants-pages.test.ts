/** Every credential of one account against every route of the pages with what is another's: nothing succeeds or tells. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startPairing } from '@essaim/client'
import { authenticator } from './support/authenticator.ts'
import {
  type BrowserSession,
  makePageOwner,
  makePagePerson,
  newAuth,
  openBrowser,
  signInElsewhere,
} from './support/browser-session.ts'
import { linksIn, startMailServer } from './support/mail-server.ts'
import { pagesUnderTest } from './support/pages-door.ts'
import { basic } from './support/people.ts'
import { signInWith, startOAuth2 } from './support/providers.ts'
import { startServer } from './support/server.ts'

const marker = 'of Alice alone'
const direct = 'seventeen owls at the harbour'

const bundleOf = (account: string, identity = newAuth()) => ({
  v: 1,
  account,
  revision: 1,
  epoch: 1,
  identity,
  slots: [{ id: 's', kind: 'device', label: marker }],
  keyring: { n: 'n', c: 'c' },
  signature: Buffer.alloc(64, 1).toString('base64url'),
})

/** A body with everything that a route with a place may ask for. */
const body = { suspended: true, name: 'taken', bytes: 1, role: 'person', allow: true, scopes: [] }

test('the things of one account, asked for with the credentials of others at our own pages', async (t) => {
  const mails = await startMailServer(t)
  const server = await startServer(t, { ESSAIM_SMTP_URL: mails.url, ESSAIM_MAIL_FROM: 'cloud@example.org' })
  const { routes } = await pagesUnderTest(t)
  const olga = await makePageOwner(server)
  const ada = await makePagePerson(server, olga, 'ada', 'administrator')
  const mallory = await makePagePerson(server, olga, 'mallory', 'inviter')
  const alice = await makePagePerson(server, olga, 'alice', 'inviter')
  const { browser } = alice

  // One of everything.
  const hub = await startOAuth2(t)
  await olga.browser.put('/admin/providers/hub', hub.settings)
  hub.next.profile = { id: 7, login: marker }
  assert.match(await signInWith(browser, { id: 'hub', purpose: 'link' }), /#linked$/)
  await browser.put('/me/profile', { name: marker })
  // Who invites whom is for the administrators to see.
  const wanted = { label: 'the choir', role: 'person', most: 1, days: 1 }
  const { invitation } = await browser.post('/me/invitations', wanted)
  const { options } = await browser.post('/me/passkeys/options')
  const { passkey, response } = authenticator(`http://localhost:${new URL(server.url).port}`).create(options)
  await browser.post('/me/passkeys', { response, name: marker })
  await browser.post('/me/addresses', { address: 'alice@example.org' })
  const { verify } = linksIn((await mails.mailsTo('alice@example.org'))[0]!)
  await browser.post('/address/verify', { token: verify })
  const { text, grant } = await browser.post('/me/app-passwords', { door: 'kinto', label: marker })
  await browser.post('/me/direct-password', { password: direct })
  const { tag } = await browser.put('/me/keys', { bundle: bundleOf(alice.id), expected: null })
  await browser.post('/me/keys/afresh', { bundle: bundleOf(alice.id), expected: tag })
  const stored = await fetch(`${server.url}/v1/buckets/default/collections/c/records`, {
    method: 'POST',
    headers: { Authorization: basic('alice', text), 'Content-Type': 'application/json' },
    body: JSON.stringify({ data: { marker } }),
  })
  assert.equal(stored.status, 201, await stored.text())
  const elsewhere = await signInElsewhere(server, alice)
  const security = (await browser.get('/me/security')).body
  const { sealed } = (await browser.get('/me/keys/sealed')).body
  const { home } = (await browser.get('/me/data')).body
  const { sessions } = (await browser.get('/me/sessions')).body
  const [identity] = security.identities
  const ids: Record<string, string> = {
    account: alice.id,
    session: sessions[0].id,
    'other session': sessions[1].id,
    invitation: invitation.id,
    passkey: passkey.id,
    address: security.addresses[0].id,
    grant: grant.id,
    sealed: sealed[0].id,
    login: 'alice',
  }
  for (const [what, id] of Object.entries(ids)) assert.ok(id, what)

  /** All that she can see of hers, but for what looking at it moves. */
  async function everything(): Promise<unknown[]> {
    const seen: unknown[] = []
    for (const { method, url } of routes) {
      if (method !== 'GET' || !url.startsWith('/api/me') || url.includes(':') || url.endsWith('/export'))
        continue
      const path = url.slice('/api'.length)
      const { status, body: shown } = await browser.get(path)
      const known = JSON.stringify(shown, (name, value: unknown) =>
        ['seen', 'lastUsed', 'freshUntil'].includes(name) ? undefined : value,
      )
      seen.push([path, status, known])
    }
    return seen
  }
  const before = await everything()
  assert.ok(JSON.stringify(before).split(marker).length > 6, 'her things are seen by herself')

  const withHeaders = (headers: Record<string, string>) => openBrowser(server, headers)
  const inOtherCookies = openBrowser(server)
  for (const [name, cookie] of browser.cookies) {
    inOtherCookies.cookies.set(name === '__Host-essaim' ? 'essaim' : '__Host-essaim', cookie)
  }
  const credentials: Record<string, BrowserSession> = {
    'another person’s session': mallory.browser,
    'an administrator’s session': ada.browser,
    'the owner’s session': olga.browser,
    'her own app password': withHeaders({ Authorization: basic('alice', text) }),
    'her own password for apps': withHeaders({ Authorization: basic('alice', direct) }),
    'the text of her session as a token': withHeaders({
      Authorization: `Bearer ${browser.cookies.get('__Host-essaim')}`,
    }),
    'her cookies under other names': inOtherCookies,
    'no credential': openBrowser(server),
  }

  const places = routes.filter(({ url }) => /:(id|door)/.test(url))
  assert.ok(places.length > 15)
  for (const [who, stranger] of Object.entries(credentials)) {
    const administers = stranger === ada.browser || stranger === olga.browser
    await t.test(`routes with a place, with ${who}`, async () => {
      for (const { method, url } of places) {
        if (administers && url.startsWith('/api/admin/')) continue
        const ask = (id: string) =>
          stranger.ask(
            method,
            url.slice('/api'.length).replace(/:\w+/, encodeURIComponent(id)),
            method === 'GET' ? undefined : body,
          )
        for (const [what, id] of Object.entries(ids)) {
          const name = `${method} ${url} with her ${what}`
          const there = await ask(id)
          const notThere = await ask(`${id.slice(0, -4)}zzzz`)
          assert.ok([400, 401, 403, 404, 409, 410].includes(there.status), `${name}: ${there.status}`)
          assert.deepEqual([there.status, there.body], [notThere.status, notThere.body], name)
          assert.ok(!JSON.stringify(there.body).includes(marker), name)
        }
      }
    })

    await t.test(`lists, with ${who}`, async () => {
      for (const { method, url } of routes) {
        if (method !== 'GET' || url.includes(':') || url.endsWith('/export')) continue
        const { body: shown } = await stranger.get(url.slice('/api'.length))
        assert.ok(!JSON.stringify(shown).includes(marker), `${url}: ${JSON.stringify(shown)}`)
      }
    })

    await t.test(`what names hers in another way, with ${who}`, async () => {
      const refused = async (method: string, path: string, wanted?: object) => {
        const { status, body: shown } = await stranger.ask(method, path, wanted)
        assert.ok([400, 401, 403, 404, 409, 410].includes(status), `${method} ${path}: ${status}`)
        assert.ok(!JSON.stringify(shown).includes(marker))
        return [status, shown]
      }
      for (const path of [
        'collections?below=',
        'records?path=account%2Fkeys',
        'records?path=kinto%2Fcollections%2Fc%2Frecords',
      ]) {
        const hers = await refused('GET', `/me/data/${path}&home=${home}`)
        assert.deepEqual(await refused('GET', `/me/data/${path}&home=999999`), hers)
      }
      await refused('PUT', '/me/keys', { bundle: bundleOf(alice.id), expected: null })
      await refused('POST', '/me/keys/afresh', { bundle: bundleOf(alice.id), expected: null })
      const { issuer, subject } = identity
      const known = await refused('DELETE', '/me/identities', { issuer, subject })
      assert.deepEqual(await refused('DELETE', '/me/identities', { issuer, subject: 'nobody' }), known)
      for (const path of ['/fresh/password', '/fresh/words'])
        await refused('POST', path, { auth: alice.auth })
    })
  }

  await t.test(
    'a device that waits is let in by who looks at it, and into nobody else’s account',
    async () => {
      const device = openBrowser(server)
      const pairing = await startPairing()
      const { poll } = await device.post('/pair', { rendezvous: pairing.id, key: pairing.offer })
      await mallory.browser.post('/pair/look', { rendezvous: pairing.id })
      await mallory.browser.post('/pair/approve', { rendezvous: pairing.id, sealed: null })
      await browser.refused(
        'POST',
        '/pair/approve',
        { rendezvous: pairing.id, sealed: null },
        404,
        'pairing-absent',
      )
      assert.equal((await device.post('/pair/poll', { poll })).me.login, 'mallory')
    },
  )

  await t.test('and afterwards all that was hers is as it was', async () => {
    assert.deepEqual(await everything(), before)
    assert.equal((await elsewhere.get('/me')).status, 200)
    await openBrowser(server).post('/sign-in/words', { login: 'alice', auth: alice.wordsAuth })
  })
})
