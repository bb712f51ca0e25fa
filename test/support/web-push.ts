/** The other end of Web Push: a service on loopback, and browsers that open what it was given, by RFC 8291 alone. */
import assert from 'node:assert/strict'
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { createGuard } from '../../src/http/guard.ts'
import type { GuardedFetch } from '../../src/http/guard.ts'

/** What a browser has for one subscription; all in base64url. */
export interface PushKeys {
  privateKey: string
  publicKey: string
  auth: string
}

export function newPushKeys(): PushKeys {
  const curve = createECDH('prime256v1')
  curve.generateKeys()
  return {
    privateKey: curve.getPrivateKey('base64url'),
    publicKey: curve.getPublicKey('base64url'),
    auth: randomBytes(16).toString('base64url'),
  }
}

/** The text of a message of one record (RFC 8188, aes128gcm). */
export function openPush(body: Buffer, { privateKey, publicKey, auth }: PushKeys): string {
  const salt = body.subarray(0, 16)
  const recordSize = body.readUInt32BE(16)
  const sender = body.subarray(21, 21 + body.readUInt8(20))
  const record = body.subarray(21 + sender.byteLength)
  assert.ok(record.byteLength <= recordSize, 'the message is one record')
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(privateKey, 'base64url')
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), Buffer.from(publicKey, 'base64url'), sender])
  const secret = hkdfSync('sha256', curve.computeSecret(sender), Buffer.from(auth, 'base64url'), info, 32)
  const key = hkdfSync('sha256', Buffer.from(secret), salt, 'Content-Encoding: aes128gcm\0', 16)
  const nonce = hkdfSync('sha256', Buffer.from(secret), salt, 'Content-Encoding: nonce\0', 12)
  const decipher = createDecipheriv('aes-128-gcm', Buffer.from(key), Buffer.from(nonce))
  decipher.setAuthTag(record.subarray(-16))
  const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()])
  const end = padded.lastIndexOf(2)
  assert.ok(
    end >= 0 && padded.subarray(end + 1).every((byte) => byte === 0),
    'the padding ends the last record',
  )
  return padded.subarray(0, end).toString('utf8')
}

/** One request that the service got. */
export interface Got {
  path: string
  headers: NodeJS.Dict<string | string[]>
  body: Buffer
}

export interface PushService {
  /** Where subscriptions of it begin. */
  url: string
  got: Got[]
  /** Resolves when so many requests came in all. */
  until(count: number): Promise<void>
  /** How it answers from now on; 201 unless given. */
  answer(listener: RequestListener): void
  /** Reaches this service, and refuses what a server's guard refuses. */
  fetch: GuardedFetch
}

export async function pushService(t: TestContext): Promise<PushService> {
  const got: Got[] = []
  const waiting = new Set<() => void>()
  let listener: RequestListener = (_request, response) => response.writeHead(201).end()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      got.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) })
      for (const look of waiting) look()
      listener(request, response)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  const host = `push.test:${(server.address() as AddressInfo).port}`
  return {
    url: `http://${host}`,
    got,
    until: (count) =>
      new Promise((done) => {
        const look = () => {
          if (got.length < count) return
          waiting.delete(look)
          done()
        }
        waiting.add(look)
        look()
      }),
    answer(next) {
      listener = next
    },
    fetch: createGuard({
      own: ['essaim.example'],
      allow: [host],
      lookup: async (name) => (name.endsWith('.test') ? [{ address: '127.0.0.1', family: 4 }] : []),
    }),
  }
}
