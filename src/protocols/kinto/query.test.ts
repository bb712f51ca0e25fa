import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { compileFilter, compareBy } from '../../lib/filter/index.ts'
import { KintoError } from './errors.ts'
import { projector } from './projection.ts'
import { readDeletionTime, readListParameters, readObjectFields } from './query.ts'
import { readAddress, readParameters, writeParameters } from './url.ts'

const now = 1_800_000_000_000
const read = (query: string) => readListParameters(query, now)
const filtersOf = (query: string) => read(query).filters.map(({ op, field, value }) => [op, field, value])
const refused = (error: unknown) => error instanceof KintoError && error.status === 400 && error.errno === 107

describe('query parameters of a list', () => {
  test('a value is JSON where it is JSON, and text otherwise', () => {
    assert.deepEqual(filtersOf('a=2&b=true&c=null&d=%222%22&e=[1,2]&f={"x":1}&g=two&h=-1.5&i=truely'), [
      ['eq', 'a', 2],
      ['eq', 'b', true],
      ['eq', 'c', null],
      ['eq', 'd', '2'],
      ['eq', 'e', [1, 2]],
      ['eq', 'f', { x: 1 }],
      ['eq', 'g', 'two'],
      ['eq', 'h', -1.5],
      ['eq', 'i', 'truely'],
    ])
  })

  test('every operator is read off the front of the name, the longest first', () => {
    assert.deepEqual(
      filtersOf(
        'not_a=1&gt_a=1&lt_a=1&min_a=1&max_a=1&in_a=1,b&exclude_a=1,true&like_a=x*&has_a=true&contains_a=1&contains_any_a=[1,2]&has_not_a=false&gt=5',
      ),
      [
        ['not', 'a', 1],
        ['gt', 'a', 1],
        ['lt', 'a', 1],
        ['min', 'a', 1],
        ['max', 'a', 1],
        ['in', 'a', [1, 'b']],
        ['exclude', 'a', [1, true]],
        ['like', 'a', 'x*'],
        ['has', 'a', true],
        ['contains', 'a', [1]],
        ['contains_any', 'a', [1, 2]],
        ['has', 'not_a', false],
        ['eq', 'gt', 5],
      ],
    )
  })

  test('has_ is false for what reads as nothing, and true for all else', () => {
    assert.deepEqual(
      filtersOf('has_a=false&has_a=0&has_a=&has_a=true&has_a=x').map(([, , value]) => value),
      [false, false, false, true, true],
    )
  })

  test('a bare operator and an empty name are fields', () => {
    assert.deepEqual(filtersOf('gt_=1&=2'), [
      ['eq', 'gt_', 1],
      ['eq', '', 2],
    ])
  })

  test('an empty limit or token is none', () => {
    assert.equal(read('_limit=&_token=').limit, undefined)
    assert.equal(read('_limit=&_token=').token, undefined)
  })

  test('an id is text whatever it looks like', () => {
    assert.deepEqual(filtersOf('id=12&not_id=%2212%22&in_id=1,true,x'), [
      ['eq', 'id', '12'],
      ['not', 'id', '12'],
      ['in', 'id', ['1', 'true', 'x']],
    ])
  })

  test('_since and _before compare last_modified, with or without quotes, and ask for tombstones', () => {
    assert.deepEqual(filtersOf('_since=%22123%22&_before=456'), [
      ['gt', 'last_modified', 123],
      ['lt', 'last_modified', 456],
    ])
    assert.equal(read('_since=1').timed, true)
    assert.equal(read('not_last_modified=1').timed, true)
    assert.equal(read('a=1').timed, false)
  })

  test('_to still works and is told apart', () => {
    assert.deepEqual(filtersOf('_to=5'), [['lt', 'last_modified', 5]])
    assert.equal(read('_to=5').usesTo, true)
    assert.equal(read('_before=5').usesTo, false)
  })

  for (const query of [
    '_since=abc',
    '_since=-1',
    '_since=1.5',
    '_since=',
    `_since=${now + 4 * 86_400_000}`,
    '_since=99999999999999999999',
    'last_modified=x',
    'gt_last_modified=true',
    'in_last_modified=1,x',
    '_limit=-1',
    '_limit=x',
    'contains_id=1',
    'contains_any_last_modified=1',
    'a=%00',
    'a%00=1',
    'a=["\\u0000"]',
    'a=%ff',
    'a=1e999',
    `a=${'['.repeat(70)}${']'.repeat(70)}`,
    `${Array.from({ length: 40 }, () => 'a').join('.')}=1`,
    `_sort=${Array.from({ length: 20 }, (_, i) => `a${i}`).join()}`,
    Array.from({ length: 70 }, (_, i) => `a${i}=1`).join('&'),
    `in_a=${'1,'.repeat(10_001)}`,
  ])
    test(`${query.length > 60 ? `${query.slice(0, 60)}…` : query} is refused with 400`, () => {
      assert.throws(() => read(query), refused)
    })

  test('the order ends with the newest first unless last_modified has its place', () => {
    assert.deepEqual(read('_sort=a,-b.c').sorts, [
      { field: 'a', descending: false },
      { field: 'b.c', descending: true },
      { field: 'last_modified', descending: true },
    ])
    assert.deepEqual(read('_sort=last_modified').sorts, [{ field: 'last_modified', descending: false }])
    assert.deepEqual(read('').sorts, [{ field: 'last_modified', descending: true }])
  })

  test('parameters that begin with an underscore and mean nothing are ignored', () => {
    assert.deepEqual(read('_expected=5&_foo=').filters, [])
  })

  test('where the fields are fixed, an unknown one is refused', () => {
    const known = new Set(['uri', 'id'])
    assert.deepEqual(readListParameters('uri=x&_sort=-id', now, known).filters.length, 1)
    assert.throws(() => readListParameters('like_name=x', now, known), refused)
    assert.throws(() => readListParameters('_sort=name', now, known), refused)
    assert.throws(() => readListParameters('_fields=name', now, known), refused)
  })

  test('whatever is read, the filter engine takes it, and whatever is refused is a 400', () => {
    const names = fc.oneof(
      fc.constantFrom(
        'a',
        'id',
        'last_modified',
        '__proto__',
        'constructor.name',
        'a.b',
        '_since',
        '_sort',
        '_limit',
        '_fields',
        '_token',
      ),
      fc.string({ unit: 'binary' }),
    )
    const prefixes = fc.constantFrom(
      '',
      'not_',
      'gt_',
      'in_',
      'exclude_',
      'like_',
      'has_',
      'contains_',
      'contains_any_',
    )
    const values = fc.oneof(fc.json(), fc.string(), fc.constantFrom('\0', '[[', '1e999', '"', '9'.repeat(30)))
    const part = fc
      .tuple(prefixes, names, values, fc.boolean())
      .map(([prefix, name, value, raw]) =>
        raw
          ? `${prefix}${name}=${value}`
          : `${encodeURIComponent(wellFormed(prefix + name))}=${encodeURIComponent(wellFormed(value))}`,
      )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        try {
          const { filters, sorts } = read(parts.join('&'))
          compileFilter(filters)({ id: 'x', last_modified: 1, a: { b: [1] } })
          compareBy(sorts)({ id: 'x' }, { id: 'y' })
        } catch (error) {
          assert.ok(refused(error), String(error))
        }
      }),
    )
  })
})

