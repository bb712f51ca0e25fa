import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isCallable } from './fetch.ts'
import { cleanHint, cleanLabel, hintOf, labelOf, memberOf, subjectOf } from './names.ts'
import { issuerOf } from './oauth2.ts'
import type { OAuth2Provider } from './types.ts'

test('a subject is a text or a whole number that can be told from its neighbours', () => {
  assert.equal(subjectOf('abc'), 'abc')
  assert.equal(subjectOf(42), '42')
  assert.equal(subjectOf('x'.repeat(255)).length, 255)
  for (const value of ['', null, undefined, {}, ['a'], true, 1.5, 2 ** 53, Number.NaN, 'x'.repeat(256)])
    assert.throws(() => subjectOf(value), { code: 'provider-answer' })
})

test('members are found by their own names alone', () => {
  assert.equal(memberOf({ data: { id: '7' } }, 'data.id'), '7')
  assert.equal(memberOf({ id: 7 }, 'id'), 7)
  for (const path of ['constructor', '__proto__', 'toString.name', 'data.id.length', 'data.x'])
    assert.equal(memberOf({ data: { id: '7' } }, path), undefined, path)
  assert.equal(memberOf(null, 'id'), undefined)
  assert.equal(memberOf('text', 'length'), undefined)
})

test('labels hide and turn around nothing', () => {
  assert.equal(cleanLabel(' Ol\u202ega\u0000\u200b '), 'Olga')
  assert.equal(cleanLabel('x'.repeat(500)).length, 100)
  assert.equal(cleanLabel({ toString: () => 'x' }), '')
  assert.equal(labelOf({ name: 'Olga E.', preferred_username: '\u200b' }), 'Olga E.')
  assert.equal(labelOf({}), '')
})

test('a hint is a login that could be had', () => {
  assert.equal(cleanHint('._Olga Évans!'), 'olgavans')
  assert.equal(cleanHint('---'), '')
  assert.equal(hintOf({ nickname: 'Olga' }), 'olga')
  assert.equal(hintOf({ email: 'olga@example.org', name: 'Olga' }), '', 'no address, no full name')
})

test('calls go by https, or to this machine', () => {
  for (const good of ['https://a.example/x?y', 'http://127.0.0.1:1/', 'http://localhost:1', 'http://[::1]:1'])
    assert.equal(isCallable(good), true, good)
  for (const bad of [
    'http://a.example',
    'http://127.0.0.1.evil.example',
    'http://10.0.0.1',
    'https://u:p@a.example',
    'ftp://a.example',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'x',
    '',
  ])
    assert.equal(isCallable(bad), false, bad)
})

test('whoever is believed, or in what, is part of the issuer', () => {
  const provider: OAuth2Provider = {
    kind: 'oauth2',
    id: 'hub',
    name: 'Hub',
    preset: null,
    clientId: 'c',
    secret: null,
    scopes: '',
    authorize: 'https://hub.example/authorize',
    token: 'https://hub.example/token',
    profile: 'https://api.hub.example/v1/user',
    idField: 'id',
    nameField: null,
    tokenAuth: 'none',
    pkce: true,
    issuer: null,
  }
  const issuer = issuerOf(provider)
  assert.equal(issuer, 'https://hub.example https://api.hub.example hub:id')
  assert.equal(issuerOf({ ...provider, profile: 'https://api.hub.example/v2/user', name: 'H' }), issuer)
  for (const change of [
    { id: 'hub2' },
    { idField: 'login' },
    { profile: 'https://evil.example/user' },
    { token: 'https://evil.example/token' },
    { authorize: 'https://evil.example/authorize' },
  ])
    assert.notEqual(issuerOf({ ...provider, ...change }), issuer, JSON.stringify(change))
})
