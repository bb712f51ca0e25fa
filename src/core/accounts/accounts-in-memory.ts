/** For unit tests: accounts over a store in memory, with an owner and a clock that is set by hand. */
import assert from 'node:assert/strict'
import { keyRing } from '../../lib/sealed.ts'
import { storeInMemory } from '../permissions/store-in-memory.ts'
import { type AccountsInput, createAccounts } from './accounts.ts'
import type { Account } from './types.ts'

export const keys = keyRing(new Map([[1, new Uint8Array(32).fill(7)]]))

export const quota = 1_000_000

/** `owned: false` leaves the first run open. */
export async function accountsInMemory({
  owned = true,
  alone = true,
  ...more
}: Partial<AccountsInput> & { owned?: boolean; alone?: boolean } = {}) {
  const time = { now: 1_700_000_000_000 }
  const clock = { now: () => time.now }
  const store = storeInMemory(clock, { alone })
  const errors: unknown[] = []
  const onError = (error: unknown) => void errors.push(error)
  const accounts = createAccounts({ store, clock, keys, quota, onError, ...more })
  let owner: Account | undefined
  if (owned) {
    const token = await accounts.issueSetup()
    assert.ok(token)
    owner = await accounts.createOwner({ token, login: 'olga', directHash: 'hash of olga' })
  }
  return { accounts, store, time, clock, errors, owner }
}
