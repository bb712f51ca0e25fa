/** The Sync passphrase in a real browser: made on the way to Firefox or on the page of security, and what it unlocks. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { openBundle, passphraseParameters, slotSecret, syncKey } from '@essaim/client'
import { stretchPassphrase } from '@essaim/client/password'
import { axeFaults } from '../support/axe.ts'
import { makePageOwner, newAuth, openBrowser as openSession } from '../support/browser-session.ts'
import { openBrowser } from '../support/browser.ts'
import { desktopAddress, fakeFirefox } from '../support/fake-firefox.ts'
import { enterOn, typeInto } from '../support/keyboard.ts'
import { faultsOfLooks } from '../support/looks.ts'
import { openBrowserNamed } from '../support/pages.ts'
import {
  type Device,
  emptyBrowser,
  enterAs,
  openDevice,
  pagesOf,
  signOut,
  writeWordsDown,
} from '../support/person-at-pages.ts'
import { enter, ownerWithKeys } from '../support/person-with-keys.ts'
import { signInWith, startOidc } from '../support/providers.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { openWithWords, storedBundle } from '../support/stored-keys.ts'

const sync = 'https://identity.mozilla.com/apps/oldsync'
const passphrase = 'seven herons over the weir'

/** The keyring that a passphrase opens, as whoever has the stored bundle would try it. Errors: `KeysError`. */
async function openWith(server: TestServer, login: string, text: string) {
  const bundle = storedBundle(server, login)
  const { account } = bundle
  const parameters = passphraseParameters(bundle) ?? assert.fail('no passphrase')
  const secret = await stretchPassphrase({ passphrase: text, account, parameters })
  return (await openBundle(bundle, await slotSecret('passphrase', secret), { account })).keyring
}

const kindsOf = (server: TestServer, login: string): string[] =>
  storedBundle(server, login).slots.map(({ kind }) => kind)

async function type(device: Device, text: string, again = text): Promise<void> {
  await device.fill({ passphrase: text, 'passphrase-again': again })
}

/** What no request may have said. */
async function assertUnsaid(server: TestServer, { sent }: Device, login: string, text: string) {
  const all = sent.join('\n')
  const { sync: key, identity } = await openWith(server, login, text)
  for (const secret of [text, encodeURIComponent(text), key.key, identity]) assert.ok(!all.includes(secret))
}

/** Somebody with an account that she came to by a provider, and without a key. */
async function cameByProvider(t: TestContext, server: TestServer) {
  const olga = await makePageOwner(server)
  const oidc = await startOidc(t, pagesOf(server), ['elsewhere'])
  await olga.browser.put('/admin/providers/elsewhere', {
    kind: 'oidc',
    name: 'Elsewhere',
    issuer: oidc.issuer,
    clientId: 'essaim',
    secret: 'secret of the client',
    scopes: 'openid profile',
  })
  await olga.browser.put('/admin/settings', { registration: 'open' })
  const browser = openSession(server)
  await signInWith(browser, { id: 'elsewhere', purpose: 'sign-in' }, { name: 'ann-there' })
  const { ticket } = await browser.post('/sign-up/begin', { login: 'ann' })
  const way = { kind: 'provider' }
  await browser.post('/sign-up', { ticket, way, words: { auth: newAuth() }, language: 'en' })
  return { issuer: oidc.issuer }
}

