/** Passkeys in real Chromium with its virtual authenticator, on a page of our origin: with and without PRF. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { Browser, Page } from 'puppeteer-core'
import { makePageOwner } from './support/browser-session.ts'
import { openBrowser } from './support/browser.ts'
import { startServer, type TestServer } from './support/server.ts'

interface Answer {
  status: number
  // Whatever the route answers: tests look into it.
  // oxlint-disable-next-line no-explicit-any
  body: any
}

const device = {
  protocol: 'ctap2',
  transport: 'internal',
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
} as const

/** A page of `origin` whose browser has an authenticator of its own. */
async function openPage(browser: Browser, origin: string, { hasPrf = true } = {}) {
  const context = await browser.createBrowserContext()
  const page = await context.newPage()
  // Any document of the origin will do: what is tested is the browser and the server.
  await page.goto(`${origin}/__version__`)
  const cdp = await page.createCDPSession()
  await cdp.send('WebAuthn.enable')
  const add = async (more: object) =>
    (await cdp.send('WebAuthn.addVirtualAuthenticator', { options: { ...device, ...more } })).authenticatorId
  let authenticatorId = await add({ hasPrf })
  const credentials = async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials
  return {
    page,
    ask: (method: string, path: string, body: object = {}) => ask(page, method, path, body),
    create: (options: object) => run(page, 'create', options),
    get: (options: object, evaluates = true) => run(page, 'get', options, evaluates),
    credentials,
    /** Takes its passkeys to another device. */
    async move(options: object, change: object) {
      const moved = await credentials()
      await cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId })
      authenticatorId = await add(options)
      for (const credential of moved)
        await cdp.send('WebAuthn.addCredential', {
          authenticatorId,
          credential: { ...credential, ...change },
        })
    },
  }
}

const ask = (page: Page, method: string, path: string, body: object): Promise<Answer> =>
  page.evaluate(
    async (how, where, what) => {
      const headers = { 'Content-Type': 'application/json' }
      const answer = await fetch(`/api${where}`, {
        method: how,
        headers,
        ...(how === 'GET' ? {} : { body: what }),
      })
      return { status: answer.status, body: await answer.json() }
    },
    method,
    path,
    JSON.stringify(body),
  )

/** A message of `toJSON`, as far as tests look into it. */
interface Message {
  id: string
  response: { clientDataJSON: string }
  clientExtensionResults: { prf?: { enabled?: boolean; results?: { first: string } } }
}

interface Made {
  /** As a careful page sends it. */
  response: Message
  /** With all that the browser has told the page. */
  careless: Message
  /** What PRF gave, in hexadecimal; it never leaves the page of a person. */
  secret: string
}

const run = (page: Page, act: 'create' | 'get', options: object, evaluates = true): Promise<Made> =>
  page.evaluate(
    async (what, json, withPrf) => {
      const given = JSON.parse(json)
      const salt = new TextEncoder().encode('of the page alone')
      const extensions = withPrf ? { prf: { eval: { first: salt } } } : {}
      const credential =
        what === 'create'
          ? await navigator.credentials.create({
              publicKey: { ...PublicKeyCredential.parseCreationOptionsFromJSON(given), extensions },
            })
          : await navigator.credentials.get({
              publicKey: { ...PublicKeyCredential.parseRequestOptionsFromJSON(given), extensions },
            })
      const made = credential as PublicKeyCredential
      const prf = made.getClientExtensionResults().prf
      const bytes = new Uint8Array((prf?.results?.first as ArrayBuffer | undefined) ?? new ArrayBuffer(0))
      const secret = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
      const message = made.toJSON()
      const enabled = prf?.enabled === undefined ? {} : { enabled: prf.enabled }
      return {
        response: { ...message, clientExtensionResults: prf ? { prf: enabled } : {} },
        careless: { ...message, clientExtensionResults: { prf: { ...enabled, results: { first: secret } } } },
        secret,
      }
    },
    act,
    JSON.stringify(options),
    evaluates,
  )

const originOf = (server: TestServer) => `http://localhost:${new URL(server.url).port}`

const good = ({ status, body }: Answer) => {
  assert.equal(status, 200, JSON.stringify(body))
  return body
}
const refused = ({ status, body }: Answer, ...expected: [number, string]) =>
  assert.deepEqual([status, body.error], expected)

async function stage(t: TestContext) {
  const browser = await openBrowser(t)
  if (!browser) return undefined
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  await olga.browser.put('/admin/settings', { registration: 'open' })
  return { browser, server, origin: originOf(server) }
}

async function signUp(page: Awaited<ReturnType<typeof openPage>>, login: string, selection?: object) {
  const begun = good(await page.ask('POST', '/sign-up/begin', { login }))
  const made = await page.create({
    ...begun.passkey,
    ...(selection ? { authenticatorSelection: selection } : {}),
  })
  const way = { kind: 'passkey', response: made.response, name: 'this device' }
  const { me } = good(await page.ask('POST', '/sign-up', { ticket: begun.ticket, way, language: 'en' }))
  return { me, made }
}

