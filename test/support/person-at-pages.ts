/** A person with a browser on our pages: she reads what is shown, presses what is labelled so, and fills fields. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { type Keyring, openBundle, slotSecret } from '@essaim/client'
import { parseWords } from '@essaim/client/words'
import type { Browser, BrowserContext, ElementHandle, Page } from 'puppeteer-core'
import type { PagePerson } from './browser-session.ts'
import { linksIn, type MailServer } from './mail-server.ts'
import { type Look, openPage } from './pages.ts'
import type { TestServer } from './server.ts'
import { storedBundle } from './stored-keys.ts'

export interface Device {
  readonly page: Page
  readonly context: BrowserContext
  /** Opens an address of the server, as a new document. */
  visit(path: string): Promise<void>
  /** Presses the button or follows the link that says exactly this, once it is there and works. */
  press(label: string): Promise<void>
  /** Types into fields, by name. */
  fill(fields: Readonly<Record<string, string>>): Promise<void>
  /** Ticks a box, or takes the tick away. */
  tick(name: string, on?: boolean): Promise<void>
  /** Waits until something is shown; the whole text that is. */
  sees(expected: string | RegExp): Promise<string>
  /** Waits until something is shown no more. */
  misses(gone: string | RegExp): Promise<void>
  /** Presses what proves that it is she, if she is asked now, and goes on. */
  prove(password: string): Promise<void>
  /** What the policy stopped, and what the browser complained of. */
  faults(): Promise<string[]>
  readonly sent: readonly string[]
}

/** The address under which browsers have passkeys and encryption without https. */
export const pagesOf = (server: Pick<TestServer, 'url'>) => `http://localhost:${new URL(server.url).port}`

/** How long something may take to be shown, in milliseconds. */
const patience = 20_000

/**
 * Waits until a function gives something in the page. COMPAT Firefox: a wait that begins while one page gives way to the
 * next may stay with the page that is gone, so that it is begun anew every few seconds.
 */
async function until(
  page: Page,
  test: (...args: string[]) => unknown,
  ...args: string[]
): Promise<ElementHandle> {
  const end = Date.now() + patience
  for (;;) {
    try {
      return (await page.waitForFunction(test, { timeout: 4_000, polling: 50 }, ...args)) as ElementHandle
    } catch (error) {
      if (Date.now() >= end) throw error
      await setTimeout(50)
    }
  }
}

export async function openDevice(
  browser: Browser,
  server: Pick<TestServer, 'url'>,
  path = '/',
  look: Look = {},
): Promise<Device> {
  const { page, context, faults, sent } = await openPage(browser, pagesOf(server) + path, look)

  async function found(find: (text: string) => Element | undefined, text: string): Promise<ElementHandle> {
    return until(page, find, text).catch(async (error: unknown) => {
      throw new Error(`“${text}” is not there. What is shown:\n${await shown(page)}`, { cause: error })
    })
  }

  const device: Device = {
    page,
    context,
    sent,
    // What she does may make things move; looks are the matter of other tests.
    faults: async () => (await faults()).filter((one) => !one.startsWith('it jumps')),
    async visit(to) {
      // A fragment alone would not load anything.
      await page.goto('about:blank')
      await page.goto(pagesOf(server) + to)
    },
    async press(label) {
      const target = await found(labelled, label)
      await target.click()
    },
    async fill(fields) {
      for (const [name, text] of Object.entries(fields)) {
        const input = await found(fieldNamed, name)
        await input.evaluate((element) => {
          ;(element as HTMLInputElement).value = ''
        })
        await input.type(text)
      }
    },
    async tick(name, on = true) {
      const box = await found(fieldNamed, name)
      if ((await box.evaluate((element) => (element as HTMLInputElement).checked)) !== on) await box.click()
    },
    async sees(expected) {
      const [source, flags] = patternOf(expected)
      const isSeen = (text: string, how: string) => new RegExp(text, how).test(document.body.innerText)
      await until(page, isSeen, source, flags).catch(async (error: unknown) => {
        throw new Error(`“${expected}” is not seen. What is shown:\n${await shown(page)}`, { cause: error })
      })
      return shown(page)
    },
    async misses(gone) {
      const [source, flags] = patternOf(gone)
      await until(
        page,
        (text: string, how: string) => !new RegExp(text, how).test(document.body.innerText),
        source,
        flags,
      )
    },
    async prove(password) {
      await device.fill({ proof: password })
      await device.press('Confirm')
      await until(page, () => !document.querySelector('#proof'))
    },
  }
  return device
}

