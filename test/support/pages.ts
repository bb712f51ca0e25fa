/** Real browsers on our pages. What a page must never do is noted while it is open. */
import type { TestContext } from 'node:test'
import { type Browser, type BrowserContext, type HTTPRequest, launch, type Page } from 'puppeteer-core'
import { openBrowser } from './browser.ts'
import { onExit } from './cleanup.ts'
import { requireProgram } from './requires.ts'

export type BrowserName = 'chromium' | 'firefox'

/** Firefox with a fresh profile, closed after the test; undefined (and the test skipped) where there is none. */
async function openFirefox(t: TestContext): Promise<Browser | undefined> {
  const executablePath = requireProgram(t, '/usr/bin/firefox-esr', 'firefox-esr')
  if (!executablePath) return undefined
  const browser = await launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    extraPrefsFirefox: {
      'network.proxy.type': 0,
      'network.captive-portal-service.enabled': false,
      'network.connectivity-service.enabled': false,
      'app.update.enabled': false,
      'browser.safebrowsing.update.enabled': false,
      'datareporting.policy.dataSubmissionEnabled': false,
      'services.settings.server': 'http://127.0.0.1:9/',
    },
  })
  const forget = onExit(() => browser.process()?.kill('SIGKILL'))
  t.after(async () => {
    await browser.close()
    forget()
  })
  return browser
}

export const openBrowserNamed = (t: TestContext, name: BrowserName): Promise<Browser | undefined> =>
  name === 'chromium' ? openBrowser(t) : openFirefox(t)

export interface Look {
  width?: number
  height?: number
  scheme?: 'light' | 'dark'
  language?: 'en' | 'fr'
  /** Share its cookies and what it keeps; else it is a browser that nobody has used. */
  context?: BrowserContext
  /** What is done before the page opens. */
  prepare?: (page: Page) => Promise<void>
}

export interface OpenedPage {
  page: Page
  context: BrowserContext
  /** What the policy stopped, what the browser complained of, requests to elsewhere, and what jumped about. */
  faults(): Promise<string[]>
  /** Bodies and addresses of everything that the page has sent. */
  readonly sent: string[]
}

interface Shift extends PerformanceEntry {
  value: number
  hadRecentInput: boolean
  sources: readonly { node: Node | null }[]
}

/** What a request carries; Firefox does not tell. */
function bodyOf(request: HTTPRequest): string {
  try {
    return request.postData() ?? ''
  } catch {
    return ''
  }
}

/** Opens a page on `url`. */
export async function openPage(browser: Browser, url: string, look: Look = {}): Promise<OpenedPage> {
  const context = look.context ?? (await browser.createBrowserContext())
  const page = await context.newPage()
  const noted: string[] = []
  const sent: string[] = []
  const { width = 1440, height = 900, scheme = 'light', language = 'en' } = look
  const origin = new URL(url).origin
  page.on('pageerror', (error) => noted.push(`error: ${String(error)}`))
  page.on('console', (message) => {
    // What the server refuses is logged by browsers as an error of the page.
    if (message.type() !== 'error' || /status of 4\d\d|status of 503/.test(message.text())) return
    // What the page itself says is noted there, in full.
    if (!message.text().startsWith('JSHandle@')) noted.push(`console: ${message.text()}`)
  })
  page.on('request', (request) => {
    const address = request.url()
    if (/^https?:/.test(address) && new URL(address).origin !== origin) noted.push(`request to ${address}`)
    // What is behind the # stays in the browser.
    sent.push(`${address.split('#')[0]} ${bodyOf(request)}`)
  })
  await page.setExtraHTTPHeaders({ 'Accept-Language': language })
  await page.setViewport({ width, height, deviceScaleFactor: 1 })
  await page
    .emulateMediaFeatures([
      { name: 'prefers-color-scheme', value: scheme },
      { name: 'prefers-reduced-motion', value: 'reduce' },
    ])
    .catch(() => undefined) // Firefox is told by a preference alone.
  await page.evaluateOnNewDocument(() => {
    const seen: string[] = []
    Object.assign(globalThis, { essaimFaults: seen })
    const { error } = console
    console.error = (...all) => {
      seen.push(`console: ${all.map((one) => `${one} ${(one as Error)?.stack ?? ''}`).join()}`)
      error(...all)
    }
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) =>
      seen.push(`policy: ${violatedDirective} ${blockedURI} ${sample}`),
    )
    try {
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as Shift[])
          if (!entry.hadRecentInput && entry.value > 0.01)
            seen.push(
              `it jumps by ${entry.value.toFixed(3)}: ${entry.sources.map(({ node }) => node?.textContent?.trim().slice(0, 40))}`,
            )
      }).observe({ type: 'layout-shift', buffered: true })
    } catch {
      // Firefox does not measure this.
    }
  })
  await look.prepare?.(page)
  await page.goto(url)
  return {
    page,
    context,
    sent,
    faults: async () => [
      ...noted,
      ...(await page.evaluate(
        () => (globalThis as unknown as { essaimFaults: string[] }).essaimFaults ?? [],
      )),
    ],
  }
}
