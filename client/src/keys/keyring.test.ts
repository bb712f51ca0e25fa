import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { random, toBase64url } from '../bytes/index.ts'
import { KeysError } from '../errors.ts'
import { mergeKeyrings, parseKeyring, syncKey } from './keyring.ts'
import type { CollectionKey, Keyring } from './types.ts'

const secret = () => toBase64url(random(32))
const keyring = (made: number, collections: Record<string, CollectionKey[]> = {}): Keyring => ({
  v: 1,
  identity: secret(),
  share: secret(),
  sync: { key: secret(), made },
  collections,
})

test('any value is a keyring or refused with a code', () => {
  const present = keyring(1)
  const near = fc.record({
    v: fc.constant(1),
    identity: fc.constant(present.identity),
    share: fc.constantFrom(present.share, 'AAAA', 1),
    sync: fc.oneof(fc.constant(present.sync), fc.anything()),
    syncBefore: fc.anything(),
    collections: fc.oneof(fc.dictionary(fc.string(), fc.anything()), fc.anything()),
  })
  fc.assert(
    fc.property(fc.oneof(near, fc.anything()), (value) => {
      try {
        parseKeyring(value)
      } catch (error) {
        assert.ok(error instanceof KeysError, String(error))
      }
    }),
  )
})

test('with the present Sync key kept, the old one is remembered', () => {
  const [old, present] = [keyring(10), keyring(20)]
  const merged = mergeKeyrings(old, present, { sync: 'present' })
  assert.deepEqual(merged.sync, present.sync)
  assert.deepEqual(merged.syncBefore, [old.sync])
  assert.deepEqual([merged.identity, merged.share], [present.identity, present.share])
})

test('with the old Sync key brought back, its id has a later time than both had', async () => {
  const [old, present] = [keyring(10), keyring(20)]
  const merged = mergeKeyrings(old, present, { sync: 'old', now: 5 })
  assert.deepEqual(merged.sync, { key: old.sync.key, made: 21 })
  assert.deepEqual(merged.syncBefore, [present.sync])
  const [was, is] = [await syncKey(old), await syncKey(merged)]
  assert.equal(is.k, was.k)
  assert.ok(is.kid.startsWith('21-'))
  assert.deepEqual(mergeKeyrings(old, present, { sync: 'old', now: 99 }).sync.made, 99)
})

test('merging twice changes nothing more', () => {
  const [old, present] = [keyring(10, { a: [{ number: 1, key: secret(), made: 1 }] }), keyring(20)]
  for (const sync of ['old', 'present'] as const) {
    const once = mergeKeyrings(old, present, { sync, now: 50 })
    assert.deepEqual(mergeKeyrings(old, once, { sync, now: 60 }), once)
  }
})

test('all keys of a collection are kept, those of the present first, even under the same number', () => {
  const key = (number: number, made: number) => ({ number, key: secret(), made })
  const [both, before, after, gone] = [key(1, 5), key(2, 6), key(2, 30), key(1, 7)]
  const old = keyring(10, { notes: [both, before], gone: [gone], ['__proto__']: [gone] })
  const present = keyring(20, { notes: [after, both] })
  const { collections } = mergeKeyrings(old, present, { sync: 'present' })
  assert.deepEqual(collections['notes'], [after, both, before])
  for (const id of ['gone', '__proto__']) {
    assert.deepEqual(Object.getOwnPropertyDescriptor(collections, id)?.value, [gone])
  }
})

test('members of a later version stay, and those that only the old keyring has come back', () => {
  const old = { ...keyring(10), kept: 'old', both: 'old' }
  const present = { ...keyring(20), both: 'present' }
  const merged = mergeKeyrings(old, present, { sync: 'present' })
  assert.deepEqual([merged['kept'], merged['both']], ['old', 'present'])
})
