import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { kintoUnderTest } from '../../../test/support/kinto-door.ts'
import type { Session, Store } from '../../core/ports.ts'
import type { JsonObject } from '../../lib/json/index.ts'

const collection = '/buckets/b/collections/c'
const records = `${collection}/records`

interface Response {
  status: number
  path: string
  headers: Record<string, string>
  body: JsonObject & { data: JsonObject; errno: number }
}

async function withBatches(
  t: TestContext,
  ...more: [Record<string, string>?, object?, ((store: Store) => Store)?]
) {
  const door = await kintoUnderTest(t, ...more)
  const { ask, person } = door
  for (const login of ['alice', 'bob']) await person(login)
  await ask('PUT', '/buckets/b', { as: 'alice' })
  await ask('PUT', collection, { as: 'alice' })
  const send = (body: unknown, as = 'alice') => ask('POST', '/batch', { as, body })
  const batch = async (requests: unknown[], defaults?: unknown, as = 'alice') => {
    const { status, json, text } = await send({ requests, ...(defaults !== undefined && { defaults }) }, as)
    assert.equal(status, 200, text)
    return (json as unknown as { responses: Response[] }).responses
  }
  const total = async (list = records) =>
    Number((await ask('HEAD', list, { as: 'alice' })).headers['total-objects'])
  return { ...door, send, batch, total }
}

const put = (id: string, data: JsonObject = {}) => ({
  method: 'PUT',
  path: `${records}/${id}`,
  body: { data },
})

