/** Paths, ids and queries that no client would send. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bodyFor, endpoints, fill } from '../support/routes.ts'
import { type Asked, startWatched, words } from './watched.ts'

const ids = { bucket: 'b', group: 'g', collection: 'c', record: 'r', account: 'alice' }

/** Segments that are refused wherever they stand. */
const forbidden = words('%00 a%00b . .. %2e %2E%2e .%2e % %zz %c0%80 %ed%a0%80 %ff %f0%9f')

/** Segments that are no good ids, or odd ones. */
const odd = [
  ...words(String.raw`__proto__ constructor toString hasOwnProperty valueOf null undefined default
    a%2Fb %2F %5C * ' " <script> %20 - _ : @ ; a;b=c %F0%9F%90%9D %C3%A9
    %25 %2525 {bucket} $ne %E2%80%AE 0 -1`),
  'x'.repeat(255),
  'x'.repeat(3_000),
  'b%0d%0aX:y',
]

const names = ['_limit', '_since', '_before', '_to', '_sort', '_fields', '_token', 'last_modified', 'id', 'n']
const operators = ['', ...words('not_ gt_ lt_ min_ max_ in_ exclude_ like_ has_ contains_ contains_any_')]
const values = [
  ...words(String.raw`0 -1 1e9 1e400 99999999999999999999 abc null true [] {} " "x [ {"a": [1,"a",null]`),
  '',
  ...words(String.raw`%00 %ff % %zz %ed%a0%80 + %22%00%22 , ,,, - --n . a..b .a __proto__ constructor.prototype
    * "\ud800"`),
  '*'.repeat(500),
  `${'a*'.repeat(200)}b`,
  'x'.repeat(4_000),
  '('.repeat(100),
  '[['.repeat(60),
  '1,'.repeat(2_000),
  ...words(String.raw`%F0%9F%90%9D $gt`),
  Array.from({ length: 100 }, (_, i) => `f${i}`).join(),
  'a.'.repeat(500),
  "' OR 1=1 --",
  '1;DROP TABLE record',
]

