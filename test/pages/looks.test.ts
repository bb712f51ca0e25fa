/** Every page about the person and of the administration: fits, is read out, can be read, and jumps nowhere. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { axeFaults } from '../support/axe.ts'
import { faultsOfLooks } from '../support/looks.ts'
import { type Look, openBrowserNamed, openPage } from '../support/pages.ts'
import { enter, guestWithKeys, ownerWithKeys } from '../support/person-with-keys.ts'
import { pagesOf } from '../support/person-at-pages.ts'
import { startServer } from '../support/server.ts'

const looks: readonly (Look & { language: 'en' | 'fr' })[] = [
  { width: 1440, height: 900, scheme: 'light', language: 'en' },
  { width: 360, height: 740, scheme: 'dark', language: 'fr' },
]

test('the pages about the person and of the administration look right in both languages and widths', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t)
  const olga = await ownerWithKeys(server)
  const ann = await guestWithKeys(server, olga, { login: 'ann', role: 'inviter' })
  await olga.browser.post('/me/invitations', { label: 'Zoë', role: 'person', most: 3, days: 7 })
  const wanted = { door: 'kinto', label: 'Notes on the telephone', days: 90 }
  const { text } = await olga.browser.post('/me/app-passwords', wanted)
  const note = { data: { title: 'Bread', text: 'Flour, water, salt'.repeat(20) } }
  await fetch(`${server.url}/v1/buckets/default/collections/notes/records/bread`, {
    method: 'PUT',
    headers: {
      Authorization: `Basic ${Buffer.from(`olga:${text}`).toString('base64')}`,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify(note),
  })
  const collection = new URLSearchParams({
    home: String((await olga.browser.get('/me/data')).body.home),
    title: 'Apps',
    path: 'kinto',
  })
  const paths = [
    '/',
    '/account/devices',
    '/account/security',
    '/account/data',
    `/account/data#${collection}`,
    `/account/data#${collection}&collection=kinto%2Fcollections%2Fnotes%2Frecords`,
    '/account/profile',
    '/account/operator',
    '/admin/people',
    `/admin/people#${ann.id}`,
    '/admin/invitations',
    '/admin/providers',
    '/admin/settings',
    '/admin/server',
    '/admin/log',
  ]

  for (const look of looks) {
    await olga.browser.put('/me/language', { language: look.language })
    const { page } = await openPage(browser, `${pagesOf(server)}/`, look)
    await enter(page, olga, '/')
    for (const path of paths)
      await t.test(`${path.split(/[=&]/)[0]} (${look.width}, ${look.language})`, async () => {
        await page.goto('about:blank')
        await page.goto(pagesOf(server) + path)
        await page.waitForFunction(
          () => document.querySelector('.wide h1') && !document.querySelector('.waiting'),
        )
        for (const summary of await page.$$('summary'))
          await summary.evaluate((one) => (one as HTMLElement).click())
        assert.deepEqual(await page.$eval('html', ({ lang }) => lang), look.language)
        assert.deepEqual(await faultsOfLooks(page), [])
        assert.deepEqual(await axeFaults(page), [])
        const faults = () => (globalThis as unknown as { essaimFaults: string[] }).essaimFaults
        assert.deepEqual(await page.evaluate(faults), [])
      })
  }
})
