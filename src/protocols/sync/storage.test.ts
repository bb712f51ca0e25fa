import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { type Browser, syncUnderTest, type Told } from '../../../test/support/sync-door.ts'

async function scene(t: TestContext, quota?: number) {
  const under = await syncUnderTest(t, quota === undefined ? {} : { quota })
  const browser = await under.browser()
  const ask = (method: string, path: string, asked: Parameters<typeof under.ask>[3] = {}) =>
    under.ask(browser, method, path, asked)
  const put = (path: string, body: unknown = { payload: 'x' }, headers: Record<string, string> = {}) =>
    ask('PUT', `/storage/${path}`, { body, headers })
  const get = (path: string, headers: Record<string, string> = {}) => ask('GET', path, { headers })
  return { ...under, browser, ask, put, get }
}

const unless = (time: string) => ({ 'x-if-unmodified-since': time })
const since = (time: string) => ({ 'x-if-modified-since': time })
const idsOf = ({ json }: Told) => json as string[]

describe('time', () => {
  test('has two decimals wherever it is shown, and is one for all of a request', async (t) => {
    const { put, get, clock } = await scene(t)
    clock.tick(3_100)
    const wrote = await put('tabs/a')
    assert.match(wrote.text, /^\d+\.\d\d$/)
    assert.deepEqual([wrote.modified, wrote.headers['x-weave-timestamp']], [wrote.text, wrote.text])
    assert.equal((await get('/info/collections')).text, `{"tabs":${wrote.text}}`)
    const item = await get('/storage/tabs/a')
    assert.equal(item.text, `{"id":"a","modified":${wrote.text},"payload":"x"}`)
    assert.equal(item.modified, wrote.text)
  })

  test('rises with every write, though the clock stands still', async (t) => {
    const { put } = await scene(t)
    const times: number[] = []
    for (let i = 0; i < 3; i++) times.push(Number((await put('tabs/a')).text))
    assert.deepEqual(
      times.map((time) => Math.round((time - times[0]!) * 100)),
      [0, 1, 2],
    )
  })

  test('of an answer is never later than what is written next', async (t) => {
    const { get, put, clock } = await scene(t)
    clock.tick(7)
    const read = await get('/info/collections')
    const wrote = await put('tabs/a')
    assert.ok(Number(read.headers['x-weave-timestamp']) < Number(wrote.text))
    const again = await get('/info/collections')
    assert.ok(Number(again.headers['x-weave-timestamp']) >= Number(wrote.text))
  })

  test('is read without the zero that clients drop, and refused where it is none', async (t) => {
    const { put, get, clock } = await scene(t)
    clock.tick(100)
    const { text } = await put('tabs/a')
    assert.match(text, /0$/)
    assert.equal((await get('/storage/tabs', unless(text.slice(0, -1)))).status, 200)
    assert.equal((await get('/storage/tabs', since(text.slice(0, -1)))).status, 304)
    for (const wrong of ['-1', 'soon', '', '1e9', '1,5', 'Infinity', '1.', '9'.repeat(30)]) {
      assert.equal((await get('/storage/tabs', unless(wrong))).status, 400, wrong)
      assert.equal((await get('/storage/tabs', since(wrong))).status, 400, wrong)
      assert.equal((await put('tabs/a', {}, unless(wrong))).status, 400, wrong)
    }
    assert.equal((await get('/storage/tabs', { ...unless('1'), ...since('1') })).status, 400)
  })
})

