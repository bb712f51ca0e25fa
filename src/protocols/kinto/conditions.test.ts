import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { checkConditions, isUnchanged, readConditions } from './conditions.ts'
import { KintoError } from './errors.ts'

const status = (expected: number) => (error: unknown) =>
  error instanceof KintoError && error.status === expected

describe('preconditions', () => {
  test('a quoted integer is a revision, a star is any', () => {
    assert.deepEqual(readConditions({ 'if-match': '"17"', 'if-none-match': '*' }), {
      match: 17,
      noneMatch: '*',
    })
    assert.deepEqual(readConditions({}), { match: undefined, noneMatch: undefined })
  })

  for (const value of ['17', '""', '"a"', 'W/"17"', '"17", "18"', '"-1"', '"99999999999999999"', '**'])
    test(`${JSON.stringify(value)} is refused with 400`, () => {
      assert.throws(() => readConditions({ 'if-match': value }), status(400))
      assert.throws(() => readConditions({ 'if-none-match': value }), status(400))
    })

  test('what is read twice by the parser is refused', () => {
    assert.throws(() => readConditions({ 'if-match': ['"1"', '"2"'] }), status(400))
  })

  test('If-Match holds at its own revision alone', () => {
    checkConditions({ match: 5, noneMatch: undefined }, 5)
    assert.throws(() => checkConditions({ match: 5, noneMatch: undefined }, 6), status(412))
    assert.throws(() => checkConditions({ match: 5, noneMatch: undefined }, undefined), status(412))
  })

  test('If-Match: * wants something to be there', () => {
    checkConditions({ match: '*', noneMatch: undefined }, 6)
    assert.throws(() => checkConditions({ match: '*', noneMatch: undefined }, undefined), status(412))
  })

  test('If-None-Match: * wants nothing to be there', () => {
    checkConditions({ match: undefined, noneMatch: '*' }, undefined)
    assert.throws(() => checkConditions({ match: undefined, noneMatch: '*' }, 6), status(412))
  })

  test('If-None-Match with a revision decides about 304 and nothing else', () => {
    checkConditions({ match: undefined, noneMatch: 6 }, 6)
    assert.equal(isUnchanged({ match: undefined, noneMatch: 6 }, 6), true)
    assert.equal(isUnchanged({ match: undefined, noneMatch: 6 }, 7), false)
    assert.equal(isUnchanged({ match: undefined, noneMatch: '*' }, 7), false)
  })

  test('a 412 shows the stored object and its ETag, and nothing for what is absent', () => {
    const thrown = (revision: number | undefined) => {
      try {
        checkConditions({ match: 1, noneMatch: undefined }, revision, () => ({ id: 'a' }))
      } catch (error) {
        return (error as KintoError).extras
      }
      return assert.fail('412 expected')
    }
    assert.deepEqual(thrown(6_000), {
      headers: ['ETag', '"6000"', 'Last-Modified', 'Thu, 01 Jan 1970 00:00:06 GMT'],
      details: { existing: { id: 'a' } },
    })
    assert.deepEqual(thrown(undefined), { headers: [] })
  })
})
