// Takes the pictures of our pages that the documentation shows, from a real server, into docs/images/.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openBrowser } from '../test/support/browser.ts'
import { startServer } from '../test/support/server.ts'

const folder = join(import.meta.dirname, '../docs/images')

/** What stands in for a test: remembers how to clean up; a missing browser ends it. */
const undo = []
const run = {
  after: (act) => undo.push(act),
  skip: (why) => {
    throw new Error(why)
  },
}

try {
  const server = await startServer(run)
  const browser = await openBrowser(run)
  await mkdir(folder, { recursive: true })
  const link = await server.firstRun()

  const open = async ({ width, height, scheme, language }) => {
    const page = await (await browser.createBrowserContext()).newPage()
    await page.setExtraHTTPHeaders({ 'Accept-Language': language })
    await page.setViewport({ width, height, deviceScaleFactor: 2 })
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
    await page.goto(link)
    await page.waitForSelector('form:not([hidden])')
    return page
  }
  const shoot = (page, name) => page.screenshot({ path: join(folder, `${name}.png`) })

  const wide = await open({ width: 1440, height: 900, scheme: 'light', language: 'en' })
  await shoot(wide, 'first-run')
  await wide.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }])
  await shoot(wide, 'first-run-dark')

  const phone = await open({ width: 360, height: 740, scheme: 'dark', language: 'fr' })
  await phone.type('#login', 'alice')
  await phone.type('#password', 'password')
  await phone.click('button')
  await phone.waitForFunction(() => document.querySelector('form [role=alert]').textContent !== '')
  await shoot(phone, 'first-run-phone-dark')

  const light = await open({ width: 360, height: 740, scheme: 'light', language: 'en' })
  await light.type('#login', 'alice')
  await light.type('#password', 'three herons by the weir')
  await light.keyboard.press('Enter')
  await light.waitForSelector('#done:not([hidden])')
  await shoot(light, 'first-run-done-phone')
} finally {
  for (const act of undo.toReversed()) await act()
}
