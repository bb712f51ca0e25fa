/** Requests made by chance, straight into the door: faster, and odder, than a socket lets through. */
import assert from 'node:assert/strict'
import { validateHeaderName, validateHeaderValue } from 'node:http'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import fc from 'fast-check'
import { type KintoUnderTest, kintoUnderTest } from '../../../test/support/kinto-door.ts'
import { anyObject } from '../../lib/json/arbitrary.ts'

const segment = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('buckets', 'b', 'groups', 'g', 'collections', 'c', 'records', 'r', 'default'),
  },
  fc.constantFrom(
    'accounts',
    'alice',
    'batch',
    'permissions',
    '__flush__',
    '__proto__',
    'constructor',
    '',
    '.',
    '..',
    '%',
  ),
  fc.constantFrom(
    '%00',
    '%2e%2e',
    '%2F',
    '%ff',
    '%ed%a0%80',
    'a'.repeat(600),
    '*',
    'é',
    '%C3%A9',
    '{bucket}',
  ),
  fc.string({ maxLength: 8 }),
)
const endpoints =
  `/permissions /accounts /accounts/alice /accounts/bob /batch /buckets /buckets/b /buckets/b/groups
  /buckets/b/groups/g /buckets/b/groups/h /buckets/b/collections /buckets/b/collections/c
  /buckets/b/collections/c/records /buckets/b/collections/c/records/r /buckets/default
  /buckets/default/collections/c /buckets/default/collections/c/records/r`.split(/\s+/)
const path = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...endpoints).map((endpoint) => `/v1${endpoint}`) },
  { weight: 3, arbitrary: fc.array(segment, { maxLength: 7 }).map((parts) => `/v1/${parts.join('/')}`) },
  fc.string({ maxLength: 20 }),
)
const name = fc
  .tuple(
    fc.constantFrom(
      '',
      'min_',
      'gt_',
      'not_',
      'in_',
      'exclude_',
      'like_',
      'has_',
      'contains_',
      'contains_any_',
      '_',
    ),
    fc.constantFrom(
      'id',
      'last_modified',
      'n',
      'deleted',
      '__proto__',
      'a.b',
      'limit',
      'sort',
      'since',
      'fields',
      'token',
      '.',
      '',
    ),
  )
  .map((parts) => parts.join(''))
const value = fc.oneof(
  fc.constantFrom(
    '1',
    '-1',
    '1e400',
    '"1"',
    'null',
    '[1,2]',
    '{"a":1}',
    'true',
    '9'.repeat(30),
    '%00',
    '%',
    '+',
    '-n,m',
    '*a*',
  ),
  fc.string({ maxLength: 6 }),
)
const query = fc
  .oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.array(fc.tuple(name, value), { maxLength: 4 }))
  .map((parts) => (parts.length > 0 ? `?${parts.map(([key, text]) => `${key}=${text}`).join('&')}` : ''))

const permissions = fc.dictionary(
  fc.constantFrom('read', 'write', 'record:create', '__proto__', 'x'),
  fc.oneof(
    fc.array(
      fc.constantFrom('account:bob', 'system.Everyone', '/buckets/b/groups/g', '__proto__', '', '\0'),
      { maxLength: 3 },
    ),
    fc.constantFrom(null, 7, 'account:bob'),
  ),
)
const operation = fc.record({
  op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test', 'x'),
  path: fc.constantFrom(
    '/data',
    '/data/a',
    '/data/__proto__/x',
    '/permissions/read/0',
    '/data/list/-',
    '',
    'data',
    '/data/id',
  ),
  from: fc.constantFrom('/data/a', '/data', '/permissions/read', ''),
  value: fc.jsonValue(),
})
const body: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ data: anyObject, permissions }, { requiredKeys: [] }) },
  { weight: 2, arbitrary: fc.array(operation, { maxLength: 3 }) },
  {
    weight: 2,
    arbitrary: fc.record({
      data: fc.record({ members: fc.jsonValue(), id: fc.jsonValue(), password: fc.jsonValue() }),
    }),
  },
  fc.jsonValue(),
  fc.constant(undefined),
)
const json = { 'content-type': 'application/json' }
const types = ['application/merge-patch+json', 'application/json-patch+json', 'text/plain', ';']
const oddHeaders = fc.record(
  {
    'content-type': fc.constantFrom('application/json; charset=utf-8', ...types),
    'if-match': fc.constantFrom('*', '"1"', '"x"', '1', '""', '"99999999999999999999"'),
    'if-none-match': fc.constantFrom('*', '"1"', '"x"', '1', '\0'),
    accept: fc.constantFrom('*/*', 'text/html', 'application/json', ';;', ''),
    'response-behavior': fc.constantFrom('full', 'light', 'diff', '__proto__'),
    origin: fc.constantFrom('https://a.example', 'null', ''),
    authorization: fc.constantFrom(
      'Basic',
      'Basic %%%',
      'Basic bm9jb2xvbg==',
      'Bearer x',
      'Basic OjoA',
      'x'.repeat(5000),
    ),
  },
  { requiredKeys: [] },
)
const headers: fc.Arbitrary<Record<string, string>> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(json) },
  { weight: 3, arbitrary: fc.constantFrom(...types).map((type) => ({ 'content-type': type })) },
  oddHeaders as fc.Arbitrary<Record<string, string>>,
)
const method = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom('GET', 'HEAD', 'PUT', 'POST', 'PATCH', 'PATCH', 'DELETE') },
  fc.constantFrom('OPTIONS', 'TRACE', 'constructor'),
)
// The owner's account stays, whatever is sent.
const as = fc.constantFrom('olga', 'olga', 'olga', 'bob', undefined)
const request = fc.record({ method, path, query, body, headers, as })

