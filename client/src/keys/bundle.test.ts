import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { random, toBase64url } from '../bytes/index.ts'
import { KeysError } from '../errors.ts'
import { createKeys } from './account-key.ts'
import { maxBundle, parseBundle } from './bundle.ts'
import { slotSecret } from './secrets.ts'
import type { Bundle } from './types.ts'

const words = await slotSecret('words', random(16))
const { bundle } = await createKeys({
  account: 'a',
  slots: [{ secret: words, label: 'On paper', params: { drawer: '2' } }],
})

const parsedOrCoded = (value: unknown) => {
  try {
    return parseBundle(value)
  } catch (error) {
    assert.ok(error instanceof KeysError, String(error))
    return undefined
  }
}

test('any value and any text is a bundle or refused with a code', () => {
  fc.assert(fc.property(fc.anything(), (value) => void parsedOrCoded(value)))
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parsedOrCoded(text)))
})

/** Every path to a member of a value. */
const paths = (value: unknown, above: string[] = []): string[][] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, member]) => [
        [...above, name],
        ...paths(member, [...above, name]),
      ])
    : []

test('a bundle with any one member exchanged is a bundle of the same form or refused with a code', () => {
  fc.assert(
    fc.property(fc.constantFrom(...paths(bundle)), fc.anything(), (path, value) => {
      const changed = structuredClone(bundle) as unknown as Record<string, unknown>
      const above = path.slice(0, -1).reduce((at, name) => at[name] as Record<string, unknown>, changed)
      above[path.at(-1) ?? ''] = value
      const parsed = parsedOrCoded(changed)
      if (parsed) assert.deepEqual(parseBundle(JSON.stringify(parsed)), parsed)
    }),
    { numRuns: 500 },
  )
})

test('a bundle is read from text or parsed JSON, and members that it does not know are left out', () => {
  assert.deepEqual(parseBundle(JSON.stringify(bundle)), bundle)
  assert.deepEqual(parseBundle({ ...bundle, more: 1, slots: [{ ...bundle.slots[0], more: 1 }] }), bundle)
})

test('a bundle past 256 KiB is refused before it is parsed, and when its characters take more bytes', () => {
  const refused = { name: 'KeysError', code: 'too-large' }
  assert.throws(() => parseBundle(' '.repeat(maxBundle + 1)), refused)
  const keyring = { ...bundle.keyring, c: toBase64url(new Uint8Array(190_000)) }
  const params = Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`p${i}`, '€'.repeat(1024)]))
  const slot = bundle.slots[0] ?? assert.fail()
  const large: Bundle = { ...bundle, keyring, slots: [{ ...slot, params }] }
  assert.ok(JSON.stringify({ ...bundle, keyring }).length < maxBundle)
  assert.throws(() => parseBundle(large), refused)
})