const shown = (page: Page): Promise<string> => page.evaluate(() => document.body.innerText)

const patternOf = (text: string | RegExp): [source: string, flags: string] =>
  typeof text === 'string' ? [text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'), ''] : [text.source, text.flags]

/** Runs in the page. What is outside of an open dialog cannot be pressed. */
export function labelled(label: string): Element | undefined {
  const within = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document
  return [...within.querySelectorAll<HTMLElement>('button, a')].find(
    (element) =>
      (element.getAttribute('aria-label') ?? element.innerText).trim() === label &&
      element.checkVisibility() &&
      !element.matches(':disabled'),
  )
}

/** Runs in the page. */
export function fieldNamed(name: string): Element | undefined {
  const within = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document
  const field = within.querySelector<HTMLInputElement>(`[name="${name}"]`)
  return field?.checkVisibility() && !field.disabled ? field : undefined
}

/** Reads the twelve words that are shown, and types back those that are asked for; in one line. */
export async function writeWordsDown({ page, press, fill }: Device): Promise<string> {
  await until(page, () => {
    const words = [...document.querySelectorAll('.twelve li span')].map(({ textContent }) => textContent)
    return words.length === 12 && words.every((word) => word?.trim())
  })
  const words = await page.$$eval('.twelve li span', (all) => all.map(({ textContent }) => textContent ?? ''))
  assert.equal(new Set(words).size > 6, true)
  await press('I have written them down')
  await page.waitForSelector('input[name^="word-"]')
  const asked = await page.$$eval('input[name^="word-"]', (all) =>
    all.map((input) => (input as HTMLInputElement).name),
  )
  assert.equal(asked.length, 3)
  await fill(Object.fromEntries(asked.map((name) => [name, words[Number(name.slice(5)) - 1]!])))
  return words.join(' ')
}

/** Makes an account with a password by the link of an invitation; the recovery words. */
export async function signUp(device: Device, link: string, login: string, password: string): Promise<string> {
  const { pathname, hash } = new URL(link)
  await device.visit(pathname + hash)
  await device.fill({ login, password })
  await device.press('Make the account')
  const words = await writeWordsDown(device)
  await device.press('Finish')
  await device.sees(`Hello, ${login}`)
  return words
}

export async function signIn(device: Device, login: string, password: string, keep = false): Promise<void> {
  await device.visit('/')
  await device.fill({ login, password })
  await device.tick('keep', keep)
  await device.press('Sign in')
}

/** Makes the owner's account with the link of the first run; the recovery words. */
export async function firstRun(
  device: Device,
  link: string,
  login: string,
  password: string,
): Promise<string> {
  await device.visit(`/setup${new URL(link).hash}`)
  await device.press('Go on')
  await device.fill({ login, password })
  await device.press('Make the account')
  const words = await writeWordsDown(device)
  await device.press('Finish')
  await device.sees(`Hello, ${login}`)
  return words
}

/** Ends the session, and shows the sign-in page. */
export async function signOut(device: Device): Promise<void> {
  const status = await device.page.evaluate(async () => {
    const headers = { 'Content-Type': 'application/json' }
    return (await fetch('/api/sign-out', { method: 'POST', headers, body: '{}' })).status
  })
  assert.equal(status, 200)
  await device.visit('/')
}

/**
 * Gives the window a passkey device that verifies its person and, unless told otherwise, gives the secret that unlocks
 * (PRF). Returns what lets it wait for a finger, or not.
 */
export async function withPasskeys(
  { page }: Device,
  { hasPrf = true } = {},
): Promise<(present: boolean) => Promise<void>> {
  const cdp = await page.createCDPSession()
  await cdp.send('WebAuthn.enable')
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      hasPrf,
    },
  })
  return async (enabled) => {
    await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled })
  }
}

