/** Debian's Chromium, driven by puppeteer-core; it reaches this machine alone. */
import type { TestContext } from 'node:test'
import { type Browser, launch } from 'puppeteer-core'
import { onExit } from './cleanup.ts'
import { requireProgram } from './requires.ts'

/** A browser with a fresh profile, closed after the test; undefined (and the test skipped) where there is none. */
export async function openBrowser(t: TestContext): Promise<Browser | undefined> {
  const executablePath = requireProgram(t, '/usr/bin/chromium', 'chromium')
  if (!executablePath) return undefined
  const root = process.getuid?.() === 0
  const browser = await launch({
    browser: 'chrome',
    executablePath,
    headless: true,
    args: [
      ...(root ? ['--no-sandbox'] : []), // Chromium's own sandbox refuses root
      '--disable-dev-shm-usage',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--no-first-run',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
    ],
  })
  const forget = onExit(() => browser.process()?.kill('SIGKILL'))
  t.after(async () => {
    await browser.close()
    forget()
  })
  return browser
}

/** Debian's Firefox with a fresh profile, closed after the test; undefined (and the test skipped) where there is none. */
export async function openFirefox(t: TestContext): Promise<Browser | undefined> {
  const executablePath = requireProgram(t, '/usr/bin/firefox-esr', 'firefox-esr')
  if (!executablePath) return undefined
  const browser = await launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    extraPrefsFirefox: {
      // Nothing but this machine: every other name goes to a proxy that is not there.
      'network.proxy.type': 1,
      'network.proxy.http': '127.0.0.1',
      'network.proxy.http_port': 9,
      'network.proxy.ssl': '127.0.0.1',
      'network.proxy.ssl_port': 9,
      'network.proxy.no_proxies_on': 'localhost, 127.0.0.1',
    },
  })
  const forget = onExit(() => browser.process()?.kill('SIGKILL'))
  t.after(async () => {
    await browser.close()
    forget()
  })
  return browser
}
