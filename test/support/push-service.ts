/**
 * A push service like autopush, on loopback: browsers register over a WebSocket, application servers post to the
 * endpoints that they got (RFC 8030), and what is posted travels on as it is.
 */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { type WebSocket, WebSocketServer } from 'ws'

export interface PushService {
  /** What a browser is told: `ws://…` */
  readonly url: string
  /** `127.0.0.1:PORT`, which application servers have to be allowed. */
  readonly host: string
  /** What was posted, and the status that it was answered: 201, or 410 for who is not registered. */
  readonly posted: readonly Posted[]
  /** How many browsers are connected. */
  browsers(): number
}

export interface Posted {
  channel: string
  status: number
  headers: IncomingMessage['headers']
  body: Buffer
}

interface Message {
  messageType?: string
  uaid?: string
  channelID?: string
}

export async function startPushService(t: TestContext): Promise<PushService> {
  const browsers = new Map<string, WebSocket>()
  /** Whose a channel is. */
  const channels = new Map<string, string>()
  const posted: Posted[] = []

  const http = createServer((request, response) => {
    const channel = (request.url ?? '').slice('/wpush/'.length)
    void bodyOf(request).then((body) => {
      const browser = browsers.get(channels.get(channel) ?? '')
      const status = request.method !== 'POST' ? 405 : browser ? 201 : 410
      posted.push({ channel, status, headers: request.headers, body })
      browser?.send(
        JSON.stringify({
          messageType: 'notification',
          channelID: channel,
          version: randomUUID(),
          ttl: Number(request.headers['ttl'] ?? 0),
          ...(body.length > 0 && {
            data: body.toString('base64url'),
            headers: { encoding: request.headers['content-encoding'] },
          }),
        }),
      )
      response.writeHead(status, { Location: `/m/${randomUUID()}`, TTL: '0' }).end()
    })
  })
  const sockets = new WebSocketServer({ server: http, handleProtocols: () => 'push-notification' })

  sockets.on('connection', (socket) => {
    let id = ''
    const answer = (message: object) => socket.send(JSON.stringify(message))
    socket.on('close', () => {
      if (browsers.get(id) === socket) browsers.delete(id)
    })
    socket.on('error', () => socket.terminate())
    socket.on('message', (data: Buffer) => {
      const { messageType, uaid, channelID = '' } = JSON.parse(data.toString()) as Message
      if (messageType === 'hello') {
        id = uaid || randomUUID().replaceAll('-', '')
        browsers.set(id, socket)
        answer({ messageType, status: 200, uaid: id, use_webpush: true, broadcasts: {} })
      } else if (messageType === 'register') {
        channels.set(channelID, id)
        answer({ messageType, status: 200, channelID, pushEndpoint: `http://${host}/wpush/${channelID}` })
      } else if (messageType === 'unregister') {
        channels.delete(channelID)
        answer({ messageType, status: 200, channelID })
      } else if (messageType === undefined || messageType === 'ping') socket.send('{}')
    })
  })

  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  t.after(() => {
    for (const socket of sockets.clients) socket.terminate()
    sockets.close()
    http.close()
    http.closeAllConnections()
  })
  const host = `127.0.0.1:${(http.address() as AddressInfo).port}`
  return {
    url: `ws://${host}/`,
    host,
    posted,
    browsers: () => browsers.size,
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
