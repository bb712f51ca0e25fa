import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { accountsInMemory } from '../core/accounts/accounts-in-memory.ts'
import { pageDefaults, putCredential } from '../core/accounts/index.ts'
import { areOld, createProofs, wordsHash } from './page-password.ts'
import { createPasswords } from './password.ts'
import { createThrottle } from './throttle.ts'

const newAuth = () => randomBytes(32).toString('base64url')
const parameters = { ...pageDefaults, salt: 'c2FsdHNhbHRzYWx0c2FsdA' }
const from = { address: null, agent: null }

/** People with page passwords and words, and a hasher that counts. */
async function people() {
  const { accounts, clock, time } = await accountsInMemory()
  const calls = { verify: 0, hash: 0 }
  const hasher = {
    hash: async (password: string, { memory }: { memory: number }) => {
      calls.hash++
      return `$argon2id$v=19$m=${memory},t=2,p=1$${password}`
    },
    verify: async (hash: string, password: string) => {
      calls.verify++
      return hash.endsWith(`$${password}`)
    },
  }
  const passwords = createPasswords(hasher)
  const throttle = createThrottle()
  const proofs = createProofs({ accounts, passwords, throttle, clock })

  async function make(login: string) {
    const { id } = await accounts.create({ login })
    const [auth, words] = [newAuth(), newAuth()]
    const hash = await passwords.hash(auth)
    await accounts.changeWays(id, {
      act: 'made',
      from,
      make: (_, version) => ({
        changes: [
          putCredential(id, 'page', { parameters, hash }, version, time.now),
          putCredential(id, 'words', { hash: wordsHash(words) }, version, time.now),
        ],
      }),
    })
    return { id, login, auth, words }
  }

  const said = async (proof: Promise<unknown>) => {
    const before = calls.verify
    const error = await proof.then(
      () => undefined,
      (reason: Error & { code?: string; details?: object }) => reason,
    )
    return {
      code: error?.code,
      message: error?.message,
      details: error?.details,
      hashes: calls.verify - before,
    }
  }
  return { accounts, proofs, throttle, time, calls, make, said, hasher, clock }
}

const at = (login: string, auth: string, address = '192.0.2.1', browser?: string) => ({
  login,
  auth,
  address,
  browser,
})

test('statement 16: an unknown name, a wrong password, none at all and a suspended account are one answer after one hash', async () => {
  const { accounts, proofs, make, said } = await people()
  await make('alice')
  const bob = await make('bob')
  await accounts.suspend(null, bob.id, true)
  await accounts.create({ login: 'carla' })
  const answers = [
    await said(proofs.password(at('nobody', newAuth()))),
    await said(proofs.password(at('a name that nobody can have, and longer than any '.repeat(3), newAuth()))),
    await said(proofs.password(at('alice', newAuth()))),
    await said(proofs.password(at('bob', bob.auth))),
    await said(proofs.password(at('carla', newAuth()))),
  ]
  for (const answer of answers)
    assert.deepEqual(answer, { ...answers[0], code: 'wrong', hashes: 1 }, JSON.stringify(answer))
})

test('statement 16: words are refused alike, and no slow hash is spent on them', async () => {
  const { accounts, proofs, make, said } = await people()
  const bob = await make('bob')
  await make('alice')
  await accounts.suspend(null, bob.id, true)
  for (const proof of [at('nobody', newAuth()), at('alice', newAuth()), at('bob', bob.words)]) {
    const { code, hashes } = await said(proofs.words(proof))
    assert.deepEqual([code, hashes], ['wrong', 0])
  }
})

test('statement 16: a login is throttled the same whether it is somebody’s or not, and refused before any hash', async () => {
  const { proofs, make, said } = await people()
  const alice = await make('alice')
  for (const login of ['alice', 'nobody']) {
    for (let i = 0; i < 20; i++) await said(proofs.password(at(login, newAuth(), `198.51.100.${i}`)))
    const { code, details, hashes } = await said(proofs.password(at(login, alice.auth, '203.0.113.1')))
    assert.deepEqual([code, details, hashes], ['throttled', { retryAfter: 30 }, 0])
    // Words are counted with passwords: there is no second way to guess.
    assert.equal((await said(proofs.words(at(login, alice.words, '203.0.113.1')))).code, 'throttled')
  }
})

test('the right secret opens an account that waits or leaves, which is told only then', async () => {
  const { proofs, make } = await people()
  const alice = await make('alice')
  assert.equal((await proofs.password(at('ALICE', alice.auth))).id, alice.id)
  assert.equal((await proofs.words(at('alice', alice.words))).id, alice.id)
  await assert.rejects(proofs.password(at('alice', alice.words)), { code: 'wrong' })
  await assert.rejects(proofs.words(at('alice', alice.auth)), { code: 'wrong' })
})

