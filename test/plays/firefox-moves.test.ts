/** Alice's Firefox moves from one Essaim to another, both over https with certificates of an authority of their own. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { privateAuthority } from '../support/certificate.ts'
import { addBookmarks, addLogin, bookmarksOf, loginsOf } from '../support/firefox-data.ts'
import { connect, giveName, openOwnFirefox } from '../support/firefox-person.ts'
import {
  addressOf,
  firstSync,
  prefer,
  signOut,
  storageAddress,
  sync,
  trust,
  untilStatus,
} from '../support/firefox-sync.ts'
import { ownerWithKeys } from '../support/person-with-keys.ts'
import { startServer } from '../support/server.ts'
import { startTlsProxy } from '../support/tls-proxy.ts'

const bird = (name: string) => ({ title: name, url: `https://birds.example/${name}` })
const names = ['old-home.test', 'new-home.test'] as const

test('a browser that was signed in at one Essaim moves to another, over https', async (t) => {
  const authority = privateAuthority()

  async function openHome(scene: TestContext, name: string) {
    const proxy = await startTlsProxy(scene, authority.issue([name]))
    const origin = `https://${name}:${proxy.port}`
    const server = await startServer(scene, { ESSAIM_PUBLIC_URL: origin })
    proxy.to(server.url)
    return { origin, server }
  }
  const [before, after] = [await openHome(t, names[0]), await openHome(t, names[1])]
  const login = { login: 'alice' }
  const there = await ownerWithKeys(before.server, login)
  const here = await ownerWithKeys(after.server, { ...login, password: 'six ravens in the quarry' })
  // Names that no resolver knows, and that are this machine.
  const preferences = { 'network.dns.localDomains': names.join() }
  const laptop = await openOwnFirefox(t, before.server, {
    name: 'Laptop',
    origin: before.origin,
    preferences,
  })
  if (!laptop) return

  await t.test('without the authority’s certificate it does not sign in', async () => {
    await assert.rejects(addressOf(laptop, 'sign-in'))
    await trust(laptop, authority.cert)
  })

  await t.test('it synchronises with the one, over https', async () => {
    await addBookmarks(laptop, [bird('heron'), bird('tern')])
    await addLogin(laptop, 'https://weir.example', 'alice', 'secret of the weir')
    const { email } = await connect(laptop, there)
    assert.equal(email, `alice@${names[0]}`)
    assert.ok((await storageAddress(laptop)).startsWith(`${before.origin}/1.5/`))
    await addBookmarks(laptop, [bird('gull')])
    await sync(laptop)
  })

  await t.test('it signs out, is told the other’s address, signs in, and uploads', async () => {
    await signOut(laptop)
    await untilStatus(laptop, 'not_configured')
    await prefer(laptop, 'identity.fxaccounts.autoconfig.uri', after.origin)
    await laptop.page.visit(await addressOf(laptop, 'sign-in'))
    await giveName(laptop, here)
    await laptop.page.press('Sign in to Firefox')
    // Firefox remembers whose data this was, and asks whether it may come together with hers.
    assert.match(await laptop.page.accept(), /alice@/)
    const { email } = await firstSync(laptop)
    assert.equal(email, `alice@${names[1]}`)
    assert.ok((await storageAddress(laptop)).startsWith(`${after.origin}/1.5/`))
    await laptop.close()
  })

  await t.test('her next Firefox has everything from there', async () => {
    const desktop = await openOwnFirefox(t, after.server, {
      name: 'Desktop',
      origin: after.origin,
      preferences,
    })
    assert.ok(desktop)
    await trust(desktop, authority.cert)
    await connect(desktop, here)
    assert.deepEqual(await bookmarksOf(desktop), [bird('heron'), bird('tern'), bird('gull')])
    assert.equal((await loginsOf(desktop, 'https://weir.example'))[0]?.password, 'secret of the weir')
  })

  await t.test('what is at the first home is still there, and shows no browser', async () => {
    const { browsers, stored } = (await there.browser.get('/me/browsers')).body
    assert.deepEqual(browsers, [])
    assert.ok(stored.bytes > 0)
  })
})
