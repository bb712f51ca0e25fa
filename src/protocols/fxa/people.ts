/** Accounts as Firefox knows them: the row of each, its uid and its address. */
import { randomBytes } from 'node:crypto'
import type { Account } from '../../core/accounts/index.ts'
import { Refusal, type Row, type Store } from '../../core/ports.ts'
import { commitStep } from '../../core/records/index.ts'

/** A person's row. */
export interface FxaAccount {
  /** 32 hexadecimal digits. */
  uid: string
  account: string
  home: number
  /** Milliseconds of the latest key of Sync that her pages spoke of; 0: of none yet. */
  generation: number
  /** Hexadecimal; empty: none yet. */
  clientState: string
  row: Row
}

export interface People {
  of(accountId: string): Promise<FxaAccount | undefined>
  byUid(uid: string): Promise<FxaAccount | undefined>
  /** As `of`; makes the row where there is none yet. */
  known(account: Account): Promise<FxaAccount>
  /** By the address as Firefox sends it, in any case: the login that it names, folded; undefined: not of this server. */
  loginOf(email: string): string | undefined
  /** The address by which Firefox knows her. Never one that she gets mail at. */
  emailOf(account: Account): string
}

export function createPeople({
  store,
  publicUrl,
}: {
  store: Pick<Store, 'rows' | 'commit'>
  publicUrl: string
}): People {
  const host = new URL(publicUrl).hostname.toLowerCase()

  async function one(where: Row): Promise<FxaAccount | undefined> {
    const [row] = await store.rows('fxa_account', where)
    return (
      row && {
        uid: String(row['uid']),
        account: String(row['account_id']),
        home: Number(row['home_id']),
        generation: Number(row['generation'] ?? 0),
        clientState: String(row['client_state'] ?? ''),
        row,
      }
    )
  }

  async function known(account: Account): Promise<FxaAccount> {
    const present = await one({ account_id: account.id })
    if (present) return present
    const row: Row = {
      uid: randomBytes(16).toString('hex'),
      account_id: account.id,
      home_id: account.home,
      generation: 0,
      client_state: '',
      verifier: null,
      sealed: null,
      password_made: null,
      password_used: null,
    }
    try {
      await commitStep(store, {
        when: [
          {
            is: 'row-has',
            table: 'account',
            where: { account_id: account.id },
            has: { home_id: account.home },
          },
          { is: 'row-absent', table: 'fxa_account', where: { account_id: account.id } },
        ],
        changes: [{ kind: 'row', table: 'fxa_account', put: row }],
        needs: [{ kind: 'collection', home: account.home, path: '' }],
      })
    } catch (error) {
      // Somebody else was first: then it is there now.
      if (!(error instanceof Refusal) || error.code !== 'row-exists') throw error
    }
    const made = await one({ account_id: account.id })
    if (!made) throw new Refusal('row-absent')
    return made
  }

  return {
    of: (accountId) => one({ account_id: accountId }),
    byUid: async (uid) => (/^[0-9a-f]{32}$/.test(uid) ? one({ uid }) : undefined),
    known,
    emailOf: ({ folded }) => `${folded}@${host}`,
    loginOf(email) {
      const at = email.lastIndexOf('@')
      return email.slice(at + 1).toLowerCase() === host && at > 0
        ? email.slice(0, at).toLowerCase()
        : undefined
    },
  }
}
