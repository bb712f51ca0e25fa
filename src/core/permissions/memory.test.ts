import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemory, nodeIn } from './memory.ts'
import { emptyNode, type Node } from './node.ts'

const nodes = (home: number, count: number) =>
  new Map<string, Node>(Array.from({ length: count }, (_, i) => [`${home}/${i}`, emptyNode]))

test('past the bound the homes that were loaded longest ago are forgotten', () => {
  const memory = createMemory({ nodes: 100, answers: 100 })
  for (let id = 1; id <= 3; id++) memory.learn(memory.begin(id, 1, null), nodes(id, 40))
  assert.equal(memory.at(1, 1), undefined)
  assert.ok(memory.at(2, 1))
  assert.ok(memory.at(3, 1))
  assert.deepEqual(memory.size(), { homes: 2, nodes: 80, answers: 0 })
})

test('a home too large for the bound is answered and not kept', () => {
  const memory = createMemory({ nodes: 10, answers: 100 })
  const home = memory.begin(1, 1, null)
  memory.learn(home, nodes(1, 11))
  assert.equal(nodeIn(home, '1/0'), emptyNode)
  assert.deepEqual(memory.size(), { homes: 0, nodes: 0, answers: 0 })
})

test('answers never pass their bound, and go with their home', () => {
  const memory = createMemory({ nodes: 100, answers: 10 })
  const home = memory.begin(1, 1, null)
  memory.learn(home, nodes(1, 1))
  for (let i = 0; i < 25; i++) {
    memory.remember(home, 'a', `p${i}`, 1)
    assert.ok(memory.size().answers <= 10)
  }
  memory.remember(home, 'a', 'p24', 1)
  assert.equal(memory.size().answers, 5)
  memory.forget(1)
  assert.equal(memory.size().answers, 0)
})

test('what belongs to a version that was replaced meanwhile is not counted', () => {
  const memory = createMemory()
  const old = memory.begin(1, 1, null)
  const present = memory.begin(1, 2, null)
  memory.learn(old, nodes(1, 5))
  memory.remember(old, 'a', 'p', 1)
  assert.deepEqual(memory.size(), { homes: 1, nodes: 0, answers: 0 })
  assert.equal(memory.at(1, 1), undefined)
  assert.equal(memory.at(1, 2), present)
})
