/** What the OAuth server is made of, and what it is told from outside. */
import type { IncomingMessage } from 'node:http'
import type { BlockList } from 'node:net'
import type { Account, Accounts, PageSession } from '../../core/accounts/index.ts'
import type { Apps } from '../../core/apps/index.ts'
import type { Clock, Store } from '../../core/ports.ts'
import type { GuardedFetch } from '../../http/guard.ts'
import type { Direct } from '../../http/server.ts'
import type { Throttle } from '../../identity/throttle.ts'
import type { KeyRing } from '../../lib/sealed.ts'

/** Who a browser is, by its cookies. Our pages give them, and no door looks at them. */
export interface Browsers {
  /** Who is signed in in it. */
  who(cookies: string | undefined): Promise<{ account: Account; session: PageSession } | undefined>
  /** Text of its own cookie. */
  mark(cookies: string | undefined): string | undefined
  /** A new one: its text, and the header's value that sets it. */
  give(): { mark: string; cookie: string }
  /** Signs it out; the header's value that takes the cookie away. */
  signOut(session: PageSession): Promise<string>
}

export interface OAuthParts {
  /** The issuer: an origin. */
  publicUrl: string
  /** Addresses that tokens may be limited to (RFC 8707), with the door that answers there. */
  resources: readonly { address: string; door: string }[]
  trustedProxies: BlockList
  accounts: Accounts
  apps: Pick<Apps, 'registry' | 'grant' | 'decide'>
  browsers: Browsers
  /** What an app that may see her profile is told. `picture` is an address. */
  profileOf(account: Account): Promise<{ name: string | null; picture: string | null }>
  store: Store
  clock: Clock
  keys: KeyRing
  throttle: Throttle
  fetch: GuardedFetch
  /** Where a browser is sent that asks for a client which another part of this server lets in; undefined: it is asked here. */
  elsewhere(client: string, query: string): string | undefined
  /** What answers a request that is about another part's token, though it came to an address of ours; undefined: it is ours. */
  answers(request: IncomingMessage): Direct | undefined
  /** Prefix of our pages' style, and of nothing else. */
  style: string
  onError(error: unknown): void
}
