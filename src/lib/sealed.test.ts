import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyJson } from './json/arbitrary.ts'
import {
  keyRing,
  liveRing,
  nextKeyFile,
  parseKeyFile,
  seal,
  sealGeneration,
  signToken,
  signUnder,
  unseal,
  unsealText,
  verifyToken,
  verifyUnder,
} from './sealed.ts'

const file = nextKeyFile()
const ring = parseKeyFile(file)
const key = ring.derive('test')

/** The text with one character changed to another that may stand there. */
const anyDamage = fc.tuple(fc.nat(), fc.constantFrom('A', 'z', '0', '-', '.'))
function damage(text: string, [at, character]: [number, string]): string {
  const i = at % text.length
  return text.slice(0, i) + character + text.slice(i + 1)
}

test('what was sealed opens in its context, as bytes and as text', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 50 }), fc.string(), (bytes, context) => {
      const sealed = seal(ring, context, bytes)
      assert.match(sealed, /^1\.[\w-]+$/)
      assert.deepEqual(new Uint8Array(unseal(ring, context, sealed)), bytes)
    }),
  )
  assert.equal(unsealText(ring, 'a', seal(ring, 'a', 'Zoë 🐝')), 'Zoë 🐝')
  assert.notEqual(seal(ring, 'a', 'same'), seal(ring, 'a', 'same'))
})

test('it opens in no other context and under no other key', () => {
  const sealed = seal(ring, 'token 1', 'secret')
  assert.throws(() => unseal(ring, 'token 2', sealed), { code: 'seal-broken' })
  assert.throws(() => unseal(parseKeyFile(nextKeyFile()), 'token 1', sealed), { code: 'seal-broken' })
})

test('changed or foreign text does not open', () => {
  const sealed = seal(ring, 'c', 'some secret')
  fc.assert(
    fc.property(anyDamage, (change) => {
      const changed = damage(sealed, change)
      if (changed !== sealed)
        assert.throws(() => unseal(ring, 'c', changed), { code: /^(seal-|key-unknown)/ })
    }),
  )
  for (const text of [
    '',
    '1',
    '1.',
    '.AAAA',
    '1.AAAA',
    '0.AAAA',
    '01.AAAA',
    '1.AA=A',
    '-1.AAAA',
    `1.${'A'.repeat(36)}.`,
  ]) {
    assert.throws(() => unseal(ring, 'c', text), { code: 'seal-malformed' }, text)
  }
})

test('a new generation seals anew and opens what is older', () => {
  const next = nextKeyFile(file)
  const both = parseKeyFile(next)
  assert.deepEqual([both.current, both.generations], [2, [1, 2]])
  const old = seal(ring, 'c', 'x')
  const fresh = seal(both, 'c', 'x')
  assert.equal(unsealText(both, 'c', old), 'x')
  assert.deepEqual([sealGeneration(old), sealGeneration(fresh)], [1, 2])
  assert.throws(() => unseal(ring, 'c', fresh), { code: 'key-unknown' })
})

test('each purpose and generation has a key of its own, the same each time', () => {
  const both = parseKeyFile(nextKeyFile(file))
  const keys = [both.derive('a'), both.derive('b'), both.derive('a', 1)].map((bytes) =>
    Buffer.from(bytes).toString('hex'),
  )
  assert.equal(new Set(keys).size, 3)
  assert.deepEqual(ring.derive('a'), both.derive('a', 1))
  assert.equal(both.derive('a').byteLength, 32)
})

test('a damaged key file is refused', () => {
  const line = `1 ${'A'.repeat(43)}`
  for (const text of [
    '',
    '\n',
    'x',
    '1',
    `0 ${'A'.repeat(43)}`,
    `1 ${'A'.repeat(42)}`,
    `${line}\n${line}`,
    `${line} more`,
  ]) {
    assert.throws(() => parseKeyFile(text), { code: 'key-file' }, text)
  }
  assert.doesNotThrow(() => parseKeyFile(`${line}\r\n\n`))
  assert.throws(() => keyRing(new Map([[1, new Uint8Array(16)]])), { code: 'key-file' })
})

test('a signed token gives back its JSON under the same key and purpose only', () => {
  fc.assert(
    fc.property(anyJson, fc.string(), (value, purpose) => {
      const token = signToken(key, purpose, value)
      assert.match(token, /^[\w-]+\.[\w-]{43}$/)
      assert.equal(JSON.stringify(verifyToken(key, purpose, token)), JSON.stringify(value))
      assert.equal(verifyToken(key, `${purpose}x`, token), undefined)
      assert.equal(verifyToken(ring.derive('other'), purpose, token), undefined)
    }),
  )
})

test('a changed, foreign or overlong token gives nothing', () => {
  const token = signToken(key, 'p', { id: 'a', n: [1, 2] })
  fc.assert(
    fc.property(anyDamage, (change) => {
      const changed = damage(token, change)
      if (changed !== token) assert.equal(verifyToken(key, 'p', changed), undefined)
    }),
  )
  for (const text of ['', '.', 'abc', `${token}A`, `${token}=`, ` ${token}`])
    assert.equal(verifyToken(key, 'p', text), undefined)
  assert.equal(verifyToken(key, 'p', token, token.length - 1), undefined)
  assert.deepEqual(verifyToken(key, 'p', token, token.length), { id: 'a', n: [1, 2] })
})

test('a live ring takes a longer file, and none that lacks or changes a key', () => {
  const live = liveRing(file)
  const sealed = seal(live, 'c', 'word')
  const longer = nextKeyFile(file)
  assert.equal(live.replace(longer), true)
  assert.equal(live.replace(longer), false)
  assert.equal(live.current, 2)
  assert.equal(unsealText(live, 'c', sealed), 'word')
  const [first, second] = longer.trim().split('\n')
  for (const wrong of [file, `${second}\n`, nextKeyFile(nextKeyFile()), `${first}\n2 x\n`, ''])
    assert.throws(() => live.replace(wrong), { code: 'key-file' }, wrong)
  assert.equal(live.current, 2)
})

test('a live ring looks again before it calls a generation unknown, and no more often', () => {
  let looks = 0
  const longer = nextKeyFile(file)
  const live = liveRing(file, () => {
    looks++
    live.replace(longer)
  })
  seal(live, 'c', 'word')
  live.derive('x', 1)
  assert.equal(looks, 0)
  assert.equal(unsealText(live, 'c', seal(parseKeyFile(longer), 'c', 'new')), 'new')
  assert.equal(looks, 1)
  assert.throws(() => live.derive('x', 3), { code: 'key-unknown' })
  assert.deepEqual(live.generations, [1, 2])
})

test('what was signed before a rotation is still good, under its own generation alone', () => {
  const live = liveRing(file)
  const token = signUnder(live, 'pages', 'list', { after: 'x' })
  live.replace(nextKeyFile(file))
  assert.deepEqual(verifyUnder(live, 'pages', 'list', token), { after: 'x' })
  assert.match(signUnder(live, 'pages', 'list', null), /^2\./)
  for (const wrong of [token.replace('1.', '2.'), token.replace('1.', '3.'), token.slice(2), '', '1.', '1..'])
    assert.equal(verifyUnder(live, 'pages', 'list', wrong), undefined, wrong)
  assert.equal(verifyUnder(live, 'other', 'list', token), undefined)
  assert.equal(verifyUnder(live, 'pages', 'list', token, 10), undefined)
})
