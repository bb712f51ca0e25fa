import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { JsonObject } from '../json/index.ts'
import { anyJson, anyScalar } from '../json/arbitrary.ts'
import { compileFilter } from './compile.ts'
import { encodeKey } from './key.ts'
import { keyRanges, type KeyRange } from './ranges.ts'
import type { Filter, Op } from './types.ts'

const within = (key: Uint8Array, ranges: readonly KeyRange[]) =>
  ranges.some(({ from, to }) => Buffer.compare(key, from) >= 0 && Buffer.compare(key, to) < 0)
const objectOf = (value: JsonObject[string] | undefined): JsonObject =>
  value === undefined ? {} : { f: value }
const anyValue = fc.oneof(anyScalar, anyJson)

for (const op of ['eq', 'in', 'gt', 'lt', 'min', 'max'] as const satisfies Op[]) {
  const anyOperand = op === 'in' ? fc.array(anyValue, { maxLength: 3 }) : anyValue

  test(`every object that passes ${op} has its key in the ranges`, () => {
    fc.assert(
      fc.property(
        anyOperand,
        fc.option(anyValue, { nil: undefined }),
        fc.constantFrom(4, 8, 128),
        (value, field, limit) => {
          const filter: Filter = { op, field: 'f', value }
          const ranges = keyRanges(filter, limit)!
          if (compileFilter([filter])(objectOf(field))) assert.ok(within(encodeKey(field, limit).key, ranges))
        },
      ),
      { numRuns: 500 },
    )
  })

  test(`no object that fails ${op} has an exact key in the ranges`, () => {
    fc.assert(
      fc.property(anyOperand, fc.option(anyValue, { nil: undefined }), (value, field) => {
        const filter: Filter = { op, field: 'f', value }
        const ranges = keyRanges(filter, 4096)!
        assert.equal(within(encodeKey(field, 4096).key, ranges), compileFilter([filter])(objectOf(field)))
      }),
      { numRuns: 500 },
    )
  })
}

test('ranges come in ascending order without overlap', () => {
  fc.assert(
    fc.property(fc.array(anyValue, { maxLength: 6 }), fc.constantFrom(4, 128), (value, limit) => {
      const ranges = keyRanges({ op: 'in', field: 'f', value }, limit)!
      for (const [i, range] of ranges.entries()) {
        assert.ok(Buffer.compare(range.from, range.to) < 0)
        if (i > 0) assert.ok(Buffer.compare(ranges[i - 1]!.to, range.from) <= 0)
      }
    }),
  )
})

test('filters that an index does not narrow have no ranges', () => {
  for (const op of ['not', 'exclude', 'like', 'has', 'contains', 'contains_any'] as const) {
    assert.equal(keyRanges({ op, field: 'f', value: 'x' }), undefined)
  }
})

test('an empty list has no range at all', () => {
  assert.deepEqual(keyRanges({ op: 'in', field: 'f', value: [] }), [])
})
