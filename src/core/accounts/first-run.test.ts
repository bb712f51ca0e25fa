import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accountsInMemory } from './accounts-in-memory.ts'
import { setupLasts } from './first-run.ts'

const olga = (token: string | undefined) => ({ token: token ?? '', login: 'olga', directHash: 'h' })

test('the setup token makes the owner, once', async () => {
  const { accounts, store } = await accountsInMemory({ owned: false })
  assert.equal(await accounts.hasOwner(), false)
  const token = await accounts.issueSetup()
  assert.ok(token && token.length >= 43)
  assert.equal(await accounts.checkSetup(token), true)
  const owner = await accounts.createOwner(olga(token))
  assert.equal(owner.role, 'owner')
  assert.equal((await accounts.direct(owner.id))?.data.hash, 'h')
  assert.equal(await accounts.hasOwner(), true)
  assert.equal(await accounts.checkSetup(token), false)
  await assert.rejects(accounts.createOwner({ ...olga(token), login: 'eve' }), { code: 'owner-exists' })
  assert.equal(await accounts.issueSetup(), undefined)
  assert.deepEqual(await store.rows('token', { kind: 'setup' }), [])
})

test('a token that is unknown or 30 minutes old makes nobody an owner', async () => {
  const { accounts, time } = await accountsInMemory({ owned: false })
  const token = await accounts.issueSetup()
  await assert.rejects(accounts.createOwner(olga('other')), { code: 'setup-token' })
  time.now += setupLasts - 1
  assert.equal(await accounts.checkSetup(token ?? ''), true)
  time.now += 1
  assert.equal(await accounts.checkSetup(token ?? ''), false)
  await assert.rejects(accounts.createOwner(olga(token)), { code: 'setup-token' })
})

test('of two who use tokens at once one becomes the owner', async () => {
  const { accounts } = await accountsInMemory({ owned: false })
  const tokens = [await accounts.issueSetup(), await accounts.issueSetup()]
  const made = await Promise.allSettled(
    tokens.map((token, i) => accounts.createOwner({ ...olga(token), login: `olga${i}` })),
  )
  assert.deepEqual(made.map((one) => one.status).toSorted(), ['fulfilled', 'rejected'])
  const refused = made.find((one) => one.status === 'rejected')
  assert.equal(refused?.reason.code, 'owner-exists')
})

test('a refused login leaves the token usable', async () => {
  const { accounts } = await accountsInMemory({ owned: false })
  const token = await accounts.issueSetup()
  await assert.rejects(accounts.createOwner({ ...olga(token), login: 'admin' }), { code: 'login-reserved' })
  await accounts.createOwner(olga(token))
})

test('a login that somebody took under the test switch is not the owner’s to take', async () => {
  const { accounts } = await accountsInMemory({ owned: false, unsafeTest: true })
  await accounts.create({ login: 'olga' })
  await assert.rejects(accounts.createOwner(olga(await accounts.issueSetup())), { code: 'login-taken' })
})

test('tokens are stored hashed, and those that are over are swept away by the next', async () => {
  const { accounts, store, time } = await accountsInMemory({ owned: false })
  const first = await accounts.issueSetup()
  assert.equal(JSON.stringify(await store.rows('token', { kind: 'setup' })).includes(first ?? ''), false)
  time.now += setupLasts
  await accounts.issueSetup()
  assert.equal((await store.rows('token', { kind: 'setup' })).length, 1)
})
