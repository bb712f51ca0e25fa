/** The Kinto door without a socket: the real handlers on a real SQLite store, with a clock that a test can set. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { createAccounts } from '../../src/core/accounts/index.ts'
import type { Account, Accounts } from '../../src/core/accounts/index.ts'
import { type Apps, createApps } from '../../src/core/apps/index.ts'
import { createPermissions } from '../../src/core/permissions/index.ts'
import type { Store } from '../../src/core/ports.ts'
import { createPlanner } from '../../src/core/records/index.ts'
import { createPasswords } from '../../src/identity/password.ts'
import { createThrottle } from '../../src/identity/throttle.ts'
import type { JsonObject } from '../../src/lib/json/index.ts'
import { keyRing } from '../../src/lib/sealed.ts'
import { scopes } from '../../src/doors.ts'
import { citizen } from '../../src/protocols/kinto/citizen.ts'
import { createKinto, type Kinto } from '../../src/protocols/kinto/door.ts'
import { createConfiguredRights } from '../../src/protocols/kinto/rights.ts'
import { type KintoOptions, readSettings } from '../../src/protocols/kinto/settings.ts'
import { createSqliteStore } from '../../src/store/sqlite/index.ts'

export interface Asked {
  /** A login, whose password is the login and ` password`; or a whole Authorization header. */
  as?: string
  body?: unknown
  /** Sent as it is. */
  raw?: string | Uint8Array
  headers?: Record<string, string>
}

export interface Told {
  status: number
  headers: Record<string, string>
  /** The body, parsed; `{}` without one. */
  json: JsonObject & { data?: never; permissions?: never }
  text: string
  /** The revision in the ETag. */
  revision: number
}

export interface KintoUnderTest {
  kinto: Kinto
  store: Store
  accounts: Accounts
  apps: Apps
  clock: { now(): number; tick(ms?: number): void }
  owner: Account
  /** Errors that the door has reported. */
  errors: unknown[]
  /** Makes a person with the password that `as` sends. */
  person(login: string): Promise<Account>
  ask(method: string, path: string, asked?: Asked): Promise<Told>
}

const password = (login: string) => `${login} password`

/** `variables` are `KINTO_*` ones, read with both switches; `wrap` may put something that fails before the store. */
export async function kintoUnderTest(
  t: TestContext,
  variables: Record<string, string> = {},
  options: Partial<KintoOptions> = {},
  wrap: (store: Store) => Store = (store) => store,
): Promise<KintoUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'essaim-kinto-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  let now = Date.UTC(2026, 0, 1)
  const clock = { now: () => now, tick: (ms = 1) => void (now += ms) }
  const errors: unknown[] = []
  const onError = (error: unknown) => void errors.push(error)
  const bus = { publish: () => {}, listen: () => () => {}, listenAll: () => () => {}, close: async () => {} }
  const planner = createPlanner({ collections: 1000, spaces: 100 })
  const path = join(folder, 'essaim.db')
  const store = wrap(await createSqliteStore({ path, planner, bus, clock, onError }))
  t.after(() => store.close())
  const keys = keyRing(new Map([[1, new Uint8Array(32).fill(7)]]))
  const accounts = createAccounts({
    store,
    clock,
    keys,
    quota: 100_000_000,
    unsafeTest: true,
    purges: [citizen.purge],
    onError,
  })
  const hasher = {
    hash: async (text: string) => `hash of ${text}`,
    verify: async (hash: string, text: string) => hash === `hash of ${text}`,
  }
  const passwords = createPasswords(hasher)
  const { settings } = readSettings({
    publicUrl: 'http://localhost:8888',
    readonly: false,
    backoff: 0,
    eos: undefined,
    eosUrl: undefined,
    eosMessage: undefined,
    kintoBodyLimit: 8_388_608,
    kintoObjectLimit: 2_621_440,
    kintoBatchLimit: 25,
    kintoFlush: false,
    unsafeTest: true,
    kintoVariables: variables,
    ...options,
  })
  const configured = createConfiguredRights(settings)
  const permissions = createPermissions({
    store,
    clock,
    ...(configured.extra && { extra: configured.extra }),
  })
  const apps = createApps({
    store,
    clock,
    registry: scopes,
    onError,
    explain: permissions.explain,
    spaceName: async (home) => citizen.spaceName?.(store, home),
  })
  const kinto = createKinto({
    settings,
    store,
    accounts,
    apps,
    permissions,
    configured,
    passwords,
    throttle: createThrottle(1000),
    clock,
    keys,
    health: {
      parts: async () => ({ store: true }),
      version: { name: 'essaim', version: '0.1.0', source: '', commit: '' },
    },
    metrics: { allowed: () => false, render: async () => ({ type: 'text/plain', text: '' }) },
    onError,
  })
  const token = await accounts.issueSetup()
  const owner = await accounts.createOwner({
    token: token ?? '',
    login: 'olga',
    directHash: `hash of ${password('olga')}`,
  })

  return {
    kinto,
    store,
    accounts,
    apps,
    clock,
    owner,
    errors,
    person: (login) => accounts.create({ login, door: 'kinto', directHash: `hash of ${password(login)}` }),
    async ask(method, path, { as, body, raw, headers = {} } = {}) {
      const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body))
      const response = await kinto.handle({
        method,
        url: path.startsWith('//') ? path.slice(1) : `/v1${path}`,
        headers: {
          ...(as !== undefined && { authorization: authorization(as) }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        body: { bytes: typeof sent === 'string' ? Buffer.from(sent) : sent },
        remote: () => '192.0.2.1',
      })
      return told(response.status, response.headers, response.body)
    },
  }
}

function authorization(as: string): string {
  if (as.includes(' ')) return as
  return `Basic ${Buffer.from(`${as}:${password(as)}`).toString('base64')}`
}

function told(status: number, flat: readonly string[], text: string): Told {
  const headers: Record<string, string> = {}
  for (let i = 0; i < flat.length; i += 2) headers[flat[i]!.toLowerCase()] = flat[i + 1]!
  const isJson = text !== '' && headers['content-type'] === 'application/json'
  return {
    status,
    headers,
    json: isJson ? JSON.parse(text) : {},
    text,
    revision: Number(headers['etag']?.replaceAll('"', '') ?? Number.NaN),
  }
}