describe('a collection that was deleted', () => {
  test('has no time: a first sync deletes it, then writes unless it was modified since 0', async (t) => {
    const { ask, put, get } = await scene(t)
    const wrote = await put('bookmarks/a')
    assert.equal((await put('bookmarks/b', { payload: 'x' }, unless('0'))).status, 200, 'another object')
    assert.equal((await ask('POST', '/storage/bookmarks', { body: [], headers: unless('0') })).status, 412)
    const deleted = await ask('DELETE', '/storage/bookmarks')
    assert.equal(deleted.status, 200)
    const { modified } = deleted.json as { modified: number }
    assert.ok(modified > Number(wrote.text))
    assert.equal((await get('/info/collections')).text, '{}')
    assert.equal(Number((await get('/info/collections')).modified), modified)
    assert.equal((await get('/storage/bookmarks')).modified, '0.00')
    const posted = await ask('POST', '/storage/bookmarks?batch=true&commit=true', {
      body: [{ id: 'c', payload: 'y' }],
      headers: unless('0'),
    })
    assert.equal(posted.status, 200, posted.text)
    assert.ok((posted.json as { modified: number }).modified > modified)
    assert.deepEqual(idsOf(await get('/storage/bookmarks')), ['c'])
  })

  test('and one that never was, are empty lists; their deletion changes nothing', async (t) => {
    const { ask, put, get } = await scene(t)
    const { text } = await put('tabs/a')
    assert.deepEqual([(await get('/storage/forms')).text, (await get('/storage/forms')).status], ['[]', 200])
    for (const path of ['/storage/forms', '/storage/forms?ids=a,b']) {
      const deleted = await ask('DELETE', path)
      assert.deepEqual([deleted.status, deleted.text], [200, `{"modified":${text}}`], path)
    }
    assert.equal((await get('/info/collections')).modified, text)
  })

  test('goes with all others where the storage is deleted, by either address', async (t) => {
    const { ask, put, get, store, browser } = await scene(t)
    for (const path of ['', '/storage']) {
      await put('tabs/a')
      await put('forms/b')
      const { status } = await ask('DELETE', path, { headers: { 'x-confirm-delete': '1' } })
      assert.equal(status, 200)
      assert.equal((await get('/info/collections')).text, '{}')
    }
    const [row] = await store.rows('sync_user', { uid: browser.uid })
    assert.equal((await store.home(Number(row!['home_id'])))?.records, 0)
    assert.equal((await ask('DELETE', '/storage', { headers: unless('1') })).status, 412)
  })

  test('keeps its own place where only some of it was deleted by their ids', async (t) => {
    const { ask, put, get } = await scene(t)
    await put('tabs/a')
    const before = await put('tabs/b')
    const deleted = await ask('DELETE', '/storage/tabs?ids=a,b,c')
    const { modified } = deleted.json as { modified: number }
    assert.ok(modified > Number(before.text))
    assert.equal(deleted.modified, modified.toFixed(2))
    assert.equal((await get('/info/collections')).text, `{"tabs":${modified.toFixed(2)}}`)
    assert.equal((await ask('DELETE', '/storage/tabs?ids=a', { headers: unless(before.text) })).status, 412)
  })
})

describe('an object', () => {
  test('is updated in the parts that are sent, whatever its payload looks like', async (t) => {
    const { put, get, clock } = await scene(t)
    const tricky = 'a"},"sortindex":7}\\u0000\n\u{1f98a}\ud800'
    await put('tabs/a', { payload: tricky, sortindex: -3, ttl: 100 })
    const read = async () => (await get('/storage/tabs/a')).json as Record<string, unknown>
    assert.deepEqual([(await read())['payload'], (await read())['sortindex']], [tricky, -3])
    await put('tabs/a', { sortindex: 12 })
    assert.deepEqual([(await read())['payload'], (await read())['sortindex']], [tricky, 12])
    await put('tabs/a', { payload: 'b"},"sortindex":8' })
    const { modified: _modified, ...rest } = await read()
    assert.deepEqual(rest, { id: 'a', payload: 'b"},"sortindex":8', sortindex: 12 })
    await put('tabs/b', { payload: 'c,"sortindex":9}' })
    await put('tabs/b', { payload: 'd' })
    assert.equal('sortindex' in ((await get('/storage/tabs/b')).json as object), false)
    clock.tick(100_000)
    assert.equal((await get('/storage/tabs/a')).status, 404)
  })

  test('that only gets another time to live is no new version; one that is not there is made, empty', async (t) => {
    const { put, get, clock } = await scene(t)
    const first = await put('clients/a', { payload: 'x', ttl: 10 })
    const second = await put('clients/a', { ttl: 100 })
    assert.ok(Number(second.text) > Number(first.text))
    assert.equal((await get('/storage/clients/a')).modified, first.text)
    assert.equal((await get('/info/collections')).text, `{"clients":${second.text}}`)
    await put('clients/b', { ttl: 100 })
    clock.tick(50_000)
    assert.equal((await get('/storage/clients/a')).status, 200)
    assert.match((await get('/storage/clients/b')).text, /"payload":""\}$/)
    await put('clients/b', { ttl: null })
    clock.tick(60_000)
    assert.deepEqual(idsOf(await get('/storage/clients')), ['b'])
    assert.equal((await get('/info/collection_counts')).text, '{"clients":1}')
  })

  test('that expired can be written again, as if it had never been', async (t) => {
    const { put, get, ask, clock } = await scene(t)
    await put('clients/a', { payload: 'x', sortindex: 5, ttl: 1 })
    clock.tick(1_000)
    assert.equal((await ask('DELETE', '/storage/clients/a')).status, 404)
    assert.equal((await put('clients/a', { payload: 'y' }, unless('0'))).status, 200)
    assert.match((await get('/storage/clients/a')).text, /"payload":"y"\}$/)
  })

  test('has any name of 64 printable characters, a slash among them', async (t) => {
    const { put, get, ask } = await scene(t)
    const name = 'a/b%2F"\\ ?#&+,é'.slice(0, -1)
    const path = `tabs/${encodeURIComponent(name)}`
    assert.equal((await put(path)).status, 200)
    assert.equal(((await get(`/storage/${path}`)).json as { id: string }).id, name)
    assert.deepEqual(idsOf(await get('/storage/tabs')), [name])
    assert.equal((await ask('DELETE', `/storage/${path}`)).status, 200)
    assert.equal((await put(`tabs/${'x'.repeat(64)}`)).status, 200)
    assert.deepEqual(
      [(await put(`tabs/${'x'.repeat(65)}`)).text, (await put('tabs/%C3%A9')).text],
      ['8', '8'],
    )
  })

  test('is compared by itself, and answers 304 only where it is there', async (t) => {
    const { put, get, ask } = await scene(t)
    const first = await put('tabs/a')
    await put('tabs/b')
    assert.equal((await put('tabs/a', { payload: 'y' }, unless(first.text))).status, 200)
    const refused = await put('tabs/a', { payload: 'z' }, unless(first.text))
    assert.deepEqual([refused.status, refused.text], [412, '0'])
    assert.ok(Number(refused.modified) > Number(first.text))
    assert.equal((await get('/storage/tabs/a', unless(first.text))).status, 412)
    assert.equal((await get('/storage/tabs/c', since('9999999999'))).status, 404)
    const none = await get('/storage/tabs/a', since('9999999999'))
    assert.deepEqual([none.status, none.text, none.headers['content-type']], [304, '', undefined])
    assert.equal((await ask('DELETE', '/storage/tabs/a', { headers: unless(first.text) })).status, 412)
    assert.equal((await ask('DELETE', '/storage/tabs/a')).status, 200)
    assert.equal((await get('/storage/tabs/a')).text, '0')
  })
})

