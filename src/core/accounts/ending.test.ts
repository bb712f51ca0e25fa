import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { keyRing } from '../../lib/sealed.ts'
import { tables, type TableName } from '../ports.ts'
import { ADMIN, READ, WRITE } from '../permissions/index.ts'
import { type Change, commitStep } from '../records/index.ts'
import { createAccounts } from './accounts.ts'
import { accountsInMemory, keys } from './accounts-in-memory.ts'
import { spaceNotice } from './ending.ts'
import { appPasswordHash } from './grants.ts'
import { membershipChanges } from './subjects.ts'
import type { Account } from './types.ts'

const space = 900

async function setup(input: Parameters<typeof accountsInMemory>[0] = {}) {
  const all = await accountsInMemory(input)
  const { accounts, store } = all
  const alice = await accounts.create({ login: 'alice', directHash: 'h' })
  const bob = await accounts.create({ login: 'bob' })
  const commit = (...changes: Change[]) => commitStep(store, { changes })
  const allow = (
    home: number,
    path: string,
    principal: string,
    bits: number,
    expires: number | null = null,
  ) => commit({ kind: 'access', home, path, principal, source: 'given', bits, expires })
  /** A space that Alice made and pays for. */
  const makeSpace = async (home = space) => {
    const owner = `account:${alice.id}`
    await commit({ kind: 'create-home', home, input: { kind: 'space', owner, payer: alice.home } })
    await allow(home, 'kinto', owner, ADMIN)
  }
  return { ...all, alice, bob, commit, allow, makeSpace }
}

/** Everything in the directory, as text. */
async function dump(store: Awaited<ReturnType<typeof setup>>['store']): Promise<string> {
  const rows = await Promise.all((Object.keys(tables) as TableName[]).map((table) => store.rows(table, {})))
  return JSON.stringify(rows)
}

const named = (account: Account) => [account.id, String(account.home), account.login]

describe('the end of an account', () => {
  test('takes credentials, grants, tokens, memberships and shares with it, and ends its home', async () => {
    const { accounts, store, alice, bob, commit, allow } = await setup()
    const scopes = [{ home: alice.home, path: 'kinto', bits: WRITE }]
    const { text } = await accounts.createAppPassword(alice.id, { door: 'kinto', label: 'Phone', scopes })
    await commit(
      ...membershipChanges(`group:${bob.home}:kinto/groups/g`, [], [`account:${alice.id}`]),
      ...membershipChanges(`group:${alice.home}:kinto/groups/g`, [], [`account:${bob.id}`]),
    )
    await allow(bob.home, 'kinto/collections/c', `account:${alice.id}`, READ)
    await allow(bob.home, 'kinto/collections/c', `group:${alice.home}:kinto/groups/g`, READ)
    await allow(bob.home, 'kinto/collections/c', 'everyone', READ)
    await allow(alice.home, 'kinto', `account:${bob.id}`, READ)
    await accounts.remove(alice.id)
    assert.equal(await accounts.purgeDue(), 0)
    const left = await dump(store)
    for (const word of named(alice)) assert.equal(left.includes(word), false, word)
    assert.equal(await accounts.appPassword(appPasswordHash(text) ?? ''), undefined)
    assert.equal(await accounts.direct(alice.id), undefined)
    assert.equal(await store.home(alice.home), undefined)
    const { entries } = await store.access(bob.home, ['kinto/collections/c'])
    assert.deepEqual(
      entries.filter((entry) => entry.bits !== 0).map((entry) => entry.principal),
      ['everyone'],
    )
    assert.deepEqual(await accounts.byId(bob.id), bob)
  })

  test('keeps the login taken, without telling whose it was, under any generation of the key', async () => {
    const { accounts, store, alice, clock } = await setup()
    await accounts.remove(alice.id)
    await assert.rejects(accounts.create({ login: 'alice' }), { code: 'login-taken' })
    await assert.rejects(accounts.create({ login: 'ALICE', door: 'kinto' }), { code: 'login-taken' })
    assert.equal(await accounts.byLogin('alice'), undefined)
    const secrets = new Map([
      [1, new Uint8Array(32).fill(7)],
      [2, new Uint8Array(32).fill(9)],
    ])
    assert.equal(keys.current, 1)
    const newer = createAccounts({
      store,
      clock,
      keys: keyRing(secrets),
      quota: 1,
      onError: () => assert.fail(),
    })
    await assert.rejects(newer.create({ login: 'alice' }), { code: 'login-taken' })
  })

  test('is the moment that its revision ends with', async () => {
    const { accounts, alice, time } = await setup()
    assert.equal(await accounts.remove(alice.id), Math.max(time.now, alice.modified + 1))
    await assert.rejects(accounts.remove(alice.id), { code: 'account-absent' })
  })

  test('happens whole or not at all', async () => {
    const purge = async () => {
      throw new Error('a door failed')
    }
    const { accounts, store, alice, makeSpace } = await setup({ purges: [purge] })
    await makeSpace()
    const before = await dump(store)
    await assert.rejects(accounts.remove(alice.id), /a door failed/)
    assert.equal(await dump(store), before)
    assert.equal((await store.home(space))?.payer, alice.home)
    assert.deepEqual(await accounts.byId(alice.id), alice)
  })

  test('runs what doors have to do in its own transaction', async () => {
    const seen: string[] = []
    const { accounts, alice } = await setup({
      purges: [
        async (session, account) => {
          seen.push(account.login)
          assert.equal((await session.rows('account', { account_id: account.id })).length, 1)
        },
      ],
    })
    await accounts.remove(alice.id)
    assert.deepEqual(seen, ['alice'])
  })
})

