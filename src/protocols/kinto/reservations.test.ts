import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { kintoUnderTest } from '../../../test/support/kinto-door.ts'
import { type Change, commitStep } from '../../core/records/index.ts'

describe('the id of a deleted bucket', () => {
  test('is its owner’s for a year, and then anybody’s', async (t) => {
    const { ask, person, clock } = await kintoUnderTest(t)
    for (const login of ['alice', 'bob']) await person(login)
    await ask('PUT', '/buckets/b', { as: 'alice' })
    const deleted = await ask('DELETE', '/buckets/b', { as: 'alice' })
    const refused = await ask('PUT', '/buckets/b', { as: 'bob' })
    assert.deepEqual([refused.status, (refused.json as { errno?: number }).errno], [403, 121])
    const again = await ask('PUT', '/buckets/b', { as: 'alice' })
    assert.equal(again.status, 201)
    assert.ok(again.revision > deleted.revision)
    await ask('DELETE', '/buckets/b', { as: 'alice' })
    clock.tick(364 * 86_400_000)
    assert.equal((await ask('PUT', '/buckets/b', { as: 'bob' })).status, 403)
    clock.tick(2 * 86_400_000)
    assert.equal((await ask('PUT', '/buckets/b', { as: 'bob' })).status, 201)
  })

  test('is let go of, the oldest first, when there are very many', async (t) => {
    const { ask, person, store, clock } = await kintoUnderTest(t)
    const alice = await person('alice')
    await person('bob')
    const changes = Array.from({ length: 1000 }, (_, n): Change[] => {
      const until = clock.now() + 1_000_000 + n
      const owner = `account:${alice.id}`
      return [
        {
          kind: 'row',
          table: 'name',
          put: { kind: 'bucket', name: `old${n}`, home_id: alice.home, owner, until },
        },
        { kind: 'row', table: 'bucket', put: { bucket_id: `old${n}`, home_id: 1, modified: 5, deleted: 1 } },
      ]
    }).flat()
    await commitStep(store, { changes })
    assert.equal((await ask('PUT', '/buckets/old0', { as: 'bob' })).status, 403)
    await ask('PUT', '/buckets/new', { as: 'alice' })
    await ask('DELETE', '/buckets/new', { as: 'alice' })
    assert.equal((await store.rows('name', { kind: 'bucket' })).length, 1000)
    assert.deepEqual(await store.rows('bucket', { bucket_id: 'old0' }), [])
    assert.equal((await store.rows('bucket', { bucket_id: 'old1' })).length, 1)
    assert.equal((await ask('PUT', '/buckets/old0', { as: 'bob' })).status, 201)
    assert.equal((await ask('PUT', '/buckets/old1', { as: 'bob' })).status, 403)
    assert.equal((await ask('PUT', '/buckets/new', { as: 'bob' })).status, 403)
  })
})
