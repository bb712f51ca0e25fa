import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { kintoUnderTest } from '../../../test/support/kinto-door.ts'

/** Olga's bucket with a collection, a group and a record; Alice has what the settings give her. */
async function granted(t: TestContext, variables: Record<string, string>) {
  const door = await kintoUnderTest(t, variables)
  const { ask, person } = door
  for (const login of ['alice', 'bob']) await person(login)
  await ask('PUT', '/buckets/b', { as: 'olga' })
  await ask('PUT', '/buckets/b/groups/g', { as: 'olga', body: { data: { members: ['account:bob'] } } })
  await ask('PUT', '/buckets/b/collections/c', { as: 'olga' })
  await ask('PUT', '/buckets/b/collections/c/records/r', { as: 'olga', body: { data: {} } })
  const can = async (method: string, path: string, as = 'alice') => {
    const body = path.includes('groups') ? { data: { members: [] } } : { data: {} }
    const { status, text } = await ask(method, path, { as, ...(method !== 'GET' && { body }) })
    assert.ok([200, 201, 403].includes(status), text)
    return status !== 403
  }
  return { ...door, can }
}

describe('rights that settings give in all buckets', () => {
  test('let their holder read, with everything below, and tell absence', async (t) => {
    const { can, ask } = await granted(t, { KINTO_BUCKET_READ_PRINCIPALS: 'account:alice' })
    for (const path of [
      '',
      '/groups/g',
      '/collections/c',
      '/collections/c/records',
      '/collections/c/records/r',
    ])
      assert.equal(await can('GET', `/buckets/b${path}`), true, path)
    assert.equal(await can('GET', '/buckets'), true)
    assert.equal(await can('PUT', '/buckets/b/collections/c/records/r'), false)
    assert.equal(await can('GET', '/buckets/b', 'bob'), false)
    assert.equal((await ask('GET', '/buckets/none', { as: 'alice' })).status, 404)
    assert.equal((await ask('GET', '/buckets/none', { as: 'bob' })).status, 403)
    const listed = await ask('GET', '/buckets', { as: 'alice' })
    assert.deepEqual(
      (listed.json.data as unknown as { id: string }[]).map(({ id }) => id),
      ['b'],
    )
  })

  test('of one kind of object stay with it', async (t) => {
    const { can } = await granted(t, {
      KINTO_COLLECTION_WRITE_PRINCIPALS: 'account:alice',
      KINTO_GROUP_READ_PRINCIPALS: 'account:bob',
      KINTO_RECORD_READ_PRINCIPALS: 'account:bob',
      KINTO_GROUP_CREATE_PRINCIPALS: 'account:alice',
    })
    assert.equal(await can('PATCH', '/buckets/b/collections/c'), true)
    assert.equal(await can('PUT', '/buckets/b/collections/c/records/new'), true)
    assert.equal(await can('PATCH', '/buckets/b'), false)
    assert.equal(await can('GET', '/buckets/b/groups/g'), false)
    assert.equal(await can('PUT', '/buckets/b/groups/of-alice'), true)
    assert.equal(await can('GET', '/buckets/b/groups/g', 'bob'), true)
    assert.equal(await can('GET', '/buckets/b/collections/c/records/r', 'bob'), true)
    assert.equal(await can('PUT', '/buckets/b/collections/c/records/r', 'bob'), false)
    assert.equal(await can('GET', '/buckets/b/collections/c', 'bob'), false)
  })

  test('may go to the members of a group, and end with their membership', async (t) => {
    const { can, ask } = await granted(t, { KINTO_BUCKET_WRITE_PRINCIPALS: '/buckets/b/groups/g' })
    await ask('PUT', '/buckets/of-alice', { as: 'alice' })
    assert.equal(await can('PATCH', '/buckets/of-alice', 'bob'), true)
    await ask('PUT', '/buckets/b/groups/g', { as: 'olga', body: { data: { members: [] } } })
    assert.equal(await can('PATCH', '/buckets/of-alice', 'bob'), false)
  })

  test('reach accounts that come later, by their login', async (t) => {
    const { can, person } = await granted(t, { KINTO_BUCKET_READ_PRINCIPALS: 'account:dora' })
    await person('dora')
    assert.equal(await can('GET', '/buckets/b', 'dora'), true)
  })

  test('say who makes buckets', async (t) => {
    const { can } = await granted(t, { KINTO_BUCKET_CREATE_PRINCIPALS: 'account:olga account:bob' })
    assert.equal(await can('PUT', '/buckets/new'), false)
    assert.equal(await can('PUT', '/buckets/new', 'bob'), true)
    assert.equal(await can('PUT', '/buckets/default'), true)
  })

  test('do not give anonymous objects an owner', async (t) => {
    const { ask } = await granted(t, { KINTO_BUCKET_CREATE_PRINCIPALS: 'system.Everyone' })
    const made = await ask('PUT', '/buckets/free', { body: { permissions: { write: ['system.Everyone'] } } })
    assert.equal(made.status, 201)
    assert.deepEqual(made.json['permissions'], { write: ['system.Everyone'] })
    const closed = await ask('PUT', '/buckets/closed', {})
    assert.equal(closed.status, 201)
    assert.equal((await ask('GET', '/buckets/closed')).status, 401)
  })
})