test('who comes by a provider makes a passphrase on the way, and unlocks with it in a new browser', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t)
  const { issuer } = await cameByProvider(t, server)
  const firefox = fakeFirefox()
  const device = await openDevice(browser, server, '/sign-in', { prepare: firefox.prepare })
  const { page } = device
  const throughElsewhere = async () => {
    await device.press('Continue with Elsewhere')
    await page.waitForFunction((there) => location.href.startsWith(there), {}, issuer)
    await page.waitForSelector('input[name="name"]')
    await page.type('input[name="name"]', 'ann-there')
    await page.keyboard.press('Enter')
  }
  const keysGiven = async () => {
    const line = device.sent.findLast((one) => one.includes('/api/firefox/connect {')) ?? ''
    const posted = JSON.parse(line.slice(line.indexOf(' {') + 1)) as { keysJwe: string }
    return (await firefox.open(posted.keysJwe))[sync]
  }

  await t.test('it is made where the key is', async () => {
    await device.visit(desktopAddress())
    await throughElsewhere()
    await device.sees('Firefox needs a key')
    await device.press('Choose a passphrase')
    // The proof is the provider's, and ends where it began.
    await throughElsewhere()
    await device.sees('Firefox needs a key')
    await device.press('Choose a passphrase')
    await device.sees('can try out passphrases at leisure')
    assert.deepEqual(await axeFaults(page), [])
    await type(device, 'owl by owl')
    await device.press('Save, and go on')
    await device.sees('at least 12 characters')
    await type(device, 'password1234')
    await device.press('Save, and go on')
    await device.sees('it is tried first')
    await type(device, passphrase, 'seven herons over the wier')
    await device.press('Save, and go on')
    await device.sees('This is not the same.')
    await type(device, passphrase)
    await device.press('Save, and go on')
    await device.sees('What should it synchronise?')
    assert.deepEqual(kindsOf(server, 'ann'), ['passphrase'])
    await device.press('Sign in to Firefox')
    await device.sees('It has begun to synchronise.')
    const { k, kid } = await syncKey(await openWith(server, 'ann', passphrase))
    assert.deepEqual(await keysGiven(), { kty: 'oct', scope: sync, k, kid })
  })

  await t.test('a new browser, which nothing else unlocks', async () => {
    await signOut(device)
    await emptyBrowser(device)
    const cdp = await page.createCDPSession()
    await cdp.send('Storage.clearDataForOrigin', { origin: issuer, storageTypes: 'all' })
    firefox.user = null
    await device.visit(desktopAddress())
    await throughElsewhere()
    await device.sees('Your key is locked on this device')
    await device.press('Sign in to Firefox')
    await device.sees('Is it you?')
    await throughElsewhere()
    await device.sees('Your key is locked on this device')
    await device.press('Sign in to Firefox')
    await device.sees('Your encrypted data is locked on this device. Please unlock it.')
    assert.deepEqual(await axeFaults(page), [])
    await device.fill({ 'proof-passphrase': 'seven herons over the wier' })
    await device.press('Confirm')
    await device.sees('This does not unlock your encrypted data.')
    await device.fill({ 'proof-passphrase': passphrase })
    await device.press('Confirm')
    await device.sees('It has begun to synchronise.')
    const { k, kid } = await syncKey(await openWith(server, 'ann', passphrase))
    assert.deepEqual(await keysGiven(), { kty: 'oct', scope: sync, k, kid })
  })
  await assertUnsaid(server, device, 'ann', passphrase)
  const faults = await device.faults()
  assert.deepEqual(
    faults.filter((one) => !one.startsWith(`request to ${issuer}`)),
    [],
  )
})

test('words and a passphrase are made together, and either opens the key', async (t) => {
  const browser = await openBrowser(t)
  if (!browser) return
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  const firefox = fakeFirefox()
  const device = await openDevice(browser, server, '/sign-in', { prepare: firefox.prepare })
  await enterAs(device, olga, desktopAddress())
  await device.press('Both')
  const words = await writeWordsDown(device)
  await device.press('Go on to the passphrase')
  await type(device, passphrase)
  await device.press('Save, and go on')
  await device.sees('What should it synchronise?')
  assert.deepEqual(kindsOf(server, 'olga'), ['words', 'passphrase'])
  assert.deepEqual(
    await openWith(server, 'olga', passphrase),
    await openWithWords(storedBundle(server, 'olga'), words),
  )
  await assertUnsaid(server, device, 'olga', passphrase)
})

