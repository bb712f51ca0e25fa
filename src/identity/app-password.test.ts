import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accountsInMemory } from '../core/accounts/accounts-in-memory.ts'
import { newAppPassword } from '../core/accounts/grants.ts'
import { WRITE } from '../core/permissions/index.ts'
import { createBasic } from './basic.ts'
import { createPasswords, type Hasher } from './password.ts'
import { createThrottle } from './throttle.ts'

const header = (login: string, password: string) =>
  `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`

/** Alice with an app password for the Kinto door, over accounts in memory and a hasher that counts. */
async function scene({ alone = true } = {}) {
  const { accounts, store, clock, time } = await accountsInMemory({ alone })
  const calls = { verify: 0 }
  const hasher: Hasher = {
    hash: async (password) => `$argon2id$v=19$m=19456,t=2,p=1$${password}`,
    verify: async (hash, password) => {
      calls.verify++
      return hash.endsWith(`$${password}`)
    },
  }
  const passwords = createPasswords(hasher)
  const alice = await accounts.create({ login: 'alice', directHash: await passwords.hash('direct password') })
  const scopes = [{ home: 0, path: 'kinto', bits: WRITE }]
  const { text, grant } = await accounts.createAppPassword(alice.id, {
    door: 'kinto',
    label: 'Phone',
    scopes,
  })
  const basicOf = (door: string, direct: boolean) =>
    createBasic({ door, direct, accounts, passwords, throttle: createThrottle(), store, clock })
  const kind = async (basic: ReturnType<typeof basicOf>, login: string, password: string) =>
    (await basic.verify(header(login, password), 'a')).kind
  return { accounts, calls, alice, text, grant, time, basic: basicOf('kinto', true), basicOf, kind }
}

test('an app password opens its door without a slow hash, with the rights of its grant', async () => {
  const { basic, calls, text, grant, alice } = await scene()
  const proof = await basic.verify(header('Alice', text), 'a')
  assert.equal(proof.kind, 'known')
  assert.equal(proof.known.account.id, alice.id)
  assert.equal(proof.known.subject.grant?.id, grant.id)
  assert.equal(calls.verify, 0)
  // That it was used is noted meanwhile, and looked at once more.
  await basic.verify(header('Alice', text), 'a')
  assert.equal(basic.cached(header('Alice', text))?.grant?.label, 'Phone')
})

test('it opens no other door and no other account, and such a try costs one hash as every wrong one', async () => {
  const { basic, basicOf, kind, calls, text } = await scene()
  assert.equal(await kind(basicOf('sync', false), 'alice', text), 'wrong')
  assert.equal(await kind(basic, 'olga', text), 'wrong')
  assert.equal(await kind(basic, 'nobody', text), 'nobody')
  assert.equal(await kind(basic, 'alice', newAppPassword()), 'wrong')
  assert.equal(calls.verify, 4)
})

for (const alone of [true, false]) {
  test(`the next request knows what became of a grant, ${alone ? 'alone' : 'beside other processes'}`, async () => {
    const { accounts, basic, kind, text, alice, grant, time } = await scene({ alone })
    assert.equal(await kind(basic, 'alice', text), 'known')
    await accounts.suspendGrant(alice.id, grant.id, true)
    assert.equal(basic.cached(header('alice', text)), undefined)
    assert.equal(await kind(basic, 'alice', text), 'wrong')
    await accounts.suspendGrant(alice.id, grant.id, false)
    assert.equal(await kind(basic, 'alice', text), 'known')
    await accounts.change(alice.id, { state: 'suspended' })
    assert.equal(await kind(basic, 'alice', text), 'wrong')
    await accounts.change(alice.id, { state: 'active' })
    await accounts.revokeGrant(alice.id, grant.id)
    assert.equal(basic.cached(header('alice', text)), undefined)
    assert.equal(await kind(basic, 'alice', text), 'wrong')
    const until = { door: 'kinto', label: 'Trip', scopes: grant.scopes, expires: time.now + 1000 }
    const short = await accounts.createAppPassword(alice.id, until)
    for (let i = 0; i < 3; i++) assert.equal(await kind(basic, 'alice', short.text), 'known')
    assert.equal(basic.cached(header('alice', short.text)) !== undefined, alone)
    time.now += 1000
    assert.equal(basic.cached(header('alice', short.text)), undefined)
    assert.equal(await kind(basic, 'alice', short.text), 'wrong')
  })
}

test('a direct password opens the doors that take it, a page password none', async () => {
  const { accounts, basic, basicOf, kind, alice } = await scene()
  assert.equal(await kind(basic, 'alice', 'direct password'), 'known')
  assert.equal(await kind(basicOf('sync', false), 'alice', 'direct password'), 'wrong')
  const parameters = {
    algorithm: 'argon2id',
    salt: 'c2FsdHNhbHRzYWx0c2FsdA',
    memory: 65_536,
    passes: 3,
    lanes: 1,
  } as const
  await accounts.setPage(alice.id, { parameters, hash: '$argon2id$v=19$m=19456,t=2,p=1$page' })
  assert.equal(await kind(basic, 'alice', 'page'), 'wrong')
  assert.equal(await kind(basic, 'alice', '$argon2id$v=19$m=19456,t=2,p=1$page'), 'wrong')
})

test('an account that is gone is nobody at the next request', async () => {
  const { accounts, basic, kind, alice, text } = await scene()
  for (const password of ['direct password', text])
    assert.equal(await kind(basic, 'alice', password), 'known')
  await accounts.remove(alice.id)
  for (const password of ['direct password', text]) {
    assert.equal(basic.cached(header('alice', password)), undefined)
    assert.equal(await kind(basic, 'alice', password), 'nobody')
  }
})

test('connections that open at once wait for one hash', async () => {
  const { basic, calls } = await scene()
  const proofs = await Promise.all(
    Array.from({ length: 32 }, () => basic.verify(header('alice', 'direct password'), 'a')),
  )
  assert.ok(proofs.every(({ kind }) => kind === 'known'))
  assert.equal(calls.verify, 1)
})

test('a stranger who guesses at the login does not lock its app passwords out', async () => {
  const { basic, text } = await scene()
  for (let i = 0; i < 20; i++) await basic.verify(header('alice', `guess ${i}`), `address ${i}`)
  await assert.rejects(basic.verify(header('alice', 'direct password'), 'new'), { code: 'throttled' })
  assert.equal((await basic.verify(header('alice', text), 'new')).kind, 'known')
})
