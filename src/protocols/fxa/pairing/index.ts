/** The pairing channel server over WebSockets: `/v1/ws/` begins a channel, `/v1/ws/ID` joins one. */
import type { IncomingMessage } from 'node:http'
import type { BlockList } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import { clientAddress } from '../../../http/addresses.ts'
import { plainAnswer } from '../../../http/server.ts'
import type { Http } from '../../../http/server.ts'
import { createChannels } from './channels.ts'
import type { ChannelLimits, Party, Refusal } from './channels.ts'

export interface PairingParts {
  now(): number
  trustedProxies: BlockList
  /** Tests alone give their own. */
  limits?: ChannelLimits
}

/**
 * COMPAT Firefox: the browsers' library asks for this path from the root of the host, whatever path stands in
 * `pairing_server_base_uri`. The Kinto door keeps its own requests there: only requests to upgrade come here.
 */
const prefix = '/v1/ws/'

/** Bytes of one message: a TLS record of 16 KiB in base64, and room. */
const maxMessage = 32 * 1024
/** Milliseconds between two pings; who has not answered one by the next is gone. */
const pingEvery = 20_000

const refusals: Readonly<Record<Refusal, string>> = {
  404: 'There is no such channel, or it is taken',
  429: 'Too many channels from this address',
  503: 'Too many channels',
}

/** Opens the door. What it returns ends every connection. */
export function pairingDoor({ upgrade }: Pick<Http, 'upgrade'>, parts: PairingParts): () => void {
  const channels = createChannels(parts.now, parts.limits)
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: maxMessage,
    perMessageDeflate: false,
  })
  const sockets = new Map<WebSocket, { answered: boolean }>()

  const welcome = (request: IncomingMessage, socket: WebSocket, id: string | undefined): void => {
    const party: Party = {
      ...originOf(request, parts.trustedProxies),
      send: (text) => socket.send(text),
      close: (code, reason) => socket.close(code, reason),
    }
    const alive = { answered: true }
    sockets.set(socket, alive)
    socket.on('error', () => socket.terminate())
    socket.on('pong', () => (alive.answered = true))
    const place = channels.take(id, party)
    if (typeof place === 'number') {
      sockets.delete(socket)
      socket.close(place === 404 ? 1008 : 1013, refusals[place])
      return
    }
    socket.on('message', (data, isBinary) => {
      if (isBinary) socket.close(1003, 'text only')
      else place.say(String(data))
    })
    socket.on('close', () => {
      sockets.delete(socket)
      place.left()
    })
  }

  upgrade(prefix, (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const id = (request.url ?? '').slice(prefix.length).split('?')[0]!
    if (id !== '' && !/^[\w-]{22}$/.test(id)) socket.end(plainAnswer(404, refusals[404]))
    else server.handleUpgrade(request, socket, head, (made) => welcome(request, made, id || undefined))
  })

  const timer = setInterval(() => {
    channels.sweep()
    for (const [socket, alive] of sockets) {
      if (!alive.answered) {
        socket.terminate()
        continue
      }
      alive.answered = false
      socket.ping()
    }
  }, pingEvery).unref()

  return () => {
    clearInterval(timer)
    for (const socket of sockets.keys()) socket.terminate()
  }
}

function originOf(
  { headers, socket }: IncomingMessage,
  trusted: BlockList,
): Pick<Party, 'address' | 'agent'> {
  const forwarded = headers['x-forwarded-for']
  const forwardedFor = Array.isArray(forwarded) ? forwarded.join(',') : forwarded
  return {
    address: clientAddress(socket.remoteAddress ?? '', forwardedFor, trusted),
    agent: headers['user-agent'] ?? '',
  }
}
