/** Bodies that are wrong in every way that somebody thought of, at every endpoint. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endpoints, fill } from '../support/routes.ts'
import { type Asked, startWatched, words } from './watched.ts'

const ids = { bucket: 'b', group: 'g', collection: 'c', record: 'r', account: 'alice' }
const bytes = (...numbers: number[]) => Uint8Array.from(numbers)
const deep = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth)
const data = (text: string) => `{"data":${text}}`

/** What is no JSON, or none that can be stored. */
const broken: (string | Uint8Array)[] = [
  ...words(String.raw`{ } [ " {"data": {"data":{} {"data":{}}} {"data":{},} {'data':{}}`),
  ' ',
  ...words(String.raw`nul undefined {"data":{"a":NaN}} {"data":{"a":Infinity}} {"data":{"a":01}} {"data":{"a":.5}}
    {"data":{"a":"\x00"}}`),
  '{"data":{"a":1}} trailing',
  '// {}',
  '{"data":{"a":"\n"}}',
  '\ufeff{}',
  data('{"a":1e400}'),
  data('{"a":-1e400}'),
  data('{"a":"\\ud800"}'),
  data('{"\\udc00":1}'),
  data('{"a":"\\u00"}'),
  deep(100_000, '[', ']'),
  deep(100_000, '{"data":', '}'),
  `{"data":{"a":${deep(70, '[', ']')}}}`,
  data(`{"a":${'9'.repeat(400)}}`),
  data('{"a":9007199254740993}'),
  data('{"a":-9007199254740993}'),
  bytes(0xff, 0xfe),
  bytes(0),
  bytes(0x7b, 0xc0, 0x80, 0x7d),
  bytes(0x22, 0xed, 0xa0, 0x80, 0x22),
]

/** JSON of the wrong shape. */
const misshapen: string[] = [
  ...words(String.raw`null true 1 "text" [] [{}] [null] [[]] {} {"foo":1} {"__proto__":{}}
    {"constructor":{}} {"data":null} {"data":[]} {"data":"x"} {"data":1} {"data":true}
    {"permissions":null} {"permissions":[]} {"permissions":"x"} {"permissions":{"read":null}}
    {"permissions":{"read":"x"}} {"permissions":{"read":[1]}} {"permissions":{"read":[null]}}
    {"permissions":{"read":[""]}} {"permissions":{"fly":["x"]}} {"permissions":{"__proto__":["x"]}}
    {"permissions":{"constructor":["x"]}} {"permissions":{"read":[["x"]]}} {"permissions":{"":["x"]}}
    {"permissions":{"read":["\u0000"]}} {"permissions":{"read":["a\ud800"]}}`),
  `{"permissions":{"read":${JSON.stringify(Array.from({ length: 20_000 }, (_, i) => `p${i}`))}}}`,
  `{"permissions":{"read":["${'x'.repeat(100_000)}"]}}`,
]

/** Objects whose own fields have odd names or values. */
const odd: string[] = [
  ...words(String.raw`null 1 [] {} true "" "../x" "a/b" "%00" "\u0000" "__proto__" "é"`).map((id) =>
    data(`{"id":${id}}`),
  ),
  ...words(String.raw`null "x" true -1 0 1.5 1e15 1e300 9007199254740991 [] {}`).map((time) =>
    data(`{"last_modified":${time}}`),
  ),
  ...words(String.raw`null "x" [1] ["/buckets/b/groups/g"] ["system.Everyone"] {} [[]] ["\u0000"]`).map(
    (list) => data(`{"members":${list}}`),
  ),
  ...words(String.raw`null "x" [] {} -1 1e300 "12" true`).map((seconds) =>
    data(`{"cache_expires":${seconds}}`),
  ),
  ...words(String.raw`null "x" [] {"type":5} {"$ref":"#"} {"pattern":"(a+)+$"}`).map((schema) =>
    data(`{"schema":${schema}}`),
  ),
  ...['null', '1', '[]', '{}', '""', '"short"'].map((password) => data(`{"password":${password}}`)),
  data('{"deleted":true}'),
  data('{"":1}'),
  data('{"a\\u0000b":1}'),
  data('{"a":"\\u0000"}'),
  data('{"$where":"1"}'),
  data('{"a":1,"a":2,"a":3}'),
  data('{"hasOwnProperty":1,"toString":2,"valueOf":3,"toJSON":4,"then":5}'),
]

/** Objects that may be stored, and are large in an odd way. */
const large = [
  data(`{"${'k'.repeat(100_000)}":1}`),
  data(`{${Array.from({ length: 20_000 }, (_, i) => `"k${i}":${i}`).join()}}`),
  data(`{"password":"${'x'.repeat(100_000)}"}`),
]

