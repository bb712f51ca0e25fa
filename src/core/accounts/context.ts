/** What the parts of core/accounts share: the store, and one safe way to change an account. */
import { CodedError } from '../../lib/coded-error.ts'
import type { KeyRing } from '../../lib/sealed.ts'
import { type Clock, Refusal, type Session, type Store } from '../ports.ts'
import { type Change, commitStep, type Precondition } from '../records/index.ts'
import type { MailQueue } from './letters.ts'
import type { Names } from './names.ts'
import { accountOf, accountRow } from './rows.ts'
import type { Account, AccountErrorCode, Purge } from './types.ts'

export interface Context {
  store: Pick<Store, 'rows' | 'commit' | 'session' | 'homes' | 'forgetPerson'>
  clock: Clock
  keys: KeyRing
  names: Names
  /** Bytes of a person's home, and of the spaces that it pays for. */
  quota: number
  /** Accounts may be made before there is an owner. */
  unsafeTest: boolean
  purges: readonly Purge[]
  /** Absent where the server sends no mail. */
  mail?: MailQueue
  onError: (error: unknown) => void
}

export const fail = (code: AccountErrorCode, message: string, details = {}) =>
  new CodedError<AccountErrorCode>(code, message, details)

export const absent = () => fail('account-absent', 'there is no such account')

export async function accountById(reads: Pick<Session, 'rows'>, id: string): Promise<Account | undefined> {
  const [row] = await reads.rows('account', { account_id: id })
  return row && accountOf(row)
}

/** The mark of the owner's account; its key makes sure that there is one at most. */
export const ownerMark = { kind: 'role', name: 'owner' }

/** How often a change is tried when others change the same account. */
const attempts = 10

/** What is committed together with something else, or not at all. */
export interface Beside {
  when?: readonly Precondition[]
  changes?: readonly Change[]
}

interface Alteration extends Beside {
  set?: Partial<Account>
  /** Whether what a door shows of the account changes: then `modified` grows. */
  shown?: boolean
}

/**
 * Changes an account and rows that belong to it: computed from what is stored, and tried again when that changed
 * meanwhile. `make` may throw to give up, and returns undefined where there is nothing to change.
 */
export async function alter(
  { store, clock }: Pick<Context, 'store' | 'clock'>,
  id: string,
  make: (account: Account) => Alteration | undefined | Promise<Alteration | undefined>,
): Promise<Account> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const account = await accountById(store, id)
    if (account === undefined) throw absent()
    const alteration = await make(account)
    if (alteration === undefined) return account
    const { set, shown = false, when = [], changes = [] } = alteration
    const modified = shown ? Math.max(clock.now(), account.modified + 1) : account.modified
    const next = { ...account, ...set, modified, authSeq: account.authSeq + 1 }
    try {
      await commitStep(store, {
        when: [unchanged(account), ...when],
        changes: [
          { kind: 'row', table: 'account', put: accountRow(next) },
          // The home's lock keeps changes of one account apart, and its event tells what is open to look again.
          { kind: 'bump-permissions', home: account.home },
          ...changes,
        ],
      })
      return next
    } catch (error) {
      if (!(error instanceof Refusal) || !['row-changed', 'row-absent'].includes(error.code)) throw error
    }
  }
  throw fail('account-changed', 'the account was changed meanwhile')
}

/** Holds while the account is as it was read. */
export const unchanged = ({ id, authSeq, modified }: Account): Precondition => ({
  is: 'row-has',
  table: 'account',
  where: { account_id: id },
  has: { auth_seq: authSeq, modified },
})
