/** The account key in real browsers, under the Content-Security-Policy of our pages. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { build } from 'esbuild'
import type { Browser } from 'puppeteer-core'
import { openBundle, slotSecret } from '../../client/src/index.ts'
import { stretchPassword } from '../../client/src/password/index.ts'
import { openBrowser, openFirefox } from '../support/browser.ts'
import type { KeysPage } from '../support/keys-page.ts'

const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; require-trusted-types-for 'script'"

async function servePage(t: TestContext): Promise<string> {
  const bundle = await build({
    entryPoints: [join(import.meta.dirname, '../support/keys-page.ts')],
    bundle: true,
    write: false,
    format: 'iife',
  })
  const script = bundle.outputFiles[0]?.text ?? assert.fail('esbuild wrote nothing')
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js'
    response.setHeader('Content-Security-Policy', policy)
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? script : '<!doctype html><title>Keys</title><script src="page.js"></script>')
  }).listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  return `http://localhost:${(server.address() as AddressInfo).port}/`
}

async function play(t: TestContext, open: (t: TestContext) => Promise<Browser | undefined>): Promise<void> {
  const browser = await open(t)
  if (!browser) return
  const tab = await browser.newPage()
  const go = <Name extends keyof KeysPage>(name: Name, ...args: Parameters<KeysPage[Name]>) =>
    tab.evaluate(
      // The functions of the page are found by name: what is evaluated travels as text.
      (called, given) =>
        (globalThis as never as { page: Record<string, (...all: unknown[]) => unknown> }).page[called]?.(
          ...given,
        ),
      name,
      args,
    ) as ReturnType<KeysPage[Name]>
  await tab.goto(await servePage(t))
  const created = await go('create')
  await tab.reload()
  const next = await go('carryOn', created.bundle)
  assert.deepEqual([next.epoch, next.slots], [2, 4])
  assert.equal(await go('readsKey'), false)
  assert.equal(await go('openWithWords', next.bundle, created.words), 'open')
  assert.equal(await go('openWithWords', created.bundle, created.words), 'rolled-back')
  assert.equal(await go('forget'), true)

  // What the browser has sealed opens here, with the same password.
  const salt = 'AAAAAAAAAAAAAAAAAAAAAA'
  const parameters = { algorithm: 'argon2id', salt, memory: 19_456, passes: 2, lanes: 1 } as const
  const { secret, auth } = await stretchPassword({ password: 'correct horse', login: 'Ada', parameters })
  assert.equal(auth, created.auth)
  const keys = await openBundle(next.bundle, await slotSecret('password', secret), { account: 'account-1' })
  assert.equal(keys.bundle.revision, 3)
}

test('Chromium keeps a device’s keys, opens, replaces and hands over the account key', (t) =>
  play(t, openBrowser))
test('Firefox keeps a device’s keys, opens, replaces and hands over the account key', (t) =>
  play(t, openFirefox))
