/** Who may make requests, and what becomes of those that are wrong. */
import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { type Browser, keyId, syncUnderTest, type SyncOptions } from '../../../test/support/sync-door.ts'
import { storeKinds } from '../../../test/support/accounts-on.ts'
import { keyRing } from '../../lib/sealed.ts'
import { makeToken, tokenSecret } from './tokenlib.ts'

async function scene(t: TestContext, options: SyncOptions = {}) {
  const under = await syncUnderTest(t, options)
  const browser = await under.browser('alice')
  const ask = (method: string, path: string, asked: Parameters<typeof under.ask>[3] = {}) =>
    under.ask(browser, method, path, asked)
  const info = async (asked: Parameters<typeof under.ask>[3] = {}) =>
    (await under.ask(browser, 'GET', '/info/collections', asked)).status
  return { ...under, browser, askAs: under.ask, ask, info }
}

describe('a signature', () => {
  test('is of the public address, whatever host and scheme the request came by', async (t) => {
    const { info } = await scene(t)
    assert.equal(await info({ headers: { host: '127.0.0.1:8888', 'x-forwarded-proto': 'ftp' } }), 200)
    for (const signed of [
      { host: '127.0.0.1' },
      { port: 80 },
      { resource: '/info/collections' },
      { method: 'PUT' },
    ])
      assert.equal(await info({ signed }), 401)
  })

  test('is taken once', async (t) => {
    const { info } = await scene(t)
    const signed = { nonce: 'again' }
    assert.deepEqual([await info({ signed }), await info({ signed })], [200, 401])
    assert.equal(await info({ signed: { nonce: 'another' } }), 200)
  })

  test('of a write that is played again changes nothing, whatever body comes with it', async (t) => {
    const { ask } = await scene(t)
    const signed = { nonce: 'again' }
    const write = (payload: string) => ask('PUT', '/storage/tabs/a', { body: { payload }, signed })
    const { modified } = await write('first')
    for (const payload of ['first', 'second']) assert.equal((await write(payload)).status, 401)
    const read = await ask('GET', '/storage/tabs/a')
    assert.deepEqual([read.modified, (read.json as { payload: string }).payload], [modified, 'first'])
  })

  test('may be some minutes off; beyond, its sender is told the time', async (t) => {
    const { ask, info, clock } = await scene(t)
    const now = Math.floor(clock.now() / 1_000)
    for (const off of [-300, -60, 60, 300]) assert.equal(await info({ signed: { ts: now + off } }), 200)
    for (const off of [-301, 301, -1e9, 1e9]) {
      const told = await ask('GET', '/info/collections', { signed: { ts: Math.max(0, now + off) } })
      assert.equal(told.status, 401)
      assert.match(told.headers['www-authenticate'] ?? '', new RegExp(`^Hawk ts="${now}", tsm="`))
    }
  })

  test('is needed, and by the key of its token', async (t) => {
    const { bare, browser, askAs, errors } = await scene(t)
    const url = `/1.5/${browser.uid}/info/collections`
    for (const authorization of [
      undefined,
      '',
      'Hawk',
      'Hawk id="x", ts="1", nonce="n", mac="m"',
      `Bearer ${browser.key}`,
      `Basic ${browser.id}`,
      `Hawk id="${browser.id}", ts="1", nonce="n"`,
    ]) {
      const told = await bare('GET', url, authorization === undefined ? {} : { authorization })
      assert.deepEqual([told.status, told.text], [401, '0'], authorization)
      assert.ok(told.headers['x-weave-timestamp'])
    }
    assert.equal((await askAs({ ...browser, key: 'another' }, 'GET', '/info/collections')).status, 401)
    assert.equal((await bare('GET', url, { authorization: 'x', cookie: `id=${browser.id}` })).status, 401)
    assert.deepEqual(errors, [])
  })
})

