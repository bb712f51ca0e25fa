/** A server is restarted and its secret key replaced while Firefox synchronises; a browser is disconnected; one signs out. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { essaim, placeOf } from '../support/command.ts'
import { addBookmarks, bookmarksOf } from '../support/firefox-data.ts'
import { connect, letIn, openOwnFirefox } from '../support/firefox-person.ts'
import {
  addressOf,
  eventually,
  signOut,
  sync,
  syncState,
  trySync,
  untilStatus,
} from '../support/firefox-sync.ts'
import { ownerWithKeys } from '../support/person-with-keys.ts'
import { startServer } from '../support/server.ts'

const bird = (name: string) => ({ title: name, url: `https://birds.example/${name}` })

test('Firefox goes on through restarts and new secrets, and ends at once where she ends it', async (t) => {
  const server = await startServer(t)
  const alice = await ownerWithKeys(server, { login: 'alice' })
  const laptop = await openOwnFirefox(t, server, { name: 'Laptop' })
  if (!laptop) return
  const desktop = await openOwnFirefox(t, server, { name: 'Desktop' })
  if (!desktop) return
  const browsers = async () => (await alice.browser.get('/me/browsers')).body.browsers

  await t.test('both are signed in, and her page shows them', async () => {
    await connect(laptop, alice)
    await connect(desktop, alice)
    await eventually('their names', async () => {
      const names = (await browsers()).map(({ name }: { name: string }) => name)
      return names.toSorted().join() === 'Desktop,Laptop'
    })
  })

  await t.test('the server is restarted, and they go on', async () => {
    await addBookmarks(laptop, [bird('heron')])
    await server.restart()
    await sync(laptop)
    await sync(desktop)
    assert.deepEqual(await bookmarksOf(desktop), [bird('heron')])
  })

  await t.test(
    'its secret key is replaced, and it is restarted: they go on with the same sign-in',
    async () => {
      const { code, stderr } = await essaim(['secret', 'rotate'], placeOf(server))
      assert.equal(code, 0, stderr)
      await addBookmarks(desktop, [bird('tern')])
      await sync(desktop)
      await server.restart()
      await sync(laptop)
      assert.deepEqual(await bookmarksOf(laptop), [bird('heron'), bird('tern')])
      assert.equal((await syncState(laptop)).status, 'signed_in')
    },
  )

  await t.test('Firefox is closed and opened again, and goes on', async () => {
    await laptop.restart()
    await addBookmarks(laptop, [bird('gull')])
    await sync(laptop)
    await sync(desktop)
    assert.deepEqual(await bookmarksOf(desktop), [bird('heron'), bird('tern'), bird('gull')])
  })

  await t.test(
    'she disconnects one on her page: its next request is refused, the other goes on',
    async () => {
      await laptop.page.visit(`${laptop.origin}/account/browsers`)
      await laptop.page.press('Disconnect Desktop')
      await laptop.page.press('Disconnect')
      await laptop.page.sees('Desktop is disconnected.')
      await addBookmarks(desktop, [bird('magpie')])
      await trySync(desktop)
      await untilStatus(desktop, 'login_failed')
      await sync(laptop)
      assert.equal((await bookmarksOf(laptop)).length, 3)
      // What it has is still hers.
      assert.equal((await bookmarksOf(desktop)).length, 4)
      assert.equal((await browsers()).length, 1)
    },
  )

  await t.test('it signs in again, and brings what it kept meanwhile', async () => {
    await desktop.page.visit(await addressOf(desktop, 'sign-in-again'))
    await letIn(desktop, alice)
    await sync(desktop)
    await sync(laptop)
    assert.deepEqual(await bookmarksOf(laptop), await bookmarksOf(desktop))
    assert.equal((await bookmarksOf(laptop)).length, 4)
    assert.equal((await browsers()).length, 2)
  })

  await t.test('it signs out: it is gone from her page', async () => {
    await signOut(desktop)
    await untilStatus(desktop, 'not_configured')
    await eventually('one browser', async () => (await browsers()).length === 1)
    await sync(laptop)
  })
})
