import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressBlock, clientAddress, trustedProxies } from './addresses.ts'

const none = trustedProxies([])
const proxies = trustedProxies(['10.0.0.0/8', '::1'])

test('an untrusted peer is believed in nothing it forwards', () => {
  assert.equal(clientAddress('198.51.100.7', '203.0.113.9', none), '198.51.100.7')
  assert.equal(clientAddress('198.51.100.7', '203.0.113.9', proxies), '198.51.100.7')
})

test('behind trusted proxies the right-most untrusted hop is the client', () => {
  assert.equal(clientAddress('10.0.0.1', '203.0.113.9', proxies), '203.0.113.9')
  assert.equal(clientAddress('::1', '192.0.2.66, 203.0.113.9, 10.1.2.3', proxies), '203.0.113.9')
  assert.equal(clientAddress('::ffff:10.0.0.1', '203.0.113.9', proxies), '203.0.113.9')
})

test('nonsense in the header ends the walk at the last hop that made sense', () => {
  assert.equal(clientAddress('10.0.0.1', 'evil, 10.0.0.2', proxies), '10.0.0.2')
  assert.equal(clientAddress('10.0.0.1', '', proxies), '10.0.0.1')
})

test('IPv6 clients are counted by their /64', () => {
  assert.equal(addressBlock('2001:DB8:0:1::5'), '2001:db8:0:1::/64')
  assert.equal(addressBlock('2001:db8:0:1:ffff:2:3:4'), '2001:db8:0:1::/64')
  assert.equal(addressBlock('::1'), '0:0:0:0::/64')
  assert.equal(addressBlock('192.0.2.1'), '192.0.2.1')
})
