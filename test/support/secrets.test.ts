import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertNowhere, formsOf } from './secrets.ts'

test('a secret is found in every form that it may be kept in', () => {
  const token = Buffer.from('thirty-two bytes of some secret!').toString('base64url')
  const raw = Buffer.from(token, 'base64url')
  for (const form of [
    token,
    Buffer.from(token).toString('base64'),
    Buffer.from(token).toString('hex'),
    raw.toString('hex'),
    raw.toString('hex').toUpperCase(),
    raw.toString('base64'),
    Buffer.from(`alice:${token}`).toString('base64url'),
    'with it a word: '.concat(token),
  ]) {
    const kept = new Map([['a file', Buffer.from(`before ${form} after`)]])
    assert.throws(() => assertNowhere([['a token', token]], kept, ['alice']), /a token is in a file/)
  }
  assertNowhere([['a token', token]], new Map([['a file', Buffer.from('nothing of the kind')]]))
  const words = 'two words'
  assert.ok(formsOf(words).includes(encodeURIComponent(words)))
})
