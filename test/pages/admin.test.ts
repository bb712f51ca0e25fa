/** What the owner does on the pages of the administration, with the keyboard alone, in real browsers. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newAuth, openBrowser } from '../support/browser-session.ts'
import { enterOn, tabTo, typeInto } from '../support/keyboard.ts'
import { openBrowserNamed } from '../support/pages.ts'
import { openDevice, pagesOf } from '../support/person-at-pages.ts'
import { enter, guestWithKeys, ownerWithKeys } from '../support/person-with-keys.ts'
import { startOidc } from '../support/providers.ts'
import { startServer } from '../support/server.ts'

for (const name of ['chromium', 'firefox'] as const)
  test(`${name}: the owner looks after people and the server with the keyboard`, async (t) => {
    const browser = await openBrowserNamed(t, name)
    if (!browser) return
    const server = await startServer(t)
    const oidc = await startOidc(t, pagesOf(server), ['cafe'])
    const olga = await ownerWithKeys(server)
    const ann = await guestWithKeys(server, olga, { login: 'ann' })
    const device = await openDevice(browser, server)
    const { page } = device
    await enter(page, olga, '/')
    const open = async (path: string) => {
      await device.visit(path)
      await page.waitForFunction(
        () => document.querySelector('.wide h1') && !document.querySelector('.waiting'),
      )
    }
    /** Presses it, and again in the dialog that asks. */
    const confirm = async (label: string, inDialog = label) => {
      await enterOn(page, label)
      await page.waitForSelector('dialog[open]')
      await enterOn(page, inDialog)
    }
    const stateOf = async (id: string) => (await olga.browser.get(`/admin/people/${id}`)).body.person.state

    await t.test('she changes who may make an account, and takes it back', async () => {
      await open('/admin/settings')
      await tabTo(page, 'Invited people')
      await page.keyboard.press('ArrowDown')
      await enterOn(page, 'Save the settings')
      await device.sees('The settings are saved.')
      assert.equal((await olga.browser.get('/state')).body.registration, 'approval')
      // Anew, so that the way back that is offered next is not the one of before.
      await open('/admin/settings')
      await typeInto(page, 'Days until a deleted account is gone', '91')
      await enterOn(page, 'Save the settings')
      assert.equal((await olga.browser.get('/admin/settings')).body.settings.graceDays, 14)
      await typeInto(page, 'Days until a deleted account is gone', '30')
      await enterOn(page, 'Save the settings')
      await page.waitForFunction(
        async () =>
          (await (await fetch('/api/admin/settings')).json()).settings.graceDays === 30 &&
          document.querySelector('.told button'),
      )
      await enterOn(page, 'Undo')
      await device.sees('The settings are as before.')
      assert.equal((await olga.browser.get('/admin/settings')).body.settings.graceDays, 14)
    })

    await t.test('she lets in who asked', async () => {
      const ask = async (login: string) => {
        const visitor = openBrowser(server)
        const { ticket, parameters } = await visitor.post('/sign-up/begin', { login })
        const way = { kind: 'password', parameters, auth: newAuth() }
        await visitor.post('/sign-up', { ticket, way, language: 'en' })
      }
      await ask('mia')
      await ask('mallory')
      await open('/admin/people')
      await enterOn(page, 'Let in mia')
      await device.sees('mia may come in now.')
      await confirm('Turn away mallory', 'Turn away')
      await device.sees('mallory was turned away.')
      const { people } = (await olga.browser.get('/admin/people')).body
      const logins = people.map(({ login }: { login: string }) => login).toSorted()
      assert.deepEqual(logins, ['ann', 'mia', 'olga'])
    })

    await t.test('she finds somebody, gives a role and room', async () => {
      await open('/admin/people')
      await typeInto(page, 'Search by name', 'an')
      await page.keyboard.press('Enter')
      await device.misses('mia')
      await enterOn(page, 'ann')
      await device.sees('Here since')
      await tabTo(page, 'What this person may do')
      await page.keyboard.press('ArrowDown')
      await enterOn(page, 'Save the role')
      await device.sees('The role of ann is saved.')
      await typeInto(page, 'Size in GB', '2.5')
      await enterOn(page, 'Save the room')
      await device.sees('The room of ann is saved.')
      const { person } = (await olga.browser.get(`/admin/people/${ann.id}`)).body
      assert.deepEqual([person.role, person.quota.most], ['inviter', 2_500_000_000])
    })

    await t.test(
      'she makes a link that helps back in, suspends, deletes, and takes all of it back',
      async () => {
        await open(`/admin/people#${ann.id}`)
        await confirm('Make a link')
        await device.sees('Hand this link over.')
        const link = await page.$eval('dialog output', (one) => one.textContent ?? '')
        assert.match(link, /\/recovery#/)
        await page.keyboard.press('Escape')
        await enterOn(page, 'Stop it')
        await device.sees('The link opens nothing any more.')
        await confirm('Suspend')
        await device.sees('ann is suspended.')
        assert.equal(await stateOf(ann.id), 'suspended')
        await enterOn(page, 'End the suspension')
        await device.sees('ann may come in again.')
        await confirm('Delete the account')
        await device.sees('ann will be deleted on')
        assert.equal(await stateOf(ann.id), 'leaving')
        await enterOn(page, 'Keep the account')
        await device.sees('ann stays.')
        assert.equal(await stateOf(ann.id), 'active')
      },
    )

    await t.test('she invites somebody, and takes that back', async () => {
      await open('/admin/invitations')
      await typeInto(page, 'For whom', 'Cousin Zoë')
      await typeInto(page, 'How many people may use it', '3')
      await enterOn(page, 'Make the link')
      await page.waitForSelector('dialog[open] .qr')
      const link = await page.$eval('dialog output', (one) => one.textContent ?? '')
      const token = new URL(link).hash.slice(1)
      assert.equal((await openBrowser(server).post('/invitation/look', { token })).label, 'Cousin Zoë')
      await enterOn(page, 'Done')
      await device.sees('Used 0 of 3 times')
      await confirm('Take back the invitation Cousin Zoë', 'Take back')
      await device.sees('No invitation is in force.')
      await openBrowser(server).refused('POST', '/invitation/look', { token }, 410, 'invitation-void')
    })

    await t.test('she sets up a provider of sign-in, which is tried out first', async () => {
      await open('/admin/providers')
      await enterOn(page, 'Choose OpenID Connect')
      await typeInto(page, 'Short name', 'cafe')
      const callback = await page.$eval('essaim-secret output', (one) => one.textContent)
      assert.equal(callback, `${pagesOf(server)}/sign-in/with/cafe`)
      await typeInto(page, 'Name on the button', 'The café')
      await typeInto(page, 'Address of the provider', oidc.issuer)
      await typeInto(page, 'Client id', 'essaim')
      await typeInto(page, 'Client secret', 'another secret')
      await enterOn(page, 'Save')
      await device.sees('The provider does not take this client id and secret.')
      await typeInto(page, 'Client secret', 'secret of the client')
      await enterOn(page, 'Save')
      await device.sees('The café is saved.')
      await enterOn(page, 'Try The café')
      await device.sees('The café answers as it should.')
      const { providers } = (await openBrowser(server).get('/state')).body
      assert.deepEqual(providers, [{ id: 'cafe', name: 'The café', kind: 'oidc' }])
      assert.ok(!(await page.content()).includes('secret of the client'))
      await confirm('Remove The café', 'Remove')
      await device.sees('None is set up.')
    })

    await t.test('she looks at the server, and at what was done', async () => {
      await open('/admin/server')
      await device.sees('Everything that was looked at is as it should be.')
      await device.sees('ESSAIM_LISTEN')
      await open('/admin/log')
      const log = await device.sees('The account olga was made with the link of the first run.')
      assert.doesNotMatch(log, /no sentence for/)
      assert.match(log, /ann was suspended\./)
    })

    // Browsers complain of the provider's refusal, which was wanted.
    assert.deepEqual(
      (await device.faults()).filter((one) => !one.includes('status of 502')),
      [],
    )
  })

test('an inviter sees invitations alone, and makes none above herself', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t)
  const olga = await ownerWithKeys(server)
  const ben = await guestWithKeys(server, olga, { login: 'ben', role: 'inviter' })
  const device = await openDevice(browser, server)
  await enter(device.page, ben, '/admin/invitations')
  await device.sees('Make an invitation')
  const nav = await device.page.$$eval('.wide > nav a', (all) => all.map(({ textContent }) => textContent))
  assert.deepEqual(nav, ['Invitations', 'My account'])
  const roles = await device.page.$$eval('#role option', (all) => all.map(({ textContent }) => textContent))
  assert.deepEqual(roles, ['Person', 'May invite'])
  await device.visit('/admin/people')
  await device.sees('You are not allowed to do this.')
})
