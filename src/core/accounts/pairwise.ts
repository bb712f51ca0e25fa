/**
 * The names by which apps know a person (OpenID Connect Core 1.0, 8.1): another one for each place that apps are of, so
 * that two of them cannot tell that they speak of the same person. They hang on a salt that is the account's own and
 * goes with it when she moves.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { type KeyRing, seal, unseal } from '../../lib/sealed.ts'
import type { Clock, SealedColumn, Store } from '../ports.ts'
import { alter } from './context.ts'
import type { Account } from './types.ts'

const saltBytes = 32

const context = (accountId: string): string => `pairwise salt ${accountId}`

export const sealedSalts: SealedColumn = {
  table: 'account',
  column: 'pairwise',
  context: ({ account_id: id }) => context(String(id)),
}

/** The salt in base64url, for an account that moves to another server; null: no app has asked yet. */
export const pairwiseSalt = (keys: KeyRing, { id, pairwise }: Account): string | null =>
  pairwise === null ? null : unseal(keys, context(id), pairwise).toString('base64url')

/**
 * What apps of `sector` (a host, or what stands for one) call this person: 43 characters. The salt is made when the first
 * app asks. Errors: `account-absent`.
 */
export async function pairwiseName(
  parts: { store: Store; clock: Clock; keys: KeyRing },
  account: Account,
  sector: string,
): Promise<string> {
  const { keys } = parts
  const salted =
    account.pairwise === null
      ? await alter(parts, account.id, ({ pairwise }) =>
          pairwise === null
            ? { set: { pairwise: seal(keys, context(account.id), randomBytes(saltBytes)) } }
            : undefined,
        )
      : account
  const salt = unseal(keys, context(account.id), salted.pairwise ?? '')
  return createHmac('sha256', salt).update(`${sector}\0${account.id}`).digest('base64url')
}
