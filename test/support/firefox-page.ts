/** A person before a window of Firefox: what she does on our pages, by real keys and clicks, through Marionette. */
import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import type { Firefox } from './firefox.ts'
import { MarionetteError } from './marionette.ts'
import { type Device, fieldNamed, labelled } from './person-at-pages.ts'

/** The hands of `Device`, on the tab that she has before her; addresses are whole. */
export type FirefoxPage = Omit<Device, 'page' | 'context' | 'sent' | 'faults'> & {
  /** The address of what is shown. */
  address(): Promise<string>
  /** What is shown. */
  text(): Promise<string>
  /** Says yes to what the browser itself asks; what it asked. */
  accept(): Promise<string>
  /** Waits until a function, which runs in the page, has something to return. */
  until<T>(look: () => T | undefined): Promise<T>
}

/** How long something may take to be shown. */
const patience = 30_000
/** What happens to elements that move or are replaced while a hand reaches for them. */
const passing = new Set([
  'stale element reference',
  'element click intercepted',
  'element not interactable',
  'no such element',
])

export function pageOf(firefox: Pick<Firefox, 'driver'>): FirefoxPage {
  const send = (command: string, parameters: object) => firefox.driver.send(command, parameters)
  const text = () => firefox.driver.run('content', () => document.body?.innerText ?? '')

  /** Does it as soon as it can be done. */
  async function soon(what: string, act: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + patience
    while (Date.now() < deadline) {
      const done = await act().catch((error: unknown) => {
        if (error instanceof MarionetteError && passing.has(error.error)) return false
        throw error
      })
      if (done) return
      await wait(50)
    }
    throw new Error(`${what}. What is shown:\n${await text()}`)
  }

  const toElement = (
    name: string,
    find: (name: string) => Element | undefined,
    act: (element: string) => Promise<unknown>,
  ) =>
    soon(`“${name}” is not there`, async () => {
      const id = await firefox.driver.find(find, name)
      if (id !== undefined) await act(id)
      return id !== undefined
    })

  const matches = async (expected: string | RegExp) => {
    const shown = await text()
    return typeof expected === 'string' ? shown.includes(expected) : expected.test(shown)
  }

  const page: FirefoxPage = {
    text,
    address: () => firefox.driver.run('content', () => location.href),
    visit: async (address) => void (await send('WebDriver:Navigate', { url: address })),
    press: (label) => toElement(label, labelled, (id) => send('WebDriver:ElementClick', { id })),
    async fill(fields) {
      for (const [name, value] of Object.entries(fields))
        await toElement(name, fieldNamed, async (id) => {
          await send('WebDriver:ElementClear', { id })
          await send('WebDriver:ElementSendKeys', { id, text: value })
        })
    },
    tick: (name, on = true) =>
      toElement(name, fieldNamed, async (id) => {
        if ((await send('WebDriver:IsElementSelected', { id }).then(valueOf)) !== on)
          await send('WebDriver:ElementClick', { id })
      }),
    async sees(expected) {
      await soon(`“${expected}” is not seen`, () => matches(expected))
      return text()
    },
    async accept() {
      let asked = ''
      await soon('the browser asks nothing', async () => {
        const text = await send('WebDriver:GetAlertText', {}).catch((error: unknown) => {
          if (error instanceof MarionetteError && error.error === 'no such alert') return undefined
          throw error
        })
        if (text === undefined) return false
        asked = String(valueOf(text))
        await send('WebDriver:AcceptAlert', {})
        return true
      })
      return asked
    },
    async until(look) {
      let seen: ReturnType<typeof look>
      await soon('what was looked for is not there', async () => {
        seen = (await firefox.driver.run('content', look)) ?? undefined
        return seen !== undefined
      })
      return seen!
    },
    misses: (gone) => soon(`“${gone}” is still seen`, async () => !(await matches(gone))),
    async prove(password) {
      await page.fill({ proof: password })
      await page.press('Confirm')
      await page.until(() => (document.querySelector('#proof') ? undefined : true))
    },
  }
  return page
}

const valueOf = (answer: unknown) => (answer as { value: unknown }).value

/** Reads the twelve recovery words that are shown, and types back those that are asked for; in one line. */
export async function copyWords({ press, fill, until }: FirefoxPage): Promise<string> {
  const words = await until(() => {
    const all = [...document.querySelectorAll('.twelve li span')].map((one) => one.textContent.trim())
    return all.length === 12 && all.every(Boolean) ? all : undefined
  })
  await press('I have written them down')
  const asked = await until(() => {
    const all = [...document.querySelectorAll<HTMLInputElement>('input[name^="word-"]')]
    return all.length > 0 ? all.map(({ name }) => name) : undefined
  })
  assert.equal(asked.length, 3)
  await fill(Object.fromEntries(asked.map((name) => [name, words[Number(name.slice(5)) - 1]!])))
  return words.join(' ')
}
