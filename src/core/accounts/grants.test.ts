import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { READ, WRITE } from '../permissions/index.ts'
import { commitStep } from '../records/index.ts'
import { accountsInMemory } from './accounts-in-memory.ts'
import { appPasswordHash, maxGrants, newAppPassword } from './grants.ts'
import { membershipChanges } from './subjects.ts'

const scopes = [{ home: 0, path: 'kinto', bits: WRITE }]
const wanted = { door: 'kinto', label: 'Phone', scopes }

const hashOf = (text: string) => appPasswordHash(text) ?? assert.fail()

async function setup() {
  const all = await accountsInMemory()
  const alice = await all.accounts.create({ login: 'alice' })
  return { ...all, alice }
}

describe('an app password', () => {
  test('has 140 random bits in a form of its own', () => {
    const texts = new Set(Array.from({ length: 100 }, newAppPassword))
    assert.equal(texts.size, 100)
    for (const text of texts) {
      assert.ok(appPasswordHash(text), text)
      assert.equal(text.replaceAll('-', '').length * 5, 140)
    }
    const others = [
      '',
      'password',
      newAppPassword().toUpperCase(),
      `${newAppPassword()}-`,
      newAppPassword().slice(1),
    ]
    for (const text of others) assert.equal(appPasswordHash(text), undefined)
  })

  test('leads to its account and grant, and is stored nowhere', async () => {
    const { accounts, store, alice } = await setup()
    const { text, grant } = await accounts.createAppPassword(alice.id, wanted)
    const bearer = await accounts.appPassword(hashOf(text))
    assert.equal(bearer?.account.id, alice.id)
    assert.deepEqual(bearer?.grant, grant)
    assert.deepEqual(bearer?.grant.scopes, scopes)
    const rows = [
      await store.rows('token', { account_id: alice.id }),
      await store.rows('app_grant', { account_id: alice.id }),
    ]
    assert.equal(JSON.stringify(rows).includes(text), false)
  })

  test('another one leads to nobody', async () => {
    const { accounts } = await setup()
    assert.equal(await accounts.appPassword(hashOf(newAppPassword())), undefined)
  })

  test('is over at its expiry', async () => {
    const { accounts, time, alice } = await setup()
    const { text } = await accounts.createAppPassword(alice.id, { ...wanted, expires: time.now + 10 })
    assert.ok(await accounts.appPassword(hashOf(text)))
    time.now += 10
    assert.equal(await accounts.appPassword(hashOf(text)), undefined)
  })

  test('keeps fields and expiry of its scopes', async () => {
    const { accounts, alice } = await setup()
    const some = [
      { home: 5, path: 'contacts/a/b', bits: READ, fields: ['name'], expires: 9 },
      { home: 5, path: 'contacts/a/c', bits: READ },
    ]
    const { text } = await accounts.createAppPassword(alice.id, { ...wanted, scopes: some })
    assert.deepEqual((await accounts.appPassword(hashOf(text)))?.grant.scopes, some)
  })

  test('needs an account, a label, and bounds', async () => {
    const { accounts, store, alice } = await setup()
    await assert.rejects(accounts.createAppPassword('nobody', wanted), { code: 'account-absent' })
    for (const label of ['', ' ', 'x'.repeat(101)])
      await assert.rejects(accounts.createAppPassword(alice.id, { ...wanted, label }), {
        code: 'label-malformed',
      })
    const many = Array.from({ length: 101 }, (_, i) => ({ home: 0, path: `p${i}`, bits: READ }))
    await assert.rejects(accounts.createAppPassword(alice.id, { ...wanted, scopes: many }), {
      code: 'too-many',
    })
    const { grant } = await accounts.createAppPassword(alice.id, wanted)
    const [row] = await store.rows('app_grant', { grant_id: grant.id })
    const others = Array.from({ length: maxGrants - 1 }, (_, i) => ({
      kind: 'row' as const,
      table: 'app_grant' as const,
      put: { ...row, grant_id: `g${i}` },
    }))
    await commitStep(store, { changes: others })
    await assert.rejects(accounts.createAppPassword(alice.id, wanted), { code: 'too-many' })
  })
})

