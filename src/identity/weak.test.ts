import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commonPasswords } from './common-passwords.ts'
import { checkPassword } from './weak.ts'

test('a password of less than eight characters is too short, whatever they are', () => {
  assert.match(checkPassword('a8$Kq2!') ?? '', /shorter/)
  assert.match(checkPassword('🐝🐝🐝🐝') ?? '', /shorter/, 'four characters in eight units')
  assert.equal(checkPassword('a8$Kq2!x'), undefined)
})

test('what people choose most is refused in any case of its letters', () => {
  for (const password of [
    'password',
    'PassWord1',
    'qwertyuiop',
    'motdepasse',
    'iloveyou',
    'Superman',
    'trustno1',
  ])
    assert.match(checkPassword(password) ?? '', /guessed/, password)
})

test('dates, repetitions and slides along the keys are refused', () => {
  for (const password of [
    '24121998',
    '0612345678',
    'aaaaaaaa',
    'abababab',
    'cdefghij',
    'poiuytre',
    'AZERTYUI',
  ])
    assert.match(checkPassword(password) ?? '', /guessed/, password)
})

test('the login is no password, also backwards or with a few signs behind', () => {
  for (const password of ['alexandra', 'Alexandra12', 'ardnaxela!'])
    assert.match(checkPassword(password, 'alexandra') ?? '', /login/, password)
  assert.equal(checkPassword('alexandra-in-rome', 'alexandra'), undefined)
  assert.match(checkPassword('alice@example.org', 'alice@example.org') ?? '', /login/)
})

test('phrases and random words are accepted, up to 1 KiB', () => {
  for (const password of [
    'four bees left the hive',
    'pas très original',
    'x7Kq-2mPa',
    'é'.repeat(4) + 'abcd',
  ])
    assert.equal(checkPassword(password), undefined, password)
  assert.equal(checkPassword('ab cd '.repeat(170)), undefined)
  assert.match(checkPassword('ab cd '.repeat(171)) ?? '', /longer/)
})

test('the list has at least 3,000 passwords that the other rules let through, in lower case, each once', () => {
  const words = commonPasswords.trim().split(/\s+/)
  assert.equal(new Set(words).size, words.length)
  for (const word of words) assert.equal(word, word.toLowerCase())
  assert.ok(words.filter((word) => word.length >= 8 && !/^\d+$/.test(word)).length >= 3000)
})
