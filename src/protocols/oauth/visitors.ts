/**
 * Who asks, as our own pages know it. The library keeps sessions and cookies of its own; here it is shown those of our
 * pages instead, so that there is one sign-in, and a sign-out ends it everywhere.
 */
import type { IncomingMessage } from 'node:http'
import type { Account, PageSession } from '../../core/accounts/index.ts'
import { sha256Base64url } from '../../lib/hash.ts'

export interface Visitor {
  account?: Account
  session?: PageSession
  /** SHA-256 of the text of the browser's own cookie. */
  browser?: string
  /** The request for consent that this browser began and comes back from. */
  resumes?: string
  /** The app did not say that she be asked: see `offline_access` in configuration.ts. */
  impliedConsent?: true
  /** The scopes that were asked for, where the library was shown those that were granted. */
  asked?: string
}

/** What requests say of their browsers, found by the request itself wherever the library carries it. */
export interface Visitors {
  set(request: IncomingMessage, visitor: Visitor): void
  of(request: IncomingMessage | undefined): Visitor
}

export function createVisitors(): Visitors {
  const known = new WeakMap<IncomingMessage, Visitor>()
  return {
    set: (request, visitor) => void known.set(request, visitor),
    of: (request) => (request && known.get(request)) ?? {},
  }
}

/** The library's id of a session of our pages. */
export const sessionId = ({ id }: PageSession): string => sha256Base64url(`session of the pages ${id}`)

/** When somebody last proved who she is, in milliseconds: with her sign-in, or since. */
export const provedAt = ({ created, authenticated }: PageSession): number => Math.max(created, authenticated)

/** Names under which the library asks for its cookies; none of them is ever sent. */
export const cookieNames = { session: 'session', interaction: 'interaction', resume: 'resume' } as const

/** In the place of the library's cookies. */
export function jarOf(visitor: Visitor) {
  return {
    secure: true,
    get(name: string): string | undefined {
      if (name === cookieNames.session) return visitor.session && sessionId(visitor.session)
      return name === cookieNames.resume ? visitor.resumes : undefined
    },
    set(): void {},
  }
}
