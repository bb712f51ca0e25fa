/** Passkeys: the public keys of authenticators that open an account. What they sign is checked in identity/passkey.ts. */
import { Refusal, type Row } from '../ports.ts'
import { commitStep, type Precondition } from '../records/index.ts'
import { both } from './both.ts'
import { type Context, fail } from './context.ts'
import { logChange } from './log.ts'
import { credentialOf, credentialRow } from './rows.ts'
import type { Credential } from './types.ts'
import { createWays, type Origin, type Part } from './ways.ts'

export interface PasskeyData {
  /** What she calls it: 1 to 60 characters. */
  name: string
  /** COSE key in base64url. */
  publicKey: string
  /** The last signature counter; 0 where the authenticator has none. */
  counter: number
  transports: readonly string[]
  /** Whether it is kept in more than one place. */
  backedUp: boolean
  /** Whether it can unwrap keys (the PRF extension). */
  prf: boolean
  /** The model of the authenticator, where it tells. */
  aaguid: string
}

/** `id` is the credential's own, in base64url. */
export type Passkey = Credential<PasskeyData>
export type NewPasskey = Pick<Passkey, 'id' | 'data'>

export const maxPasskeys = 20
/** Characters of a name; of a credential's id (1,023 bytes, WebAuthn section 4). */
export const maxPasskeyName = 60
export const maxPasskeyId = 1_364

const kind = 'passkey'
const rowId = (id: string) => `passkey:${id}`

const passkeyOf = (row: Row): Passkey => {
  const credential = credentialOf<PasskeyData>(row)
  return { ...credential, id: credential.id.slice(rowId('').length) }
}

const passkeyRow = (passkey: Passkey): Row => credentialRow(kind, { ...passkey, id: rowId(passkey.id) })

/** What adds a passkey, for a commit that may do more, such as making its account. `version`: the account's `authSeq`. */
export function newPasskeyChange(
  account: string,
  { id, data }: NewPasskey,
  version: number,
  now: number,
): Required<Part> {
  const where = { credential_id: rowId(id) }
  const put = passkeyRow({ id, account, data, version, created: now, lastUsed: null })
  return {
    when: [{ is: 'row-absent', table: 'credential', where }],
    changes: [{ kind: 'row', table: 'credential', put }],
  }
}

/** What notes that a passkey signed: refused when another signature was counted meanwhile, or the passkey went. */
export function passkeyUsedChange(
  passkey: Passkey,
  { counter, backedUp }: Pick<PasskeyData, 'counter' | 'backedUp'>,
  now: number,
): Required<Part> {
  const next: Passkey = { ...passkey, lastUsed: now, data: { ...passkey.data, counter, backedUp } }
  return {
    when: [unchanged(passkey)],
    changes: [{ kind: 'row', table: 'credential', put: passkeyRow(next) }],
  }
}

const unchanged = ({ id, data, version }: Passkey): Precondition => ({
  is: 'row-has',
  table: 'credential',
  where: { credential_id: rowId(id) },
  has: { version, data: JSON.stringify(data) },
})

/** What is done with a passkey of hers, and from where. */
export interface PasskeyAct {
  from: Origin
  /** What else belongs to it, such as new keys. */
  beside?: Part
  /** Ends all her sessions but this one. */
  endOthers?: string
}

export interface PasskeyPart {
  /** Oldest first. */
  passkeys(account: string): Promise<Passkey[]>
  passkey(id: string): Promise<Passkey | undefined>
  /** Errors: `too-many`, `passkey-known`, `account-absent`; `row-exists` where what is `beside` was used before. */
  addPasskey(account: string, wanted: NewPasskey, act: PasskeyAct): Promise<Passkey>
  /** Errors: `passkey-absent`. */
  renamePasskey(account: string, id: string, name: string): Promise<void>
  /** Errors: `passkey-absent`, `last-way`. */
  removePasskey(account: string, id: string, act: PasskeyAct): Promise<void>
  /** Notes in her log that a signature was older than one before: there may be a copy of the passkey. */
  notePasskeyCopy(passkey: Passkey, from: Origin): Promise<void>
}

const known = () => fail('passkey-known', 'the passkey is in use already')

export function createPasskeys(context: Context): PasskeyPart {
  const { store, clock } = context
  const { changeWays } = createWays(context)

  const mine = async (account: string): Promise<Passkey[]> =>
    (await store.rows('credential', { account_id: account, kind }))
      .map(passkeyOf)
      .toSorted((a, b) => a.created - b.created)

  async function one(id: string): Promise<Passkey | undefined> {
    if (id.length > maxPasskeyId) return undefined
    const [row] = await store.rows('credential', { credential_id: rowId(id) })
    return row && passkeyOf(row)
  }

  async function hers(account: string, id: string): Promise<Passkey> {
    const passkey = await one(id)
    if (passkey?.account !== account) throw fail('passkey-absent', 'there is no such passkey')
    return passkey
  }

  return {
    passkeys: mine,
    passkey: one,

    async addPasskey(id, wanted, { beside, ...act }) {
      let made: Passkey | undefined
      const add = changeWays(id, {
        ...act,
        act: 'passkey-added',
        details: { name: wanted.data.name },
        async make(_, version) {
          if ((await mine(id)).length >= maxPasskeys)
            throw fail('too-many', `an account has at most ${maxPasskeys} passkeys`, { max: maxPasskeys })
          if (await one(wanted.id)) throw known()
          const now = clock.now()
          made = { ...wanted, account: id, version, created: now, lastUsed: null }
          return both(newPasskeyChange(id, wanted, version, now), beside)
        },
      })
      await add.catch(async (error: unknown) => {
        if (error instanceof Refusal && (await one(wanted.id))) throw known()
        throw error
      })
      return made!
    },

    async renamePasskey(account, id, name) {
      const passkey = await hers(account, id)
      const next: Passkey = { ...passkey, data: { ...passkey.data, name } }
      await commitStep(store, {
        when: [unchanged(passkey)],
        changes: [{ kind: 'row', table: 'credential', put: passkeyRow(next) }],
      })
    },

    async removePasskey(id, passkeyId, { beside, ...act }) {
      const { data } = await hers(id, passkeyId)
      await changeWays(id, {
        ...act,
        act: 'passkey-removed',
        details: { name: data.name },
        removes: 'passkey',
        async make() {
          await hers(id, passkeyId)
          const remove = { credential_id: rowId(passkeyId) }
          return both({ changes: [{ kind: 'row', table: 'credential', remove }] }, beside)
        },
      })
    },

    async notePasskeyCopy({ account, data }, from) {
      const entry = { account, actor: null, act: 'passkey-copied', details: { name: data.name }, ...from }
      await commitStep(store, { changes: [logChange(clock.now(), entry)] })
    },
  }
}
