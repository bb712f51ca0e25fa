import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { KeysError } from '../errors.ts'
import { fromBase64url, lp, toBase64url, utf8 } from './encoding.ts'

const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => new Uint8Array(array))

/** The parts of an LP encoding: what a reader of the specification would write. */
function parts(encoded: Uint8Array): Uint8Array[] {
  const found = []
  for (let at = 0; at < encoded.length;) {
    const length = ((encoded[at] ?? 0) << 8) | (encoded[at + 1] ?? 0)
    found.push(encoded.slice(at + 2, at + 2 + length))
    at += 2 + length
  }
  return found
}

test('a list can be read back from its encoding, so that no two lists share one', () => {
  fc.assert(fc.property(fc.array(bytes), (list) => assert.deepEqual(parts(lp(...list)), list)))
})

test('text is encoded as UTF-8 and numbers as decimal digits', () => {
  assert.deepEqual(lp('é', 42), lp(utf8('é'), utf8('42')))
})

test('a part of 65,535 bytes is encoded and one more is refused', () => {
  assert.equal(lp(new Uint8Array(0xffff)).length, 0xffff + 2)
  assert.throws(() => lp(new Uint8Array(0x10000)), { name: 'KeysError', code: 'too-large' })
})

test('bytes survive base64url, written as Node writes it', () => {
  fc.assert(
    fc.property(bytes, (given) => {
      assert.equal(toBase64url(given), Buffer.from(given).toString('base64url'))
      assert.deepEqual(fromBase64url(toBase64url(given), given.length), given)
    }),
  )
  const long = new Uint8Array(100_000).fill(251)
  assert.deepEqual(fromBase64url(toBase64url(long)), long)
})

test('text is taken as base64url only if it is the one form of its bytes', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String(), fc.stringMatching(/^[A-Za-z0-9_-]*$/)), (given) => {
      let read
      try {
        read = fromBase64url(given)
      } catch (error) {
        assert.ok(error instanceof KeysError)
        return
      }
      assert.equal(toBase64url(read), given)
    }),
  )
  for (const refused of ['AB', 'AAB', 'A', 'AA==', 'A A', 'A+', 'A/']) {
    assert.throws(() => fromBase64url(refused), { code: 'malformed' })
  }
  assert.throws(() => fromBase64url('AAAA', 4), { code: 'malformed' })
})
