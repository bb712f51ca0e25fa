import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { random } from '../bytes/index.ts'
import { KeysError } from '../errors.ts'
import { createKeys, openBundle, openPaired } from './account-key.ts'
import { formatPairingCode, pairingId, parsePairingCode, startPairing } from './pairing.ts'
import { deviceSecret, newDeviceKeys, slotSecret } from './secrets.ts'

const account = 'account-1'
const words = await slotSecret('words', random(16))
const keys = await createKeys({ account, slots: [{ secret: words }] })

test('a new device gets the account key by the code and adds a slot of its own', async () => {
  const pairing = await startPairing()
  const answer = await keys.admit(formatPairingCode(pairing.code).toLowerCase(), pairing.offer)
  const paired = await openPaired(keys.bundle, await pairing.open(JSON.parse(JSON.stringify(answer))))
  const device = await deviceSecret(await newDeviceKeys())
  const stored = await paired.change({ add: [{ secret: device }] })
  const opened = await openBundle(stored.bundle, device, { account, memory: keys.memory })
  assert.deepEqual(opened.keyring, keys.keyring)
})

test('what the host sees of a pairing says nothing of the code', async () => {
  const pairing = await startPairing()
  assert.equal(await pairingId(pairing.code), pairing.id)
  const seen = JSON.stringify([pairing.id, pairing.offer, await keys.admit(pairing.code, pairing.offer)])
  assert.ok(!seen.toUpperCase().includes(pairing.code))
  assert.notEqual(pairing.id, (await startPairing()).id)
})

test('a host that puts its own key in the place of the new device is refused', async () => {
  const [pairing, host] = [await startPairing(), await startPairing()]
  const swapped = { pk: host.offer.pk, mac: pairing.offer.mac }
  await assert.rejects(keys.admit(pairing.code, swapped), { code: 'pairing-refused' })
  await assert.rejects(keys.admit(pairing.code, host.offer), { code: 'pairing-refused' })
})

test('an answer to another pairing is refused, and the right one is taken once', async () => {
  const [pairing, other] = [await startPairing(), await startPairing()]
  const foreign = await keys.admit(other.code, other.offer)
  await assert.rejects(pairing.open(foreign), { code: 'pairing-refused' })
  const answer = await keys.admit(pairing.code, pairing.offer)
  await pairing.open(answer)
  await assert.rejects(pairing.open(answer), { code: 'pairing-refused' })
})

test('an account key that was replaced meanwhile asks for another pairing', async () => {
  const pairing = await startPairing()
  const paired = await pairing.open(await keys.admit(pairing.code, pairing.offer))
  const next = await keys.change({ rotate: true })
  await assert.rejects(openPaired(next.bundle, paired), { code: 'pairing-stale' })
  const added = await keys.change({ keyring: (keyring) => ({ ...keyring, more: 1 }) })
  assert.equal((await openPaired(added.bundle, paired)).keyring['more'], 1)
})

test('a new device that was paired is not shown another identity or an older bundle', async () => {
  const later = await keys.change({})
  const pairing = await startPairing()
  const paired = await pairing.open(await later.admit(pairing.code, pairing.offer))
  await assert.rejects(openPaired(keys.bundle, paired), { code: 'rolled-back' })
  const foreign = await createKeys({ account, slots: [{ secret: words }] })
  await assert.rejects(openPaired(foreign.bundle, paired), { code: 'identity-changed' })
})

test('anything that is no offer or no answer is refused with a code', async () => {
  const pairing = await startPairing()
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.anything(), fc.record({ pk: fc.string(), mac: fc.string() })),
      async (value) => {
        await assert.rejects(keys.admit(pairing.code, value as never), KeysError)
        await assert.rejects(pairing.open(value), KeysError)
      },
    ),
  )
})

test('any text is a code of 20 characters or refused, and a code is read from what its formatting shows', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (typed) => {
      try {
        assert.match(parsePairingCode(typed), /^[0-9A-HJKMNP-TV-Z]{20}$/)
      } catch (error) {
        assert.ok(error instanceof KeysError && error.code === 'code-malformed', String(error))
      }
    }),
  )
  const letter = fc.constantFrom(...'0123456789ABCDEFGHJKMNPQRSTVWXYZ')
  const slips: Record<string, string[]> = { '0': ['0', 'o', 'O'], '1': ['1', 'i', 'I', 'l', 'L'] }
  fc.assert(
    fc.property(
      fc.array(letter, { minLength: 20, maxLength: 20 }),
      fc.infiniteStream(fc.nat(4)),
      (letters, picks) => {
        const code = letters.join('')
        assert.equal(parsePairingCode(formatPairingCode(code)), code)
        const typed = letters.map((char) => {
          const forms = slips[char] ?? [char, char.toLowerCase()]
          return `${forms[(picks.next().value ?? 0) % forms.length]}${['', ' ', '-', '\n', '–'][picks.next().value ?? 0]}`
        })
        assert.equal(parsePairingCode(`https://cloud.example/pair#${typed.join('')}`), code)
      },
    ),
  )
})

test('new codes use the whole alphabet', async () => {
  const codes = await Promise.all(Array.from({ length: 40 }, () => startPairing()))
  assert.equal(new Set(codes.flatMap(({ code }) => [...code])).size, 32)
})
