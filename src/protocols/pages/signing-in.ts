/** A sign-in that was proved: the session, its cookies, and word to the person where the browser is new to her account. */
import type { Account, Part, SignInMethod } from '../../core/accounts/index.ts'
import { type Call, giveCookies, type MyCall } from './api.ts'
import { freshUntil } from './api.ts'
import { meOf } from './me.ts'
import type { PagesParts } from './parts.ts'

type Parts = Pick<PagesParts, 'accounts' | 'store' | 'clock' | 'notices'>

export interface SignInOptions {
  /** Whether this counts as a fresh proof for acts that ask for one. */
  fresh: boolean
  /** The account was made just now: nobody has to be told of a new browser. */
  isNew?: boolean
  /** What the proof did besides, in the same commit. */
  beside?: Part
}

/** Begins a session; the answer is that of every route that signs in. Errors: `account-changed`. */
export async function signIn(
  parts: Parts,
  call: Call,
  account: Account,
  method: SignInMethod,
  { fresh, isNew = false, beside }: SignInOptions,
): Promise<{ me: object }> {
  const { accounts, notices } = parts
  const { addressPrefix: address, agent, browser } = call
  const isKnown = isNew || (await accounts.knowsBrowser(account.id, browser))
  const begun = await accounts.beginSession({
    account,
    method,
    fresh,
    address,
    agent,
    ...(browser === undefined ? {} : { browser }),
    ...(beside === undefined ? {} : { beside }),
  })
  giveCookies(call.reply, begun)
  if (!isKnown) notices.tell(account, 'signed-in', { method, address, agent })
  return { me: await meOf(parts, account, begun.session) }
}

/** Notes a fresh proof of who is signed in already; the cookie's text changes. */
export async function stepUp(
  { accounts, clock }: Pick<PagesParts, 'accounts' | 'clock'>,
  { session, reply }: Pick<MyCall, 'session' | 'reply'>,
  beside?: Part,
): Promise<{ freshUntil: number }> {
  giveCookies(reply, { token: await accounts.freshen(session, beside) })
  const now = clock.now()
  return { freshUntil: freshUntil({ ...session, authenticated: now }, now) }
}