describe('a grant', () => {
  test('is listed, suspended, resumed and revoked by its own account alone', async () => {
    const { accounts, alice, owner } = await setup()
    const { text, grant } = await accounts.createAppPassword(alice.id, wanted)
    assert.deepEqual(await accounts.grants(alice.id), [grant])
    await accounts.suspendGrant(alice.id, grant.id, true)
    const suspended = await accounts.appPassword(hashOf(text))
    assert.equal(suspended?.grant.suspended, true)
    assert.ok((suspended?.grant.version ?? 0) > grant.version)
    await accounts.suspendGrant(alice.id, grant.id, false)
    assert.equal((await accounts.appPassword(hashOf(text)))?.grant.suspended, false)
    assert.ok(owner)
    await assert.rejects(accounts.revokeGrant(owner.id, grant.id), { code: 'grant-absent' })
    await assert.rejects(accounts.suspendGrant(owner.id, grant.id, true), { code: 'grant-absent' })
    await accounts.revokeGrant(alice.id, grant.id)
    assert.equal(await accounts.appPassword(hashOf(text)), undefined)
    assert.deepEqual(await accounts.grants(alice.id), [])
    await assert.rejects(accounts.revokeGrant(alice.id, grant.id), { code: 'grant-absent' })
  })

  test('moves the version of its account and of its home, so that what is open looks again', async () => {
    const { accounts, store, alice } = await setup()
    const seen = async () => [
      (await accounts.byId(alice.id))?.authSeq,
      (await store.home(alice.home))?.permSeq,
    ]
    const before = await seen()
    const { grant } = await accounts.createAppPassword(alice.id, wanted)
    const made = await seen()
    await accounts.revokeGrant(alice.id, grant.id)
    const revoked = await seen()
    for (const i of [0, 1]) {
      assert.ok((made[i] ?? 0) > (before[i] ?? 0))
      assert.ok((revoked[i] ?? 0) > (made[i] ?? 0))
    }
  })

  test('tells when it was last used, to the hour', async () => {
    const { accounts, time, alice, errors } = await setup()
    const { text } = await accounts.createAppPassword(alice.id, wanted)
    const use = async () => {
      const bearer = await accounts.appPassword(hashOf(text))
      assert.ok(bearer)
      accounts.used(bearer)
      for (let i = 0; i < 20; i++) await turn()
      return (await accounts.appPassword(hashOf(text)))?.grant.lastUsed
    }
    const first = time.now
    assert.equal(await use(), first)
    time.now += 3_599_999
    assert.equal(await use(), first)
    time.now += 1
    assert.equal(await use(), time.now)
    assert.deepEqual(errors, [])
  })

  test('that is revoked while it is used does not come back', async () => {
    const { accounts, alice } = await setup()
    const { text, grant } = await accounts.createAppPassword(alice.id, wanted)
    const bearer = await accounts.appPassword(hashOf(text))
    assert.ok(bearer)
    accounts.used(bearer)
    await accounts.revokeGrant(alice.id, grant.id)
    for (let i = 0; i < 20; i++) await turn()
    assert.deepEqual(await accounts.grants(alice.id), [])
  })
})

describe('a subject', () => {
  test('is everyone, whoever signed in, the account, and its groups', async () => {
    const { accounts, store, alice } = await setup()
    await commitStep(store, {
      changes: [
        ...membershipChanges('group:9:kinto/groups/g', [], [`account:${alice.id}`, 'account:other']),
        ...membershipChanges('group:9:kinto/groups/all', [], ['authenticated']),
        ...membershipChanges('group:9:kinto/groups/not', [], ['account:other']),
      ],
    })
    const subject = await accounts.subject(alice)
    assert.deepEqual(subject.principals, [
      'everyone',
      'authenticated',
      `account:${alice.id}`,
      'group:9:kinto/groups/g',
      'group:9:kinto/groups/all',
    ])
    assert.deepEqual(subject.account, { id: alice.id, login: 'alice', home: alice.home, role: 'person' })
    assert.equal(subject.grant, undefined)
  })

  test('of an app carries its grant, and another key for each version of it', async () => {
    const { accounts, alice } = await setup()
    const { grant } = await accounts.createAppPassword(alice.id, wanted)
    const subject = await accounts.subject(alice, grant)
    assert.deepEqual(subject.grant, { id: grant.id, version: 1, label: 'Phone', scopes })
    const next = await accounts.subject(alice, { ...grant, version: 2 })
    assert.equal(new Set([subject.key, next.key, (await accounts.subject(alice)).key]).size, 3)
  })
})
