import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertPlainText, isPlainText } from './plain-text.ts'

test('NUL and lone surrogates are found, and nothing else', () => {
  for (const text of ['', 'a', 'é', '\u{1f600}', '\uffff', '\u0001']) {
    assert.equal(isPlainText(text), true)
    assert.doesNotThrow(() => assertPlainText(text))
  }
  assert.throws(() => assertPlainText('a\0b', 'record id'), { code: 'text-nul', message: /^record id / })
  for (const text of ['\ud83d', 'a\ude00', '\ude00\ud83d']) {
    assert.equal(isPlainText(text), false)
    assert.throws(() => assertPlainText(text), { code: 'text-surrogate' })
  }
  assert.equal(isPlainText('\0'), false)
})
