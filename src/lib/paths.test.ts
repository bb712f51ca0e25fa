import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyText } from './json/arbitrary.ts'
import {
  ancestors,
  childPath,
  compareBytes,
  escapeSegment,
  isBelow,
  joinPath,
  parentPath,
  pathName,
  prefixRange,
  splitPath,
  unescapeSegment,
} from './paths.ts'

const anySegment = fc
  .oneof(fc.constantFrom('a', 'a0', 'a.', 'a/b', 'a%2Fb', '%', '%25', '%2', '/', '0'), anyText)
  .filter((segment) => segment !== '' && !segment.includes('\0'))
const anySegments = fc.array(anySegment, { maxLength: 4 })

test('percent signs and slashes in a segment are escaped, and nothing else', () => {
  assert.equal(escapeSegment('a/b%2Fc é?#'), 'a%2Fb%252Fc é?#')
  assert.equal(unescapeSegment('a%2Fb%252Fc é?#'), 'a/b%2Fc é?#')
  fc.assert(
    fc.property(anySegment, (segment) => assert.equal(unescapeSegment(escapeSegment(segment)), segment)),
  )
})

test('segments come back out of a path, whatever they hold', () => {
  fc.assert(
    fc.property(anySegments, (segments) => assert.deepEqual(splitPath(joinPath(...segments)), segments)),
  )
  assert.equal(joinPath(), '')
})

test('empty segments are refused', () => {
  assert.throws(() => joinPath('a', ''), RangeError)
  assert.throws(() => childPath('a', ''), RangeError)
})

test('a path is its parent and its name', () => {
  fc.assert(
    fc.property(anySegments, anySegment, (segments, name) => {
      const parent = joinPath(...segments)
      const path = childPath(parent, name)
      assert.equal(path, joinPath(...segments, name))
      assert.equal(parentPath(path), parent)
      assert.equal(pathName(path), name)
    }),
  )
  assert.equal(parentPath(''), undefined)
  assert.equal(pathName(''), '')
})

test('ancestors come nearest first and end with the home', () => {
  assert.deepEqual(ancestors('a/b/c'), ['a/b', 'a', ''])
  assert.deepEqual(ancestors('a'), [''])
  assert.deepEqual(ancestors(''), [])
  fc.assert(
    fc.property(anySegments, (segments) => {
      const above = segments.map((_, i) => joinPath(...segments.slice(0, i))).reverse()
      assert.deepEqual(ancestors(joinPath(...segments)), above)
    }),
  )
})

test('the range of a path holds what lies below it, and only that', () => {
  assert.deepEqual(prefixRange('a/b'), ['a/b/', 'a/b0'])
  assert.ok(isBelow('a/b', 'a') && !isBelow('a', 'a') && !isBelow('ab/c', 'a') && !isBelow('a0', 'a'))
  fc.assert(
    fc.property(anySegments, anySegments, (one, two) => {
      const [path, above] = [joinPath(...one, ...two), joinPath(...one)]
      for (const other of [path, joinPath(...two), above]) {
        const [from, to] = prefixRange(above)
        const inside = compareBytes(other, from) >= 0 && compareBytes(other, to) < 0
        assert.equal(inside, ancestors(other).includes(above))
        assert.equal(isBelow(other, above), inside)
      }
    }),
  )
})
