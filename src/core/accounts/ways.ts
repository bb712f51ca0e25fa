/** The ways into an account: what there is, and their changes, each noted in the person's log. */
import type { JsonObject } from '../../lib/json/index.ts'
import type { Row, Session } from '../ports.ts'
import type { Change } from '../records/index.ts'
import { alter, type Beside, type Context, fail } from './context.ts'
import { logChange } from './log.ts'
import { endings } from './sessions.ts'
import type { Account } from './types.ts'

/** What an account can be opened with; numbers count. */
export interface Ways {
  password: boolean
  passkeys: number
  /** Recovery words: a help in need, no way in to live by. */
  words: boolean
  /** Accounts elsewhere. */
  identities: number
  /** Addresses that are verified. */
  addresses: number
  /** The direct password, which opens the Kinto door and no page. */
  direct: boolean
}

/** Part of a commit. */
export interface Part extends Beside {
  changes: readonly Change[]
}

/** From where something was done: prefix of the address, and the browser in a few words. */
export interface Origin {
  address: string | null
  agent: string | null
}

export interface WayChange {
  /**
   * What to write, computed from what is stored; tried again when that changed meanwhile. A credential's row takes
   * `version`, which this account's credentials never had. Undefined: there is nothing to change.
   */
  make(account: Account, version: number): Part | undefined | Promise<Part | undefined>
  /** The word of her log, with its details. */
  act: string
  details?: JsonObject
  from: Origin
  /** One of these is taken away: refused as `last-way` where no other is left. */
  removes?: 'password' | 'passkey' | 'identity'
  /** Whether a door shows that something changed: for the direct password, which is the Kinto door's. */
  shown?: boolean
  /** Ends all her sessions but this one. */
  endOthers?: string
}

export interface WaysPart {
  waysOf(account: string): Promise<Ways>
  /** Changes a way in. Errors: `account-absent`, `last-way`, and those of `make`. */
  changeWays(account: string, change: WayChange): Promise<Account>
}

export async function readWays(reads: Pick<Session, 'rows'>, account: string): Promise<Ways> {
  const mine = { account_id: account }
  const [credentials, identities, addresses] = await Promise.all([
    reads.rows('credential', mine),
    reads.rows('identity', mine),
    reads.rows('address', mine),
  ])
  const count = (kind: string) => credentials.filter((row: Row) => row['kind'] === kind).length
  return {
    password: count('page') > 0,
    passkeys: count('passkey'),
    words: count('words') > 0,
    identities: identities.length,
    addresses: addresses.filter((row) => row['verified'] !== null).length,
    direct: count('direct') > 0,
  }
}

/** Words and mail do not count: they are for her who lost what she signs in with. */
const waysIn = async (reads: Pick<Session, 'rows'>, account: string): Promise<number> => {
  const { password, passkeys } = await readWays(reads, account)
  const identities = await reads.rows('identity', { account_id: account })
  const offered = await Promise.all(identities.map(({ provider }) => isOffered(reads, String(provider))))
  return Number(password) + passkeys + offered.filter(Boolean).length
}

/** The names of settings that hold a provider of sign-in begin so. */
export const providerPrefix = 'provider:'

/** Whether a provider is still there: accounts at one that was removed open nothing. */
export const isOffered = async (reads: Pick<Session, 'rows'>, provider: string): Promise<boolean> =>
  (await reads.rows('setting', { name: `${providerPrefix}${provider}` })).length > 0

export function createWays(context: Context): WaysPart {
  const { store, clock } = context

  return {
    waysOf: (account) => readWays(store, account),

    async changeWays(id, { make, act, details = {}, from, removes, shown = false, endOthers }) {
      return alter(context, id, async (account) => {
        const part = await make(account, account.authSeq + 1)
        if (part === undefined) return undefined
        if (removes && (await waysIn(store, id)) <= 1)
          throw fail('last-way', 'no other way into the account is left')
        const sessions =
          endOthers === undefined
            ? []
            : (await store.rows('session', { account_id: id })).filter(
                (row) => row['session_id'] !== endOthers,
              )
        return {
          shown,
          ...(part.when ? { when: part.when } : {}),
          changes: [
            ...part.changes,
            ...endings(sessions),
            logChange(clock.now(), { account: id, act, details, ...from }),
          ],
        }
      })
    },
  }
}
