/** The page that connects a Firefox, and the one of browsers that sync: looked at, read, and used with the keyboard. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { kindOf } from '../../web/src/firefox/seen.ts'
import { axeFaults } from '../support/axe.ts'
import { enterOn, tabTo } from '../support/keyboard.ts'
import { faultsOfLooks } from '../support/looks.ts'
import { type Look, openBrowserNamed, openPage } from '../support/pages.ts'
import { openDevice, pagesOf } from '../support/person-at-pages.ts'
import { enter, guestWithKeys, ownerWithKeys, type PersonWithKeys } from '../support/person-with-keys.ts'
import { startServer } from '../support/server.ts'

const looks: readonly (Look & { language: 'en' | 'fr' })[] = [
  { width: 1440, height: 900, scheme: 'light', language: 'en' },
  { width: 360, height: 740, scheme: 'dark', language: 'fr' },
  { width: 360, height: 740, scheme: 'light', language: 'en' },
  { width: 1440, height: 900, scheme: 'dark', language: 'fr' },
]

const withFirefox = { ESSAIM_DOORS: 'kinto,sync,fxa' }
const markup = '<img src=x onerror=planted=1>'

/** Lets a desktop in, as the page of the sign-in does at the end. */
async function letIn({ browser }: PersonWithKeys, name: string): Promise<void> {
  const text = (bytes: number) => randomBytes(bytes).toString('base64url')
  await browser.post('/firefox/connect', {
    client: '5882386c6d801776',
    scope: 'https://identity.mozilla.com/apps/oldsync profile',
    state: text(16),
    challenge: text(32),
    offline: true,
    keysJwe: `${text(60)}..${text(12)}.${text(200)}.${text(16).slice(0, 22)}`,
    // One key of Sync for all of hers.
    kid: `1790000000000-${Buffer.alloc(16, 7).toString('base64url')}`,
    name,
  })
}

const namesOf = async ({ browser }: PersonWithKeys): Promise<string[]> =>
  (await browser.get('/me/browsers')).body.browsers.map(({ name }: { name: string }) => name).toSorted()

/** A page whose server says of the storage what is given, and else what it says. */
const storing =
  (stored: object): NonNullable<Look['prepare']> =>
  async (page) => {
    await page.evaluateOnNewDocument((given) => {
      const real = globalThis.fetch
      globalThis.fetch = async (...asked) => {
        const answer = await real(...asked)
        if (!String(asked[0]).endsWith('/api/me/browsers')) return answer
        return new Response(JSON.stringify({ ...(await answer.json()), stored: given }))
      }
    }, stored)
  }

const all = {
  collections: [
    ...Object.entries({ bookmarks: 912_345, history: 98_123_456, passwords: 98_234, tabs: 12_345 }),
    ...Object.entries({
      'extension-storage': 4_096,
      meta: 330,
      crypto: 530,
      'a.name_of-32-characters-here.xyz': 80,
    }),
  ].map(([name, bytes]) => ({ name, bytes, count: Math.ceil(bytes / 37) })),
  bytes: 99_151_416,
  last: Date.now() - 600_000,
}

