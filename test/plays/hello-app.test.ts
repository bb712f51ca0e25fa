/** An app that is one page without a line of ours: let in, used, paused, narrowed, taken back, in real browsers. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { axeFaults } from '../support/axe.ts'
import { openBrowserNamed } from '../support/pages.ts'
import { openDevice, pagesOf } from '../support/person-at-pages.ts'
import { ownerWithKeys } from '../support/person-with-keys.ts'
import { startServer } from '../support/server.ts'
import { servePage } from '../support/static-page.ts'

const hello = join(import.meta.dirname, '../../docs/apps/hello.html')

for (const name of ['chromium', 'firefox'] as const)
  test(`${name}: a page of somebody else gets what a person chose, for as long as she chose`, async (t) => {
    const browser = await openBrowserNamed(t, name)
    if (!browser) return
    const server = await startServer(t)
    const olga = await ownerWithKeys(server)
    const address = await servePage(t, hello)
    const app = await openDevice(browser, server)
    const pages = await openDevice(browser, server, '/', { context: app.context })

    // A tab that is not in front may be put to sleep.
    const reload = async () => {
      await app.page.bringToFront()
      await app.page.goto(address)
      await app.sees('Hello, notes')
    }
    const signIn = async () => {
      await reload()
      await app.fill({ server: pagesOf(server) })
      await app.press('Sign in')
    }
    const atApps = async () => {
      await pages.page.bringToFront()
      await pages.visit('/account/apps')
      await pages.sees('Keys for scripts')
    }
    /** What the server answers the app's token. */
    const status = async (path: string) => {
      const token = await app.page.evaluate(() => JSON.parse(sessionStorage['access']).token as string)
      const headers = { Authorization: `Bearer ${token}` }
      return (await fetch(server.url + path, { headers })).status
    }
    const notes = '/v1/buckets/default/collections/travel-notes/records'

    await t.test('she signs in on the way, and sees who asks for what', async () => {
      await signIn()
      await app.fill({ login: 'olga', password: olga.password })
      await app.press('Sign in')
      const shown = await app.sees('What may “Hello, notes” do?')
      assert.match(shown, /Nobody has checked this name\./)
      assert.match(shown, /Which collection may it use\?/)
      assert.ok(shown.includes(new URL(address).host))
      assert.doesNotMatch(app.page.url(), /#/)
      assert.deepEqual(await axeFaults(app.page), [])
    })

    await t.test('what she refuses it does not get', async () => {
      await app.press('Refuse')
      await app.sees('the person said no')
      assert.deepEqual((await olga.browser.get('/me/apps')).body.apps, [])
    })

    await t.test('it reads and writes where she lets it, and nowhere else', async () => {
      await signIn()
      await app.sees('What may “Hello, notes” do?')
      await app.fill({ 'new-0': 'Travel notes' })
      await app.press('Allow')
      await app.fill({ title: 'Lorient' })
      await app.press('Add')
      await app.sees('Lorient')
      const { allowed } = (await olga.browser.get('/me/apps')).body.apps[0]
      assert.deepEqual(
        allowed.map(({ scope }: { scope: string }) => scope),
        ['kinto:default/travel-notes:rw'],
      )
      assert.equal(await status(notes), 200)
      assert.equal(await status('/v1/buckets/default/collections/other/records'), 403)
    })

    await t.test('while it is paused it is refused, and then goes on', async () => {
      await atApps()
      await pages.press('Pause Hello, notes')
      await pages.sees('Hello, notes is paused.')
      assert.equal(await status(notes), 401)
      await pages.press('Let it in again: Hello, notes')
      await pages.sees('gets in again.')
      assert.equal(await status(notes), 200)
    })

    await t.test('it loses the one thing that she takes away', async () => {
      await atApps()
      await pages.page.$$eval('essaim-one-app summary', ([one]) => (one as HTMLElement).click())
      await pages.press('Why may it?')
      await pages.sees('It is about what is yours.')
      await pages.sees('It used: travel-notes')
      await pages.press('Take away “Read and change “travel-notes”” from Hello, notes')
      await pages.press('Take away')
      await pages.sees('Hello, notes has lost')
      await reload()
      await app.sees('Ask for that scope, or do without.')
    })

    await t.test('it asks again, and makes do with less', async () => {
      await app.fill({ server: pagesOf(server) })
      await app.press('Sign in')
      await app.sees('Which collection may it use?')
      await app.page.click('input[value="default/travel-notes"]')
      await app.page.click('input[name="verb-0"][value="r"]')
      await app.press('Allow')
      await app.sees('Lorient')
      assert.equal(await app.page.$eval('#add', (form) => (form as HTMLElement).hidden), true)
    })

    await t.test('what she takes back is over with the next request', async () => {
      await atApps()
      await pages.press('Take back everything from Hello, notes')
      await pages.press('Take back')
      await pages.sees('You have let in no app yet.')
      await reload()
      await app.sees('Sign in again.')
      assert.deepEqual(await pages.faults(), [])
    })
  })
