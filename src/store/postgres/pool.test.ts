import assert from 'node:assert/strict'
import { test } from 'node:test'
import { storeError } from '../errors.ts'
import type { Connection } from './connection.ts'
import { createLimit } from './limit.ts'
import { createLanes, createPool } from './pool.ts'

interface Fake extends Connection {
  lose(): void
  asked: number
}

/** Connections that answer with their own number. */
function fakes() {
  const opened: Fake[] = []
  const open = async (): Promise<Connection> => {
    const number = opened.length
    const lost: (() => void)[] = []
    let alive = true
    const connection: Fake = {
      asked: 0,
      waiting: 0,
      get alive() {
        return alive
      },
      query: async () => {
        connection.asked++
        if (!alive) throw storeError('store-unavailable', 'lost')
        return { rows: [[number]], count: 1, command: 'SELECT' }
      },
      run: async () => ({ rows: [], count: 0, command: '' }),
      onLost: (act) => void lost.push(act),
      close: async () => connection.lose(),
      destroy: () => connection.lose(),
      lose() {
        alive = false
        for (const act of lost.splice(0)) act()
      },
    }
    opened.push(connection)
    return connection
  }
  return { opened, open }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

test('a pool opens what is needed up to its size, and lends in the order of asking', async () => {
  const { opened, open } = fakes()
  const pool = createPool(open, 2)
  const [a, b] = [await pool.take(), await pool.take()]
  const order: string[] = []
  const third = pool.take().then((connection) => (order.push('third'), connection))
  const fourth = pool.take().then((connection) => (order.push('fourth'), connection))
  await settled()
  assert.equal(opened.length, 2)
  pool.give(b)
  pool.give(a)
  assert.deepEqual(await Promise.all([third, fourth]), [b, a])
  assert.deepEqual(order, ['third', 'fourth'])
})

test('a lost connection makes room for another, idle or lent', async () => {
  const { opened, open } = fakes()
  const pool = createPool(open, 1)
  const first = (await pool.take()) as Fake
  const waiting = pool.take()
  first.lose()
  pool.give(first)
  const second = (await waiting) as Fake
  assert.notEqual(second, first)
  pool.give(second)
  second.lose()
  assert.equal((await pool.take()).alive, true)
  assert.equal(opened.length, 3)
})

test('who waits for a connection that cannot be had learns why', async () => {
  let attempts = 0
  const pool = createPool(async () => {
    attempts++
    throw storeError('store-unavailable', 'no server')
  }, 2)
  const results = await Promise.allSettled([pool.take(), pool.take(), pool.take()])
  assert.ok(results.every(({ status }) => status === 'rejected'))
  assert.equal(attempts, 3)
})

test('a closed pool lends nothing', async () => {
  const { opened, open } = fakes()
  const pool = createPool(open, 1)
  const lent = await pool.take()
  const waiting = assert.rejects(pool.take(), { code: 'store-closed' })
  await pool.close()
  await waiting
  pool.give(lent)
  await assert.rejects(pool.take(), { code: 'store-closed' })
  assert.equal(opened[0]?.alive, false)
})

test('a lane that is lost is replaced, and its question asked again', async () => {
  const { opened, open } = fakes()
  const lanes = createLanes(open, 2)
  const statement = { name: '', text: '' }
  const ask = async () => (await lanes.query(statement, [])).rows[0]?.[0]
  const first = await ask()
  opened[0]?.lose()
  assert.equal(await ask(), 1)
  assert.equal(first, 0)
  await lanes.close()
  await assert.rejects(ask(), { code: 'store-closed' })
})

test('a limit lets so many in at a time, the others in order', async () => {
  const limit = createLimit(2)
  const begun: number[] = []
  const ends: (() => void)[] = []
  const runs = [0, 1, 2, 3].map((number) =>
    limit.run(async () => {
      begun.push(number)
      await new Promise<void>((resolve) => ends.push(resolve))
    }),
  )
  await settled()
  assert.deepEqual(begun, [0, 1])
  ends[1]?.()
  await settled()
  assert.deepEqual(begun, [0, 1, 2])
  ends[0]?.()
  ends[2]?.()
  await settled()
  ends[3]?.()
  await Promise.all(runs)
})
