/** People sign in, in real browsers, in each way that they have. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'puppeteer-core'
import { openBrowserNamed } from '../support/pages.ts'
import {
  type Device,
  emptyBrowser,
  firstRun,
  openDevice,
  pagesOf,
  signIn,
  signOut,
  withPasskeys,
  writeWordsDown,
} from '../support/person-at-pages.ts'
import { ownerWithKeys } from '../support/person-with-keys.ts'
import { startServer } from '../support/server.ts'

const password = 'five geese fly to Lorient'

/** What unlocks the key that the server has now, and how often it was changed. */
const slotsOf = ({ page }: Device) =>
  page.evaluate(async () => {
    const { bundle } = (await (await fetch('/api/me/keys')).json()) as {
      bundle: { slots: { kind: string }[] }
    }
    return bundle.slots.map(({ kind }) => kind).toSorted()
  })

for (const name of ['chromium', 'firefox'] as const) {
  test(`${name}: a password opens and is never sent, words open too`, async (t) => {
    const browser = await openBrowserNamed(t, name)
    if (!browser) return
    const server = await startServer(t)
    const device = await openDevice(browser, server)
    const words = await firstRun(device, await server.firstRun(), 'alice', password)
    assert.deepEqual(await slotsOf(device), ['device', 'password', 'words'])

    await t.test('a wrong password is told, and the right one opens', async () => {
      await signOut(device)
      await device.fill({ login: 'alice', password: 'six geese stay at home' })
      await device.press('Sign in')
      await device.sees('That is not right.')
      await device.fill({ password })
      await device.press('Sign in')
      await device.sees('Hello, alice')
    })

    await t.test('a device of one’s own unlocks by itself from then on', async () => {
      const other = await openDevice(browser, server)
      await signIn(other, 'alice', password, true)
      await other.sees('Hello, alice')
      assert.deepEqual(await slotsOf(other), ['device', 'device', 'password', 'words'])
      assert.deepEqual(await other.faults(), [])
    })

    await t.test('the recovery words, in any case; a word too few is counted', async () => {
      await signOut(device)
      await device.press('Sign in with recovery words')
      await device.fill({ login: 'alice', words: words.split(' ').slice(1).join(' ') })
      await device.press('Sign in')
      await device.sees('These are 11 words')
      await device.fill({ words: words.toUpperCase() })
      await device.press('Sign in')
      await device.sees('Hello, alice')
    })

    assert.deepEqual(await device.faults(), [])
    for (const secret of [password, words, encodeURIComponent(password)])
      assert.ok(!device.sent.some((one) => one.includes(secret)))
  })
}

test('stretching shows how far it is, and can be stopped', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t)
  await ownerWithKeys(server)
  const device = await openDevice(browser, server)
  await device.page.setRequestInterception(true)
  device.page.on('request', (request) => {
    // As much work as a server may ask for, so that there is time to press.
    const parameters = { algorithm: 'argon2id', salt: 'A'.repeat(22), memory: 65_536, passes: 16, lanes: 1 }
    void (request.url().endsWith('/sign-in/prelogin')
      ? request.respond({ contentType: 'application/json', body: JSON.stringify({ parameters }) })
      : request.continue())
  })
  await device.fill({ login: 'olga', password })
  await device.press('Sign in')
  const share = await device.page.waitForSelector('progress')
  assert.ok(share)
  await device.press('Cancel')
  await device.page.waitForFunction(() => !document.querySelector('progress'))
  assert.deepEqual(
    device.sent.filter((one) => one.includes('/sign-in/password')),
    [],
  )
  assert.deepEqual(await device.faults(), [])
})

test('a server that asks for too weak a stretching gets nothing', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t)
  await ownerWithKeys(server)
  const device = await openDevice(browser, server)
  await device.page.setRequestInterception(true)
  device.page.on('request', (request) => {
    const parameters = { algorithm: 'argon2id', salt: 'A'.repeat(22), memory: 8, passes: 1, lanes: 1 }
    void (request.url().endsWith('/sign-in/prelogin')
      ? request.respond({ contentType: 'application/json', body: JSON.stringify({ parameters }) })
      : request.continue())
  })
  await device.fill({ login: 'olga', password })
  await device.press('Sign in')
  await device.sees('too weak. Nothing was sent.')
  assert.deepEqual(
    device.sent.filter((one) => one.includes('/sign-in/password')),
    [],
  )
})

test('an old stretching is renewed at the sign-in, and the same password opens and unlocks', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t)
  const olga = await ownerWithKeys(server)
  const parametersNow = async () =>
    (await olga.browser.post('/sign-in/prelogin', { login: olga.login })).parameters
  const before = await parametersNow()
  const device = await openDevice(browser, server)
  const renewed = device.page.waitForResponse((answer) => answer.url().endsWith('/api/me/password'))
  await signIn(device, olga.login, olga.password)
  await device.sees('Hello, olga')
  assert.equal((await renewed).status(), 200)
  assert.ok((await parametersNow()).memory > before.memory)
  await signOut(device)
  await signIn(device, olga.login, olga.password, true)
  await device.sees('Hello, olga')
  // A device is kept only where the key was unlocked.
  assert.deepEqual(await slotsOf(device), ['device', 'password', 'words'])
  assert.deepEqual(await device.faults(), [])
})