describe('a list', () => {
  async function filled(t: TestContext) {
    const under = await scene(t)
    const times: string[] = []
    for (const [id, sortindex] of [
      ['a', 3],
      ['b', 9],
      ['c', 1],
      ['d', 5],
    ] as const)
      times.push((await under.put(`forms/${id}`, { payload: id, sortindex })).text)
    return { ...under, times }
  }

  test('is sorted, cut and gone on with in every order', async (t) => {
    const { get } = await filled(t)
    for (const [sort, order] of Object.entries({
      'sort=newest': 'dcba',
      'sort=oldest': 'abcd',
      'sort=index': 'bdac',
      '': 'abcd',
    }))
      for (const limit of [1, 2, 3]) {
        const found: string[] = []
        let offset: string | undefined
        do {
          const more = offset === undefined ? '' : `&offset=${encodeURIComponent(offset)}`
          const page = await get(`/storage/forms?limit=${limit}&${sort}${more}`)
          assert.equal(page.headers['x-weave-records'], String(idsOf(page).length))
          found.push(...idsOf(page))
          offset = page.headers['x-weave-next-offset']
        } while (offset !== undefined)
        assert.equal(found.join(''), order, `${sort} ${limit}`)
      }
    const nothing = await get('/storage/forms?limit=0')
    assert.deepEqual([nothing.text, nothing.headers['x-weave-records']], ['[]', '0'])
  })

  test('holds what is strictly newer and older, and of the ids that are named', async (t) => {
    const { get, times } = await filled(t)
    const found = async (query: string) => idsOf(await get(`/storage/forms?${query}`)).join('')
    assert.equal(await found(`newer=${times[1]}`), 'cd')
    assert.equal(await found(`older=${times[1]}`), 'a')
    assert.equal(await found(`newer=${times[0]}&older=${times[3]}`), 'bc')
    assert.equal(await found('ids=d,a,x&sort=newest'), 'da')
    assert.equal(await found('ids=d,a,x&limit=1'), 'a')
    assert.equal(await found('unknown=1'), 'abcd')
    for (const wrong of [
      'newer=x',
      'older=-1',
      'limit=-1',
      'limit=many',
      'sort=best',
      'offset=x',
      'offset=n',
      `offset=o${Buffer.from('[1]').toString('base64url')}`,
      `offset=o${Buffer.from('["1","a"]').toString('base64url')}`,
      `offset=o${Buffer.from('[null,"a"]').toString('base64url')}`,
      `sort=newest&offset=o${Buffer.from('[1,"a"]').toString('base64url')}`,
      `ids=${Array.from({ length: 101 }, (_, i) => i).join()}`,
      'ids=%C3%A9',
      'ids=%FF',
    ])
      assert.equal((await get(`/storage/forms?${wrong}`)).status, 400, wrong)
  })

  test('comes as lines where that is asked for, and not as what there is not', async (t) => {
    const { get, ask } = await filled(t)
    const lines = await get('/storage/forms?limit=2', { accept: 'application/newlines' })
    assert.deepEqual([lines.text, lines.headers['content-type']], ['"a"\n"b"\n', 'application/newlines'])
    const raw = '{"id":"e","payload":"one\\ntwo"}\n{"id":"f","payload":"x"}\n'
    const newlines = { 'content-type': 'application/newlines' }
    assert.equal((await ask('POST', '/storage/forms', { raw, headers: newlines })).status, 200)
    const full = await get('/storage/forms?full=1&ids=e,f', {
      accept: 'text/html, application/newlines;q=0.5',
    })
    assert.equal(full.text.split('\n').length, 3)
    for (const accept of ['*/*', 'application/json;q=0.9, text/plain', 'application/*', ''])
      assert.equal((await get('/storage/forms', { accept })).headers['content-type'], 'application/json')
    for (const accept of ['x/yy', 'application/json;q=0', 'text/html'])
      assert.equal((await get('/storage/forms', { accept })).status, 406, accept)
  })

  test('is 304 where nothing changed, and counts what came since', async (t) => {
    const { get, put } = await filled(t)
    const { modified } = await get('/storage/forms')
    for (const path of ['/storage/forms', '/info/collections', '/info/quota', '/info/collection_usage'])
      assert.equal((await get(path, since(modified))).status, 304, path)
    await put('forms/e')
    for (const path of ['/storage/forms', '/info/collections', '/info/collection_counts'])
      assert.equal((await get(path, since(modified))).status, 200, path)
  })
})

