/** https before a server: what stands between it and the Internet, and changes nothing. */
import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { createServer } from 'node:tls'
import type { MadeCertificate } from './certificate.ts'

export interface TlsProxy {
  port: number
  /** Names the server, once it is there. */
  to(url: string): void
}

export async function startTlsProxy(t: TestContext, certificate: MadeCertificate): Promise<TlsProxy> {
  let target: URL | undefined
  const open = new Set<Socket>()
  const server = createServer(certificate, (outside) => {
    if (!target) return outside.destroy()
    const inside = connect({ host: target.hostname, port: Number(target.port) })
    for (const socket of [outside, inside]) {
      open.add(socket)
      socket.on('close', () => {
        open.delete(socket)
        inside.destroy()
        outside.destroy()
      })
      socket.on('error', () => undefined) // the close that follows is enough
    }
    outside.pipe(inside).pipe(outside)
  }).listen(0, '127.0.0.1')
  server.on('tlsClientError', () => undefined)
  await once(server, 'listening')
  t.after(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  return {
    port: (server.address() as AddressInfo).port,
    to: (url) => void (target = new URL(url)),
  }
}
