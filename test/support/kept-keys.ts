/** What a device can open with the keys that its browser keeps, whatever our pages would do. */
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Page } from 'puppeteer-core'
import type { KeptKeysPage } from './kept-keys-page.ts'

let script: Promise<string> | undefined

async function bundled(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'kept-keys-page.ts')],
    bundle: true,
    write: false,
    format: 'iife',
  })
  return outputFiles[0]?.text ?? ''
}

/** `open`, or why the device in whose browser `page` is cannot open this bundle. */
export async function openWithKept(page: Page, bundle: unknown, account: string): Promise<string> {
  script ??= bundled()
  await page.evaluate(await script)
  return page.evaluate(
    (json, id) => (globalThis as never as { keptKeys: KeptKeysPage }).keptKeys.open(JSON.parse(json), id),
    JSON.stringify(bundle),
    account,
  )
}
