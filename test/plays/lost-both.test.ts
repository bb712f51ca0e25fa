/** Alice has lost every device and knows no password: by mail or with an administrator's help she gets back in. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Keyring } from '@essaim/client'
import { fromBase64url } from '../../client/src/bytes/index.ts'
import { openRecord, sealRecord } from '@essaim/client/records'
import { makePageOwner } from '../support/browser-session.ts'
import { openBrowser } from '../support/browser.ts'
import { type MailServer, startMailServer } from '../support/mail-server.ts'
import { basic } from '../support/people.ts'
import {
  addAddress,
  type Device,
  enterAs,
  giveCollectionKey,
  inviteBy,
  linksAfter,
  openDevice,
  signIn,
  signUp,
  writeWordsDown,
} from '../support/person-at-pages.ts'
import { openWithWords, storedBundle } from '../support/stored-keys.ts'
import { startTimedServer, type TimedServer } from '../support/timed-server.ts'

const password = 'nine terns over the sandbank'
const next = 'ten plovers along the shingle'
const hour = 3_600_000
const collection = 'diary'
const record = 'first'

/** What an app of hers has stored: it is sealed under a key of her keyring. */
const seal = (keyring: Keyring) => sealRecord(placeIn(keyring), { title: 'the heron came back' })
const placeIn = ({ collections }: Keyring) => {
  const [{ number, key } = assert.fail('the keyring lost its key')] = collections[collection] ?? []
  return { collection, record, number, key: fromBase64url(key) }
}

const kinto = async (server: TimedServer, text: string) => {
  const headers = { Authorization: basic('alice', text) }
  const answer = await fetch(`${server.url}/v1/buckets/default/collections/c/records`, { headers })
  await answer.arrayBuffer()
  return answer.status
}

/** Asks by mail for a recovery, and begins it with the link that comes. */
async function recoverByMail(device: Device, mails: MailServer, address: string): Promise<string> {
  const { recovery = '' } = await linksAfter(mails, address, 'recovery', async () => {
    await device.visit('/recovery')
    await device.fill({ address })
    await device.press('Send me a link')
    await device.sees('a mail is on its way')
  })
  await device.visit(`/recovery#${recovery}`)
  await device.sees('Begin the recovery?')
  await device.press('Begin the recovery')
  await device.sees('The recovery is on its way')
  return recovery
}

/** Sets a new password and new words behind the link that ends a recovery; the words. */
async function beginAnew(device: Device): Promise<string> {
  await device.sees('Your encryption starts afresh.')
  await device.press('Go on')
  await device.fill({ password: next })
  await device.press('Continue')
  const words = await writeWordsDown(device)
  await device.press('Finish')
  await device.sees('Hello, alice')
  return words
}

const aliceAt = 'alice@example.org'
const alsoAt = 'alice@example.net'

