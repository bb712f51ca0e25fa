import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commitStep } from '../../core/records/index.ts'
import type { Step } from '../../core/records/index.ts'
import type { Row } from '../../core/ports.ts'
import type { OpenStore } from './harness.ts'
import { refused, start, underTest } from './harness.ts'

const account = (id: string, folded: string, home: number): Row => ({
  account_id: id,
  login: folded,
  folded,
  role: 'person',
  state: 'active',
  home_id: home,
  attributes: '{}',
  door: null,
  created: start,
  modified: start,
  auth_seq: 1,
  ends: null,
  invited_by: null,
  signed_in: null,
  language: null,
  pairwise: null,
})

export function directorySuite(open: OpenStore): void {
  test('directory rows are found by key, by index and by unique column, and put whole', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    const row = account('id1', 'alice', h)
    await step({ kind: 'row', table: 'account', put: row })
    for (const where of [{ account_id: 'id1' }, { folded: 'alice' }, { home_id: h }])
      assert.deepEqual(await store.rows('account', where), [row])
    await step({ kind: 'row', table: 'account', put: { ...row, state: 'suspended' } })
    assert.equal((await store.rows('account', { account_id: 'id1' }))[0]?.['state'], 'suspended')
    await step({ kind: 'row', table: 'account', remove: { account_id: 'id1' } })
    assert.deepEqual(await store.rows('account', { folded: 'alice' }), [])
  })

  test('rows are listed by key in pages and by the beginning of a path', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    for (const path of ['kinto', 'kinto/a', 'kinto/b', 'kintz', 'rs']) {
      await step({
        kind: 'row',
        table: 'shared_with',
        put: { principal: 'everyone', home_id: h, path, bits: 1, expires: null },
      })
    }
    const where = { principal: 'everyone', home_id: h }
    const paths = (rows: Row[]) => rows.map((row) => row['path'])
    const first = await store.rows('shared_with', where, { limit: 2 })
    const rest = await store.rows('shared_with', where, {
      limit: 9,
      after: first[1]! as Record<string, string | number>,
    })
    assert.deepEqual([...paths(first), ...paths(rest)], ['kinto', 'kinto/a', 'kinto/b', 'kintz', 'rs'])
    const below = await store.rows('shared_with', where, { prefix: { column: 'path', value: 'kinto/' } })
    assert.deepEqual(paths(below), ['kinto/a', 'kinto/b'])
  })

  test('preconditions on rows refuse, and of parallel claims of a name one wins', async (t) => {
    const { store, home } = await underTest(t, open)
    const homes = await Promise.all(Array.from({ length: 8 }, () => home()))
    const claim = (index: number): Step => ({
      when: [{ is: 'row-absent', table: 'account', where: { folded: 'bob' } }],
      changes: [
        { kind: 'put', home: homes[index]!, path: 'contacts/b', id: 'mark' },
        { kind: 'row', table: 'account', put: account(`id${index}`, 'bob', homes[index]!) },
      ],
    })
    const results = await Promise.allSettled(homes.map((_, index) => commitStep(store, claim(index))))
    const won = results.flatMap((result, index) => (result.status === 'fulfilled' ? [index] : []))
    assert.equal(won.length, 1)
    for (const result of results) {
      if (result.status === 'rejected') assert.equal((result.reason as { code: string }).code, 'row-exists')
    }
    assert.equal((await store.rows('account', { folded: 'bob' }))[0]?.['account_id'], `id${won[0]}`)
    for (const [index, id] of homes.entries()) {
      const { record } = await store.record(id, 'contacts/b', 'mark')
      assert.equal(record !== undefined, index === won[0], 'a lost claim leaves nothing')
    }
    const has = { is: 'row-has', table: 'account', where: { folded: 'bob' } } as const
    await commitStep(store, { when: [{ ...has, has: { state: 'active' } }], changes: [] })
    await refused(store, { when: [{ ...has, has: { state: 'gone' } }], changes: [] }, 'row-changed')
    await refused(
      store,
      { when: [{ is: 'row-exists', table: 'account', where: { folded: 'carol' } }], changes: [] },
      'row-absent',
    )
  })

  test('rows are found whose number is at most a bound, and none without a number', async (t) => {
    const { store, step } = await underTest(t, open)
    const token = { kind: 'k', grant_id: null, account_id: null, created: 1, data: null }
    for (const [hash, expires] of [
      ['a', 30],
      ['b', null],
      ['c', 10],
      ['d', 20],
    ] as const)
      await step({ kind: 'row', table: 'token', put: { ...token, hash, expires } })
    const upTo = { column: 'expires', value: 20 }
    assert.deepEqual(
      (await store.rows('token', {}, { upTo })).map((row) => row['hash']),
      ['c', 'd'],
    )
    assert.equal((await store.rows('token', {}, { upTo, limit: 1 })).length, 1)
  })

  test('the number of a directory moves with its rows, where one process holds the data', async (t) => {
    const { store, home, step } = await underTest(t, open)
    const h = await home()
    const before = store.version('name')
    const other = store.version('token')
    await step({
      kind: 'row',
      table: 'name',
      put: { kind: 'login', name: 'x', home_id: h, owner: null, until: null },
    })
    if (before === undefined) return assert.equal(store.version('name'), undefined)
    assert.notEqual(store.version('name'), before)
    assert.equal(store.version('token'), other)
  })
}
