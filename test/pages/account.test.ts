/** What a person does on her own pages, with the keyboard alone, in real browsers against the real server. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openBundle, slotSecret } from '@essaim/client'
import { parseWords } from '@essaim/client/words'
import { openBrowser, signInElsewhere } from '../support/browser-session.ts'
import { enterOn, tabTo, typeInto } from '../support/keyboard.ts'
import { openBrowserNamed } from '../support/pages.ts'
import { type Device, openDevice, writeWordsDown } from '../support/person-at-pages.ts'
import {
  authOf,
  enter,
  guestWithKeys,
  ownerWithKeys,
  type PersonWithKeys,
} from '../support/person-with-keys.ts'
import { basic } from '../support/people.ts'
import { startServer } from '../support/server.ts'

/** Whether twelve words open the bundle that is stored now. */
async function wordsUnlock({ id, browser }: PersonWithKeys, words: string): Promise<boolean> {
  const { entropy } = await parseWords(words)
  const { bundle } = (await browser.get('/me/keys')).body
  return openBundle(bundle, await slotSecret('words', entropy), { account: id }).then(
    () => true,
    () => false,
  )
}

const kindsOf = async ({ browser }: PersonWithKeys): Promise<string[]> =>
  (await browser.get('/me/keys')).body.bundle.slots.map(({ kind }: { kind: string }) => kind).toSorted()

/** Waits until the heading of the page is there, and all that it first asks for. */
const ready = (device: Device) =>
  device.page.waitForFunction(() => document.querySelector('.wide h1') && !document.querySelector('.waiting'))

