import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkLogin, fold } from './login.ts'

test('a login is lower-case letters, digits, dots, underscores and dashes, and begins with a letter or digit', () => {
  for (const login of ['alice', 'a', '7of9', 'jean-luc.p_1', 'a'.repeat(64)]) checkLogin(login, null)
  const others = [
    '',
    '-a',
    '.a',
    '_a',
    'Alice',
    'a b',
    'é',
    'a@b',
    'a+b',
    'a/b',
    'a\n',
    'a\0',
    'a'.repeat(65),
  ]
  for (const login of others) assert.throws(() => checkLogin(login, null), { code: 'login-malformed' }, login)
})

test('the Kinto door accepts capitals, and the signs of addresses, for its own accounts', () => {
  for (const login of ['Alice', 'alice@example.org', 'a+b']) {
    checkLogin(login, 'kinto')
    assert.throws(() => checkLogin(login, 'sync'), { code: 'login-malformed' })
  }
  for (const login of ['+a', '@a', 'é', 'a b', 'a'.repeat(65)])
    assert.throws(() => checkLogin(login, 'kinto'), { code: 'login-malformed' }, login)
})

test('a door called like a property of every object widens nothing', () => {
  assert.throws(() => checkLogin('A', 'constructor'), { code: 'login-malformed' })
})

test('words that pass for the server or its operators are reserved in any case', () => {
  for (const login of ['admin', 'postmaster', 'api', 'everyone', 'essaim'])
    assert.throws(() => checkLogin(login, null), { code: 'login-reserved' }, login)
  assert.throws(() => checkLogin('Admin', 'kinto'), { code: 'login-reserved' })
  for (const login of ['user', 'alexis', 'testuser', 'administratrice']) checkLogin(login, null)
})

test('logins are the same when their lower case is', () => {
  assert.equal(fold('Alice+X@Example'), fold('aLICE+x@eXAMPLE'))
})
