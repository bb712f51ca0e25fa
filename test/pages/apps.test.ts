/** What apps ask, and the list of all of them: looked at, and answered with the keyboard. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeAskingApp } from '../support/asking-app.ts'
import { axeFaults } from '../support/axe.ts'
import { enterOn, tabTo, typeInto } from '../support/keyboard.ts'
import { faultsOfLooks } from '../support/looks.ts'
import { basic } from '../support/people.ts'
import { type Look, openBrowserNamed, openPage } from '../support/pages.ts'
import { openDevice, pagesOf } from '../support/person-at-pages.ts'
import { enter, guestWithKeys, ownerWithKeys, type PersonWithKeys } from '../support/person-with-keys.ts'
import { startServer } from '../support/server.ts'

const looks: readonly (Look & { language: 'en' | 'fr' })[] = [
  { width: 1440, height: 900, scheme: 'light', language: 'en' },
  { width: 360, height: 740, scheme: 'dark', language: 'fr' },
]

/** Shares collections in the default bucket: for each its reader, as the Kinto door writes them. */
async function share(url: string, { login, browser }: PersonWithKeys, readers: Record<string, string[]>) {
  const password = 'seventeen owls at the harbour'
  await browser.post('/me/direct-password', { password })
  for (const [collection, read] of Object.entries(readers)) {
    const answer = await fetch(`${url}/v1/buckets/default/collections/${collection}`, {
      method: 'PUT',
      headers: { Authorization: basic(login, password), 'Content-Type': 'application/json' },
      body: JSON.stringify({ permissions: { read } }),
    })
    assert.ok(answer.ok, await answer.text())
  }
}

const labelsOf = async ({ browser }: PersonWithKeys): Promise<string[]> =>
  (await browser.get('/me/apps')).body.apps.map(({ label }: { label: string }) => label).toSorted()

test('what apps ask and what they were allowed looks right in both languages and widths', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t)
  const olga = await ownerWithKeys(server)
  const app = await makeAskingApp(t, pagesOf(server), 'Recipes of the neighbourhood')
  await olga.browser.post('/me/app-passwords', { door: 'kinto', label: 'Notes on the telephone', days: 90 })
  const scopes = ['kinto:default/recipes:rw?days=30', 'kinto:r']
  const { text } = await olga.browser.post('/me/tokens', { name: 'Backup', scopes })
  const { status } = await fetch(`${server.url}/v1/buckets/default/collections/recipes/records`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${text}`, 'Content-Type': 'application/json' },
    body: '{"data":{}}',
  })
  assert.equal(status, 201)
  await guestWithKeys(server, olga, { login: 'bob' })
  await share(server.url, olga, {
    recipes: ['account:bob', 'system.Everyone'],
    'the-programme-of-the-neighbourhood-for-all-of-next-winter': ['account:bob', 'system.Authenticated'],
  })

  for (const look of looks) {
    await olga.browser.put('/me/language', { language: look.language })
    const { page, faults } = await openPage(browser, `${pagesOf(server)}/`, look)
    await enter(page, olga, '/')
    const views: Record<string, () => Promise<unknown>> = {
      'an app that asks for some things': () =>
        page.goto(app.question('openid profile kinto:pick:rw?days=90 offline_access')),
      'an app that asks for everything': () => page.goto(app.question('kinto:rw')),
      'a question that is over': async () => {
        await page.goto('about:blank')
        await page.goto(`${pagesOf(server)}/consent#${'x'.repeat(30)}`)
      },
      'a code to type': () => page.goto(`${pagesOf(server)}/device`),
      'all apps': () => page.goto(`${pagesOf(server)}/account/apps`),
    }
    for (const [name, open] of Object.entries(views))
      await t.test(`${name} (${look.width}, ${look.language})`, async () => {
        await open()
        await page.waitForFunction(
          () => document.querySelector('h1') && !document.querySelector('.waiting, .late'),
        )
        assert.deepEqual(await faults(), [])
        for (const summary of await page.$$('summary'))
          await summary.evaluate((one) => (one as HTMLElement).click())
        assert.equal(await page.$eval('html', ({ lang }) => lang), look.language)
        assert.deepEqual(await faultsOfLooks(page), [])
        assert.deepEqual(await axeFaults(page), [])
      })
  }
})

