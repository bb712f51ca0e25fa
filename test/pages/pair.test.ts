/** A new device is let in by one that is signed in. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openBrowserNamed } from '../support/pages.ts'
import { openDevice, pagesOf, signIn } from '../support/person-at-pages.ts'
import { ownerWithKeys } from '../support/person-with-keys.ts'
import { startServer } from '../support/server.ts'

for (const name of ['chromium', 'firefox'] as const)
  test(`${name}: a code carries the key from one device to another, and the server never sees it`, async (t) => {
    const browser = await openBrowserNamed(t, name)
    if (!browser) return
    const server = await startServer(t)
    const olga = await ownerWithKeys(server)
    const old = await openDevice(browser, server)
    await signIn(old, olga.login, olga.password)
    await old.sees('Hello, olga')

    const fresh = await openDevice(browser, server)
    await fresh.press('Use another device')
    await fresh.page.waitForSelector('.pair-code')
    const code = await fresh.page.$eval('.pair-code', ({ textContent }) => textContent ?? '')
    const codes = [code.replaceAll('-', ''), code]

    await t.test('a code that nobody shows finds nothing', async () => {
      await old.visit('/pair')
      // Signing in a moment ago was proof enough.
      await old.fill({ code: '1234-5678-9ABC-DEFG-HJKM' })
      await old.press('Continue')
      await old.sees('No device waits with this code.')
    })

    await t.test('the right one shows who asks, and lets her in', async () => {
      await old.visit(`/pair#${code}`)
      await old.sees('Is this your device?')
      assert.equal(old.page.url(), `${pagesOf(server)}/pair`)
      await old.press('Yes, let it in')
      // A new document has to unlock the key anew: this device was not said to be her own.
      await old.prove(olga.password)
      await old.sees('The device is in')
      await fresh.sees('Hello, olga')
      const { bundle } = (await olga.browser.get('/me/keys')).body
      assert.deepEqual(bundle.slots.map(({ kind }: { kind: string }) => kind).toSorted(), [
        'device',
        'password',
        'words',
      ])
    })

    for (const device of [old, fresh]) {
      assert.deepEqual(await device.faults(), [])
      for (const secret of codes) assert.ok(!device.sent.some((one) => one.includes(secret)))
    }
  })

test('a device that is refused is told so, and may ask again', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t)
  const olga = await ownerWithKeys(server)
  const old = await openDevice(browser, server)
  await signIn(old, olga.login, olga.password)
  await old.sees('Hello, olga')
  const fresh = await openDevice(browser, server, '/pair', { width: 360, language: 'fr' })
  await fresh.page.waitForSelector('.pair-code')
  const code = await fresh.page.$eval('.pair-code', ({ textContent }) => textContent ?? '')
  await old.visit('/pair')
  await old.fill({ code: code.toLowerCase().replaceAll('-', ' ') })
  await old.press('Continue')
  await old.press('No')
  await old.sees('Refused')
  await fresh.sees('L’autre appareil a refusé.')
  await fresh.press('Obtenir un autre code')
  await fresh.page.waitForFunction(
    (before) => {
      const now = document.querySelector('.pair-code')?.textContent
      return now && now !== before
    },
    {},
    code,
  )
})
