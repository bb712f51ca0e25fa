/** Alice signs Firefox in with a passkey, which unlocks her key too; where it cannot, her recovery words do. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addBookmarks, bookmarksOf } from '../support/firefox-data.ts'
import {
  addAuthenticator,
  copyPasskeys,
  mendAuthenticator,
  withPasskeys,
} from '../support/firefox-passkeys.ts'
import { giveName, letIn, openOwnFirefox } from '../support/firefox-person.ts'
import { firstSync, addressOf, sync } from '../support/firefox-sync.ts'
import { ownerWithKeys } from '../support/person-with-keys.ts'
import { startServer } from '../support/server.ts'

const heron = { title: 'Herons', url: 'https://birds.example/heron' }

test('a passkey signs Firefox in', async (t) => {
  const server = await startServer(t)
  const alice = await ownerWithKeys(server, { login: 'alice' })
  const laptop = await openOwnFirefox(t, server, { name: 'Laptop', preferences: withPasskeys })
  if (!laptop) return
  const desktop = await openOwnFirefox(t, server, { name: 'Desktop', preferences: withPasskeys })
  if (!desktop) return
  const authenticator = await addAuthenticator(laptop)

  await t.test('she adds one in her Firefox', async () => {
    await laptop.page.visit(`${laptop.origin}/account/security`)
    await giveName(laptop, alice)
    await laptop.page.fill({ 'passkey-name': 'Key ring' })
    await laptop.page.press('Add a passkey')
    await laptop.page.sees('The passkey is added. It unlocks your encrypted data too.')
    await laptop.page.visit(`${laptop.origin}/`)
    await laptop.page.press('Sign out')
    await laptop.page.sees('Use a passkey')
  })

  await t.test('it signs her in where Firefox asks, and no password is needed', async () => {
    await addBookmarks(laptop, [heron])
    await laptop.page.visit(await addressOf(laptop, 'sign-in'))
    await mendAuthenticator(laptop)
    await laptop.page.press('Use a passkey')
    await letIn(laptop)
    await sync(laptop)
  })

  await t.test('where it signs in and unlocks nothing, recovery words do', async () => {
    await copyPasskeys([laptop, authenticator], [desktop, await addAuthenticator(desktop)])
    await desktop.page.visit(await addressOf(desktop, 'sign-in'))
    await mendAuthenticator(desktop, { secrets: false })
    await desktop.page.press('Use a passkey')
    await desktop.page.press('Sign in to Firefox')
    await desktop.page.press('Use the recovery words')
    await desktop.page.fill({ 'proof-words': alice.words })
    await desktop.page.press('Confirm')
    await firstSync(desktop)
    assert.deepEqual(await bookmarksOf(desktop), [heron])
  })
})
