/** A person who uses the keyboard alone. */
import type { Page } from 'puppeteer-core'

/** How far she goes before she gives up. */
const most = 150

/** Goes on with Tab until what has the focus is called so, or contains it where it has no other name. */
export async function tabTo(page: Page, name: string): Promise<void> {
  // Firefox, driven so, does not come back from its own buttons behind the end of the page.
  const back = async () => {
    if (await page.evaluate(() => document.hasFocus())) return
    await page.bringToFront()
    await page.evaluate(() => {
      const within = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document
      within.querySelector<HTMLElement>('a, button')?.focus()
    })
  }
  for (let i = 0; i < most; i++) {
    await back()
    const at = await page.evaluate(() => {
      const element = document.activeElement as HTMLInputElement | null
      const label = element?.labels?.[0]?.textContent
      return (element?.getAttribute('aria-label') ?? label ?? element?.textContent ?? '').trim()
    })
    if (at === name) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab did not lead to “${name}”`)
}

/** Goes there, and presses Enter. */
export async function enterOn(page: Page, name: string): Promise<void> {
  await tabTo(page, name)
  await page.keyboard.press('Enter')
}

/** Goes to the field, and types. */
export async function typeInto(page: Page, name: string, text: string): Promise<void> {
  await tabTo(page, name)
  await page.keyboard.down('Control')
  await page.keyboard.press('KeyA')
  await page.keyboard.up('Control')
  await page.keyboard.type(text)
}
