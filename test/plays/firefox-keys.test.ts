/** Alice changes her password, loses it, and takes a device away: her Firefoxes synchronise on, with what they have. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addBookmarks, bookmarksOf } from '../support/firefox-data.ts'
import { giveName, letIn, openOwnFirefox } from '../support/firefox-person.ts'
import { eventually, addressOf, storageAddress, sync, syncState } from '../support/firefox-sync.ts'
import { ownerWithKeys } from '../support/person-with-keys.ts'
import { startPushService } from '../support/push-service.ts'
import { startServer } from '../support/server.ts'
import { storedBundle } from '../support/stored-keys.ts'

const second = 'ten plovers along the shingle'
const third = 'eleven curlews over the marsh'

test('passwords and keys change, and Firefox synchronises on under the same storage', async (t) => {
  const push = await startPushService(t)
  const server = await startServer(t, { ESSAIM_FETCH_ALLOW: push.host })
  const alice = await ownerWithKeys(server, { login: 'alice' })
  const laptop = await openOwnFirefox(t, server, { name: 'Laptop', push })
  if (!laptop) return
  const desktop = await openOwnFirefox(t, server, { name: 'Desktop', push })
  if (!desktop) return
  const account = (path: string) => `${laptop.origin}/account/${path}`
  let written = 0

  /** Each writes a bookmark, and the other has it; nobody is asked to sign in again, and the storage is the same. */
  const syncBoth = async (storage: string) => {
    for (const [from, to] of [
      [laptop, desktop],
      [desktop, laptop],
    ] as const) {
      await addBookmarks(from, [{ title: `${++written}`, url: `https://birds.example/${written}` }])
      await sync(from)
      await sync(to)
      assert.deepEqual(await bookmarksOf(to), await bookmarksOf(from))
    }
    assert.equal((await bookmarksOf(laptop)).length, written)
    for (const firefox of [laptop, desktop]) {
      assert.equal((await syncState(firefox)).status, 'signed_in')
      assert.equal(await storageAddress(firefox), storage)
    }
  }

  let storage = ''
  await t.test('both sign in, on devices of hers that unlock by themselves', async () => {
    for (const firefox of [laptop, desktop]) {
      await firefox.page.visit(await addressOf(firefox, 'sign-in'))
      await firefox.page.tick('keep')
      await giveName(firefox, alice)
      await letIn(firefox)
    }
    storage = await storageAddress(laptop)
    assert.match(storage, /\/1\.5\/\d+\/$/)
    await syncBoth(storage)
  })

  await t.test('she changes her password', async () => {
    const told = push.posted.length
    await laptop.page.visit(account('security'))
    await laptop.page.press('Change the password')
    await laptop.page.fill({ 'new-password': second })
    await laptop.page.press('Save the password')
    await laptop.page.sees('The password is changed.')
    // Both are told, and find that they are still signed in.
    await eventually('what the server tells them', async () => push.posted.length >= told + 2)
    await syncBoth(storage)
  })

  await t.test('she takes a device away: the account key is replaced, the key of Sync is not', async () => {
    const { epoch } = storedBundle(server, 'alice')
    await desktop.page.visit(account('devices'))
    await desktop.page.press('Remove Firefox · Linux')
    await desktop.page.press('Remove')
    await desktop.page.sees('no longer unlocks your encrypted data.')
    assert.equal(storedBundle(server, 'alice').epoch, epoch + 1)
    await syncBoth(storage)
  })

  await t.test('she loses her password, and comes in by her recovery words', async () => {
    await desktop.page.visit(`${desktop.origin}/`)
    await desktop.page.press('Sign out')
    await desktop.page.press('Sign in with recovery words')
    await desktop.page.fill({ login: 'alice', words: alice.words })
    await desktop.page.press('Sign in')
    await desktop.page.sees('Hello, alice')
    await desktop.page.visit(account('security'))
    await desktop.page.press('Change the password')
    await desktop.page.fill({ 'new-password': third })
    await desktop.page.tick('known')
    await desktop.page.press('Save the password')
    await desktop.page.sees('The password is changed.')
    await syncBoth(storage)
  })

  await t.test('a browser that signs in then has everything', async () => {
    await laptop.close()
    const tablet = await openOwnFirefox(t, server, { name: 'Tablet' })
    assert.ok(tablet)
    await tablet.page.visit(await addressOf(tablet, 'sign-in'))
    await giveName(tablet, { login: 'alice', password: third })
    await letIn(tablet)
    assert.equal(await storageAddress(tablet), storage)
    assert.deepEqual(await bookmarksOf(tablet), await bookmarksOf(desktop))
  })
})
