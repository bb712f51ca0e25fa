/** The pages' door without a socket: the real routes on a real SQLite store, with a clock that a test can set. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { createFileBlobs } from '../../src/blobs/files.ts'
import { createAccounts } from '../../src/core/accounts/index.ts'
import type { Accounts } from '../../src/core/accounts/index.ts'
import type { Store } from '../../src/core/ports.ts'
import { createPlanner } from '../../src/core/records/index.ts'
import { trustedProxies } from '../../src/http/addresses.ts'
import { createPasswords } from '../../src/identity/password.ts'
import { createThrottle } from '../../src/identity/throttle.ts'
import type { JsonObject } from '../../src/lib/json/index.ts'
import { keyRing } from '../../src/lib/sealed.ts'
import { pagesDoor, type PagesParts } from '../../src/protocols/pages/index.ts'
import { createSqliteStore } from '../../src/store/sqlite/index.ts'
import { type Answered, newAuth } from './browser-session.ts'

export interface Route {
  method: string
  /** With places such as `:id`. */
  url: string
}

export interface PagesUnderTest {
  app: FastifyInstance
  /** Every route of the API. */
  routes: readonly Route[]
  accounts: Accounts
  store: Store
  clock: { now(): number; tick(ms: number): void }
  /** How often a slow hash was asked for. */
  hashes(): number
  /** What people were told elsewhere. */
  told: { login: string; act: string; details: JsonObject }[]
  errors: unknown[]
  /** A browser at an address (behind a trusted proxy), as in browser-session.ts but without a network. */
  browser(address?: string): Visitor
  /** The owner, made with the link of the first run, in a browser where she is signed in. */
  owner(login?: string): Promise<{ login: string; auth: string; wordsAuth: string; visitor: Visitor }>
}

export interface Told {
  status: number
  headers: Record<string, unknown>
  body: Answered
}

export interface Visitor {
  cookies: Map<string, string>
  /** Headers given as undefined are left out. */
  ask(
    method: string,
    path: string,
    body?: object,
    headers?: Record<string, string | undefined>,
  ): Promise<Told>
}

/** `more` replaces parts, such as the public address. */
export async function pagesUnderTest(
  t: TestContext,
  more: Partial<PagesParts> = {},
): Promise<PagesUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'essaim-pages-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  let now = Date.UTC(2026, 0, 1)
  const clock = { now: () => now, tick: (ms: number) => void (now += ms) }
  const errors: unknown[] = []
  const onError = (error: unknown) => void errors.push(error)
  const bus = { publish: () => {}, listen: () => () => {}, listenAll: () => () => {}, close: async () => {} }
  const planner = createPlanner({ collections: 1000, spaces: 100 })
  const path = join(folder, 'essaim.db')
  const store = await createSqliteStore({ path, planner, bus, clock, onError })
  t.after(() => store.close())
  const keys = keyRing(new Map([[1, new Uint8Array(32).fill(7)]]))
  const accounts = createAccounts({ store, clock, keys, quota: 100_000_000, onError })
  let hashes = 0
  const passwords = createPasswords({
    hash: async (text, { memory, passes, lanes }) => {
      hashes++
      return `$argon2id$v=19$m=${memory},t=${passes},p=${lanes}$${text}`
    },
    verify: async (hash, text) => {
      hashes++
      return hash.endsWith(`$${text}`)
    },
  })
  const told: PagesUnderTest['told'] = []
  const app = Fastify({ exposeHeadRoutes: false })
  t.after(() => app.close())
  const routes: Route[] = []
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) if (url.startsWith('/api/')) routes.push({ method: one, url })
  })
  const parts: Partial<PagesParts> = {
    publicUrl: 'https://cloud.example',
    contentUrl: 'https://cloud.example',
    trustedProxies: trustedProxies(['127.0.0.1']),
    accounts,
    store,
    blobs: createFileBlobs(join(folder, 'blobs')),
    clock,
    keys,
    passwords,
    throttle: createThrottle(),
    profileChanged() {},
    notices: { tell: ({ login }, act, details) => void told.push({ login, act, details }) },
    mail: false,
    doors: [],
    log: app.log,
    weakPasswords: false,
    onError,
    ...more,
  }
  // The rest is what the wiring knows of a whole server, which no route under test asks for.
  pagesDoor(app, parts as PagesParts)

  function browser(address = '192.0.2.1'): Visitor {
    const cookies = new Map<string, string>()
    return {
      cookies,
      async ask(method, url, body, headers = {}) {
        const wanted: Record<string, string | undefined> = {
          host: 'cloud.example',
          'sec-fetch-site': 'same-origin',
          'x-forwarded-for': address,
          cookie: cookies.size > 0 ? [...cookies].map((pair) => pair.join('=')).join('; ') : undefined,
          ...headers,
        }
        const answer = await app.inject({
          method: method as 'GET',
          url: `/api${url}`,
          headers: Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined)),
          ...(body ? { payload: body } : {}),
        })
        for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
          if (/; Max-Age=0(?:;|$)/.test(line)) cookies.delete(name)
          else cookies.set(name, value)
        }
        const isJson = String(answer.headers['content-type']).startsWith('application/json')
        return {
          status: answer.statusCode,
          headers: answer.headers,
          body: isJson ? answer.json() : answer.body,
        }
      },
    }
  }

  return {
    app,
    routes,
    accounts,
    store,
    clock,
    hashes: () => hashes,
    told,
    errors,
    browser,
    async owner(login = 'olga') {
      const visitor = browser()
      const token = await accounts.issueSetup()
      const { body: begun } = await visitor.ask('POST', '/setup/begin', { token, login })
      const [auth, wordsAuth] = [newAuth(), newAuth()]
      const way = { kind: 'password', parameters: begun.parameters, auth }
      await visitor.ask('POST', '/setup', { ticket: begun.ticket, way, words: { auth: wordsAuth } })
      return { login, auth, wordsAuth, visitor }
    },
  }
}
