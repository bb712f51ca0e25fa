/**
 * Sync in a Firefox that is driven by a test: what stands behind its menu, asked of its own code. The functions given to
 * `chrome` run in the browser and travel as text.
 */
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Firefox } from './firefox.ts'

/** What the browser's code has: tests look into it. */
// oxlint-disable-next-line no-explicit-any
export type Chrome = any
/** Found in the browser's global scope. */
declare const ChromeUtils: { importESModule(address: string): Chrome }
declare const Services: Chrome
declare const Cc: Chrome
declare const Ci: Chrome

/** What the menu shows: `not_configured`, `not_verified`, `login_failed` (sign in again), `signed_in`. */
export type MenuStatus = 'not_configured' | 'not_verified' | 'login_failed' | 'signed_in'

export interface SyncState {
  status: MenuStatus
  email: string | undefined
  uid: string | undefined
  /** How the menu calls her. */
  displayName: string | undefined
  /** Whether it goes on now. */
  syncing: boolean
  /** Whether one has ever ended well. */
  synced: boolean
}

/** How a synchronisation ended, in Firefox's words. */
export interface Outcome {
  service: string
  sync: string
  login: string
  /** What went wrong with which engine. */
  engines: Record<string, string>
}

/** Without push, without https: what a person sets, or a package for her. */
export const preferencesFor = (origin: string) => ({
  'identity.fxaccounts.autoconfig.uri': origin,
  ...(origin.startsWith('http:') ? { 'identity.fxaccounts.allowHttp': true } : {}),
  'dom.push.connection.enabled': false,
  // What is written about each synchronisation, for whoever looks for a defect.
  'services.sync.log.appender.file.logOnSuccess': true,
  'services.sync.log.logger': 'Debug',
  'identity.fxaccounts.loglevel': 'Debug',
  'identity.fxaccounts.log.appender.dump': 'Debug',
  'browser.dom.window.dump.enabled': true,
  // Nothing is synchronised but when the test says so.
  'services.sync.scheduler.activeInterval': 3_600,
  'services.sync.scheduler.fxa.singleDeviceInterval': 3_600,
  'services.sync.scheduler.immediateInterval': 3_600,
  'services.sync.scheduler.idleInterval': 3_600,
  'services.sync.syncedTabs.syncDelayAfterTabChange': 3_600_000,
})

/** Web Push by a service of the test. */
export const pushBy = (url: string) => ({
  'dom.push.connection.enabled': true,
  'dom.push.serverURL': url,
  'dom.push.testing.allowInsecureServerURL': true,
})

/** How long something may take that the browser does by itself. */
const patience = 45_000

/** Asks again until there is something; `what` it was, for the error. */
export async function eventually<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = Date.now() + patience
  while (Date.now() < deadline) {
    const seen = await look()
    if (seen !== undefined && seen !== false) return seen
    await wait(50)
  }
  throw new Error(`${what}: not within ${patience / 1_000} s`)
}

/**
 * What Firefox opens: for who wants to sign in; who has to sign in again; for its menu's “Manage account”, for the list
 * of devices, the picture, and for another device.
 */
export type Opened = 'sign-in' | 'sign-in-again' | 'settings' | 'devices' | 'picture' | 'another-device'

/** The address of a page that Firefox opens. */
export const addressOf = ({ driver }: Firefox, page: Opened): Promise<string> =>
  driver.run(
    'chrome',
    async (wanted) => {
      const { FxAccounts, getFxAccountsSingleton } = ChromeUtils.importESModule(
        'resource://gre/modules/FxAccounts.sys.mjs',
      )
      const { config } = FxAccounts
      const user = await getFxAccountsSingleton().getSignedInUser()
      const addresses: Record<string, () => Promise<string>> = {
        'sign-in': () => config.promiseConnectAccountURI('fxa_app_menu'),
        'sign-in-again': () => config.promiseEmailURI(user.email, 'fxa_app_menu_reauth'),
        settings: () => config.promiseManageURI('fxa_app_menu'),
        devices: () => config.promiseManageDevicesURI('fxa_app_menu'),
        picture: () => config.promiseChangeAvatarURI('fxa_app_menu'),
        'another-device': () => config.promiseConnectDeviceURI('fxa_app_menu'),
      }
      return addresses[wanted]!()
    },
    page,
  )

export const syncState = ({ driver }: Firefox): Promise<SyncState> =>
  driver.run('chrome', async () => {
    const { UIState } = ChromeUtils.importESModule('resource://services-sync/UIState.sys.mjs')
    const { Weave } = ChromeUtils.importESModule('resource://services-sync/main.sys.mjs')
    UIState.isReady()
    const { status, email, uid, displayName } = await UIState.refresh()
    const synced = Services.prefs.getStringPref('services.sync.lastSync', '') !== ''
    return { status, email, uid, displayName, syncing: Boolean(Weave.Service.locked), synced }
  })

export const untilStatus = (firefox: Firefox, wanted: MenuStatus) =>
  eventually(`the menu says “${wanted}”`, async () => {
    const state = await syncState(firefox)
    return state.status === wanted && state
  })

