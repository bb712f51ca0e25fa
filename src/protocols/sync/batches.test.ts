import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { storeKinds } from '../../../test/support/accounts-on.ts'
import { syncUnderTest, type SyncOptions } from '../../../test/support/sync-door.ts'

async function scene(t: TestContext, options: SyncOptions = {}) {
  const under = await syncUnderTest(t, options)
  const own = await under.browser('alice')
  const [row] = await under.store.rows('sync_user', { uid: own.uid })
  const home = Number(row!['home_id'])
  const post = (query: string, body: unknown, headers: Record<string, string> = {}) =>
    under.ask(own, 'POST', `/storage/history${query}`, { body, headers })
  const get = (path: string) => under.ask(own, 'GET', path)
  const begin = async (body: unknown = []) => {
    const told = await post('?batch=true', body)
    assert.equal(told.status, 202, told.text)
    return (told.json as { batch: string }).batch
  }
  return { ...under, own, home, post, get, begin }
}

const items = (from: number, count: number, payload = 'x') =>
  Array.from({ length: count }, (_, i) => ({ id: `i${from + i}`, payload }))

for (const kind of storeKinds)
  describe(`a batch on ${kind}`, () => {
    test('is invisible until it is committed, and then has one time', async (t) => {
      const { post, get, begin } = await scene(t, { kind })
      const before = await post('', [{ id: 'old', payload: 'old', sortindex: 4 }])
      const unless = { 'x-if-unmodified-since': before.modified }
      const first = await post('?batch=true', items(0, 2), unless)
      assert.equal(first.modified, before.modified)
      const { batch, success } = first.json as { batch: string; success: string[] }
      assert.deepEqual(success, ['i0', 'i1'])
      assert.equal((await post(`?batch=${batch}`, [{ id: 'old', payload: 'new' }], unless)).status, 202)
      assert.equal((await get('/info/collections')).text, `{"history":${before.modified}}`)
      assert.deepEqual((await get('/storage/history')).json, ['old'])
      const end = await post(`?batch=${batch}&commit=true`, [{ id: 'i1', payload: 'last' }], unless)
      assert.equal(end.status, 200, end.text)
      const { modified } = end.json as { modified: number }
      const full = (await get('/storage/history?full=1&sort=newest')).json as Record<string, unknown>[]
      assert.deepEqual(
        full.map((one) => [one['id'], one['modified'], one['payload'], one['sortindex']]),
        [
          ['old', modified, 'new', 4],
          ['i1', modified, 'last', undefined],
          ['i0', modified, 'x', undefined],
        ],
      )
      // What ended is gone: nothing can be added to it, nor is it committed twice.
      for (const query of [`?batch=${batch}`, `?batch=${batch}&commit=true`])
        assert.equal((await post(query, [])).status, 400)
      assert.equal((await post(`?batch=${await begin()}&commit=true`, [], unless)).status, 412)
    })

    test('counts times to live from its end, and changes nothing else by them', async (t) => {
      const { post, get, begin, clock } = await scene(t, { kind })
      const { modified } = await post('', items(0, 1))
      const batch = await begin([
        { id: 'i0', ttl: 10 },
        { id: 'i1', ttl: 10 },
        { id: 'i2', payload: 'x', ttl: null },
      ])
      clock.tick(60_000)
      await post(`?batch=${batch}&commit=true`, [])
      clock.tick(9_000)
      assert.equal((await get('/storage/history/i0')).modified, modified)
      assert.match((await get('/storage/history/i1')).text, /"payload":""/)
      clock.tick(1_000)
      assert.deepEqual((await get('/storage/history')).json, ['i2'])
    })

    test('that nobody commits is swept, and its room with it', async (t) => {
      const { begin, post, store, home, clock, ask, browser } = await scene(t, { kind })
      const before = (await store.home(home))!.bytes
      const batch = await begin(items(0, 50))
      await post(`?batch=${batch}`, items(50, 50))
      assert.ok((await store.home(home))!.bytes > before + 100 * 64)
      clock.tick(7_200_000)
      const renewed = await browser('alice')
      const late = await ask(renewed, 'POST', `/storage/history?batch=${batch}&commit=true`, { body: [] })
      assert.equal(late.status, 400)
      while ((await store.sweep()).more);
      assert.equal((await store.home(home))!.bytes, before)
    })

    test('over the quota in its middle leaves nothing behind, and makes room at once', async (t) => {
      const { begin, post, get, store, home } = await scene(t, { kind, quota: 20_000 })
      await post('', items(900, 1))
      const before = (await store.home(home))!.bytes
      const batch = await begin(items(0, 5, 'x'.repeat(2_000)))
      const over = await post(`?batch=${batch}`, items(5, 5, 'x'.repeat(2_000)))
      assert.deepEqual([over.status, over.text], [403, '14'])
      assert.deepEqual((await get('/storage/history')).json, ['i900'])
      assert.equal((await store.home(home))!.bytes, before)
      assert.equal((await post(`?batch=${batch}&commit=true`, [])).status, 400)
      // So does the request that would end it.
      const another = await begin(items(0, 5, 'x'.repeat(2_000)))
      const end = await post(`?batch=${another}&commit=true`, items(5, 5, 'x'.repeat(2_000)))
      assert.deepEqual([end.status, end.text], [403, '14'])
      assert.deepEqual((await get('/storage/history')).json, ['i900'])
      assert.equal((await store.home(home))!.bytes, before)
      const alone = await post('', items(0, 10, 'x'.repeat(2_000)))
      assert.deepEqual([alone.status, alone.text], [403, '14'])
      assert.deepEqual((await get('/storage/history')).json, ['i900'], 'whole or not at all')
    })
  })

