import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { keepFirst } from './keep-first.ts'

test('the first ones are those of a sorted list', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 30 })),
      fc.integer({ min: 0, max: 12 }),
      (numbers, limit) => {
        const first = keepFirst<number>(limit, (a, b) => a - b)
        for (const number of numbers) first.add(number)
        assert.deepEqual(first.sorted(), numbers.toSorted((a, b) => a - b).slice(0, limit))
      },
    ),
  )
})

test('looking at the first ones in between changes nothing', () => {
  const first = keepFirst<number>(2, (a, b) => a - b)
  first.add(3)
  first.add(1)
  assert.deepEqual(first.sorted(), [1, 3])
  first.add(2)
  assert.deepEqual(first.sorted(), [1, 2])
})
