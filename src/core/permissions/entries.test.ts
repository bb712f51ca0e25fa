import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AccessRow } from '../ports.ts'
import { ADMIN, CREATE, KINTO_READ, KINTO_WRITE, READ } from './bits.ts'
import { accessChanges, given, ownership, ownershipOf } from './entries.ts'

const row = (path: string, principal: string, bits: number, more: Partial<AccessRow> = {}): AccessRow => ({
  home: 1,
  path,
  principal,
  source: given,
  bits,
  expires: null,
  seq: 1,
  ...more,
})
const change = (path: string, principal: string, bits: number, source = given) => ({
  kind: 'access' as const,
  home: 1,
  path,
  principal,
  source,
  bits,
  expires: null,
})
const object = ['kinto', 'kinto/collections']

test('only what differs is changed: new entries, other bits, entries that are wanted no more', () => {
  const present = [
    row('kinto', 'a', KINTO_READ),
    row('kinto', 'b', KINTO_READ),
    row('kinto', 'c', KINTO_WRITE),
  ]
  const wanted = [
    { path: 'kinto', principal: 'a', bits: KINTO_READ },
    { path: 'kinto', principal: 'b', bits: KINTO_WRITE },
    { path: 'kinto/collections', principal: 'd', bits: CREATE },
  ]
  assert.deepEqual(accessChanges(1, present, object, wanted), [
    change('kinto', 'b', KINTO_WRITE),
    change('kinto/collections', 'd', CREATE),
    change('kinto', 'c', 0),
  ])
})

test('bits that are wanted twice for one principal are joined', () => {
  const wanted = [
    { path: 'kinto', principal: 'a', bits: KINTO_READ },
    { path: 'kinto', principal: 'a', bits: KINTO_WRITE },
  ]
  assert.deepEqual(accessChanges(1, [], object, wanted), [change('kinto', 'a', KINTO_READ | KINTO_WRITE)])
})

test('entries of other sources, at other paths, or removed before are left alone', () => {
  const present = [
    row('kinto', 'a', READ, { source: 'link' }),
    row('kinto/groups', 'a', READ),
    row('kinto', 'b', 0),
  ]
  assert.deepEqual(accessChanges(1, present, object, []), [])
})

test('an expiry that moves is a change', () => {
  const present = [row('kinto', 'a', READ, { expires: 10 })]
  const wanted = { path: 'kinto', principal: 'a', bits: READ }
  assert.deepEqual(accessChanges(1, present, object, [{ ...wanted, expires: 10 }]), [])
  assert.deepEqual(accessChanges(1, present, object, [wanted]), [change('kinto', 'a', READ)])
})

test('ownership of what contains others is an entry with a source of its own', () => {
  const wanted = [ownershipOf('kinto', 'account:a')]
  assert.deepEqual(accessChanges(1, [row('kinto', 'account:a', READ)], ['kinto'], wanted, ownership), [
    change('kinto', 'account:a', ADMIN, ownership),
  ])
})
