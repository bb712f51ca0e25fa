/** What is taken back is refused by the next request, in every process, though no word passes between them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAccounts } from '../src/core/accounts/index.ts'
import { createApps } from '../src/core/apps/index.ts'
import { createPermissions } from '../src/core/permissions/index.ts'
import type { Store } from '../src/core/ports.ts'
import { createPlanner } from '../src/core/records/index.ts'
import { scopes } from '../src/doors.ts'
import { createBearer } from '../src/identity/bearer.ts'
import { createPostgresStore } from '../src/store/postgres/index.ts'
import { type AccountsOn, accountsOn, storeKinds } from './support/accounts-on.ts'
import { deafBus } from './support/race.ts'

/** Revocations in all, and how many at a time: each in an account of its own. */
const trials = 1_000
const people = 10

/** What a process needs to let tokens in. */
function processOn({ clock, keys, errors }: AccountsOn, store: Store) {
  const onError = (error: unknown) => void errors.push(error)
  const accounts = createAccounts({ store, clock, keys, quota: 1e9, onError })
  const { explain } = createPermissions({ store, clock })
  const apps = createApps({
    store,
    clock,
    registry: scopes,
    onError,
    explain,
    spaceName: async () => undefined,
  })
  return { accounts, apps, bearer: createBearer({ accounts, tokens: apps, store, clock }) }
}

for (const kind of storeKinds)
  test(`a token that was taken back, or whose app was paused or narrowed, is felt at once: ${kind}`, async (t) => {
    const on = await accountsOn(t, kind)
    const here = processOn(on, on.store)
    let there = here
    if (on.url !== undefined) {
      const parts = { planner: createPlanner(), bus: deafBus, clock: on.clock, onError: assert.fail }
      const store = await createPostgresStore({ url: on.url, ...parts })
      t.after(() => store.close())
      there = processOn(on, store)
    }
    const each = async (login: string) => {
      const { id } = await on.person(login)
      for (let trial = 0; trial < trials / people; trial++) {
        const { text, grant } = await here.apps.createToken(id, { name: 'T', scopes: ['notes:r', 'kinto:r'] })
        const header = `Bearer ${text}`
        const told = async () => {
          const known = there.bearer.cached(header)
          if (known) return known.grant.scopes.length
          const proof = await there.bearer.verify(header)
          return proof.kind === 'known' ? proof.known.grant.scopes.length : proof.kind
        }
        assert.equal(await told(), 2)
        if (trial % 10 === 1) {
          await here.apps.narrow(id, grant.id, 'notes:r')
          assert.equal(await told(), 1)
        }
        if (trial % 10 === 2) {
          await here.accounts.suspendGrant(id, grant.id, true)
          assert.equal(await told(), 'paused')
          await here.accounts.suspendGrant(id, grant.id, false)
          assert.equal(await told(), 2)
        }
        await here.accounts.revokeGrant(id, grant.id)
        assert.equal(await told(), 'unknown')
      }
      const { text } = await here.apps.createToken(id, { name: 'T', scopes: ['kinto:r'] })
      assert.equal((await there.bearer.verify(`Bearer ${text}`)).kind, 'known')
      await here.accounts.change(id, { state: 'suspended' })
      assert.equal(there.bearer.cached(`Bearer ${text}`), undefined)
      assert.equal((await there.bearer.verify(`Bearer ${text}`)).kind, 'account')
    }
    await Promise.all(Array.from({ length: people }, (_, i) => each(`person${i}`)))
    assert.deepEqual(on.errors, [])
  })
