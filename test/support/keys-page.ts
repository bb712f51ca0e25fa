/** A page that makes an account key, keeps its device's keys, and opens the bundle after a reload. Bundled. */
import {
  createKeys,
  deviceSecret,
  indexedDbDevices,
  newDeviceKeys,
  openBundle,
  openPaired,
  slotSecret,
  startPairing,
  toBase64url,
} from '@essaim/client'
import { stretchPassword } from '@essaim/client/password'
import { newEntropy, parseWords, wordsOf } from '@essaim/client/words'

const account = 'account-1'
const devices = indexedDbDevices()
const parameters = {
  algorithm: 'argon2id',
  salt: toBase64url(new Uint8Array(16)),
  memory: 19_456,
  passes: 2,
  lanes: 1,
} as const

const page = {
  /** Makes the account key with a password, words and this device; returns what the host stores. */
  async create(): Promise<{ bundle: string; words: string; auth: string }> {
    const { secret, auth } = await stretchPassword({ password: 'correct horse', login: 'ada', parameters })
    const entropy = newEntropy()
    const device = await newDeviceKeys()
    await devices.saveKeys(account, device)
    const keys = await createKeys({
      account,
      slots: [
        { secret: await slotSecret('password', secret) },
        { secret: await slotSecret('words', entropy) },
        { secret: await deviceSecret(device), label: 'This browser' },
      ],
    })
    await devices.saveMemory(account, keys.memory)
    return { bundle: JSON.stringify(keys.bundle), words: (await wordsOf(entropy, 'fr')).join(' '), auth }
  },
  /** Opens the bundle with the device's kept keys, replaces the account key, adds a device; returns the next bundle. */
  async carryOn(bundle: string): Promise<{ bundle: string; epoch: number; slots: number }> {
    const device = await devices.keys(account)
    if (!device) throw new Error('the device has lost its keys')
    const memory = await devices.memory(account)
    const keys = await openBundle(bundle, await deviceSecret(device), { account, memory })
    const rotated = await keys.change({ rotate: true })
    const pairing = await startPairing()
    const paired = await pairing.open(await rotated.admit(pairing.code, pairing.offer))
    const second = await deviceSecret(await newDeviceKeys())
    const next = await (await openPaired(rotated.bundle, paired)).change({ add: [{ secret: second }] })
    await devices.saveMemory(account, next.memory)
    return { bundle: JSON.stringify(next.bundle), epoch: next.bundle.epoch, slots: next.bundle.slots.length }
  },
  /** The code of the refusal when a bundle is opened with words, under what the device remembers. */
  async openWithWords(bundle: string, words: string): Promise<string> {
    const { entropy } = await parseWords(words)
    const memory = await devices.memory(account)
    return openBundle(bundle, await slotSecret('words', entropy), { account, memory }).then(
      () => 'open',
      (error: { code: string }) => error.code,
    )
  },
  /** Whether the private key of the kept device could be read out. */
  async readsKey(): Promise<boolean> {
    const device = await devices.keys(account)
    if (!device) throw new Error('the device has lost its keys')
    return crypto.subtle.exportKey('pkcs8', device.pair.privateKey).then(
      () => true,
      () => false,
    )
  },
  async forget(): Promise<boolean> {
    await devices.forget(account)
    return (await devices.keys(account)) === undefined && (await devices.memory(account)) === undefined
  },
}

export type KeysPage = typeof page

Object.assign(globalThis, { page })
