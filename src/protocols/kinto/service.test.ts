import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { kintoUnderTest } from '../../../test/support/kinto-door.ts'
import { citizen } from './citizen.ts'

describe('the service', () => {
  test('says what it is, and who asks', async (t) => {
    const { ask, person } = await kintoUnderTest(t)
    await person('alice')
    const { json, headers } = await ask('GET', '/')
    const { project_name: name, http_api_version: version, url, settings, capabilities, user } = json
    assert.deepEqual([name, version, url, user], ['essaim', '1.23', 'http://localhost:8888/v1/', undefined])
    assert.deepEqual(settings, { readonly: false, batch_max_requests: 25, explicit_permissions: true })
    assert.deepEqual(Object.keys(capabilities!), ['accounts', 'default_bucket', 'permissions_endpoint'])
    assert.equal(headers['cache-control'], undefined)
    const signedIn = await ask('GET', '/', { as: 'alice' })
    const { id, principals } = signedIn.json['user'] as unknown as { id: string; principals: string[] }
    assert.equal(id, 'account:alice')
    assert.deepEqual(principals, ['account:alice', 'system.Authenticated', 'system.Everyone'])
    assert.equal(citizen.name, 'kinto')
  })

  test('takes a header that a page has no value for yet as nobody, and nothing else', async (t) => {
    const { ask } = await kintoUnderTest(t)
    const status = async (path: string, authorization: string) =>
      (await ask('GET', path, { headers: { authorization } })).status
    assert.equal(await status('/', 'undefined'), 200)
    assert.equal(await status('/buckets/b', 'undefined'), 401)
    for (const other of [
      '',
      'null',
      'Undefined',
      'Bearer undefined',
      'Basic undefined',
      'undefined undefined',
    ])
      assert.equal(await status('/', other), 401, other)
  })

  test('asks for time, and warns of its end, on every answer', async (t) => {
    const { ask } = await kintoUnderTest(
      t,
      {},
      { backoff: 30, eos: Date.UTC(2026, 5, 1), eosMessage: 'Bye é' },
    )
    for (const path of ['/', '/nowhere', '/buckets', '//x', '/__heartbeat__']) {
      const { headers } = await ask('GET', path)
      assert.equal(headers['backoff'], '30', path)
      assert.match(headers['alert'] ?? '', /^\{"code":"soft-eol","message":"Bye \\u00e9","url":"http/, path)
    }
    const { json } = await ask('GET', '/')
    assert.equal(json['eos'], '2026-06-01')
  })

  test('answers 410 once it is over, save for what operators ask', async (t) => {
    const { ask, clock } = await kintoUnderTest(t, {}, { eos: Date.UTC(2026, 0, 2) })
    assert.equal((await ask('GET', '/')).status, 200)
    clock.tick(86_400_000)
    for (const [method, path] of [
      ['GET', '/'],
      ['PUT', '/buckets/b'],
      ['GET', '//'],
      ['OPTIONS', '/buckets'],
    ] as const) {
      const told = await ask(method, path)
      assert.deepEqual([told.status, (told.json as { errno?: number }).errno], [410, 202], path)
      assert.match(told.headers['alert'] ?? '', /hard-eol/)
    }
    assert.equal((await ask('GET', '/__heartbeat__')).status, 200)
    assert.equal((await ask('GET', '/__version__')).status, 200)
  })

  test('writes nothing when it is read-only', async (t) => {
    const { ask, person, store, owner } = await kintoUnderTest(t, {}, { readonly: true })
    await person('alice')
    const before = (await store.home(owner.home))?.seq
    for (const [method, path] of [
      ['PUT', '/buckets/b'],
      ['POST', '/buckets'],
      ['PATCH', '/buckets/default'],
      ['DELETE', '/buckets'],
      ['POST', '/batch'],
      ['PUT', '/accounts/bob'],
      ['POST', '/__flush__'],
    ] as const) {
      const told = await ask(method, path, { as: 'alice', body: {} })
      assert.ok([404, 405].includes(told.status), `${method} ${path} ${told.status}`)
    }
    assert.equal((await ask('GET', '/buckets', { as: 'alice' })).status, 200)
    assert.equal((await store.home(owner.home))?.seq, before)
  })

  test('tells caches how long anonymous answers are good, and nothing of others', async (t) => {
    const { ask, person } = await kintoUnderTest(t, {
      KINTO_RECORD_CACHE_EXPIRES_SECONDS: '60',
      KINTO_B_SLOW_RECORD_CACHE_EXPIRES_SECONDS: '3600',
    })
    await person('alice')
    await ask('PUT', '/buckets/b', { as: 'alice', body: { permissions: { read: ['system.Everyone'] } } })
    for (const id of ['c', 'slow', 'own'])
      await ask('PUT', `/buckets/b/collections/${id}`, {
        as: 'alice',
        body: { data: id === 'own' ? { cache_expires: 7200 } : {} },
      })
    const caching = async (path: string, as?: string) => {
      const { headers } = await ask('GET', path, as === undefined ? {} : { as })
      return [headers['cache-control'], headers['vary']]
    }
    assert.deepEqual(await caching('/buckets/b/collections/c/records'), ['max-age=60', 'Authorization'])
    assert.deepEqual(await caching('/buckets/b/collections/slow/records'), ['max-age=3600', 'Authorization'])
    assert.deepEqual(await caching('/buckets/b/collections/own/records'), ['max-age=7200', 'Authorization'])
    assert.deepEqual(await caching('/buckets/b/collections/own/records', 'alice'), [
      'no-cache, no-store',
      undefined,
    ])
    assert.deepEqual(await caching('/buckets/b'), ['no-cache, no-store', undefined])
  })

  test('lets pages of every site in, without their cookies', async (t) => {
    const { ask } = await kintoUnderTest(t)
    for (const [method, path] of [
      ['GET', '/'],
      ['GET', '/nowhere'],
      ['GET', '/buckets/%00'],
      ['DELETE', '/buckets/b'],
      ['POST', '/'],
    ] as const) {
      const { headers } = await ask(method, path, { headers: { origin: 'https://app.example' } })
      assert.equal(headers['access-control-allow-origin'], '*', `${method} ${path}`)
      assert.equal(headers['access-control-allow-credentials'], undefined)
      assert.match(headers['access-control-expose-headers'] ?? '', /ETag.*Next-Page/)
      assert.equal(headers['x-content-type-options'], 'nosniff')
      assert.match(headers['content-security-policy'] ?? '', /default-src 'none'/)
    }
    const preflight = await ask('OPTIONS', '/buckets/b/collections/c', {
      headers: {
        origin: 'https://app.example',
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'authorization,x-own',
      },
    })
    assert.equal(preflight.status, 200)
    assert.match(preflight.headers['access-control-allow-methods'] ?? '', /PUT/)
    assert.match(preflight.headers['access-control-allow-headers'] ?? '', /x-own/)
  })

  test('lets in only those pages that the settings name', async (t) => {
    const { ask } = await kintoUnderTest(t, { KINTO_CORS_ORIGINS: 'https://a.example https://*.b.example' })
    for (const [origin, allowed] of [
      ['https://a.example', true],
      ['https://x.b.example', true],
      ['https://b.example', false],
      ['https://a.example.evil', false],
      ['https://x.b.example.evil', false],
      ['https://x/.b.example', false],
      ['null', false],
    ] as const) {
      const { headers } = await ask('GET', '/', { headers: { origin } })
      assert.equal(headers['access-control-allow-origin'], allowed ? origin : undefined, origin)
      assert.match(headers['vary'] ?? '', /Origin/)
    }
  })

  test('adds the version, and takes a slash away, by redirects that keep method and query', async (t) => {
    const { ask } = await kintoUnderTest(t)
    for (const [path, location] of [
      ['//buckets?_limit=1', '/v1/buckets?_limit=1'],
      ['//buckets/b/', '/v1/buckets/b/'],
      ['//', '/v1/'],
      ['//v1', '/v1/'],
      ['/buckets/?x', '/v1/buckets?x'],
      ['//buckets//evil.example', '/v1/buckets//evil.example'],
      ['///evil.example', '/v1//evil.example'],
    ] as const) {
      const told = await ask('GET', path)
      assert.deepEqual([told.status, told.headers['location']], [307, location], path)
    }
    assert.equal((await ask('GET', '//v2/buckets')).status, 404)
    assert.equal((await ask('GET', '/buckets/b/unknown')).status, 404)
    assert.equal((await ask('PATCH', '/buckets')).headers['allow']?.includes('PATCH'), false)
  })

  test('answers what operators ask', async (t) => {
    const { ask } = await kintoUnderTest(t)
    assert.deepEqual((await ask('GET', '/__heartbeat__')).json, { store: true })
    assert.deepEqual((await ask('GET', '/__lbheartbeat__')).json, {})
    assert.equal((await ask('GET', '/__version__')).json['name'], 'essaim')
    assert.equal((await ask('GET', '/contribute.json')).json['license'], 'MPL-2.0')
    assert.equal((await ask('GET', '/__metrics__')).status, 404)
    assert.equal((await ask('POST', '/__flush__', { as: 'olga' })).status, 404)
  })
})

describe('flushing', () => {
  test('is the owner’s, where it is switched on', async (t) => {
    const { ask, person } = await kintoUnderTest(t, {}, { kintoFlush: true })
    await person('alice')
    assert.equal((await ask('POST', '/__flush__')).status, 401)
    assert.equal((await ask('POST', '/__flush__', { as: 'alice' })).status, 403)
    assert.equal((await ask('POST', '/__flush__', { as: 'olga' })).status, 202)
    assert.equal((await ask('GET', '/', { as: 'alice' })).status, 401)
    assert.equal((await ask('GET', '/', { as: 'olga' })).status, 200)
  })

  test('empties buckets, groups and reservations, and leaves clocks that go on', async (t) => {
    const { ask, person, accounts, store, clock, errors } = await kintoUnderTest(t, {}, { kintoFlush: true })
    const stays = await accounts.create({ login: 'stays', directHash: 'hash of stays password' })
    await person('alice')
    await ask('PUT', '/buckets/mine', { as: 'olga' })
    await ask('PUT', '/buckets/mine/groups/g', { as: 'olga', body: { data: { members: ['account:stays'] } } })
    await ask('PUT', '/buckets/once', { as: 'alice' })
    await ask('DELETE', '/buckets/once', { as: 'alice' })
    await ask('PUT', '/buckets/default/collections/c/records/r', { as: 'stays', body: { data: {} } })
    const list = '/buckets/default/collections/c/records'
    const before = await ask('GET', list, { as: 'stays' })
    const bucketsBefore = await ask('GET', '/buckets', { as: 'olga' })
    clock.tick(10)
    assert.equal((await ask('POST', '/__flush__', { as: 'olga' })).status, 202)
    assert.equal((await ask('GET', '/buckets/mine', { as: 'olga' })).status, 403)
    const after = await ask('GET', list, { as: 'stays' })
    assert.deepEqual(after.json, { data: [] })
    assert.ok(after.revision > before.revision)
    assert.ok((await ask('GET', '/buckets', { as: 'olga' })).revision > bucketsBefore.revision)
    assert.deepEqual(await store.rows('membership', {}), [])
    assert.deepEqual(await store.rows('name', { kind: 'bucket' }), [])
    assert.equal((await store.rows('bucket', {})).length, 1)
    assert.equal((await ask('PUT', '/buckets/once', { as: 'stays' })).status, 201)
    assert.ok(await accounts.byId(stays.id))
    assert.equal(await accounts.byLogin('alice'), undefined)
    assert.deepEqual(errors, [])
  })
})

describe('what one may do', () => {
  test('is listed: the default bucket, one’s own, and what others share', async (t) => {
    const { ask, person } = await kintoUnderTest(t)
    for (const login of ['alice', 'bob']) await person(login)
    await ask('PUT', '/buckets/default/collections/c', { as: 'alice' })
    await ask('PUT', '/buckets/own', { as: 'alice' })
    await ask('PUT', '/buckets/of-bob', { as: 'bob' })
    await ask('PUT', '/buckets/of-bob/collections/c', {
      as: 'bob',
      body: { permissions: { 'record:create': ['account:alice'] } },
    })
    await ask('PUT', '/buckets/of-bob/collections/c/records/r', {
      as: 'bob',
      body: { data: {}, permissions: { read: ['system.Authenticated'] } },
    })
    await ask('PUT', '/buckets/of-bob/collections/hidden', { as: 'bob' })
    const { json } = await ask('GET', '/', { as: 'alice' })
    const { bucket } = (json as unknown as { user: { bucket: string } }).user
    const entries = (await ask('GET', '/permissions?_sort=uri', { as: 'alice' })).json.data as unknown as {
      uri: string
      permissions: string[]
    }[]
    assert.deepEqual(
      new Map(entries.map(({ uri, permissions }) => [uri, permissions])),
      new Map([
        ['/', ['bucket:create']],
        ['/accounts/alice', ['read', 'write']],
        [`/buckets/${bucket}`, ['read:attributes', 'read', 'collection:create', 'group:create', 'write']],
        [`/buckets/${bucket}/collections/c`, ['read:attributes', 'read', 'record:create', 'write']],
        ['/buckets/of-bob/collections/c', ['read:attributes', 'record:create']],
        ['/buckets/of-bob/collections/c/records/r', ['read']],
        ['/buckets/own', ['read:attributes', 'read', 'collection:create', 'group:create', 'write']],
      ]),
    )
    const paged: string[] = []
    let path: string | undefined = '/permissions?_sort=uri&_limit=2'
    while (path !== undefined) {
      const page = await ask('GET', path, { as: 'alice' })
      paged.push(...(page.json.data as unknown as { uri: string }[]).map(({ uri }) => uri))
      path = page.headers['next-page']?.slice('http://localhost:8888/v1'.length)
    }
    assert.deepEqual(
      paged,
      entries.map(({ uri }) => uri),
    )
    const groups = await ask('GET', '/permissions?resource_name=collection&has_record_id=false', {
      as: 'alice',
    })
    assert.equal((groups.json.data as unknown as unknown[]).length, 2)
    assert.equal((await ask('GET', '/permissions?unknown=1', { as: 'alice' })).status, 400)
  })
})
