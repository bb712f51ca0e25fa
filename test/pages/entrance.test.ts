/** The pages before and around the sign-in: they fit, can be read and be read out, and jump nowhere. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { axeFaults } from '../support/axe.ts'
import { tabTo } from '../support/keyboard.ts'
import { faultsOfLooks } from '../support/looks.ts'
import { openBrowserNamed } from '../support/pages.ts'
import { inviteBy, openDevice } from '../support/person-at-pages.ts'
import { ownerWithKeys } from '../support/person-with-keys.ts'
import { startServer } from '../support/server.ts'

const words = { en: { signIn: 'Sign in', login: 'Name' }, fr: { signIn: 'Se connecter', login: 'Nom' } }

for (const name of ['chromium', 'firefox'] as const)
  test(`${name}: they look right in both languages, widths and schemes`, async (t) => {
    const browser = await openBrowserNamed(t, name)
    if (!browser) return
    const server = await startServer(t)
    const olga = await ownerWithKeys(server)
    await olga.browser.put('/admin/settings', { registration: 'open' })
    const { pathname, hash } = new URL(await inviteBy(olga, 'ann'))
    const { link } = await olga.browser.post('/me/invitations', {
      label: '',
      role: 'inviter',
      most: 1,
      days: 1,
    })
    const invited = new URL(link)
    const paths = [
      '/',
      '/#words',
      '/sign-up',
      pathname + hash,
      invited.pathname + invited.hash,
      '/invitation#nothing',
      '/recovery',
      '/recovery#nothing',
      '/pair',
      '/pair#0123456789ABCDEFGHJK',
      '/mail#verify=nothing',
      '/mail#stop=nothing',
      '/setup',
      '/account/security',
    ]
    const looks = [
      { width: 1440, scheme: 'light', language: 'en' },
      { width: 360, scheme: 'dark', language: 'fr' },
      { width: 360, scheme: 'light', language: 'en' },
    ] as const
    for (const look of name === 'chromium' ? looks : looks.slice(2))
      for (const path of paths)
        await t.test(`${path.slice(0, 20)} (${look.width}, ${look.scheme}, ${look.language})`, async () => {
          const device = await openDevice(browser, server, path, { ...look, height: 760 })
          await device.page.waitForFunction(
            () => document.querySelector('.narrow h1') && !document.querySelector('[aria-busy=true]'),
          )
          if (path === '/pair') await device.page.waitForSelector('.pair-code')
          assert.equal(await device.page.$eval('html', ({ lang }) => lang), look.language)
          assert.deepEqual(
            [
              ...(name === 'chromium' ? await faultsOfLooks(device.page) : []),
              ...(await axeFaults(device.page)),
              ...(await device.faults()),
            ],
            [],
          )
          await device.context.close()
        })
  })

test('a language that is chosen stays, in this browser', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t)
  await ownerWithKeys(server)
  const device = await openDevice(browser, server)
  await device.fill({ login: 'olga' })
  await device.press('Français')
  await device.sees('Se connecter')
  // What was typed is still there.
  assert.equal(await device.page.$eval('#login', (input) => (input as HTMLInputElement).value), 'olga')
  assert.equal(await device.page.title(), 'Connexion · Essaim')
  await device.visit('/recovery')
  await device.sees('Je n’arrive pas à entrer')
})

test('forms are such that password managers fill and save them', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t)
  const olga = await ownerWithKeys(server)
  await olga.browser.put('/admin/settings', { registration: 'open' })
  const tokens = async (path: string) => {
    const { page } = await openDevice(browser, server, path)
    await page.waitForSelector('form')
    return page.$$eval('form input:not([type=checkbox])', (all) =>
      all.map((input) => `${input.getAttribute('name')}: ${input.getAttribute('autocomplete')}`),
    )
  }
  assert.deepEqual(await tokens('/'), ['login: username webauthn', 'password: current-password'])
  assert.deepEqual(await tokens('/sign-up'), ['login: username', 'password: new-password'])
})

for (const language of ['en', 'fr'] as const)
  test(`${language}: by the keyboard alone one signs in, and what has the focus is seen`, async (t) => {
    const browser = await openBrowserNamed(t, 'chromium')
    if (!browser) return
    const server = await startServer(t)
    const olga = await ownerWithKeys(server)
    const device = await openDevice(browser, server, '/', { language })
    const { page } = device
    await page.waitForFunction(() => document.activeElement?.id === 'login')
    await tabTo(page, words[language].login)
    await page.keyboard.type(olga.login)
    await page.keyboard.press('Tab')
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'password')
    const outline = () => parseFloat(getComputedStyle(document.activeElement!).outlineWidth)
    assert.ok((await page.evaluate(outline)) >= 2)
    await page.keyboard.type(olga.password)
    await tabTo(page, words[language].signIn)
    assert.ok((await page.evaluate(outline)) >= 2)
    await page.keyboard.press('Enter')
    await device.sees(/Hello, olga|Bonjour, olga/)
    // Screen readers begin where the new page does.
    await page.waitForFunction(() => document.activeElement?.id === 'content')
  })
