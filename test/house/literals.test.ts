import assert from 'node:assert/strict'
import { test } from 'node:test'
import { literalsOf } from './literals.ts'

const texts = (source: string) => literalsOf(source).map(({ text }) => text)

test('finds strings of each kind with their lines', () => {
  assert.deepEqual(literalsOf('a(\'one\')\nb("two")\n\nc(`three`)'), [
    { text: 'one', line: 1 },
    { text: 'two', line: 2 },
    { text: 'three', line: 4 },
  ])
})

test('what is computed becomes a placeholder, and strings within it are found too', () => {
  assert.deepEqual(texts('x(`a ${f({ b: "c" })} d ${`e${g}`}`)'), ['a … d …', 'c', 'e…'])
})

test('parts of a sum are one string', () => {
  assert.deepEqual(texts("x = 'a ' +\n  'b' + c + `d`; y = 'e'"), ['a b…d', 'e'])
  assert.deepEqual(texts("x = 'a' + (b ? 'c' : 'd')"), ['a…c', 'd'])
  assert.deepEqual(texts("x = 'a ' + `b ${c ? 'd' : 'e'}` + 'f'"), ['a b …f', 'd', 'e'])
  assert.deepEqual(texts("x = ['a', 'b']"), ['a', 'b'])
})

test('comments and regular expressions hold no strings', () => {
  assert.deepEqual(texts("// don't\nf('a') /* it's\n 'x' */\nx = /['\"/]\\/'/g.test('b')"), ['a', 'b'])
  assert.deepEqual(texts("x = a / b; y = 'c' // d / 'e'"), ['c'])
})

test('escapes are undone and line ends are space', () => {
  assert.deepEqual(texts(String.raw`x('it\'s\n"so"')`), ['it\'s "so"'])
})
