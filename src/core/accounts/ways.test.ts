import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accountsInMemory } from './accounts-in-memory.ts'
import { pageDefaults, putCredential, removeCredential } from './credentials.ts'

const from = { address: '192.0.2.0/24', agent: 'Firefox · Linux' }
const page = { parameters: { ...pageDefaults, salt: 'c2FsdHNhbHRzYWx0c2FsdA' }, hash: 'hash' }

async function alice() {
  const all = await accountsInMemory()
  const { accounts, store, time } = all
  const { id } = await accounts.create({ login: 'alice', directHash: 'one' })
  await accounts.setPage(id, page)
  const removePassword = () =>
    accounts.changeWays(id, {
      act: 'password-removed',
      from,
      removes: 'password',
      make: () => ({ changes: [removeCredential(id, 'page')] }),
    })
  const passkey = {
    credential_id: 'passkey:1',
    account_id: id,
    kind: 'passkey',
    data: '{}',
    version: 1,
    created: time.now,
    last_used: null,
  }
  const addPasskey = () =>
    accounts.changeWays(id, {
      act: 'passkey-added',
      from,
      make: () => ({ changes: [{ kind: 'row', table: 'credential', put: passkey }] }),
    })
  return { ...all, id, removePassword, addPasskey, store }
}

test('the last way in stays; words and the direct password are none', async () => {
  const { accounts, time, id, removePassword, addPasskey } = await alice()
  await accounts.changeWays(id, {
    act: 'words-changed',
    from,
    make: (_, version) => ({
      changes: [putCredential(id, 'words', { hash: 'of words' }, version, time.now)],
    }),
  })
  const ways = { password: true, passkeys: 0, words: true, identities: 0, addresses: 0, direct: true }
  assert.deepEqual(await accounts.waysOf(id), ways)
  await assert.rejects(removePassword(), { code: 'last-way' })
  await addPasskey()
  await removePassword()
  assert.deepEqual(await accounts.waysOf(id), { ...ways, password: false, passkeys: 1 })
})

test('of two ways that are taken away at one time, one stays', async () => {
  const { accounts, id, removePassword, addPasskey } = await alice()
  await addPasskey()
  const removePasskey = () =>
    accounts.changeWays(id, {
      act: 'passkey-removed',
      from,
      removes: 'passkey',
      make: () => ({
        changes: [{ kind: 'row', table: 'credential', remove: { credential_id: 'passkey:1' } }],
      }),
    })
  const tried = await Promise.allSettled([removePassword(), removePasskey()])
  assert.deepEqual(tried.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
})

test('a change is noted in her log, and ends her other sessions where she wants it', async () => {
  const { accounts, id, addPasskey } = await alice()
  const account = (await accounts.byId(id))!
  const begin = () =>
    accounts.beginSession({ account, method: 'password', fresh: true, address: 'a', agent: 'b' })
  const [here, there] = [await begin(), await begin()]
  await addPasskey()
  assert.equal((await accounts.sessions(id)).length, 2)
  await accounts.changeWays(id, {
    act: 'password-changed',
    from,
    endOthers: here.session.id,
    make: (_, version) => ({ changes: [putCredential(id, 'page', page, version, 0)] }),
  })
  assert.equal(await accounts.session(there.token), undefined)
  assert.ok(await accounts.session(here.token))
  const [entry] = await accounts.logOf(id, { limit: 1 })
  assert.deepEqual([entry?.act, entry?.address, entry?.actor], ['password-changed', from.address, id])
})

test('where there is nothing to change, nothing is noted', async () => {
  const { accounts, id } = await alice()
  const before = await accounts.logOf(id, { limit: 10 })
  await accounts.changeWays(id, { act: 'words-removed', from, make: () => undefined })
  assert.deepEqual(await accounts.logOf(id, { limit: 10 }), before)
})

test('the direct password’s change shows at its door, a page password’s does not', async () => {
  const { accounts, id, addPasskey } = await alice()
  const { modified } = (await accounts.byId(id))!
  await addPasskey()
  assert.equal((await accounts.byId(id))?.modified, modified)
  await accounts.changeWays(id, {
    act: 'direct-password-changed',
    from,
    shown: true,
    make: (_, version) => ({ changes: [putCredential(id, 'direct', { hash: 'two' }, version, 0)] }),
  })
  assert.ok((await accounts.byId(id))!.modified > modified)
})
