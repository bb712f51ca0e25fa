/** The Sync door without a socket: the real handlers on a real store, and browsers that sign their requests. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { TestContext } from 'node:test'
import { type Apps, createApps } from '../../src/core/apps/index.ts'
import { createPermissions } from '../../src/core/permissions/index.ts'
import type { Store } from '../../src/core/ports.ts'
import { scopes } from '../../src/doors.ts'
import { type HawkTarget, signHawk } from '../../src/lib/hawk.ts'
import type { KeyRing } from '../../src/lib/sealed.ts'
import type { SyncParts, SyncResponse, SyncSettings } from '../../src/protocols/sync/call.ts'
import { createSync, type Sync } from '../../src/protocols/sync/door.ts'
import type { ForeignAccounts } from '../../src/protocols/sync/foreign.ts'
import { type AccountsOn, accountsOn, type storeKinds } from './accounts-on.ts'

/** What a browser has of its storage. */
export interface Browser {
  uid: number
  id: string
  key: string
}

export interface Asked {
  /** Sent as JSON. */
  body?: unknown
  /** Sent as it is. */
  raw?: string | Uint8Array
  headers?: Record<string, string>
  /** Of the signature, in place of what is true. */
  signed?: Partial<HawkTarget & { ts: number; nonce: string }>
}

export interface Told {
  status: number
  headers: Record<string, string>
  text: string
  /** The body as JSON; undefined where it is none. */
  json: never
  /** `X-Last-Modified`, as sent. */
  modified: string
}

export interface SyncUnderTest extends AccountsOn {
  sync: Sync
  apps: Apps
  /** An access token of a person, with the scope of Sync unless others are given. */
  access(login: string, texts?: readonly string[]): Promise<{ text: string; account: string; grant: string }>
  /** Asks for a token with these headers. */
  tokens(headers: Record<string, string>, path?: string): Promise<Told>
  /** A browser of a new person, which has its token. */
  browser(login?: string): Promise<Browser>
  /** A request to a storage: the path is what stands behind `/1.5/UID`. */
  ask(browser: Browser, method: string, path: string, asked?: Asked): Promise<Told>
  /** A request that nobody signed, to any address. */
  bare(method: string, url: string, headers?: Record<string, string>, raw?: string): Promise<Told>
  /** Another process over the same data. */
  again(options: Pick<SyncOptions, 'settings' | 'foreign'> & { keys?: KeyRing }): SyncUnderTest
}

export const publicUrl = 'https://essaim.example'
const target = { host: 'essaim.example', port: 443 }

/** As Firefox writes it: when the keys changed, and 16 bytes that tell them. */
export const keyId = (changed: number, state = 'a') =>
  `${changed}-${Buffer.alloc(16, state).toString('base64url')}`

export interface SyncOptions {
  kind?: (typeof storeKinds)[number]
  settings?: Partial<SyncSettings>
  foreign?: ForeignAccounts
  keyOf?: SyncParts['keyOf']
  quota?: number
  /** Puts something before the store. */
  wrap?: (store: Store) => Store
}

export async function syncUnderTest(t: TestContext, options: SyncOptions = {}): Promise<SyncUnderTest> {
  const { kind = 'sqlite', quota } = options
  const on = await accountsOn(t, kind, quota === undefined ? {} : { quota })
  return over(on, options)
}

/** As it would arrive; a page's memory is given back then, and used again. */
function textOf(body: SyncResponse['body']): string {
  if (typeof body === 'string') return body
  const text = Buffer.concat(body.pieces).toString('utf8')
  assert.equal(Buffer.byteLength(text), body.length)
  body.release()
  return text
}

function over(on: AccountsOn, options: SyncOptions): SyncUnderTest {
  const { accounts, clock, keys } = on
  const { settings, foreign, quota = 100_000_000, wrap = (store) => store } = options
  const keyOf = options.keyOf ?? (async () => undefined)
  const store = wrap(on.store)
  const onError = (error: unknown) => void on.errors.push(error)
  const permissions = createPermissions({ store, clock })
  const apps = createApps({
    store,
    clock,
    registry: scopes,
    onError,
    explain: permissions.explain,
    spaceName: async () => undefined,
  })
  const sync = createSync({
    settings: {
      publicUrl,
      readonly: false,
      backoff: 0,
      eos: undefined,
      testSecret: undefined,
      quota,
      ...settings,
    },
    store,
    accounts,
    apps,
    permissions,
    clock,
    keys,
    keyOf,
    foreign,
    onError,
  })
  let made = 0

  const told = async (
    method: string,
    url: string,
    headers: Record<string, string>,
    sent?: string | Uint8Array,
  ) => {
    const body = typeof sent === 'string' ? Buffer.from(sent) : sent
    const answer = await sync.handle({ method, url, headers, body })
    const named: Record<string, string> = {}
    for (let i = 0; i < answer.headers.length; i += 2)
      named[answer.headers[i]!.toLowerCase()] = answer.headers[i + 1]!
    const text = textOf(answer.body)
    let json: unknown
    try {
      json = JSON.parse(text)
    } catch {}
    const modified = named['x-last-modified'] ?? ''
    return { status: answer.status, headers: named, text, json: json as never, modified }
  }

  const self: SyncUnderTest = {
    ...on,
    store,
    sync,
    apps,

    async access(login, texts = ['sync:rw']) {
      const account = (await accounts.byLogin(login)) ?? (await on.person(login))
      const { text, grant } = await apps.createToken(account.id, { name: 'Firefox', scopes: texts })
      return { text, account: account.id, grant: grant.id }
    },

    tokens: (headers, path = '/1.0/sync/1.5') => told('GET', path, headers),

    async browser(login = `person${made++}`) {
      const { text } = await self.access(login)
      const answer = await self.tokens({ authorization: `Bearer ${text}`, 'x-keyid': keyId(1) })
      assert.equal(answer.status, 200, answer.text)
      return answer.json as Browser
    },

    ask({ uid, id, key }, method, path, { body, raw, headers = {}, signed = {} } = {}) {
      const url = `/1.5/${uid}${path}`
      const { ts = Math.floor(clock.now() / 1_000), nonce = randomBytes(6).toString('base64url') } = signed
      const authorization = signHawk(
        { id, key },
        { ts, nonce },
        { ...target, method, resource: url, ...signed },
      )
      const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body))
      return told(method, url, { authorization, ...headers }, sent)
    },

    bare: (method, url, headers = {}, raw) => told(method, url, headers, raw),

    again: ({ keys: ring = keys, ...more }) => over({ ...on, keys: ring }, { ...options, ...more }),
  }
  return self
}
