import assert from 'node:assert/strict'
import { test } from 'node:test'
import { membershipChanges } from './subjects.ts'

test('a group gets and loses the members that differ, each once', () => {
  const row = (principal: string) => ({ principal, group_principal: 'group:1:g' })
  assert.deepEqual(membershipChanges('group:1:g', ['a', 'b'], ['b', 'c', 'c']), [
    { kind: 'row', table: 'membership', put: row('c') },
    { kind: 'row', table: 'membership', remove: row('a') },
  ])
  assert.deepEqual(membershipChanges('group:1:g', ['a'], ['a']), [])
})
