/** Somebody has lost every way in. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { essaim, placeOf } from '../support/command.ts'
import { openBrowserNamed } from '../support/pages.ts'
import { openDevice, signIn, writeWordsDown } from '../support/person-at-pages.ts'
import { guestWithKeys, ownerWithKeys } from '../support/person-with-keys.ts'
import { startServer } from '../support/server.ts'

const password = 'a heron stands in the reeds'

test('a recovery waits, is seen by the person, and can be stopped by her', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t)
  const olga = await ownerWithKeys(server)
  const ann = await guestWithKeys(server, olga, { login: 'ann' })
  const { link } = await olga.browser.post(`/admin/people/${ann.id}/recovery`, {})
  const { pathname, hash } = new URL(link)

  const device = await openDevice(browser, server, pathname + hash)
  await device.sees('The recovery is on its way')
  await device.sees('in 2 days')
  assert.deepEqual(await device.faults(), [])
  await ann.browser.post('/me/recovery/stop', {})
  await device.visit(pathname + hash)
  await device.sees('This link was used, stopped or is too old.')
})

for (const name of ['chromium', 'firefox'] as const)
  test(`${name}: when the wait is over a new way in closes all others, and encryption starts afresh`, async (t) => {
    const browser = await openBrowserNamed(t, name)
    if (!browser) return
    const server = await startServer(t)
    const olga = await ownerWithKeys(server)
    const ann = await guestWithKeys(server, olga, { login: 'ann' })
    const begun = await essaim(['account', 'recover', 'ann', '--now'], placeOf(server))
    assert.equal(begun.code, 0, begun.stderr)
    const { pathname, hash } = new URL(/https?:\S+/.exec(begun.stdout)![0])

    const device = await openDevice(browser, server, pathname + hash)
    await device.sees('Open your account anew')
    await device.sees('kept for 30 days')
    await device.press('Go on')
    await device.fill({ password })
    await device.press('Continue')
    await device.sees('Your new recovery words')
    await writeWordsDown(device)
    await device.press('Finish')
    await device.sees('Hello, ann')
    assert.deepEqual(await device.faults(), [])

    const after = await ann.browser.ask('GET', '/me')
    assert.equal(after.status, 401)
    const other = await openDevice(browser, server)
    await signIn(other, 'ann', ann.password)
    await other.sees('That is not right.')
    await other.fill({ password })
    await other.press('Sign in')
    await other.sees('Hello, ann')
  })

test('the page names what one may still have', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t)
  await ownerWithKeys(server)
  const device = await openDevice(browser, server)
  await device.press('I can’t get in')
  await device.sees('My recovery words')
  // No mail is set up here.
  await device.misses('My mail address')
  await device.press('My recovery words')
  await device.sees('Your twelve recovery words')
  await device.visit('/mail#verify=abc')
  await device.press('Confirm')
  await device.sees('This link was used or is too old')
  await device.visit('/mail#nonsense')
  await device.sees('a part of it is missing')
})
