import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { kintoUnderTest, type Told } from '../../../test/support/kinto-door.ts'
import type { JsonObject } from '../../lib/json/index.ts'

const collection = '/buckets/b/collections/c'
const records = `${collection}/records`
const objects = ({ json }: Told) => (json as unknown as { data: JsonObject[] }).data
const ids = (told: Told) => objects(told).map(({ id }) => id)

/** A collection of 23 records, of which several are equal in `n`. */
async function withList(t: TestContext, variables: Record<string, string> = {}) {
  const door = await kintoUnderTest(t, variables)
  const { ask, person } = door
  await person('alice')
  await ask('PUT', '/buckets/b', { as: 'alice' })
  await ask('PUT', collection, { as: 'alice' })
  for (let i = 0; i < 23; i++)
    await ask('PUT', `${records}/r${String(i).padStart(2, '0')}`, {
      as: 'alice',
      body: { data: { n: i % 3, deep: { er: `x${i}` }, ...(i % 2 && { odd: true }) } },
    })
  const get = (query: string, as = 'alice') => ask('GET', `${records}${query}`, { as })
  /** All pages, following `Next-Page`. */
  const follow = async (query: string, method = 'GET') => {
    const found: unknown[] = []
    let path = `${records}${query}`
    for (let page = 0; page < 40; page++) {
      const told = await ask(method, path, { as: 'alice' })
      assert.equal(told.status, 200, told.text)
      found.push(...ids(told))
      const next = told.headers['next-page']
      if (next === undefined) return found
      assert.ok(next.startsWith('http://localhost:8888/v1/'))
      path = next.slice('http://localhost:8888/v1'.length)
    }
    throw new Error('the pages have no end')
  }
  return { ...door, get, follow }
}

