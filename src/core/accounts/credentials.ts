/** Passwords, as hashes: direct ones, and the secrets that browsers derive from page passwords and recovery words. */
import { createHmac } from 'node:crypto'
import { Refusal, type Row } from '../ports.ts'
import { type Change, commitStep } from '../records/index.ts'
import { accountById, alter, type Context } from './context.ts'
import { fold } from './login.ts'
import { accountOf, credentialOf, credentialRow } from './rows.ts'
import type { Accounts, Credential, DirectData, PageData, PageParameters, WordsData } from './types.ts'

/** An account has at most one of each of these kinds. */
export type SingleKind = 'direct' | 'page' | 'words'

const credentialId = (accountId: string, kind: SingleKind) => `${accountId} ${kind}`

/** What browsers stretch new page passwords with; made-up answers say the same. */
export const pageDefaults = { algorithm: 'argon2id', memory: 65_536, passes: 3, lanes: 1 } as const

/** Sets the row of a password or of words. `version` has to be one that this account's credential never had: its next `authSeq`. */
export function putCredential(
  accountId: string,
  kind: SingleKind,
  data: DirectData | PageData | WordsData,
  version: number,
  now: number,
): Change {
  const id = credentialId(accountId, kind)
  const row = { id, account: accountId, data, version, created: now, lastUsed: null }
  return { kind: 'row', table: 'credential', put: credentialRow(kind, row) }
}

/** Takes a password or words away. */
export const removeCredential = (accountId: string, kind: SingleKind): Change => ({
  kind: 'row',
  table: 'credential',
  remove: { credential_id: credentialId(accountId, kind) },
})

type CredentialPart = Pick<Accounts, 'direct' | 'rehashed' | 'page' | 'words' | 'setPage' | 'prelogin'>

export function createCredentials(context: Context): CredentialPart {
  const { store, clock, keys } = context

  async function read<Data>(accountId: string, kind: SingleKind): Promise<Credential<Data> | undefined> {
    const [row] = await store.rows('credential', { credential_id: credentialId(accountId, kind) })
    return row && credentialOf<Data>(row)
  }

  /** Parameters for a name without page password: its own salt, the same as long as the first key is kept. */
  function madeUp(folded: string): PageParameters {
    const key = keys.derive('prelogin', keys.generations[0])
    const salt = createHmac('sha256', key).update(folded).digest().subarray(0, 16).toString('base64url')
    return { ...pageDefaults, salt }
  }

  return {
    direct: (accountId) => read<DirectData>(accountId, 'direct'),

    async rehashed(credential, hash) {
      const account = await accountById(store, credential.account)
      if (account === undefined) return
      const kind = 'parameters' in credential.data ? 'page' : 'direct'
      const next: Row = credentialRow(kind, { ...credential, data: { ...credential.data, hash } })
      const where = { credential_id: credential.id }
      const has = { version: credential.version, data: JSON.stringify(credential.data) }
      try {
        await commitStep(store, {
          when: [{ is: 'row-has', table: 'credential', where, has }],
          changes: [{ kind: 'row', table: 'credential', put: next }],
          needs: [{ kind: 'collection', home: account.home, path: '' }],
        })
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
      }
    },

    page: (accountId) => read<PageData>(accountId, 'page'),

    words: (accountId) => read<WordsData>(accountId, 'words'),

    async setPage(accountId, data) {
      await alter(context, accountId, (account) => ({
        changes: [putCredential(accountId, 'page', data, account.authSeq + 1, clock.now())],
      }))
    },

    async prelogin(login) {
      const folded = fold(login)
      const [row] = await store.rows('account', { folded })
      // An unknown name costs the same reads.
      const known = await read<PageData>(row ? accountOf(row).id : folded, 'page')
      return known?.data.parameters ?? madeUp(folded)
    },
  }
}
