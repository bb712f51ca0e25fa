/** A person brings a Firefox that knows of nothing to her home by what our page says, and sees it among her browsers. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openFirefoxWith } from '../support/firefox.ts'
import { pageOf } from '../support/firefox-page.ts'
import { renameDevice } from '../support/firefox-data.ts'
import { addressOf, eventually, firstSync } from '../support/firefox-sync.ts'
import { pagesOf } from '../support/person-at-pages.ts'
import { ownerWithKeys } from '../support/person-with-keys.ts'
import { startServer } from '../support/server.ts'

/** Found in the browser's global scope. */
// oxlint-disable-next-line no-explicit-any
declare const Services: any

test('a fresh Firefox syncs here after the steps of the page, and nothing else', async (t) => {
  const server = await startServer(t, { ESSAIM_DOORS: 'kinto,sync,fxa' })
  const olga = await ownerWithKeys(server)
  const firefox = await openFirefoxWith(t, { 'dom.push.connection.enabled': false })
  if (!firefox) return
  const page = pageOf(firefox)
  const origin = pagesOf(server)

  await t.test('the page knows that it is a Firefox, and which preferences it lacks', async () => {
    await page.visit(`${origin}/firefox`)
    await page.sees(/On a computer\s*your device/)
    const copied = await page.until(() => {
      const all = [...document.querySelectorAll('details.way[open] output')].map((one) => one.textContent)
      return all.length > 0 ? all : undefined
    })
    const [config, name, value, second, settings] = copied
    assert.deepEqual(
      [config, value, settings, copied.length],
      ['about:config', origin, 'about:preferences#sync', 5],
    )
    // As about:config does.
    await firefox.driver.run(
      'chrome',
      (text: string, to: string, flag: string) => {
        Services.prefs.setStringPref(text, to)
        Services.prefs.setBoolPref(flag, true)
      },
      name!,
      value!,
      second!,
    )
    const address = new URL(await addressOf(firefox, 'sign-in'))
    assert.equal(address.origin, origin)
  })

  await t.test('from then on the page sees that it is set, and leads to the sign-in', async () => {
    await page.visit(`${origin}/firefox`)
    await page.sees('This Firefox knows this server')
    await page.press('Sign in to Sync')
    await page.fill({ login: olga.login, password: olga.password })
    await page.press('Sign in')
    await page.press('Sign in to Firefox')
    await firstSync(firefox)
    await renameDevice(firefox, 'The laptop in the kitchen')
    await page.visit(`${origin}/firefox`)
    assert.match(await page.sees('This Firefox is signed in here'), /It is olga@localhost for it\./)
  })

  await t.test('it is among her browsers, with what it has stored', async () => {
    await eventually('its name', async () => {
      const { browsers } = (await olga.browser.get('/me/browsers')).body
      return browsers[0].name === 'The laptop in the kitchen'
    })
    await page.press('See your browsers')
    const shown = await page.sees('The laptop in the kitchen')
    assert.match(shown, /Computer · connected on .+ · last here/)
    assert.match(shown, /Bookmarks\s+\d+\s+[\d.]+ k?B/)
    assert.match(shown, /All together\s+\d+\s+[\d.]+ k?B/)
  })
})
