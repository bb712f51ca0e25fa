import assert from 'node:assert/strict'
import { test } from 'node:test'
import { random } from '../bytes/index.ts'
import { createKeys } from './account-key.ts'
import { devicesInMemory, indexedDbDevices } from './devices.ts'
import { deviceSecret, newDeviceKeys, slotSecret } from './secrets.ts'

test('a device finds its keys and its memory by account until it forgets them', async () => {
  const store = devicesInMemory()
  const keys = await newDeviceKeys()
  const { memory } = await createKeys({ account: 'a', slots: [{ secret: await deviceSecret(keys) }] })
  await store.saveKeys('a', keys)
  await store.saveMemory('a', memory)
  assert.equal(await store.keys('a'), keys)
  assert.deepEqual(await store.memory('a'), memory)
  assert.equal(await store.keys('b'), undefined)
  await store.forget('a')
  assert.deepEqual([await store.keys('a'), await store.memory('a')], [undefined, undefined])
})

test('where there is no IndexedDB the device says so', async () => {
  await assert.rejects(indexedDbDevices().memory('a'), { name: 'KeysError', code: 'unsupported' })
})

test('no key of a device or of a slot can be read out', async () => {
  const device = await newDeviceKeys()
  const slot = await slotSecret('words', random(16))
  for (const { pair, mac } of [device, slot]) {
    await assert.rejects(crypto.subtle.exportKey('pkcs8', pair.privateKey))
    await assert.rejects(crypto.subtle.exportKey('jwk', pair.privateKey))
    await assert.rejects(crypto.subtle.exportKey('raw', mac))
  }
})

test('a secret of fewer than 16 bytes makes no slot', async () => {
  await assert.rejects(slotSecret('passkey', random(15)), { code: 'malformed' })
})
