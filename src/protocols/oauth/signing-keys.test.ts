import assert from 'node:assert/strict'
import { test } from 'node:test'
import { storeUnderTest } from '../../../test/support/store.ts'
import { createSigningKeys, type Jwk } from './signing-keys.ts'

const day = 86_400_000
const kids = (keys: readonly Jwk[], algorithm: string) =>
  keys.filter(({ alg }) => alg === algorithm).map(({ kid }) => kid)

test('there is a key for each algorithm, sealed in the store, and it stays', async (t) => {
  const parts = await storeUnderTest(t)
  const keys = await createSigningKeys(parts).current()
  assert.deepEqual(
    keys.map(({ alg, kty, use }) => [alg, kty, use]),
    [
      ['RS256', 'RSA', 'sig'],
      ['ES256', 'EC', 'sig'],
    ],
  )
  assert.deepEqual(await createSigningKeys(parts).current(), keys)
  for (const row of await parts.store.rows('setting', {}))
    for (const { d = '' } of keys) assert.ok(!String(row['value']).includes(d))
})

test('processes that begin at one time have the same keys', async (t) => {
  const parts = await storeUnderTest(t)
  const [one, other, third] = await Promise.all([1, 2, 3].map(() => createSigningKeys(parts).current()))
  assert.deepEqual(one?.map(({ kid }) => kid).toSorted(), other?.map(({ kid }) => kid).toSorted())
  assert.deepEqual(third, other)
})

test('a new key is published before it signs, and an old one after it did', async (t) => {
  const parts = await storeUnderTest(t)
  const signing = createSigningKeys(parts)
  const [first] = kids(await signing.current(), 'ES256')
  parts.clock.tick(90 * day - 3_600_000)
  const announced = kids(await signing.current(), 'ES256')
  assert.equal(announced.length, 2)
  // The first of them signs.
  assert.equal(announced[0], first)
  parts.clock.tick(3_600_000)
  const next = kids(await signing.current(), 'ES256')
  assert.deepEqual(next, announced.toReversed())
  parts.clock.tick(90 * day)
  const third = kids(await signing.current(), 'ES256')
  assert.ok(!third.includes(first) && third.includes(next[0]))
})

test('after a long rest the key at hand signs until the new one is known', async (t) => {
  const parts = await storeUnderTest(t)
  const signing = createSigningKeys(parts)
  const [first] = kids(await signing.current(), 'RS256')
  parts.clock.tick(120 * day)
  assert.equal(kids(await signing.current(), 'RS256')[0], first)
  parts.clock.tick(3_600_000)
  assert.notEqual(kids(await signing.current(), 'RS256')[0], first)
})
