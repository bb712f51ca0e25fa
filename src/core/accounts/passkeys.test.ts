import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accountsInMemory } from './accounts-in-memory.ts'
import { isUsed, useOnce } from './once.ts'
import { newPasskeyChange, passkeyUsedChange, type PasskeyData } from './passkeys.ts'
import { commitStep } from '../records/index.ts'

const from = { address: '192.0.2.0/24', agent: 'Firefox · Linux' }

const dataOf = (name: string): PasskeyData => ({
  name,
  publicKey: 'AAAA',
  counter: 0,
  transports: [],
  backedUp: false,
  prf: false,
  aaguid: '00000000-0000-0000-0000-000000000000',
})

async function stage() {
  const parts = await accountsInMemory()
  const { accounts, owner } = parts
  const olga = owner!.id
  const add = (id: string, account = olga) =>
    accounts.addPasskey(account, { id, data: dataOf(`key ${id}`) }, { from })
  return { ...parts, olga, add }
}

test('passkeys are added, renamed and removed by their owner, and noted in her log', async () => {
  const { accounts, add, olga, time } = await stage()
  await add('one')
  time.now += 1
  await add('two')
  await accounts.renamePasskey(olga, 'two', 'the blue one')
  assert.deepEqual(
    (await accounts.passkeys(olga)).map(({ id, data }) => [id, data.name]),
    [
      ['one', 'key one'],
      ['two', 'the blue one'],
    ],
  )
  await accounts.removePasskey(olga, 'one', { from })
  assert.equal(await accounts.passkey('one'), undefined)
  const log = await accounts.logOf(olga, { limit: 10 })
  assert.deepEqual(
    log.map(({ act, agent }) => [act, agent]).filter(([act]) => act?.startsWith('passkey')),
    [
      ['passkey-removed', from.agent],
      ['passkey-added', from.agent],
      ['passkey-added', from.agent],
    ],
  )
})

test('nobody touches the passkey of another, or adds one that is in use', async () => {
  const { accounts, add } = await stage()
  const bob = await accounts.create({ login: 'bob', directHash: 'x' })
  await add('hers')
  await assert.rejects(add('hers', bob.id), { code: 'passkey-known' })
  await assert.rejects(accounts.renamePasskey(bob.id, 'hers', 'mine'), { code: 'passkey-absent' })
  await assert.rejects(accounts.removePasskey(bob.id, 'hers', { from }), { code: 'passkey-absent' })
  await assert.rejects(accounts.removePasskey(bob.id, 'x'.repeat(2_000), { from }), {
    code: 'passkey-absent',
  })
})

test('the last way in stays, whoever asks at the same time', async () => {
  const { accounts, add, olga } = await stage()
  await add('one')
  await assert.rejects(accounts.removePasskey(olga, 'one', { from }), { code: 'last-way' })
  await add('two')
  const both = ['one', 'two'].map((id) => accounts.removePasskey(olga, id, { from }))
  const ended = await Promise.allSettled(both)
  assert.equal(ended.filter(({ status }) => status === 'fulfilled').length, 1)
  assert.equal((await accounts.passkeys(olga)).length, 1)
})

test('a signature counts once, and not for a passkey that went meanwhile', async () => {
  const { accounts, add, olga, store, time } = await stage()
  const passkey = await add('one')
  await add('two')
  const used = (counter: number) => passkeyUsedChange(passkey, { counter, backedUp: true }, time.now)
  await commitStep(store, used(4))
  const now = await accounts.passkey('one')
  assert.deepEqual([now?.data.counter, now?.data.backedUp, now?.lastUsed], [4, true, time.now])
  await assert.rejects(commitStep(store, used(5)), { code: 'row-changed' })
  await accounts.removePasskey(olga, 'one', { from })
  await assert.rejects(commitStep(store, used(5)), { code: 'row-absent' })
})

test('a new account can begin with one that nobody has', async () => {
  const { add, olga, store, time } = await stage()
  await add('one')
  const again = newPasskeyChange(olga, { id: 'one', data: dataOf('x') }, 7, time.now)
  await assert.rejects(commitStep(store, again), { code: 'row-exists' })
})

test('what works once is refused the second time, with all that was to happen beside it', async () => {
  const { store, accounts, time, olga } = await stage()
  const mark = () => useOnce('a challenge', time.now + 1_000, time.now)
  assert.equal(await isUsed(store, 'a challenge'), false)
  await commitStep(store, mark())
  assert.equal(await isUsed(store, 'a challenge'), true)
  assert.equal(await isUsed(store, 'another'), false)
  const late = accounts.addPasskey(olga, { id: 'late', data: dataOf('late') }, { from, beside: mark() })
  await assert.rejects(late, { code: 'row-exists' })
  assert.equal(await accounts.passkey('late'), undefined)
  const owner = (await accounts.byId(olga))!
  const begun = accounts.beginSession({
    account: owner,
    method: 'passkey',
    fresh: true,
    ...from,
    beside: mark(),
  })
  await assert.rejects(begun, { code: 'row-exists' })
  assert.deepEqual(await accounts.sessions(olga), [])
})
