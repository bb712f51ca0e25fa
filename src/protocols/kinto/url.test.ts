import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { readAddress, readParameters, writeParameters } from './url.ts'

const refused = (url: string) =>
  assert.throws(() => readAddress(url), { status: 400, errno: 107 }, JSON.stringify(url.slice(0, 50)))

describe('addresses', () => {
  test('are split before they are decoded, and decoded once', () => {
    assert.deepEqual(readAddress('/v1/a%2Fb/%252e/c?x=/y').segments, ['v1', 'a/b', '%2e', 'c'])
    assert.equal(readAddress('/v1/c?x=/y?z').query, 'x=/y?z')
    assert.deepEqual(readAddress('/').segments, [''])
    assert.deepEqual(readAddress('/v1/%C3%A9/').segments, ['v1', 'é', ''])
  })

  test('with dots, NUL or broken coding are refused', () => {
    for (const segment of [
      '.',
      '..',
      '%2e',
      '%2E%2e',
      '.%2E',
      '%00',
      'a%00',
      '%',
      '%4',
      '%zz',
      '%ff',
      '%ed%a0%80',
      'é',
      ' ',
      '\t',
    ])
      refused(`/v1/${segment}`)
    refused('v1')
    refused('')
    refused(`/${'a'.repeat(65_536)}`)
    assert.deepEqual(readAddress('/.well-known/...').segments, ['.well-known', '...'])
  })

  test('never have a segment that leads elsewhere', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('.', '%2e', '%2E', '/', '%2f', '%5c', '%00', 'a', '%25', '2e', '?'), {
          maxLength: 12,
        }),
        (parts) => {
          try {
            for (const segment of readAddress(`/${parts.join('')}`).segments)
              assert.ok(segment !== '.' && segment !== '..' && !segment.includes('\0'))
          } catch (error) {
            assert.equal((error as { status?: number }).status, 400)
          }
        },
      ),
    )
  })
})

describe('parameters', () => {
  test('keep their order, and those that come twice', () => {
    assert.deepEqual(readParameters('a=1&b=&a=2&&c&=d&%5F=%20+%2B'), [
      ['a', '1'],
      ['b', ''],
      ['a', '2'],
      ['c', ''],
      ['', 'd'],
      ['_', '  +'],
    ])
  })

  test('are read as they were written', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string({ unit: 'grapheme' }))),
        (pairs) => assert.deepEqual(readParameters(writeParameters(pairs)), pairs),
      ),
    )
  })

  test('that are no UTF-8 are refused', () => {
    for (const query of ['%ff', 'a=%ed%a0%80', '%', 'a=%4'])
      assert.throws(() => readParameters(query), { status: 400, errno: 107 }, query)
  })
})