const wellFormed = (text: string) => text.toWellFormed()

describe('other query parameters', () => {
  test('_fields of one object', () => {
    assert.deepEqual(readObjectFields('_fields=a,b.c&x=1'), ['a', 'b.c'])
    assert.equal(readObjectFields('_fields='), undefined)
    assert.equal(readObjectFields(''), undefined)
  })

  test('the time of a tombstone', () => {
    assert.equal(readDeletionTime('last_modified=%225%22'), 5)
    assert.equal(readDeletionTime('last_modified=5'), 5)
    assert.equal(readDeletionTime('x=1'), undefined)
    assert.throws(() => readDeletionTime('last_modified='), refused)
  })

  test('a projection keeps what identifies the object', () => {
    const object = { id: 'r', last_modified: 5, a: { b: 1, c: 2 }, d: 3, e: { f: 1 } }
    assert.deepEqual(projector(['a.b', 'e', 'none', 'd.x'])(object), {
      a: { b: 1 },
      e: { f: 1 },
      d: 3,
      id: 'r',
      last_modified: 5,
    })
    assert.deepEqual(projector(['a.b', 'a'])(object).a, { b: 1, c: 2 })
    assert.deepEqual(projector(['a', 'a.b'])(object).a, { b: 1, c: 2 })
  })

  test('a projection reads own properties alone', () => {
    const object = JSON.parse('{"id":"r","last_modified":1,"__proto__":{"x":1},"constructor":2}')
    const shown = projector(['__proto__', 'constructor', 'toString'])(object)
    assert.equal(JSON.stringify(shown), '{"__proto__":{"x":1},"constructor":2,"id":"r","last_modified":1}')
  })
})

describe('addresses', () => {
  test('segments are split raw and decoded once', () => {
    assert.deepEqual(readAddress('/v1/a%2Fb/%2561?x=1?y'), {
      path: '/v1/a%2Fb/%2561',
      segments: ['v1', 'a/b', '%61'],
      query: 'x=1?y',
    })
    assert.deepEqual(readAddress('/').segments, [''])
    assert.deepEqual(readAddress('/v1/buckets/').segments, ['v1', 'buckets', ''])
    assert.deepEqual(readAddress('/v1/contribute.json').segments, ['v1', 'contribute.json'])
  })

  for (const url of [
    '',
    'v1',
    '/v1/%00',
    '/v1/./a',
    '/v1/../a',
    '/v1/%2e%2E/a',
    '/v1/%',
    '/v1/%ff',
    '/v1/\u00e9',
    '/a\\b/\n',
    `/${'a'.repeat(70_000)}`,
  ])
    test(`${JSON.stringify(url.slice(0, 20))} is refused with 400`, () => {
      assert.throws(() => readAddress(url), refused)
    })

  test('an address is taken apart or refused, never anything else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          for (const segment of readAddress(`/${text}`).segments) assert.ok(!/^\.\.?$|\0/.test(segment))
        } catch (error) {
          assert.ok(refused(error), String(error))
        }
      }),
    )
  })

  test('parameters survive being written and read', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ minLength: 1, unit: 'binary' }), fc.string({ unit: 'binary' }))),
        (parameters) => assert.deepEqual(readParameters(writeParameters(parameters)), parameters),
      ),
    )
  })
})