describe('a batch', () => {
  test('answers its requests in their order, each in full', async (t) => {
    const { batch, errors } = await withBatches(t)
    const responses = await batch([
      put('a', { n: 1 }),
      { path: `${records}/a` },
      { method: 'HEAD', path: records },
      { method: 'PATCH', path: `/v1${records}/a`, body: { data: { m: 2 } } },
      { method: 'DELETE', path: `${records}/a` },
      { path: `${records}/a` },
    ])
    assert.deepEqual(
      responses.map(({ status }) => status),
      [201, 200, 200, 200, 200, 404],
    )
    assert.deepEqual(
      responses.map(({ path }) => path),
      [
        `/v1${records}/a`,
        `/v1${records}/a`,
        `/v1${records}`,
        `/v1${records}/a`,
        `/v1${records}/a`,
        `/v1${records}/a`,
      ],
    )
    assert.equal(responses[1]!.body.data['n'], 1)
    assert.equal(responses[2]!.headers['Total-Objects'], '1')
    assert.match(responses[0]!.headers['ETag'] ?? '', /^"\d+"$/)
    assert.deepEqual(errors, [])
  })

  test('of record writes leaves alone what is refused, and does the rest', async (t) => {
    const { batch, total } = await withBatches(t)
    await batch([put('there')])
    const responses = await batch([
      put('a'),
      { ...put('there'), headers: { 'If-None-Match': '*' } },
      { ...put('x!'), path: `${records}/x!` },
      { method: 'PUT', path: `${records}/b`, body: { data: 7 } },
      { method: 'DELETE', path: `${records}/absent` },
      { method: 'PUT', path: '/buckets/b/collections/none/records/r', body: { data: {} } },
      { method: 'PATCH', path: `${records}/there`, body: { data: { n: 5 } } },
      { method: 'POST', path: records, body: { data: { id: 'posted' } } },
      put('z'),
    ])
    assert.deepEqual(
      responses.map(({ status, body }) => [status, body.errno]),
      [
        [201, undefined],
        [412, 114],
        [400, 107],
        [400, 107],
        [404, 110],
        [404, 111],
        [200, undefined],
        [201, undefined],
        [201, undefined],
      ],
    )
    assert.equal(await total(), 4)
  })

  test('lays each request over the defaults, headers by name', async (t) => {
    const { batch } = await withBatches(t)
    const responses = await batch(
      [
        { path: `${records}/a` },
        { path: `${records}/b`, body: { data: { own: true } }, headers: { 'IF-NONE-MATCH': '*' } },
      ],
      { method: 'PUT', body: { data: { by: 'default' } }, headers: { 'If-None-Match': '"1"' } },
    )
    assert.deepEqual(
      responses.map(({ status }) => status),
      [201, 201],
    )
    assert.equal(responses[0]!.body.data['by'], 'default')
    assert.equal(responses[1]!.body.data['own'], true)
  })

  test('may make a bucket and what is in it, and share it, each request seeing those before', async (t) => {
    const { batch, ask, errors } = await withBatches(t)
    const responses = await batch([
      { method: 'PUT', path: '/buckets/new', body: { permissions: { read: ['account:bob'] } } },
      { method: 'PUT', path: '/buckets/new/collections/c' },
      { method: 'PUT', path: '/buckets/new/groups/g', body: { data: { members: ['account:bob'] } } },
      { method: 'POST', path: '/buckets/new/collections/c/records', body: { data: { n: 1 } } },
      { method: 'GET', path: '/buckets/new/collections/c/records' },
      {
        method: 'PATCH',
        path: '/buckets/new/collections/c',
        body: { permissions: { write: ['/buckets/new/groups/g'] } },
      },
      { method: 'POST', path: '/buckets', body: { data: { id: 'second' } } },
      { method: 'PUT', path: '/buckets/second/collections/c' },
    ])
    assert.deepEqual(
      responses.map(({ status }) => status),
      [201, 201, 201, 201, 200, 200, 201, 201],
    )
    assert.equal((responses[4]!.body.data as unknown as unknown[]).length, 1)
    assert.equal(
      (await ask('PUT', '/buckets/new/collections/c/records/x', { as: 'bob', body: { data: {} } })).status,
      201,
    )
    assert.deepEqual(errors, [])
  })

  test('may delete a bucket and make it again', async (t) => {
    const { batch, total, ask } = await withBatches(t)
    await batch([put('a')])
    const responses = await batch([
      { method: 'DELETE', path: '/buckets/b' },
      { path: '/buckets/b' },
      { method: 'PUT', path: '/buckets/b' },
      { method: 'PUT', path: collection },
      put('b'),
    ])
    assert.deepEqual(
      responses.map(({ status }) => status),
      [200, 403, 201, 201, 201],
    )
    assert.equal(await total(), 1)
    assert.equal((await ask('GET', '/buckets/b', { as: 'bob' })).status, 403)
  })

  test('asks each request for its own credentials where it has some', async (t) => {
    const { batch } = await withBatches(t)
    const bob = `Basic ${Buffer.from('bob:bob password').toString('base64')}`
    const wrong = `Basic ${Buffer.from('bob:wrong').toString('base64')}`
    const responses = await batch([
      put('a'),
      { path: `${records}/a`, headers: { Authorization: bob } },
      { path: `${records}/a`, headers: { Authorization: wrong } },
      { path: '/', headers: { Authorization: bob } },
    ])
    assert.deepEqual(
      responses.map(({ status, body }) => [status, body.errno]),
      [
        [201, undefined],
        [403, 121],
        [401, 105],
        [200, undefined],
      ],
    )
    assert.equal((responses[3]!.body['user'] as unknown as { id: string }).id, 'account:bob')
  })

  test('is taken back whole where the server fails in it', async (t) => {
    const failing = new Set<string>()
    const wrap = (store: Store): Store => ({
      ...store,
      session: (homes, run) =>
        store.session(homes, (session) => {
          const breaking: Session = {
            ...session,
            record(home, path, id) {
              if (failing.has(id)) throw new Error('the disk is on fire')
              return session.record(home, path, id)
            },
          }
          return run(breaking)
        }),
    })
    const { send, total, ask, errors } = await withBatches(t, {}, {}, wrap)
    failing.add('boom')
    const share = { permissions: { read: ['account:bob'] } }
    const requests = [
      { ...put('a'), body: { data: {}, ...share } },
      { method: 'PUT', path: '/buckets/made-here' },
      { path: `${records}/boom` },
    ]
    const failed = await send({ requests })
    assert.equal(failed.status, 500)
    assert.equal(errors.length, 1)
    assert.equal(await total(), 0)
    assert.equal((await ask('GET', '/buckets/made-here', { as: 'alice' })).status, 403)
    failing.clear()
    assert.equal((await send({ requests })).status, 200)
    assert.equal(await total(), 1)
  })

  test('is refused where it is none', async (t) => {
    const { send, ask } = await withBatches(t)
    const deep = JSON.stringify({ requests: [{ path: '/', body: {} }] }).replace(
      '{}',
      '['.repeat(80) + ']'.repeat(80),
    )
    for (const body of [
      [],
      {},
      { requests: {} },
      { requests: [7] },
      { requests: [{}] },
      { requests: [{ path: 7 }] },
      { requests: [{ path: 'buckets' }] },
      { requests: [{ path: '/', method: 'FOO' }] },
      { requests: [{ path: '/', method: 7 }] },
      { requests: [{ path: '/', headers: { 'If-Match': 7 } }] },
      { requests: [{ path: '/batch', method: 'POST', body: { requests: [{ path: '/' }] } }] },
      { requests: Array.from({ length: 26 }, () => ({ path: '/' })) },
      { requests: [{ path: '/' }], defaults: [] },
      { requests: [{ path: '/' }], defaults: { path: 7 } },
    ]) {
      const { status, json } = await send(body)
      assert.deepEqual([status, (json as { errno?: number }).errno], [400, 107], JSON.stringify(body))
    }
    const tooDeep = await ask('POST', '/batch', {
      as: 'alice',
      raw: deep,
      headers: { 'content-type': 'application/json' },
    })
    assert.equal(tooDeep.status, 400)
  })

  test('keeps a bad address, a wrong method and a redirect to the one request', async (t) => {
    const { batch } = await withBatches(t)
    const responses = await batch([
      { path: '/nowhere' },
      { path: '/buckets/%00' },
      { path: '/buckets/../x' },
      { method: 'PATCH', path: '/buckets' },
      { path: `${records}/` },
      { path: '/v2/buckets' },
      { path: `${records}?_limit=x` },
    ])
    assert.deepEqual(
      responses.map(({ status }) => status),
      [404, 400, 400, 405, 200, 404, 400],
    )
  })

  test('makes and ends accounts, each by itself', async (t) => {
    const { batch } = await withBatches(t, { KINTO_ACCOUNT_CREATE_PRINCIPALS: 'system.Everyone' })
    const responses = await batch(
      [
        { method: 'PUT', path: '/accounts/dora', body: { data: { password: 'dora password' } } },
        { method: 'PUT', path: '/accounts/eve', body: { data: {} } },
      ],
      undefined,
      'olga',
    )
    assert.deepEqual(
      responses.map(({ status }) => status),
      [201, 400],
    )
  })

  test('by many at once loses nothing, in one collection as in one record', async (t) => {
    const { batch, total, ask, errors } = await withBatches(t)
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        batch([
          ...Array.from({ length: 10 }, (__, i) => put(`r${n}-${i}`, { n, i })),
          { method: 'PATCH', path: `${records}/shared-${n % 2}`, body: { data: { [`by${n}`]: true } } },
          {
            method: 'PUT',
            path: `${records}/shared-${n % 2}`,
            body: { data: {} },
            headers: { 'If-None-Match': '*' },
          },
        ]),
      ),
    )
    for (const responses of answers) assert.ok(responses.slice(0, 10).every(({ status }) => status === 201))
    assert.equal(await total(), 122)
    const patched = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        batch([
          { method: 'PATCH', path: `${records}/shared-${n % 2}`, body: { data: { [`by${n}`]: true } } },
        ]),
      ),
    )
    assert.ok(patched.every(([one]) => one?.status === 200))
    for (const which of [0, 1]) {
      const { json } = await ask('GET', `${records}/shared-${which}`, { as: 'alice' })
      assert.equal(Object.keys(json.data!).filter((key) => key.startsWith('by')).length, 6)
    }
    assert.deepEqual(errors, [])
  })
})
