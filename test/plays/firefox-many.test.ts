/** Alice has kept thousands of bookmarks: they go in batches, and come whole. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addBookmarks, bookmarksOf } from '../support/firefox-data.ts'
import { connect, giveName, openOwnFirefox } from '../support/firefox-person.ts'
import { addressOf, begins, eventually, trySync } from '../support/firefox-sync.ts'
import { ownerWithKeys } from '../support/person-with-keys.ts'
import { startServer } from '../support/server.ts'

const many = 5_000

test(`${many} bookmarks travel from one Firefox to another`, async (t) => {
  const server = await startServer(t)
  const alice = await ownerWithKeys(server, { login: 'alice' })
  const laptop = await openOwnFirefox(t, server, { name: 'Laptop' })
  if (!laptop) return
  const all = Array.from({ length: many }, (_, i) => ({
    title: `Number ${i}, of many that she meant to read`,
    url: `https://library.example/shelf/${i % 97}/book/${i}`,
  }))

  await t.test(
    'the server is killed while the first uploads them: nothing of the batch is there',
    async () => {
      await addBookmarks(laptop, all)
      await laptop.page.visit(await addressOf(laptop, 'sign-in'))
      await giveName(laptop, alice)
      await laptop.page.press('Sign in to Firefox')
      await begins(laptop, 'bookmarks')
      await server.kill()
      await server.restart()
      const { stored } = (await alice.browser.get('/me/browsers')).body
      assert.equal(
        stored.collections.some(({ name }: { name: string }) => name === 'bookmarks'),
        false,
      )
    },
  )

  await t.test('it begins again, and uploads them all', async () => {
    await eventually('it ends well', async () => (await trySync(laptop)).service === 'success.status_ok')
    const { stored } = (await alice.browser.get('/me/browsers')).body
    const bookmarks = stored.collections.find(({ name }: { name: string }) => name === 'bookmarks')
    assert.ok(bookmarks.count > many)
    await laptop.close()
  })

  const desktop = await openOwnFirefox(t, server, { name: 'Desktop' })
  if (!desktop) return
  await t.test('the second has every one, in their order', async () => {
    await connect(desktop, alice)
    assert.deepEqual(await bookmarksOf(desktop), all)
  })
})