/** Waits for the synchronisation that follows upon signing in. */
export async function firstSync(firefox: Firefox): Promise<SyncState> {
  const state = await eventually('the first synchronisation', async () => {
    const seen = await syncState(firefox)
    return seen.status === 'signed_in' && seen.synced && !seen.syncing && seen
  }).catch(withLogs(firefox))
  const { engines } = await outcome(firefox)
  assert.deepEqual(engines, {})
  return state
}

const outcome = ({ driver }: Firefox): Promise<Outcome> =>
  driver.run('chrome', () => {
    const { Status } = ChromeUtils.importESModule('resource://services-sync/status.sys.mjs')
    const { service, sync, login, engines } = Status
    const wrong = Object.entries(engines as Record<string, string>)
    return {
      service,
      sync,
      login,
      engines: Object.fromEntries(wrong.filter(([, status]) => status !== 'success.engine')),
    }
  })

/** What she does not synchronise. */
export const declined = ({ driver }: Firefox): Promise<string[]> =>
  driver.run('chrome', () => {
    const { Weave } = ChromeUtils.importESModule('resource://services-sync/main.sys.mjs')
    return [...Weave.Service.engineManager.getDeclined()].toSorted()
  })

/** Waits until a part of a synchronisation begins, such as `bookmarks`. */
export const begins = ({ driver }: Firefox, engine: string): Promise<void> =>
  driver.run(
    'chrome',
    (wanted) =>
      new Promise<void>((resolve) => {
        const topic = 'weave:engine:sync:start'
        const observer = (_subject: unknown, _topic: string, data: string) => {
          if (data !== wanted) return
          Services.obs.removeObserver(observer, topic)
          resolve()
        }
        Services.obs.addObserver(observer, topic)
      }),
    engine,
  )

/** Synchronises once, after one that may be going on, and says how it ended. */
export async function trySync(firefox: Firefox): Promise<Outcome> {
  await firefox.driver.run('chrome', async () => {
    const { Weave } = ChromeUtils.importESModule('resource://services-sync/main.sys.mjs')
    const { setTimeout } = ChromeUtils.importESModule('resource://gre/modules/Timer.sys.mjs')
    await Weave.Service.promiseInitialized
    while (Weave.Service.locked) await new Promise((resolve) => setTimeout(resolve, 20))
    await Weave.Service.sync({ why: 'user' })
    while (Weave.Service.locked) await new Promise((resolve) => setTimeout(resolve, 20))
  })
  return outcome(firefox)
}

/** Synchronises, and expects that everything went well. */
export async function sync(firefox: Firefox): Promise<void> {
  const { service, sync: ended, engines } = await trySync(firefox)
  const fine = service === 'success.status_ok' && Object.keys(engines).length === 0
  if (!fine)
    await withLogs(firefox)(new Error(`it did not sync: ${service} ${ended} ${JSON.stringify(engines)}`))
}

/** Where this browser's storage is: its address has the number of the user at the token server. */
export const storageAddress = ({ driver }: Firefox): Promise<string> =>
  driver.run('chrome', () => {
    const { Weave } = ChromeUtils.importESModule('resource://services-sync/main.sys.mjs')
    return Weave.Service.clusterURL
  })

/** Signs out at the browser, as by its menu; until it has told the server, and forgotten the server's address. */
export const signOut = ({ driver }: Firefox): Promise<void> =>
  driver.run('chrome', async () => {
    const { SyncDisconnect } = ChromeUtils.importESModule('resource://services-sync/SyncDisconnect.sys.mjs')
    const topic = 'testhelper-fxa-signout-complete'
    const complete = new Promise<void>((resolve) => {
      const observer = () => {
        Services.obs.removeObserver(observer, topic)
        resolve()
      }
      Services.obs.addObserver(observer, topic)
    })
    await SyncDisconnect.disconnect(false)
    await complete
  })

/** Sets a preference, as in about:config. */
export const prefer = ({ driver }: Firefox, name: string, value: string | boolean): Promise<void> =>
  driver.run(
    'chrome',
    (key, given) => {
      if (typeof given === 'string') Services.prefs.setStringPref(key, given)
      else Services.prefs.setBoolPref(key, given)
    },
    name,
    value,
  )

/** Trusts an authority for web sites, as in the settings. */
export const trust = ({ driver }: Firefox, pem: string): Promise<void> =>
  driver.run(
    'chrome',
    (der) => {
      Cc['@mozilla.org/security/x509certdb;1'].getService(Ci.nsIX509CertDB).addCertFromBase64(der, 'CT,,')
    },
    pem.replaceAll(/-----[^-]+-----|\s/g, ''),
  )

/** The end of what the browser wrote about its synchronisations. */
export async function syncLogs({ profile }: Firefox): Promise<string> {
  const folder = join(profile, 'weave', 'logs')
  const names = await readdir(folder).catch(() => [])
  const latest = names.toSorted().slice(-3)
  const texts = await Promise.all(latest.map((name) => readFile(join(folder, name), 'utf8').catch(() => '')))
  return texts.map((text, i) => `--- ${latest[i]}\n${text.slice(-12_000)}`).join('\n')
}

const withLogs =
  (firefox: Firefox) =>
  async (error: unknown): Promise<never> => {
    throw new Error(`${String(error)}\n${await syncLogs(firefox)}`, { cause: error })
  }
