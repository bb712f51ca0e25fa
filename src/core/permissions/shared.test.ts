import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { commitStep } from '../records/index.ts'
import { type Bits, CREATE, KINTO_READ, KINTO_WRITE, READ, WRITE } from './bits.ts'
import { createPermissions } from './permissions.ts'
import { readableFields } from './shared.ts'
import { storeInMemory } from './store-in-memory.ts'
import { anonymous, createSubject } from './subject.ts'
import type { Scope, SubjectGrant } from './types.ts'

const time = { now: 1000 }
const clock = { now: () => time.now }
const person = (id: string) => ({ id, login: id, home: 1, role: 'person' })
const alice = createSubject(person('alice'))
const bob = createSubject(person('bob'), ['group:7:g'])
const grant = (...scopes: Scope[]): SubjectGrant => ({ id: 'g', version: 1, label: 'App', scopes })
const list = 'kinto/collections'

async function setup(...homes: number[]) {
  const store = storeInMemory(clock)
  for (const home of homes) {
    const input = { kind: 'space', owner: 'account:alice', payer: null } as const
    await commitStep(store, { changes: [{ kind: 'create-home', home, input }] })
  }
  const allow = (home: number, path: string, principal: string, bits: Bits, expires: number | null = null) =>
    commitStep(store, {
      changes: [{ kind: 'access', home, path, principal, source: 'given', bits, expires }],
    })
  return { store, allow, permissions: createPermissions({ store, clock }) }
}

describe('what of a list may be read', () => {
  test('all with the right to list, nothing of a home that is not there', async () => {
    const { permissions, allow } = await setup(7)
    assert.deepEqual(await permissions.readable(alice, 7, list), { kind: 'all' })
    assert.deepEqual(await permissions.readable(alice, 8, list), { kind: 'none' })
    await allow(7, list, 'account:bob', KINTO_READ)
    assert.deepEqual(await permissions.readable(bob, 7, list), { kind: 'all' })
    assert.deepEqual(await permissions.readable(bob, 7, list, WRITE), {
      kind: 'some',
      ids: [],
      owner: 'account:bob',
    })
  })

  test('else what is shared one by one, by any principal, and what she owns', async () => {
    const { permissions, allow } = await setup(7)
    await allow(7, `${list}/b`, 'account:bob', KINTO_READ)
    await allow(7, `${list}/a`, 'group:7:g', KINTO_WRITE)
    await allow(7, `${list}/c`, 'everyone', READ)
    await allow(7, `${list}/not`, 'account:eve', READ)
    await allow(7, `${list}/create`, 'account:bob', CREATE)
    await allow(7, `${list}/deep/records/r`, 'account:bob', READ)
    await allow(7, 'kinto/groups/g', 'account:bob', READ)
    const owner = 'account:bob'
    assert.deepEqual(await permissions.readable(bob, 7, list), { kind: 'some', ids: ['a', 'b', 'c'], owner })
    assert.deepEqual(await permissions.readable(bob, 7, list, WRITE), { kind: 'some', ids: ['a'], owner })
    assert.deepEqual(await permissions.readable(anonymous, 7, list), {
      kind: 'some',
      ids: ['c'],
      owner: null,
    })
    assert.deepEqual(await permissions.readable(anonymous, 7, 'kinto/groups'), { kind: 'none' })
  })

  test('the right to read single items without listing does not open the list', async () => {
    const { permissions, allow } = await setup(7)
    await allow(7, list, 'everyone', READ)
    assert.deepEqual(await permissions.readable(anonymous, 7, list), { kind: 'none' })
  })

  test('ids are given as they are, not as they stand in paths, and in the order of bytes', async () => {
    const { permissions, allow } = await setup(7)
    await allow(7, `${list}/a%2Fb%25`, 'everyone', READ)
    await allow(7, `${list}/B`, 'everyone', READ)
    assert.deepEqual(await permissions.readable(anonymous, 7, list), {
      kind: 'some',
      ids: ['B', 'a/b%'],
      owner: null,
    })
  })

  test('what was shared until a moment is not listed from then on', async () => {
    const { permissions, allow } = await setup(7)
    await allow(7, `${list}/a`, 'everyone', READ, time.now + 5)
    assert.deepEqual(await permissions.readable(anonymous, 7, list), {
      kind: 'some',
      ids: ['a'],
      owner: null,
    })
    time.now += 5
    assert.deepEqual(await permissions.readable(anonymous, 7, list), { kind: 'none' })
  })

  test('an app that was allowed single items lists these alone', async () => {
    const { permissions } = await setup(7)
    const app = createSubject(
      person('alice'),
      [],
      grant({ home: 7, path: `${list}/a`, bits: READ }, { home: 7, path: `${list}/b/records/r`, bits: READ }),
    )
    assert.deepEqual(await permissions.readable(app, 7, list), { kind: 'some', ids: ['a'], owner: null })
  })

  test('an app sees no more of what is shared with its person than its grant says', async () => {
    const { permissions, allow } = await setup(7)
    await allow(7, `${list}/a`, 'account:bob', KINTO_WRITE)
    await allow(7, `${list}/b`, 'account:bob', KINTO_WRITE)
    const some = createSubject(person('bob'), [], grant({ home: 0, path: `${list}/b`, bits: READ }))
    assert.deepEqual(await permissions.readable(some, 7, list), { kind: 'some', ids: ['b'], owner: null })
    const all = createSubject(person('bob'), [], grant({ home: 0, path: 'kinto', bits: READ }))
    assert.deepEqual(await permissions.readable(all, 7, list), {
      kind: 'some',
      ids: ['a', 'b'],
      owner: 'account:bob',
    })
    assert.deepEqual(await permissions.readable(all, 7, list, WRITE), { kind: 'none' })
  })

  test('items with much shared inside do not hide those behind them', async () => {
    const { permissions, allow } = await setup(7)
    for (let i = 0; i < 1500; i++) await allow(7, `${list}/a/records/${i}`, 'everyone', READ)
    await allow(7, `${list}/b`, 'everyone', READ)
    assert.deepEqual(await permissions.readable(anonymous, 7, list), {
      kind: 'some',
      ids: ['b'],
      owner: null,
    })
  })
})