describe('a token', () => {
  test('that is over opens the times of the collections alone', async (t) => {
    const { ask, info, clock } = await scene(t)
    await ask('PUT', '/storage/info/collections', { body: { payload: 'x' } })
    clock.tick(3_600_000)
    assert.equal(await info(), 200)
    assert.equal((await ask('GET', '/info/collections?v=1.155.0')).status, 200)
    for (const path of ['/info/quota', '/storage/info/collections', '/info/collections/', '/storage/tabs'])
      assert.equal((await ask('GET', path)).status, 401, path)
    assert.equal((await ask('PUT', '/storage/info/collections', { body: {} })).status, 401)
  })

  test('made under a former key of the server is good; one made elsewhere is not', async (t) => {
    const { browser, again } = await scene(t)
    const secret = (fill: number) => new Uint8Array(32).fill(fill)
    const rotated = again({
      keys: keyRing(
        new Map([
          [1, secret(7)],
          [2, secret(8)],
        ]),
      ),
    })
    assert.equal((await rotated.ask(browser, 'GET', '/info/collections')).status, 200)
    const fresh = await rotated.browser('alice')
    assert.equal(fresh.uid, browser.uid)
    const other = again({ keys: keyRing(new Map([[3, secret(9)]])) })
    assert.equal((await other.ask(browser, 'GET', '/info/collections')).status, 401)
  })

  test('without a grant, and users that nobody knows, are for test suites alone', async (t) => {
    const on = await scene(t)
    const suite = tokenSecret(Buffer.from('a suite'))
    const data = {
      node: '',
      expires: on.clock.now() / 1_000 + 60,
      fxa_uid: '',
      fxa_kid: '',
      hashed_fxa_uid: '',
    }
    const guest: Browser = { uid: 42, ...makeToken(suite, { ...data, uid: 42 }) }
    assert.equal((await on.askAs(guest, 'GET', '/info/collections')).status, 401)
    const testing = on.again({ settings: { testSecret: 'a suite' } })
    assert.equal((await testing.ask(guest, 'PUT', '/storage/tabs/a', { body: { payload: 'x' } })).status, 200)
    assert.equal((await testing.ask(guest, 'GET', '/storage/tabs')).text, '["a"]')
    // Not even then is anybody's storage opened by them.
    const { uid } = on.browser
    for (const essaim of [undefined, { account: (await on.accounts.byLogin('alice'))!.id, grant: 'g' }]) {
      const forged = { uid, ...makeToken(suite, { ...data, uid, ...(essaim ? { essaim } : {}) }) }
      assert.equal((await testing.ask(forged, 'GET', '/info/collections')).status, 401)
    }
    assert.equal((await on.askAs(guest, 'GET', '/storage/tabs')).status, 401)
  })
})

for (const kind of storeKinds)
  test(`what is taken back is refused by the next request, also of another process: ${kind}`, async (t) => {
    const { accounts, apps, access, tokens, again, ask } = await syncUnderTest(t, { kind })
    const there = kind === 'postgres' ? again({}) : undefined
    for (const end of ['revoke', 'suspend', 'narrow', 'account'] as const) {
      const login = `${end}er`
      const { text, account, grant } = await access(login)
      const answer = await tokens({ authorization: `Bearer ${text}`, 'x-keyid': keyId(1) })
      const browser = answer.json as Browser
      const told = async () =>
        Promise.all(
          [ask, ...(there ? [there.ask] : [])].flatMap((one) => [
            one(browser, 'GET', '/storage/tabs').then(({ status }) => status),
            one(browser, 'PUT', '/storage/tabs/a', { body: { payload: 'x' } }).then(({ status }) => status),
          ]),
        )
      assert.deepEqual(new Set(await told()), new Set([200]), end)
      if (end === 'revoke') await accounts.revokeGrant(account, grant)
      if (end === 'suspend') await accounts.suspendGrant(account, grant, true)
      if (end === 'narrow') await apps.narrow(account, grant, 'sync:rw')
      if (end === 'account') await accounts.change(account, { state: 'suspended' })
      assert.deepEqual(new Set(await told()), new Set([401]), end)
    }
  })

test('an account that ends takes its storage along', async (t) => {
  const { browser, accounts, ask, info, store } = await scene(t)
  await ask('PUT', '/storage/tabs/a', { body: { payload: 'x' } })
  const alice = (await accounts.byLogin('alice'))!
  await accounts.remove(alice.id)
  assert.equal(await info(), 401)
  assert.deepEqual(await store.rows('sync_user', { uid: browser.uid }), [])
})

