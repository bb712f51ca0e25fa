// Pictures of how a Firefox is connected, and of two that sync: real ones, with things of a person in them. See
// ../screenshots.mjs.
import { addBookmarks, addLogin, addVisits } from '../../test/support/firefox-data.ts'
import { connect, openOwnFirefox } from '../../test/support/firefox-person.ts'
import { sync } from '../../test/support/firefox-sync.ts'
import { openPage } from '../../test/support/pages.ts'
import { pagesOf } from '../../test/support/person-at-pages.ts'
import { enter, ownerWithKeys } from '../../test/support/person-with-keys.ts'
import { startServer } from '../../test/support/server.ts'

const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0'
const address = 'https://cloud.example'

/** Looks as it does in a Firefox, and on a server under a name of its own. */
async function asFirefox(page) {
  await page.setUserAgent({ userAgent: agent })
  await page.evaluateOnNewDocument((publicUrl) => {
    const real = globalThis.fetch
    globalThis.fetch = async (...asked) => {
      const answer = await real(...asked)
      if (!String(asked[0]).endsWith('/api/state')) return answer
      return new Response(JSON.stringify({ ...(await answer.json()), publicUrl }))
    }
  }, address)
}

/** Somebody with two Firefox, and what one has after a while. */
async function makeBrowsers(run, server, olga) {
  const test = { ...run, afterEach: () => {}, diagnostic: () => {} }
  const things = (count) =>
    Array.from({ length: count }, (_, i) => ({ title: `Thing ${i}`, url: `https://things.example/${i}` }))
  for (const [name, count] of [
    ['Firefox in the study', 120],
    ['Laptop', 30],
  ]) {
    const firefox = await openOwnFirefox(test, server, { name })
    await addBookmarks(firefox, things(count))
    await addVisits(firefox, things(count * 4))
    await addLogin(firefox, 'https://things.example', `olga-${count}`, 'not this one')
    await connect(firefox, olga)
    await sync(firefox)
  }
}

/** Takes them with `browser`, on a server of their own; `shoot({ page }, name)` keeps one. */
export async function firefoxPictures(run, browser, shoot, { desk, phone }) {
  const dark = { ...phone, scheme: 'dark', language: 'fr' }
  const server = await startServer(run)
  const olga = await ownerWithKeys(server)
  for (const [name, look] of [
    ['connect-firefox', { ...desk, height: 1400 }],
    ['connect-firefox-phone-dark', dark],
  ]) {
    const { page } = await openPage(browser, `${pagesOf(server)}/firefox`, { ...look, prepare: asFirefox })
    await page.waitForSelector('.way')
    await shoot({ page }, name)
  }
  // Before her password is stretched as the pages do, which the browsers bring about.
  const { page: first, context } = await openPage(browser, `${pagesOf(server)}/`)
  await enter(first, olga, '/')
  await makeBrowsers(run, server, olga)
  for (const [name, look] of [
    ['browsers', { ...desk, height: 1200 }],
    ['browsers-phone-dark', dark],
  ]) {
    await olga.browser.put('/me/language', { language: look.language })
    const { page } = await openPage(browser, `${pagesOf(server)}/account/browsers`, { ...look, context })
    await page.waitForSelector('.figures-table')
    await shoot({ page }, name)
  }
}