/** Has the browser lose all that it keeps of the server: another one, in which the same passkeys are at hand. */
export async function emptyBrowser({ page }: Device): Promise<void> {
  const origin = new URL(page.url()).origin
  await page.goto('about:blank')
  const cdp = await page.createCDPSession()
  await cdp.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' })
}

/** An invitation, from whoever may write one. */
export async function inviteBy(
  { browser }: Pick<PagePerson, 'browser'>,
  login: string,
  role = 'person',
): Promise<string> {
  const { link } = await browser.post('/me/invitations', { label: login, role, most: 1, days: 1 })
  return link
}

/** Somebody who was made without a window signs in in this one, without its form, and opens a page. */
export async function enterAs(
  device: Device,
  { login, auth }: Pick<PagePerson, 'login' | 'auth'>,
  path: string,
): Promise<void> {
  const status = await device.page.evaluate(async (body) => {
    const headers = { 'Content-Type': 'application/json' }
    return (await fetch('/api/sign-in/password', { method: 'POST', headers, body })).status
  }, JSON.stringify({ login, auth }))
  assert.equal(status, 200)
  await device.visit(path)
}

/**
 * The links of the mail with one of this kind that comes to an address after something was done, whatever notices come
 * before it.
 */
export async function linksAfter(
  mails: MailServer,
  address: string,
  kind: string,
  act: () => Promise<unknown>,
): Promise<Record<string, string>> {
  const all = () => mails.mails.filter(({ to }) => to.includes(address))
  const those = () => all().filter((mail) => linksIn(mail)[kind] !== undefined)
  const seen = those().length
  await act()
  while (those().length === seen) await mails.mailsTo(address, all().length + 1)
  return linksIn(those()[seen]!)
}

/** Adds an address on the page of security, and follows the link of the mail. */
export async function addAddress(device: Device, mails: MailServer, address: string): Promise<void> {
  await device.visit('/account/security')
  await device.fill({ email: address })
  await device.press('Add the address')
  const { verify = '' } = linksIn((await mails.mailsTo(address))[0]!)
  await device.visit(`/mail#verify=${verify}`)
  await device.press('Confirm')
  await device.sees(`${address} is confirmed.`)
}

/** An app of alice's, on this device, gives a collection a key; her keyring as it is then. */
export async function giveCollectionKey(
  { page }: Device,
  server: Pick<TestServer, 'data'>,
  words: string,
  collection: string,
): Promise<Keyring> {
  const bundle = storedBundle(server, 'alice')
  const secret = await slotSecret('words', (await parseWords(words)).entropy)
  const keys = await openBundle(bundle, secret, { account: bundle.account })
  const key = { number: 1, key: randomBytes(32).toString('base64url'), made: Date.now() }
  const changed = await keys.change({
    keyring: (keyring) => ({ ...keyring, collections: { [collection]: [key] } }),
  })
  const status = await page.evaluate(async (json) => {
    const { tag } = (await (await fetch('/api/me/keys')).json()) as { tag: string }
    const body = `{"bundle":${json},"expected":"${tag}"}`
    const headers = { 'Content-Type': 'application/json' }
    return (await fetch('/api/me/keys', { method: 'PUT', headers, body })).status
  }, JSON.stringify(changed.bundle))
  assert.equal(status, 200)
  return changed.keyring
}
