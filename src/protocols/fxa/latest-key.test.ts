import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CodedError } from '../../lib/coded-error.ts'
import { readKeyId, withKey } from './latest-key.ts'

const kid = (time: number | string, fill: string) => `${time}-${Buffer.alloc(16, fill).toString('base64url')}`
const state = (fill: string) => Buffer.alloc(16, fill).toString('hex')

const person = (generation = 0, clientState = '') => {
  const row = {
    uid: 'a',
    generation,
    client_state: clientState,
    verifier: 'v',
    sealed: 's',
    password_made: 1,
    password_used: 2,
  }
  return { uid: 'a', account: 'alice', home: 1, generation, clientState, row }
}

const refused = (code: string) => (error: unknown) => error instanceof CodedError && error.code === code

test('the first key is noted with its time', () => {
  const { generation, client_state: told } = withKey(person(), kid(1_000, 'x'))
  assert.deepEqual([generation, told], [1_000, state('x')])
})

test('a later key takes the place of the one before, and the generated password goes', () => {
  const row = withKey(person(1_000, state('x')), kid(1_001, 'y'))
  assert.deepEqual([row['generation'], row['client_state']], [1_001, state('y')])
  assert.deepEqual([row['verifier'], row['sealed'], row['password_made']], [null, null, null])
})

test('the same key keeps the password, also with a later time', () => {
  for (const time of [1_000, 1_001]) {
    const row = withKey(person(1_000, state('x')), kid(time, 'x'))
    assert.deepEqual([row['generation'], row['verifier']], [time, 'v'])
  }
})

test('an earlier key is refused, and another one of the same time', () => {
  const present = person(1_000, state('x'))
  for (const wrong of [kid(999, 'x'), kid(999, 'y'), kid(1_000, 'y')])
    assert.throws(() => withKey(present, wrong), refused('keys-older'), wrong)
})

test('what is no id of a key is refused', () => {
  for (const wrong of [
    '',
    kid(0, 'x'),
    kid('01', 'x'),
    `1000-${'A'.repeat(21)}B`,
    `1000-${'A'.repeat(21)}`,
  ]) {
    assert.equal(readKeyId(wrong), undefined, wrong)
    assert.throws(() => withKey(person(), wrong), refused('malformed'))
  }
})