test('it is set, changed and removed on the page of security, and stays with a new password', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t)
  const olga = await ownerWithKeys(server)
  const device = await openDevice(browser, server)
  const { page } = device
  const epoch = () => storedBundle(server, 'olga').epoch
  await enter(page, olga, '/account/security')
  await device.sees('You have no Sync passphrase.')

  await device.press('Choose a passphrase')
  await device.prove(olga.password)
  await device.press('Make one for me')
  await device.sees('Your new passphrase')
  const drawn = await page.$eval('essaim-new-passphrase output', ({ textContent }) => textContent ?? '')
  assert.match(drawn, /^[a-z]+(-[a-z]+){5}$/)
  assert.equal(await page.$eval('#passphrase', (input) => (input as HTMLInputElement).value), drawn)
  assert.deepEqual(await axeFaults(page), [])
  await device.fill({ 'passphrase-again': drawn })
  await device.press('Save the passphrase')
  await device.sees('Your Sync passphrase is set.')
  assert.equal(epoch(), 1)
  await openWith(server, 'olga', drawn)
  await device.sees('“Sync passphrase”')

  await device.press('Change the passphrase')
  await type(device, passphrase)
  await device.press('Save the passphrase')
  await page.waitForFunction(() => !document.querySelector('#passphrase'))
  await device.sees('You made a Sync passphrase on')
  assert.equal(epoch(), 2, 'who knew the old one may have kept the key')
  await assert.rejects(openWith(server, 'olga', drawn), { code: 'wrong-secret' })
  await assertUnsaid(server, device, 'olga', passphrase)

  await device.press('Change the password')
  await device.fill({ 'new-password': 'four storks in the reeds' })
  await device.press('Save the password')
  await device.sees('The password is changed.')
  assert.equal(epoch(), 3)
  await openWith(server, 'olga', passphrase)

  await device.press('Remove the passphrase')
  await device.press('Remove the passphrase')
  await device.sees('The Sync passphrase unlocks nothing any more.')
  await device.sees('You have no Sync passphrase.')
  assert.equal(epoch(), 4)
  assert.deepEqual(kindsOf(server, 'olga').toSorted(), ['password', 'words'])
  assert.deepEqual(await device.faults(), [])
})

test('with the keyboard alone, in French, on a narrow screen', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  await olga.browser.put('/me/language', { language: 'fr' })
  const firefox = fakeFirefox()
  const { prepare } = firefox
  const look = { prepare, language: 'fr', width: 360, height: 740, scheme: 'dark' } as const
  const device = await openDevice(browser, server, '/sign-in', look)
  const { page } = device
  await enterAs(device, olga, desktopAddress())
  await device.sees('Firefox a besoin d’une clé')
  await enterOn(page, 'Choisir une phrase secrète')
  await device.sees('peut essayer des phrases à loisir')
  await enterOn(page, 'En créer une pour moi')
  await device.sees('Votre nouvelle phrase secrète')
  const drawn = await page.$eval('essaim-new-passphrase output', ({ textContent }) => textContent ?? '')
  assert.match(drawn, /^[a-z]+(-[a-z]+){5}$/)
  assert.deepEqual(await faultsOfLooks(page), [])
  assert.deepEqual(await axeFaults(page), [])
  await typeInto(page, 'La même encore une fois', drawn)
  await page.keyboard.press('Enter')
  await device.sees(/Que doit-il synchroniser/)

  // Loaded anew, the page has forgotten the key, and this device keeps none.
  await device.visit(desktopAddress())
  await enterOn(page, 'Connecter Firefox')
  await enterOn(page, 'Utiliser la phrase secrète de Sync')
  await typeInto(page, 'Phrase secrète de Sync', drawn)
  await page.keyboard.press('Enter')
  await device.sees('La synchronisation a commencé.')
  assert.deepEqual(await device.faults(), [])
})
