/**
 * Tickets bind what a browser asks for before an account is there to what it sends afterwards: the login, and the
 * account's id that its keys and the challenge of a passkey are bound to. A ticket is signed and kept by the browser
 * alone. It opens one account at most, since an account's id is used once.
 */
import type { Admission } from '../../core/accounts/index.ts'
import type { Clock } from '../../core/ports.ts'
import { randomBase32 } from '../../lib/ids.ts'
import type { JsonObject } from '../../lib/json/index.ts'
import { type KeyRing, signUnder, verifyUnder } from '../../lib/sealed.ts'
import { refuse } from './errors.ts'

/** `recovery` opens a new way into the account that is there; the others make one. */
export type TicketPurpose = 'sign-up' | 'setup' | 'recovery'

export interface Ticket {
  purpose: TicketPurpose
  login: string
  /** The account's id. */
  account: string
  /** SHA-256 of the invitation, the link of the first run or the recovery that it was given for; null: none. */
  link: string | null
  /** When it was given. */
  created: number
}

/** How long a ticket is good, in milliseconds. */
export const ticketLasts = 30 * 60_000

const use = 'ticket'

export interface Tickets {
  /** A new ticket; `account` for one that is there already. */
  issue(wanted: Pick<Ticket, 'purpose' | 'login' | 'link'> & { account?: string }): {
    text: string
    ticket: Ticket
  }
  /** What a ticket says. Errors: `ticket-void`. */
  read(text: string, purpose: TicketPurpose): Ticket
}

export function createTickets({ keys, clock }: { keys: KeyRing; clock: Clock }): Tickets {
  return {
    issue({ purpose, login, link, account = randomBase32(80) }) {
      const ticket: Ticket = {
        purpose,
        login,
        account,
        link,
        created: clock.now(),
      }
      return { text: signUnder(keys, use, purpose, { ...ticket } as JsonObject), ticket }
    },

    read(text, purpose) {
      const read = verifyUnder(keys, use, purpose, text, 2_048) as Ticket | undefined
      if (!read || read.created + ticketLasts <= clock.now()) throw refuse('ticket-void')
      return read
    },
  }
}

/** What the account's maker came with, as the core asks for it. */
export function admissionOf({ purpose, link }: Ticket): Admission {
  if (link === null) return { by: 'sign-up' }
  return { by: purpose === 'setup' ? 'setup' : 'invitation', hash: link }
}
