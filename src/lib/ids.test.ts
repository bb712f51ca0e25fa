import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newHomeId, newShortId, newUuid, randomBase32, randomToken } from './ids.ts'

const many = <T>(make: () => T) => Array.from({ length: 2000 }, make)

test('home ids are safe positive integers of up to 48 bits', () => {
  const ids = many(newHomeId)
  assert.ok(ids.every((id) => Number.isSafeInteger(id) && id > 0 && id < 2 ** 48))
  assert.ok(ids.some((id) => id > 2 ** 47) && ids.some((id) => id < 2 ** 47))
  assert.equal(new Set(ids).size, ids.length)
})

test('uuids are of version 4', () => {
  for (const id of many(newUuid))
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('short ids are eight letters and digits, all of them in use', () => {
  const ids = many(newShortId)
  for (const id of ids) assert.match(id, /^[a-zA-Z0-9]{8}$/)
  assert.equal(new Set(ids.join('')).size, 62)
})

test('tokens hold at least the bits asked for', () => {
  assert.match(randomToken(), /^[\w-]{43}$/)
  assert.match(randomToken(128), /^[\w-]{22}$/)
  assert.match(randomBase32(), /^[a-z2-7]{26}$/)
  assert.match(randomBase32(40), /^[a-z2-7]{8}$/)
  assert.equal(new Set(many(() => randomBase32(40)).join('')).size, 32)
})
