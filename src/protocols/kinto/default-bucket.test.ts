import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { type KintoUnderTest, kintoUnderTest } from '../../../test/support/kinto-door.ts'

const records = '/buckets/default/collections/c/records'

async function withAlice(t: TestContext, variables: Record<string, string> = {}) {
  const door = await kintoUnderTest(t, variables)
  const alice = await door.person('alice')
  return { ...door, alice, id: await idOf(door) }
}

async function idOf({ ask }: Pick<KintoUnderTest, 'ask'>, as = 'alice'): Promise<string> {
  const { json } = await ask('GET', '/', { as })
  return (json as unknown as { user: { bucket: string } }).user.bucket
}

describe('the default bucket', () => {
  test('is each person’s own, under an id that says nothing of her', async (t) => {
    const { ask, person, id, errors } = await withAlice(t)
    await person('bob')
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)
    assert.notEqual(await idOf({ ask }, 'bob'), id)
    await ask('PUT', `${records}/r`, { as: 'alice', body: { data: { of: 'alice' } } })
    assert.equal((await ask('GET', `${records}/r`, { as: 'bob' })).status, 404)
    assert.equal((await ask('GET', `/buckets/${id}/collections/c/records/r`, { as: 'bob' })).status, 403)
    assert.equal((await ask('GET', `/buckets/${id}/collections/c/records/r`, { as: 'alice' })).status, 200)
    assert.deepEqual(errors, [])
  })

  test('is nobody’s without an account', async (t) => {
    const { ask } = await withAlice(t)
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'])
      assert.equal((await ask(method, '/buckets/default', { body: {} })).status, 401, method)
    assert.equal((await ask('GET', records)).status, 401)
  })

  test('is read without being made, and then comes into being with the first write', async (t) => {
    const { ask, store, alice, clock } = await withAlice(t)
    const before = (await store.home(alice.home))?.seq
    const bucket = await ask('GET', '/buckets/default', { as: 'alice' })
    const collection = await ask('GET', '/buckets/default/collections/c', { as: 'alice' })
    const list = await ask('GET', records, { as: 'alice' })
    assert.deepEqual([bucket.status, collection.status, list.status], [200, 200, 200])
    assert.deepEqual(list.json, { data: [] })
    assert.equal((await ask('GET', `${records}/r`, { as: 'alice' })).status, 404)
    assert.equal((await store.home(alice.home))?.seq, before)
    assert.equal((await ask('GET', records, { as: 'alice' })).revision, list.revision)
    const unchanged = await ask('GET', records, {
      as: 'alice',
      headers: { 'if-none-match': `"${list.revision}"` },
    })
    assert.equal(unchanged.status, 304)

    clock.tick(5)
    const made = await ask('POST', records, { as: 'alice', body: { data: { n: 1 } } })
    assert.equal(made.status, 201)
    assert.ok(made.revision > list.revision)
    const after = await ask('GET', records, {
      as: 'alice',
      headers: { 'if-none-match': `"${list.revision}"` },
    })
    assert.equal(after.status, 200)
    assert.equal(after.revision, made.revision)
    assert.equal((await ask('GET', '/buckets/default/collections', { as: 'alice' })).json.data!['length'], 1)
  })

  test('comes into being once, however many write first', async (t) => {
    const { ask, errors } = await withAlice(t)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        ask('PUT', `/buckets/default/collections/c${n % 3}/records/r${n}`, {
          as: 'alice',
          body: { data: { n } },
        }),
      ),
    )
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]))
    assert.deepEqual(errors, [])
    const counts = await Promise.all(
      [0, 1, 2].map(
        async (c) =>
          (await ask('HEAD', `/buckets/default/collections/c${c}/records`, { as: 'alice' })).headers,
      ),
    )
    assert.equal(
      counts.reduce((sum, headers) => sum + Number(headers['total-objects']), 0),
      20,
    )
  })

  test('has clocks that stand still when it is deleted, and never go back', async (t) => {
    const { ask, clock, id } = await withAlice(t)
    await ask('PUT', `${records}/r`, { as: 'alice', body: { data: {} } })
    const before = await ask('GET', records, { as: 'alice' })
    clock.tick(1000)
    assert.equal((await ask('DELETE', '/buckets/default', { as: 'alice' })).status, 200)
    const after = await ask('GET', records, { as: 'alice' })
    assert.deepEqual(after.json, { data: [] })
    assert.ok(after.revision >= before.revision)
    assert.equal((await ask('GET', `/buckets/${id}`, { as: 'alice' })).status, 200)
    clock.tick(1000)
    const again = await ask('PUT', `${records}/r`, { as: 'alice', body: { data: {} } })
    assert.equal(again.status, 201)
    assert.ok(again.revision > after.revision)
  })

  test('is shared like any other', async (t) => {
    const { ask, person, id } = await withAlice(t)
    await person('bob')
    await ask('PUT', `${records}/r`, { as: 'alice', body: { data: { n: 1 } } })
    await ask('PATCH', '/buckets/default/collections/c', {
      as: 'alice',
      body: { permissions: { read: ['account:bob'] } },
    })
    const read = await ask('GET', `/buckets/${id}/collections/c/records`, { as: 'bob' })
    assert.equal(read.status, 200)
    assert.equal((read.json.data as unknown as unknown[]).length, 1)
    const listed = await ask('GET', '/buckets', { as: 'bob' })
    assert.equal(listed.status, 200)
  })

  test('is read, and not made, on a server that is read-only', async (t) => {
    const { ask } = await withAlice(t, { KINTO_READONLY: 'true' })
    assert.equal((await ask('GET', records, { as: 'alice' })).status, 200)
    assert.equal((await ask('PUT', `${records}/r`, { as: 'alice', body: { data: {} } })).status, 405)
  })
})

describe('lists whose parent was deleted', () => {
  test('keep their clock, confirm no copy of what they were, and go on from there', async (t) => {
    const { ask, clock } = await withAlice(t)
    const list = '/buckets/default/collections/c/records'
    await ask('PUT', `${list}/one`, { as: 'alice', body: { data: {} } })
    await ask('PUT', `${list}/two`, { as: 'alice', body: { data: {} } })
    const before = await ask('GET', list, { as: 'alice' })
    clock.tick(1000)
    assert.equal((await ask('DELETE', '/buckets/default/collections/c', { as: 'alice' })).status, 200)
    clock.tick(1000)
    const empty = await ask('GET', list, { as: 'alice' })
    assert.deepEqual(empty.json, { data: [] })
    assert.equal(empty.revision, before.revision)
    const headers = { 'if-none-match': `"${before.revision}"` }
    assert.equal((await ask('GET', list, { as: 'alice', headers })).status, 200)
    await ask('PUT', '/buckets/default/collections/c', { as: 'alice' })
    const made = await ask('GET', list, { as: 'alice', headers })
    assert.equal(made.status, 200)
    assert.ok(made.revision >= before.revision)
    const next = await ask('PUT', `${list}/three`, { as: 'alice', body: { data: {} } })
    assert.ok(next.revision > before.revision)
  })
})
