import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { accountsInMemory, quota } from './accounts-in-memory.ts'

describe('a new account', () => {
  test('has a home of its own with the quota, owned by the account and never called like it', async () => {
    const { accounts, store } = await accountsInMemory()
    const alice = await accounts.create({ login: 'alice', directHash: 'h' })
    const home = await store.home(alice.home)
    assert.ok(home)
    assert.deepEqual(
      [home.kind, home.owner, home.payer, home.maxBytes, home.state],
      ['person', `account:${alice.id}`, null, quota, 'active'],
    )
    assert.notEqual(alice.id, alice.login)
    assert.deepEqual(await accounts.byId(alice.id), alice)
    assert.deepEqual(await accounts.byLogin('ALICE'), alice)
    assert.equal(await accounts.byLogin('alic'), undefined)
  })

  test('keeps what the door gave with it', async () => {
    const { accounts } = await accountsInMemory()
    const attributes = { display: 'Alice', nested: { __proto__: null, list: [1, null] } }
    const { id } = await accounts.create({ login: 'Alice@x', door: 'kinto', attributes })
    const read = await accounts.byId(id)
    assert.deepEqual(read?.attributes, { display: 'Alice', nested: { list: [1, null] } })
    assert.equal(read?.door, 'kinto')
    assert.equal(read?.login, 'Alice@x')
  })

  test('may not take a login that differs in case only, nor a malformed or reserved one', async () => {
    const { accounts } = await accountsInMemory()
    await accounts.create({ login: 'alice' })
    await assert.rejects(accounts.create({ login: 'Alice', door: 'kinto' }), { code: 'login-taken' })
    await assert.rejects(accounts.create({ login: 'Alice' }), { code: 'login-malformed' })
    await assert.rejects(accounts.create({ login: 'root' }), { code: 'login-reserved' })
  })

  test('of several that ask for one login at once gets it once', async () => {
    const { accounts } = await accountsInMemory()
    const made = await Promise.allSettled(
      Array.from({ length: 6 }, () => accounts.create({ login: 'alice' })),
    )
    assert.equal(made.filter((one) => one.status === 'fulfilled').length, 1)
    for (const one of made) if (one.status === 'rejected') assert.equal(one.reason.code, 'login-taken')
  })

  test('is refused before there is an owner, except under the test switch', async () => {
    const { accounts } = await accountsInMemory({ owned: false })
    await assert.rejects(accounts.create({ login: 'alice', door: 'kinto' }), { code: 'no-owner' })
    const unsafe = await accountsInMemory({ owned: false, unsafeTest: true })
    await unsafe.accounts.create({ login: 'alice' })
  })

  test('may not keep more than 64 KiB of attributes', async () => {
    const { accounts } = await accountsInMemory()
    const attributes = { text: 'é'.repeat(32_768) }
    await assert.rejects(accounts.create({ login: 'alice', attributes }), { code: 'attributes-too-large' })
    const { id } = await accounts.create({ login: 'alice' })
    await assert.rejects(accounts.change(id, { attributes }), { code: 'attributes-too-large' })
  })
})

describe('a change of an account', () => {
  test('moves its revision, even within a millisecond, and its version', async () => {
    const { accounts } = await accountsInMemory()
    const alice = await accounts.create({ login: 'alice', attributes: { a: 1 } })
    const changed = await accounts.change(alice.id, { attributes: { b: 2 } })
    assert.ok(changed.modified > alice.modified)
    assert.ok(changed.authSeq > alice.authSeq)
    assert.deepEqual((await accounts.byId(alice.id))?.attributes, { b: 2 })
    assert.deepEqual(await accounts.byId(alice.id), changed)
  })

  test('is refused when the account is not as expected', async () => {
    const { accounts } = await accountsInMemory()
    const { id, modified } = await accounts.create({ login: 'alice' })
    await accounts.change(id, { attributes: { a: 1 } }, modified)
    await assert.rejects(accounts.change(id, { attributes: { a: 2 } }, modified), { code: 'account-changed' })
    await assert.rejects(accounts.remove(id, modified), { code: 'account-changed' })
    assert.deepEqual((await accounts.byId(id))?.attributes, { a: 1 })
  })

  test('of an account that is not there is refused', async () => {
    const { accounts } = await accountsInMemory()
    await assert.rejects(accounts.change('nobody', { state: 'suspended' }), { code: 'account-absent' })
  })

  test('that comes at the same time as another loses nothing', async () => {
    const { accounts } = await accountsInMemory()
    const { id } = await accounts.create({ login: 'alice', directHash: 'old' })
    await Promise.all([
      accounts.change(id, { attributes: { a: 1 } }),
      accounts.change(id, { directHash: 'new' }),
      accounts.change(id, { state: 'suspended' }),
    ])
    const account = await accounts.byId(id)
    assert.deepEqual([account?.attributes, account?.state], [{ a: 1 }, 'suspended'])
    assert.equal((await accounts.direct(id))?.data.hash, 'new')
  })

  test('cannot suspend the owner', async () => {
    const { accounts, owner } = await accountsInMemory()
    assert.ok(owner)
    await assert.rejects(accounts.change(owner.id, { state: 'suspended' }), { code: 'owner-stays' })
    await assert.rejects(accounts.remove(owner.id), { code: 'owner-stays' })
  })
})

test('accounts are listed page by page', async () => {
  const { accounts } = await accountsInMemory()
  for (let i = 0; i < 7; i++) await accounts.create({ login: `u${i}` })
  const logins: string[] = []
  for (let after: string | undefined; ;) {
    const page = await accounts.list({ limit: 3, ...(after === undefined ? {} : { after }) })
    logins.push(...page.map((account) => account.login))
    after = page.at(-1)?.id
    if (page.length < 3) break
  }
  assert.deepEqual(logins.toSorted(), ['olga', 'u0', 'u1', 'u2', 'u3', 'u4', 'u5', 'u6'])
})

describe('the principal of a name', () => {
  test('is that of its account, or the name itself where nobody has it', async () => {
    const { accounts } = await accountsInMemory()
    const { id } = await accounts.create({ login: 'alice' })
    assert.equal(await accounts.principalOf('Alice'), `account:${id}`)
    assert.equal(await accounts.principalOf('bob'), 'name:bob')
    assert.equal(await accounts.loginOf(id), 'alice')
    assert.equal(await accounts.loginOf('gone'), undefined)
  })
})
