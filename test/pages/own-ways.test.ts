/** Passkeys, downloads and warnings on a person's own pages, in a real browser. */
import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { openBrowserNamed } from '../support/pages.ts'
import { openDevice } from '../support/person-at-pages.ts'
import { enter, guestWithKeys, ownerWithKeys } from '../support/person-with-keys.ts'
import { startServer } from '../support/server.ts'

for (const hasPrf of [true, false])
  test(`a passkey is added, named and removed, ${hasPrf ? 'with' : 'without'} what unlocks`, async (t) => {
    const browser = await openBrowserNamed(t, 'chromium')
    if (!browser) return
    const server = await startServer(t)
    const olga = await ownerWithKeys(server)
    const device = await openDevice(browser, server)
    const { page } = device
    const cdp = await page.createCDPSession()
    await cdp.send('WebAuthn.enable')
    await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        ctap2Version: 'ctap2_1',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        hasPrf,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    })
    const slots = async () =>
      (await olga.browser.get('/me/keys')).body.bundle.slots.map(
        ({ kind, params }: { kind: string; params?: object }) => [kind, Object.keys(params ?? {})],
      )
    await enter(page, olga, '/account/security')
    await device.fill({ 'passkey-name': 'Telephone' })
    await device.press('Add a passkey')
    if (hasPrf) {
      // The key is needed to give it a new way of being unlocked.
      await device.prove(olga.password)
      await device.sees('It unlocks your encrypted data too.')
      assert.deepEqual(await slots(), [
        ['password', []],
        ['words', []],
        ['passkey', ['credential']],
      ])
    } else await device.sees('The passkey is added.')
    await device.sees(hasPrf ? 'Unlocks your encrypted data too' : 'Signs you in; your encrypted data')

    await device.press('Rename Telephone')
    await device.fill({ 'passkey-new-name': 'Old telephone' })
    await device.press('Rename')
    await device.sees('The passkey has its new name.')
    await device.press('Remove Old telephone')
    await device.press('Remove')
    await device.sees('You have no passkey yet.')
    assert.deepEqual(await slots(), [
      ['password', []],
      ['words', []],
    ])
    assert.deepEqual(await device.faults(), [])
  })

test('the only way in is not taken away', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t)
  const olga = await ownerWithKeys(server, { words: false })
  const device = await openDevice(browser, server)
  await enter(device.page, olga, '/account/security')
  await device.press('Remove the password')
  await device.press('Remove the password')
  await device.prove(olga.password)
  await device.sees('Nothing would unlock your encrypted data any more.')
  const { me } = (await olga.browser.get('/state')).body
  assert.equal(me.ways.password, true)
})

test('everything is downloaded as a file', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t)
  const olga = await ownerWithKeys(server)
  const folder = await mkdtemp(join(tmpdir(), 'essaim-download-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const device = await openDevice(browser, server)
  const cdp = await device.page.createCDPSession()
  await cdp.send('Browser.setDownloadBehavior', {
    behavior: 'allow',
    downloadPath: folder,
    browserContextId: device.context.id!,
  })
  await enter(device.page, olga, '/account/data')
  await device.press('Download everything')
  await device.sees('The download begins.')
  let file: string | undefined
  while (!(file = (await readdir(folder)).find((one) => one.endsWith('.jsonl')))) await wait(50)
  assert.match(file, /^essaim-olga-/)
  const lines = (await readFile(join(folder, file), 'utf8')).trim().split('\n')
  assert.ok(lines.every((line) => JSON.parse(line)))
})

test('the first page warns of what matters, the most pressing first', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t)
  const olga = await ownerWithKeys(server)
  const ann = await guestWithKeys(server, olga, { login: 'ann', words: false })
  await olga.browser.post(`/admin/people/${ann.id}/recovery`, {})
  const device = await openDevice(browser, server)
  await enter(device.page, ann, '/')
  await device.sees('Hello, ann')
  const titles = await device.page.$$eval('.notice h2', (all) => all.map(({ textContent }) => textContent))
  assert.deepEqual(titles, ['Somebody asked to get into your account', 'You have no recovery words'])
  await device.press('Stop it')
  await device.sees('It is stopped.')
  assert.equal((await olga.browser.get(`/admin/people/${ann.id}`)).body.person.recovery, undefined)
  await device.press('Make recovery words')
  await device.sees('How you get in')
  assert.equal(new URL(device.page.url()).hash, '#words')
  assert.deepEqual(await device.faults(), [])
})
