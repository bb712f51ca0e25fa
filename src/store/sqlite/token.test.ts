import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createWriteToken } from './token.ts'

test('one at a time has it, in the order of asking', async () => {
  const token = createWriteToken()
  assert.ok(token.tryTake())
  assert.ok(!token.tryTake())
  const order: number[] = []
  const takers = [1, 2].map(async (n) => {
    await token.take()
    order.push(n)
    assert.ok(!token.tryTake(), 'nobody comes in between')
    token.free()
  })
  token.free()
  await Promise.all(takers)
  assert.deepEqual(order, [1, 2])
  assert.ok(token.tryTake())
})

test('so many may wait and no more', async () => {
  const token = createWriteToken()
  await token.take()
  const waiting = Array.from({ length: 1_000 }, () => token.take())
  await assert.rejects(token.take(), { code: 'store-busy' })
  for (const one of waiting) {
    token.free()
    await one
  }
})
