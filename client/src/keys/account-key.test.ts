import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromBase64url, random } from '../bytes/index.ts'
import { createKeys, openBundle } from './account-key.ts'
import { deviceSecret, newDeviceKeys, slotSecret } from './secrets.ts'
import type { SlotSecret } from './types.ts'

const account = 'account-1'
const secrets = async () => ({
  words: await slotSecret('words', random(16)),
  password: await slotSecret('password', random(32)),
  passkey: await slotSecret('passkey', random(32)),
  device: await deviceSecret(await newDeviceKeys()),
})
const created = async (...slots: SlotSecret[]) =>
  createKeys({ account, slots: slots.map((secret) => ({ secret })) })

test('a new account key opens with each of its slots and gives the same keyring', async () => {
  const { words, password, passkey, device } = await secrets()
  const keys = await created(words, password, passkey, device)
  assert.deepEqual([keys.bundle.revision, keys.bundle.epoch], [1, 1])
  for (const secret of [words, password, passkey, device]) {
    const opened = await openBundle(JSON.stringify(keys.bundle), secret, { account, memory: keys.memory })
    assert.deepEqual(opened.keyring, keys.keyring)
    assert.equal(opened.bundle.slots.find((slot) => slot.id === opened.slot)?.kind, secret.kind)
  }
})

test('two accounts share no key, and each has a Sync key of its own time', async () => {
  const { words } = await secrets()
  const [one, two] = await Promise.all(
    [1000, 2000].map((now) => createKeys({ account, slots: [{ secret: words }], now })),
  )
  assert.ok(one && two)
  assert.deepEqual([one.keyring.sync.made, two.keyring.sync.made], [1000, 2000])
  for (const name of ['identity', 'share'] as const) assert.notEqual(one.keyring[name], two.keyring[name])
  assert.notEqual(one.keyring.sync.key, two.keyring.sync.key)
  assert.equal(fromBase64url(one.keyring.sync.key).length, 32)
})

test('nothing that the host stores contains a secret of the keyring', async () => {
  const { words } = await secrets()
  const keys = await created(words)
  const stored = JSON.stringify(keys.bundle)
  for (const secret of [keys.keyring.identity, keys.keyring.share, keys.keyring.sync.key]) {
    assert.ok(!stored.includes(secret))
  }
})

test('an account key without a slot, or with the same slot twice, is not made', async () => {
  const { words } = await secrets()
  await assert.rejects(created(), { code: 'last-slot' })
  await assert.rejects(created(words, words), { code: 'slot-taken' })
})

test('a keyring that was handed out is a copy: changing it changes nothing that is sealed later', async () => {
  const { words } = await secrets()
  const keys = await created(words)
  const before = structuredClone(keys.keyring)
  keys.keyring.sync.key = 'AAAA'
  const next = await keys.change({ rotate: true })
  assert.deepEqual(next.keyring, before)
})

test('a device that remembers the last revision takes the same one, and the next, and no older one', async () => {
  const { words } = await secrets()
  const first = await created(words)
  const second = await first.change({ rotate: true })
  const open = (keys: typeof first, memory: typeof first.memory) =>
    openBundle(keys.bundle, words, { account, memory })
  assert.equal((await open(first, first.memory)).bundle.revision, 1)
  assert.equal((await open(second, first.memory)).bundle.revision, 2)
  await assert.rejects(open(first, second.memory), { code: 'rolled-back' })
})

test('of two changes of the same bundle a device that has seen one refuses the other', async () => {
  const { words } = await secrets()
  const first = await created(words)
  const [one, other] = await Promise.all([first.change({}), first.change({})])
  await assert.rejects(openBundle(other.bundle, words, { account, memory: one.memory }), { code: 'forked' })
})

test('after a fresh start devices refuse the new identity, and the old bundle still opens with its words', async () => {
  const { words, password } = await secrets()
  const old = await created(words)
  const fresh = await created(password)
  await assert.rejects(openBundle(fresh.bundle, password, { account, memory: old.memory }), {
    code: 'identity-changed',
  })
  const found = await openBundle(JSON.stringify(old.bundle), words, { account })
  assert.equal(found.keyring.sync.key, old.keyring.sync.key)
})
