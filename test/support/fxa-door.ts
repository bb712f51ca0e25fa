/** The accounts door for browsers without a socket: the real handlers on a real store, and browsers that sign requests. */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import type { TestContext } from 'node:test'
import type { Account } from '../../src/core/accounts/index.ts'
import { readProfile } from '../../src/core/accounts/index.ts'
import { type Apps, createApps } from '../../src/core/apps/index.ts'
import { createPermissions } from '../../src/core/permissions/index.ts'
import { scopes } from '../../src/doors.ts'
import { createThrottle } from '../../src/identity/throttle.ts'
import { type HawkTarget, payloadHash, signHawk } from '../../src/lib/hawk.ts'
import type { KeyRing } from '../../src/lib/sealed.ts'
import { createFxa, type Fxa } from '../../src/protocols/fxa/door.ts'
import type { Connect, Connected } from '../../src/protocols/fxa/letting-in.ts'
import type { FxaParts } from '../../src/protocols/fxa/parts.ts'
import { derive } from '../../src/protocols/fxa/session-tokens.ts'
import type { Answered } from './browser-session.ts'
import { type AccountsOn, accountsOn, type storeKinds } from './accounts-on.ts'

export const publicUrl = 'https://essaim.example'
const target = { host: 'essaim.example', port: 443 }

export const desktop = '5882386c6d801776'
export const android = 'a2270f727f45f648'
export const syncScope = 'https://identity.mozilla.com/apps/oldsync'
/** What nobody here can open. */
export const keysJwe = 'eyJhbGciOiJFQ0RILUVTIn0..AAAAAAAAAAAAAAAA.Y2lwaGVydGV4dA.AAAAAAAAAAAAAAAAAAAAAA'

/** When the key was made, and 16 bytes that tell it. */
export const keyId = (time: number, state = 'a') => `${time}-${Buffer.alloc(16, state).toString('base64url')}`

/** A browser that our page let in. */
export interface Browser extends Connected {
  account: Account
  client: string
  verifier: string
}

export interface Asked {
  /** A session token: the request is proved by Hawk. */
  session?: string | null
  bearer?: string
  /** Sent as JSON. */
  body?: unknown
  /** Sent as it is. */
  raw?: string
  headers?: Record<string, string>
  /** Of the proof, in place of what is true. */
  signed?: Partial<HawkTarget & { ts: number; nonce: string; hash: string }>
  /** Without a hash of the body. */
  unhashed?: boolean
}

export interface Told {
  status: number
  headers: Record<string, string>
  text: string
  /** The body as JSON; undefined where there is none. */
  json: Answered
}

export interface FxaUnderTest extends AccountsOn {
  fxa: Fxa
  apps: Apps
  /** The path is what stands behind `/fxa`. */
  ask(method: string, path: string, asked?: Asked): Promise<Told>
  /** Lets a browser in, of a new person unless one is named. */
  connect(login?: string, wanted?: Partial<Connect>): Promise<Browser>
  /** What comes of a browser's code. */
  redeem(browser: Browser, more?: Record<string, unknown>): Promise<Told>
  /** Another process over the same data. */
  again(keys?: KeyRing): FxaUnderTest
}

export async function fxaUnderTest(
  t: TestContext,
  kind: (typeof storeKinds)[number] = 'sqlite',
  parts: Partial<FxaParts> = {},
): Promise<FxaUnderTest> {
  const on = await accountsOn(t, kind)
  const under = over(on, parts)
  t.after(() => under.fxa.stop())
  return under
}

function over(on: AccountsOn, parts: Partial<FxaParts>): FxaUnderTest {
  const { accounts, clock, keys, store } = on
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
  const fxa = createFxa({
    publicUrl,
    store,
    accounts,
    apps,
    clock,
    keys,
    throttle: createThrottle(),
    profileOf: async (account) => {
      const { name, avatar } = await readProfile(store, account)
      return { name, picture: avatar }
    },
    noPicture: `${publicUrl}/nobody.svg`,
    fetch: () => assert.fail('nothing is asked of other servers'),
    onError,
    ...parts,
  })
  let made = 0

  const self: FxaUnderTest = {
    ...on,
    apps,
    fxa,

    async ask(method, path, { session, bearer, body, raw, headers = {}, signed = {}, unhashed } = {}) {
      const url = `/fxa${path}`
      const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body))
      const bytes = sent === undefined ? undefined : Buffer.from(sent)
      const type = 'application/json; charset=utf-8'
      const all: Record<string, string> = { ...(bytes ? { 'content-type': type } : {}), ...headers }
      if (bearer !== undefined) all['authorization'] = `Bearer ${bearer}`
      if (typeof session === 'string') {
        const { id, key } = derive(session, 'fxa-session')
        const {
          ts = Math.floor(clock.now() / 1_000),
          nonce = randomBytes(6).toString('base64url'),
          hash = bytes && !unhashed ? payloadHash(type, bytes) : undefined,
        } = signed
        all['authorization'] = signHawk(
          { id, key },
          { ts, nonce, ...(hash === undefined ? {} : { hash }) },
          { ...target, method, resource: url, ...signed },
        )
      }
      const told = await fxa.handle({ method, url, headers: all, body: bytes, address: '192.0.2.1' })
      const named = Object.fromEntries(
        Object.entries(told.headers).map(([name, value]) => [name.toLowerCase(), value]),
      )
      return {
        status: told.status,
        headers: named,
        text: told.body,
        json: told.body === '' ? undefined : JSON.parse(told.body),
      }
    },

    async connect(login = `person${made++}`, wanted = {}) {
      const account = (await accounts.byLogin(login)) ?? (await on.person(login))
      const verifier = randomBytes(32).toString('base64url')
      const client = wanted.client ?? desktop
      const connected = await fxa.pages.connect(
        account,
        {
          client,
          scope: `${syncScope} profile`,
          state: 'a-state',
          challenge: createHash('sha256').update(verifier).digest('base64url'),
          offline: true,
          keysJwe,
          kid: keyId(1_700_000_000_000),
          name: null,
          previous: null,
          authAt: Math.floor(clock.now() / 1_000),
          ...wanted,
        },
        { address: '192.0.2.0/24', agent: 'Firefox · Linux' },
      )
      return { ...connected, account, client, verifier }
    },

    redeem: ({ sessionToken, code, client, verifier }, more = {}) =>
      self.ask('POST', '/v1/oauth/token', {
        session: sessionToken,
        body: {
          grant_type: 'authorization_code',
          client_id: client,
          code,
          code_verifier: verifier,
          ...more,
        },
      }),

    again: (ring = keys) => over({ ...on, keys: ring }, parts),
  }
  return self
}