for (const name of ['chromium', 'firefox'] as const)
  test(`${name}: a person answers apps with the keyboard`, async (t) => {
    const browser = await openBrowserNamed(t, name)
    if (!browser) return
    const server = await startServer(t)
    const olga = await ownerWithKeys(server)
    const ann = await guestWithKeys(server, olga, { login: 'ann' })
    const app = await makeAskingApp(t, pagesOf(server), 'Recipes')
    const device = await openDevice(browser, server)
    const { page } = device
    await enter(page, ann, '/')

    await t.test('an app that asks for everything is said to do so, and gets a part', async () => {
      await page.goto(app.question('openid kinto:rw'))
      const shown = await device.sees('What may “Recipes” do?')
      assert.match(shown, /asks for everything of this kind/)
      assert.ok(shown.includes(app.host))
      assert.equal(await page.$eval('#allow-1', (box) => (box as HTMLInputElement).checked), false)
      await enterOn(page, 'Allow')
      const answer = await app.answered()
      assert.equal(answer.get('state'), 'as it was')
      const { scope } = await app.redeem(answer.get('code') ?? '')
      assert.equal(scope, 'openid')
    })

    await t.test('a later question is about what is new, and nothing else', async () => {
      await page.goto(app.question('openid kinto:pick:rw'))
      const shown = await device.sees('“Recipes” asks for something more')
      assert.doesNotMatch(shown.slice(shown.indexOf('It asks:'), shown.indexOf('What it may do')), /Know you/)
      // Among radio buttons one goes with arrows.
      await tabTo(page, 'Read and change')
      await page.keyboard.press('ArrowUp')
      await tabTo(page, 'For how long?')
      await page.keyboard.press('7')
      await enterOn(page, 'Allow')
      const { scope } = await app.redeem((await app.answered()).get('code') ?? '')
      assert.equal(scope, 'openid kinto:default/recipes:r?days=7')
    })

    await t.test('nothing ticked is no answer', async () => {
      await page.goto(app.question('profile'))
      await device.sees('See your name and picture')
      await tabTo(page, 'See your name and picture')
      await page.keyboard.press(' ')
      await enterOn(page, 'Allow')
      await device.sees('Nothing is ticked.')
      await enterOn(page, 'Refuse')
      assert.equal((await app.answered()).get('error'), 'access_denied')
    })

    await t.test('she goes on as somebody else, and the question is still there', async () => {
      await page.goto(app.question('openid'))
      await device.sees('You are ann.')
      await enterOn(page, 'Not you? Use another account')
      await device.fill({ login: 'olga', password: olga.password })
      await page.keyboard.press('Enter')
      await device.sees('You are olga.')
      await enterOn(page, 'Allow')
      await app.answered()
      assert.deepEqual(await labelsOf(olga), ['Recipes'])
    })

    await t.test('signing in that leads elsewhere comes back to the question', async () => {
      await page.goto(app.question('openid profile'))
      await device.sees('“Recipes” asks for something more')
      // As another page of the sign-in would, and the place that it ends at.
      await page.goto(`${pagesOf(server)}/pair`)
      await page.goto(`${pagesOf(server)}/`)
      await device.sees('“Recipes” asks for something more')
      // Whoever leaves it by herself is not led back.
      await page.click('a.mark')
      await device.sees('Hello, olga')
    })
    assert.deepEqual(
      (await device.faults()).filter((fault) => !fault.startsWith('request to')),
      [],
    )
  })