describe('a batch', () => {
  test('is that of one collection and one storage', async (t) => {
    const { begin, ask, own: browser, again } = await scene(t)
    const batch = await begin(items(0, 1))
    const elsewhere = await ask(browser, 'POST', `/storage/tabs?batch=${batch}&commit=true`, { body: [] })
    assert.deepEqual([elsewhere.status, elsewhere.text], [400, '0'])
    const other = again({})
    const bob = await other.browser('bob')
    assert.equal((await other.ask(bob, 'POST', `/storage/history?batch=${batch}`, { body: [] })).status, 400)
    const own = await other.ask(browser, 'POST', `/storage/history?batch=${batch}&commit=true`, { body: [] })
    assert.equal(own.status, 200)
  })

  test('of nothing can be begun and committed; a commit of no batch cannot', async (t) => {
    const { begin, post, get } = await scene(t)
    assert.equal((await post(`?batch=${await begin()}&commit=true`, [])).status, 200)
    assert.equal((await get('/storage/history')).text, '[]')
    for (const query of [
      '?commit=true',
      '?batch=sammich',
      '?batch=true&commit=maybe',
      `?batch=${'a'.repeat(16)}`,
    ])
      assert.equal((await post(query, [])).status, 400, query)
    const batch = await begin()
    assert.equal((await post(`?batch=${batch}&commit=true`, {})).status, 400)
    const newlines = { 'content-type': 'application/newlines' }
    for (const raw of ['\n', '{}', '[]'])
      assert.equal((await post(`?batch=${batch}&commit=true`, raw, newlines)).status, 400)
  })

  test('holds no more than it may, as announced and as counted', async (t) => {
    const { begin, post, get } = await scene(t)
    for (const [name, most] of [
      ['x-weave-records', 100],
      ['x-weave-bytes', 2_621_440],
      ['x-weave-total-records', 10_000],
      ['x-weave-total-bytes', 262_144_000],
    ] as const) {
      assert.equal((await post('?batch=true', [], { [name]: String(most) })).status, 202)
      const over = await post('?batch=true', [], { [name]: String(most + 1) })
      assert.deepEqual([over.status, over.text], [400, '17'], name)
      for (const wrong of ['many', '-1', '1.5', ''])
        assert.equal((await post('?batch=true', [], { [name]: wrong })).status, 400, `${name} ${wrong}`)
    }
    const batch = await begin(items(0, 100))
    for (let from = 100; from < 10_000; from += 100)
      assert.equal((await post(`?batch=${batch}`, items(from, 100))).status, 202)
    const over = await post(`?batch=${batch}`, items(10_000, 1))
    assert.deepEqual([over.status, over.text], [400, '17'])
    assert.equal((await post(`?batch=${batch}&commit=true`, [])).status, 200)
    assert.deepEqual((await get('/info/collection_counts')).json, { history: 10_000 })
  })
})
