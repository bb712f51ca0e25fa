/** A person who uses the keyboard alone. */
import type { Page } from 'puppeteer-core'

/** How far she goes before she gives up. */
const most = 150

/**
 * Goes with Tab, or back with Shift and Tab, to what is called so: by its label, or by its text where it has none.
 * Never past an end of the page: Firefox, driven so, does not come back from its own buttons.
 */
export async function tabTo(page: Page, name: string): Promise<void> {
  for (let i = 0; i < most; i++) {
    const way = await page.evaluate((wanted) => {
      const called = (element: Element) =>
        (
          element.getAttribute('aria-label') ??
          (element as HTMLInputElement).labels?.[0]?.textContent ??
          element.textContent ??
          ''
        ).trim()
      const within = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document
      const all = [
        ...within.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, summary'),
      ]
      const target = all.find(
        (one) => called(one) === wanted && one.checkVisibility() && !one.matches(':disabled'),
      )
      const at = document.activeElement
      if (!target || !at || at === target) return target ? 'there' : 'wait'
      const isBefore = at.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_PRECEDING
      return isBefore && !at.contains(target) ? 'back' : 'on'
    }, name)
    if (way === 'there') return
    if (way === 'wait') {
      await new Promise((done) => setTimeout(done, 50))
      continue
    }
    if (way === 'back') await page.keyboard.down('Shift')
    await page.keyboard.press('Tab')
    if (way === 'back') await page.keyboard.up('Shift')
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
