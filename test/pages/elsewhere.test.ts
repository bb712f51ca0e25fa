/** Ways in that pass through another place: a provider of sign-in, a mailbox. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { startMailServer } from '../support/mail-server.ts'
import { openBrowserNamed } from '../support/pages.ts'
import { openDevice, signOut, writeWordsDown } from '../support/person-at-pages.ts'
import { guestWithKeys, ownerWithKeys } from '../support/person-with-keys.ts'
import { startOAuth2 } from '../support/providers.ts'
import { startServer } from '../support/server.ts'

for (const name of ['chromium', 'firefox'] as const)
  test(`${name}: somebody makes her account with another one, and comes in with it`, async (t) => {
    const browser = await openBrowserNamed(t, name)
    if (!browser) return
    const server = await startServer(t)
    const olga = await ownerWithKeys(server)
    const hub = await startOAuth2(t)
    await olga.browser.put('/admin/providers/hub', hub.settings)
    await olga.browser.put('/admin/settings', { registration: 'open' })
    hub.next.profile = { id: 17, login: 'Ann-There' }

    const device = await openDevice(browser, server)
    await device.press('Continue with Hub')
    await device.sees('Hub will vouch for you')
    assert.equal(new URL(device.page.url()).hash, '')
    await device.fill({ login: 'ann' })
    await device.press('Make the account with Hub')
    // Nothing else unlocks: the words cannot be put off.
    assert.ok(!(await device.sees('Your recovery words')).includes('Not now'))
    const words = await writeWordsDown(device)
    await device.press('Finish')
    await device.sees('Hello, ann')

    await signOut(device)
    await device.press('Continue with Hub')
    await device.sees('Hello, ann')

    await signOut(device)
    hub.next.refuse = true
    await device.press('Continue with Hub')
    await device.sees('The other side refused the sign-in.')
    hub.next.refuse = false
    hub.next.profile = { id: 18, login: 'Ben-There' }
    await olga.browser.put('/admin/settings', { registration: 'closed' })
    await device.press('Continue with Hub')
    await device.sees('No account here belongs to that sign-in.')

    await device.visit('/#words')
    await device.fill({ login: 'ann', words })
    await device.press('Sign in')
    await device.sees('Hello, ann')
    const faults = (await device.faults()).filter((one) => !one.startsWith(`request to ${hub.url}`))
    assert.deepEqual(faults, [])
  })

test('links in mails wait for a press, and say what they do', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const mails = await startMailServer(t)
  const server = await startServer(t, {
    ESSAIM_SMTP_URL: mails.url,
    ESSAIM_MAIL_FROM: 'The hive <hive@example.org>',
  })
  const olga = await ownerWithKeys(server)
  const ann = await guestWithKeys(server, olga, { login: 'ann' })
  const address = 'ann@example.org'
  await ann.browser.post('/me/addresses', { address })
  const device = await openDevice(browser, server)
  const followed = new Set<string>()
  /** The next link of its kind; notices come between. */
  const nextLink = async (start: string): Promise<string> => {
    const pattern = new RegExp(`https?://[^/\\s]+(${start}\\S+)`)
    for (;;) {
      const links = mails.mails.flatMap(({ text }) => pattern.exec(text)?.[1] ?? [])
      const link = links.find((one) => !followed.has(one))
      if (link !== undefined) {
        followed.add(link)
        return link
      }
      await wait(50)
    }
  }

  await t.test('an address is confirmed', async () => {
    const link = await nextLink('/mail#verify=')
    await device.visit(link)
    await device.sees('Confirm your address')
    assert.equal(new URL(device.page.url()).hash, '')
    await device.press('Confirm')
    await device.sees('ann@example.org is confirmed.')
  })

  await t.test('she comes in by a link', async () => {
    await ann.browser.put('/me/mail-sign-in', { on: true })
    await device.visit('/')
    await device.press('Get a link by mail')
    await device.fill({ address })
    await device.press('Send me a link')
    await device.sees('a link is on its way')
    const link = await nextLink('/mail#sign-in=')
    await device.visit(link)
    await device.press('Sign in here')
    await device.sees('Hello, ann')
    await signOut(device)
    await device.visit(link)
    await device.press('Sign in here')
    await device.sees('This link was used or is too old')
  })

  await t.test('she begins a recovery, and stops it', async () => {
    await device.visit('/recovery')
    await device.fill({ address })
    await device.press('Send me a link')
    await device.sees('a mail is on its way')
    await device.visit(await nextLink('/recovery#'))
    await device.sees('Begin the recovery?')
    await device.press('Begin the recovery')
    await device.sees('The recovery is on its way')
    const link = await nextLink('/mail#stop=')
    await device.visit(link)
    await device.press('Stop it')
    await device.sees('The recovery of “ann” is stopped.')
    assert.deepEqual(await device.faults(), [])
  })
})
