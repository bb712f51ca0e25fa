/**
 * What a sign-in with a provider has to find again when the browser comes back: sealed in a cookie of that browser,
 * so that an answer counts in the browser that asked, for the provider that was asked, once, and not for long.
 */
import { useOnce } from '../../core/accounts/index.ts'
import type { NewIdentity, Part } from '../../core/accounts/index.ts'
import type { Clock } from '../../core/ports.ts'
import { CodedError } from '../../lib/coded-error.ts'
import { randomToken } from '../../lib/ids.ts'
import { seal, unsealText } from '../../lib/sealed.ts'
import type { KeyRing } from '../../lib/sealed.ts'
import type { FlowChecks } from './types.ts'

export const purposes = ['sign-in', 'sign-up', 'link', 'fresh'] as const
export type Purpose = (typeof purposes)[number]

/** Milliseconds until the browser has to be back, and then until the new account is made. */
const flowLasts = 10 * 60_000
export const pendingLasts = 30 * 60_000

export interface Flow extends FlowChecks {
  is: 'flow'
  provider: string
  purpose: Purpose
  /** The session that asked, for `link` and `fresh`. */
  session: string | null
  /** What an invitation's link says, to be found again after the provider. */
  invitation: string | null
  started: number
}

/** An identity that opens nothing yet, and may open an account that is made now. */
export interface Pending extends NewIdentity {
  is: 'pending'
  hint: string
  invitation: string | null
  started: number
}

/** The browser brings no such flow, or not any more, or the answer is for another. */
export const flowLost = () => new CodedError('flow-lost', 'the sign-in was begun elsewhere, or too long ago')

export interface Flows {
  begin(wanted: Pick<Flow, 'provider' | 'purpose' | 'session' | 'invitation'>): Flow
  /** The cookie's text. */
  seal(value: Flow | Pending): string
  /** Errors: `flow-lost`. */
  open(cookie: string | undefined, is: 'flow'): Flow
  open(cookie: string | undefined, is: 'pending'): Pending
  /** For the commit of what the flow did: it does nothing else. */
  use(flow: Flow): Required<Part>
}

const context = 'cookie of a sign-in with others'

export function createFlows({ keys, clock }: { keys: KeyRing; clock: Clock }): Flows {
  function open(cookie: string | undefined, is: string): Flow | Pending {
    let value: Flow | Pending
    try {
      value = JSON.parse(unsealText(keys, context, cookie ?? '')) as Flow | Pending
    } catch {
      throw flowLost()
    }
    const lasts = is === 'flow' ? flowLasts : pendingLasts
    if (value.is !== is || clock.now() - value.started > lasts) throw flowLost()
    return value
  }
  return {
    begin: (wanted) => ({
      is: 'flow',
      ...wanted,
      state: randomToken(),
      nonce: randomToken(),
      verifier: randomToken(),
      started: clock.now(),
    }),
    seal: (value) => seal(keys, context, JSON.stringify(value)),
    open: open as Flows['open'],
    use: ({ state, started }) => useOnce(`flow ${state}`, started + flowLasts, clock.now()),
  }
}
