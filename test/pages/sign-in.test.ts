/** People sign in, in real browsers, in each way that they have. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CDPSession, Page } from 'puppeteer-core'
import {
  alertOf,
  heading,
  isIn,
  keepWords,
  makeOwner,
  press,
  signIn,
  signOut,
  write,
} from '../support/page-people.ts'
import { openBrowserNamed, openPage } from '../support/pages.ts'
import { startServer } from '../support/server.ts'

/** Text that only the stored bundle has; what this device knows of it is in its memory. */
const keysOf = (page: Page) =>
  page.evaluate(async () => {
    const { bundle, tag } = (await (await fetch('/api/me/keys')).json()) as {
      bundle: { slots: { kind: string }[]; revision: number }
      tag: string
    }
    return { tag, revision: bundle.revision, kinds: bundle.slots.map(({ kind }) => kind).toSorted() }
  })

for (const name of ['chromium', 'firefox'] as const) {
  test(`${name}: a password opens, is never sent, and a wrong one is told`, async (t) => {
    const browser = await openBrowserNamed(t, name)
    if (!browser) return
    const server = await startServer(t)
    const { page, owner, origin, faults, sent } = await makeOwner(browser, server)
    assert.deepEqual((await keysOf(page)).kinds, ['device', 'password', 'words'])

    await t.test('a wrong password', async () => {
      await signOut(page)
      await signIn(page, { ...owner, password: 'six geese stay at home' })
      assert.match(await alertOf(page), /not right/)
    })

    await t.test('the right one', async () => {
      await write(page, '#password', owner.password)
      await press(page, 'Sign in')
      await isIn(page)
    })

    await t.test(
      'in a browser that nobody has used, as one’s own: it unlocks by itself afterwards',
      async () => {
        const other = await openPage(browser, `${origin}/`)
        await other.page.waitForSelector('#keep')
        await other.page.click('#keep')
        await signIn(other.page, owner)
        await isIn(other.page)
        const { kinds, revision } = await keysOf(other.page)
        assert.deepEqual(kinds, ['device', 'device', 'password', 'words'])
        assert.equal(revision, 2)
        assert.deepEqual(await other.faults(), [])
      },
    )

    await t.test('the recovery words', async () => {
      await signOut(page)
      await press(page, 'Sign in with recovery words')
      await write(page, '#login', owner.login)
      await write(page, '#words', owner.words.slice(0, 11).join(' '))
      await press(page, 'Sign in')
      assert.match(await alertOf(page), /11 words/)
      await write(page, '#words', owner.words.join(' ').toUpperCase())
      await press(page, 'Sign in')
      await isIn(page)
    })

    assert.deepEqual(await faults(), [])
    for (const secret of [owner.password, owner.words.join(' '), encodeURIComponent(owner.password)])
      assert.ok(!sent.some((one) => one.includes(secret)), 'no secret was sent')
  })
}

test('keys of before are refused, with a sentence, and nothing is unlocked', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t)
  const { page, owner, context, origin } = await makeOwner(browser, server)
  const before = await page.evaluate(async () => (await fetch('/api/me/keys')).text())
  // Another device of hers changes the key; this one sees it.
  const other = await openPage(browser, `${origin}/`)
  await other.page.waitForSelector('#keep')
  await other.page.click('#keep')
  await signIn(other.page, owner)
  await isIn(other.page)
  await signOut(page)
  await signIn(page, owner)
  await isIn(page)
  await signOut(page)

  const shown = await openPage(browser, `${origin}/`, { context })
  await shown.page.setRequestInterception(true)
  shown.page.on('request', (request) => {
    const isKeys = request.url().endsWith('/api/me/keys') && request.method() === 'GET'
    void (isKeys
      ? request.respond({ status: 200, contentType: 'application/json', body: before })
      : request.continue())
  })
  await signIn(shown.page, owner)
  await heading(shown.page, 'were refused')
  assert.match(
    await shown.page.$eval('#content', ({ textContent }) => textContent ?? ''),
    /older keys than this device has already seen/,
  )
  await press(shown.page, 'Go on without my encrypted data')
  await isIn(shown.page)
})

/** Notes whatever an authenticator gives as its secret, to be looked for in what is sent. */
function notePrf(): void {
  const seen: string[] = []
  Object.assign(globalThis, { prfSeen: seen })
  const original = PublicKeyCredential.prototype.getClientExtensionResults
  PublicKeyCredential.prototype.getClientExtensionResults = function () {
    const results = original.call(this)
    const first = results.prf?.results?.first
    if (first) seen.push(btoa(String.fromCharCode(...new Uint8Array(first as ArrayBuffer))))
    return results
  }
}

test('passkeys: with what unlocks and without, and the secret stays in the page', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  for (const hasPrf of [true, false]) {
    await t.test(hasPrf ? 'one that unlocks' : 'one that does not', async (s) => {
      const server = await startServer(s)
      const link = await server.firstRun()
      let cdp: CDPSession | undefined
      let authenticatorId = ''
      const prepare = async (page: Page) => {
        cdp = await page.createCDPSession()
        await cdp.send('WebAuthn.enable')
        ;({ authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
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
        }))
        await page.evaluateOnNewDocument(notePrf)
      }
      const { page, faults, sent } = await openPage(browser, link, { prepare })
      await press(page, 'Go on')
      await write(page, '#login', 'alice')
      await press(page, 'Make it with a passkey')
      await heading(page, 'Your recovery words')
      // Where nothing else unlocks, the words cannot be put off.
      const later = await page.$$eval('button', (all) =>
        all.some(({ textContent }) => textContent?.includes('Not now')),
      )
      assert.equal(later, hasPrf)
      await keepWords(page)
      await isIn(page)
      assert.deepEqual(
        (await keysOf(page)).kinds,
        hasPrf ? ['device', 'passkey', 'words'] : ['device', 'words'],
      )

      // By the button. The finger comes after the offer under the field has begun, which it then does not answer.
      const present = (enabled: boolean) =>
        cdp!.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled })
      await present(false)
      const offered = page.waitForResponse((answer) => answer.url().endsWith('/sign-in/passkey/options'))
      await signOut(page)
      await offered
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)))
      await present(true)
      await press(page, 'Use a passkey')
      await isIn(page)
      // From the list under the field.
      await signOut(page)
      await isIn(page)
      const secrets = await page.evaluate(() => (globalThis as unknown as { prfSeen: string[] }).prfSeen)
      assert.equal(secrets.length > 0, hasPrf)
      for (const secret of secrets) {
        const url = secret.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
        assert.ok(!sent.some((one) => one.includes(secret) || one.includes(url)))
      }
      assert.deepEqual(
        sent.filter((one) => /"prf":\{[^}]*(?:results|eval)/.test(one)),
        [],
      )
      assert.deepEqual(await faults(), [])
    })
  }
})