test('a Firefox is told from other browsers, and by what it runs on', () => {
  const apple = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'
  for (const [agent, kind] of [
    ['Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0', 'computer'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:153.0) Gecko/20100101 Firefox/153.0', 'computer'],
    ['Mozilla/5.0 (Android 15; Mobile; rv:153.0) Gecko/153.0 Firefox/153.0', 'android'],
    [`Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) ${apple} FxiOS/153.0 Mobile Safari/605`, 'ios'],
    [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15) ${apple} FxiOS/153.0 Safari/605.1.15`, 'ios'],
    ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0', 'other'],
    ['Mozilla/5.0 (Windows NT 10.0; rv:60.0) Gecko/20100101 Firefox/60.0 SeaMonkey/2.53', 'other'],
    ['', 'other'],
  ] as const)
    assert.equal(kindOf(agent), kind, agent)
})

test('the pages about Firefox look right in both languages, widths and colours', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t, withFirefox)
  const olga = await ownerWithKeys(server)
  const ann = await guestWithKeys(server, olga, { login: 'ann' })
  for (const name of ['Firefox of Olga on the laptop in the kitchen', markup, 'F'.repeat(100)])
    await letIn(olga, name)
  const paths: readonly [PersonWithKeys | undefined, string][] = [
    [undefined, '/firefox'],
    [olga, '/'],
    [olga, '/firefox'],
    [olga, '/account/browsers'],
    [ann, '/account/browsers'],
  ]
  for (const look of looks)
    for (const [person, path] of paths)
      await t.test(
        `${path}, ${person?.login ?? 'nobody'} (${look.width}, ${look.scheme}, ${look.language})`,
        async () => {
          await person?.browser.put('/me/language', { language: look.language })
          const prepare = person === olga ? storing(all) : undefined
          const { page, context, faults } = await openPage(browser, `${pagesOf(server)}/`, {
            ...look,
            ...(prepare && { prepare }),
          })
          if (person) await enter(page, person, '/')
          await page.goto('about:blank')
          await page.goto(pagesOf(server) + path)
          await page.waitForFunction(
            () => document.querySelector('h1') && !document.querySelector('.waiting, .late'),
          )
          for (const summary of await page.$$('details:not([open]) > summary'))
            await summary.evaluate((one) => (one as HTMLElement).click())
          assert.equal(await page.$eval('html', ({ lang }) => lang), look.language)
          assert.deepEqual(await faultsOfLooks(page), [])
          assert.deepEqual(await axeFaults(page), [])
          assert.deepEqual(await faults(), [])
          await context.close()
        },
      )
})

for (const name of ['chromium', 'firefox'] as const)
  test(`${name}: a person disconnects a browser with the keyboard, and markup in a name is a text`, async (t) => {
    const browser = await openBrowserNamed(t, name)
    if (!browser) return
    const server = await startServer(t, withFirefox)
    const olga = await ownerWithKeys(server)
    await letIn(olga, markup)
    await letIn(olga, 'Laptop')
    const device = await openDevice(browser, server, '/', { prepare: storing(all) })
    const { page } = device
    await enter(page, olga, '/')
    await enterOn(page, 'Browsers')
    const shown = await device.sees('What is stored')
    assert.ok(shown.includes(markup))
    assert.match(shown, /Bookmarks\s+24,658\s+912\.3 kB/)
    assert.match(shown, /All together\s+\S+\s+99\.2 MB/)

    await enterOn(page, 'Disconnect Laptop')
    await device.sees('Disconnect Laptop?')
    await page.keyboard.press('Escape')
    await device.misses('Disconnect Laptop?')
    assert.deepEqual(await namesOf(olga), [markup, 'Laptop'].toSorted())

    await enterOn(page, `Disconnect ${markup}`)
    await device.sees(`Disconnect ${markup}?`)
    await enterOn(page, 'Disconnect')
    await device.sees(`${markup} is disconnected.`)
    assert.deepEqual(await namesOf(olga), ['Laptop'])
    // Where what was removed had the focus, it is in the list now.
    assert.ok(await page.evaluate(() => document.activeElement?.matches('[tabindex="-1"]')))
    assert.equal(await page.evaluate(() => 'planted' in globalThis), false)

    await enterOn(page, 'Connect a Firefox')
    await device.sees('Did it work?')
    assert.deepEqual(await device.faults(), [])
  })

for (const name of ['chromium', 'firefox'] as const)
  test(`${name}: who is not signed in is told what to set, for what she has before her`, async (t) => {
    const browser = await openBrowserNamed(t, name)
    if (!browser) return
    const server = await startServer(t, withFirefox)
    const device = await openDevice(browser, server, '/firefox')
    const shown = await device.sees('identity.fxaccounts.autoconfig.uri')
    const { port } = new URL(server.url)
    assert.ok(shown.includes('about:config') && shown.includes(`http://localhost:${port}`))
    assert.match(shown, /identity\.fxaccounts\.allowHttp/)
    assert.equal(/On a computer\s*your device/.test(shown), name === 'firefox')
    assert.equal(shown.includes('This is another browser.'), name === 'chromium')
    await tabTo(device.page, 'On Android')
    await device.page.keyboard.press('Enter')
    assert.ok((await device.sees('Sync Debug')).includes(`http://localhost:${port}/1.0/sync/1.5`))
    assert.deepEqual(await device.faults(), [])
  })

test('where the server keeps no accounts for browsers, the page says so, and nothing leads there', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t, { ESSAIM_DOORS: 'kinto' })
  const olga = await ownerWithKeys(server)
  const device = await openDevice(browser, server, '/firefox')
  await device.sees('This server does not take part in Firefox Sync at present.')
  await enter(device.page, olga, '/')
  assert.doesNotMatch(await device.sees('Hello, olga'), /Browsers|Connect Firefox/)
  assert.deepEqual(await device.faults(), [])
})
