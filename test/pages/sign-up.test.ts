/** New people come: by an invitation, by themselves where the server is open, or not at all. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openBrowserNamed } from '../support/pages.ts'
import { inviteBy, openDevice, signUp, writeWordsDown } from '../support/person-at-pages.ts'
import { ownerWithKeys } from '../support/person-with-keys.ts'
import { startServer } from '../support/server.ts'

const password = 'four swans over the marsh'

for (const name of ['chromium', 'firefox'] as const)
  test(`${name}: somebody who was invited makes her account`, async (t) => {
    const browser = await openBrowserNamed(t, name)
    if (!browser) return
    const server = await startServer(t)
    const olga = await ownerWithKeys(server)
    const link = await inviteBy(olga, 'ann')

    await t.test('the page says who invites, and whether a name is free', async () => {
      const { pathname, hash } = new URL(link)
      const device = await openDevice(browser, server, pathname + hash)
      await device.sees('olga invites you to this server.')
      assert.equal(new URL(device.page.url()).hash, '')
      await device.fill({ login: 'olga' })
      await device.sees('This name is taken.')
      await device.fill({ login: 'ann' })
      await device.sees('This name is free.')
      assert.deepEqual(await device.faults(), [])
    })

    await t.test('she comes in with a password that the server never sees', async () => {
      const device = await openDevice(browser, server)
      const words = await signUp(device, link, 'ann', password)
      assert.deepEqual(await device.faults(), [])
      for (const secret of [
        password,
        words,
        ...words
          .split(' ')
          .slice(0, 1)
          .map((word) => `"${word}"`),
      ])
        assert.ok(!device.sent.some((one) => one.includes(secret)))
    })

    await t.test('the link is good once', async () => {
      const { pathname, hash } = new URL(link)
      const device = await openDevice(browser, server, pathname + hash)
      await device.sees('This invitation opens nothing')
    })
  })

test('the words may be put off where a password unlocks, and asked for wrongly they are asked again', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t)
  const olga = await ownerWithKeys(server)

  await t.test('put off', async () => {
    const { pathname, hash } = new URL(await inviteBy(olga, 'ben'))
    const device = await openDevice(browser, server, pathname + hash)
    await device.fill({ login: 'ben', password })
    await device.press('Make the account')
    await device.sees('Your recovery words')
    await device.press('Not now')
    await device.sees('Hello, ben')
  })

  await t.test('typed wrongly', async () => {
    const { pathname, hash } = new URL(await inviteBy(olga, 'cleo'))
    const device = await openDevice(browser, server, pathname + hash)
    await device.fill({ login: 'cleo', password })
    await device.press('Make the account')
    await device.sees('Your recovery words')
    await writeWordsDown(device)
    const asked = await device.page.$eval('input[name^="word-"]', (input) => (input as HTMLInputElement).name)
    await device.fill({ [asked]: 'mistyped' })
    await device.press('Finish')
    await device.sees(`Word ${asked.slice('word-'.length)} is another one.`)
    await device.press('Show the words again')
    await writeWordsDown(device)
    await device.press('Finish')
    await device.sees('Hello, cleo')
  })

  await t.test('words in the other language are the same key', async () => {
    const { pathname, hash } = new URL(await inviteBy(olga, 'dora'))
    const device = await openDevice(browser, server, pathname + hash)
    await device.fill({ login: 'dora', password })
    await device.press('Make the account')
    await device.press('Words in French')
    await device.page.waitForFunction(() => document.querySelector('.twelve')?.getAttribute('lang') === 'fr')
    const words = await writeWordsDown(device)
    await device.press('Finish')
    await device.sees('Hello, dora')
    const other = await openDevice(browser, server, '/#words')
    await other.fill({ login: 'dora', words: words.normalize('NFD').replaceAll(/\p{M}/gu, '') })
    await other.press('Sign in')
    await other.sees('Hello, dora')
  })
})

test('the page says how one gets in, as the server is set', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t)
  const olga = await ownerWithKeys(server)
  const set = (registration: string) => olga.browser.put('/admin/settings', { registration })

  await t.test('closed', async () => {
    await set('closed')
    const device = await openDevice(browser, server, '/sign-up')
    await device.sees('This server takes no new accounts')
    await device.press('I have an account: sign in')
    await device.misses('Make an account')
  })

  await t.test('by invitation', async () => {
    await set('invitation')
    const device = await openDevice(browser, server, '/sign-up')
    await device.sees('You need an invitation')
  })

  await t.test('with approval: the account waits, and says so at the next sign-in', async () => {
    await set('approval')
    const device = await openDevice(browser, server)
    await device.press('Make an account')
    await device.sees('looks at every new account')
    await device.fill({ login: 'eva', password })
    await device.press('Make the account')
    await device.press('Not now')
    await device.sees('It opens when an administrator of this server has approved it.')
    await device.visit('/')
    await device.fill({ login: 'eva', password })
    await device.press('Sign in')
    await device.sees('Your account is waiting')
    const { people } = (await olga.browser.get('/admin/people?state=waiting')).body
    await olga.browser.post(`/admin/people/${people[0].id}/approve`, {})
    await device.visit('/')
    await device.sees('Hello, eva')
  })

  await t.test('open', async () => {
    await set('open')
    const device = await openDevice(browser, server, '/sign-up', { language: 'fr', width: 360 })
    await device.fill({ login: 'fanny', password })
    await device.press('Créer le compte')
    await device.press('Pas maintenant')
    await device.sees('Bonjour, fanny')
    assert.deepEqual(await device.faults(), [])
  })
})