test('all is lost: recovery by mail is told everywhere, can be stopped, and starts afresh', async (t) => {
  const browser = await openBrowser(t)
  if (!browser) return
  const mails = await startMailServer(t)
  const server = await startTimedServer(t, {
    ESSAIM_SMTP_URL: mails.url,
    ESSAIM_MAIL_FROM: 'cloud@example.org',
  })
  const olga = await makePageOwner(server)
  const laptop = await openDevice(browser, server)
  const words = await signUp(laptop, await inviteBy(olga, 'alice'), 'alice', password)
  const old = await giveCollectionKey(laptop, server, words, collection)
  const diary = seal(old)
  await addAddress(laptop, mails, aliceAt)
  await addAddress(laptop, mails, alsoAt)
  await laptop.visit('/account/security')
  await laptop.fill({ 'app-label': 'notes on the telephone' })
  await laptop.press('Make it')
  await laptop.sees('It is shown this once.')
  const app = await laptop.page.$eval('output[aria-label="Password"]', (output) => output.textContent ?? '')
  await laptop.press('I have put it into the app')
  assert.equal(await kinto(server, app), 200)

  const stranger = await openDevice(browser, server)
  await t.test('it is told to every address and session, and stopped from one of them', async () => {
    let link = ''
    // The other address could stop it, too.
    await linksAfter(mails, alsoAt, 'stop', async () => {
      link = await recoverByMail(stranger, mails, aliceAt)
    })
    await laptop.visit('/')
    await laptop.sees('Somebody asked to get into your account')
    await laptop.press('Stop it')
    await laptop.sees('It is stopped.')
    await laptop.misses('Somebody asked to get into your account')
    await server.later(49 * hour)
    await stranger.visit(`/recovery#${link}`)
    await stranger.sees('This link was used, stopped or is too old.')
    await laptop.visit('/account/security')
    await laptop.sees('The new way into your account that was asked for was stopped.')
  })

  await t.test('asked for again it waits, and cannot be finished before', async () => {
    let link = ''
    await linksAfter(mails, alsoAt, 'stop', async () => {
      link = await recoverByMail(stranger, mails, aliceAt)
    })
    await server.later(47 * hour)
    await stranger.visit(`/recovery#${link}`)
    await stranger.sees('The recovery is on its way')
    assert.equal(await kinto(server, app), 200)
  })

  let newWords = ''
  await t.test('then the link that opens it comes to the address that asked', async () => {
    let finish = ''
    const other = await linksAfter(mails, alsoAt, 'stop', async () => {
      const links = await linksAfter(mails, aliceAt, 'finish', () => server.later(2 * hour))
      finish = links['finish'] ?? ''
    })
    assert.deepEqual(Object.keys(other), ['stop'])
    await stranger.visit(`/mail#finish=${finish}`)
    newWords = await beginAnew(stranger)
  })

  await t.test('all sessions, apps and ways in of before are ended', async () => {
    await laptop.visit('/account/devices')
    await laptop.sees('To go on, please sign in.')
    assert.equal(await kinto(server, app), 401)
    const nobody = await openDevice(browser, server)
    await signIn(nobody, 'alice', password)
    await nobody.sees('That is not right.')
    await nobody.visit('/#words')
    await nobody.fill({ login: 'alice', words })
    await nobody.press('Sign in')
    await nobody.sees('That is not right.')
  })

  await t.test('the keys are other ones, which an old device takes only when she says so', async () => {
    const bundle = storedBundle(server, 'alice')
    assert.deepEqual([bundle.epoch, bundle.revision], [1, 1])
    const fresh = await openWithWords(bundle, newWords)
    assert.notEqual(fresh.identity, old.identity)
    await assert.rejects(async () => openRecord(placeIn(fresh), diary))
    await signIn(laptop, 'alice', next, true)
    await laptop.sees('The keys from the server were refused')
    await laptop.press('It was me: take the new keys')
    await laptop.sees('Hello, alice')
  })

  await t.test('the old words, found later, open what was sealed then', async () => {
    await stranger.visit('/account/security')
    await stranger.press('I found my words')
    await stranger.fill({ 'old-words': newWords })
    await stranger.press('Unlock it')
    await stranger.sees('This does not unlock your encrypted data.')
    await stranger.fill({ 'old-words': words })
    await stranger.press('Unlock it')
    await stranger.sees('It is unlocked')
    const merged = await openWithWords(storedBundle(server, 'alice'), newWords)
    assert.deepEqual(openRecord(placeIn(merged), diary), { title: 'the heron came back' })
    assert.deepEqual(
      merged.syncBefore?.map(({ key }) => key),
      [old.sync.key],
    )
  })

  await t.test('after 30 days what was sealed is gone for good', async () => {
    assert.match(await stranger.sees('Sealed encrypted data'), /goes for ever/)
    await server.later(31 * 24 * hour)
    await signIn(stranger, 'alice', next)
    await stranger.sees('Hello, alice')
    await stranger.visit('/account/security')
    await stranger.sees('Start afresh')
    await stranger.misses('Sealed encrypted data')
  })
})

test('all is lost, and there is no mail: the link of an administrator waits and is told all the same', async (t) => {
  const browser = await openBrowser(t)
  if (!browser) return
  const server = await startTimedServer(t)
  const olga = await makePageOwner(server)
  const laptop = await openDevice(browser, server)
  const words = await signUp(laptop, await inviteBy(olga, 'alice'), 'alice', password)
  const old = await giveCollectionKey(laptop, server, words, collection)
  const diary = seal(old)
  const admin = await openDevice(browser, server)
  await enterAs(admin, olga, '/admin/people')

  /** Alice gets a link from Olga. */
  async function askOlga(): Promise<string> {
    await admin.visit('/admin/people')
    await admin.press('alice')
    await admin.press('Make a link')
    await admin.press('Make a link')
    await admin.sees('It is shown this once.')
    const link = await admin.page.$eval('dialog output', (output) => output.textContent ?? '')
    assert.equal(new URL(link).pathname, '/recovery')
    return new URL(link).hash
  }

  const device = await openDevice(browser, server)
  await t.test('it waits, is told to who is signed in, and is stopped by her', async () => {
    const link = await askOlga()
    await device.visit(`/recovery${link}`)
    await device.sees('The recovery is on its way')
    await laptop.visit('/')
    assert.match(await laptop.sees('Somebody asked to get into your account'), /an administrator made a link/)
    await laptop.press('Stop it')
    await laptop.sees('It is stopped.')
    await device.visit(`/recovery${link}`)
    await device.sees('This link was used, stopped or is too old.')
  })

  await t.test('when nobody stops it, the same link opens the account after the wait', async () => {
    const link = await askOlga()
    await server.later(49 * hour)
    await device.visit(`/recovery${link}`)
    const newWords = await beginAnew(device)
    await laptop.visit('/account/devices')
    await laptop.sees('To go on, please sign in.')
    await device.visit('/account/security')
    await device.press('I found my words')
    await device.fill({ 'old-words': words })
    await device.press('Unlock it')
    await device.sees('It is unlocked')
    const merged = await openWithWords(storedBundle(server, 'alice'), newWords)
    assert.deepEqual(openRecord(placeIn(merged), diary), { title: 'the heron came back' })
    await device.visit(`/recovery${link}`)
    await device.sees('This link was used, stopped or is too old.')
  })
})
