import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyJson } from './arbitrary.ts'
import { parseJson } from './parse.ts'
import type { Json } from './types.ts'

const LIMITS = { maxBytes: 1 << 20 }
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

test('what was written is read, as text or bytes', () => {
  fc.assert(
    fc.property(anyJson, (value) => {
      const text = JSON.stringify(value)
      assert.deepEqual(parseJson(text, LIMITS), JSON.parse(text))
      assert.deepEqual(parseJson(Buffer.from(text), LIMITS), JSON.parse(text))
    }),
  )
  const view = new Uint8Array(Buffer.from('xx[1]xx').buffer.slice(0)).fill(0)
  Buffer.from('xx[1]xx').copy(view)
  assert.deepEqual(parseJson(view.subarray(2, 5), LIMITS), [1], 'a view into a larger buffer')
})

test('any bytes give JSON or a coded error', () => {
  const codes = new Set(['json-syntax', 'json-utf8', 'json-too-deep', 'json-too-large', 'json-number'])
  const anyBytes = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .string({
        unit: fc.constantFrom('[', ']', '{', '}', '"', '\\', ',', ':', '1', 'e', '9', ' ', 'u', 'd', '8'),
      })
      .map((t) => Buffer.from(t)),
  )
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      let value: Json
      try {
        value = parseJson(bytes, { maxBytes: 30, maxDepth: 3 })
      } catch (error) {
        assert.ok(codes.has((error as { code: string }).code), String(error))
        return
      }
      assert.deepEqual(JSON.parse(Buffer.from(bytes).toString()), value)
    }),
    { numRuns: 2000 },
  )
})

test('what is no JSON is refused with its position and without its text', () => {
  assert.throws(
    () => parseJson('{"secret": 1, oops}', LIMITS),
    (error: Error & { code: string; details: { position?: number } }) => {
      assert.equal(error.code, 'json-syntax')
      assert.equal(error.details.position, 14)
      assert.doesNotMatch(error.message, /secret|oops/)
      return true
    },
  )
  for (const text of ['', ' ', 'NaN', "{'a': 1}", '[1,]', '\ufeff{}', '{"a": 01}']) {
    assert.throws(() => parseJson(text, LIMITS), { code: 'json-syntax' }, text)
  }
})

test('bytes that are not UTF-8 are refused', () => {
  for (const bytes of [
    [0x22, 0xff, 0x22],
    [0x22, 0xed, 0xa0, 0x80, 0x22],
    [0x22, 0xc3],
    [0x22, 0xc0, 0x80, 0x22],
  ]) {
    assert.throws(() => parseJson(Uint8Array.from(bytes), LIMITS), { code: 'json-utf8' })
  }
})

test('length is counted in bytes', () => {
  const text = '"ééé"'
  assert.equal(parseJson(text, { maxBytes: 8 }), 'ééé')
  assert.throws(() => parseJson(text, { maxBytes: 7 }), { code: 'json-too-large' })
  assert.throws(() => parseJson(Buffer.from(text), { maxBytes: 7 }), { code: 'json-too-large' })
  assert.throws(() => parseJson('[1]', { maxBytes: 2 }), { code: 'json-too-large' })
})

test('64 nested containers are read, 65 refused, in small texts and in large ones', () => {
  for (const padding of ['', ' '.repeat(20000), `"${'\\"[{'.repeat(5000)}", `]) {
    const wrap = (inner: string) => (padding.startsWith('"') ? `[${padding}${inner}]` : padding + inner)
    const depth = padding.startsWith('"') ? 63 : 64
    assert.doesNotThrow(() => parseJson(wrap(nested(depth)), LIMITS))
    assert.throws(() => parseJson(wrap(nested(depth + 1)), LIMITS), { code: 'json-too-deep' })
    assert.throws(() => parseJson(wrap('{"a":'.repeat(70) + '1' + '}'.repeat(70)), LIMITS), {
      code: 'json-too-deep',
    })
  }
  assert.equal(parseJson('1', { ...LIMITS, maxDepth: 0 }), 1)
  assert.throws(() => parseJson('[]', { ...LIMITS, maxDepth: 0 }), { code: 'json-too-deep' })
})

test('megabytes of brackets are refused before they are parsed', () => {
  assert.throws(() => parseJson('['.repeat(4e6), { maxBytes: 1e7 }), { code: 'json-too-deep' })
})

test('large texts are read whatever brackets their strings hold', () => {
  const value = Array.from({ length: 3000 }, (_, i) => ({ [`k\\"${i}`]: ['[[[{{{', '\\', '"', ']'] }))
  assert.deepEqual(parseJson(JSON.stringify(value), LIMITS), value)
  assert.throws(() => parseJson(`["${'x'.repeat(20000)}`, LIMITS), { code: 'json-syntax' })
  assert.throws(() => parseJson(`["${'x'.repeat(20000)}\\"]`, LIMITS), { code: 'json-syntax' })
})

test('numbers beyond a double are refused, since they would be stored as null', () => {
  assert.throws(() => parseJson('{"a": [1e400]}', LIMITS), { code: 'json-number' })
  assert.throws(() => parseJson('-1e309', LIMITS), { code: 'json-number' })
  assert.equal(parseJson('1e-400', LIMITS), 0)
})

test('__proto__ is a key like others, and the last of duplicates wins', () => {
  const value = parseJson('{"__proto__": {"polluted": true}, "a": 1, "a": 2}', LIMITS) as Record<
    string,
    unknown
  >
  assert.deepEqual(Object.keys(value), ['__proto__', 'a'])
  assert.equal(value['a'], 2)
  assert.equal(Object.getPrototypeOf(value), Object.prototype)
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined)
})
