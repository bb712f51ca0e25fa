import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { kintoUnderTest, type Told } from '../../../test/support/kinto-door.ts'

const collection = '/buckets/b/collections/c'
const records = `${collection}/records`

async function withCollection(t: TestContext) {
  const door = await kintoUnderTest(t)
  for (const login of ['alice', 'bob']) await door.person(login)
  await door.ask('PUT', '/buckets/b', { as: 'alice' })
  await door.ask('PUT', collection, { as: 'alice' })
  return door
}

const many = (count: number, act: (n: number) => Promise<Told>) =>
  Promise.all(Array.from({ length: count }, (_, n) => act(n)))
const counts = (answers: readonly Told[]) => {
  const found: Record<number, number> = {}
  for (const { status } of answers) found[status] = (found[status] ?? 0) + 1
  return found
}

describe('many at once', () => {
  test('write one record, and each write follows another', async (t) => {
    const { ask, errors } = await withCollection(t)
    const answers = await many(40, (n) => ask('PUT', `${records}/r`, { as: 'alice', body: { data: { n } } }))
    assert.deepEqual(counts(answers), { 200: 39, 201: 1 })
    assert.equal(new Set(answers.map(({ revision }) => revision)).size, 40)
    const last = answers.toSorted((a, b) => b.revision - a.revision)[0]
    const { json } = await ask('GET', `${records}/r`, { as: 'alice' })
    assert.deepEqual(json.data, last?.json.data)
    assert.deepEqual(errors, [])
  })

  test('patch one record, and every patch is in it', async (t) => {
    const { ask } = await withCollection(t)
    await ask('PUT', `${records}/r`, { as: 'alice', body: { data: { list: [] } } })
    const answers = await many(30, (n) =>
      ask('PATCH', `${records}/r`, {
        as: 'alice',
        raw: JSON.stringify([{ op: 'add', path: '/data/list/-', value: n }]),
        headers: { 'content-type': 'application/json-patch+json' },
      }),
    )
    assert.deepEqual(counts(answers), { 200: 30 })
    const { json } = await ask('GET', `${records}/r`, { as: 'alice' })
    const { list } = json.data as unknown as { list: number[] }
    assert.deepEqual(
      list.toSorted((a, b) => a - b),
      Array.from({ length: 30 }, (_, n) => n),
    )
  })

  test('make one object, and one of them has made it', async (t) => {
    const { ask } = await withCollection(t)
    const headers = { 'if-none-match': '*' }
    for (const path of [`${records}/r`, '/buckets/new', '/buckets/b/groups/g', '/buckets/b/collections/n']) {
      const data = path.includes('groups') ? { members: [] } : {}
      const answers = await many(12, () => ask('PUT', path, { as: 'alice', headers, body: { data } }))
      assert.deepEqual(counts(answers), { 201: 1, 412: 11 }, path)
      const refused = answers.find(({ status }) => status === 412)
      assert.ok((refused!.json['details'] as unknown as { existing: { id: string } }).existing.id)
    }
  })

  test('change what they have seen, and one of them had seen the latest', async (t) => {
    const { ask } = await withCollection(t)
    let { revision } = await ask('PUT', `${records}/r`, { as: 'alice', body: { data: {} } })
    for (let round = 0; round < 5; round++) {
      const headers = { 'if-match': `"${revision}"` }
      const answers = await many(8, (n) =>
        ask('PUT', `${records}/r`, { as: 'alice', headers, body: { data: { n } } }),
      )
      assert.deepEqual(counts(answers), { 200: 1, 412: 7 })
      revision = answers.find(({ status }) => status === 200)!.revision
    }
  })

  test('want one bucket id, and one of them has it', async (t) => {
    const { ask, errors } = await withCollection(t)
    const answers = await many(10, (n) => ask('PUT', '/buckets/wanted', { as: n % 2 ? 'alice' : 'bob' }))
    const made = answers.filter(({ status }) => status === 201)
    assert.equal(made.length, 1)
    assert.deepEqual(Object.keys(counts(answers)).toSorted(), ['200', '201', '403'])
    assert.deepEqual(errors, [])
  })

  test('delete and make again what others write to, and nothing is half there', async (t) => {
    const { ask, errors } = await withCollection(t)
    const answers = await many(60, (n) => {
      if (n % 10 === 3) return ask('DELETE', collection, { as: 'alice' })
      if (n % 10 === 6) return ask('PUT', collection, { as: 'alice' })
      return ask('PUT', `${records}/r${n}`, { as: 'alice', body: { data: { n } } })
    })
    assert.ok(
      answers.every(({ status }) => [200, 201, 404].includes(status)),
      JSON.stringify(counts(answers)),
    )
    const list = await ask('GET', records, { as: 'alice' })
    if (list.status === 200) {
      const head = await ask('HEAD', records, { as: 'alice' })
      assert.equal(Number(head.headers['total-objects']), (list.json.data as unknown as unknown[]).length)
    }
    assert.deepEqual(errors, [])
  })

  test('lose their rights between two writes, and write nothing after', async (t) => {
    const { ask } = await withCollection(t)
    const share = (write: string[]) =>
      ask('PATCH', collection, { as: 'alice', body: { permissions: { write } } })
    await share(['account:bob'])
    const writes = many(30, (n) => ask('PUT', `${records}/r${n}`, { as: 'bob', body: { data: {} } }))
    const taken = await share([])
    assert.equal(taken.status, 200)
    const after = await ask('GET', records, { as: 'alice' })
    assert.deepEqual(
      Object.keys(counts(await writes)).filter((status) => !['201', '403'].includes(status)),
      [],
    )
    const later = await ask('PUT', `${records}/later`, { as: 'bob', body: { data: {} } })
    assert.equal(later.status, 403)
    assert.equal(after.status, 200)
  })
})
