import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accountsInMemory } from './accounts-in-memory.ts'
import { identityUsedChange, newIdentityChange } from './identities.ts'
import { commitStep } from '../records/index.ts'

const from = { address: null, agent: null }
const issuer = 'https://elsewhere.example'
const identity = { issuer, subject: '1', provider: 'elsewhere', label: 'Olga E.' }

async function stage() {
  const parts = await accountsInMemory()
  const { accounts, owner } = parts
  const bob = await accounts.create({ login: 'bob', directHash: 'x' })
  await accounts.setNamed(owner!.id, 'provider:', 'elsewhere', { name: 'Elsewhere' }, 'provider-set')
  return { ...parts, olga: owner!.id, bob: bob.id }
}

test('an identity is the issuer’s and the subject’s name together, as they are written', async () => {
  const { accounts, olga } = await stage()
  await accounts.linkIdentity(olga, identity, from)
  assert.equal((await accounts.identity(issuer, '1'))?.account, olga)
  for (const [one, other] of [
    [issuer, '2'],
    [`${issuer}/`, '1'],
    ['https://evil.example', '1'],
    [issuer.toUpperCase(), '1'],
    [issuer, '1 '],
    ['x'.repeat(2_000), '1'],
  ] as const)
    assert.equal(await accounts.identity(one, other), undefined, `${one} ${other}`)
})

test('one identity opens one account: the first that linked it keeps it', async () => {
  const { accounts, olga, bob } = await stage()
  const ended = await Promise.allSettled(
    [olga, bob].map((account) => accounts.linkIdentity(account, identity, from)),
  )
  assert.equal(ended.filter(({ status }) => status === 'fulfilled').length, 1)
  const { account } = (await accounts.identity(issuer, '1'))!
  const other = account === olga ? bob : olga
  await assert.rejects(accounts.linkIdentity(other, identity, from), { code: 'identity-taken' })
  await accounts.linkIdentity(account, identity, from)
  assert.equal((await accounts.identities(account)).length, 1)
})

test('its owner takes it away, unless it is the last way in', async () => {
  const { accounts, olga, bob } = await stage()
  await accounts.linkIdentity(olga, identity, from)
  await assert.rejects(accounts.unlinkIdentity(bob, issuer, '1', from), { code: 'identity-absent' })
  await assert.rejects(accounts.unlinkIdentity(olga, issuer, '1', from), { code: 'last-way' })
  await accounts.linkIdentity(olga, { ...identity, subject: '2' }, from)
  await accounts.unlinkIdentity(olga, issuer, '1', from)
  assert.equal(await accounts.identity(issuer, '1'), undefined)
  const log = await accounts.logOf(olga, { limit: 10 })
  assert.deepEqual(log[0]?.details, { provider: 'elsewhere', label: 'Olga E.' })
})

test('one whose provider was removed is no way in, and goes freely', async () => {
  const { accounts, olga } = await stage()
  await accounts.linkIdentity(olga, identity, from)
  await accounts.linkIdentity(olga, { ...identity, subject: '2', provider: 'gone' }, from)
  await assert.rejects(accounts.unlinkIdentity(olga, issuer, '1', from), { code: 'last-way' })
  await accounts.unlinkIdentity(olga, issuer, '2', from)
  assert.equal((await accounts.identities(olga)).length, 1)
})

test('an account has twenty at most', async () => {
  const { accounts, olga } = await stage()
  for (let n = 0; n < 20; n++) await accounts.linkIdentity(olga, { ...identity, subject: `${n}` }, from)
  const one = accounts.linkIdentity(olga, { ...identity, subject: 'more' }, from)
  await assert.rejects(one, { code: 'too-many' })
})

test('its use is noted, under its present name, and not after it went', async () => {
  const { accounts, olga, store, time } = await stage()
  await accounts.linkIdentity(olga, identity, from)
  await accounts.linkIdentity(olga, { ...identity, subject: '2' }, from)
  const known = (await accounts.identity(issuer, '1'))!
  time.now += 5
  await commitStep(store, identityUsedChange(known, 'Olga Evans', time.now))
  const now = (await accounts.identity(issuer, '1'))!
  assert.deepEqual([now.label, now.lastUsed, now.created], ['Olga Evans', time.now, known.created])
  await assert.rejects(commitStep(store, newIdentityChange('somebody', identity, 0)), { code: 'row-exists' })
  await accounts.unlinkIdentity(olga, issuer, '1', from)
  await assert.rejects(commitStep(store, identityUsedChange(known, 'x', 0)), { code: 'row-absent' })
})
