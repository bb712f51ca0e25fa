/** What axe-core finds wrong with a page for people who do not see it, or do not use a mouse. */
import axeCore from 'axe-core'
import type { Page } from 'puppeteer-core'

interface Results {
  violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[]
}

/** A line for each thing that is wrong, by all rules of axe. */
export async function axeFaults(page: Page): Promise<string[]> {
  // Through the debugger, which our policy does not bind.
  await page.evaluate(axeCore.source)
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<Results> } }
    const { violations } = await axe.run()
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ''}`),
    )
  })
}
