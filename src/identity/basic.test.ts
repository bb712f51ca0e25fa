import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createBasic, parseBasic } from './basic.ts'
import { createPasswords } from './password.ts'
import type { Hasher } from './password.ts'
import { createThrottle } from './throttle.ts'

/** A hasher that is quick and counts. */
function countingHasher() {
  const calls = { hash: 0, verify: 0 }
  const hasher: Hasher = {
    async hash(password, { memory, passes, lanes }) {
      calls.hash++
      return `$argon2id$v=19$m=${memory},t=${passes},p=${lanes}$${password}`
    },
    async verify(hash, password) {
      calls.verify++
      return hash.split('$').at(-1) === password
    },
  }
  return { calls, hasher }
}

const header = (login: string, password: string) =>
  `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`

type Parts = Parameters<typeof createBasic>[0]
type AnyAccount = Awaited<ReturnType<Parts['accounts']['byLogin']>> & object

/** Accounts as far as Basic needs them, in memory. */
function scene() {
  const { calls, hasher } = countingHasher()
  let version = 1
  let now = 1_000_000
  const account = (login: string, state = 'active') =>
    ({ id: `id-${login}`, login, folded: login, role: 'person', state, home: 1 }) as unknown as AnyAccount
  const people = new Map([
    ['alice', account('alice')],
    ['sue', account('sue', 'suspended')],
    ['app-only', account('app-only')],
  ])
  const direct = new Map<string, { version: number; hash: string }>()
  for (const login of ['alice', 'sue'])
    direct.set(`id-${login}`, { version: 1, hash: '$argon2id$v=19$m=19456,t=2,p=1$right' })
  const accounts = {
    byLogin: async (login: string) => people.get(login),
    byId: async (id: string) => people.get(id.slice(3)),
    direct: async (id: string) => {
      const found = direct.get(id)
      return (
        found && {
          id,
          account: id,
          data: { hash: found.hash },
          version: found.version,
          created: 0,
          lastUsed: null,
        }
      )
    },
    subject: async (who: { id: string }) => ({ principals: ['everyone', `account:${who.id}`], key: who.id }),
    appPassword: async () => undefined,
    rehashed: async (credential: { account: string }, hash: string) => {
      direct.set(credential.account, { version: 1, hash })
    },
  } as unknown as Parts['accounts']
  const basic = createBasic({
    door: 'kinto',
    direct: true,
    accounts,
    passwords: createPasswords(hasher),
    throttle: createThrottle(),
    store: { version: () => version },
    clock: { now: () => now },
  })
  return {
    basic,
    calls,
    people,
    direct,
    moved: () => void version++,
    later: (ms: number) => void (now += ms),
  }
}

test('the right password is known; a verified pair costs no hash for thirty seconds', async () => {
  const { basic, calls, later } = scene()
  const sent = header('alice', 'right')
  assert.equal(basic.cached(sent), undefined)
  assert.equal((await basic.verify(sent, 'a')).kind, 'known')
  assert.equal(basic.cached(sent)?.account.login, 'alice')
  later(29_000)
  assert.ok(basic.cached(sent))
  assert.equal((await basic.verify(sent, 'a')).kind, 'known')
  assert.equal(calls.verify, 1)
  later(1_001)
  assert.equal(basic.cached(sent), undefined)
  await basic.verify(sent, 'a')
  assert.equal(calls.verify, 2)
})

test('unknown login, wrong password, no password and suspended account cost the same one hash (statement 16)', async () => {
  for (const [login, password, kind] of [
    ['nobody', 'right', 'nobody'],
    ['alice', 'wrong', 'wrong'],
    ['sue', 'right', 'wrong'],
    ['sue', 'wrong', 'wrong'],
    ['app-only', 'right', 'wrong'],
  ] as const) {
    const { basic, calls } = scene()
    assert.equal((await basic.verify(header(login, password), 'a')).kind, kind, login)
    assert.deepEqual(calls, { hash: 0, verify: 1 }, login)
  }
})

test('a changed password ends its verified pairs at once, other changes do not', async () => {
  const { basic, calls, direct, moved, people } = scene()
  const sent = header('alice', 'right')
  await basic.verify(sent, 'a')
  moved()
  assert.equal(basic.cached(sent), undefined, 'what moved is looked at again')
  assert.equal((await basic.verify(sent, 'a')).kind, 'known')
  assert.equal(calls.verify, 1, 'by its row, not by a hash')
  direct.set('id-alice', { version: 2, hash: '$argon2id$v=19$m=19456,t=2,p=1$new' })
  moved()
  assert.equal((await basic.verify(sent, 'a')).kind, 'wrong')
  assert.equal((await basic.verify(header('alice', 'new'), 'a')).kind, 'known')
  people.set('alice', { ...people.get('alice')!, state: 'suspended' })
  moved()
  assert.equal((await basic.verify(header('alice', 'new'), 'a')).kind, 'wrong')
})

test('a hash of old parameters is renewed when its password comes', async () => {
  const { basic, direct } = scene()
  direct.set('id-alice', { version: 1, hash: '$argon2id$v=19$m=9000,t=1,p=1$right' })
  await basic.verify(header('alice', 'right'), 'a')
  assert.match(direct.get('id-alice')!.hash, /m=19456,t=2,p=1/)
})

test('guessing is slowed down for the login and for the address, and forgiven with time', async () => {
  const { basic, calls, later } = scene()
  for (let i = 0; i < 20; i++) await basic.verify(header('alice', `wrong${i}`), `address${i}`)
  await assert.rejects(basic.verify(header('alice', 'right'), 'other'), { code: 'throttled' })
  assert.equal(calls.verify, 20, 'a refused try is not looked at')
  later(30_000)
  assert.equal((await basic.verify(header('alice', 'right'), 'other')).kind, 'known')
  for (let i = 0; i < 100; i++) await basic.verify(header(`nobody${i}`, 'x'), 'one')
  await assert.rejects(basic.verify(header('alice2', 'right'), 'one'), { code: 'throttled' })
})

test('more hashes than may wait are refused and told when to come again', async () => {
  let release = () => {}
  const gate = new Promise<void>((resolve) => (release = resolve))
  const passwords = createPasswords({ hash: async () => '', verify: () => gate.then(() => true) })
  const all = Array.from({ length: 70 }, () => passwords.verify('x', 'y'))
  const refused = await Promise.race([Promise.allSettled(all.slice(66)), gate])
  release()
  for (const one of refused as PromiseSettledResult<boolean>[]) {
    assert.equal(one.status, 'rejected')
    assert.deepEqual((one as PromiseRejectedResult).reason.details, { retryAfter: 3 })
  }
  for (const one of await Promise.allSettled(all.slice(0, 66))) assert.equal(one.status, 'fulfilled')
})

test('headers that are no Basic are told apart from wrong ones', () => {
  assert.deepEqual(parseBasic(header('a', 'b:c')), { login: 'a', password: 'b:c' })
  assert.deepEqual(parseBasic(header('é', '')), { login: 'é', password: '' })
  for (const bad of [
    '',
    'Basic',
    'Basic !!!',
    'Bearer abc',
    `Basic ${Buffer.from('no colon').toString('base64')}`,
  ])
    assert.equal(parseBasic(bad), undefined, bad)
  assert.equal(parseBasic(header('a\0', 'b')), undefined)
})
