/** The pages of pairing with a Firefox that is played: what they say where something is missing or goes wrong, and how they look. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { axeFaults } from '../support/axe.ts'
import { openBrowser } from '../support/browser.ts'
import { type FakeFirefox, fakeFirefox } from '../support/fake-firefox.ts'
import { faultsOfLooks } from '../support/looks.ts'
import { type Device, openDevice } from '../support/person-at-pages.ts'
import { enter, ownerWithKeys, type PersonWithKeys } from '../support/person-with-keys.ts'
import { startServer, type TestServer } from '../support/server.ts'

const android = 'a2270f727f45f648'
const channel = 'A'.repeat(22)
const offer = `channel_id=${channel}&channel_key=${'B'.repeat(43)}`
const start = '/pair?context=oauth_webchannel_v1&entrypoint=fxa_app_menu'
const joins = (more: Record<string, string> = {}) =>
  `/pair/supp?${new URLSearchParams({
    client_id: android,
    scope: 'profile',
    state: 'a-state',
    code_challenge_method: 'S256',
    code_challenge: 'c'.repeat(43),
    access_type: 'offline',
    keys_jwk: 'e30',
    context: 'oauth_webchannel_v1',
    ...more,
  }).toString()}#${offer}`
const allows = (more: Record<string, string> = {}) =>
  `/oauth?${new URLSearchParams({
    client_id: android,
    scope: 'profile https://identity.mozilla.com/apps/oldsync',
    email: 'olga@localhost',
    channel_id: channel,
    redirect_uri: 'urn:ietf:wg:oauth:2.0:oob:pair-auth-webchannel',
    ...more,
  }).toString()}`

interface Scene {
  server: TestServer
  olga: PersonWithKeys
  uid: string
  firefox: FakeFirefox
  device: Device
}

async function scene(t: TestContext): Promise<Scene | undefined> {
  const browser = await openBrowser(t)
  if (!browser) return undefined
  const server = await startServer(t)
  const olga = await ownerWithKeys(server)
  const { uid } = (await olga.browser.get('/firefox')).body
  const firefox = fakeFirefox()
  Object.assign(firefox.answers, {
    'fxaccounts:pair_supplicant_metadata': () => ({ ua: 'A phone', ipAddress: '192.0.2.7' }),
    'fxaccounts:pair_heartbeat': () => ({ suppAuthorized: false }),
    'fxaccounts:pair_authorize': () => ({}),
    'fxaccounts:pair_decline': () => ({}),
    'fxaccounts:pair_complete': () => ({}),
  })
  const device = await openDevice(browser, server, '/sign-in', { prepare: firefox.prepare })
  return { server, olga, uid, firefox, device }
}

test('what the pages of pairing say', async (t) => {
  const on = await scene(t)
  if (!on) return
  const { olga, uid, firefox, device } = on

  await t.test('a picture is shown by a Firefox that is signed in here, and by no other', async () => {
    await device.visit(start)
    await device.press('Show the picture')
    await device.sees('This works in a Firefox that has its account on this server.')
    firefox.user = { uid, email: 'olga@localhost', verified: true, sessionToken: 'a'.repeat(64) }
    await device.press('Show the picture')
    await device.sees('The picture is in the settings of this Firefox.')
    assert.equal(firefox.commands().at(-1), 'fxaccounts:pair_preferences')
  })

  await t.test('a camera is told to scan from Firefox', async () => {
    await device.visit(`/pair#${offer}`)
    await device.sees('Scan it from within Firefox instead')
    assert.equal(new URL(device.page.url()).hash, '')
  })

  await t.test('a telephone joins nothing where the picture or its own request is not whole', async () => {
    for (const wrong of [
      joins({ client_id: '5882386c6d801776' }),
      joins({ code_challenge: 'x' }),
      `${joins()}%`,
    ]) {
      await device.visit(wrong)
      await device.sees('is not complete')
    }
    await device.visit(joins())
    await device.sees('The two devices lost each other')
    assert.equal(new URL(device.page.url()).hash, '')
  })

  await t.test('who is not signed in on the page signs in first, and comes back', async () => {
    await device.visit(allows({ uid }))
    await device.fill({ login: olga.login, password: olga.password })
    await device.press('Sign in')
    const text = await device.sees('Is this your phone?')
    assert.match(text, /A phone/)
    assert.match(text, /192\.0\.2\.7/)
  })

  await t.test('nothing is agreed to for somebody else’s Firefox', async () => {
    await device.visit(allows({ uid: '0'.repeat(32), email: 'ann@localhost' }))
    await device.press('Yes, let it in')
    await device.sees(
      'This Firefox is signed in as ann@localhost, and you are signed in on this page as somebody else',
    )
    assert.equal(firefox.commands().includes('fxaccounts:pair_authorize'), false)
    assert.equal(
      device.sent.some((line) => line.includes('/api/firefox/pairing')),
      false,
    )
  })

  await t.test('no is told to the Firefox', async () => {
    await device.visit(allows({ uid }))
    await device.press('No')
    await device.sees('Nothing was let in.')
    assert.equal(firefox.commands().at(-1), 'fxaccounts:pair_decline')
    assert.equal(firefox.last('fxaccounts:pair_decline')?.['channel_id'], channel)
  })

  await t.test('yes on both lets the telephone in', async () => {
    await device.visit(allows({ uid }))
    await device.press('Yes, let it in')
    await device.sees('Now say yes on the phone.')
    firefox.answers['fxaccounts:pair_heartbeat'] = () => ({ suppAuthorized: true })
    await device.sees('The phone is in')
    assert.deepEqual(firefox.commands().slice(-1), ['fxaccounts:pair_complete'])
  })

  await t.test('a telephone that is gone, a client that is none, and a refusal are told', async () => {
    firefox.answers['fxaccounts:pair_heartbeat'] = () => ({ err: 'Pairing channel closed' })
    await device.visit(allows({ uid }))
    await device.sees('The two devices lost each other')
    await device.visit(allows({ uid, client_id: '5882386c6d801776' }))
    await device.sees('The two devices lost each other')
    firefox.answers['fxaccounts:pair_heartbeat'] = () => ({ suppAuthorized: false })
    firefox.answers['fxaccounts:pair_authorize'] = () => ({ error: { message: 'OAuth state mismatch' } })
    await device.visit(allows({ uid }))
    await device.press('Yes, let it in')
    await device.sees('The two devices lost each other')
  })
  assert.deepEqual(await device.faults(), [])
})

test('the pages of pairing look right in both languages, schemes and widths', async (t) => {
  const on = await scene(t)
  if (!on) return
  const { olga, uid, firefox, device } = on
  await enter(device.page, olga, '/')
  firefox.user = { uid, email: 'olga@localhost', verified: true, sessionToken: 'a'.repeat(64) }
  const looks = [
    { width: 1440, height: 900, scheme: 'light', language: 'en' },
    { width: 360, height: 740, scheme: 'dark', language: 'fr' },
  ] as const
  for (const { width, height, scheme, language } of looks) {
    await olga.browser.put('/me/language', { language })
    await device.page.setViewport({ width, height })
    await device.page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
    for (const at of [start, `/pair#${offer}`, `${joins()}%`, allows({ uid })]) {
      await device.visit(at)
      await device.page.waitForSelector('essaim-firefox-pair h1')
      if (at.startsWith('/oauth')) await device.sees('192.0.2.7')
      const faults = [...(await faultsOfLooks(device.page)), ...(await axeFaults(device.page))]
      assert.deepEqual(faults, [], `${at} in ${language}`)
    }
  }
})