const address = fc.tuple(path, query).map((parts) => parts.join(''))
const subrequest = fc.oneof(
  { weight: 6, arbitrary: fc.record({ method, path: address, body }, { requiredKeys: ['path'] }) },
  { weight: 2, arbitrary: fc.record({ method, path: address, headers, body }) },
)
const oddSubrequest = fc.record(
  { method: fc.jsonValue(), path: fc.jsonValue(), headers: fc.jsonValue(), body },
  { requiredKeys: [] },
)
const batch = fc.oneof(
  { weight: 5, arbitrary: fc.record({ requests: fc.array(subrequest, { maxLength: 4 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ requests: fc.array(subrequest, { maxLength: 4 }), defaults: subrequest }),
  },
  fc.record({
    requests: fc.array(fc.oneof(subrequest, oddSubrequest), { maxLength: 4 }),
    defaults: oddSubrequest,
  }),
)

async function withData(t: TestContext): Promise<KintoUnderTest> {
  const door = await kintoUnderTest(t, { KINTO_ACCOUNT_CREATE_PRINCIPALS: 'system.Everyone' })
  for (const login of ['alice', 'bob']) await door.person(login)
  return door
}

/** What the requests before have deleted is there again. */
async function refill({ ask, person, accounts }: KintoUnderTest): Promise<void> {
  if (!(await accounts.byLogin('bob'))) await person('bob').catch(() => {})
  const as = 'olga'
  await ask('PUT', '/buckets/b', { as })
  await ask('PUT', '/buckets/b/collections/c', { as })
  await ask('PUT', '/buckets/b/groups/g', { as, body: { data: { members: ['account:bob'] } } })
  await ask('PUT', '/buckets/b/collections/c/records/r', { as, body: { data: { n: 1, list: [1] } } })
}

interface Sent {
  method: string
  body: unknown
  headers: Readonly<Record<string, string>>
  as: string | undefined
}

/** Sends it; checks that the answer is one. */
async function sendAndCheck(door: KintoUnderTest, url: string, sent: Sent): Promise<void> {
  const { kinto, errors } = door
  const text = sent.body === undefined ? undefined : JSON.stringify(sent.body)
  const authorization = sent.as && {
    authorization: `Basic ${Buffer.from(`${sent.as}:${sent.as} password`).toString('base64')}`,
  }
  const answer = await kinto.handle({
    method: sent.method,
    url,
    headers: { ...authorization, ...sent.headers },
    body: { bytes: text === undefined ? undefined : Buffer.from(text) },
    remote: () => '192.0.2.1',
  })
  const shown = `${sent.method} ${url} ${text} ${JSON.stringify(sent.headers)} -> ${answer.status} ${answer.body}`
  assert.deepEqual(errors, [], shown)
  assert.ok(answer.status >= 200 && answer.status < 500, shown)
  for (let i = 0; i < answer.headers.length; i += 2) {
    validateHeaderName(answer.headers[i]!)
    validateHeaderValue(answer.headers[i]!, answer.headers[i + 1]!)
  }
  if (answer.body === '') return
  const json = JSON.parse(answer.body) as { code?: number; errno?: number; error?: string; message?: string }
  if (answer.status < 400) return
  assert.equal(json.code, answer.status, shown)
  assert.equal(typeof json.errno, 'number', shown)
  assert.equal(typeof json.error, 'string', shown)
}

describe('whatever is sent to the Kinto door', () => {
  test('is answered, and never with a 500', async (t) => {
    const door = await withData(t)
    await refill(door)
    let sent = 0
    await fc.assert(
      fc.asyncProperty(request, async (one) => {
        if (sent++ % 20 === 0) await refill(door)
        await sendAndCheck(door, one.path + one.query, one)
      }),
      { numRuns: 1500 },
    )
  })

  test('in batches as well', async (t) => {
    const door = await withData(t)
    let sent = 0
    await fc.assert(
      fc.asyncProperty(batch, async (one) => {
        if (sent++ % 20 === 0) await refill(door)
        const headers = { 'content-type': 'application/json' }
        await sendAndCheck(door, '/v1/batch', { method: 'POST', body: one, headers, as: 'olga' })
      }),
      { numRuns: 500 },
    )
  })

  test('with names that objects have from the start means what it says', async (t) => {
    const { ask, person, errors } = await kintoUnderTest(t)
    await person('alice')
    const as = 'alice'
    await ask('PUT', '/buckets/constructor', { as })
    await ask('PUT', '/buckets/constructor/collections/toString', { as })
    const path = '/buckets/constructor/collections/toString/records/hasOwnProperty'
    const data = '{"__proto__":{"polluted":true},"constructor":{"prototype":1},"toString":null}'
    const raw = `{"data":${data}}`
    const headers = { 'content-type': 'application/json' }
    assert.equal((await ask('PUT', path, { as, raw, headers })).status, 201)
    const read = await ask('GET', path, { as })
    assert.ok(read.text.includes(data.slice(1)), read.text)
    assert.equal(
      (await ask('PATCH', path, { as, raw: '{"data":{"__proto__":{"x":1}}}', headers })).status,
      200,
    )
    const list = '/buckets/constructor/collections/toString/records'
    for (const query of ['?__proto__.x=1', '?constructor.prototype=1', '?toString=null', '?_sort=__proto__'])
      assert.equal(
        ((await ask('GET', list + query, { as })).json.data as unknown as unknown[]).length,
        1,
        query,
      )
    assert.deepEqual((await ask('GET', `${list}?valueOf=1`, { as })).json.data, [])
    assert.equal((await ask('GET', '/buckets/__proto__', { as })).status, 400)
    assert.equal(({} as { polluted?: true }).polluted, undefined)
    assert.deepEqual(errors, [])
  })
})
