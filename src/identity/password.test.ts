import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPasswords } from './password.ts'

/** A hasher whose hashes end when they are told to. */
function held() {
  const ending: (() => void)[] = []
  const passwords = createPasswords({
    hash: async () => 'hash',
    verify: () => new Promise((resolve) => ending.push(() => resolve(true))),
  })
  return { passwords, ending }
}

const turns = () => new Promise((resolve) => setImmediate(resolve))

test('two hashes run at a time, sixty-four wait, more are refused', async () => {
  const { passwords, ending } = held()
  const all = Array.from({ length: 66 }, () => passwords.verify('h', 'p'))
  await turns()
  assert.equal(ending.length, 2)
  await assert.rejects(passwords.verify('h', 'p'), { code: 'busy', details: { retryAfter: 3 } })
  for (let done = 0; done < all.length; done++) {
    ending[done]!()
    await turns()
  }
  assert.deepEqual(new Set(await Promise.all(all)), new Set([true]))
})

test('whoever is known comes before strangers, and finds a place where they have filled theirs', async () => {
  const { passwords, ending } = held()
  const order: string[] = []
  const strangers = Array.from({ length: 66 }, () =>
    passwords.verify('h', 'p').then(() => order.push('stranger')),
  )
  const known = passwords.verify('h', 'p', 'first').then(() => order.push('known'))
  await turns()
  for (let done = 0; done < 67; done++) {
    ending[done]!()
    await turns()
  }
  await Promise.all([...strangers, known])
  assert.equal(order.indexOf('known'), 2)
})

test('without a hash the same work is done, and the answer is no', async () => {
  const { passwords, ending } = held()
  const answer = passwords.verify(undefined, 'p')
  await turns()
  assert.equal(ending.length, 1)
  ending[0]!()
  assert.equal(await answer, false)
})

test('statement 15: passwords are hashed with argon2id, at least 19 MiB and two passes', async () => {
  const passwords = createPasswords()
  const [, algorithm, , cost] = (await passwords.hash('a good and long one')).split('$')
  const { m, t } = Object.fromEntries(cost!.split(',').map((one) => one.split('=')))
  assert.equal(algorithm, 'argon2id')
  assert.ok(Number(m) >= 19_456 && Number(t) >= 2, cost)
})
