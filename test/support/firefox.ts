/**
 * Debian's Firefox as it comes, with a fresh profile and no window, driven by Marionette. It reaches this machine alone.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { onExit } from './cleanup.ts'
import { type Marionette, openMarionette } from './marionette.ts'
import { requireProgram } from './requires.ts'

export type Preferences = Readonly<Record<string, string | number | boolean>>

export interface Firefox {
  readonly driver: Marionette
  /** The profile's folder. */
  readonly profile: string
  /** What it wrote to its outputs. */
  output(): string
  /** Ends it and opens it again with the same profile, as somebody who closed her browser. */
  restart(): Promise<void>
  /** Ends it. */
  close(): Promise<void>
}

/** How long a start may take before the test gives up, on a machine with other work. */
const patience = 60_000

/** Nothing of this asks the Internet for anything, and every name that is not of this machine leads nowhere. */
const quiet: Preferences = {
  'marionette.port': 0,
  // Else Marionette switches Web Push off, and points the accounts elsewhere.
  'remote.prefs.recommended': false,
  'network.proxy.type': 1,
  'network.proxy.http': '127.0.0.1',
  'network.proxy.http_port': 9,
  'network.proxy.ssl': '127.0.0.1',
  'network.proxy.ssl_port': 9,
  'network.proxy.no_proxies_on': 'localhost, 127.0.0.1, .localhost, .test',
  'network.dns.disablePrefetch': true,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'network.sntp.pools': '',
  'services.settings.server': 'data:,#remote-settings-dummy/v1',
  'security.remote_settings.intermediates.enabled': false,
  'security.remote_settings.crlite_filters.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.safebrowsing.update.enabled': false,
  'browser.region.network.url': '',
  'browser.search.update': false,
  'browser.newtabpage.activity-stream.feeds.system.topstories': false,
  'app.update.disabledForTesting': true,
  'app.normandy.enabled': false,
  'app.shield.optoutstudies.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'datareporting.healthreport.uploadEnabled': false,
  'toolkit.telemetry.enabled': false,
  'toolkit.telemetry.server': '',
  'extensions.update.enabled': false,
  'extensions.getAddons.cache.enabled': false,
  'extensions.systemAddon.update.enabled': false,
  'media.gmp-manager.updateEnabled': false,
  'geo.provider.network.url': '',
  'places.semanticHistory.featureGate': false,
  // Pages that would open by themselves.
  'browser.aboutwelcome.enabled': false,
  'browser.startup.page': 0,
  'browser.startup.homepage_override.mstone': 'ignore',
  'browser.shell.checkDefaultBrowser': false,
  'browser.tabs.warnOnClose': false,
  'startup.homepage_welcome_url': 'about:blank',
  'termsofuse.bypassNotification': true,
  'trailhead.firstrun.didSeeAboutWelcome': true,
  'intl.accept_languages': 'en',
  'security.notification_enable_delay': 0,
}

/** A Firefox, closed after the test; undefined (and the test skipped) where there is none. */
export async function openFirefoxWith(
  t: TestContext,
  preferences: Preferences,
): Promise<Firefox | undefined> {
  const program = requireProgram(t, '/usr/bin/firefox-esr', 'firefox-esr')
  if (!program) return undefined
  return startFirefox(program, preferences, (undo) => t.after(undo))
}

/** A Firefox of its own; `after` takes what ends it and removes its profile. */
export async function startFirefox(
  program: string,
  preferences: Preferences,
  after: (undo: () => Promise<void>) => void,
): Promise<Firefox> {
  const profile = await mkdtemp(join(tmpdir(), 'essaim-firefox-'))
  const forget = onExit(() => rmSync(profile, { recursive: true, force: true }))
  const lines = Object.entries({ ...quiet, ...preferences }).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  )
  await writeFile(join(profile, 'user.js'), lines.join(''))
  let child: ChildProcess | undefined
  let driver: Marionette | undefined
  let written = ''

  async function start(): Promise<void> {
    const portFile = join(profile, 'MarionetteActivePort')
    await rm(portFile, { force: true })
    const running = spawn(
      program,
      ['--headless', '--no-remote', '--marionette', '--remote-allow-system-access', '--profile', profile],
      {
        // Its own home, and nothing of who runs the tests.
        env: { PATH: process.env['PATH'], HOME: profile, LANG: 'C.UTF-8', MOZ_CRASHREPORTER_DISABLE: '1' },
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true, // a group, so that its processes end with it
      },
    )
    child = running
    const forgetChild = onExit(() => endGroup(running))
    running.on('exit', () => {
      forgetChild()
      if (child === running) child = undefined
    })
    for (const stream of [running.stdout, running.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (written = (written + text).slice(-(2 ** 18))))
    const deadline = Date.now() + patience
    for (;;) {
      if (child !== running) throw new Error(`Firefox did not start:\n${written}`)
      if (Date.now() > deadline) throw new Error(`Firefox is not ready:\n${written}`)
      const port = Number(await readFile(portFile, 'utf8').catch(() => ''))
      driver = port > 0 ? await openMarionette(port) : undefined
      if (driver) return
      await wait(50)
    }
  }

  async function close(): Promise<void> {
    const running = child
    if (!running) return
    const exit = once(running, 'exit')
    const asked = driver?.send('Marionette:Quit', { flags: ['eForceQuit'] })
    asked?.catch(() => undefined) // it may hang up before it answers
    const late = setTimeout(() => endGroup(running), 15_000)
    await exit
    clearTimeout(late)
    endGroup(running)
    driver?.close()
  }

  after(async () => {
    await close()
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    forget()
  })
  await start()

  return {
    get driver() {
      if (!driver) throw new Error('Firefox is closed')
      return driver
    },
    profile,
    output: () => written,
    close,
    async restart() {
      await close()
      await start()
    },
  }
}

/** Ends what is left of a browser's processes. */
function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}
