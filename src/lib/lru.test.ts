import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createLru } from './lru.ts'

test('the least recently used entry goes first', () => {
  const map = createLru<string, number>({ max: 2 })
  map.set('a', 1)
  map.set('b', 2)
  map.get('a')
  map.set('c', 3)
  assert.deepEqual([map.get('a'), map.get('b'), map.get('c'), map.size], [1, undefined, 3, 2])
})

test('weights are bounded together, and one that is too heavy alone is not kept', () => {
  const map = createLru<string, string>({ max: 10, maxWeight: 5, weigh: (value) => value.length })
  map.set('a', 'xx')
  map.set('b', 'xxx')
  assert.equal(map.weight, 5)
  map.set('c', 'x')
  assert.deepEqual([map.get('a'), map.get('b'), map.weight], [undefined, 'xxx', 4])
  map.set('b', 'xxxxxx')
  assert.deepEqual([map.get('b'), map.get('c'), map.weight], [undefined, 'x', 1], 'nor what it replaced')
})

test('an entry is given out until its time is over, counted from when it was set', () => {
  const map = createLru<string, number>({ max: 2, ttl: 100 })
  map.set('a', 1, 1000)
  assert.equal(map.get('a', 1099), 1)
  assert.equal(map.get('a', 1100), undefined)
  assert.equal(map.size, 0)
  assert.throws(() => map.get('a'), TypeError)
  assert.throws(() => map.set('a', 1), TypeError)
})

test('deleted and cleared entries are gone with their weight', () => {
  const map = createLru<string, number>({ max: 3, weigh: (value) => value })
  map.set('a', 1)
  map.set('b', 2)
  assert.equal(map.delete('a'), true)
  assert.equal(map.delete('a'), false)
  assert.deepEqual([map.size, map.weight], [1, 2])
  map.clear()
  assert.deepEqual([map.size, map.weight, map.get('b')], [0, 0, undefined])
  map.set('c', 3)
  assert.equal(map.get('c'), 3)
})

test('a map without room keeps nothing', () => {
  const map = createLru<string, number>({ max: 0 })
  map.set('a', 1)
  assert.deepEqual([map.get('a'), map.size], [undefined, 0])
})

test('whatever is done, it holds what a plain list would', () => {
  const anyStep = fc.record({
    key: fc.integer({ min: 0, max: 5 }),
    weight: fc.integer({ min: 0, max: 6 }),
    does: fc.constantFrom('get', 'set', 'set', 'delete'),
  })
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 40 }), (steps) => {
      const map = createLru<number, number>({ max: 3, maxWeight: 8, weigh: (value) => value })
      let list: [key: number, value: number][] = []
      for (const { key, weight, does } of steps) {
        const found = list.find(([known]) => known === key)
        if (does === 'get') assert.equal(map.get(key), found?.[1])
        if (does === 'delete') assert.equal(map.delete(key), found !== undefined)
        if (does === 'set') map.set(key, weight)
        const rest = list.filter((entry) => entry !== found)
        if (does === 'delete') list = rest
        if (does === 'get' && found) list = [...rest, found]
        if (does === 'set') {
          list = [...rest, [key, weight]]
          while (list.length > 3 || list.reduce((sum, [, value]) => sum + value, 0) > 8) list.shift()
        }
        assert.equal(map.size, list.length)
        assert.equal(
          map.weight,
          list.reduce((sum, [, value]) => sum + value, 0),
        )
      }
    }),
  )
})