const batches: string[] = [
  ...words(String.raw`{"requests":null} {"requests":{}} {"requests":[null]} {"requests":[[]]} {"requests":[{}]}
    {"requests":[{"path":5}]} {"requests":[{"path":""}]} {"requests":[{"path":"x"}]} {"requests":"x"}
    {"requests":[{"path":"/batch","method":"POST","body":{"requests":[]}}]} {"defaults":5,"requests":[]}
    {"requests":[{"path":"/","method":"FOO"}]} {"requests":[{"path":"/","method":5}]}
    {"requests":[{"path":"/","headers":[]}]} {"requests":[{"path":"/","headers":{"a":5}}]}
    {"requests":[{"path":"/","body":[]}]}`),
  '{"requests":[{"path":"/","headers":{"a":"\\r\\nb: c"}}]}',
  ...words(String.raw`{"requests":[{"path":"/","extra":1}]} {"requests":[],"extra":1} {"defaults":{"path":"/"}}
    {"requests":[{"path":"/v1/%00"}]} {"requests":[{"path":"//example.com/"}]} {"requests":[{"path":"/\u0000"}]}
    {"requests":[{"path":"/../x"}]} {"defaults":{"__proto__":{"x":1}},"requests":[{"path":"/"}]}`),
  '{"requests":[{"path":"/buckets/é"}]}',
  ...words(
    String.raw`{"requests":[{"path":"/","__proto__":{}}]} {"requests":[{"path":"/","headers":{"__proto__":"x"}}]}`,
  ),
  `{"requests":[{"path":"/?${'x'.repeat(200_000)}"}]}`,
  JSON.stringify({ requests: Array.from({ length: 26 }, () => ({ path: '/' })) }),
  JSON.stringify({ requests: Array.from({ length: 20_000 }, () => ({ path: '/' })) }),
  JSON.stringify({
    defaults: { path: '/', body: { data: {} } },
    requests: Array.from({ length: 25 }, () => ({ method: 'PUT' })),
  }),
]

const patches: string[] = [
  ...words(String.raw`{} null "x" [null] [[]] [{}] [{"op":"add"}] [{"path":"/data/a"}] [{"op":5,"path":"/data"}]
    [{"op":"fly","path":"/data/a"}] [{"op":"add","path":"data","value":1}] [{"op":"add","path":"/data/~2","value":1}]
    [{"op":"add","path":"/data/__proto__/x","value":1}] [{"op":"add","path":"/data/__proto__","value":{"x":1}}]
    [{"op":"add","path":"/data/constructor/prototype/x","value":1}] [{"op":"move","from":"/data","path":"/data/a"}]
    [{"op":"copy","from":"/data","path":"/data/a"}] [{"op":"remove","path":"/data"}] [{"op":"remove","path":""}]
    [{"op":"replace","path":"","value":[]}] [{"op":"replace","path":"/data","value":5}] [{"op":"remove","path":"/data/id"}]
    [{"op":"replace","path":"/data/last_modified","value":"x"}] [{"op":"test","path":"/data/none","value":1}]
    [{"op":"add","path":"/data/list","value":[]},{"op":"add","path":"/data/list/9","value":1}]
    [{"op":"add","path":"/data/list","value":[]},{"op":"add","path":"/data/list/-1","value":1}]
    [{"op":"add","path":"/permissions/read/","value":1}] [{"op":"remove","path":"/permissions/read/nobody"}]
    [{"op":"add","path":"/permissions/__proto__/x"}] [{"op":"add","path":"/permissions/fly/x"}]`),
  JSON.stringify(Array.from({ length: 60 }, () => ({ op: 'copy', from: '/data', path: '/data/a' }))),
  JSON.stringify(Array.from({ length: 50_000 }, () => ({ op: 'test', path: '/data/x', value: 1 }))),
]

const types = ['application/json', 'application/merge-patch+json', 'application/json-patch+json']