test('a person signs up and in with a passkey alone, and keeps what it gives to herself', async (t) => {
  const parts = await stage(t)
  if (!parts) return
  const { browser, server, origin } = parts
  const page = await openPage(browser, origin)
  const { me, made } = await signUp(page, 'alice')
  assert.deepEqual([me.login, me.method, me.ways.passkeys], ['alice', 'passkey', 1])

  await t.test('it is on the device, for this host, under a handle that says nothing', async () => {
    const [credential] = await page.credentials()
    assert.equal(credential?.rpId, 'localhost')
    assert.equal(credential?.isResidentCredential, true)
    assert.ok(!Buffer.from(credential?.userHandle ?? '', 'base64').includes(me.id))
  })

  await t.test('the browser keeps our cookies, out of reach of scripts (statement 18)', async () => {
    const cookies = await page.page.browserContext().cookies()
    const session = cookies.find(({ name }) => name === '__Host-essaim')
    assert.deepEqual([session?.httpOnly, session?.secure, session?.sameSite], [true, true, 'Lax'])
    assert.equal(await page.page.evaluate(() => document.cookie), '')
  })

  good(await page.ask('POST', '/sign-out'))
  const secrets: string[] = []
  await t.test('it signs in, and gives the same secret each time', async () => {
    for (let time = 0; time < 2; time++) {
      const { options } = good(await page.ask('POST', '/sign-in/passkey/options'))
      const { response, secret } = await page.get(options)
      const signedIn = good(await page.ask('POST', '/sign-in/passkey', { response }))
      assert.equal(signedIn.me.login, 'alice')
      secrets.push(secret)
    }
    assert.equal(secrets[0]?.length, 64)
    assert.equal(secrets[0], secrets[1])
  })

  await t.test('a page that would give the secret away is refused, and nothing has it', async () => {
    const { options } = good(await page.ask('POST', '/sign-in/passkey/options'))
    const { careless } = await page.get(options)
    assert.equal(careless.clientExtensionResults.prf?.results?.first, secrets[0])
    refused(await page.ask('POST', '/sign-in/passkey', { response: careless }), 400, 'prf-leaked')
    assert.ok(!server.output().includes(secrets[0]!))
    const { response } = made
    assert.deepEqual(response.clientExtensionResults, { prf: { enabled: true } })
  })

  await t.test('the browser does not make a second one on the same device', async () => {
    const { options } = good(await page.ask('POST', '/me/passkeys/options'))
    await assert.rejects(page.create(options), /InvalidStateError|already registered/)
  })

  await t.test('a challenge that was used, is another’s or is none of ours opens nothing', async () => {
    const { options } = good(await page.ask('POST', '/sign-in/passkey/options'))
    const { response } = await page.get(options)
    good(await page.ask('POST', '/sign-in/passkey', { response }))
    refused(await page.ask('POST', '/sign-in/passkey', { response }), 410, 'challenge-expired')
    const foreign = await page.get({ ...options, challenge: 'bm90IG9uZSBvZiBvdXJz' })
    refused(await page.ask('POST', '/sign-in/passkey', foreign), 410, 'challenge-expired')
    const other = await openPage(browser, origin)
    const theirs = good(await other.ask('POST', '/sign-in/passkey/options'))
    const lured = await page.get(theirs.options)
    refused(await page.ask('POST', '/sign-in/passkey', lured), 410, 'challenge-expired')
  })

  await t.test('a counter that goes back, as that of a copy does, is refused, and told to her', async () => {
    await page.move({}, { signCount: 0 })
    const { options } = good(await page.ask('POST', '/sign-in/passkey/options'))
    const { response } = await page.get(options, false)
    refused(await page.ask('POST', '/sign-in/passkey', { response }), 403, 'passkey-copied')
    const { entries } = good(await page.ask('GET', '/me/log'))
    assert.equal(entries[0].act, 'passkey-copied')
  })
})

test('a device that does not verify the person opens nothing (statement 20)', async (t) => {
  const parts = await stage(t)
  if (!parts) return
  const page = await openPage(parts.browser, parts.origin)
  // What the server asks for makes the device itself refuse, so the page asks for less.
  const { made } = await signUp(page, 'dora', { userVerification: 'preferred', residentKey: 'required' })
  await page.move({ hasUserVerification: false }, {})
  const { options } = good(await page.ask('POST', '/sign-in/passkey/options'))
  await assert.rejects(page.get(options, false), /NotAllowedError/)
  const allowCredentials = [{ type: 'public-key', id: made.response.id }]
  const less = { ...options, userVerification: 'discouraged', allowCredentials }
  const { response } = await page.get(less, false)
  refused(await page.ask('POST', '/sign-in/passkey', { response }), 401, 'wrong')
})

test('without PRF a passkey signs in all the same', async (t) => {
  const parts = await stage(t)
  if (!parts) return
  const page = await openPage(parts.browser, parts.origin, { hasPrf: false })
  const { me, made } = await signUp(page, 'bob')
  assert.equal(made.secret, '')
  assert.equal(me.ways.passkeys, 1)
  const { options } = good(await page.ask('POST', '/fresh/passkey/options'))
  const { response, secret } = await page.get(options)
  assert.equal(secret, '')
  assert.ok(good(await page.ask('POST', '/fresh/passkey', { response })).freshUntil > Date.now())
})

test('a page of another origin cannot use it, even on the same host', async (t) => {
  const parts = await stage(t)
  if (!parts) return
  const elsewhere = createServer((_request, response) => response.end('<title>evil</title>')).listen(
    0,
    '127.0.0.1',
  )
  t.after(() => elsewhere.close())
  await once(elsewhere, 'listening')
  const page = await openPage(parts.browser, parts.origin)
  await signUp(page, 'carol')
  const { options } = good(await page.ask('POST', '/sign-in/passkey/options'))
  // The authenticator belongs to the tab: the same person is lured to another port of the same host.
  await page.page.goto(`http://localhost:${(elsewhere.address() as AddressInfo).port}/`)
  const { response } = await page.get(options)
  assert.match(
    Buffer.from(response.response.clientDataJSON, 'base64url').toString(),
    /"origin":"http:\/\/localhost:/,
  )
  await page.page.goto(`${parts.origin}/__version__`)
  refused(await page.ask('POST', '/sign-in/passkey', { response }), 401, 'wrong')
  await page.page.goto(`http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`)
  await assert.rejects(page.get(options), /SecurityError|invalid domain|relying party/i)
})
