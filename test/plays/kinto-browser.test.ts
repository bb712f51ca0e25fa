/** A Kinto app in a real browser, on another origin than the server: what its page keeps in IndexedDB survives reloads. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { build } from 'esbuild'
import type { Browser, Page } from 'puppeteer-core'
import { openBrowser } from '../support/browser.ts'
import type { NotesApp } from '../support/notes-app.ts'
import { makeOwner, type Person, withAppPassword } from '../support/people.ts'
import { startServer } from '../support/server.ts'

/** Serves the app's page; the address of its origin, which is not the server's. */
async function servePage(t: TestContext): Promise<string> {
  const bundle = await build({
    entryPoints: [join(import.meta.dirname, '../support/notes-app.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    mainFields: ['main'], // the same files as under Node
  })
  const script = bundle.outputFiles[0]!.text
  const page =
    '<!doctype html><title>Notes</title><link rel="icon" href="data:,"><script src="app.js"></script>'
  const server = createServer((request, response) => {
    const isScript = request.url === '/app.js'
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? script : page)
  }).listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  return `http://localhost:${(server.address() as AddressInfo).port}/`
}

interface Tab {
  /** Does something in the page. */
  do<K extends keyof NotesApp>(
    name: K,
    ...args: Parameters<NotesApp[K]>
  ): Promise<Awaited<ReturnType<NotesApp[K]>>>
  reload(): Promise<void>
  /** Addresses that the browser asked for permission about before it sent the request itself. */
  readonly preflights: string[]
  /** What the browser complained of. */
  readonly complaints: string[]
}

/** The app in a browser of its own (own IndexedDB), signed in. */
async function openTab(browser: Browser, address: string, url: string, person: Person): Promise<Tab> {
  const page: Page = await (await browser.createBrowserContext()).newPage()
  const preflights: string[] = []
  const complaints: string[] = []
  const protocol = await page.createCDPSession()
  await protocol.send('Network.enable')
  protocol.on('Network.requestWillBeSent', ({ request }) => {
    if (request.method === 'OPTIONS') preflights.push(request.url)
  })
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  const start = async () => {
    await page.waitForFunction('globalThis.app')
    await page.evaluate(
      (...args) => (globalThis as unknown as { app: NotesApp }).app.open(...args),
      url,
      person.authorization,
    )
  }
  await page.goto(address)
  await start()
  return {
    preflights,
    complaints,
    do: (name, ...args) =>
      page.evaluate(
        (act, given) =>
          (globalThis as never as { app: Record<string, (...all: unknown[]) => never> }).app[act]!(...given),
        name,
        args as unknown[],
      ),
    async reload() {
      await page.reload()
      await start()
    },
  }
}

test('notes in two browsers, on a page of another origin', async (t) => {
  const browser = await openBrowser(t)
  if (!browser) return
  const server = await startServer(t)
  const alice = await makeOwner(server)
  const address = await servePage(t)
  const open = async () => openTab(browser, address, server.url, await withAppPassword(server, alice))
  const [laptop, phone] = [await open(), await open()]

  const settled = async (...tabs: Tab[]) => {
    for (const tab of tabs) {
      const { ok, error, conflicts } = await tab.do('sync')
      assert.ok(ok, error ?? JSON.stringify(conflicts))
    }
  }
  const both = async () => [await laptop.do('titles'), await phone.do('titles')] as const

  await t.test('what one browser adds, keeps over a reload and sends is in the other', async () => {
    await laptop.do('add', 'milk', 'pain 🥖')
    await laptop.reload()
    assert.equal(await laptop.do('waiting'), 2, 'not sent yet, and not forgotten')
    await settled(laptop, phone)
    await phone.reload()
    assert.deepEqual(await both(), [
      ['milk', 'pain 🥖'],
      ['milk', 'pain 🥖'],
    ])
  })

  await t.test('the browser asked the server for permission, and had nothing to complain of', () => {
    assert.ok(laptop.preflights.some((asked) => asked === `${server.url}/v1/batch`))
    assert.deepEqual([laptop.complaints, phone.complaints], [[], []])
  })

  await t.test('after a reload it goes on from where it was', async () => {
    const { received, published } = await phone.do('sync')
    assert.deepEqual({ received, published }, { received: 0, published: 0 })
  })

  await t.test('forty notes go in batches', async () => {
    const titles = Array.from({ length: 40 }, (_, i) => `note ${String(i).padStart(2, '0')}`)
    await phone.do('add', ...titles)
    assert.equal((await phone.do('sync')).published, 40)
    await settled(laptop)
    assert.deepEqual(await laptop.do('titles'), ['milk', ...titles, 'pain 🥖'])
  })

  await t.test('both change one note: by hand, or as the server or the client has it', async () => {
    for (const how of ['manual', 'server_wins', 'client_wins'] as const) {
      const id = await laptop.do('add', 'draft')
      await settled(laptop, phone)
      await laptop.do('rename', id, `${how}: laptop`)
      await phone.do('rename', id, `${how}: phone`)
      await settled(laptop)
      if (how === 'manual') {
        const { ok, conflicts } = await phone.do('sync')
        assert.equal(ok, false)
        assert.deepEqual(conflicts, [{ type: 'incoming', local: 'manual: phone', remote: 'manual: laptop' }])
        await phone.reload()
        await phone.do('merge')
      }
      assert.ok((await phone.do('sync', how)).ok)
      await settled(phone, laptop)
    }
    const [here, there] = await both()
    assert.deepEqual(here, there)
    const settledAs = (here ?? []).filter((title) => title.includes(': '))
    assert.deepEqual(settledAs, [
      'client_wins: phone',
      'manual: laptop and manual: phone',
      'server_wins: laptop',
    ])
  })

  for (const [how, end] of [
    ['stopped', () => server.stop()],
    ['killed', () => server.kill()],
  ] as const) {
    await t.test(
      `the server is ${how}: both go on offline, are reloaded, and meet when it is back`,
      async () => {
        const id = await laptop.do('add', `known before it was ${how}`)
        await settled(laptop, phone)
        await end()
        await phone.do('add', `phone, while ${how}`)
        await phone.do('remove', id)
        await laptop.do('add', `laptop, while ${how}`)
        const { ok, error } = await phone.do('sync')
        assert.ok(!ok && error, 'the app learns that it is offline')
        await phone.reload()
        assert.equal(await phone.do('waiting'), 1)
        await server.restart()
        await settled(phone, laptop, phone)
        const [here, there] = await both()
        assert.deepEqual(here, there)
        assert.ok(here?.includes(`phone, while ${how}`) && here.includes(`laptop, while ${how}`))
        assert.ok(!here.includes(`known before it was ${how}`))
      },
    )
  }
})
