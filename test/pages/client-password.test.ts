/** The password for Sync in other programs: made in a real browser, and used by such a program. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { syncKey } from '@essaim/client'
import { openProgram } from '../support/onepw.ts'
import { openBrowserNamed } from '../support/pages.ts'
import { openDevice, pagesOf } from '../support/person-at-pages.ts'
import { enter, ownerWithKeys } from '../support/person-with-keys.ts'
import { startServer } from '../support/server.ts'
import { openWithPassword, storedBundle } from '../support/stored-keys.ts'

test('a password is made in the page, shown once, and opens the person’s Sync in a program', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t)
  const olga = await ownerWithKeys(server)
  const keyring = await openWithPassword(server, storedBundle(server, 'olga'), 'olga', olga.password)
  const program = openProgram(server.url, pagesOf(server))
  const device = await openDevice(browser, server)
  await enter(device.page, olga, '/account/security')
  await device.sees('It is switched off. No such program gets in.')

  await device.press('Switch on')
  await device.prove(olga.password)
  await device.sees('It is shown this once.')
  const shown = () =>
    device.page.$$eval('dialog output', (all) => all.map(({ textContent }) => textContent ?? ''))
  const [email = '', password = '', accounts, token] = await shown()
  assert.equal(email, 'olga@localhost')
  assert.match(password, /^[a-z2-7]{6}(-[a-z2-7]{6}){3}$/)
  assert.deepEqual([accounts, token], [`${pagesOf(server)}/fxa/v1`, pagesOf(server)])
  await device.press('I have put it into the program')
  await device.sees('No program has signed in with it yet.')
  assert.ok(!(await device.page.content()).includes(password))
  // Nothing that the page has sent has the password in it, nor the key.
  const sent = device.sent.join('\n')
  const key = Buffer.from(keyring.sync.key, 'base64url')
  assert.match(sent, /"authPW":"[0-9a-f]{64}"/)
  for (const secret of [password, keyring.sync.key, key.toString('hex')]) assert.ok(!sent.includes(secret))

  const opened = await program.open(email, password)
  assert.deepEqual(opened.kB, key)
  assert.equal(opened.kid, (await syncKey(keyring)).kid)
  assert.equal((await program.stored(opened.storage, 'GET', '/info/collections')).status, 200)

  await device.visit('/account/security')
  await device.sees('A program last signed in with it')
  await device.press('Make a new password')
  await device.press('Make a new password')
  await device.prove(olga.password)
  await device.sees('It is shown this once.')
  const [, other = ''] = await shown()
  assert.notEqual(other, password)
  await device.press('I have put it into the program')
  await device.sees('No program has signed in with it yet.')
  assert.equal((await program.login(email, password)).body.errno, 103)
  assert.deepEqual((await program.open(email, other)).kB, key)

  await device.press('Switch off')
  await device.press('Switch off')
  await device.sees('No other program gets in any more.')
  assert.equal((await program.login(email, other)).body.errno, 102)
  await device.visit('/account/security')
  await device.sees('The password for Sync in other programs was switched off.')
  assert.deepEqual(await device.faults(), [])
})
