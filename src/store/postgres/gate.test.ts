import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGate, type Turn } from './gate.ts'

function turnsOf(begun: string[]) {
  return (name: string, ...homes: number[]): Turn => ({ homes, begin: () => void begun.push(name) })
}

test('a home has one turn at a time, in the order of arrival', () => {
  const begun: string[] = []
  const gate = createGate()
  const make = turnsOf(begun)
  const [a, b, other] = [make('a', 1), make('b', 1), make('other', 2)]
  for (const turn of [a, b, other]) gate.enter(turn)
  assert.deepEqual(begun, ['a', 'other'])
  gate.leave([a])
  assert.deepEqual(begun, ['a', 'other', 'b'])
})

test('a turn of several homes begins when it is the first in all of them, and nobody overtakes it', () => {
  const begun: string[] = []
  const gate = createGate()
  const make = turnsOf(begun)
  const [one, both, two, three] = [make('one', 1), make('both', 1, 2), make('two', 2), make('three', 1)]
  for (const turn of [one, both, two, three]) gate.enter(turn)
  assert.deepEqual(begun, ['one'])
  gate.leave([one])
  assert.deepEqual(begun, ['one', 'both'])
  gate.leave([both])
  assert.deepEqual(begun.slice(0, 2), ['one', 'both'])
  assert.deepEqual(begun.slice(2).sort(), ['three', 'two'])
})

test('those that follow a turn leave with it', () => {
  const begun: string[] = []
  const gate = createGate()
  const make = turnsOf(begun)
  const turns = ['a', 'b', 'c', 'd'].map((name) => make(name, 1))
  const mixed = make('mixed', 1, 2)
  const last = make('last', 1)
  for (const turn of [...turns, mixed, last]) gate.enter(turn)
  const [first, ...rest] = turns as [Turn, Turn, Turn, Turn]
  let room = 2
  assert.deepEqual(
    gate.following(first, () => room-- > 0),
    rest.slice(0, 2),
  )
  const all = gate.following(first, () => true)
  assert.deepEqual(all, rest)
  gate.leave([first, ...all])
  assert.deepEqual(begun, ['a', 'mixed'])
  assert.deepEqual(
    gate.following(mixed, () => true),
    [],
  )
  gate.leave([mixed])
  assert.deepEqual(begun, ['a', 'mixed', 'last'])
})