test('broken, misshapen and odd bodies at every endpoint', async (t) => {
  const { ask, askAll, staysLevel } = await startWatched(t)
  const writing = endpoints.flatMap(({ path, methods }) =>
    methods
      .filter((method) => /^(PUT|POST|PATCH)$/.test(method))
      .map((method) => ({ method, path: fill(path, ids) })),
  )
  assert.ok(writing.length > 10)

  await t.test('what is no JSON is refused as that', async () => {
    const asked = writing.flatMap((target) => broken.map((body) => ({ ...target, body })))
    for (const [i, { status }] of (await askAll(asked)).entries()) {
      const { method, path, body } = asked[i]!
      // Some endpoints need no body, and look at none; switched off, one may be missing altogether.
      if (path.endsWith('__flush__')) continue
      assert.ok(status === 400 || status === 413, `${method} ${path} ${String(body).slice(0, 60)}: ${status}`)
    }
  })

  // An account whose password was changed on the way would shut out the rest.
  const isHarmless = ({ path, body }: Asked) =>
    !path.startsWith('/v1/accounts') || !String(body).includes('password')

  await t.test('what has the wrong shape is answered, and the server stays level', async () => {
    const asked = writing.flatMap((target) =>
      [...misshapen, ...odd].map((body): Asked => ({ ...target, body })),
    )
    const heavy = writing.flatMap((target) => large.map((body): Asked => ({ ...target, body })))
    const emptied = writing.filter(({ method, path }) => method === 'PUT' && !path.startsWith('/v1/accounts'))
    await staysLevel(async () => {
      await askAll(asked.filter(isHarmless))
      await askAll(heavy.filter(isHarmless))
      await askAll(emptied.map((target) => ({ ...target, body: data('{}') })))
    })
  })

  await t.test('a batch of odd things', async () => {
    const asked = [...broken, ...misshapen, ...batches].map((body) => ({
      method: 'POST',
      path: '/v1/batch',
      body,
    }))
    for (const { status, json } of await askAll(asked)) {
      const { responses = [] } = (json ?? {}) as { responses?: { status: number }[] }
      assert.ok(status === 200 || status === 400 || status === 413, String(status))
      for (const one of responses) assert.ok(one.status < 500, String(one.status))
    }
  })

  await t.test('patches of each kind', async () => {
    const targets = writing.filter(({ method }) => method === 'PATCH').map(({ path }) => path)
    const asked = targets.flatMap((path) =>
      types.flatMap((type) =>
        [...patches, ...misshapen, ...odd].map((body): Asked => ({
          method: 'PATCH',
          path,
          body,
          headers: { 'Content-Type': type },
        })),
      ),
    )
    await askAll(asked.filter(isHarmless))
  })

  await t.test('the page of the first run is posted as little', async () => {
    const form = { token: 'x', login: 'mallory', password: 'fifteen owls at the harbour' }
    const wrong = Object.keys(form).flatMap((name) =>
      [null, 1, [], {}, '', '\0', 'x'.repeat(3_000)].map((value) =>
        JSON.stringify({ ...form, [name]: value }),
      ),
    )
    const asked = [...broken, ...misshapen, ...odd, ...wrong, JSON.stringify(form)].map((body): Asked => ({
      method: 'POST',
      path: '/setup',
      body,
    }))
    for (const [i, { status }] of (await askAll(asked)).entries())
      assert.ok([400, 403, 409, 410, 413, 415].includes(status), `${String(asked[i]!.body)}: ${status}`)
  })

  await t.test('types of content that nobody knows', async () => {
    const odds = [
      'text/plain',
      'application/xml',
      'multipart/form-data; boundary=x',
      'application/x-www-form-urlencoded',
    ]
    const more = [
      'application/json; charset=utf-16',
      'json',
      '/',
      'application/',
      ';;;',
      `x/${'y'.repeat(4000)}`,
      'a/b/c',
    ]
    const asked = writing.flatMap((target) =>
      [...odds, ...more].map((type) => ({
        ...target,
        body: '{"data":{}}',
        headers: { 'Content-Type': type },
      })),
    )
    await askAll(asked)
  })

  await t.test('names of the language’s own are names like any other', async () => {
    const path = '/v1/buckets/b/collections/c/records/names'
    const own =
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":1,"hasOwnProperty":2}'
    await ask({ method: 'PUT', path, body: data(own) })
    const { body } = await ask({ method: 'GET', path })
    assert.ok(body.includes(own.slice(1, -1)), body)
    await ask({
      method: 'PATCH',
      path,
      body: data('{"__proto__":{"polluted":2},"valueOf":3}'),
      headers: { 'Content-Type': types[1]! },
    })
    const { body: merged } = await ask({ method: 'GET', path })
    assert.ok(merged.includes('"__proto__":{"polluted":2}') && merged.includes('"valueOf":3'), merged)
    const list = await ask({
      method: 'GET',
      path: '/v1/buckets/b/collections/c/records?eq___proto__.polluted=2',
    })
    assert.equal((list.json as { data: unknown[] }).data.length, 1)
    const clean = await ask({ method: 'GET', path: '/v1/' })
    assert.ok(!clean.body.includes('polluted'))
  })

  await t.test('NUL and lone surrogates are refused, or come back as they were', async () => {
    for (const [i, text] of [
      '"\\u0000"',
      '"a\\u0000b"',
      '"\\ud83d"',
      '"\\udc1d\\ud83d"',
      '"\\ud83d\\udc1d"',
    ].entries()) {
      const path = `/v1/buckets/b/collections/c/records/text-${i}`
      const { status } = await ask({ method: 'PUT', path, body: data(`{"text":${text}}`) })
      if (status === 400) continue
      assert.equal(status, 201)
      const { json } = await ask({ method: 'GET', path })
      assert.equal((json as { data: { text: string } }).data.text, JSON.parse(text))
    }
  })

  await t.test('too large: the body, an object, whatever its length is said to be', async () => {
    const path = '/v1/buckets/b/collections/c/records/large'
    const object = (size: number) => data(JSON.stringify({ text: 'x'.repeat(size) }))
    const large = async () => {
      for (const { method, path: at } of writing) {
        if (at.endsWith('__flush__')) continue
        const { status, json } = await ask({ method, path: at, body: object(9 * 2 ** 20) })
        assert.equal(status, 413, `${method} ${at}`)
        assert.equal((json as { errno: number }).errno, 113)
      }
      const { status } = await ask({ method: 'PUT', path, body: object(3 * 2 ** 20) })
      assert.equal(status, 413)
    }
    await staysLevel(large)
    assert.equal((await ask({ method: 'PUT', path, body: object(2 * 2 ** 20) })).status, 201)
  })
})
