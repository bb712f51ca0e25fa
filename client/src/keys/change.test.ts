import assert from 'node:assert/strict'
import { test } from 'node:test'
import { random } from '../bytes/index.ts'
import { createKeys, openBundle, openPaired } from './account-key.ts'
import { startPairing } from './pairing.ts'
import { deviceSecret, newDeviceKeys, slotSecret } from './secrets.ts'
import type { Keyring, Keys, SlotSecret } from './types.ts'

const account = 'account-1'
const words = await slotSecret('words', random(16))
const password = await slotSecret('password', random(32))
const device = await deviceSecret(await newDeviceKeys())

const created = () =>
  createKeys({
    account,
    slots: [
      { secret: words, id: 'words' },
      { secret: password, id: 'password' },
    ],
  })
const open = (keys: Keys, secret: SlotSecret) => openBundle(keys.bundle, secret, { account })

test('a slot that is added opens, the others stay as they are, and the account key with them', async () => {
  const before = await created()
  const after = await before.change({ add: [{ secret: device, label: 'Laptop' }], now: 5 })
  assert.deepEqual([after.bundle.revision, after.bundle.epoch], [2, 1])
  assert.deepEqual(after.bundle.slots.slice(0, 2), before.bundle.slots)
  assert.equal((await open(after, device)).keyring.identity, before.keyring.identity)
  const { label, created: made } = after.bundle.slots[2] ?? assert.fail()
  assert.deepEqual([label, made], ['Laptop', 5])
})

test('a slot that is removed opens no more, and the account key is another one', async () => {
  const before = await (await created()).change({ add: [{ secret: device, id: 'device' }] })
  const after = await before.change({ remove: ['device'] })
  assert.deepEqual([after.bundle.revision, after.bundle.epoch], [3, 2])
  await assert.rejects(open(after, device), { code: 'no-slot' })
  assert.deepEqual((await open(after, words)).keyring, before.keyring)
})

test('the account key that a removed device has kept does not open the next keyring', async () => {
  const before = await (await created()).change({ add: [{ secret: device, id: 'device' }] })
  const pairing = await startPairing()
  const { amk } = await pairing.open(await before.admit(pairing.code, pairing.offer))
  assert.ok(await openPaired(before.bundle, { account, amk, memory: before.memory }))
  const after = await before.change({ remove: ['device'] })
  const kept = openPaired(after.bundle, { account, amk, memory: after.memory })
  await assert.rejects(kept, { code: 'damaged' })
})

test('a host that puts a removed slot back is found out', async () => {
  const before = await (await created()).change({ add: [{ secret: device, id: 'device' }] })
  const after = await before.change({ remove: ['device'] })
  const forged = { ...after.bundle, slots: [...after.bundle.slots, before.bundle.slots[2]] }
  await assert.rejects(openBundle(forged, device, { account }), { code: 'signature' })
})

test('a new password takes the place of all old ones and needs none of them', async () => {
  const next = await slotSecret('password', random(32))
  const after = await (await open(await created(), words)).change({ password: { secret: next } })
  assert.equal(after.bundle.epoch, 2)
  await assert.rejects(open(after, password), { code: 'wrong-secret' })
  assert.ok(await open(after, next))
  assert.ok(await open(after, words))
  assert.equal(after.bundle.slots.filter((slot) => slot.kind === 'password').length, 1)
})

test('a first password is added without replacing the account key', async () => {
  const only = await createKeys({ account, slots: [{ secret: words }] })
  assert.equal((await only.change({ password: { secret: password } })).bundle.epoch, 1)
})

test('replacing the account key takes only what is stored: every slot opens as before', async () => {
  const before = await created()
  const after = await (await before.change({ rotate: true })).change({ rotate: true })
  assert.deepEqual([after.bundle.revision, after.bundle.epoch], [3, 3])
  for (const secret of [words, password]) {
    assert.deepEqual((await open(after, secret)).keyring, before.keyring)
  }
  const idmacs = (keys: Keys) => keys.bundle.slots.map((slot) => slot.idmac)
  assert.deepEqual(idmacs(after), idmacs(before))
})

test('the keyring is changed, and members of a later version survive', async () => {
  const edit = (keyring: Keyring) => ({
    ...keyring,
    later: { list: [1, { deep: 'é' }] },
    collections: { notes: [{ number: 1, key: keyring.share, made: 1, origin: 'x' }] },
  })
  const after = await (await created()).change({ keyring: edit })
  const again = await (
    await open(after, words)
  ).change({
    keyring: (keyring) => ({ ...keyring, sync: { ...keyring.sync, made: 7 } }),
  })
  const { later, collections, sync } = (await open(again, password)).keyring
  assert.deepEqual(later, { list: [1, { deep: 'é' }] })
  assert.deepEqual(Object.keys(collections['notes']?.[0] ?? {}), ['number', 'key', 'made', 'origin'])
  assert.equal(sync.made, 7)
})

test('a keyring of another identity or form is refused, and so is one that is too large', async () => {
  const keys = await created()
  const edits: [string, (keyring: Keyring) => Keyring][] = [
    ['malformed', (keyring) => ({ ...keyring, identity: keyring.share })],
    ['malformed', (keyring) => ({ ...keyring, sync: { key: 'AAAA', made: 1 } })],
    ['too-large', (keyring) => ({ ...keyring, more: 'x'.repeat(200_000) })],
  ]
  for (const [code, edit] of edits) await assert.rejects(keys.change({ keyring: edit }), { code })
})

test('what cannot be changed is refused: an unknown slot, the last one, one that is there, one too many', async () => {
  const keys = await created()
  await assert.rejects(keys.change({ remove: ['nobody'] }), { code: 'slot-absent' })
  await assert.rejects(keys.change({ remove: ['words', 'password'] }), { code: 'last-slot' })
  await assert.rejects(keys.change({ add: [{ secret: words }] }), { code: 'slot-taken' })
  await assert.rejects(keys.change({ add: [{ secret: device, id: 'words' }] }), { code: 'slot-taken' })
  await assert.rejects(keys.change({ add: [{ secret: device, label: '' }] }), { code: 'malformed' })
  const add = await Promise.all(
    Array.from({ length: 63 }, async () => ({ secret: await slotSecret('passkey', random(32)) })),
  )
  await assert.rejects(keys.change({ add }), { code: 'too-many-slots' })
  assert.equal((await keys.change({ add: add.slice(1) })).bundle.slots.length, 64)
})

test('keys that were opened with a slot forget it when it goes', async () => {
  const keys = await open(await created(), password)
  assert.equal(keys.slot, 'password')
  assert.equal((await keys.change({ rotate: true })).slot, 'password')
  assert.equal((await keys.change({ remove: ['password'] })).slot, undefined)
})