test('odd addresses at every endpoint', async (t) => {
  const { ask, askAll, staysLevel } = await startWatched(t)

  const placed = (segment: string): Asked[] =>
    endpoints.flatMap(({ path, methods }) => {
      const places = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)
      return places.flatMap((place) =>
        methods.map((method) => {
          const body = bodyFor(method, path)
          return { method, path: fill(path, { ...ids, [place]: segment }), ...(body ? { body } : {}) }
        }),
      )
    })

  await t.test('what may stand in no address is a 400 in every place', async () => {
    for (const segment of forbidden) {
      const asked = placed(segment)
      for (const [i, { status }] of (await askAll(asked)).entries())
        assert.equal(status, 400, `${asked[i]!.method} ${asked[i]!.path}`)
    }
  })

  await t.test('odd ids are answered, and the server stays level', async () => {
    await staysLevel(async () => {
      for (const segment of odd) await askAll(placed(segment).filter(({ method }) => method !== 'DELETE'))
    })
  })

  await t.test('ids of the language’s own can be used where the pattern allows them', async () => {
    const records = '/v1/buckets/b/collections/c/records'
    for (const id of ['constructor', 'toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf']) {
      await ask({ method: 'PUT', path: `${records}/${id}`, body: JSON.stringify({ data: { own: id } }) })
      const { json } = await ask({ method: 'GET', path: `${records}/${id}` })
      assert.equal((json as { data: { own: string } }).data.own, id)
      assert.equal((await ask({ method: 'PUT', path: `/v1/buckets/b/collections/${id}` })).status < 300, true)
      assert.equal(
        (await ask({ method: 'GET', path: `/v1/buckets/b/collections/${id}/records` })).status,
        200,
      )
    }
    assert.equal((await ask({ method: 'PUT', path: `${records}/__proto__` })).status, 400)
  })

  await t.test('paths that lead nowhere', async () => {
    const paths = [
      ...words(String.raw`/v0/ /v2/ /v12/x /v1x /v1// /v1//buckets /v1/buckets// /v1/buckets/b//groups // ///x
    /v1/nothing /v1/buckets/b/nothing /v1/buckets/b/collections/c/records/r/more /v1/__proto__ /constructor
    /v1/buckets/b/collections/c/records/r/ /v1/? /? /v1/# /v1/buckets?# /%76%31/ /V1/ /v1/BUCKETS
    /v1/buckets/b;x=1/collections /assets/ /assets/../setup`),
      `/v1/${'a/'.repeat(4_000)}`,
      `/${'x'.repeat(8_000)}`,
      ...words(
        String.raw`/setup/ /setup/x /assets/0000000000000000/setup.js /__heartbeat__/ /favicon.ico /robots.txt`,
      ),
    ]
    for (const path of paths)
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        const { status } = await ask({ method, path })
        assert.ok(status < 500, `${method} ${path}`)
      }
  })

  await t.test('redirects stay on this server', async () => {
    const leading = [
      '//evil.example/',
      '//evil.example/v1',
      '/\\evil.example/',
      '/%2F%2Fevil.example',
      '//evil.example//',
      '/.evil.example',
    ]
    for (const path of [...leading, ...leading.map((one) => `/v1${one}`)]) {
      const { status, headers } = await ask({ method: 'GET', path })
      if (status < 300 || status >= 400) continue
      const location = String(headers['location'])
      assert.match(location, /^\/(?![/\\])/, `${path} -> ${location}`)
    }
  })

  await t.test('queries on every list and object', async () => {
    const readable = endpoints.filter(({ methods }) => methods.includes('GET'))
    const isList = ({ path, methods }: (typeof readable)[number]) =>
      methods.includes('POST') || path === '/permissions'
    const queries = [
      ...names.flatMap((name) => values.map((value) => `${name}=${value}`)),
      ...operators.flatMap((operator) =>
        ['n', 'id', 'last_modified', 'a.b.c', '__proto__'].flatMap((field) =>
          ['1', '"x"', '[1]', 'null', '%00', 'abc', '{}'].map((value) => `${operator}${field}=${value}`),
        ),
      ),
      ...words(String.raw`= &&& == ? _limit a=1&a=2 _limit=1&_limit=2 _since=1&_since=2 _sort=a&_sort=b _fields=a&_fields=b
    %00=1 %ff=1 a[b]=c a[]=1 __proto__[x]=1 _token=%00`),
      `${'a=1&'.repeat(500)}`,
      `n=${'1'.repeat(6_000)}`,
      ...['eyJ9', 'AAAA', 'x'.repeat(2_000), 'e30', 'W10', 'bnVsbA', '../..'].map(
        (token) => `_limit=1&_token=${token}`,
      ),
    ]
    const safe = (text: string) => text.replaceAll(/[ "<>\\^`{|}]/g, encodeURIComponent)
    const asked = readable.flatMap((endpoint) =>
      queries
        .filter((_, i) => isList(endpoint) || i % 10 === 0) // objects look at one parameter alone
        .map((query) => ({ method: 'GET', path: `${fill(endpoint.path, ids)}?${safe(query)}` })),
    )
    await askAll(asked)
    const records = '/v1/buckets/b/collections/c/records'
    const some = queries.filter((query) => !query.startsWith('_fields'))
    // Nothing matches: the records stay for the other tests.
    await askAll(
      some.map((query) => ({ method: 'DELETE', path: `${records}?nothing_has_this=1&${safe(query)}` })),
    )
    await askAll(queries.map((query) => ({ method: 'HEAD', path: `${records}?${safe(query)}` })))
  })

  await t.test('what makes a page’s token invalid is said so', async () => {
    const records = '/v1/buckets/b/collections/c/records'
    for (let i = 0; i < 5; i++) await ask({ method: 'PUT', path: `${records}/page-${i}` })
    const { headers } = await ask({ method: 'GET', path: `${records}?_limit=2&_sort=id` })
    const next = new URL(String(headers['next-page']))
    const token = next.searchParams.get('_token')!
    const status = async (path: string) => (await ask({ method: 'GET', path })).status
    assert.equal(await status(next.pathname + next.search), 200)
    const forged = [...token]
    forged[Math.floor(forged.length / 2)] = forged[Math.floor(forged.length / 2)] === 'A' ? 'B' : 'A'
    for (const one of [
      forged.join(''),
      token.slice(1),
      `${token}A`,
      token.slice(0, -4),
      encodeURIComponent(`${token}\0`),
    ])
      assert.equal(await status(`${records}?_limit=2&_sort=id&_token=${one}`), 400, one)
    assert.equal(await status(`${records}?_limit=2&_sort=-id&_token=${token}`), 400, 'of another order')
    assert.equal(
      await status(`/v1/buckets/b/collections?_limit=2&_sort=id&_token=${token}`),
      400,
      'of another list',
    )
  })
})