test('who guesses too often waits, and sees how long', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t)
  await ownerWithKeys(server)
  const device = await openDevice(browser, server)
  await device.page.setRequestInterception(true)
  device.page.on('request', (request) => {
    void (request.url().endsWith('/sign-in/prelogin')
      ? request.respond({
          status: 429,
          contentType: 'application/json',
          body: JSON.stringify({ error: 'throttled', retryAfter: 2 }),
        })
      : request.continue())
  })
  await device.fill({ login: 'olga', password })
  await device.press('Sign in')
  await device.sees(/Too many attempts\. .*Try again in [12] s\./)
  // It can be pressed again when the time is over, and the sentence is gone.
  await device.misses('Too many attempts')
  await device.press('Sign in')
  await device.sees('Too many attempts')
})

test('keys of before are refused with a sentence, and nothing is unlocked', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t)
  const olga = await ownerWithKeys(server)
  const device = await openDevice(browser, server)
  const before = JSON.stringify((await olga.browser.get('/me/keys')).body)
  // This device sees its own slot being added.
  await signIn(device, olga.login, olga.password, true)
  await device.sees('Hello, olga')
  await signOut(device)

  await device.page.setRequestInterception(true)
  device.page.on('request', (request) => {
    const isKeys = request.url().endsWith('/api/me/keys') && request.method() === 'GET'
    void (isKeys ? request.respond({ contentType: 'application/json', body: before }) : request.continue())
  })
  await signIn(device, olga.login, olga.password)
  await device.sees('The keys from the server were refused')
  await device.sees('older keys than this device has already seen')
  await device.press('Go on without my encrypted data')
  await device.sees('Hello, olga')
})

test('who began afresh elsewhere has this device take the new keys', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t)
  const olga = await ownerWithKeys(server)
  const device = await openDevice(browser, server)
  await signIn(device, olga.login, olga.password, true)
  await device.sees('Hello, olga')
  await signOut(device)

  const { createKeys, slotSecret } = await import('@essaim/client')
  const { stretchPassword } = await import('@essaim/client/password')
  const { parameters } = await olga.browser.post('/sign-in/prelogin', { login: olga.login })
  const { secret } = await stretchPassword({ ...olga, parameters })
  const slots = [{ secret: await slotSecret('password', secret) }]
  const { bundle } = await createKeys({ account: olga.id, slots })
  const { tag } = (await olga.browser.get('/me/keys')).body
  await olga.browser.post('/me/keys/afresh', { bundle, expected: tag })

  await signIn(device, olga.login, olga.password, true)
  await device.sees('keys that are not yours')
  await device.press('It was me: take the new keys')
  await device.sees('Hello, olga')
  assert.deepEqual(await slotsOf(device), ['device', 'password'])
})

/** Notes whatever an authenticator gives as its secret, to be looked for in what is sent. */
function notePrf(): void {
  const seen: string[] = []
  Object.assign(globalThis, { prfSeen: seen })
  if (!('PublicKeyCredential' in globalThis)) return
  const original = PublicKeyCredential.prototype.getClientExtensionResults
  PublicKeyCredential.prototype.getClientExtensionResults = function () {
    const results = original.call(this)
    const first = results.prf?.results?.first
    if (first) seen.push(btoa(String.fromCharCode(...new Uint8Array(first as ArrayBuffer))))
    return results
  }
}

const prfSeen = (page: Page) => page.evaluate(() => (globalThis as unknown as { prfSeen: string[] }).prfSeen)

for (const hasPrf of [true, false])
  test(`a passkey ${hasPrf ? 'unlocks too, and its secret stays in the page' : 'that unlocks nothing opens'}`, async (t) => {
    const browser = await openBrowserNamed(t, 'chromium')
    if (!browser) return
    const server = await startServer(t)
    const { hash } = new URL(await server.firstRun())
    const device = await openDevice(browser, server)
    const { page } = device
    const present = await withPasskeys(device, { hasPrf })
    await page.evaluateOnNewDocument(notePrf)
    await device.visit(`/setup${hash}`)
    await device.press('Go on')
    await device.sees('bound to the address localhost')
    await device.fill({ login: 'alice' })
    await device.press('Make it with a passkey')
    // Where nothing else unlocks, the words cannot be put off.
    const text = await device.sees('Your recovery words')
    assert.equal(text.includes('Not now'), hasPrf)
    await writeWordsDown(device)
    await device.press('Finish')
    await device.sees('Hello, alice')
    assert.deepEqual(await slotsOf(device), hasPrf ? ['device', 'passkey', 'words'] : ['device', 'words'])

    await emptyBrowser(device)
    const secrets: string[] = []
    // By the button. The finger comes after the offer under the field has begun, which it then does not answer.
    await present(false)
    const offered = page.waitForResponse((answer) => answer.url().endsWith('/sign-in/passkey/options'))
    await device.visit('/')
    await offered
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)))
    await present(true)
    await device.press('Use a passkey')
    await device.sees('Hello, alice')
    secrets.push(...(await prfSeen(page)))
    // From the list under the field.
    await signOut(device)
    await device.sees('Hello, alice')
    secrets.push(...(await prfSeen(page)))

    assert.equal(secrets.length >= 2, hasPrf)
    for (const secret of secrets) {
      const url = secret.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
      assert.ok(!device.sent.some((one) => one.includes(secret) || one.includes(url)))
    }
    assert.deepEqual(
      device.sent.filter((one) => /"prf":\{[^}]*(?:results|eval)/.test(one)),
      [],
    )
    assert.deepEqual(await device.faults(), [])
  })

test('a page of hers asks who she is, and is then shown', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t)
  const olga = await ownerWithKeys(server)
  const device = await openDevice(browser, server, '/account/security')
  await device.sees('To go on, please sign in.')
  await device.fill({ login: olga.login, password: olga.password })
  await device.press('Sign in')
  await device.page.waitForFunction(() => document.querySelector('h1')?.textContent === 'Security')
  assert.equal(device.page.url(), `${pagesOf(server)}/account/security`)
})
