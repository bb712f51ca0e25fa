import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  accountPrincipal,
  authenticated,
  everyone,
  groupPrincipal,
  namePrincipal,
  parsePrincipal,
  vapidPrincipal,
} from './principals.ts'

test('every kind of principal is read as it was written', () => {
  assert.deepEqual(parsePrincipal(everyone), { kind: 'everyone' })
  assert.deepEqual(parsePrincipal(authenticated), { kind: 'authenticated' })
  assert.deepEqual(parsePrincipal(accountPrincipal('a1')), { kind: 'account', account: 'a1' })
  assert.deepEqual(parsePrincipal(groupPrincipal(12, 'kinto/groups/a:b')), {
    kind: 'group',
    home: 12,
    path: 'kinto/groups/a:b',
  })
  assert.deepEqual(parsePrincipal(vapidPrincipal('t')), { kind: 'vapid', thumbprint: 't' })
  assert.deepEqual(parsePrincipal(namePrincipal('account:x')), { kind: 'name', name: 'account:x' })
})

test('text that is no principal is refused', () => {
  const others = [
    '',
    'Everyone',
    'system.Everyone',
    'account',
    'account:',
    ':x',
    'group:x',
    'group:0:p',
    'group:1:',
    'name:',
  ]
  for (const text of others) assert.throws(() => parsePrincipal(text), { code: 'principal' }, text)
  assert.throws(() => parsePrincipal(namePrincipal('x'.repeat(1024))), { code: 'principal' })
})
