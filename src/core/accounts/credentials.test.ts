import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { keyRing } from '../../lib/sealed.ts'
import { accountsInMemory, keys } from './accounts-in-memory.ts'
import { pageDefaults } from './credentials.ts'

describe('the direct password', () => {
  test('has one row, whose version moves when the password is changed', async () => {
    const { accounts } = await accountsInMemory()
    const { id } = await accounts.create({ login: 'alice', directHash: 'one' })
    const first = await accounts.direct(id)
    await accounts.change(id, { directHash: 'two' })
    const second = await accounts.direct(id)
    assert.equal(first?.data.hash, 'one')
    assert.equal(second?.data.hash, 'two')
    assert.ok((second?.version ?? 0) > (first?.version ?? 0))
    assert.equal(await accounts.direct('nobody'), undefined)
  })

  test('may be hashed anew without becoming another, unless it was changed meanwhile', async () => {
    const { accounts } = await accountsInMemory()
    const { id } = await accounts.create({ login: 'alice', directHash: 'one' })
    const read = await accounts.direct(id)
    assert.ok(read)
    await accounts.rehashed(read, 'one again')
    const after = await accounts.direct(id)
    assert.deepEqual([after?.data.hash, after?.version], ['one again', read.version])
    await accounts.rehashed(read, 'late')
    assert.equal((await accounts.direct(id))?.data.hash, 'one again')
    await accounts.change(id, { directHash: 'two' })
    await accounts.rehashed({ ...read, data: { hash: 'one again' } }, 'late')
    assert.equal((await accounts.direct(id))?.data.hash, 'two')
    await accounts.remove(id)
    await accounts.rehashed(read, 'late')
    assert.equal(await accounts.direct(id), undefined)
  })
})

describe('the page password', () => {
  const parameters = {
    algorithm: 'argon2id',
    salt: 'c2FsdHNhbHRzYWx0c2FsdA',
    memory: 65_536,
    passes: 4,
    lanes: 1,
  } as const

  test('lies beside the direct one', async () => {
    const { accounts } = await accountsInMemory()
    const { id } = await accounts.create({ login: 'alice', directHash: 'one' })
    await accounts.setPage(id, { parameters, hash: 'ab' })
    assert.deepEqual((await accounts.page(id))?.data, { parameters, hash: 'ab' })
    assert.equal((await accounts.direct(id))?.data.hash, 'one')
    await assert.rejects(accounts.setPage('nobody', { parameters, hash: 'ab' }), { code: 'account-absent' })
  })

  test('is stretched with the parameters that prelogin tells', async () => {
    const { accounts } = await accountsInMemory()
    const { id } = await accounts.create({ login: 'alice' })
    await accounts.setPage(id, { parameters, hash: 'ab' })
    assert.deepEqual(await accounts.prelogin('Alice'), parameters)
  })

  test('prelogin makes up an answer for others that looks real, stays the same and differs by name', async () => {
    const { accounts, store } = await accountsInMemory()
    const { id } = await accounts.create({ login: 'alice' })
    const unknown = await accounts.prelogin('nobody')
    assert.deepEqual({ ...unknown, salt: '' }, { ...pageDefaults, salt: '' })
    assert.equal(Buffer.from(unknown.salt, 'base64url').length, 16)
    assert.deepEqual(await accounts.prelogin('Nobody'), unknown)
    assert.notEqual((await accounts.prelogin('alice')).salt, unknown.salt)
    const cost = async (login: string) => {
      const { reads } = store
      await accounts.prelogin(login)
      return store.reads - reads
    }
    await accounts.setPage(id, { parameters, hash: 'ab' })
    assert.equal(await cost('nobody'), await cost('alice'))
  })

  test('a made-up answer outlives a new generation of the key', async () => {
    const older = await accountsInMemory()
    const secrets = new Map([
      [1, new Uint8Array(32).fill(7)],
      [2, new Uint8Array(32).fill(8)],
    ])
    const newer = await accountsInMemory({ keys: keyRing(secrets) })
    assert.equal(keys.current, 1)
    assert.deepEqual(await newer.accounts.prelogin('nobody'), await older.accounts.prelogin('nobody'))
  })
})
