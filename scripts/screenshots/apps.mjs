// Pictures of what apps ask, of a device's code, and of the list of apps. See ../screenshots.mjs.
import { makeAskingApp } from '../../test/support/asking-app.ts'
import { openPage } from '../../test/support/pages.ts'
import { pagesOf } from '../../test/support/person-at-pages.ts'
import { enter, ownerWithKeys } from '../../test/support/person-with-keys.ts'
import { startServer } from '../../test/support/server.ts'

/** Somebody who lets in a few apps, one of which was busy this week. */
async function makeOlga(server) {
  const olga = await ownerWithKeys(server)
  for (const label of ['Contacts on the telephone', 'Old laptop'])
    await olga.browser.post('/me/app-passwords', { door: 'kinto', label })
  const { text } = await olga.browser.post('/me/tokens', {
    name: 'Backup',
    scopes: ['kinto:default/recipes:rw?days=30', 'kinto:default/travel-notes:r'],
    days: 90,
  })
  const headers = { Authorization: `Bearer ${text}`, 'Content-Type': 'application/json' }
  const records = `${server.url}/v1/buckets/default/collections/recipes/records`
  for (let i = 0; i < 12; i++) await fetch(records, { method: 'POST', headers, body: '{"data":{}}' })
  const { apps } = (await olga.browser.get('/me/apps')).body
  const old = apps.find(({ label }) => label === 'Old laptop')
  await olga.browser.put(`/me/apps/${old.id}`, { paused: true })
  return olga
}

/** Takes them with `browser`, on a server of their own; `shoot({ page }, name)` keeps one. */
export async function appPictures(run, browser, shoot, { desk, phone }) {
  const server = await startServer(run)
  const olga = await makeOlga(server)
  const app = await makeAskingApp(run, pagesOf(server), 'Recipes of the neighbourhood')
  const pages = pagesOf(server)
  const some = app.question('openid kinto:pick:rw?days=90')
  const everything = app.question('kinto:rw')
  const dark = { ...phone, scheme: 'dark', language: 'fr' }
  const open = (page) => page.$$eval('.apps summary', (all) => all[0].click())

  for (const [name, look, address, ready, act] of [
    ['consent', { ...desk, height: 1400 }, some, 'essaim-question form'],
    ['consent-everything-phone-dark', dark, everything, 'essaim-question form'],
    ['device-code-phone', phone, `${pages}/device`, '#code'],
    ['apps', desk, `${pages}/account/apps`, 'essaim-script-keys form', open],
    ['apps-phone-dark', dark, `${pages}/account/apps`, 'essaim-script-keys form'],
  ]) {
    await olga.browser.put('/me/language', { language: look.language })
    const { page } = await openPage(browser, `${pages}/`, look)
    await enter(page, olga, '/')
    await page.goto(address)
    await page.waitForSelector(ready)
    await act?.(page)
    await shoot({ page }, name)
  }
}
