/** Several browsers of several people at the accounts door, each asking as itself. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { GuardedFetch } from '../../src/http/guard.ts'
import { sessionHash } from '../../src/protocols/fxa/session-tokens.ts'
import type { storeKinds } from './accounts-on.ts'
import { type FxaUnderTest, fxaUnderTest, type Told } from './fxa-door.ts'

export interface FxaBrowser {
  login: string
  account: string
  grant: string
  uid: string
  sessionToken: string
}

export interface FxaBrowsers extends Omit<FxaUnderTest, 'ask' | 'again'> {
  /** A browser of a person, who is made where she is not there. */
  browser(login: string, wanted?: { previous?: string }): Promise<FxaBrowser>
  /** A request of a browser; the path is what stands behind `/fxa/v1`. */
  ask(browser: FxaBrowser, method: string, path: string, body?: unknown): Promise<Told>
  /** Another process over the same data. */
  again(): FxaBrowsers
}

/** `fetch` reaches push services; nothing can be reached unless given. */
export async function fxaBrowsers(
  t: TestContext,
  { kind, fetch }: { kind?: (typeof storeKinds)[number]; fetch?: GuardedFetch } = {},
): Promise<FxaBrowsers> {
  return over(await fxaUnderTest(t, kind, fetch ? { fetch } : {}))
}

function over(on: FxaUnderTest): FxaBrowsers {
  return {
    ...on,

    async browser(login, wanted) {
      const { account, uid, sessionToken } = await on.connect(login, wanted)
      assert.ok(sessionToken !== null)
      const [session] = (await on.store.rows('token', { account_id: account.id })).filter(
        ({ hash }) => hash === sessionHash(sessionToken),
      )
      return { login, account: account.id, grant: String(session?.['grant_id']), uid, sessionToken }
    },

    ask: ({ sessionToken: session }, method, path, body) =>
      on.ask(method, `/v1${path}`, { session, ...(body === undefined ? {} : { body }) }),

    again: () => over(on.again()),
  }
}
