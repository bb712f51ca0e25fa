/** Alice makes an account out of her Firefox, and her second Firefox has what the first one had. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makePageOwner } from '../support/browser-session.ts'
import {
  addBookmarks,
  addLogin,
  addVisits,
  bookmarksOf,
  hasVisited,
  loginsOf,
  removeBookmark,
  renameBookmark,
  tabsElsewhere,
} from '../support/firefox-data.ts'
import { copyWords } from '../support/firefox-page.ts'
import { connect, letIn, openOwnFirefox } from '../support/firefox-person.ts'
import { eventually, addressOf, sync, syncState } from '../support/firefox-sync.ts'
import { startServer } from '../support/server.ts'

const alice = { login: 'alice', password: 'nine terns over the sandbank' }
const heron = { title: 'Herons', url: 'https://birds.example/heron' }
const tern = { title: 'Terns', url: 'https://birds.example/tern' }
const gull = { title: 'Gulls', url: 'https://birds.example/gull' }
const site = 'https://weir.example'

test('an account is made in Firefox, and another Firefox has what the first one had', async (t) => {
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  await olga.browser.put('/admin/settings', { registration: 'open' })
  const laptop = await openOwnFirefox(t, server, { name: 'Laptop' })
  if (!laptop) return

  await t.test('she makes an account on the page that Firefox opens, and it synchronises', async () => {
    await addBookmarks(laptop, [heron, tern])
    await addLogin(laptop, site, 'alice', 'secret of the weir')
    await addVisits(laptop, [{ title: 'Weir', url: `${site}/today` }])
    await laptop.page.visit(await addressOf(laptop, 'sign-in'))
    await laptop.page.press('Make an account')
    await laptop.page.sees('I have an account: sign in')
    await laptop.page.fill(alice)
    await laptop.page.press('Make the account')
    await copyWords(laptop.page)
    await laptop.page.press('Finish')
    const { email } = await letIn(laptop)
    assert.equal(email, 'alice@localhost')
  })

  const desktop = await openOwnFirefox(t, server, { name: 'Desktop' })
  if (!desktop) return
  await t.test(
    'her second Firefox signs in, and has bookmarks, passwords and history of the first',
    async () => {
      const { uid } = await connect(desktop, alice)
      assert.equal(uid, (await syncState(laptop)).uid)
      assert.deepEqual(await bookmarksOf(desktop), [heron, tern])
      assert.deepEqual(await loginsOf(desktop, site), [{ user: 'alice', password: 'secret of the weir' }])
      assert.equal(await hasVisited(desktop, `${site}/today`), true)
    },
  )

  await t.test('what changes in one is changed in the other, both ways', async () => {
    await addBookmarks(desktop, [gull])
    await renameBookmark(desktop, tern.url, 'Arctic terns')
    await addLogin(desktop, site, 'weir-keeper', 'another secret')
    await sync(desktop)
    await sync(laptop)
    assert.deepEqual(await bookmarksOf(laptop), [heron, { ...tern, title: 'Arctic terns' }, gull])
    assert.equal((await loginsOf(laptop, site)).length, 2)
    await removeBookmark(laptop, gull.url)
    await addVisits(laptop, [{ title: 'Flood', url: `${site}/flood` }])
    await sync(laptop)
    await sync(desktop)
    assert.deepEqual(await bookmarksOf(desktop), [heron, { ...tern, title: 'Arctic terns' }])
    assert.equal(await hasVisited(desktop, `${site}/flood`), true)
  })

  await t.test('each knows the other and its tabs', async () => {
    const page = `${laptop.origin}/account/data`
    await laptop.page.visit(page)
    await eventually('the laptop’s tab is known', async () => {
      await sync(laptop)
      await sync(desktop)
      const [other] = await tabsElsewhere(desktop)
      return other?.name === 'Laptop' && other.tabs.includes(page)
    })
  })

  await t.test(
    'of two changes of one bookmark the same holds in both; an edited one outlives a removal',
    async () => {
      await renameBookmark(laptop, heron.url, 'Herons, said the laptop')
      await removeBookmark(laptop, tern.url)
      await sync(laptop)
      await renameBookmark(desktop, heron.url, 'Herons, said the desktop')
      await renameBookmark(desktop, tern.url, 'Terns, still')
      await sync(desktop)
      await sync(laptop)
      const there = await bookmarksOf(desktop)
      assert.deepEqual(await bookmarksOf(laptop), there)
      const title = (url: string) => there.find((one) => one.url === url)?.title ?? ''
      // Firefox compares times of whole seconds: which of the two it takes is not the server's to say.
      assert.match(title(heron.url), /^Herons, said the (laptop|desktop)$/)
      assert.equal(title(tern.url), 'Terns, still')
    },
  )
})
