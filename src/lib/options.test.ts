import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  addressRange,
  count,
  flag,
  hostName,
  instant,
  type Kind,
  listener,
  listOf,
  oneOf,
  OptionError,
  origin,
  path,
  size,
  text,
  webAddress,
} from './options.ts'

const refuses = (kind: Kind<unknown>, ...values: string[]) => {
  for (const value of values) assert.throws(() => kind.parse(value), OptionError, value)
}

test('a size has a unit of 1024 steps, or none for bytes', () => {
  const kind = size('1B', '10GiB')
  assert.equal(kind.parse('512'), 512)
  assert.equal(kind.parse('1KiB'), 1024)
  assert.equal(kind.parse('2.5MiB'), 2_621_440)
  assert.equal(kind.parse('10GiB'), 10 * 2 ** 30)
  refuses(kind, '0', '10.1GiB', '5GB', '5 GiB', '-1', '1e3', 'KiB', '0x10', '')
})

test('a count is a whole number within its bounds', () => {
  const kind = count(0, 10)
  assert.equal(kind.parse('0'), 0)
  assert.equal(kind.parse('10'), 10)
  refuses(kind, '11', '-1', '1.5', '1e1', ' 1', '', '9'.repeat(400))
})

test('a switch is on or off and nothing between', () => {
  assert.deepEqual(['1', 'true', '0', 'false'].map(flag.parse), [true, true, false, false])
  refuses(flag, 'yes', 'TRUE', '2', '')
})

test('a listener is an address and a port', () => {
  assert.deepEqual(listener.parse('127.0.0.1:80'), { host: '127.0.0.1', port: 80 })
  assert.deepEqual(listener.parse('[::1]:0'), { host: '::1', port: 0 })
  assert.deepEqual(listener.parse('localhost:65535'), { host: 'localhost', port: 65_535 })
  refuses(
    listener,
    '8888',
    ':8888',
    '::1:80',
    '[::1]',
    '[127.0.0.1]:80',
    'example.org:80',
    '1.2.3.4:65536',
    '1.2.3:80',
  )
})

test('an origin carries nothing after the host and port', () => {
  assert.equal(origin.parse('https://EXAMPLE.org:443'), 'https://example.org')
  assert.equal(origin.parse('http://[::1]:8888/'), 'http://[::1]:8888')
  refuses(
    origin,
    'example.org',
    'ftp://a.org',
    'https://a.org/x',
    'https://a.org/?',
    'https://a.org/#',
    'https://u@a.org',
  )
})

test('a web address is http or https', () => {
  assert.equal(webAddress.parse('https://a.org/end?x=1'), 'https://a.org/end?x=1')
  refuses(webAddress, 'javascript:alert(1)', 'data:text/html,x', '/end')
})

test('a range is an address with a prefix, the whole address without one', () => {
  assert.equal(addressRange.parse('10.0.0.0/8'), '10.0.0.0/8')
  assert.equal(addressRange.parse('10.0.0.1'), '10.0.0.1/32')
  assert.equal(addressRange.parse('fd00::/8'), 'fd00::/8')
  assert.equal(addressRange.parse('::1'), '::1/128')
  refuses(
    addressRange,
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/x',
    'proxy.local',
    '*',
    '',
  )
})

test('a date is midnight UTC; a time names its zone', () => {
  assert.equal(instant.parse('2030-12-31'), Date.UTC(2030, 11, 31))
  assert.equal(instant.parse('2030-12-31T12:00+01:00'), Date.UTC(2030, 11, 31, 11))
  refuses(instant, '2030-13-01', '2030-12-31T12:00', '31.12.2030', '1893456000', 'tomorrow')
})

test('a list drops empty items and refuses what one item would, or too many', () => {
  const kind = listOf(oneOf('a', 'b'))
  assert.deepEqual(kind.parse('a, b,'), ['a', 'b'])
  assert.deepEqual(kind.parse(''), [])
  refuses(kind, 'a,c', 'A', 'a,'.repeat(65))
})

test('texts are bounded and paths hold no NUL', () => {
  assert.equal(text(3).parse('abc'), 'abc')
  refuses(text(3), 'abcd')
  refuses(path, 'a\0b')
})

test('hosts are read as addresses write them, with a port where one is given', () => {
  const { parse } = hostName
  assert.deepEqual(
    ['files.example', 'Files.Example:8080', '10.0.0.1', '[::1]:443', 'bücher.example', '0x7f.1'].map(parse),
    ['files.example', 'files.example:8080', '10.0.0.1', '[::1]:443', 'xn--bcher-kva.example', '127.0.0.1'],
  )
  for (const text of [
    '',
    'https://files.example',
    'files.example/x',
    'a b',
    'user@files.example',
    'files.example:x',
    ':80',
  ])
    assert.throws(() => parse(text), OptionError, text)
})
