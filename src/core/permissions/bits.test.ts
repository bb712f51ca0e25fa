import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  ADMIN,
  ALL,
  bitNames,
  CREATE,
  has,
  imply,
  inherited,
  LIST,
  PRESENCE,
  READ,
  SEND,
  WRITE,
} from './bits.ts'

test('writing implies reading, listing and creating, and nothing else', () => {
  assert.equal(imply(WRITE), WRITE | READ | LIST | CREATE)
  assert.equal(has(imply(WRITE), ADMIN), false)
})

test('administering implies everything', () => {
  assert.equal(imply(ADMIN), ALL)
})

test('the other rights imply nothing', () => {
  for (const bit of [READ, LIST, CREATE, SEND, PRESENCE]) assert.equal(imply(bit), bit)
  assert.equal(imply(0), 0)
})

test('only an explicit right to create stays where it stands', () => {
  assert.equal(inherited(CREATE | READ), READ)
  assert.equal(imply(inherited(WRITE | CREATE)) & CREATE, CREATE)
})

test('marks beside the bits are not taken for rights', () => {
  assert.equal(imply(READ | (1 << 16)), READ)
})

test('bits are named for people', () => {
  assert.deepEqual(bitNames(READ | WRITE | PRESENCE), ['read', 'write', 'see presence'])
})