describe('a space whose payer goes', () => {
  const state = async ({ store }: { store: Awaited<ReturnType<typeof setup>>['store'] }) => {
    const home = await store.home(space)
    return [home?.owner, home?.payer, home?.ends, home?.state]
  }

  test('passes to another who administers it', async () => {
    const all = await setup()
    await all.makeSpace()
    await all.allow(space, 'kinto', `account:${all.bob.id}`, WRITE | ADMIN)
    await all.accounts.remove(all.alice.id)
    assert.deepEqual(await state(all), [`account:${all.bob.id}`, all.bob.home, null, 'active'])
  })

  test('passes to an active member of a group that administers it, if nobody does by himself', async () => {
    const all = await setup()
    await all.makeSpace()
    const carol = await all.accounts.create({ login: 'carol' })
    await all.accounts.change(carol.id, { state: 'suspended' })
    const group = `group:${space}:kinto/groups/g`
    await all.commit(
      ...membershipChanges(group, [], ['authenticated', `account:${carol.id}`, `account:${all.bob.id}`]),
    )
    await all.allow(space, 'kinto', group, ADMIN)
    await all.accounts.remove(all.alice.id)
    assert.deepEqual(await state(all), [`account:${all.bob.id}`, all.bob.home, null, 'active'])
  })

  test('stays with an owner who is another', async () => {
    const all = await setup()
    await all.makeSpace()
    await all.commit({ kind: 'alter-home', home: space, set: { owner: `account:${all.bob.id}` } })
    await all.accounts.remove(all.alice.id)
    assert.deepEqual(await state(all), [`account:${all.bob.id}`, all.bob.home, null, 'active'])
  })

  test('else ends after 30 days, and does not grow meanwhile', async () => {
    const all = await setup()
    await all.makeSpace()
    await all.allow(space, 'kinto', `account:${all.bob.id}`, READ | WRITE)
    await all.allow(space, 'kinto', 'everyone', ADMIN)
    await all.allow(space, 'kinto', `account:${all.owner?.id}`, ADMIN, all.time.now)
    await all.accounts.remove(all.alice.id)
    assert.deepEqual(await state(all), [null, null, all.time.now + spaceNotice, 'active'])
    assert.equal((await all.store.home(space))?.maxBytes, 0)
  })
})

describe('the flush of a door', () => {
  test('removes the accounts that were made there and nothing else uses, and lets their logins go', async () => {
    const { accounts, bob } = await setup()
    const dora = await accounts.create({ login: 'dora', door: 'kinto' })
    await accounts.create({ login: 'Dirk', door: 'kinto' })
    await accounts.remove(dora.id)
    const scopes = [{ home: 0, path: 'x', bits: READ }]
    const both = await accounts.create({ login: 'both', door: 'kinto' })
    await accounts.createAppPassword(both.id, { door: 'sync', label: 'x', scopes })
    const one = await accounts.create({ login: 'one', door: 'kinto' })
    await accounts.createAppPassword(one.id, { door: 'kinto', label: 'x', scopes })
    assert.equal(await accounts.flush('kinto'), 2)
    const left = (await accounts.list({ limit: 100 })).map((account) => account.login)
    assert.deepEqual(left.toSorted(), ['alice', 'bob', 'both', 'olga'])
    for (const login of ['dora', 'dirk', 'one']) await accounts.create({ login })
    assert.deepEqual(await accounts.byId(bob.id), bob)
  })

  test('does not let go of logins that others reserved', async () => {
    const { accounts, alice } = await setup()
    await accounts.remove(alice.id)
    await accounts.flush('kinto')
    await assert.rejects(accounts.create({ login: 'alice' }), { code: 'login-taken' })
  })
})
