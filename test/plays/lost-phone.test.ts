/** Alice loses her phone: it is shut out, opens nothing new, and another takes its place. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makePageOwner } from '../support/browser-session.ts'
import { openBrowser } from '../support/browser.ts'
import { openWithKept } from '../support/kept-keys.ts'
import { type Device, inviteBy, openDevice, signUp } from '../support/person-at-pages.ts'
import { startServer } from '../support/server.ts'
import { openWithWords, plantBundle, storedBundle } from '../support/stored-keys.ts'

const password = 'nine terns over the sandbank'
const phoneLook = { width: 390, height: 844 }

test('a phone is lost: it is shut out, opens nothing new, and another one takes its place', async (t) => {
  const browser = await openBrowser(t)
  if (!browser) return
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  const link = await inviteBy(olga, 'alice')
  const laptop = await openDevice(browser, server)
  const words = await signUp(laptop, link, 'alice', password)
  const phone = await openDevice(browser, server, '/', phoneLook)
  // To tell them apart in the lists.
  await phone.page.setUserAgent({
    userAgent:
      'Mozilla/5.0 (Linux; Android 15; Phone) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36',
  })
  const first = storedBundle(server, 'alice')
  assert.deepEqual(first.slots.map(({ kind }) => kind).toSorted(), ['device', 'password', 'words'])

  await t.test('the phone comes in by the code that it shows, and keeps the key', async () => {
    await phone.visit('/')
    await phone.press('Use another device')
    const code = await codeOf(phone)
    assert.equal(code.replaceAll('-', '').length, 20)
    await laptop.visit('/account/devices')
    await laptop.press('Enter a code')
    await laptop.fill({ code: code.toLowerCase().replaceAll('-', ' ') })
    await laptop.press('Continue')
    assert.match(await laptop.sees('Is this your device?'), /Chrome · Android/)
    await laptop.press('Yes, let it in')
    await laptop.sees('The device is in')
    await phone.sees('Hello, alice')
    const { slots, epoch } = storedBundle(server, 'alice')
    assert.deepEqual([slots.length, epoch], [4, 1])
  })
  const withPhone = storedBundle(server, 'alice')
  const account = withPhone.account
  assert.equal(await openWithKept(phone.page, withPhone, account), 'open')

  await t.test('its session is ended, and the next thing that it asks is refused', async () => {
    await laptop.visit('/account/devices')
    await laptop.press('Sign out Chrome · Android')
    await laptop.sees('Chrome · Android is signed out.')
    await phone.visit('/account/devices')
    await phone.sees('To go on, please sign in.')
    assert.doesNotMatch(await phone.sees('Sign in'), /Where you are signed in/)
  })

  await t.test('its key is taken away: it opens what it had, and nothing from then on', async () => {
    await laptop.press('Remove Chrome · Android')
    await laptop.press('Remove')
    await laptop.sees('Chrome · Android no longer unlocks your encrypted data.')
    const after = storedBundle(server, 'alice')
    assert.equal(after.epoch, 2)
    assert.equal(after.slots.length, 3)
    assert.equal(await openWithKept(phone.page, after, account), 'wrong-secret')
    assert.equal(await openWithKept(phone.page, withPhone, account), 'open')
    // What others unlock with needs no change.
    assert.equal(await openWithKept(laptop.page, after, account), 'open')
    await openWithWords(after, words)
  })

  const current = storedBundle(server, 'alice')
  await t.test('an operator who brings the old keys back is found out by the laptop', async () => {
    for (const old of [withPhone, first]) {
      await server.stop()
      plantBundle(server, 'alice', old)
      await server.restart()
      await laptop.visit('/account/devices')
      await laptop.sees('older keys than this device has already seen')
    }
    await server.stop()
    plantBundle(server, 'alice', current)
    await server.restart()
    await laptop.visit('/account/devices')
    await laptop.sees('This device')
  })

  await t.test('another phone comes in by the picture that it shows', async () => {
    const second = await openDevice(browser, server, '/pair', phoneLook)
    const code = await codeOf(second)
    // What the camera of the laptop would open.
    await laptop.visit(`/pair#${code.replaceAll('-', '')}`)
    await laptop.sees('Is this your device?')
    assert.equal(new URL(laptop.page.url()).hash, '', 'the code leaves the address bar')
    await laptop.press('Yes, let it in')
    await laptop.sees('The device is in')
    await second.sees('Hello, alice')
    const { slots, epoch } = storedBundle(server, 'alice')
    assert.deepEqual([slots.length, epoch], [4, 2])
    const now = storedBundle(server, 'alice')
    assert.equal(await openWithKept(second.page, now, account), 'open')
    assert.equal(await openWithKept(phone.page, now, account), 'wrong-secret')
    await second.visit('/account/security')
    await second.sees('The device “Chrome · Linux” was added.')
    await second.sees(
      'Something no longer unlocks your encrypted data “Chrome · Android”. Your key was replaced.',
    )
    assert.deepEqual(await second.faults(), [])
  })
  // The refusals above are said to the console as well, and nothing else is.
  assert.deepEqual(
    (await laptop.faults()).filter((one) => !/older/.test(one)),
    [],
  )
})

async function codeOf({ page }: Device): Promise<string> {
  await page.waitForSelector('.pair-code')
  return page.$$eval('.pair-code span', (groups) => groups.map(({ textContent }) => textContent).join('-'))
}
