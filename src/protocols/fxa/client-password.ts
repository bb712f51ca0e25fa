/**
 * The generated password with which programs sign in that know Firefox's accounts by address and password alone. Her page
 * makes it and keeps it from the server, which gets a proof of it and, wrapped under it, the key of Sync.
 */
import { randomBytes } from 'node:crypto'
import { type Account, type Grant, logChange, type Origin } from '../../core/accounts/index.ts'
import { Refusal, type Row, type SealedColumn } from '../../core/ports.ts'
import { commitStep, type Precondition } from '../../core/records/index.ts'
import { CodedError } from '../../lib/coded-error.ts'
import { secretsEqual, sha256Hex } from '../../lib/hash.ts'
import { seal, unsealText } from '../../lib/sealed.ts'
import { program } from './clients.ts'
import { noPassword, withKey } from './latest-key.ts'
import type { Door } from './parts.ts'
import type { FxaAccount } from './people.ts'

export const isProgram = ({ kind, client }: Pick<Grant, 'kind' | 'client'>): boolean =>
  kind === 'browser' && client === program

/** What a page sends of a password that it made. */
export interface NewClientPassword {
  /** 64 hexadecimal digits. */
  authPW: string
  /** 64 hexadecimal digits. */
  wrapKb: string
  /** Id of the key of Sync that it gives. */
  kid: string
}

/** What a program is told, 32 bytes each. */
export interface PasswordKeys {
  /** Part of the protocol, and used by nothing that is left of it. */
  kA: Buffer
  wrapKb: Buffer
}

export interface ClientPasswords {
  /** When it was made and last used, in milliseconds; null: she has none. */
  of(account: Account): Promise<{ made: number; used: number | null } | null>
  /** In place of the one before, whose programs are signed out. Errors: `keys-older`, `malformed`. */
  set(account: Account, password: NewClientPassword, from: Origin): Promise<void>
  /** Switches it off: what it opened and every program that signed in with it. */
  drop(account: Account, from: Origin): Promise<void>
  /** Signs out every program, as when her key of Sync became another one and took the password with it. */
  endPrograms(account: Account, from: Origin): Promise<void>
  /** What a proof opens; undefined: it is another's, or she has no password. */
  opened(person: FxaAccount | undefined, authPW: string): PasswordKeys | undefined
}

const context = (uid: string): string => `client password ${uid}`

export const sealedPasswords: SealedColumn = {
  table: 'fxa_account',
  column: 'sealed',
  context: ({ uid }) => context(String(uid)),
}

/**
 * What is kept of a proof. There are 120 random bits behind it, which nobody guesses however fast the hash is: a slow one
 * would cost the server work and give nothing.
 */
const verifierOf = (authPW: string): string => sha256Hex(Buffer.from(authPW, 'hex'))

/** How often a change is tried when others change the same row. */
const attempts = 5

/** The row is as it was read, in all that decides who gets what. */
export const unchanged = ({ row }: FxaAccount): Precondition => ({
  is: 'row-has',
  table: 'fxa_account',
  where: { uid: row['uid'] ?? null },
  has: {
    generation: row['generation'] ?? null,
    client_state: row['client_state'] ?? null,
    verifier: row['verifier'] ?? null,
  },
})

export function createClientPasswords({
  store,
  accounts,
  people,
  clock,
  keys,
}: Pick<Door, 'store' | 'accounts' | 'people' | 'clock' | 'keys'>): ClientPasswords {
  /** Writes the row, with a line of her log; `make` returns undefined where there is nothing to change. */
  async function change(
    account: Account,
    act: string,
    from: Origin,
    make: (person: FxaAccount) => Row | undefined,
  ): Promise<void> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const person = await people.known(account)
      const put = make(person)
      if (put === undefined) return
      try {
        await commitStep(store, {
          when: [unchanged(person)],
          changes: [
            { kind: 'row', table: 'fxa_account', put },
            logChange(clock.now(), { account: account.id, act, ...from }),
          ],
          needs: [{ kind: 'collection', home: account.home, path: '' }],
        })
        return
      } catch (error) {
        if (!(error instanceof Refusal) || error.code !== 'row-changed') throw error
      }
    }
    throw new CodedError('account-changed', 'the account was changed meanwhile')
  }

  async function endPrograms(account: Account, from: Origin): Promise<void> {
    const programs = (await accounts.grants(account.id, 'browser')).filter(isProgram)
    if (programs.length > 0)
      await accounts.revokeGrants(
        account.id,
        programs.map(({ id }) => id),
        from,
      )
  }

  return {
    async of(account) {
      const row = (await people.of(account.id))?.row
      if (row?.['verifier'] == null) return null
      const { password_made: made, password_used: used } = row
      return { made: Number(made), used: used == null ? null : Number(used) }
    },

    async set(account, { authPW, wrapKb, kid }, from) {
      // Before anything is touched: a key that was replaced is not taken, and nobody is signed out for it.
      withKey(await people.known(account), kid)
      await endPrograms(account, from)
      await change(account, 'client-password-added', from, (person) => ({
        ...withKey(person, kid),
        verifier: verifierOf(authPW),
        sealed: seal(
          keys,
          context(person.uid),
          JSON.stringify({ kA: randomBytes(32).toString('hex'), wrapKb }),
        ),
        password_made: clock.now(),
        password_used: null,
      }))
      // Those that were signing in meanwhile, with the one before.
      await endPrograms(account, from)
    },

    async drop(account, from) {
      if (!(await people.of(account.id))) return
      // First what is signed in: should this stop here, she still sees it switched on.
      await endPrograms(account, from)
      await change(account, 'client-password-removed', from, ({ row }) =>
        row['verifier'] == null ? undefined : { ...row, ...noPassword },
      )
      await endPrograms(account, from)
    },

    endPrograms,

    opened(person, authPW) {
      const { verifier = null, sealed = null } = person?.row ?? {}
      // The same work whether she has one or not.
      const isRight = secretsEqual(String(verifier), verifierOf(authPW))
      if (!isRight || !person || sealed === null) return undefined
      const opened = JSON.parse(unsealText(keys, context(person.uid), String(sealed))) as Record<
        keyof PasswordKeys,
        string
      >
      return { kA: Buffer.from(opened.kA, 'hex'), wrapKb: Buffer.from(opened.wrapKb, 'hex') }
    },
  }
}
