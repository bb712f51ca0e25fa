// Takes the pictures of our pages that the documentation shows, from a real server, into docs/images/.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openBrowser } from '../test/support/browser.ts'
import { openBrowser as openSession } from '../test/support/browser-session.ts'
import { openDevice, signIn } from '../test/support/person-at-pages.ts'
import { guestWithKeys, ownerWithKeys } from '../test/support/person-with-keys.ts'
import { startServer } from '../test/support/server.ts'
import { appPictures } from './screenshots/apps.mjs'
import { firefoxPictures } from './screenshots/firefox.mjs'

const folder = join(import.meta.dirname, '../docs/images')

/** What stands in for a test: remembers how to clean up; a missing browser ends it. */
const undo = []
const run = {
  after: (act) => undo.push(act),
  skip: (why) => {
    throw new Error(why)
  },
}

const desk = { width: 1280, height: 940, scheme: 'light', language: 'en' }
const phone = { width: 390, height: 844, scheme: 'light', language: 'en' }

const shoot = async ({ page }, name) => {
  // From the top, and nothing that blinks.
  await page.evaluate(() => {
    document.activeElement?.blur()
    scrollTo(0, 0)
  })
  await page.setViewport({ ...page.viewport(), deviceScaleFactor: 1.5 })
  await page.screenshot({ path: join(folder, `${name}.png`) })
}

try {
  const browser = await openBrowser(run)
  await mkdir(folder, { recursive: true })
  const server = await startServer(run)
  const { hash } = new URL(await server.firstRun())

  for (const [name, look] of [
    ['first-run', desk],
    ['first-run-dark', { ...desk, scheme: 'dark' }],
  ]) {
    const device = await openDevice(browser, server, `/setup${hash}`, look)
    await device.page.waitForSelector('.finding')
    await shoot(device, name)
  }
  const words = await openDevice(browser, server, `/setup${hash}`, {
    ...phone,
    scheme: 'dark',
    language: 'fr',
  })
  await words.press('Continuer')
  await words.fill({ login: 'olga', password: 'three herons by the weir' })
  await words.press('Créer le compte')
  await words.page.waitForFunction(() => document.querySelector('.twelve span')?.textContent?.trim())
  await shoot(words, 'recovery-words-phone-dark')

  const olga = await ownerWithKeys(server)
  await olga.browser.put('/admin/settings', { registration: 'approval', serverName: 'The hive' })
  await guestWithKeys(server, olga, { login: 'ann', role: 'inviter' })
  await guestWithKeys(server, olga, { login: 'ben' })
  for (const login of ['cleo', 'dora']) {
    const session = openSession(server)
    const begun = await session.post('/sign-up/begin', { login })
    const way = {
      kind: 'password',
      parameters: begun.parameters,
      auth: Buffer.alloc(32, 7).toString('base64url'),
    }
    await session.post('/sign-up', { ticket: begun.ticket, way, language: 'en' })
  }

  const entrance = await openDevice(browser, server, '/', desk)
  await entrance.page.waitForSelector('#login')
  await shoot(entrance, 'sign-in')
  const dark = await openDevice(browser, server, '/', { ...phone, scheme: 'dark', language: 'fr' })
  await dark.page.waitForSelector('#login')
  await shoot(dark, 'sign-in-phone-dark')
  const pair = await openDevice(browser, server, '/pair', phone)
  await pair.page.waitForSelector('.pair-code')
  await shoot(pair, 'add-device-phone')

  const hers = await openDevice(browser, server, '/', desk)
  await signIn(hers, olga.login, olga.password, true)
  await hers.sees('Hello, olga')
  const ready = ({ page }) =>
    page.waitForFunction(() => document.querySelector('.wide h1') && !document.querySelector('.waiting'))
  for (const [path, name] of [
    ['/', 'home'],
    ['/account/security', 'security'],
    ['/account/operator', 'operator-sees'],
    ['/admin/people', 'people'],
    ['/admin/server', 'server'],
  ]) {
    await hers.visit(path)
    await ready(hers)
    await shoot(hers, name)
  }
  const { context } = hers
  const pocket = await openDevice(browser, server, '/account/devices', { ...phone, scheme: 'dark', context })
  await ready(pocket)
  await shoot(pocket, 'devices-phone-dark')

  await appPictures(run, browser, shoot, { desk, phone })
  await firefoxPictures(run, browser, shoot, { desk, phone })
} finally {
  for (const act of undo.toReversed()) await act()
}
