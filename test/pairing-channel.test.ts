/** The channels by which two browsers pair, at a whole server: beside the Kinto door, under the Host rules, through a stop. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { startServer } from './support/server.ts'

const next = async (socket: WebSocket) => JSON.parse(String((await once(socket, 'message'))[0]))

/** The status by which a server refuses to speak another protocol. */
async function refusal(socket: WebSocket): Promise<number> {
  socket.on('error', () => {})
  const [, answer] = await once(socket, 'unexpected-response')
  answer.resume()
  return answer.statusCode
}

test('browsers pair over the server’s own address', async (t) => {
  const server = await startServer(t)
  const port = new URL(server.url).port
  const root = `ws://localhost:${port}`

  await t.test('where the configuration says, by the path that Firefox’s library takes', async () => {
    const answer = await fetch(`${server.url}/.well-known/fxa-client-configuration`)
    const { pairing_server_base_uri: base } = (await answer.json()) as Record<string, string>
    assert.equal(base, root)
    const first = new WebSocket(new URL('/v1/ws/', base))
    const { channelid } = await next(first)
    const second = new WebSocket(new URL(`/v1/ws/${channelid}`, base))
    await next(second)
    second.send('c2VhbGVk')
    assert.equal((await next(first)).message, 'c2VhbGVk')
    first.close()
    second.close()
  })

  await t.test('and nowhere else: the Kinto door keeps its requests, other hosts are none', async () => {
    const plain = await fetch(`${server.url}/v1/ws/${'A'.repeat(22)}`)
    assert.equal(plain.status, 404)
    assert.equal(await refusal(new WebSocket(`${root}/v1/`)), 200)
    assert.equal(await refusal(new WebSocket(`${root}/v1/ws/`, { headers: { Host: 'evil.example' } })), 421)
    assert.equal(await refusal(new WebSocket(`${root}/v1/ws`)), 404)
  })

  await t.test('the policy of our pages lets them there, and to nothing more', async () => {
    const page = await fetch(`${server.url}/pair/supp`, {
      headers: { Accept: 'text/html', Host: `localhost:${port}` },
    })
    const [connect] = /connect-src [^;]*/.exec(page.headers.get('content-security-policy') ?? '') ?? []
    const host = server.url.replace(/^http/, 'ws')
    assert.equal(connect, `connect-src ${server.url}/api/ ${host}/v1/ws/`)
  })

  await t.test('an open channel does not hold up a stop', async () => {
    const socket = new WebSocket(`${root}/v1/ws/`)
    await next(socket)
    const closed = once(socket, 'close')
    assert.equal(await server.stop(), 0)
    await closed
  })
})

test('a server without accounts for browsers has no channels', async (t) => {
  const server = await startServer(t, { ESSAIM_DOORS: 'kinto,sync' })
  const status = await refusal(new WebSocket(`${server.url.replace(/^http/, 'ws')}/v1/ws/${'A'.repeat(22)}`))
  assert.equal(status, 404)
})