for (const name of ['chromium', 'firefox'] as const)
  test(`${name}: a person makes a key for a script, and takes back several at once`, async (t) => {
    const browser = await openBrowserNamed(t, name)
    if (!browser) return
    const server = await startServer(t)
    const olga = await ownerWithKeys(server)
    for (const label of ['Old telephone', 'Notes', 'Television'])
      await olga.browser.post('/me/app-passwords', { door: 'kinto', label })
    const device = await openDevice(browser, server)
    const { page } = device
    await enter(page, olga, '/')
    await device.visit('/account/apps')
    await device.sees('Keys for scripts')

    await t.test('a key is shown once, and opens what was chosen', async () => {
      await typeInto(page, 'What it is for', 'Backup')
      await enterOn(page, 'Make a key')
      await device.sees('Choose what it may use.')
      // Among radio buttons one goes with arrows, from the one that is chosen.
      await tabTo(page, 'Nothing of this')
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press(' ')
      await typeInto(page, 'Its name', 'Recipes')
      await enterOn(page, 'Make a key')
      await device.sees('Your key')
      const key = await page.$eval('dialog essaim-secret output', (one) => one.textContent ?? '')
      const headers = { Authorization: `Bearer ${key}` }
      const status = async (collection: string) =>
        (await fetch(`${server.url}/v1/buckets/default/collections/${collection}/records`, { headers }))
          .status
      assert.deepEqual([await status('recipes'), await status('notes')], [200, 403])
      await enterOn(page, 'I have put it into the script')
      await device.sees('Key for a script')
      assert.ok(!(await page.content()).includes(key))
    })

    await t.test('those that she ticks are over at once', async () => {
      await tabTo(page, 'Choose Old telephone')
      await page.keyboard.press(' ')
      await tabTo(page, 'Choose Television')
      await page.keyboard.press(' ')
      await device.sees('2 are chosen')
      await device.press('Take back those chosen')
      const shown = await device.sees('Take everything back from 2?')
      assert.match(shown, /Old telephone/)
      await enterOn(page, 'Take back')
      await device.sees('2 no longer get in.')
      assert.deepEqual(await labelsOf(olga), ['Backup', 'Notes'])
    })
    assert.deepEqual(await device.faults(), [])
  })

test('what was not used for 60 days is offered to be taken back at once', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t)
  const olga = await ownerWithKeys(server)
  await olga.browser.post('/me/app-passwords', { door: 'kinto', label: 'Forgotten' })
  const prepare: Look['prepare'] = async (page) => {
    await page.evaluateOnNewDocument(() => {
      // Sixty-one days later, as far as the page can tell.
      const now = Date.now
      Date.now = () => now() + 61 * 86_400_000
    })
  }
  const device = await openDevice(browser, server, '/', { prepare })
  await enter(device.page, olga, '/account/apps')
  await device.sees('One was not used for 60 days.')
  await device.press('Take back all that were not used')
  assert.match(await device.sees('Take back everything unused?'), /Forgotten/)
  await device.press('Take back')
  // The server goes by its own clock.
  await device.sees('0 no longer get in.')
  assert.deepEqual(await labelsOf(olga), ['Forgotten'])
})

test('a person stops sharing with the keyboard, one thing and then all of somebody', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t)
  const olga = await ownerWithKeys(server)
  await guestWithKeys(server, olga, { login: 'bob' })
  const device = await openDevice(browser, server)
  const { page } = device
  const shared = async (): Promise<string[]> =>
    (await olga.browser.get('/me/shared')).body.shared.map(
      ({ thing, whom }: { thing: string; whom: { kind: string } }) => `${whom.kind}: ${thing}`,
    )
  await enter(page, olga, '/account/apps')
  await device.sees('Nothing of yours is shared with anybody.')
  await share(server.url, olga, {
    notes: ['account:bob', 'system.Everyone'],
    plans: ['account:bob'],
    songs: ['account:bob'],
  })
  await device.visit('/account/apps')
  const shown = await device.sees('The collection “notes”, in your own space')
  assert.match(shown, /Everybody, by its address/)
  assert.match(shown, /May read it\. Until it is taken back\. It was shared on purpose/)

  await enterOn(page, 'Take back: The collection “notes”, in your own space (Everybody, by its address)')
  await device.sees('No longer share: The collection “notes”, in your own space?')
  await enterOn(page, 'Take back')
  await device.sees('No longer shared: The collection “notes”')
  assert.equal((await shared()).length, 3)

  await enterOn(page, 'Take back everything: bob')
  await device.sees('Share nothing more with: bob?')
  await enterOn(page, 'Take back everything')
  await device.sees('3 things are no longer shared.')
  await device.sees('Nothing of yours is shared with anybody.')
  assert.deepEqual(await shared(), [])
  await device.visit('/account/security')
  await device.sees('You no longer share 3 things with bob.')
  await device.sees('You no longer share “notes” with everybody.')
  assert.deepEqual(await device.faults(), [])
})
