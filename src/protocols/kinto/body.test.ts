import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Json, JsonObject } from '../../lib/json/index.ts'
import { checkAccept, contentType, patchTypes, plainTypes, readJson, readObjectBody } from './body.ts'
import { KintoError } from './errors.ts'
import { applyPatch, partialAnswer, readBehavior, readPatch } from './patch.ts'

const refused = (status: number) => (error: unknown) => error instanceof KintoError && error.status === status
const bytes = (text: string) => ({ bytes: Buffer.from(text) })
const names = ['read', 'write', 'record:create']

describe('media types', () => {
  test('JSON with or without parameters, in any case, is taken; a missing header is JSON', () => {
    assert.equal(contentType({}, plainTypes), 'application/json')
    assert.equal(
      contentType({ 'content-type': 'Application/JSON; charset=utf-8' }, plainTypes),
      'application/json',
    )
    assert.equal(
      contentType({ 'content-type': 'application/json-patch+json;charset=utf-8' }, patchTypes),
      'application/json-patch+json',
    )
  })

  test('any other type is 415, also where there is no body', () => {
    for (const type of ['text/plain', 'application/ld+json', '', 'application/merge-patch+json'])
      assert.throws(() => contentType({ 'content-type': type }, plainTypes), refused(415))
  })

  test('an Accept header that allows no JSON is 406', () => {
    for (const accept of ['text/html', '', 'application/json;q=0', 'text/*, application/json; q=0.0'])
      assert.throws(() => checkAccept({ accept }), refused(406))
    for (const accept of ['*/*', 'application/*', 'text/html, application/json;q=0.5', 'Application/JSON'])
      checkAccept({ accept })
    checkAccept({})
  })
})

describe('JSON bodies', () => {
  test('no bytes are no body', () => {
    assert.equal(readJson({}, 100), undefined)
    assert.equal(readJson({ bytes: new Uint8Array() }, 100), undefined)
  })

  for (const text of [
    '{',
    ' ',
    '{"a":NaN}',
    '\ufeff{}',
    '{"a":1e400}',
    `${'['.repeat(65)}${']'.repeat(65)}`,
    '{"a":1}x',
  ])
    test(`${text.slice(0, 20)} is 400`, () => {
      assert.throws(() => readJson(bytes(text), 1000), refused(400))
    })

  test('what is no UTF-8 is 400, what is too large 413', () => {
    assert.throws(() => readJson({ bytes: Uint8Array.of(0x22, 0xff, 0x22) }, 100), refused(400))
    assert.throws(() => readJson(bytes('"12345"'), 5), refused(413))
  })

  test('a surrogate alone is 400, a pair and NUL are kept', () => {
    for (const text of ['{"a":"\\ud800"}', '{"\\udc00":1}', '[["\\ud800x"]]'])
      assert.throws(() => readJson(bytes(text), 100), refused(400))
    assert.deepEqual(readJson(bytes('{"a":"\\ud83d\\ude00\\u0000"}'), 100), { a: '\u{1f600}\0' })
  })

  test('an integer that would be given back as another is 400, one that is exact is kept', () => {
    assert.throws(() => readJson(bytes('{"a":[9007199254740993]}'), 100), refused(400))
    assert.throws(() => readJson(bytes('{"a":-12345678901234567890}'), 100), refused(400))
    assert.deepEqual(readJson(bytes('{"a":9007199254740992,"b":1e300,"c":123456789012345680000}'), 100), {
      a: 9007199254740992,
      b: 1e300,
      c: 123456789012345680000,
    })
  })

  test('only data and permissions stand at the top', () => {
    assert.deepEqual(readObjectBody(undefined, names), { data: undefined, permissions: undefined })
    for (const json of [[], 'x', 3, null, true, { foo: 1 }, { __proto__x: 1 }, JSON.parse('{"__proto__":1}')])
      assert.throws(() => readObjectBody(json as Json, names), refused(400))
  })

  for (const data of ['x', [], 3, null, true])
    test(`data ${JSON.stringify(data)} is 400`, () => {
      assert.throws(() => readObjectBody({ data }, names), refused(400))
    })

  for (const permissions of [
    'x',
    [],
    null,
    { fly: [] },
    { read: 'bob' },
    { read: [1, null] },
    { read: [['a']] },
    { read: [''] },
    { read: ['a\0'] },
    { read: ['\ud800'] },
    { read: ['x'.repeat(1001)] },
    { read: Array.from({ length: 1001 }, (_, i) => `u${i}`) },
    { constructor: [] },
  ])
    test(`permissions ${JSON.stringify(permissions).slice(0, 40)} are 400`, () => {
      assert.throws(() => readObjectBody({ permissions }, names), refused(400))
    })

  test('a principal that is named twice counts once; null stands for the list', () => {
    const { permissions } = readObjectBody({ permissions: { read: ['a', 'b', 'a'], write: null } }, names)
    assert.deepEqual(
      permissions,
      new Map<string, string[] | null>([
        ['read', ['a', 'b']],
        ['write', null],
      ]),
    )
  })
})

