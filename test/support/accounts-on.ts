/** Accounts over a real store with nothing else: an owner, a clock that a test sets, and files for blobs. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { createFileBlobs } from '../../src/blobs/files.ts'
import { createAccounts } from '../../src/core/accounts/index.ts'
import type { Account, Accounts } from '../../src/core/accounts/index.ts'
import type { Blobs, Store } from '../../src/core/ports.ts'
import { createPlanner } from '../../src/core/records/index.ts'
import { type KeyRing, keyRing } from '../../src/lib/sealed.ts'
import { type DoorFacts, doors } from '../../src/doors.ts'
import { createPostgresStore } from '../../src/store/postgres/index.ts'
import { createSqliteStore } from '../../src/store/sqlite/index.ts'
import { freshDatabase } from './postgres.ts'
import { deafBus } from './race.ts'

export interface AccountsOn {
  store: Store
  blobs: Blobs
  accounts: Accounts
  clock: { now(): number; tick(ms: number): void }
  keys: KeyRing
  owner: Account
  /** The folder of everything that is kept, PostgreSQL's tables excepted. */
  folder: string
  /** The address of the PostgreSQL database. */
  url: string | undefined
  person(login: string): Promise<Account>
  doors: readonly DoorFacts[]
  errors: unknown[]
}

export const storeKinds = ['sqlite', 'postgres'] as const

export async function accountsOn(
  t: TestContext,
  kind: (typeof storeKinds)[number],
  { quota = 100_000_000 } = {},
): Promise<AccountsOn> {
  const folder = mkdtempSync(join(tmpdir(), 'essaim-accounts-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  let now = Date.UTC(2026, 0, 1)
  const clock = { now: () => now, tick: (ms: number) => void (now += ms) }
  const errors: unknown[] = []
  const onError = (error: unknown) => void errors.push(error)
  const parts = { planner: createPlanner({ collections: 1000, spaces: 100 }), bus: deafBus, clock, onError }
  const url = kind === 'postgres' ? await freshDatabase() : undefined
  const store = url
    ? await createPostgresStore({ url, ...parts })
    : await createSqliteStore({ path: join(folder, 'essaim.db'), ...parts })
  t.after(() => store.close())
  const blobs = createFileBlobs(join(folder, 'blobs'))
  const keys = keyRing(new Map([[1, new Uint8Array(32).fill(7)]]))
  const purges = doors.map(({ purge }) => purge)
  const accounts = createAccounts({ store, clock, keys, quota, purges, onError })
  const token = await accounts.issueSetup()
  assert.ok(token)
  const owner = await accounts.createOwner({ token, login: 'olga', directHash: 'hash of olga' })
  const person = (login: string) => accounts.create({ login, directHash: `hash of ${login}` })
  return { store, blobs, accounts, clock, keys, owner, folder, url, person, doors, errors }
}
