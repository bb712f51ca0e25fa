/** A person with a Firefox of her own, who signs in at our pages as Firefox shows them to her. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { type Firefox, openFirefoxWith, type Preferences } from './firefox.ts'
import { renameDevice } from './firefox-data.ts'
import { type FirefoxPage, pageOf } from './firefox-page.ts'
import { addressOf, firstSync, preferencesFor, pushBy, type SyncState, syncLogs } from './firefox-sync.ts'
import { pagesOf } from './person-at-pages.ts'
import type { PushService } from './push-service.ts'
import type { TestServer } from './server.ts'

export interface OwnFirefox extends Firefox {
  readonly page: FirefoxPage
  /** How she calls it. */
  readonly name: string
  /** The address of the home that it knows. */
  readonly origin: string
}

export interface Wanted {
  /** How she calls it among her browsers. */
  name: string
  /** Where it is not the server's own address. */
  origin?: string
  push?: PushService
  preferences?: Preferences
}

/**
 * A fresh Firefox that knows a server and nothing of its people; undefined (and the test skipped) where there is none.
 * If the test fails, what the browser wrote about Sync is shown, and what the server said.
 */
export async function openOwnFirefox(
  t: TestContext,
  server: Pick<TestServer, 'url' | 'output'>,
  { name, origin = pagesOf(server), push, preferences = {} }: Wanted,
): Promise<OwnFirefox | undefined> {
  const firefox = await openFirefoxWith(t, {
    ...preferencesFor(origin),
    ...(push && pushBy(push.url)),
    ...preferences,
  })
  if (!firefox) return undefined
  // What the server took for a fault of its own.
  t.after(() => assert.doesNotMatch(server.output(), /"level":[56]0/))
  let told = false
  t.afterEach(async (scene) => {
    if ((scene as { passed?: boolean }).passed || told) return
    told = true
    const shown = await pageOf(firefox).text().catch(String)
    const parts = [
      shown,
      firefox.output().slice(-8_000),
      await syncLogs(firefox),
      server.output().slice(-8_000),
    ]
    t.diagnostic(`${name}:\n${parts.join('\n---\n')}`)
  })
  return own(firefox, name, origin)
}

/** Makes it somebody's. */
export const own = (firefox: Firefox, name: string, origin: string): OwnFirefox => ({
  page: pageOf(firefox),
  name,
  origin,
  profile: firefox.profile,
  get driver() {
    return firefox.driver
  },
  output: firefox.output,
  close: firefox.close,
  restart: firefox.restart,
})

/** What her pages ask of her. */
export interface Known {
  login: string
  password: string
}

/** Signs in with the password on the page that is shown. */
export async function giveName({ page }: OwnFirefox, { login, password }: Known): Promise<void> {
  await page.fill({ login, password })
  await page.press('Sign in')
}

/**
 * Lets the browser in on the page that asks for it, waits for its first synchronisation, and gives it its name. Where
 * she is signed in on the page already, and her key is locked, the page has to ask for her password.
 */
export async function letIn(firefox: OwnFirefox, locked?: Known): Promise<SyncState> {
  await firefox.page.press('Sign in to Firefox')
  if (locked) await firefox.page.prove(locked.password)
  const state = await firstSync(firefox)
  await renameDevice(firefox, firefox.name)
  return state
}

/** Signs in by the menu of Firefox, up to the first synchronisation. */
export async function connect(firefox: OwnFirefox, known: Known): Promise<SyncState> {
  await firefox.page.visit(await addressOf(firefox, 'sign-in'))
  await giveName(firefox, known)
  return letIn(firefox)
}