describe('patches', () => {
  const stored = {
    data: { id: 'r', last_modified: 5, a: 1, b: { x: 1, y: 2 }, l: [1, 2] },
    permissions: new Map([
      ['write', ['account:alice']],
      ['read', ['account:bob']],
    ]),
  }
  const patched = (json: Json, type = 'application/json') =>
    applyPatch(readPatch(json, type, names), stored, names)
  const merge = 'application/merge-patch+json'
  const operations = 'application/json-patch+json'

  test('a plain PATCH replaces fields and the lists it names', () => {
    const { data, permissions } = patched({ data: { b: 3, n: null }, permissions: { read: [], write: null } })
    assert.deepEqual(data, { ...stored.data, b: 3, n: null })
    assert.deepEqual(permissions, { lists: new Map([['read', []]]), partial: true })
  })

  test('a merge patch merges objects and removes what is null, in lists of permissions too', () => {
    const { data, permissions } = patched(
      { data: { a: null, b: { x: null } }, permissions: { read: null } },
      merge,
    )
    assert.deepEqual(data, { id: 'r', last_modified: 5, b: { y: 2 }, l: [1, 2] })
    assert.deepEqual(permissions, {
      lists: new Map<string, string[] | null>([
        ['write', ['account:alice']],
        ['read', null],
      ]),
      partial: false,
    })
  })

  test('a JSON Patch works on data, and on permissions by principal, without values', () => {
    const { data, permissions } = patched(
      [
        { op: 'add', path: '/data/l/-', value: 3 },
        { op: 'remove', path: '/permissions/read/account:bob' },
        { op: 'add', path: '/permissions/record:create/~1buckets~1b~1groups~1g' },
      ],
      operations,
    )
    assert.deepEqual(data['l'], [1, 2, 3])
    assert.deepEqual(
      permissions?.lists,
      new Map([
        ['read', []],
        ['write', ['account:alice']],
        ['record:create', ['/buckets/b/groups/g']],
      ]),
    )
    assert.deepEqual(stored.data.l, [1, 2])
  })

  test('a JSON Patch of data alone leaves permissions as they are', () => {
    assert.equal(patched([{ op: 'remove', path: '/data/a' }], operations).permissions, undefined)
  })

  for (const json of [
    {},
    ['x'],
    [{ op: 'fly', path: '/data/a' }],
    [{ path: '/data/a' }],
    [{ op: 'remove' }],
    [{ op: 'test', value: 1 }],
    [{ op: 'add', path: 'data', value: 1 }],
    [{ op: 'add', path: '', value: {} }],
    [{ op: 'add', path: '/other', value: {} }],
    [{ op: 'move', from: '/x', path: '/data/a' }],
    [{ op: 'replace', path: '/data', value: 5 }],
    [{ op: 'remove', path: '/data' }],
    [{ op: 'test', path: '/data/a', value: 99 }],
    [{ op: 'remove', path: '/data/none' }],
    [{ op: 'add', path: '/data/x' }],
    [{ op: 'add', path: '/permissions/fly/account:carol' }],
    [{ op: 'add', path: '/permissions/fly', value: {} }],
    [{ op: 'add', path: '/permissions/read', value: 5 }],
    [{ op: 'remove', path: '/permissions/read/account:nobody' }],
  ])
    test(`JSON Patch ${JSON.stringify(json)} is 400`, () => {
      assert.throws(() => patched(json as Json, operations), refused(400))
    })

  test('an empty body is 400, an empty list of operations is none', () => {
    assert.throws(() => readPatch(undefined, 'application/json', names), refused(400))
    assert.throws(() => readPatch({}, merge, names), refused(400))
    assert.deepEqual(patched([], operations).data, stored.data)
  })

  test('light answers what changed, diff what is not as it was sent, and neither what was removed', () => {
    const before = { a: 1, b: 2, c: 3 }
    const sent = { a: 9, b: 2, c: null, last_modified: 1 }
    const after = { a: 9, b: 2, last_modified: 7 }
    assert.equal(partialAnswer('full', before, sent, after), undefined)
    assert.deepEqual(partialAnswer('light', before, sent, after), { a: 9, last_modified: 7 })
    assert.deepEqual(partialAnswer('diff', before, sent, after), { last_modified: 7 })
    assert.throws(() => readBehavior({ 'response-behavior': 'heavy' }), refused(400))
  })

  test('a patch is applied or refused with 400, whatever it holds, and never changes what is stored', () => {
    const pointer = fc.constantFrom(
      '/data',
      '/data/a',
      '/data/b/x',
      '/data/l/-',
      '/data/__proto__',
      '/data/__proto__/x',
      '/permissions/read/x',
      '/permissions/constructor',
      '/permissions',
      '',
    )
    const operation = fc.record(
      {
        op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test', 'x'),
        path: pointer,
        from: pointer,
        value: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    const before = JSON.stringify(stored.data)
    fc.assert(
      fc.property(
        fc.oneof(
          fc.tuple(fc.array(operation, { maxLength: 5 }), fc.constant(operations)),
          fc.tuple(
            fc.record({ data: fc.jsonValue(), permissions: fc.jsonValue() }, { requiredKeys: [] }),
            fc.constantFrom('application/json', merge),
          ),
        ),
        ([json, type]) => {
          try {
            const { data } = patched(json as Json, type)
            assert.equal(Object.getPrototypeOf(data), Object.prototype)
          } catch (error) {
            assert.ok(refused(400)(error), String(error))
          }
          assert.equal(JSON.stringify(stored.data), before)
          assert.equal(({} as JsonObject)['x'], undefined)
        },
      ),
    )
  })
})
