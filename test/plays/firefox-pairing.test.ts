/**
 * Olga lets her telephone in by the picture that the Firefox on her computer shows. The computer is a real Firefox, the
 * telephone's page is ours in a real browser, and its program is played (test/support/phone.ts).
 */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Page } from 'puppeteer-core'
import type { Answered } from '../support/browser-session.ts'
import { openBrowser } from '../support/browser.ts'
import { androidAgent } from '../support/fake-firefox.ts'
import { connect, openOwnFirefox, type OwnFirefox } from '../support/firefox-person.ts'
import { type Chrome, eventually } from '../support/firefox-sync.ts'
import { type Device, openDevice } from '../support/person-at-pages.ts'
import { ownerWithKeys } from '../support/person-with-keys.ts'
import { type Flow, openPhone, type Phone, sessionScope, syncScope, webChannel } from '../support/phone.ts'
import { startServer } from '../support/server.ts'
import { firefoxAt } from '../support/signed-requests.ts'

declare const ChromeUtils: Chrome
declare const Services: Chrome

const android = { id: 'a2270f727f45f648', redirect: webChannel }
const scopes = ['profile', syncScope, sessionScope]

/** What a camera would read from the picture: the browser notes it where it makes the picture. */
async function notePictures({ driver }: OwnFirefox): Promise<void> {
  await driver.run('chrome', () => {
    const { FxAccountsPairingFlow: flows }: Chrome = ChromeUtils.importESModule(
      'resource://gre/modules/FxAccountsPairing.sys.mjs',
    )
    const start = flows.start.bind(flows)
    flows.start = async (options: unknown) => {
      const address = await start(options)
      Services.prefs.setStringPref('test.picture', address)
      return address
    }
  })
}

const pictureOf = ({ driver }: OwnFirefox): Promise<string> =>
  eventually('a picture', async () => {
    const address = await driver.run('chrome', (): string => {
      const noted = Services.prefs.getStringPref('test.picture', '')
      Services.prefs.clearUserPref('test.picture')
      return noted
    })
    return address !== '' && address
  })

/** Her computer shows a picture, from our page on; what is in it. */
async function showPicture(laptop: OwnFirefox): Promise<string> {
  await laptop.page.visit(`${laptop.origin}/pair?context=oauth_webchannel_v1&entrypoint=fxa_app_menu`)
  await laptop.page.press('Show the picture')
  return pictureOf(laptop)
}

/** The telephone's browser at the page that its program opens; what the page tells the program. */
async function openOn(
  t: TestContext,
  server: { url: string },
  flow: Flow,
): Promise<{ device: Device; told: () => Promise<Answered[]> } | undefined> {
  const browser = await openBrowser(t)
  if (!browser) return undefined
  const prepare = async (page: Page) => {
    await page.setUserAgent(androidAgent)
    await page.evaluateOnNewDocument(() => {
      const told: unknown[] = []
      Object.assign(globalThis, { told })
      addEventListener('WebChannelMessageToChrome', (event) =>
        told.push(JSON.parse((event as CustomEvent<string>).detail)),
      )
    })
  }
  const { pathname, search, hash } = flow.address
  const device = await openDevice(browser, server, pathname + search + hash, { prepare })
  const told = () => device.page.evaluate(() => (globalThis as unknown as { told: Answered[] }).told)
  return { device, told }
}

/** What comes of the code that the page handed over. */
async function arrive(phone: Phone, flow: Flow, told: () => Promise<Answered[]>): Promise<Answered> {
  const [sent] = await eventually('a code for the telephone', async () => {
    const all = await told()
    return all.length > 0 && all
  })
  assert.equal(sent.message.command, 'fxaccounts:oauth_login')
  const { code, state, action } = sent.message.data
  assert.deepEqual([state, action], [flow.state, 'pairing'])
  const { status, body } = await phone.redeem(flow, code)
  assert.equal(status, 200, JSON.stringify(body))
  return body
}