test('a known browser signs in while strangers fail, and its own failures are counted', async () => {
  const { accounts, proofs, make, said } = await people()
  const alice = await make('alice')
  const account = await proofs.password(at('alice', alice.auth))
  const { browser } = await accounts.beginSession({
    account,
    method: 'password',
    fresh: true,
    address: '192.0.2.0/24',
    agent: '',
  })
  for (let i = 0; i < 200; i++) await said(proofs.password(at('alice', newAuth(), `198.51.100.${i}`)))
  assert.equal((await said(proofs.password(at('alice', alice.auth, '203.0.113.1')))).code, 'throttled')
  assert.equal((await proofs.password(at('alice', alice.auth, '203.0.113.1', browser))).id, alice.id)
  assert.equal(
    (await said(proofs.password(at('alice', alice.auth, '203.0.113.9', 'of somebody else')))).code,
    'throttled',
  )
  for (let i = 0; i < 20; i++) await said(proofs.password(at('alice', newAuth(), '203.0.113.1', browser)))
  assert.deepEqual(await said(proofs.password(at('alice', alice.auth, '203.0.113.1', browser))), {
    code: 'throttled',
    message: 'too many failures',
    details: { retryAfter: 30 },
    hashes: 0,
  })
})

test('whoever is signed in proves anew under a count of her session', async () => {
  const { accounts, proofs, make, said } = await people()
  const alice = await make('alice')
  const account = (await accounts.byId(alice.id))!
  await proofs.passwordAgain(account, 's1', alice.auth)
  await proofs.wordsAgain(account, 's1', alice.words)
  for (let i = 0; i < 20; i++)
    assert.equal((await said(proofs.passwordAgain(account, 's1', newAuth()))).code, 'wrong')
  assert.equal((await said(proofs.passwordAgain(account, 's1', alice.auth))).code, 'throttled')
  await proofs.passwordAgain(account, 's2', alice.auth)
})

test('statement 15: a secret that was hashed with other parameters is hashed anew when it is right', async () => {
  const { accounts, clock, hasher, make, calls, throttle } = await people()
  const alice = await make('alice')
  const stronger = createPasswords(hasher, { memory: 40_000, passes: 2, lanes: 1 })
  const proofs = createProofs({ accounts, passwords: stronger, throttle, clock })
  await assert.rejects(proofs.password(at('alice', newAuth())), { code: 'wrong' })
  assert.match((await accounts.page(alice.id))!.data.hash, /m=19456/)
  await proofs.password(at('alice', alice.auth))
  const { data } = (await accounts.page(alice.id))!
  assert.match(data.hash, /m=40000/)
  assert.deepEqual(data.parameters, parameters)
  const before = calls.hash
  await proofs.password(at('alice', alice.auth))
  assert.equal(calls.hash, before)
})

test('a full queue refuses without counting a failure', async () => {
  const { accounts, clock, make, throttle } = await people()
  const alice = await make('alice')
  let isFull = true
  const passwords = {
    ...createPasswords(),
    verify: async () => {
      if (isFull) throw Object.assign(new Error('full'), { code: 'busy' })
      return true
    },
    isOld: () => false,
  }
  const proofs = createProofs({ accounts, passwords, throttle, clock })
  for (let i = 0; i < 30; i++)
    await assert.rejects(proofs.password(at('alice', alice.auth)), { code: 'busy' })
  isFull = false
  assert.equal((await proofs.password(at('alice', alice.auth))).id, alice.id)
})

test('questions of strangers are bounded, and a known browser may still ask about its own account', async () => {
  const { accounts, proofs, make } = await people()
  const { id } = await make('alice')
  const { browser } = await accounts.beginSession({
    account: (await accounts.byId(id))!,
    method: 'password',
    fresh: true,
    address: '192.0.2.0/24',
    agent: '',
  })
  const address = '192.0.2.1'
  for (let i = 0; i < 120; i++) await proofs.question({ address })
  await assert.rejects(proofs.question({ address, login: 'alice' }), {
    code: 'throttled',
    details: { retryAfter: 1 },
  })
  await assert.rejects(proofs.question({ address, login: 'bob', browser }), { code: 'throttled' })
  await proofs.question({ address, login: 'alice', browser })
})

test('parameters are old when they ask for less than today’s', () => {
  assert.equal(areOld(parameters, pageDefaults), false)
  assert.equal(areOld({ ...parameters, memory: parameters.memory - 1 }, pageDefaults), true)
  assert.equal(areOld({ ...parameters, passes: 2, memory: 1_048_576 }, pageDefaults), true)
})
