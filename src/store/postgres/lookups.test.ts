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
  assert.ok(asked.every((numbers) => numbers.length <= 64))
})

test('a failure is that of all who shared the statement', async () => {
  const { ask } = createLookups(() => ({ query: () => Promise.reject(new Error('gone')) }))
  const answers = await Promise.allSettled([ask(lookup, [[1]]), ask(lookup, [[2]])])
  assert.deepEqual(
    answers.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
})

test('what is asked while a flight is under way goes out with the next one', async () => {
  const asked: number[][] = []
  let land: (() => void) | undefined
  const own = squares(asked)
  const slow: Queries = {
    async query(...question) {
      const result = await own.query(...question)
      await new Promise<void>((resolve) => (land = resolve))
      return result
    },
  }
  const { ask } = createLookups(() => slow, Infinity)
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  const first = ask(lookup, [[1]])
  await turn()
  const later = [ask(lookup, [[2]])]
  await turn()
  later.push(ask(lookup, [[3]]))
  while (asked.length < 1) await turn()
  assert.deepEqual(asked, [[1]])
  land?.()
  await first
  while (asked.length < 2) await turn()
  land?.()
  await Promise.all(later)
  assert.deepEqual(asked, [[1], [2, 3]])
})

test('a bounded number of questions waits', async () => {
  const { ask } = createLookups(() => squares([]))
  const answers = Array.from({ length: 10_001 }, () => ask(lookup, [[1]]))
  await assert.rejects(answers.pop() as Promise<unknown>, { code: 'store-busy' })
  await Promise.all(answers)
})
