/** Alice does not know her password any more: her recovery words, or a passkey, let her in at once, to all of hers. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makePageOwner } from '../support/browser-session.ts'
import { type BrowserName, openBrowserNamed } from '../support/pages.ts'
import {
  emptyBrowser,
  inviteBy,
  openDevice,
  signIn,
  signUp,
  withPasskeys,
} from '../support/person-at-pages.ts'
import { startServer } from '../support/server.ts'
import { openWithPassword, openWithWords, storedBundle } from '../support/stored-keys.ts'

const password = 'nine terns over the sandbank'
const next = 'ten plovers along the shingle'

for (const name of ['chromium', 'firefox'] satisfies BrowserName[])
  test(`${name}: a password is forgotten, and recovery words open account and keys at once`, async (t) => {
    const browser = await openBrowserNamed(t, name)
    if (!browser) return
    const server = await startServer(t)
    const olga = await makePageOwner(server)
    const home = await openDevice(browser, server)
    const words = await signUp(home, await inviteBy(olga, 'alice'), 'alice', password)
    const before = await openWithWords(storedBundle(server, 'alice'), words)

    const device = await openDevice(browser, server)
    await device.press('I can’t get in')
    await device.press('My recovery words')
    // As they are read from paper, with a slip that is said.
    const [first = '', ...rest] = words.split(' ')
    await device.fill({ login: 'alice', words: `${first}x, ${rest.join(', ')}` })
    await device.press('Sign in')
    await device.sees(`“${first}x” is not one of the possible words`)
    await device.fill({ login: 'alice', words: `1. ${first.toUpperCase()}, ${rest.join(',  ')}` })
    await device.press('Sign in')
    await device.sees('Hello, alice')

    await device.visit('/account/security')
    await device.press('Change the password')
    await device.fill({ 'new-password': 'password1' })
    await device.press('Save the password')
    // The words stand for a proof, so that nothing is asked; a new document has to unlock the key again.
    await device.sees('Many people use that one')
    await device.fill({ 'new-password': next })
    await device.tick('known')
    await device.press('Save the password')
    await device.press('Use the recovery words')
    await device.fill({ 'proof-words': words })
    await device.press('Confirm')
    await device.sees('The password is changed.')

    const bundle = storedBundle(server, 'alice')
    assert.equal(bundle.epoch, 2)
    assert.deepEqual(await openWithPassword(server, bundle, 'alice', next), before)
    assert.deepEqual(await openWithWords(bundle, words), before)
    await home.visit('/account/devices')
    await home.sees('To go on, please sign in.')

    await home.press('Sign in')
    await signIn(home, 'alice', password)
    await home.sees('That is not right.')
    await signIn(home, 'alice', next, true)
    await home.sees('Hello, alice')
    await home.visit('/account/devices')
    await home.sees('This device')
    // The word that was misspelt is said to the console too.
    const faults = (await device.faults()).filter((one) => !/JSHandle@error/.test(one))
    assert.deepEqual([...faults, ...(await home.faults())], [])
    for (const { sent } of [device, home])
      for (const text of [
        ...words
          .split(' ')
          .slice(0, 2)
          .map((word) => ` ${word} `),
        password,
        next,
      ])
        assert.ok(!sent.some((one) => one.includes(text)), 'neither password nor words leave the page')
  })

test('a password is forgotten, and a passkey opens account and keys at once', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  const device = await openDevice(browser, server)
  const words = await signUp(device, await inviteBy(olga, 'alice'), 'alice', password)
  const before = await openWithWords(storedBundle(server, 'alice'), words)
  await withPasskeys(device)
  await device.visit('/account/security')
  await device.fill({ 'passkey-name': 'the key on my ring' })
  await device.press('Add a passkey')
  await device.sees('It unlocks your encrypted data too.')
  assert.deepEqual(
    storedBundle(server, 'alice')
      .slots.map(({ kind }) => kind)
      .toSorted(),
    ['device', 'passkey', 'password', 'words'],
  )

  await emptyBrowser(device)
  await device.visit('/account/devices')
  // Offered under the field of the name, and taken at once by a device that asks nobody. The key is open then: the
  // page needs nothing more to have this device keep it.
  await device.press('Let this device unlock it too')
  await device.sees('This device unlocks your encrypted data now.')
  await device.visit('/account/security')
  await device.press('Change the password')
  await device.fill({ 'new-password': next })
  await device.press('Save the password')
  await device.sees('The password is changed.')
  const bundle = storedBundle(server, 'alice')
  assert.deepEqual(await openWithPassword(server, bundle, 'alice', next), before)
  assert.deepEqual(await device.faults(), [])
})
