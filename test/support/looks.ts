/** What can be said of a page's looks without eyes: it fits, it can be read, its fields have names. Runs in the page. */
import type { Page } from 'puppeteer-core'

/** Everything that is wrong with what is shown now, a sentence each. */
export async function faultsOfLooks(page: Page): Promise<string[]> {
  return [...(await page.evaluate(inPage)), ...(await namelessFields(page))]
}

/** Fields and buttons that a screen reader has no name for. */
async function namelessFields(page: Page): Promise<string[]> {
  type Node = { role: string; name?: string; children?: Node[] }
  const all = (node: Node): Node[] => [node, ...(node.children ?? []).flatMap(all)]
  const tree = (await page.accessibility.snapshot()) as Node | null
  return (tree ? all(tree) : [])
    .filter(({ role, name }) => /^(textbox|button|checkbox|link)$/.test(role) && !name?.trim())
    .map(({ role }) => `a ${role} has no name`)
}

function inPage(): string[] {
  const faults: string[] = []
  const { scrollWidth, clientWidth, lang } = document.documentElement
  if (scrollWidth > clientWidth) faults.push(`it is ${scrollWidth - clientWidth} px wider than the window`)
  if (!lang) faults.push('it does not say its language')
  if (document.title === '') faults.push('it has no title')
  if (document.querySelectorAll('main').length !== 1) faults.push('it has not exactly one main part')

  const shown = (element: Element) => element.checkVisibility()
  const headings = [...document.querySelectorAll('h1')].filter(shown)
  if (headings.length !== 1) faults.push(`it shows ${headings.length} headings of the first level`)

  for (const element of document.querySelectorAll('body *')) {
    if (!shown(element)) continue
    const what = `${element.localName} “${(element.textContent || element.id).trim().slice(0, 30)}”`
    const box = element.getBoundingClientRect()
    if (box.left < 0 || box.right > clientWidth + 0.5) faults.push(`${what} stands out of the window`)
    const style = getComputedStyle(element)
    const ownText = [...element.childNodes].some(
      (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim(),
    )
    const field = element.matches('input, textarea, select')
    if (ownText || field) {
      const ratio = contrast(colour(style.color), ground(element))
      const large = parseFloat(style.fontSize) >= 24
      if (ratio < (large ? 3 : 4.5)) faults.push(`${what} has a contrast of ${ratio.toFixed(1)}`)
    }
    if (field) {
      const ratio = contrast(colour(style.borderTopColor), ground(element.parentElement!))
      if (ratio < 3) faults.push(`the border of ${what} has a contrast of ${ratio.toFixed(1)}`)
    }
    // WCAG 2.2, 2.5.8
    if ((field || element.matches('button')) && Math.min(box.height, box.width) < 24)
      faults.push(`${what} is smaller than 24 px`)
    // A smaller font makes telephones zoom in.
    if (field && parseFloat(style.fontSize) < 16) faults.push(`${what} has a font of less than 16 px`)
  }
  return faults

  type Colour = [red: number, green: number, blue: number, alpha: number]

  function colour(text: string): Colour {
    const [red = 0, green = 0, blue = 0, alpha = 1] = (text.match(/[\d.]+/g) ?? []).map(Number)
    return [red, green, blue, alpha]
  }
  function ground(element: Element): Colour {
    for (let at: Element | null = element; at; at = at.parentElement) {
      const found = colour(getComputedStyle(at).backgroundColor)
      if (found[3] === 1) return found
    }
    return [255, 255, 255, 1]
  }
  /** WCAG 2.2, "contrast ratio". */
  function contrast(a: Colour, b: Colour): number {
    const [light, dark] = [luminance(a), luminance(b)].toSorted((x, y) => y - x) as [number, number]
    return (light + 0.05) / (dark + 0.05)
  }
  function luminance([red, green, blue]: Colour): number {
    const linear = (channel: number) => {
      const share = channel / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    }
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  }
}
