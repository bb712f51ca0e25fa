import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { kintoUnderTest } from '../../../test/support/kinto-door.ts'

const records = '/buckets/b/collections/c/records'

describe('objects of the Kinto door', () => {
  test('a bucket, a collection and a record are made, read, changed and deleted', async (t) => {
    const { ask, person, errors } = await kintoUnderTest(t)
    await person('alice')
    const bucket = await ask('PUT', '/buckets/b', { as: 'alice', body: { data: { a: 1 } } })
    assert.equal(bucket.status, 201, bucket.text + String(errors))
    assert.deepEqual(bucket.json, {
      permissions: { write: ['account:alice'] },
      data: { id: 'b', last_modified: bucket.revision, a: 1 },
    })
    const collection = await ask('PUT', '/buckets/b/collections/c', { as: 'alice' })
    assert.equal(collection.status, 201, collection.text + String(errors))
    const made = await ask('PUT', `${records}/r`, { as: 'alice', body: { data: { n: 1 } } })
    assert.equal(made.status, 201, made.text)
    const read = await ask('GET', `${records}/r`, { as: 'alice' })
    assert.deepEqual(read.json, {
      permissions: { write: ['account:alice'] },
      data: { id: 'r', last_modified: made.revision, n: 1 },
    })
    const list = await ask('GET', records, { as: 'alice' })
    assert.deepEqual(list.json, { data: [{ id: 'r', last_modified: made.revision, n: 1 }] })
    const patched = await ask('PATCH', `${records}/r`, { as: 'alice', body: { data: { m: 2 } } })
    assert.equal(patched.status, 200, patched.text)
    assert.ok(patched.revision > made.revision)
    const gone = await ask('DELETE', `${records}/r`, { as: 'alice' })
    assert.deepEqual(gone.json, { data: { id: 'r', last_modified: gone.revision, deleted: true } })
    assert.equal((await ask('GET', `${records}/r`, { as: 'alice' })).status, 404)
    const since = await ask('GET', `${records}?_since=${made.revision}`, { as: 'alice' })
    assert.deepEqual(since.json, { data: [{ id: 'r', last_modified: gone.revision, deleted: true }] })
    assert.deepEqual(errors, [])
  })
})
