import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { CodedError } from '../../lib/coded-error.ts'
import { maxScope, readScope, writeScope } from './syntax.ts'

const malformed = { code: 'scope-malformed' }

describe('a scope', () => {
  test('has a door, perhaps a target, a verb, perhaps fields and days', () => {
    assert.deepEqual(readScope('kinto:rw'), { name: 'kinto', verb: 'rw' })
    assert.deepEqual(readScope('kinto:blog/articles:r'), {
      name: 'kinto',
      target: 'blog/articles',
      verb: 'r',
    })
    assert.deepEqual(readScope('contacts:pick:r?fields=name,email,name&days=30'), {
      name: 'contacts',
      target: 'pick',
      verb: 'r',
      fields: ['email', 'name'],
      days: 30,
    })
    assert.deepEqual(readScope('push:send'), { name: 'push', verb: 'send' })
    assert.deepEqual(readScope('openid'), { name: 'openid' })
  })

  test('is written in one way', () => {
    for (const text of ['kinto:rw', 'openid', 'a:b%20c:r', 'a:b/c:r?fields=x,y&days=1', 'include:x'])
      assert.equal(writeScope(readScope(text)), text)
    assert.equal(writeScope(readScope('a:b:r?days=2&fields=y,x,y')), 'a:b:r?fields=x,y&days=2')
    for (const text of ['a:b%2Fc:r', 'a:%62:r', 'a:b%2fc:r', 'a:%:r', 'a:%ff:r'])
      assert.throws(() => readScope(text), malformed)
  })

  test('that is not written so is refused, and nothing of it is guessed', () => {
    const wrong = [
      '',
      ' ',
      ':',
      'a:',
      ':r',
      'a::r',
      'a:b:',
      'a:b:c:d',
      'A:r',
      'a:R',
      '-a:r',
      'a:r?',
      'a:r?days',
      'a:r?days=',
      'a:r?days=0',
      'a:r?days=-1',
      'a:r?days=01',
      'a:r?days=3651',
      'a:r?days=1e3',
      'a:r?days=1&days=2',
      'a:r?fields=',
      'a:r?fields=a,',
      'a:r?fields=a b',
      'a:r?other=1',
      'a:r?&',
      'a:b c:r',
      'a:b"c:r',
      'a:b\\c:r',
      'a:b\nc:r',
      'a:r\n',
      'openid?days=1',
      'é:r',
      `a:${'b'.repeat(129)}:r`,
      `${'a'.repeat(65)}:r`,
      `a:r?fields=${Array.from({ length: 21 }, (_, i) => `f${i}`).join(',')}`,
      'a'.repeat(maxScope + 1),
    ]
    for (const text of wrong) assert.throws(() => readScope(text), malformed, JSON.stringify(text))
  })

  test('of any text is refused, or read and written back as the same scope', () => {
    const part = fc.stringMatching(/^[a-z0-9/:?=&,%_~-]{0,40}$/)
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 300 }), part), (text) => {
        try {
          const once = writeScope(readScope(text))
          assert.deepEqual(readScope(once), readScope(text))
          assert.equal(writeScope(readScope(once)), once)
        } catch (error) {
          if (!(error instanceof CodedError) || error.code !== 'scope-malformed') throw error
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test('of any target is read back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 10 }), (target) => {
        if (!target.isWellFormed()) return
        assert.equal(readScope(writeScope({ name: 'a', target, verb: 'r' })).target, target)
      }),
    )
  })
})
