/**
 * What a Firefox of its own costs the server: the first synchronisation of a profile with 5,000 bookmarks and 20,000
 * pages of history, then that of a second profile, then one that finds nothing. CPU time of the server with all its
 * threads, time until Firefox is done, and bytes of the connections without TLS.
 */
import { once } from 'node:events'
import { type AddressInfo, connect as dial, createServer, type Socket } from 'node:net'
import { startFirefox } from '../test/support/firefox.ts'
import { addBookmarks, addVisits } from '../test/support/firefox-data.ts'
import { letIn, own, type OwnFirefox } from '../test/support/firefox-person.ts'
import { preferencesFor, addressOf, sync } from '../test/support/firefox-sync.ts'
import { ownerWithKeys } from '../test/support/person-with-keys.ts'
import { startEssaim } from './processes.ts'

const program = process.argv[2] ?? '/usr/bin/firefox-esr'
const [bookmarks, visits] = [5_000, 20_000]
const undo: (() => Promise<void>)[] = []

/** Between Firefox and the server: counts what passes. */
const passed = { up: 0, down: 0, connections: 0 }
let inside = 0
const open = new Set<Socket>()
const relay = createServer((outside) => {
  const server = dial(inside, '127.0.0.1')
  passed.connections++
  for (const socket of [outside, server]) {
    open.add(socket)
    socket.on('error', () => socket.destroy()).on('close', () => open.delete(socket))
  }
  outside.on('data', (bytes: Buffer) => (passed.up += bytes.length)).pipe(server)
  server.on('data', (bytes: Buffer) => (passed.down += bytes.length)).pipe(outside)
}).listen(0, '127.0.0.1')
await once(relay, 'listening')
const origin = `http://localhost:${(relay.address() as AddressInfo).port}`
const server = await startEssaim({ ESSAIM_PUBLIC_URL: origin })
inside = Number(new URL(server.url).port)

const firstRun = async () => /First run: (\S+)/.exec(server.output())?.[1] ?? ''
const alice = await ownerWithKeys({ url: server.url, firstRun }, { login: 'alice' })

async function fresh(name: string): Promise<OwnFirefox> {
  const firefox = await startFirefox(program, preferencesFor(origin), (act) => undo.push(act))
  return own(firefox, name, origin)
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(2)

async function measure(name: string, act: () => Promise<unknown>): Promise<void> {
  const before = { ...passed, cpu: server.cpu(), at: performance.now() }
  await act()
  const figures = [
    (server.cpu() - before.cpu).toFixed(2),
    ((performance.now() - before.at) / 1_000).toFixed(1),
    megabytes(passed.up - before.up),
    megabytes(passed.down - before.down),
  ]
  process.stdout.write(`| ${name} | ${figures.join(' | ')} |\n`)
}

/** Measured from the click on: the page has been loaded, and the key unlocked. */
async function signIn(firefox: OwnFirefox, name: string): Promise<void> {
  await firefox.page.visit(await addressOf(firefox, 'sign-in'))
  await firefox.page.fill({ login: alice.login, password: alice.password })
  await firefox.page.press('Sign in')
  await firefox.page.sees('Bookmarks')
  await measure(name, () => letIn(firefox))
}

try {
  process.stdout.write(
    '| | CPU of the server, s | until done, s | MB up | MB down |\n|---|---|---|---|---|\n',
  )
  const laptop = await fresh('Laptop')
  const site = 'https://library.example'
  await addBookmarks(
    laptop,
    Array.from({ length: bookmarks }, (_, i) => ({
      title: `Number ${i}, of many that she meant to read`,
      url: `${site}/shelf/${i % 97}/book/${i}`,
    })),
  )
  await addVisits(
    laptop,
    Array.from({ length: visits }, (_, i) => ({
      title: `What she read as number ${i}`,
      url: `${site}/read/${i}`,
    })),
  )
  await signIn(laptop, `first, ${bookmarks} bookmarks and ${visits} pages`)
  await measure('next, nothing new', () => sync(laptop))
  await laptop.close()
  const desktop = await fresh('Desktop')
  await signIn(desktop, 'second profile')
  const { stored } = (await alice.browser.get('/me/browsers')).body as {
    stored: { bytes: number; collections: { name: string; count: number; bytes: number }[] }
  }
  const all = stored.collections.map(({ name, count }) => `${name} ${count}`).join(', ')
  process.stdout.write(`\nStored: ${megabytes(stored.bytes)} MB (${all}).\n`)
} finally {
  for (const act of undo) await act()
  for (const socket of open) socket.destroy()
  relay.close()
  await server.stop()
}
