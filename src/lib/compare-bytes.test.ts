import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compareBytes, cutText } from './compare-bytes.ts'
import { anyString, anyText } from './json/arbitrary.ts'

test('texts have the order of their UTF-8 bytes', () => {
  fc.assert(
    fc.property(anyText, anyText, (a, b) => {
      assert.equal(Math.sign(compareBytes(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)))
    }),
  )
  assert.ok(compareBytes('\uffff', '\u{10000}') < 0, 'where UTF-16 units say otherwise')
})

test('lone surrogates have the place of their code point', () => {
  const points = (text: string) => Array.from(text, (character) => character.codePointAt(0)!)
  const byPoints = (a: number[], b: number[]) => {
    const i = a.findIndex((point, at) => point !== b[at])
    return i < 0 ? a.length - b.length : i < b.length ? a[i]! - b[i]! : 1
  }
  fc.assert(
    fc.property(anyString, anyString, (a, b) => {
      assert.equal(Math.sign(compareBytes(a, b)), Math.sign(byPoints(points(a), points(b))))
    }),
  )
})

test('a cut keeps surrogate pairs whole and never contradicts the order', () => {
  assert.equal(cutText('ab\u{1f600}c', 3), 'ab\u{1f600}')
  assert.equal(cutText('ab\u{1f600}c', 2), 'ab')
  assert.equal(cutText('abc', 5), 'abc')
  fc.assert(
    fc.property(anyString, anyString, fc.integer({ min: 1, max: 4 }), (a, b, units) => {
      const cut = Math.sign(compareBytes(cutText(a, units), cutText(b, units)))
      assert.ok(cut === 0 || cut === Math.sign(compareBytes(a, b)))
    }),
  )
})
