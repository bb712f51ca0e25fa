import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { type Bytes, random } from '../bytes/index.ts'
import { floor, stretchPassphrase } from '../password/index.ts'
import { createKeys, openBundle } from './account-key.ts'
import { newPassphraseParameters, passphraseParameters, passphraseSlot } from './passphrase.ts'
import { hkdf } from './primitives.ts'
import { signedBytes } from './bundle.ts'
import { slotSecret } from './secrets.ts'
import type { Bundle, Keyring, Keys, SlotParams, StretchParameters } from './types.ts'

type Kind = 'password' | 'words' | 'passphrase'
interface Vectors {
  hkdf: { secret: string; label: string; out: string }[]
  passphrase: {
    passphrase: string
    account: string
    parameters: StretchParameters
    secret: string
    pk: string
  }[]
  parameters: { params: SlotParams; parameters: StretchParameters }[]
  parametersRefused: { params: SlotParams; code: string }[]
  secrets: Record<string, { kind: Kind; secret: string }>
  bundles: Record<string, { opens: string[]; signed: string; keyring: Keyring; bundle: Bundle }>
  refused: {
    name: string
    bundle: string
    changes: { path: (string | number)[]; value: unknown }[]
    secret: string
    account: string
    memory?: string
    code: string
  }[]
}

const file = new URL('../../../docs/vectors/e2e-v1-passphrase.json', import.meta.url)
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vectors

const hex = (text: string): Bytes => Uint8Array.from(Buffer.from(text, 'hex'))
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const bundleOf = (name: string) => (vectors.bundles[name] ?? assert.fail(name)).bundle
const secretOf = (name: string) => {
  const { kind, secret } = vectors.secrets[name] ?? assert.fail(name)
  return slotSecret(kind, hex(secret))
}

/** A bundle of the vectors whose passphrase slot says this of itself. */
const withParams = (params: SlotParams): unknown => {
  const [slot, ...others] = bundleOf('joined').slots
  return { ...bundleOf('joined'), slots: [{ ...slot, params }, ...others] }
}

test('keys and secrets of a passphrase are as published, whatever form its letters have', async () => {
  for (const { secret, label, out } of vectors.hkdf) assert.equal(toHex(await hkdf(hex(secret), label)), out)
  for (const { passphrase, account, parameters, secret, pk } of vectors.passphrase) {
    const stretched = await stretchPassphrase({ passphrase, account, parameters })
    assert.equal(toHex(stretched), secret)
    assert.equal((await slotSecret('passphrase', stretched)).pk, pk)
  }
})

test('parameters are read from the slot, and refused where they are too weak, too strong or none', async () => {
  for (const { params, parameters } of vectors.parameters) {
    assert.deepEqual(passphraseParameters(withParams(params)), parameters)
  }
  for (const { params, code } of vectors.parametersRefused) {
    const unlocking = async () =>
      stretchPassphrase({
        passphrase: 'x',
        account: 'x',
        parameters: passphraseParameters(withParams(params)) ?? assert.fail(),
      })
    await assert.rejects(unlocking, { code }, JSON.stringify(params))
  }
  assert.equal(passphraseParameters(bundleOf('removed')), undefined)
})

test('a passphrase opens the published bundles, before and after other ways have changed', async () => {
  for (const { opens, signed, keyring, bundle } of Object.values(vectors.bundles)) {
    assert.equal(toHex(await signedBytes(bundle)), signed)
    for (const name of opens) {
      const { account } = bundle
      const keys = await openBundle(JSON.stringify(bundle), await secretOf(name), { account, memory: bundle })
      assert.deepEqual(keys.keyring, keyring)
    }
  }
})

test('a bundle of a passphrase that is changed, exchanged or older is refused with the published code', async (t) => {
  for (const { name, bundle: of, changes, secret, account, memory, code } of vectors.refused) {
    await t.test(name, async () => {
      const bundle = structuredClone(bundleOf(of))
      for (const { path, value } of changes) {
        const above = path.slice(0, -1).reduce<unknown>((at, step) => (at as never)[step], bundle)
        Object.assign(above as object, { [path.at(-1) ?? '']: value })
      }
      const known = memory === undefined ? undefined : bundleOf(memory)
      await assert.rejects(openBundle(bundle, await secretOf(secret), { account, memory: known }), { code })
    })
  }
})

const account = 'account-1'

/** As a page does it: what to stretch with is read from what the host has sent. */
async function openBy(passphrase: string, bundle: unknown): Promise<Keys> {
  const parameters = passphraseParameters(bundle) ?? assert.fail('no passphrase')
  const secret = await stretchPassphrase({ passphrase, account, parameters })
  return openBundle(bundle, await slotSecret('passphrase', secret), { account })
}

async function slotOf(passphrase: string) {
  // As weak as it may be: the tests are not about how long that takes.
  const parameters = { ...newPassphraseParameters(), ...floor }
  return passphraseSlot(await stretchPassphrase({ passphrase, account, parameters }), parameters)
}

test('a first key is made with a passphrase alone, and opens with it and with no other', async () => {
  const made = await createKeys({ account, slots: [await slotOf('seven herons')] })
  assert.deepEqual((await openBy('seven herons', made.bundle)).keyring, made.keyring)
  await assert.rejects(openBy('seven heron', made.bundle), { code: 'wrong-secret' })
})

test('a host that hands out weaker parameters of its own learns nothing, and nothing opens', async () => {
  const made = await createKeys({ account, slots: [await slotOf('seven herons')] })
  const [slot] = made.bundle.slots
  const handedOut = (params: SlotParams) => ({
    ...made.bundle,
    slots: [{ ...slot, params: { ...slot?.params, ...params } }],
  })
  await assert.rejects(openBy('seven herons', handedOut({ memory: '8' })), { code: 'parameters-too-weak' })
  await assert.rejects(openBy('seven herons', handedOut({ passes: '3' })), { code: 'wrong-secret' })
})

test('there is one passphrase at most, and another takes its place together with a new account key', async () => {
  const first = { ...(await slotOf('seven herons')), id: 'first' }
  const made = await createKeys({ account, slots: [first] })
  const next = await slotOf('nine owls')
  await assert.rejects(made.change({ add: [next] }), { code: 'slot-taken' })
  const two = createKeys({ account, slots: [first, next] })
  await assert.rejects(two, { code: 'slot-taken' })
  const replaced = await made.change({ remove: ['first'], add: [next] })
  assert.equal(replaced.bundle.epoch, 2)
  await assert.rejects(openBy('seven herons', replaced.bundle), { code: 'wrong-secret' })
  assert.deepEqual((await openBy('nine owls', replaced.bundle)).keyring, made.keyring)
})

test('a new page password leaves the passphrase as it is', async () => {
  const password = await slotSecret('password', random(32))
  const made = await createKeys({ account, slots: [{ secret: password }, await slotOf('seven herons')] })
  const next = await made.change({ password: { secret: await slotSecret('password', random(32)) } })
  assert.equal(next.bundle.epoch, 2)
  assert.deepEqual((await openBy('seven herons', next.bundle)).keyring, made.keyring)
})

test('new parameters are above the floor, with a salt of their own each', () => {
  const [one, other] = [newPassphraseParameters(), newPassphraseParameters()]
  assert.ok(one.memory > floor.memory && one.passes > floor.passes && one.lanes >= floor.lanes)
  assert.notEqual(one.salt, other.salt)
})
