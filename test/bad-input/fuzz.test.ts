/** Requests made by chance: addresses, filters, patches and batches. A failure names the request and the seed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { startWatched } from './watched.ts'

const words = [
  'v1',
  'v2',
  'buckets',
  'default',
  'b',
  'groups',
  'g',
  'collections',
  'c',
  'records',
  'r',
  'batch',
  'accounts',
  'alice',
]
const odd = [
  '',
  '.',
  '..',
  '%2e',
  '%2F',
  '%00',
  '%',
  '__proto__',
  'constructor',
  '*',
  'é',
  ' ',
  '__flush__',
  '__heartbeat__',
  '?',
  '#',
  ';',
  ':',
  '@',
]
const segment = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...words) },
  { weight: 2, arbitrary: fc.constantFrom(...odd) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }).map(encoded) },
)
const path = fc.array(segment, { maxLength: 9 }).map((segments) => `/${segments.join('/')}`)

const field = fc.oneof(
  fc.constantFrom(
    'id',
    'last_modified',
    'n',
    'a.b',
    'a.b.c',
    'tags',
    'x',
    '__proto__',
    'constructor.name',
    '',
    '.',
    'é',
  ),
  fc.string({ maxLength: 6 }),
)
const operator = fc.constantFrom(
  '',
  'not_',
  'gt_',
  'lt_',
  'min_',
  'max_',
  'in_',
  'exclude_',
  'like_',
  'has_',
  'contains_',
  'contains_any_',
  'eq_',
)
const value = fc.oneof(
  fc.json({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 10 }),
  fc.constantFrom(
    '1',
    '"2"',
    'null',
    '[1,"a"]',
    '*a*',
    '%',
    'true',
    '1e999',
    '-0',
    '[',
    '"',
    '1795000000000',
  ),
)
const parameter = fc.oneof(
  fc.tuple(
    fc.tuple(operator, field).map((parts) => parts.join('')),
    value,
  ),
  fc.tuple(fc.constantFrom('_limit', '_since', '_before', '_sort', '_fields', '_token', '_to', '_x'), value),
  fc.tuple(
    fc.constant('_sort'),
    fc
      .array(fc.tuple(fc.constantFrom('', '-', '+'), field), { maxLength: 5 })
      .map((sorts) => sorts.map((sort) => sort.join('')).join()),
  ),
)
const query = fc
  .array(parameter, { maxLength: 5 })
  .map((parameters) => parameters.map(([name, text]) => `${encoded(name)}=${encoded(text)}`).join('&'))

const pointer = fc.oneof(
  fc.constantFrom(
    '',
    '/',
    '/data',
    '/data/n',
    '/data/tags',
    '/data/tags/0',
    '/data/tags/-',
    '/data/tags/99',
    '/data/a/b',
    '/data/id',
    '/data/__proto__/x',
    '/permissions/read/x',
    '/permissions',
    '/permissions/write',
    '/other',
  ),
  fc
    .array(fc.oneof(field, fc.constantFrom('~0', '~1', '~', '0', '-')), { maxLength: 4 })
    .map((parts) => `/${parts.join('/')}`),
)
const operation = fc.record(
  {
    op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test', 'fly'),
    path: pointer,
    from: pointer,
    value: fc.jsonValue(),
  },
  { requiredKeys: [] },
)
const patchTypes = ['application/json', 'application/merge-patch+json', 'application/json-patch+json']

const method = fc.constantFrom('GET', 'HEAD', 'PUT', 'POST', 'PATCH', 'DELETE', 'OPTIONS')
const data = fc.record(
  {
    data: fc.oneof(
      fc.dictionary(fc.oneof(field, fc.string({ maxLength: 5 })), fc.jsonValue({ maxDepth: 2 })),
      fc.jsonValue(),
    ),
    permissions: fc.dictionary(
      fc.constantFrom('read', 'write', 'record:create', 'x'),
      fc.oneof(fc.array(fc.string({ maxLength: 8 })), fc.jsonValue({ maxDepth: 1 })),
    ),
  },
  { requiredKeys: [] },
)
const part = fc.record(
  {
    method: fc.oneof(method, fc.jsonValue({ maxDepth: 1 })),
    path: fc.oneof(
      path,
      fc.tuple(path, query).map((parts) => parts.join('?')),
      fc.jsonValue({ maxDepth: 1 }),
    ),
    headers: fc.oneof(
      fc.dictionary(
        fc.constantFrom('If-Match', 'If-None-Match', 'Authorization', 'Content-Type', 'Accept', 'X'),
        fc.constantFrom('*', '"1"', '1', '', 'x', 'application/json'),
      ),
      fc.jsonValue({ maxDepth: 1 }),
    ),
    body: fc.oneof(data, fc.array(operation, { maxLength: 3 }), fc.jsonValue()),
  },
  { requiredKeys: ['path'] },
)
const batch = fc.record(
  {
    defaults: fc.oneof(part, fc.jsonValue({ maxDepth: 1 })),
    requests: fc.oneof(
      { weight: 9, arbitrary: fc.array(part, { maxLength: 8 }) },
      { weight: 1, arbitrary: fc.jsonValue() },
    ),
  },
  { requiredKeys: ['requests'] },
)

/** Never what would take away the ground: the account, all buckets, this bucket or its collection. */
function undermines({ method: verb, path: at }: { method?: unknown; path?: unknown }): boolean {
  const plain = String(at)
    .split(/[?#]/)[0]!
    .replace(/^(\/v1)?\/+/, '/')
    .replace(/\/+$/, '')
  if (plain.startsWith('/accounts')) return verb !== 'GET' && verb !== 'HEAD'
  return verb === 'DELETE' && /^(\/buckets|\/buckets\/b(\/(collections|groups)(\/[cg])?)?)$/.test(plain)
}

test('requests by chance', async (t) => {
  const { ask } = await startWatched(t)
  const stored = { n: 1, a: { b: 2 }, tags: ['x', 1, null], text: 'thé' }
  const record = '/v1/buckets/b/collections/c/records/r'
  const records = '/v1/buckets/b/collections/c/records'
  for (let i = 0; i < 5; i++)
    await ask({
      method: 'PUT',
      path: `${records}/r${i}`,
      body: JSON.stringify({ data: { ...stored, n: i } }),
    })

  await t.test('any method on any address', async () => {
    const asked = fc.record({ method, path, query, body: fc.option(data, { nil: undefined }) })
    await fc.assert(
      fc.asyncProperty(asked, async (one) => {
        fc.pre(!undermines(one))
        const body =
          one.body && one.method !== 'GET' && one.method !== 'HEAD' ? JSON.stringify(one.body) : undefined
        const target = `${one.path.replaceAll(/[^\x21-\x7e]/g, encodeURIComponent)}?${one.query}`
        await ask({ method: one.method, path: target, ...(body ? { body } : {}) })
      }),
      { numRuns: 1_500 },
    )
  })

  await t.test('any filter, order and page of a list', async () => {
    await fc.assert(
      fc.asyncProperty(query, async (asked) => {
        const { status } = await ask({ method: 'GET', path: `${records}?${asked}` })
        assert.ok(status === 200 || status === 400, `${status}`)
        const head = await ask({ method: 'HEAD', path: `${records}?${asked}` })
        assert.equal(head.status, status)
      }),
      { numRuns: 1_000 },
    )
  })

  await t.test('any patch of a record: it is applied whole, or the record stays as it is', async () => {
    const patch = fc.oneof(fc.array(operation, { maxLength: 5 }), data, fc.jsonValue())
    await fc.assert(
      fc.asyncProperty(patch, fc.constantFrom(...patchTypes), async (body, type) => {
        await ask({ method: 'PUT', path: record, body: JSON.stringify({ data: stored }) })
        const before = await ask({ method: 'GET', path: record })
        const { status, json } = await ask({
          method: 'PATCH',
          path: record,
          body: JSON.stringify(body),
          headers: { 'Content-Type': type },
        })
        assert.ok(status === 200 || status === 400, `${status}`)
        const after = await ask({ method: 'GET', path: record })
        if (status === 200)
          assert.deepEqual((after.json as { data: object }).data, (json as { data: object }).data)
        else assert.equal(after.body, before.body)
      }),
      { numRuns: 800 },
    )
  })

  await t.test('any batch: an answer for each of its requests, or none at all', async () => {
    await fc.assert(
      fc.asyncProperty(batch, async (body) => {
        const { requests } = body
        const defaults = (body.defaults ?? {}) as { method?: unknown; path?: unknown }
        fc.pre(
          !Array.isArray(requests) ||
            !requests.some((one) => undermines({ ...defaults, ...(one as object) })),
        )
        const { status, json } = await ask({ method: 'POST', path: '/v1/batch', body: JSON.stringify(body) })
        assert.ok(status === 200 || status === 400, `${status}`)
        if (status !== 200) return
        const { responses } = json as { responses: { status: number; path: string; body: unknown }[] }
        assert.equal(responses.length, (requests as unknown[]).length)
        for (const one of responses) assert.ok(one.status >= 200 && one.status < 500, JSON.stringify(one))
      }),
      { numRuns: 800 },
    )
  })

  await t.test('any bytes as a body', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        fc.constantFrom('PUT', 'PATCH'),
        async (body, verb) => {
          const { status } = await ask({ method: verb, path: record, body })
          assert.ok(status === 200 || status === 400, `${status}`)
        },
      ),
      { numRuns: 500 },
    )
  })
})

/** As it may stand in an address; what is no text is left as bytes that are none either. */
function encoded(text: string): string {
  try {
    return encodeURIComponent(text)
  } catch {
    return '%ed%a0%80'
  }
}
