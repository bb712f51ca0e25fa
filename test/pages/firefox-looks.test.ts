/** The pages that sign a Firefox in, looked at: in both languages, schemes and widths. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'puppeteer-core'
import { axeFaults } from '../support/axe.ts'
import { makePagePerson } from '../support/browser-session.ts'
import { openBrowser } from '../support/browser.ts'
import { desktopAddress, fakeFirefox } from '../support/fake-firefox.ts'
import { faultsOfLooks } from '../support/looks.ts'
import { type Look, openPage } from '../support/pages.ts'
import { pagesOf } from '../support/person-at-pages.ts'
import { enter, ownerWithKeys } from '../support/person-with-keys.ts'
import { startServer } from '../support/server.ts'

const looks: readonly (Look & { language: 'en' | 'fr' })[] = [
  { width: 1440, height: 900, scheme: 'light', language: 'en' },
  { width: 360, height: 740, scheme: 'dark', language: 'fr' },
]

test('the pages that sign a Firefox in look right in both languages, schemes and widths', async (t) => {
  const browser = await openBrowser(t)
  if (!browser) return
  const server = await startServer(t)
  const olga = await ownerWithKeys(server)
  const ann = await makePagePerson(server, olga, 'ann')
  const { uid, email } = (await olga.browser.get('/firefox')).body

  for (const look of looks) {
    await olga.browser.put('/me/language', { language: look.language })
    await ann.browser.put('/me/language', { language: look.language })
    const firefox = fakeFirefox()
    const { page, faults } = await openPage(browser, `${pagesOf(server)}/sign-in`, {
      ...look,
      prepare: firefox.prepare,
    })
    const open = async (at: string = desktopAddress()) => {
      await page.goto('about:blank')
      await page.goto(pagesOf(server) + at)
    }
    const whole = { uid, email, verified: true, sessionToken: 'a'.repeat(64) }
    const views: [string, string, () => Promise<unknown>][] = [
      ['signing in on the way', 'signed-out', () => open()],
      [
        'another server',
        'absent',
        async () => {
          firefox.isElsewhere = true
          await open()
        },
      ],
      [
        'an account without a key',
        'no-keys',
        async () => {
          firefox.isElsewhere = false
          await page.goto(`${pagesOf(server)}/sign-in`)
          await enterWithAuth(page, ann.login, ann.auth)
          await open()
        },
      ],
      [
        'the question',
        'asks',
        async () => {
          await enter(page, olga, '/')
          await open()
        },
      ],
      [
        'signed in again',
        'asks',
        async () => {
          firefox.user = whole
          await open(desktopAddress({ email }))
        },
      ],
      ['signed in already', 'already', () => open()],
      [
        'somebody else',
        'elsewhere',
        async () => {
          firefox.user = { ...whole, uid: 'f'.repeat(32), email: 'somebody.with.a.long.name@localhost' }
          await open()
        },
      ],
      [
        'what goes wrong',
        'asks',
        async () => {
          firefox.user = null
          firefox.answers = { 'fxaccounts:can_link_account': () => ({ error: 'It was not possible here' }) }
          await open()
          await page.waitForSelector('#firefox-connect')
          await page.click('#firefox-connect')
          await page.waitForSelector('[name="proof"]')
          await page.type('[name="proof"]', olga.password)
          await page.keyboard.press('Enter')
          await page.waitForFunction(() => document.querySelector('.alert')?.textContent?.trim())
        },
      ],
      [
        'done',
        'done',
        async () => {
          firefox.answers = {}
          await page.click('#firefox-connect')
          await page.waitForSelector('[data-state="done"]')
        },
      ],
    ]
    for (const [name, stage, show] of views)
      await t.test(`${name} (${look.width}, ${look.language})`, async () => {
        await show()
        await page.waitForFunction(
          (wanted) =>
            document.querySelector(`essaim-firefox[data-state="${wanted}"] h1`) &&
            !document.querySelector('.waiting, .late'),
          {},
          stage,
        )
        await page.evaluate(() => document.fonts.ready)
        assert.equal(await page.$eval('html', ({ lang }) => lang), look.language)
        assert.deepEqual(await faultsOfLooks(page), [])
        assert.deepEqual(await axeFaults(page), [])
        assert.deepEqual(await faults(), [])
      })
    await t.test(`where a telephone ends (${look.width}, ${look.language})`, async () => {
      await open('/oauth/success/a2270f727f45f648?code=x&state=y')
      await page.waitForSelector('h1')
      await page.waitForFunction(() => !document.querySelector('.late'))
      assert.deepEqual(await faultsOfLooks(page), [])
      assert.deepEqual(await axeFaults(page), [])
    })
  }
})

async function enterWithAuth(page: Page, login: string, auth: string): Promise<void> {
  const status = await page.evaluate(async (body) => {
    const headers = { 'Content-Type': 'application/json' }
    return (await fetch('/api/sign-in/password', { method: 'POST', headers, body })).status
  }, JSON.stringify({ login, auth }))
  assert.equal(status, 200)
}
