import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Grant } from '../accounts/index.ts'
import { grantedScopes } from './granted.ts'
import { registry } from './scenes.ts'

const now = 1_000

function grant(scopes: readonly string[], more: Partial<Grant> = {}): Grant {
  return {
    id: 'g',
    account: 'a',
    kind: 'app',
    door: '',
    label: 'App',
    created: 0,
    expires: null,
    lastUsed: null,
    suspended: false,
    version: 1,
    scopes: scopes.map((scope) => ({ scope, home: 1, path: 'boxes', bits: 1 })),
    ...more,
  }
}

const given = (held: Grant, ...asked: string[]) => grantedScopes(registry, held, asked, now)

test('what was allowed as it was asked is given so, and nothing beside it', () => {
  const held = grant(['boxes:red:rw', 'cards:r'], { data: { claims: ['openid', 'email'] } })
  assert.deepEqual(given(held, 'openid', 'boxes:red:rw'), ['openid', 'boxes:red:rw'])
  assert.deepEqual(given(held, 'boxes:blue:r', 'profile'), [])
})

test('what was answered with less is less', () => {
  const held = grant(['boxes:red:r'], {
    data: { answered: { 'boxes:pick:rw': 'boxes:red:r', 'cards:r': null } },
  })
  assert.deepEqual(given(held, 'boxes:pick:rw', 'cards:r'), ['boxes:red:r'])
})

test('what is held already by more is given by it', () => {
  assert.deepEqual(given(grant(['boxes:rw']), 'boxes:red:r', 'boxes:blue:rw'), ['boxes:rw'])
  assert.deepEqual(given(grant(['boxes:red:rw', 'boxes:blue:r']), 'boxes:pick:r'), [
    'boxes:red:rw',
    'boxes:blue:r',
  ])
  assert.deepEqual(given(grant(['boxes:red:r']), 'boxes:pick:rw'), [])
})

test('what is over, and what no door has any more, is not given', () => {
  const over = grant([], { scopes: [{ scope: 'boxes:r', home: 1, path: 'boxes', bits: 1, expires: now }] })
  assert.deepEqual(given(over, 'boxes:r'), [])
  assert.deepEqual(given(grant(['gone:red:r', 'boxes:r']), 'boxes:r'), ['boxes:r'])
})

test('a bundle is what is in it', () => {
  const held = grant(['boxes:red:rw'], {
    data: { claims: ['openid'], answered: { 'boxes:pick:rw': 'boxes:red:rw' } },
  })
  assert.deepEqual(given(held, 'include:starter'), ['openid', 'boxes:red:rw'])
})