test('information tells names, counts, kilobytes of payloads and what room there is', async (t) => {
  const { get, put } = await scene(t, 10_240_000)
  assert.deepEqual((await get('/info/quota')).json, [0, 10_000])
  await put('tabs/a', { payload: '*'.repeat(512) })
  const wrote = await put('tabs/b', { payload: '*'.repeat(512) })
  assert.deepEqual((await get('/info/collection_usage')).json, { tabs: 1 })
  assert.deepEqual((await get('/info/collection_counts')).json, { tabs: 2 })
  const [used, quota] = (await get('/info/quota')).json as [number, number]
  assert.equal(used, 1)
  assert.ok(quota < 10_000 && quota > 9_999)
  assert.equal(wrote.headers['x-weave-quota-remaining'], '9998')
  assert.deepEqual((await get('/info/configuration')).json, {
    max_request_bytes: 2_625_536,
    max_post_records: 100,
    max_post_bytes: 2_621_440,
    max_total_records: 10_000,
    max_total_bytes: 262_144_000,
    max_record_payload_bytes: 2_621_440,
  })
  for (const path of ['/info/nothing', '/info', '/info/collections/x', '/storage/a/b/c', '/other'])
    assert.deepEqual([(await get(path)).status, (await get(path)).text], [404, '0'], path)
})

test('keys that an old Firefox locked with zeros are refused', async (t) => {
  const { put, ask } = await scene(t)
  const payload = '{"ciphertext":"x","IV": "AAAAAAAAAAAAAAAAAAAAAA=="}'
  assert.deepEqual(
    [(await put('crypto/keys', { payload })).status, (await put('tabs/keys', { payload })).status],
    [400, 200],
  )
  const body = [{ id: 'keys', payload }]
  assert.equal((await ask('POST', '/storage/crypto', { body })).status, 400)
})

test('a storage is its person’s: no other token opens it, and none another’s', async (t) => {
  const { browser: alice, ask, again } = await scene(t)
  await ask('PUT', '/storage/tabs/a', { body: { payload: 'secret' } })
  const bob = await again({}).browser('bob')
  const crossed: Browser = { ...bob, uid: alice.uid }
  for (const [method, path] of [
    ['GET', '/storage/tabs/a'],
    ['GET', '/info/collections'],
    ['PUT', '/storage/tabs/a'],
    ['DELETE', ''],
  ] as const) {
    const told = await again({}).ask(crossed, method, path, method === 'PUT' ? { body: {} } : {})
    assert.deepEqual([told.status, told.text], [401, '0'], `${method} ${path}`)
  }
  assert.equal((await ask('GET', '/storage/tabs/a')).status, 200)
})