test('a telephone is let in by a picture, with the key of the Firefox that showed it', async (t) => {
  const server = await startServer(t)
  const olga = await ownerWithKeys(server)
  const laptop = await openOwnFirefox(t, server, { name: 'Laptop' })
  if (!laptop) return
  await connect(laptop, olga)
  await notePictures(laptop)
  const phone = await openPhone(laptop.origin, android)
  const names = async () =>
    ((await olga.browser.get('/me/browsers')).body.browsers as Answered[]).map(({ name }) => name).toSorted()

  await t.test('where both say yes, the telephone first', async (scene) => {
    const flow = phone.beginPairing(await showPicture(laptop), scopes)
    const on = await openOn(scene, server, flow)
    if (!on) return
    await on.device.sees('This Firefox will be signed in as olga@localhost.')
    await on.device.sees('“Laptop” lets it in.')
    await laptop.page.sees('Is this your phone?')
    await laptop.page.sees('Android')
    await on.device.press('Yes, sign in')
    await on.device.sees('Now say yes on the other device.')
    await laptop.page.press('Yes, let it in')
    await laptop.page.sees('The phone is in')
    const body = await arrive(phone, flow, on.told)
    const held = await laptop.driver.run(
      'chrome',
      async (scope) => {
        const { getFxAccountsSingleton }: Chrome = ChromeUtils.importESModule(
          'resource://gre/modules/FxAccounts.sys.mjs',
        )
        return getFxAccountsSingleton().keys.getKeyForScope(scope)
      },
      syncScope,
    )
    assert.deepEqual(flow.open(body.keys_jwe)[syncScope], held)
    assert.deepEqual(await names(), ['Firefox for Android', 'Laptop'])
    const { access_token: token } = (await phone.access(body.refresh_token, syncScope)).body
    const asked = { authorization: `Bearer ${token}`, headers: { 'X-KeyID': held.kid } }
    assert.equal((await phone.ask('GET', `${laptop.origin}/1.0/sync/1.5`, asked)).status, 200)
    assert.deepEqual(await on.device.faults(), [])
  })

  await t.test('where both say yes, the computer first', async (scene) => {
    const flow = phone.beginPairing(await showPicture(laptop), scopes)
    const on = await openOn(scene, server, flow)
    if (!on) return
    await laptop.page.press('Yes, let it in')
    await laptop.page.sees('Now say yes on the phone.')
    await on.device.press('Yes, sign in')
    await laptop.page.sees('The phone is in')
    assert.match((await arrive(phone, flow, on.told)).refresh_token, /^[0-9a-f]{64}$/)
  })

  await t.test('and not where one says no, or the other is not there', async (scene) => {
    const before = await names()
    const flow = phone.beginPairing(await showPicture(laptop), scopes)
    const on = await openOn(scene, server, flow)
    if (!on) return
    await on.device.sees('Sign in with the other device?')
    await laptop.page.press('No')
    await laptop.page.sees('Nothing was let in.')
    await on.device.sees('That did not work')
    assert.deepEqual(await on.told(), [])
    await on.device.visit(flow.address.pathname + flow.address.search + flow.address.hash)
    await on.device.sees('That did not work')
    assert.deepEqual(await names(), before)
  })
})

test('a session alone lets no telephone in', async (t) => {
  const server = await startServer(t)
  const olga = await ownerWithKeys(server)
  const laptop = await openOwnFirefox(t, server, { name: 'Laptop' })
  if (!laptop) return
  await connect(laptop, olga)
  const phone = await openPhone(laptop.origin, android)
  const flow = phone.begin(scopes)
  const session = await laptop.driver.run('chrome', async () => {
    const { getFxAccountsSingleton }: Chrome = ChromeUtils.importESModule(
      'resource://gre/modules/FxAccounts.sys.mjs',
    )
    return (await getFxAccountsSingleton()._internal.currentAccountState.getUserAccountData(['sessionToken']))
      .sessionToken
  })
  const wanted = {
    client_id: android.id,
    scope: 'profile',
    state: flow.state,
    access_type: 'offline',
    code_challenge: flow.address.searchParams.get('code_challenge'),
    code_challenge_method: 'S256',
  }
  const ask = () => firefoxAt(server, String(session)).ask('POST', '/fxa/v1/oauth/authorization', wanted)
  assert.equal((await ask()).json.errno, 125)
  await olga.browser.post('/firefox/pairing', { client: android.id })
  const { status, json } = await ask()
  assert.equal(status, 200, JSON.stringify(json))
  assert.equal((await ask()).json.errno, 125)
  assert.equal((await phone.redeem(flow, json.code)).body.scope, 'profile')
})
