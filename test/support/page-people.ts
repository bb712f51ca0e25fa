/** What people do on our pages: read a heading, fill a field, press a button. */
import type { Browser, Page } from 'puppeteer-core'
import { type Look, type OpenedPage, openPage } from './pages.ts'
import type { TestServer } from './server.ts'

/** Stretching a password takes a few seconds where several browsers share a machine. */
const patience = { timeout: 60_000 }

/** Waits until the page has this heading. */
export async function heading(page: Page, text: string): Promise<void> {
  await page.waitForFunction(
    (wanted) => document.querySelector('h1')?.textContent?.includes(wanted),
    patience,
    text,
  )
}

/** Presses the button, or follows the link, that begins with these words; waits until there is one. */
export async function press(page: Page, label: string): Promise<void> {
  const found = await page.waitForFunction(
    (wanted) => {
      const top = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document
      return [...top.querySelectorAll<HTMLElement>('button:enabled, a[href]')].find(
        (one) => one.checkVisibility() && one.textContent?.trim().startsWith(wanted),
      )
    },
    patience,
    label,
  )
  const element = found.asElement()
  // By the element's own click: where it stands in the window is looked at elsewhere.
  await element?.evaluate((one) => (one as HTMLElement).click())
}

/** Writes into a field, in place of what it has. */
export async function write(page: Page, selector: string, text: string): Promise<void> {
  await page.waitForSelector(selector, patience)
  await page.$eval(selector, (field) => {
    ;(field as HTMLInputElement).value = ''
    ;(field as HTMLInputElement).focus()
  })
  await page.type(selector, text)
}

/** The sentence about what went wrong, once there is one. */
export async function alertOf(page: Page): Promise<string> {
  const said = await page.waitForFunction(
    () => document.querySelector('[role=alert]')?.textContent?.trim() || undefined,
    patience,
  )
  return String(await said.jsonValue())
}

/** Somebody with an account that was made on these pages. */
export interface PageAccount {
  login: string
  password: string
  words: readonly string[]
}

export const password = 'five geese fly to Lorient'

/** Reads the recovery words, says that they are written down, and types the three that are asked for. */
export async function keepWords(
  page: Page,
  labels = { kept: 'I have written', finish: 'Finish' },
): Promise<string[]> {
  await page.waitForFunction(
    () => [...document.querySelectorAll('.twelve span')].every((word) => word.textContent?.trim()),
    patience,
  )
  await page.waitForSelector('.twelve span', patience)
  const words = await page.$$eval('.twelve span', (all) => all.map(({ textContent }) => textContent ?? ''))
  await press(page, labels.kept)
  await page.waitForSelector('[id^=word-]', patience)
  for (const id of await page.$$eval('[id^=word-]', (all) => all.map((one) => one.id)))
    await write(page, `#${id}`, words[Number(id.slice('word-'.length)) - 1] ?? '')
  await press(page, labels.finish)
  return words
}

/** The first run, to its end: the page shows what the owner sees when she comes in. */
export async function makeOwner(
  browser: Browser,
  server: TestServer,
  { login = 'alice', look = {} }: { login?: string; look?: Look } = {},
): Promise<OpenedPage & { owner: PageAccount; origin: string }> {
  const link = await server.firstRun()
  const opened = await openPage(browser, link, look)
  const { page } = opened
  await press(page, 'Go on')
  await write(page, '#login', login)
  await write(page, '#password', password)
  await press(page, 'Make the account')
  await heading(page, 'Your recovery words')
  const words = await keepWords(page)
  await page.waitForSelector('.wide', patience)
  return { ...opened, owner: { login, password, words }, origin: new URL(link).origin }
}

/** Fills in the form of the sign-in page. */
export async function signIn(page: Page, { login, password: secret }: PageAccount): Promise<void> {
  await write(page, '#login', login)
  await write(page, '#password', secret)
  await press(page, 'Sign in')
}

/** She is in: a page among others is shown. */
export async function isIn(page: Page): Promise<void> {
  await page.waitForSelector('.wide', patience)
}

/** Ends the session, as the button does, and goes to the sign-in page. */
export async function signOut(page: Page): Promise<void> {
  const ended = await page.evaluate(async () => {
    const headers = { 'Content-Type': 'application/json' }
    return (await fetch('/api/sign-out', { method: 'POST', headers, body: '{}' })).status
  })
  if (ended !== 200) throw new Error(`signing out: ${ended}`)
  await page.goto(new URL('/', page.url()).href)
  await page.waitForSelector('#login', patience)
}
