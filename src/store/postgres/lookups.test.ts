import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Cells, Queries } from './connection.ts'
import { createLookups, type Lookup } from './lookups.ts'

const lookup: Lookup = { name: 'squares', text: '', types: ['bigint'] }

/** Answers with the squares of what was asked, twice each and the last first. */
function squares(asked: number[][]): Queries {
  return {
    async query(_, [array]) {
      const numbers = numbersOf(array as Buffer)
      asked.push(numbers)
      const rows = numbers.flatMap((one, at): Cells[] => [
        [at + 1, one * one],
        [at + 1, one * one],
      ])
      return { rows: rows.reverse(), count: rows.length, command: 'SELECT' }
    },
  }
}

function numbersOf(array: Buffer): number[] {
  const count = array.length > 12 ? array.readInt32BE(12) : 0
  return Array.from({ length: count }, (_, at) => Number(array.readBigInt64BE(24 + 12 * at)))
}

test('questions of one turn share a statement, and each has its own answer', async () => {
  const asked: number[][] = []
  const { ask } = createLookups(() => squares(asked))
  const answers = await Promise.all([ask(lookup, [[2]]), ask(lookup, []), ask(lookup, [[3], [4]])])
  assert.deepEqual(
    answers.map((rows) => rows.map((row) => row[1])),
    [[4, 4], [], [16, 16, 9, 9]],
  )
  assert.deepEqual(asked, [[2, 3, 4]])
  await ask(lookup, [[5]])
  assert.equal(asked.length, 2)
})

test('a statement asks a bounded number of questions', async () => {
  const asked: number[][] = []
  const { ask } = createLookups(() => squares(asked))
  const answers = await Promise.all(Array.from({ length: 600 }, (_, i) => ask(lookup, [[i]])))
  assert.deepEqual(
    answers.map((rows) => rows[0]?.[1]),
    Array.from({ length: 600 }, (_, i) => i * i),
  )
  assert.ok(asked.every((numbers) => numbers.length <= 256))
})

test('a failure is that of all who shared the statement', async () => {
  const { ask } = createLookups(() => ({ query: () => Promise.reject(new Error('gone')) }))
  const answers = await Promise.allSettled([ask(lookup, [[1]]), ask(lookup, [[2]])])
  assert.deepEqual(
    answers.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
})
