import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keyedHash, secretsEqual, sha256, sha256Base64url, sha256Hex } from './hash.ts'

test('SHA-256 has its published value in every form', () => {
  const hex = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
  assert.equal(sha256Hex('abc'), hex)
  assert.equal(sha256Hex(Buffer.from('abc')), hex)
  assert.equal(sha256('abc').toString('hex'), hex)
  assert.equal(sha256Base64url('abc'), Buffer.from(hex, 'hex').toString('base64url'))
})

test('a keyed hash is HMAC-SHA-256 as in RFC 4231', () => {
  const mac = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'
  assert.equal(
    keyedHash(Buffer.from('Jefe'), 'what do ya want for nothing?'),
    Buffer.from(mac, 'hex').toString('base64url'),
  )
})

test('secrets are equal when their bytes are, of whatever length', () => {
  assert.equal(secretsEqual('secret', Buffer.from('secret')), true)
  assert.equal(secretsEqual('', ''), true)
  for (const other of ['Secret', 'secre', 'secret ', '']) assert.equal(secretsEqual('secret', other), false)
})