describe('lists', () => {
  test('come in pages that leave nothing out and repeat nothing, whatever the order', async (t) => {
    const { get, follow } = await withList(t)
    for (const sort of [
      '',
      '_sort=n',
      '_sort=-n',
      '_sort=odd,-n',
      '_sort=-deep.er',
      '_sort=-last_modified',
      '_sort=-id',
    ]) {
      const whole = ids(await get(`?${sort}`))
      assert.equal(whole.length, 23)
      for (const limit of [1, 5, 22, 23, 50])
        assert.deepEqual(await follow(`?${sort}&_limit=${limit}`), whole, `${sort} in pages of ${limit}`)
    }
    assert.deepEqual(await follow('?n=1&_sort=deep.er&_limit=2'), ids(await get('?n=1&_sort=deep.er')))
  })

  test('go on where they were when something changes between two pages', async (t) => {
    const { ask, get } = await withList(t)
    const first = await get('?_sort=id&_limit=5')
    for (const id of ['r00', 'r04', 'r05']) await ask('DELETE', `${records}/${id}`, { as: 'alice' })
    await ask('PUT', `${records}/r01b`, { as: 'alice', body: { data: {} } })
    const next = first.headers['next-page']!.slice('http://localhost:8888/v1'.length)
    assert.deepEqual(ids(await ask('GET', next, { as: 'alice' })), ['r06', 'r07', 'r08', 'r09', 'r10'])
  })

  test('take no token that was not given for them', async (t) => {
    const { ask, get } = await withList(t)
    await ask('PUT', '/buckets/b/collections/d', { as: 'alice' })
    const first = await get('?_limit=5&_sort=n')
    const token = new URL(first.headers['next-page']!).searchParams.get('_token')!
    for (const query of [
      `?_sort=-n&_token=${token}`,
      `?_token=${token}`,
      `?_sort=n&_token=${token.slice(1)}`,
      `?_sort=n&_token=e30`,
    ]) {
      const told = await get(query)
      assert.deepEqual([told.status, (told.json as { errno?: number }).errno], [400, 107], query)
    }
    const other = await ask('GET', `/buckets/b/collections/d/records?_sort=n&_token=${token}`, {
      as: 'alice',
    })
    assert.equal(other.status, 400)
    assert.equal((await ask('DELETE', `${records}?_sort=n&_token=${token}`, { as: 'alice' })).status, 400)
  })

  test('are as long as the settings let them be, by default and at most', async (t) => {
    const { get, follow } = await withList(t, { KINTO_PAGINATE_BY: '10', KINTO_STORAGE_MAX_FETCH_SIZE: '15' })
    assert.equal(ids(await get('')).length, 10)
    assert.equal(ids(await get('?_limit=12')).length, 10)
    assert.equal(ids(await get('?_limit=4')).length, 4)
    assert.equal((await follow('')).length, 23)
  })

  test('tell how many there are when asked by HEAD, filters and all', async (t) => {
    const { ask, get } = await withList(t)
    for (const [query, total] of [
      ['', '23'],
      ['?n=1', '8'],
      ['?odd=true&_limit=2', '11'],
      ['?n=77', '0'],
    ]) {
      const head = await ask('HEAD', `${records}${query}`, { as: 'alice' })
      assert.equal(head.headers['total-objects'], total, query)
      assert.equal(head.headers['total-records'], total)
      assert.equal(head.text, '')
      assert.equal(head.headers['next-page'], undefined)
    }
    assert.equal((await get('')).headers['total-objects'], undefined)
  })

  test('hold what is asked for of each object, and id and time always', async (t) => {
    const { get } = await withList(t)
    const [one] = objects(await get('?_fields=deep.er&_limit=1&_sort=id'))
    assert.deepEqual(one, { id: 'r00', last_modified: one!['last_modified'], deep: { er: 'x0' } })
    const [bare] = objects(await get('?_fields=absent,__proto__,constructor.name&_limit=1&_sort=id'))
    assert.deepEqual(Object.keys(bare!), ['id', 'last_modified'])
  })

  test('show what was deleted since a time, and only then', async (t) => {
    const { ask, get } = await withList(t)
    const before = (await get('')).revision
    const gone = await ask('DELETE', `${records}/r03`, { as: 'alice' })
    const tombstone = { id: 'r03', last_modified: gone.revision, deleted: true }
    assert.deepEqual(objects(await get(`?_since=${before}`)), [tombstone])
    assert.deepEqual(objects(await get(`?_since="${before}"`)), [tombstone])
    assert.deepEqual(objects(await get(`?gt_last_modified=${before}`)), [tombstone])
    assert.deepEqual(objects(await get(`?_since=${before}&deleted=false`)), [])
    assert.equal(objects(await get('')).length, 22)
    assert.deepEqual(objects(await get(`?_since=${gone.revision}`)), [])
    const head = await ask('HEAD', `${records}?_since=${before}`, { as: 'alice' })
    assert.equal(head.headers['total-objects'], '0')
  })

  test('answer 304 to who has them, and 412 to who has others', async (t) => {
    const { ask, get } = await withList(t)
    const { revision } = await get('')
    const when = (headers: Record<string, string>) => ask('GET', records, { as: 'alice', headers })
    const same = await when({ 'if-none-match': `"${revision}"` })
    assert.deepEqual([same.status, same.text, same.revision], [304, '', revision])
    assert.equal((await when({ 'if-none-match': `"${revision - 1}"` })).status, 200)
    assert.equal((await when({ 'if-match': `"${revision - 1}"` })).status, 412)
    assert.equal((await when({ 'if-match': `"${revision}"` })).status, 200)
    await ask('DELETE', `${records}/r03`, { as: 'alice' })
    assert.equal((await when({ 'if-none-match': `"${revision}"` })).status, 200)
  })

  test('are deleted by filter and in pages, each page once', async (t) => {
    const { ask, get, follow } = await withList(t)
    const deleted = await ask('DELETE', `${records}?odd=true`, { as: 'alice' })
    assert.equal(objects(deleted).length, 11)
    assert.ok(objects(deleted).every(({ deleted: is }) => is === true))
    assert.equal(ids(await get('')).length, 12)
    const first = await ask('DELETE', `${records}?_limit=5&_sort=id`, { as: 'alice' })
    assert.equal(ids(first).length, 5)
    const next = first.headers['next-page']!.slice('http://localhost:8888/v1'.length)
    assert.equal(ids(await ask('DELETE', next, { as: 'alice' })).length, 5)
    assert.equal((await ask('DELETE', next, { as: 'alice' })).status, 400)
    assert.equal((await follow('?_limit=1', 'DELETE')).length, 2)
    assert.deepEqual(ids(await get('')), [])
    const again = await ask('DELETE', records, { as: 'alice' })
    assert.deepEqual([again.status, again.json], [200, { data: [] }])
  })

  test('of thousands are deleted at once', async (t) => {
    const { ask, get, errors } = await withList(t)
    for (let from = 0; from < 1200; from += 25)
      await ask('POST', '/batch', {
        as: 'alice',
        body: {
          defaults: { method: 'POST', path: records },
          requests: Array.from({ length: 25 }, () => ({ body: { data: { more: true } } })),
        },
      })
    assert.equal(objects(await ask('DELETE', `${records}?more=true`, { as: 'alice' })).length, 1200)
    assert.equal(ids(await get('')).length, 23)
    assert.deepEqual(errors, [])
  })

  test('refuse queries that mean nothing, and say which part', async (t) => {
    const { get } = await withList(t)
    for (const query of [
      '?_limit=x',
      '?_limit=-1',
      '?_since=x',
      '?_since=-1',
      '?_since="x"',
      '?_before=1.5',
      '?_fields=a%00',
      '?contains_id=x',
      '?in_last_modified=x',
      '?contains_n=%00',
      '?n=%ed%a0%80',
      '?%ff=1',
    ]) {
      const { status, json } = await get(query)
      const { errno, details } = json as unknown as { errno: number; details: { location: string }[] }
      assert.deepEqual([status, errno], [400, 107], query)
      assert.equal(details?.[0]?.location, 'querystring', query)
    }
  })
})