for (const name of ['chromium', 'firefox'] as const)
  test(`${name}: a person runs her account with the keyboard`, async (t) => {
    const browser = await openBrowserNamed(t, name)
    if (!browser) return
    const server = await startServer(t)
    const olga = await ownerWithKeys(server)
    let ann = await guestWithKeys(server, olga, { login: 'ann' })
    const device = await openDevice(browser, server)
    const { page } = device
    await enter(page, ann, '/')
    const open = async (path: string) => {
      await device.visit(path)
      await ready(device)
    }

    await t.test('she signs another browser out', async () => {
      const other = await signInElsewhere(server, ann)
      await open('/account/devices')
      const before = await page.$$eval('essaim-sessions .row', (all) => all.length)
      assert.equal(before, 3)
      await enterOn(page, 'Sign out everywhere else')
      await device.sees('Signed out everywhere but here.')
      assert.equal(await page.$$eval('essaim-sessions .row', (all) => all.length), 1)
      assert.equal((await other.get('/me')).status, 401)
      // Her own session of the test went too.
      ann = { ...ann, browser: await signInElsewhere(server, ann) }
    })

    await t.test('this device unlocks by itself from then on, until she takes that away', async () => {
      await open('/account/devices')
      await enterOn(page, 'Let this device unlock it too')
      await device.fill({ proof: ann.password })
      await page.keyboard.press('Enter')
      await device.sees('This device unlocks your encrypted data now.')
      assert.deepEqual(await kindsOf(ann), ['device', 'password', 'words'])
      await open('/account/devices')
      const label = await page.$eval('essaim-holders .row button', (one) => one.getAttribute('aria-label'))
      await enterOn(page, label ?? '')
      await page.waitForSelector('dialog[open]')
      await enterOn(page, 'Remove')
      await device.sees('no longer unlocks your encrypted data.')
      assert.deepEqual(await kindsOf(ann), ['password', 'words'])
      assert.equal((await ann.browser.get('/me/keys')).body.bundle.epoch, 2)
    })

    await t.test('she makes new recovery words, and the old ones open nothing', async () => {
      await open('/account/security#words')
      await enterOn(page, 'Make new recovery words')
      await page.waitForSelector('dialog[open]')
      await enterOn(page, 'Make new recovery words')
      await page.waitForSelector('#proof, .twelve')
      if (await page.$('#proof')) await device.prove(ann.password)
      const words = await writeWordsDown(device)
      await enterOn(page, 'Save')
      await device.sees('Your recovery words are set.')
      assert.equal(await wordsUnlock(ann, ann.words), false)
      assert.equal(await wordsUnlock(ann, words), true)
      const { entropy } = await parseWords(words)
      assert.equal(entropy.length, 16)
      ann = { ...ann, words }
    })

    await t.test('she changes a password that may be known', async () => {
      const other = await signInElsewhere(server, ann)
      await open('/account/security')
      await enterOn(page, 'Change the password')
      await typeInto(page, 'New password', 'password1')
      await enterOn(page, 'Save the password')
      await device.sees('Many people use that one')
      await typeInto(page, 'New password', 'six swans over the mill')
      await tabTo(page, 'My password may be known to somebody')
      await page.keyboard.press(' ')
      await enterOn(page, 'Save the password')
      await page.waitForSelector('#proof, .told p')
      if (await page.$('#proof')) await device.prove(ann.password)
      await device.sees('The password is changed.')
      assert.equal((await other.get('/me')).status, 401)
      const auth = await authOf(server, 'ann', 'six swans over the mill')
      const again = openBrowser(server)
      await again.refused('POST', '/sign-in/password', { login: 'ann', auth: ann.auth }, 401, 'wrong')
      await again.post('/sign-in/password', { login: 'ann', auth })
      ann = { ...ann, password: 'six swans over the mill', auth, browser: again }
      assert.deepEqual(await kindsOf(ann), ['password', 'words'])
      assert.equal(await wordsUnlock(ann, ann.words), true)
    })

    await t.test('she gives an app a password, pauses it, and takes it back', async () => {
      const status = async (text: string) => {
        const headers = { Authorization: basic('ann', text) }
        return (await fetch(`${server.url}/v1/buckets/default`, { headers })).status
      }
      await open('/account/security#apps')
      await typeInto(page, 'Which app, on which device', 'Notes on the telephone')
      await enterOn(page, 'Make it')
      await device.sees('Your app password')
      const text = await page.$eval(
        'dialog essaim-secret:last-of-type output',
        (one) => one.textContent ?? '',
      )
      assert.equal(await status(text), 200)
      await enterOn(page, 'I have put it into the app')
      await enterOn(page, 'Pause Notes on the telephone')
      await device.sees('is paused.')
      assert.notEqual(await status(text), 200)
      await enterOn(page, 'Undo')
      await device.misses('Paused')
      assert.equal(await status(text), 200)
      await enterOn(page, 'Take back Notes on the telephone')
      await page.waitForSelector('dialog[open]')
      await enterOn(page, 'Take back')
      await device.sees('No app has a password of its own.')
      assert.notEqual(await status(text), 200)
    })

    await t.test(
      'she tells people her name, shows a picture, and takes it back and puts it back',
      async () => {
        await open('/account/profile')
        await typeInto(page, 'What you are called', 'Ann Öst')
        await enterOn(page, 'Save the name')
        await device.sees('Your name is saved.')
        assert.equal(await page.$eval('.who', (one) => one.textContent), 'Ann Öst')
        await page.evaluate(async () => {
          const canvas = document.createElement('canvas')
          canvas.width = 600
          canvas.height = 300
          canvas.getContext('2d')!.fillRect(0, 0, 600, 300)
          const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done))
          const files = new DataTransfer()
          files.items.add(new File([blob!], 'me.png', { type: 'image/png' }))
          const input = document.querySelector<HTMLInputElement>('input[type=file]')!
          input.files = files.files
          input.dispatchEvent(new Event('change', { bubbles: true }))
        })
        await device.sees('This is how it will look')
        await enterOn(page, 'Save the picture')
        await device.sees('Your picture is saved.')
        const { avatar } = (await ann.browser.get('/me')).body
        const shown = await fetch(server.url + avatar)
        assert.match(shown.headers.get('content-type') ?? '', /^image\/(webp|jpeg)$/)
        await enterOn(page, 'Remove the picture')
        await device.sees('The picture is removed.')
        assert.equal((await ann.browser.get('/me')).body.avatar, undefined)
        await enterOn(page, 'Put it back')
        await device.sees('The picture is back.')
        assert.ok((await ann.browser.get('/me')).body.avatar)
      },
    )

    await t.test('she looks inside what is kept, and sees what the operator can see', async () => {
      await open('/account/data')
      await enterOn(page, 'Look inside Your account')
      await device.sees('You can look here')
      await open('/account/operator')
      await device.sees('Your name for signing in: ann.')
      await device.sees('Your password: it never leaves your device.')
    })

    await t.test('she reads what happened, in sentences', async () => {
      await open('/account/security#log')
      await device.sees('You made new recovery words.')
      await device.sees('Your password was set or changed.')
      assert.doesNotMatch(await device.sees('What happened'), /no sentence for/)
    })

    await t.test('she takes another name, and signs in with it', async () => {
      await open('/account/profile')
      await typeInto(page, 'New name for signing in', 'anna')
      await typeInto(page, 'Your password, which is bound to the name', ann.password)
      await enterOn(page, 'Change it')
      await page.waitForSelector('dialog[open]')
      await enterOn(page, 'Change it')
      await device.sees('You are anna now.')
      const auth = await authOf(server, 'anna', ann.password)
      const again = openBrowser(server)
      await again.post('/sign-in/password', { login: 'anna', auth })
      ann = { ...ann, login: 'anna', auth, browser: again }
      assert.deepEqual(await kindsOf(ann), ['password', 'words'])
    })

    await t.test('she starts afresh, and finds her words', async () => {
      await open('/account/security#encrypted')
      await enterOn(page, 'Start afresh')
      await page.waitForSelector('dialog[open]')
      await enterOn(page, 'Start afresh')
      await device.sees('You have a new key.')
      assert.deepEqual(await kindsOf(ann), ['device'])
      assert.equal(await wordsUnlock(ann, ann.words), false)
      await enterOn(page, 'I found my words')
      await typeInto(page, 'The old twelve words', ann.words)
      await enterOn(page, 'Unlock it')
      await device.sees('It is unlocked')
      assert.equal((await ann.browser.get('/me/keys')).body.bundle.revision, 2)
    })

    await t.test('she deletes her account, and keeps it after all', async () => {
      await open('/account/profile')
      await enterOn(page, 'Delete my account')
      await typeInto(page, 'Type anna to confirm', 'anna')
      await enterOn(page, 'Delete my account')
      await device.sees('Your account will be deleted')
      assert.equal((await ann.browser.get('/me')).status, 401)
      await enterOn(page, 'Keep my account')
      await device.sees('Delete your account')
    })

    await t.test('she signs out everywhere', async () => {
      await open('/account/devices')
      await enterOn(page, 'Sign out everywhere')
      await page.waitForSelector('dialog[open]')
      await enterOn(page, 'Sign out everywhere')
      await page.waitForSelector('#login')
    })

    assert.deepEqual(await device.faults(), [])
    for (const secret of [ann.password, ann.words])
      assert.ok(!device.sent.some((one) => one.includes(secret)))
  })
