import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { WebSocket } from 'ws'
import { trustedProxies } from '../../../http/addresses.ts'
import type { Upgrade } from '../../../http/server.ts'
import { channelLimits } from './channels.ts'
import { pairingDoor } from './index.ts'

async function started(t: TestContext, limits = channelLimits) {
  let take: Upgrade
  const stop = pairingDoor(
    { upgrade: (_prefix, serve) => (take = serve) },
    { now: () => 0, trustedProxies: trustedProxies(['127.0.0.1']), limits },
  )
  const server = createServer().on('upgrade', (request, socket, head) => take(request, socket, head))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    stop()
    server.close()
  })
  const root = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/v1/ws/`
  const open = (id = '', headers = {}) => new WebSocket(`${root}${id}`, { headers })
  return { open, stop }
}

const next = async (socket: WebSocket) => JSON.parse(String((await once(socket, 'message'))[0]))

test('two browsers find each other by the id of a channel, and see where the other is', async (t) => {
  const { open } = await started(t)
  const first = open('', { 'user-agent': 'Desk/1' })
  const { channelid } = await next(first)
  const second = open(channelid, { 'user-agent': 'Phone/1', 'x-forwarded-for': '198.51.100.7' })
  assert.deepEqual((await next(second)).channelid, channelid)
  second.send('c2VhbGVk')
  assert.deepEqual(await next(first), {
    message: 'c2VhbGVk',
    sender: { ua: 'Phone/1', remote: '198.51.100.7' },
  })
  first.send('YmFjaw')
  assert.equal((await next(second)).message, 'YmFjaw')
})

test('an id that is none is answered 404, one of no channel is closed', async (t) => {
  const { open } = await started(t)
  const [, answer] = await once(
    open('short').on('error', () => {}),
    'unexpected-response',
  )
  assert.equal(answer.statusCode, 404)
  answer.resume()
  const [code] = await once(open('A'.repeat(22)), 'close')
  assert.equal(code, 1008)
})

test('binary frames and messages over 32 KiB end the connection, too many channels are refused', async (t) => {
  const { open } = await started(t, { ...channelLimits, byAddress: 2 })
  const binary = open()
  await next(binary)
  binary.send(Buffer.from('x'))
  assert.equal((await once(binary, 'close'))[0], 1003)
  const long = open()
  await next(long)
  long.send('x'.repeat(32 * 1024 + 1))
  assert.equal((await once(long, 'close'))[0], 1009)
  await next(open())
  await next(open())
  assert.equal((await once(open(), 'close'))[0], 1013)
})

test('a stop ends the connections', async (t) => {
  const { open, stop } = await started(t)
  const socket = open()
  await next(socket)
  stop()
  await once(socket, 'close')
})
