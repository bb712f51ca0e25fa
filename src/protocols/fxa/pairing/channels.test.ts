import assert from 'node:assert/strict'
import { test } from 'node:test'
import { channelLimits, createChannels } from './channels.ts'
import type { Party, Place } from './channels.ts'

interface Ear extends Party {
  heard: { link?: string; channelid?: string; message?: string; sender?: unknown }[]
  closed: number[]
}

const ear = (address = '192.0.2.1'): Ear => {
  const heard: Ear['heard'] = []
  const closed: number[] = []
  return {
    address,
    agent: `Agent of ${address}`,
    heard,
    closed,
    send: (text) => void heard.push(JSON.parse(text)),
    close: (code) => void closed.push(code),
  }
}

const place = (taken: Place | number): Place => {
  assert.ok(typeof taken !== 'number', `refused with ${String(taken)}`)
  return taken
}

const small = { ...channelLimits, messages: 3, characters: 20, lifetime: 1_000 }

test('what one says, the other is told with who said it, and nobody else', () => {
  const channels = createChannels(() => 0)
  const [first, second, stranger] = [ear('192.0.2.1'), ear('2001:db8::2'), ear()]
  const one = place(channels.take(undefined, first))
  const two = place(channels.take(one.id, second))
  place(channels.take(undefined, stranger))
  two.say('hello\n')
  assert.deepEqual(first.heard.slice(1), [
    { message: 'hello', sender: { ua: 'Agent of 2001:db8::2', remote: '2001:db8::2' } },
  ])
  assert.deepEqual([second.heard.length, stranger.heard.length], [1, 1])
  assert.deepEqual(first.heard[0], { link: `/v1/ws/${one.id}`, channelid: one.id })
  assert.match(one.id, /^[\w-]{22}$/)
})

test('a channel takes a second one once, even after it left', () => {
  const channels = createChannels(() => 0)
  const { id } = place(channels.take(undefined, ear()))
  place(channels.take(id, ear())).left()
  assert.equal(channels.take(id, ear()), 404)
  assert.equal(channels.take('A'.repeat(22), ear()), 404)
})

test('who stays behind is not closed, and a channel that nobody is in is gone', () => {
  const channels = createChannels(() => 0)
  const first = ear()
  const one = place(channels.take(undefined, first))
  const two = place(channels.take(one.id, ear()))
  two.left()
  assert.deepEqual(first.closed, [])
  one.left()
  one.left()
  assert.equal(channels.size(), 0)
})

test('too many messages, and too long ones, end the channel for both', () => {
  for (const words of [['a', 'b', 'c', 'd'], ['x'.repeat(21)]]) {
    const channels = createChannels(() => 0, small)
    const [first, second] = [ear(), ear()]
    const one = place(channels.take(undefined, first))
    place(channels.take(one.id, second))
    for (const word of words) one.say(word)
    assert.deepEqual([first.closed, second.closed, channels.size()], [[1008], [1008], 0])
    assert.equal(second.heard.length, words.length)
    one.say('more')
    assert.equal(second.heard.length, words.length)
  }
})

test('a channel ends with its time, whether or not it is used', () => {
  let now = 0
  const channels = createChannels(() => now, small)
  const [idle, busy, other] = [ear(), ear(), ear()]
  const waiting = place(channels.take(undefined, idle))
  const used = place(channels.take(undefined, busy))
  place(channels.take(used.id, other))
  now = 1_000
  assert.equal(channels.take(waiting.id, ear()), 404)
  used.say('late')
  assert.deepEqual([busy.closed, other.closed, other.heard.length], [[1008], [1008], 1])
  channels.sweep()
  assert.deepEqual([idle.closed, channels.size()], [[1008], 0])
})

test('channels are bounded for an address, by /64 in IPv6, and in all', () => {
  const channels = createChannels(() => 0, { ...channelLimits, byAddress: 2, channels: 3 })
  const one = place(channels.take(undefined, ear('2001:db8::1')))
  place(channels.take(undefined, ear('2001:db8::2')))
  assert.equal(channels.take(undefined, ear('2001:db8::3')), 429)
  place(channels.take(undefined, ear('2001:db8:0:1::3')))
  assert.equal(channels.take(undefined, ear('192.0.2.1')), 503)
  one.left()
  place(channels.take(undefined, ear('2001:db8::3')))
})
