import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createThrottle } from './throttle.ts'

test('after twenty failures a login waits, and one is forgiven every thirty seconds', () => {
  const throttle = createThrottle()
  for (let i = 0; i < 20; i++) assert.equal(throttle.begin('alice', `a${i}`, 0), 0)
  assert.equal(throttle.begin('alice', 'other', 0), 30)
  assert.equal(throttle.begin('alice', 'other', 29_000), 1)
  assert.equal(throttle.begin('alice', 'other', 30_000), 0)
  assert.equal(throttle.begin('alice', 'other', 30_000), 30)
  assert.equal(throttle.begin('bob', 'other', 30_000), 0)
})

test('an address waits after a hundred failures, whatever the logins', () => {
  const throttle = createThrottle()
  for (let i = 0; i < 100; i++) assert.equal(throttle.begin(`u${i}`, 'one', 0), 0)
  assert.equal(throttle.begin('alice', 'one', 0), 5)
  assert.equal(throttle.begin('alice', 'two', 0), 0)
})

test('tries that were right, or that nobody looked at, do not count', () => {
  const throttle = createThrottle()
  for (let i = 0; i < 200; i++) {
    assert.equal(throttle.begin('alice', 'one', 0), 0)
    throttle.right('alice', 'one', 0)
    assert.equal(throttle.begin('bob', 'one', 0), 0)
    throttle.unseen('bob', 'one', 0)
  }
})

test('many tries at one time are counted before any has failed', () => {
  const throttle = createThrottle()
  const waits = Array.from({ length: 40 }, () => throttle.begin('alice', 'one', 0))
  assert.equal(waits.filter((wait) => wait === 0).length, 20)
})

test('nobody is kept out of her account by failures elsewhere, where she has known the password', () => {
  const throttle = createThrottle()
  throttle.begin('alice', 'home', 0)
  throttle.right('alice', 'home', 0)
  for (let i = 0; i < 50; i++) throttle.begin('alice', `a${i}`, 0)
  assert.ok(throttle.begin('alice', 'elsewhere', 0) > 0)
  assert.equal(throttle.begin('alice', 'home', 0), 0)
})

test('an address that has known one password guesses no faster from then on', () => {
  const throttle = createThrottle()
  throttle.begin('alice', 'home', 0)
  throttle.right('alice', 'home', 0)
  const waits = Array.from({ length: 40 }, () => throttle.begin('alice', 'home', 0))
  assert.equal(waits.filter((wait) => wait === 0).length, 20)
})

test('generosity multiplies what may fail', () => {
  const throttle = createThrottle(3)
  for (let i = 0; i < 60; i++) assert.equal(throttle.begin('alice', 'one', 0), 0)
  assert.ok(throttle.begin('alice', 'one', 0) > 0)
})

test('a known browser is counted by itself, whatever fails from the same address or for the same login', () => {
  const throttle = createThrottle()
  for (let i = 0; i < 1_000; i++) {
    throttle.begin('alice', 'proxy', 0)
    throttle.begin(`u${i}`, 'proxy', 0)
    throttle.begin('alice', `a${i}`, 0)
  }
  assert.ok(throttle.begin('alice', 'proxy', 0) > 0)
  assert.equal(throttle.begin('alice', 'proxy', 0, 'hers'), 0)
  throttle.right('alice', 'proxy', 0, 'hers')
})

test('a known browser guesses no faster than a stranger, and of its own account alone', () => {
  const throttle = createThrottle()
  const waits = Array.from({ length: 40 }, () => throttle.begin('alice', 'home', 0, 'hers'))
  assert.equal(waits.filter((wait) => wait === 0).length, 20)
  assert.equal(throttle.begin('bob', 'home', 0, 'hers'), 0)
  assert.equal(throttle.begin('alice', 'home', 0), 0)
})

test('questions of strangers are counted for each address', () => {
  const throttle = createThrottle()
  const waits = Array.from({ length: 200 }, () => throttle.ask('one', 0))
  assert.equal(waits.filter((wait) => wait === 0).length, 120)
  assert.equal(throttle.ask('one', 0), 1)
  assert.equal(throttle.ask('one', 1_000), 0)
  assert.equal(throttle.ask('two', 0), 0)
})
