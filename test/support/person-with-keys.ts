/** People whose passwords and keys are real: made as a browser makes them, and signed in in a real one. */
import type { Page } from 'puppeteer-core'
import { createKeys, slotSecret } from '@essaim/client'
import { stretchPassword } from '@essaim/client/password'
import { newEntropy, wordsAuth, wordsOf } from '@essaim/client/words'
import { type BrowserSession, openBrowser } from './browser-session.ts'
import type { TestServer } from './server.ts'

export interface PersonWithKeys {
  login: string
  id: string
  password: string
  /** What the password is for the server. */
  auth: string
  /** The twelve, in one line. */
  words: string
  /** Signed in, without a window. */
  browser: BrowserSession
}

interface Wanted {
  login: string
  password?: string
  /** Without: nothing but the password unlocks. */
  words?: boolean
}

async function make(
  path: string,
  given: object,
  { login, password = 'three herons by the weir', words = true }: Wanted,
  browser: BrowserSession,
): Promise<PersonWithKeys> {
  const begun = await browser.post(`${path}/begin`, { login, ...given })
  // As weak as it may be: the tests are not about how long that takes.
  const parameters = { ...begun.parameters, memory: 19_456, passes: 2, lanes: 1 }
  const { auth, secret } = await stretchPassword({ login, password, parameters })
  const entropy = newEntropy()
  const slots = [
    { secret: await slotSecret('password', secret) },
    ...(words ? [{ secret: await slotSecret('words', entropy) }] : []),
  ]
  const { bundle } = await createKeys({ account: begun.account, slots })
  await browser.post(path, {
    ticket: begun.ticket,
    way: { kind: 'password', parameters, auth },
    ...(words && { words: { auth: await wordsAuth(entropy) } }),
    bundle,
    language: 'en',
  })
  return {
    login,
    id: begun.account,
    password,
    auth,
    words: (await wordsOf(entropy, 'en')).join(' '),
    browser,
  }
}

export async function ownerWithKeys(
  server: Pick<TestServer, 'url' | 'firstRun'>,
  wanted: Partial<Wanted> = {},
): Promise<PersonWithKeys> {
  const token = new URL(await server.firstRun()).hash.slice(1)
  return make('/setup', { token }, { login: 'olga', ...wanted }, openBrowser(server))
}

/** Somebody whom `inviter` has invited; `role` is what the invitation gives. */
export async function guestWithKeys(
  server: TestServer,
  inviter: Pick<PersonWithKeys, 'browser'>,
  { role = 'person', ...wanted }: Wanted & { role?: string },
): Promise<PersonWithKeys> {
  const invitation = { label: wanted.login, role, most: 1, days: 1 }
  const { link } = await inviter.browser.post('/me/invitations', invitation)
  return make('/sign-up', { invitation: new URL(link).hash.slice(1) }, wanted, openBrowser(server))
}

/** Signs in in a real browser that shows one of our pages, without its form, and goes to `path`. */
export async function enter(page: Page, { login, auth }: PersonWithKeys, path: string): Promise<void> {
  const status = await page.evaluate(async (body) => {
    const headers = { 'Content-Type': 'application/json' }
    return (await fetch('/api/sign-in/password', { method: 'POST', headers, body })).status
  }, JSON.stringify({ login, auth }))
  if (status !== 200) throw new Error(`signing in answered ${status}`)
  await page.goto(new URL(path, page.url()).href)
}

/** What the server is sent for a password that was chosen in a page. */
export async function authOf(server: TestServer, login: string, password: string): Promise<string> {
  const { parameters } = await openBrowser(server).post('/sign-in/prelogin', { login })
  return (await stretchPassword({ password, login, parameters })).auth
}
