import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyKey } from './arbitrary.ts'
import { parsePointer, printPointer } from './pointer.ts'

test('the examples of RFC 6901, section 5, are read', () => {
  const examples: [string, string[]][] = [
    ['', []],
    ['/foo', ['foo']],
    ['/foo/0', ['foo', '0']],
    ['/', ['']],
    ['/a~1b', ['a/b']],
    ['/m~0n', ['m~n']],
    ['/c%d', ['c%d']],
    ['/ ', [' ']],
    ['/~01', ['~1']],
  ]
  for (const [pointer, tokens] of examples) assert.deepEqual(parsePointer(pointer), tokens)
})

test('other text is no pointer', () => {
  for (const text of ['a', 'a/b', '#/a', '/~', '/~2', '/a~']) assert.equal(parsePointer(text), undefined)
})

test('what is printed is read back', () => {
  fc.assert(
    fc.property(fc.array(anyKey), (tokens) => assert.deepEqual(parsePointer(printPointer(tokens)), tokens)),
  )
})
