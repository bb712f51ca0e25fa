/**
 * How an account is opened: the kinds of ways in that a new account, or one that is recovered, may begin with. A kind
 * says what a page needs to offer it, looks at what the page sends, and gives its part of the commit.
 */
import type { Account, BundleOptions, Part, SignInMethod } from '../../core/accounts/index.ts'
import { putCredential } from '../../core/accounts/index.ts'
import { wordsHash } from '../../identity/page-password.ts'
import type { Call } from './api.ts'
import { object, oneOf, text } from './body.ts'
import { bundlePart } from './bundle.ts'
import { refuse } from './errors.ts'
import type { Language } from './language.ts'
import { authOf, newParameters, parametersOf } from './parameters.ts'
import type { PagesParts } from './parts.ts'
import { createTickets, type Ticket, type TicketPurpose } from './ticket.ts'

/** A way in that was looked at and found good. */
export interface Opening {
  /** How the session that begins with it is called, and whether it counts as a fresh proof. */
  method: SignInMethod
  fresh: boolean
  /** What makes it the account's; a credential's row takes `version`. */
  part(account: Account, version: number): Part
}

export interface WayKind {
  /** Members for the answer that begins: what a page needs to offer this kind. */
  offer?(ticket: Ticket, call: Call): Promise<object>
  /** Looks at what the page sent as `way`. Errors: coded, `malformed` among them. */
  check(way: Readonly<Record<string, unknown>>, ticket: Ticket, call: Call): Promise<Opening>
}

/** What a page wants for an account, all of it looked at but what depends on what is stored. */
export interface Wanted extends Omit<Opening, 'part'> {
  ticket: Ticket
  language: Language
  /** Way, words and keys; `expected` is the tag of the stored keys. Errors: those of `bundleChange`. */
  part(account: Account, version: number, expected: string | null, options?: BundleOptions): Part
}

export interface Openings {
  /** The answer to a page that begins. */
  begin(
    call: Call,
    wanted: { purpose: TicketPurpose; login: string; link: string | null; account?: string },
  ): Promise<object>
  /** The ticket of a body, before anything costly. Errors: `ticket-void`, `malformed`. */
  ticket(call: Call, purpose: TicketPurpose): Ticket
  /**
   * All that the page sends with the ticket. Errors: `malformed`, `busy`, those of the kind, and `words-needed` for a
   * kind that is no fresh proof.
   */
  read(call: Call, ticket: Ticket): Promise<Wanted>
}

/** A page password, of which only a derived secret comes here. */
const passwordKind = ({ passwords, clock }: PagesParts): WayKind => ({
  offer: async () => ({ parameters: newParameters() }),
  async check(way) {
    const parameters = parametersOf(way)
    const hash = await passwords.hash(authOf(way))
    return {
      method: 'password',
      fresh: true,
      part: ({ id }, version) => ({
        changes: [putCredential(id, 'page', { parameters, hash }, version, clock.now())],
      }),
    }
  },
})

export function createOpenings(parts: PagesParts, more: Readonly<Record<string, WayKind>> = {}): Openings {
  const { clock } = parts
  const tickets = createTickets(parts)
  const kinds: Readonly<Record<string, WayKind>> = {
    password: passwordKind(parts),
    ...more,
  }

  return {
    async begin(call, wanted) {
      const { text: ticket, ticket: contents } = tickets.issue(wanted)
      const offers = await Promise.all(Object.values(kinds).map((kind) => kind.offer?.(contents, call)))
      return Object.assign({ login: contents.login, account: contents.account, ticket }, ...offers)
    },

    ticket: ({ body }, purpose) => tickets.read(text(body, 'ticket', 2_048), purpose),

    async read(call, ticket) {
      const { body } = call
      const way = object(body, 'way')
      const words = body['words'] == null ? undefined : wordsHash(authOf(object(body, 'words')))
      const language = body['language'] == null ? call.language : oneOf(body, 'language', ['en', 'fr'])
      const { part, ...opening } = await kinds[oneOf(way, 'kind', Object.keys(kinds))]!.check(
        way,
        ticket,
        call,
      )
      // Who cannot prove anew who she is could never add another way in.
      if (!opening.fresh && words === undefined) throw refuse('words-needed')
      return {
        ...opening,
        ticket,
        language,
        part(account, version, expected, options) {
          const ways = part(account, version)
          const keys = bundlePart(body, account, expected, options)
          const changes = [...ways.changes, ...keys.changes]
          if (words !== undefined)
            changes.push(putCredential(account.id, 'words', { hash: words }, version, clock.now()))
          return { when: [...(ways.when ?? []), ...(keys.when ?? [])], changes }
        },
      }
    },
  }
}