describe('a request that is wrong', () => {
  test('is told so by a number', async (t) => {
    const { ask, errors } = await scene(t)
    const told = async (method: string, path: string, asked: Parameters<typeof ask>[2] = {}) => {
      const { status, text } = await ask(method, path, asked)
      return `${status} ${text}`
    }
    const put = (body: unknown) => told('PUT', '/storage/tabs/a', { body })
    for (const body of [
      'notabso',
      42,
      null,
      [],
      { id: 'b', payload: '' },
      { id: ['01'], payload: '' },
      { payload: 42 },
      { payload: {} },
      { sortindex: 'x' },
      { sortindex: 2.6 },
      { sortindex: 1_000_000_000 },
      { ttl: -1 },
      { ttl: 4.2 },
      { ttl: 'eh' },
      { ttl: 1_000_000_000 },
      { unexpected: 1 },
      JSON.parse('{"__proto__": {"payload": "x"}}'),
    ])
      assert.equal(await put(body), '400 8', JSON.stringify(body))
    const post = (asked: Parameters<typeof ask>[2]) => told('POST', '/storage/tabs', asked)
    for (const body of ['notalist', 42, {}, [1], [{ id: 'a' }, 'BAD'], [{ payload: 'x' }], [{ id: 7 }]])
      assert.equal(await post({ body }), '400 8', JSON.stringify(body))
    const raws = ['', '{', '[', '[{"id":"a"},]', '\ufffe', `${'['.repeat(100_000)}`, '{"payload":1e999}']
    for (const raw of [...raws, new Uint8Array([0xff, 0xfe])]) {
      assert.equal(await told('PUT', '/storage/tabs/a', { raw }), '400 6', String(raw).slice(0, 20))
      assert.equal(await post({ raw }), '400 6', String(raw).slice(0, 20))
    }
    for (const type of ['application/octet-stream', 'text/html', 'constructor', '']) {
      const headers = { 'content-type': type }
      assert.equal(await told('PUT', '/storage/tabs/a', { body: {}, headers }), '415 0', type)
      assert.equal(await post({ body: [], headers }), '415 0', type)
    }
    const lines = { headers: { 'content-type': 'application/newlines' }, body: {} }
    assert.equal(await told('PUT', '/storage/tabs/a', lines), '415 0')
    for (const name of ['a b', 'x'.repeat(33), 'a%2Fb', '%C3%A9', 'a,b'])
      assert.equal(await told('GET', `/storage/${name}`), '400 13', name)
    for (const path of [
      '/storage/..',
      '/storage/%2e%2E/x',
      '/storage/%00',
      '/storage/%FF',
      '/storage/tabs?ids=%',
    ])
      assert.equal(await told('GET', path), '400 0', path)
    for (const method of ['PATCH', 'PUT', 'HEAD'])
      assert.equal(await told(method, '/storage/tabs'), '405 0', method)
    assert.equal((await ask('POST', '/storage/tabs/a')).headers['allow'], 'GET, PUT, DELETE')
    assert.equal(await told('DELETE', '/storage/tabs?ids='), '400 0')
    assert.deepEqual(errors, [])
    assert.equal(await told('GET', '/info/collections'), '200 {}', 'and nothing was written')
  })

  test('in one object of many leaves the others alone', async (t) => {
    const { ask } = await scene(t)
    const body = [
      { id: 'good', payload: 'x' },
      { id: 'A\nB', payload: 'x' },
      { id: '', payload: 'x' },
      { id: 'x'.repeat(65), payload: 'x' },
      { id: 'index', sortindex: 'FAIL' },
      { id: 'unknown', invalid: 'ya' },
      { id: 'constructor', payload: 1 },
    ]
    const { json } = await ask('POST', '/storage/tabs', { body })
    const { success, failed } = json as { success: string[]; failed: Record<string, string> }
    assert.deepEqual(success, ['good'])
    assert.deepEqual(
      Object.keys(failed).toSorted(),
      body
        .slice(1)
        .map(({ id }) => id)
        .toSorted(),
    )
  })

  test('holds too much: what may be sent again is told so, and a million objects are not read one by one', async (t) => {
    const { ask } = await scene(t)
    const many = Array.from({ length: 105 }, (_, i) => ({ id: `i${i}`, payload: 'x' }))
    const { json } = await ask('POST', '/storage/tabs', { body: many })
    const { success, failed } = json as { success: string[]; failed: Record<string, string> }
    assert.deepEqual(
      [success.length, failed],
      [100, Object.fromEntries(many.slice(100).map(({ id }) => [id, 'retry bso']))],
    )
    const large = [
      { id: 'little', payload: 'XXX' },
      { id: 'big', payload: 'X'.repeat(2_621_438) },
      { id: 'last', payload: 'X' },
    ]
    const second = (await ask('POST', '/storage/tabs', { body: large })).json as typeof json
    assert.deepEqual((second as { failed: unknown }).failed, { big: 'retry bytes' })
    const swarm = `[${'{"id":"a"},'.repeat(200_000)}{"id":"a"}]`
    const told = await ask('POST', '/storage/tabs', { raw: swarm })
    assert.deepEqual([told.status, told.text], [400, '17'])
    const payload = '\u00e9'.repeat(1_310_721)
    const one = await ask('PUT', '/storage/tabs/a', { body: { payload } })
    assert.deepEqual([one.status, one.text], [413, '17'])
  })

  test('would make one collection too many', async (t) => {
    const { ask } = await scene(t)
    for (let i = 0; i < 250; i++) await ask('PUT', `/storage/c${i}/a`, { body: { payload: '' } })
    const told = await ask('PUT', '/storage/another/a', { body: { payload: '' } })
    assert.deepEqual([told.status, told.text], [403, '14'])
    assert.equal((await ask('PUT', '/storage/c7/b', { body: { payload: '' } })).status, 200)
    await ask('DELETE', '/storage/c7')
    assert.equal((await ask('PUT', '/storage/another/a', { body: { payload: '' } })).status, 200)
    assert.equal((await ask('PUT', '/storage/c7/b', { body: { payload: '' } })).status, 403)
  })
})

