/** The address is checked on the command line and at the first run, as an operator meets it: behind a proxy. */
import assert from 'node:assert/strict'
import { createServer, type IncomingHttpHeaders, request, type RequestListener } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { openBrowser } from './support/browser-session.ts'
import { essaim, placeOf } from './support/command.ts'
import { startServer } from './support/server.ts'

/** A proxy on loopback; where it passes on to is told later. */
async function startProxy(t: TestContext) {
  const proxy = { port: 0, to: 0, spoil: (headers: IncomingHttpHeaders) => headers }
  const handle: RequestListener = (incoming, outgoing) => {
    const { method, url, headers, socket } = incoming
    const forwarded = [headers['x-forwarded-for'], socket.remoteAddress].filter(Boolean).join(', ')
    const onward = request(
      {
        host: '127.0.0.1',
        port: proxy.to,
        method: method ?? 'GET',
        path: url ?? '/',
        headers: { ...proxy.spoil(headers), 'x-forwarded-for': forwarded },
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 0, answer.headers)
        answer.pipe(outgoing)
      },
    )
    onward.on('error', () => outgoing.writeHead(502).end())
    incoming.pipe(onward)
  }
  const server = createServer(handle).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  proxy.port = (server.address() as AddressInfo).port
  return proxy
}

test('essaim check and the first-run page name the setting that is missing, until it is there', async (t) => {
  const proxy = await startProxy(t)
  const publicUrl = `http://localhost:${proxy.port}`
  const server = await startServer(t, { ESSAIM_PUBLIC_URL: publicUrl })
  proxy.to = Number(new URL(server.url).port)
  const { cwd, env } = placeOf(server)
  const check = (more: Record<string, string> = {}) =>
    essaim(['check'], { cwd, env: { ...env, ESSAIM_PUBLIC_URL: publicUrl, ...more } })

  const untrusted = await check()
  assert.equal(untrusted.code, 1, untrusted.stdout)
  assert.match(untrusted.stdout, /^wrong {2}.*Set ESSAIM_TRUSTED_PROXIES=127\.0\.0\.1\.$/m)
  assert.match(untrusted.stdout, /^ok {5}This server answers at /m)

  const browser = openBrowser({ url: publicUrl }, { 'Accept-Language': 'fr' })
  const token = new URL(await server.firstRun()).hash.slice(1)
  const { findings } = await browser.post('/setup/checks', { token, time: Date.now() - 7_200_000 })
  const found = (code: string) => findings.find((one: { code: string }) => one.code === code)
  assert.match(found('proxy-untrusted').text, /Mettez ESSAIM_TRUSTED_PROXIES=127\.0\.0\.1\./)
  assert.equal(found('clock-visitor').level, 'warn')
  await browser.refused('POST', '/setup/checks', { token: 'x'.repeat(43) }, 403, 'setup-token')
  await browser.refused('GET', '/admin/checks', undefined, 401, 'signed-out')

  await server.restart({ ESSAIM_TRUSTED_PROXIES: '127.0.0.1' })
  const well = await check({ ESSAIM_TRUSTED_PROXIES: '127.0.0.1' })
  assert.equal(well.code, 0, well.stdout)
  assert.match(well.stdout, /^ok {5}The proxy 127\.0\.0\.1 passes requests on/m)
  assert.match(well.stdout, /^ok {5}Requests that are signed, as those of Firefox, arrive as they were/m)

  proxy.spoil = ({ authorization: _, ...given }) => given
  await server.restart() // so that it has no look in memory
  const stripped = await check({ ESSAIM_TRUSTED_PROXIES: '127.0.0.1' })
  assert.equal(stripped.code, 1, stripped.stdout)
  assert.match(stripped.stdout, /^wrong {2}The proxy takes the header Authorization away from .* \/1\.5\/:/m)

  await server.restart()
  proxy.to = 1
  const gone = await check()
  assert.equal(gone.code, 1)
  assert.match(gone.stdout, /^wrong {2}.*does not reach this server \(502\)/m)
})
