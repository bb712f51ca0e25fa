import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compareBytes } from './compare-bytes.ts'

/** By the definition: code point by code point, lone surrogates as they are. */
function byPoints(a: string, b: string): number {
  const [x, y] = [Array.from(a), Array.from(b)]
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const difference = x[i]!.codePointAt(0)! - y[i]!.codePointAt(0)!
    if (difference !== 0) return difference
  }
  return x.length - y.length
}

test('texts compare by code points, wherever halves of pairs stand', () => {
  const unit = fc.constantFrom('a', 'é', '\ud83d', '\ude00', '\u{1f600}', '\u{1f601}', '\uffff', '\ud83e')
  const text = fc.array(unit, { maxLength: 6 }).map((units) => units.join(''))
  fc.assert(
    fc.property(text, text, (a, b) => {
      assert.equal(Math.sign(compareBytes(a, b)), Math.sign(byPoints(a, b)))
    }),
    { numRuns: 5_000 },
  )
  assert.ok(compareBytes('\u{1f600}', '\ud83d' + '\u{1f600}') > 0)
})