test('pages may ask from anywhere, and are told so', async (t) => {
  const { bare } = await scene(t)
  for (const url of ['/1.5/7/__heartbeat__', '/1.0/sync/1.5', '/1.5/7/storage/tabs']) {
    const told = await bare('OPTIONS', url, {
      origin: 'http://page.example',
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'x-own',
    })
    assert.equal(told.status, 200)
    assert.equal(told.headers['access-control-allow-origin'], 'http://page.example')
    assert.match(told.headers['access-control-allow-headers'] ?? '', /, x-own$/)
    assert.equal(told.headers['access-control-allow-credentials'], undefined)
  }
})

test('a server that ends, is read only or wants time says so', async (t) => {
  const on = await scene(t)
  const eos = { at: on.clock.now() + 1_000, url: 'https://x.example/', message: 'Fin d’été' }
  const { again, browser, clock } = on
  const busy = again({ settings: { backoff: 7, eos } })
  const told = await busy.ask(browser, 'GET', '/info/collections')
  assert.equal(told.headers['x-weave-backoff'], '7')
  const alert = { code: 'soft-eol', message: eos.message, url: eos.url }
  assert.deepEqual(JSON.parse(told.headers['x-weave-alert'] ?? ''), alert)
  clock.tick(1_000)
  const ended = await busy.ask(browser, 'GET', '/info/collections')
  assert.equal(ended.status, 513)
  assert.equal(JSON.parse(ended.headers['x-weave-alert'] ?? '').code, 'hard-eol')
  const { status, headers } = await busy.tokens({ 'x-keyid': keyId(1) })
  assert.deepEqual([status, headers['x-backoff']], [513, '7'])
  const still = again({ settings: { readonly: true } })
  assert.equal((await still.ask(browser, 'GET', '/storage/tabs')).status, 200)
  const refused = await still.ask(browser, 'PUT', '/storage/tabs/a', { body: {} })
  assert.deepEqual([refused.status, refused.headers['retry-after']], [503, '30'])
})

test('a store that fails is 503 or 500, in the words of who asked', async (t) => {
  const { CodedError } = await import('../../lib/coded-error.ts')
  let error: Error | undefined
  const under = await syncUnderTest(t, {
    wrap: (store) => ({
      ...store,
      each: (...args) => (error ? Promise.reject(error) : store.each(...args)),
    }),
  })
  const browser = await under.browser()
  error = new CodedError('store-unavailable', 'away')
  const told = await under.ask(browser, 'GET', '/storage/tabs')
  assert.deepEqual([told.status, told.text, told.headers['retry-after']], [503, '0', '30'])
  error = new Error('odd')
  assert.deepEqual((await under.ask(browser, 'GET', '/storage/tabs')).status, 500)
  assert.equal(under.errors.length, 2)
})
