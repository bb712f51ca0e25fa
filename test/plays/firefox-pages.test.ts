/** What Firefox opens of our pages, and what they do in it: choosing, settings, a new name, disconnecting. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addBookmarks, bookmarksOf, openTabs } from '../support/firefox-data.ts'
import { connect, giveName, letIn, openOwnFirefox } from '../support/firefox-person.ts'
import { addressOf, declined, eventually, syncState, untilStatus } from '../support/firefox-sync.ts'
import { guestWithKeys, ownerWithKeys } from '../support/person-with-keys.ts'
import { startServer } from '../support/server.ts'

const heron = { title: 'Herons', url: 'https://birds.example/heron' }

test('our pages are at home in Firefox', async (t) => {
  const server = await startServer(t)
  const olga = await ownerWithKeys(server)
  const alice = await guestWithKeys(server, olga, { login: 'alice' })
  const laptop = await openOwnFirefox(t, server, { name: 'Laptop' })
  if (!laptop) return
  const { page, origin } = laptop
  const visit = async (opened: Parameters<typeof addressOf>[1]) => page.visit(await addressOf(laptop, opened))
  const stored = async () => (await alice.browser.get('/me/browsers')).body.stored

  await t.test('she chooses what is synchronised, and nothing else is', async () => {
    await addBookmarks(laptop, [heron])
    await visit('sign-in')
    await giveName(laptop, alice)
    await page.tick('engine-passwords', false)
    await page.tick('engine-history', false)
    await letIn(laptop)
    const off = await declined(laptop)
    assert.deepEqual(
      [off.includes('passwords'), off.includes('history'), off.includes('bookmarks')],
      [true, true, false],
    )
    const names = (await stored()).collections.map(({ name }: { name: string }) => name)
    assert.deepEqual([names.includes('bookmarks'), names.includes('passwords')], [true, false])
  })

  await t.test('once it is signed in, the page says so, and opens the settings of Sync', async () => {
    await visit('sign-in')
    await page.sees('It is signed in as alice@localhost.')
    await page.press('Open its Sync settings')
    await eventually('the settings', async () =>
      (await openTabs(laptop)).some((address) => address.startsWith('about:preferences')),
    )
  })

  await t.test(
    'its menu leads to her account, her browsers, her picture, and to another device',
    async () => {
      await visit('settings')
      await page.sees('Hello, alice')
      await visit('devices')
      await page.sees(/Laptop[^]*Disconnect/)
      await visit('picture')
      await page.sees('Save the name')
      await visit('another-device')
      await page.sees('identity.fxaccounts.autoconfig.uri')
    },
  )

  await t.test('it calls her as she calls herself', async () => {
    await page.visit(`${origin}/account/profile`)
    await page.fill({ name: 'Alice of the weir' })
    await page.press('Save the name')
    await page.sees('Your name is saved.')
    await eventually('her name in the menu', async () => {
      const { displayName } = await syncState(laptop)
      return displayName === 'Alice of the weir'
    })
  })

  await t.test('somebody else on the page is told whose Firefox it is', async () => {
    await page.visit(`${origin}/`)
    await page.press('Sign out')
    await giveName(laptop, olga)
    await page.sees('Hello, olga')
    await visit('sign-in')
    await page.sees('Firefox is signed in as alice@localhost, and you are olga@localhost here.')
    await page.press('Go on as alice@localhost')
    await page.fill({ password: alice.password })
    await page.press('Sign in')
    await page.sees('It is signed in as alice@localhost.')
  })

  await t.test('she disconnects it on the page, and it keeps what it has', async () => {
    await page.press('Disconnect this Firefox')
    await page.press('Disconnect this Firefox')
    await page.sees('It has access to nothing here any more.')
    await untilStatus(laptop, 'not_configured')
    const { browsers } = (await alice.browser.get('/me/browsers')).body
    assert.deepEqual(browsers, [])
    assert.deepEqual(await bookmarksOf(laptop), [heron])
  })

  await t.test('and connects it again', async () => {
    await page.visit(`${origin}/`)
    await page.press('Sign out')
    await connect(laptop, alice)
    assert.deepEqual(await bookmarksOf(laptop), [heron])
  })

  await t.test('she deletes her account, and it lets go of it', async () => {
    await page.visit(`${origin}/account/profile`)
    await page.press('Delete my account')
    await page.fill({ confirm: 'alice' })
    await page.press('Delete my account')
    await page.sees('Your account is being deleted')
    await untilStatus(laptop, 'not_configured')
    assert.deepEqual(await bookmarksOf(laptop), [heron])
  })
})
