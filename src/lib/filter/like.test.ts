import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { likeMatcher } from './like.ts'

const like = (pattern: string, text: string) => likeMatcher(pattern)(text)

test('a pattern without a star may stand anywhere', () => {
  assert.ok(like('foo', 'foo') && like('foo', 'aafooll') && like('FoO', 'xfOoX'))
  assert.ok(!like('foo', 'fo') && !like('foo', 'f oo'))
  assert.ok(like('', ''))
})

test('with a star, the whole text has to match', () => {
  assert.ok(
    like('a*b*c', 'aabcc') && like('a*b*c', 'abc') && !like('a*b*c', 'eabcg') && !like('a*b*c', 'aec'),
  )
  assert.ok(
    like('foo*', 'foobar') && !like('foo*', 'afoo') && like('*bar', 'foobar') && !like('*bar', 'barf'),
  )
  assert.ok(like('*', '') && like('**', 'x'))
  assert.ok(!like('ab*ba', 'aba'), 'beginning and end may not overlap')
  assert.ok(!like('a*b*b', 'ab'), 'nor a part and the end')
})

test('only the star is special', () => {
  for (const pattern of ['a.c', 'a?c', 'a_c', 'a%c', '[abc]', 'a|c', '(', '\\', '^abc$']) {
    assert.ok(!like(pattern, 'abc'), pattern)
    assert.ok(like(pattern, `x${pattern}x`), pattern)
  }
  assert.ok(like('a*c', 'a\nb\nc'), 'lines are not')
})

test('case does not matter, in any script', () => {
  assert.ok(like('ÉTÉ', 'été') && like('straße', 'STRAẞE') && like('привет', 'ПРИВЕТ'))
  assert.ok(like('ΟΔΟΣ', 'οδος') && like('οδοσ', 'ΟΔΟΣ') && like('ς*', 'ΣΑΣ'), 'sigma has two small forms')
})

test('matches are those of an equal regular expression', () => {
  const anyPattern = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '*'), maxLength: 6 })
  const anyCandidate = fc.string({ unit: fc.constantFrom('a', 'b', 'B', '\n'), maxLength: 8 })
  fc.assert(
    fc.property(anyPattern, anyCandidate, (pattern, text) => {
      const whole = pattern.includes('*') ? pattern : `*${pattern}*`
      assert.equal(like(pattern, text), new RegExp(`^${whole.replaceAll('*', '.*')}$`, 'is').test(text))
    }),
    { numRuns: 2000 },
  )
})
