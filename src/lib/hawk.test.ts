import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createReplays, hawkMac, isHawk, payloadHash, readHawk, signHawk, staleChallenge } from './hawk.ts'

/** The example of the protocol's own description. */
const key = 'werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn'
const target = { method: 'GET', resource: '/resource/1?b=1&a=2', host: 'example.com', port: 8000 }
const example =
  'Hawk id="dh37fgj492je", ts="1353832234", nonce="j4h3g2", ext="some-app-ext-data", ' +
  'mac="6XVWHrTqfrGsX0AWDjCsXTXNcvnVOjmUlhdOJj6MrEk="'

describe('Hawk', () => {
  test('makes the MAC of its request, and reads what it makes', () => {
    const header = signHawk({ id: 'dh37fgj492je', key }, { ts: 1353832234, nonce: 'j4h3g2' }, target)
    const read = readHawk(header)
    assert.deepEqual([read?.id, read?.ts, read?.nonce], ['dh37fgj492je', '1353832234', 'j4h3g2'])
    assert.ok(read && isHawk(key, read, target))
    for (const other of [
      { ...target, method: 'POST' },
      { ...target, resource: '/resource/1?b=1&a=3' },
      { ...target, host: 'example.org' },
      { ...target, port: 80 },
    ])
      assert.equal(isHawk(key, read, other), false)
    assert.equal(isHawk('another key', read, target), false)
    assert.equal(isHawk(key, { ...read, mac: read.mac.slice(1) }, target), false)
    assert.equal(isHawk(key, { ...read, nonce: 'j4h3g3' }, target), false)
  })

  test('proves a body by its hash, as the description does', () => {
    const hash = payloadHash('Text/Plain; charset=utf-8', Buffer.from('Thank you for flying Hawk'))
    assert.equal(hash, 'Yi9LfIIFRtBEPt74PVmbTF/xVAwPn7ub15ePICfgnuY=')
    const posted = { ...target, method: 'POST' }
    const sent = { ts: '1353832234', nonce: 'j4h3g2', hash, ext: 'some-app-ext-data' }
    assert.equal(hawkMac(key, sent, posted), 'aSe1DERmZuRl3pI36/9BdZmnErTw3sNzOOAUlfeKjVw=')
    const read = readHawk(signHawk({ id: 'a', key }, { ts: 1, nonce: 'n', hash }, posted))
    assert.equal(read?.hash, hash)
    assert.ok(read && isHawk(key, read, posted))
    assert.equal(
      isHawk(key, { ...read, hash: payloadHash('text/plain', Buffer.from('another')) }, posted),
      false,
    )
  })

  test('counts hash and extension, where they are sent', () => {
    const read = readHawk(example)
    assert.equal(read?.ext, 'some-app-ext-data')
    const mac = hawkMac(key, read, target)
    assert.equal(mac, '6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE=')
    assert.notEqual(hawkMac(key, { ...read, ext: '' }, target), mac)
    assert.notEqual(hawkMac(key, { ...read, hash: 'x' }, target), mac)
  })

  test('reads nothing in a header that is not written as one', () => {
    const members = 'id="a", ts="1", nonce="n", mac="m"'
    assert.ok(readHawk(`Hawk ${members}`))
    assert.ok(readHawk(`hawk ${members},hash=""`))
    for (const header of [
      '',
      'Hawk',
      'Hawk ',
      `Bearer ${members}`,
      'Hawk id="a"',
      `Hawk ${members}, id="b"`,
      `Hawk ${members}, app="b"`,
      `Hawk ${members} garbage`,
      'Hawk id="a", ts="soon", nonce="n", mac="m"',
      'Hawk id="a", ts="-1", nonce="n", mac="m"',
      'Hawk id="a", ts="1", nonce="", mac="m"',
      'Hawk id="a\\"", ts="1", nonce="n", mac="m"',
      'Hawk id="é", ts="1", nonce="n", mac="m"',
      `Hawk ${members}, ext="${'x'.repeat(5_000)}"`,
    ])
      assert.equal(readHawk(header), undefined, header)
  })

  test('tells a client whose clock is wrong the time, proved with its own key', () => {
    assert.match(staleChallenge(key, 1_353_832_234_567), /^Hawk ts="1353832234", tsm="[\w+/]{43}=", error="/)
    assert.notEqual(staleChallenge(key, 1_000), staleChallenge('another', 1_000))
  })
})

const macOf = (n: number) => Buffer.from(`${n}`.padStart(32, '0')).reverse().toString('base64')

describe('the memory of requests', () => {
  test('takes each once, for as long as it says', () => {
    const replays = createReplays({ time: 1_000, most: 100 })
    assert.equal(replays.first(macOf(1), 0), true)
    assert.equal(replays.first(macOf(1), 10), false)
    assert.equal(replays.first(macOf(2), 500), true)
    assert.equal(replays.first(macOf(2), 1_400), false)
    assert.equal(replays.first(macOf(1), 5_000), true)
  })

  test('stays within its bound, and forgets the oldest first', () => {
    const replays = createReplays({ time: 1_000, most: 10 })
    for (let n = 0; n < 12; n++) assert.equal(replays.first(macOf(n), 0), true)
    assert.equal(replays.first(macOf(11), 0), false)
    assert.equal(replays.first(macOf(0), 0), true)
  })
})