describe('what can be reached over all homes', () => {
  test('everything shared with any principal, once, by home and path', async () => {
    const { permissions, allow } = await setup(7, 8)
    await allow(8, 'kinto', 'account:bob', KINTO_READ)
    await allow(8, 'kinto', 'everyone', WRITE)
    await allow(7, `${list}/c`, 'group:7:g', READ)
    await allow(7, 'kinto/groups', 'authenticated', CREATE)
    await allow(7, 'kinto/secret', 'account:eve', READ)
    assert.deepEqual(await permissions.reachable(bob, { limit: 10 }), [
      { home: 7, path: `${list}/c`, bits: READ },
      { home: 7, path: 'kinto/groups', bits: CREATE },
      { home: 8, path: 'kinto', bits: KINTO_READ | WRITE },
    ])
    assert.deepEqual(await permissions.reachable(anonymous, { limit: 10 }), [
      { home: 8, path: 'kinto', bits: WRITE },
    ])
  })

  test('page after page gives the same as all at once, for every size of page', async () => {
    const { permissions, allow } = await setup(7, 8)
    for (let i = 0; i < 12; i++) {
      await allow(7 + (i % 2), `kinto/x/${i}`, ['account:bob', 'everyone', 'group:7:g'][i % 3] ?? '', READ)
      await allow(7 + (i % 2), `kinto/x/${i}`, 'authenticated', WRITE)
    }
    const all = await permissions.reachable(bob, { limit: 1000 })
    assert.equal(all.length, 12)
    for (let limit = 1; limit <= 13; limit++) {
      const found = []
      for (;;) {
        const last = found.at(-1)
        const page = await permissions.reachable(bob, { limit, ...(last ? { after: last } : {}) })
        if (page.length === 0) break
        found.push(...page)
      }
      assert.deepEqual(found, all)
    }
  })

  test('an app reaches what its grant covers, also behind pages of what it does not', async () => {
    const { permissions, allow } = await setup(7)
    for (let i = 0; i < 9; i++) await allow(7, `kinto/${i}`, 'account:bob', READ)
    const app = createSubject(person('bob'), [], grant({ home: 7, path: 'kinto/8', bits: READ }))
    assert.deepEqual(await permissions.reachable(app, { limit: 2 }), [
      { home: 7, path: 'kinto/8', bits: READ },
    ])
  })
})

test('fields are told by the scopes that name them, unless a whole scope covers the record', () => {
  const name = { home: 7, path: 'contacts/b/1', bits: READ, fields: ['name'] }
  const mail = { home: 7, path: 'contacts/b', bits: READ, fields: ['email'], expires: 10 }
  const fields = (scopes: Scope[], now = 5) => readableFields(grant(...scopes), 7, 'contacts/b/1', now)
  assert.deepEqual(fields([name, mail]), new Set(['name', 'email']))
  assert.deepEqual(fields([name, mail], 10), new Set(['name']))
  assert.deepEqual(fields([{ ...name, home: 8 }]), new Set())
  assert.equal(fields([name, { home: 0, path: 'contacts', bits: READ }]), undefined)
  assert.equal(readableFields(undefined, 7, 'contacts/b/1', 5), undefined)
})
