import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeToken, readToken, type TokenData, tokenSecret } from './tokenlib.ts'

const secret = tokenSecret(Buffer.from('TED KOPPEL IS A ROBOT'))
const data: TokenData = {
  uid: 7,
  node: 'https://essaim.example',
  expires: 2_000_000_000,
  fxa_uid: 'alice',
  fxa_kid: '0000000001234-qqo',
  hashed_fxa_uid: 'beef',
  essaim: { account: 'alice', grant: 'g' },
}

test('a token of Mozilla’s own library is read, and has the key that the library gives it', () => {
  const id =
    'eyJ1aWQiOiA0MiwgIm5vZGUiOiAiaHR0cDovL2xvY2FsaG9zdDo4MDAwIiwgImV4cGlyZXMiOiAyMDAwMDAwMDAwLCAic2FsdCI6ICJhYmNk' +
    'ZWYiLCAiZnhhX3VpZCI6ICJkZWNhZmJhZCIsICJmeGFfa2lkIjogIjAwMDAwMDAwMDEyMzQtcXFvIiwgImhhc2hlZF9meGFfdWlkIjogImJl' +
    'ZWYifZ7XcnWH0fbKr6RsGXWI6RhfTqM6uwb3zalN468D3aYh'
  const read = readToken([secret], id)
  assert.equal(read?.key, 'zT6ai-kLVfV95nSt9jNioHDSPGSUFVMK3FukwoUyVeI=')
  assert.deepEqual(read?.data, {
    uid: 42,
    node: 'http://localhost:8000',
    expires: 2_000_000_000,
    fxa_uid: 'decafbad',
    fxa_kid: '0000000001234-qqo',
    hashed_fxa_uid: 'beef',
  })
})

test('what is made is read under its secret, among others, and under no other', () => {
  const other = tokenSecret(Buffer.from('another'))
  const token = makeToken(secret, data)
  assert.deepEqual(readToken([other, secret], token.id), { data, key: token.key })
  assert.equal(readToken([other], token.id), undefined)
  assert.equal(readToken([], token.id), undefined)
  assert.notEqual(makeToken(secret, data).id, token.id)
})

test('a token that was changed anywhere, or written otherwise, is none', () => {
  const { id } = makeToken(secret, data)
  for (let at = 0; at < id.length; at += 7) {
    const other = id[at] === 'A' ? 'B' : 'A'
    assert.equal(readToken([secret], id.slice(0, at) + other + id.slice(at + 1)), undefined, String(at))
  }
  for (const text of ['', 'AAAA', id.replace(/=+$/, '') + '====', `${id} `, 'x'.repeat(5_000)])
    assert.equal(readToken([secret], text), undefined)
})

test('what a token says is looked at, though it is signed', () => {
  for (const wrong of [{ uid: 0 }, { uid: 1.5 }, { uid: '7' }, { expires: 'never' }])
    assert.equal(readToken([secret], makeToken(secret, { ...data, ...wrong } as never).id), undefined)
})
