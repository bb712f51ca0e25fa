/** The checks against servers on loopback: the right one, a wrong one, a proxy with each fault, TLS with each fault. */
import assert from 'node:assert/strict'
import { createServer, request as forward } from 'node:http'
import type { IncomingHttpHeaders, RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net'
import { once } from 'node:events'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import Fastify from 'fastify'
import { selfSigned } from '../../../test/support/certificate.ts'
import { liveRing, nextKeyFile } from '../../lib/sealed.ts'
import { checkAddress } from './address.ts'
import { createEcho, echoRoute } from './echo.ts'
import { liveProbes } from './probes.ts'
import type { AddressInput, Finding, Probes, Resolved } from './types.ts'
import { say } from './words.ts'

/** The server's own part: its echo behind a real listener. */
async function scene(t: TestContext) {
  const echo = createEcho(liveRing(nextKeyFile()), Date.now)
  const app = Fastify({ forceCloseConnections: true })
  echoRoute(app, echo, signedPaths)
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.after(() => app.close())
  const { port } = app.server.address() as AddressInfo
  const listen = { host: '127.0.0.1', port }
  /** What is found under an address; every name of the tests leads to loopback. */
  async function check(publicUrl: string, input: Partial<AddressInput> = {}, probes: Partial<Probes> = {}) {
    const findings = await checkAddress(
      {
        publicUrl,
        contentUrl: publicUrl,
        listen,
        trustedProxies: [],
        bodyLimit: 8 * 1024 * 1024,
        signedPaths,
        passed: 0,
        ...input,
      },
      {
        ...liveProbes,
        resolve: async () => onLoopback,
        ownAddresses: () => ['127.0.0.1', '203.0.113.7'],
        ...probes,
      },
      echo,
    )
    for (const finding of findings)
      for (const language of ['en', 'fr'] as const)
        assert.doesNotMatch(say(finding, language), /[{}]|undefined/)
    return findings
  }
  return { echo, listen, port, check }
}

const signedPaths = ['/1.5', '/fxa']
const onLoopback: Resolved = { four: ['127.0.0.1'], six: [], source: 'dns' }

async function listening(t: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => void server.close())
  return (server.address() as AddressInfo).port
}

const serve = (t: TestContext, handle: RequestListener) => listening(t, createServer(handle))

/** A proxy before `port` that does with headers and path what it is told to. */
function proxyTo(
  port: number,
  {
    headers = (given) => ({ ...given, 'x-forwarded-for': `${given['x-forwarded-for']}, 203.0.113.9` }),
    path = (given) => given,
    body,
  }: {
    headers?: (given: IncomingHttpHeaders) => IncomingHttpHeaders
    path?: (given: string) => string
    body?: (given: Buffer) => Buffer
  } = {},
): RequestListener {
  return (incoming, outgoing) => {
    const { method = 'GET', url = '/' } = incoming
    const { 'content-length': length, ...rest } = headers(incoming.headers)
    const onward = forward(
      {
        host: '127.0.0.1',
        port,
        method,
        path: path(url),
        headers: body || length === undefined ? rest : { ...rest, 'content-length': length },
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 0, answer.headers)
        answer.pipe(outgoing)
      },
    )
    // Whoever asks may go away before the answer.
    onward.on('error', () => outgoing.destroy())
    incoming.on('close', () => void (incoming.complete || onward.destroy()))
    if (!body) return void incoming.pipe(onward)
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => onward.end(body(Buffer.concat(chunks))))
  }
}

const codes = (findings: readonly Finding[]) => findings.map(({ code }) => code)
const faults = (findings: readonly Finding[]) =>
  findings.filter(({ level }) => level === 'wrong').map(({ code }) => code)
const find = (findings: readonly Finding[], code: Finding['code']) => {
  const found = findings.find((one) => one.code === code)
  assert.ok(found, `${code} in ${codes(findings).join()}`)
  return { ...found, text: say(found, 'en') }
}

test('a server on its own machine finds itself, and nothing is wrong', async (t) => {
  const { check, port } = await scene(t)
  const findings = await check(`http://localhost:${port}`)
  assert.deepEqual(codes(findings), ['address-local', 'clock-good', 'answer-ours', 'hawk-good'])
})

test('under a name without encryption it finds itself, and says what browsers refuse', async (t) => {
  const { check, port } = await scene(t)
  const findings = await check(`http://cloud.example.org:${port}`)
  assert.deepEqual(faults(findings), ['name-loopback', 'https-missing'].toReversed())
  assert.equal(find(findings, 'answer-ours').level, 'ok')
  assert.match(find(findings, 'https-missing').text, /ESSAIM_PUBLIC_URL=https:\/\/cloud\.example\.org/)
  assert.match(
    find(findings, 'name-loopback').text,
    /Make an A record for cloud\.example\.org that points to 203\.0\.113\.7/,
  )
  const near = await check(`http://cloud.local:${port}`)
  assert.match(find(near, 'https-missing-lan').text, new RegExp(`ssh -L ${port}:localhost:${port}`))
})

test('another server at the address is told from this one, whatever it answers', async (t) => {
  const { check, listen } = await scene(t)
  const other = await serve(t, (_, answer) => answer.writeHead(200, { Server: 'other/1' }).end('1.e30.AAAA'))
  const findings = await check(`http://localhost:${other}`)
  assert.deepEqual(faults(findings), ['answer-other'])
  assert.match(find(findings, 'answer-other').text, new RegExp(`200, other/1.*127.0.0.1:${listen.port}`))

  const foreign = await scene(t)
  assert.deepEqual(faults(await check(`http://localhost:${foreign.port}`)), ['answer-other'])

  const endless = await serve(t, (_, answer) => {
    const more = setInterval(() => answer.write('x'.repeat(60_000)), 1)
    answer.on('close', () => clearInterval(more))
  })
  assert.deepEqual(faults(await check(`http://localhost:${endless}`)), ['answer-other'])
})

test('a redirection and a proxy that reaches nobody are named as such', async (t) => {
  const { check } = await scene(t)
  const moved = await serve(t, (_, answer) =>
    answer.writeHead(301, { Location: 'https://other.example.org/x' }).end(),
  )
  const sent = find(await check(`http://localhost:${moved}`), 'answer-elsewhere')
  assert.match(sent.text, /ESSAIM_PUBLIC_URL=https:\/\/other\.example\.org /)
  const gateway = await serve(t, (_, answer) => answer.writeHead(502).end())
  assert.deepEqual(faults(await check(`http://localhost:${gateway}`)), ['answer-gateway'])
})

test('a port where nobody listens, or that breaks off, is named with its number', async (t) => {
  const { check, listen } = await scene(t)
  const gone = createServer()
  const port = await listening(t, gone)
  gone.close()
  const refused = find(await check(`https://localhost:${port}`), 'port-refused')
  assert.match(refused.text, new RegExp(`port ${port} of 127.0.0.1.*127.0.0.1:${listen.port}`))
  const cut = await listening(
    t,
    createTcpServer((socket) => socket.destroy()),
  )
  assert.deepEqual(faults(await check(`http://localhost:${cut}`)), ['port-broken'])
})

test('what does not answer in time, and what has no way there, are told apart', async (t) => {
  const { check } = await scene(t)
  for (const [trouble, code] of [
    ['silent', 'port-silent'],
    ['unreachable', 'port-unreachable'],
  ] as const)
    assert.ok(codes(await check('https://a.example.org', {}, { get: async () => trouble })).includes(code))
})

test('a good proxy that is trusted is well; one that is not is named with the setting', async (t) => {
  const { check, port } = await scene(t)
  const url = `http://localhost:${await serve(t, proxyTo(port))}`
  const trusted = await check(url, { trustedProxies: ['127.0.0.0/8'] })
  assert.deepEqual(faults(trusted), [])
  assert.match(find(trusted, 'proxy-good').text, /127\.0\.0\.1/)
  const untrusted = find(await check(url, { trustedProxies: ['10.0.0.1/32', '::1/128'] }), 'proxy-untrusted')
  assert.match(untrusted.text, /ESSAIM_TRUSTED_PROXIES=10\.0\.0\.1,::1,127\.0\.0\.1\./)
})

test('each fault of a proxy is found, with the line that mends it', async (t) => {
  const { check, port } = await scene(t)
  const trustedProxies = ['127.0.0.1']
  const through = async (fault: Parameters<typeof proxyTo>[1]) =>
    check(`http://localhost:${await serve(t, proxyTo(port, fault))}`, { trustedProxies })

  const host = find(
    await through({
      headers: (given) => ({ ...given, host: `127.0.0.1:${port}`, 'x-forwarded-for': '203.0.113.9' }),
    }),
    'proxy-host',
  )
  assert.match(host.text, new RegExp(`Host: 127.0.0.1:${port}.*proxy_set_header Host`))
  const decoding = { path: (given: string) => given.replace('%2F', '/') }
  assert.match(find(await through(decoding), 'proxy-path').text, /a%2Fb%3Ac arrived as .*a\/b%3Ac/)
  const mute = { headers: ({ 'x-forwarded-for': _, ...given }: IncomingHttpHeaders) => given }
  assert.match(find(await through(mute), 'proxy-silent').text, /X-Forwarded-For/)
  const credulous = { headers: (given: IncomingHttpHeaders) => ({ ...given, via: '1.1 proxy' }) }
  assert.match(find(await through(credulous), 'proxy-credulous').text, /pretend/)
  const scheme = {
    headers: (given: IncomingHttpHeaders) => ({
      ...given,
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-proto': 'https',
    }),
  }
  assert.equal(find(await through(scheme), 'proxy-scheme').level, 'warn')
})

const trusting = { trustedProxies: ['127.0.0.1'] }

test('a proxy that leaves signed requests alone is well', async (t) => {
  const { check, port } = await scene(t)
  const findings = await check(`http://localhost:${await serve(t, proxyTo(port))}`, trusting)
  assert.deepEqual(faults(findings), [])
  assert.equal(find(findings, 'hawk-good').level, 'ok')
})

test('each thing that a proxy spoils in signed requests is named, once, with what to change', async (t) => {
  const { check, port } = await scene(t)
  const usual = (given: IncomingHttpHeaders) => ({ ...given, 'x-forwarded-for': '192.0.2.1, 203.0.113.9' })
  const through = async (fault: Parameters<typeof proxyTo>[1]) => {
    const found = await check(
      `http://localhost:${await serve(t, proxyTo(port, { headers: usual, ...fault }))}`,
      trusting,
    )
    assert.deepEqual(faults(found).length, 1, faults(found).join())
    assert.ok(!codes(found).includes('hawk-good'))
    return found
  }
  const at = (door: string, change: (path: string) => string) => ({
    path: (path: string) => (path.startsWith(`${door}/`) ? change(path) : path),
  })

  const stripped = await through({ headers: ({ authorization: _, ...given }) => usual(given) })
  assert.match(find(stripped, 'hawk-stripped').text, /Authorization away from requests to \/1\.5\//)
  const replaced = await through({
    headers: (given) => usual(given.authorization ? { ...given, authorization: 'Basic YTpi' } : given),
  })
  assert.match(find(replaced, 'hawk-replaced').text, /no password of the proxy/)
  const noPort = await through({ headers: (given) => usual({ ...given, host: 'localhost' }) })
  assert.match(find(noPort, 'proxy-port').text, /“Host: localhost” in place of localhost:\d+/)
  const host = await through({
    headers: (given) => usual(given.authorization ? { ...given, host: 'backend' } : given),
  })
  assert.match(find(host, 'hawk-host').text, /“Host: backend” in place of localhost:/)
  const prefix = await through(at('/1.5', (path) => path.slice('/1.5'.length)))
  assert.match(find(prefix, 'hawk-prefix').text, /\/1\.5\/__check__\/\S+ arrived as \/__check__\//)
  const lost = await through(at('/fxa', (path) => `/essaim${path}`))
  assert.match(find(lost, 'hawk-lost').text, /http:\/\/localhost:\d+\/fxa\/ do not reach this server \(404\)/)
  const decoded = await through(at('/1.5', (path) => path.replace('%2F', '/')))
  assert.match(find(decoded, 'hawk-path').text, /a%2Fb\+c%20d arrived as .*a\/b\+c%20d/)
  const commas = await through({ path: (path) => path.replace('%2C', ',') })
  assert.match(find(commas, 'hawk-query').text, /\?ids=e%2Cf\S+ arrived as \?ids=e,f/)
  const plus = await through({ path: (path) => path.replaceAll(/(?<=\?.*)(\+|%20)/g, '%20') })
  assert.match(find(plus, 'hawk-query').text, /g\+h%20i\S+ arrived as \S+g%20h%20i/)
  const typed = await through({
    headers: (given) =>
      usual(given.authorization ? { ...given, 'content-type': 'application/octet-stream' } : given),
  })
  assert.match(find(typed, 'hawk-body').text, /Content-Type/)
  const filtered = await through({
    body: (given) => Buffer.from(given.toString().replaceAll(' ', '')),
  })
  assert.equal(find(filtered, 'hawk-body').level, 'wrong')
})

test('paths that are rewritten everywhere are said once', async (t) => {
  const { check, port } = await scene(t)
  const decoding = proxyTo(port, { path: (given) => given.replace('%2F', '/') })
  const findings = await check(`http://localhost:${await serve(t, decoding)}`, trusting)
  assert.deepEqual(faults(findings), ['proxy-path'])
})

test('a proxy that takes smaller bodies than the server is found, without sending any', async (t) => {
  const { check, port } = await scene(t)
  const pass = proxyTo(port)
  const server = createServer(pass)
  let bodies = 0
  server.on('checkContinue', (incoming, answer) => {
    incoming.on('data', () => bodies++)
    if (Number(incoming.headers['content-length']) > 1_048_576) answer.writeHead(413).end()
    else answer.writeContinue()
  })
  const url = `http://localhost:${await listening(t, server)}`
  const input = { trustedProxies: ['127.0.0.1'] }
  assert.match(find(await check(url, input), 'proxy-size').text, /client_max_body_size 8m/)
  assert.deepEqual(faults(await check(url, { ...input, bodyLimit: 1_000_000 })), [])
  assert.equal(bodies, 0)
})

test('a clock that differs is found: that of who answers, the visitor’s, and this one when it is behind', async (t) => {
  const { check, port } = await scene(t)
  const late = await serve(t, (incoming, outgoing) => {
    outgoing.setHeader('Date', new Date(Date.now() - 600_000).toUTCString())
    forward(
      { host: '127.0.0.1', port, path: incoming.url ?? '/', headers: incoming.headers },
      (answer) => void answer.pipe(outgoing),
    ).end()
  })
  assert.match(find(await check(`http://localhost:${late}`), 'clock-proxy').text, /(599|600|601) seconds/)
  const url = `http://localhost:${port}`
  assert.equal(find(await check(url, { visitorTime: Date.now() - 3_600_000 }), 'clock-visitor').level, 'warn')
  assert.ok(!codes(await check(url, { visitorTime: Date.now() - 1_000 })).includes('clock-visitor'))
  assert.match(
    find(await check(url, { passed: Date.now() + 2 * 86_400_000 }), 'clock-behind').text,
    /timedatectl/,
  )
})

/** A TLS server before the echo, with a certificate that vouches for itself. */
const tls = (t: TestContext, port: number, ...wanted: Parameters<typeof selfSigned>) =>
  listening(t, createTlsServer(selfSigned(...wanted), proxyTo(port)))

test('each fault of a certificate is found, and behind it the rest is still looked at', async (t) => {
  const { check, port } = await scene(t)
  const day = 86_400_000
  const input = { trustedProxies: ['127.0.0.1'] }
  const at = async (names: string[], times?: { from?: number; until?: number }) =>
    check(`https://cloud.example.org:${await tls(t, port, names, times)}`, input)

  const unknown = await at(['cloud.example.org'])
  assert.match(find(unknown, 'certificate-unknown').text, /SELF_SIGNED.*NODE_EXTRA_CA_CERTS/)
  assert.equal(find(unknown, 'answer-ours').level, 'ok')
  assert.equal(find(unknown, 'proxy-good').level, 'ok')
  const name = find(await at(['www.example.org', 'example.org']), 'certificate-name')
  assert.match(name.text, /is for www\.example\.org, example\.org, not for cloud\.example\.org/)
  const until = Date.now() - 3 * day
  const ended = find(await at(['cloud.example.org'], { until, from: until - day }), 'certificate-ended')
  assert.match(ended.text, new RegExp(new Date(until).toISOString().slice(0, 10)))
  const from = Date.now() + 5 * day
  assert.match(
    find(await at(['cloud.example.org'], { from, until: from + day }), 'certificate-early').text,
    /clock/,
  )
})

test('a port without TLS is told from one with a bad certificate', async (t) => {
  const { check, port } = await scene(t)
  assert.ok(codes(await check(`https://cloud.example.org:${port}`)).includes('tls-missing'))
})

test('of two kinds of addresses, the one that does not answer is named; no IPv6 here is no fault', async (t) => {
  const { check, port } = await scene(t)
  const both: Resolved = { four: ['127.0.0.1'], six: ['2001:db8::1'], source: 'dns' }
  const get =
    (six: 'silent' | 'unreachable'): Probes['get'] =>
    (target) =>
      target.address.includes(':') ? Promise.resolve(six) : liveProbes.get(target)
  const resolve = async () => both
  const url = `http://cloud.example.org:${port}`
  const silent = find(await check(url, {}, { resolve, get: get('silent') }), 'family-silent')
  assert.match(silent.text, /AAAA record of cloud\.example\.org that points to 2001:db8::1/)
  assert.ok(!codes(await check(url, {}, { resolve, get: get('unreachable') })).includes('family-silent'))
})

test('only the configured addresses are contacted, each at what its own name leads to', async (t) => {
  const { check } = await scene(t)
  const asked: string[] = []
  await check(
    'https://home.example.org',
    { contentUrl: 'https://files.example.org:8443' },
    {
      resolve: async (host) => {
        asked.push(host)
        return { four: [host.startsWith('home') ? '198.51.100.1' : '198.51.100.2'], six: [], source: 'dns' }
      },
      get: async ({ url, address, headers }) => {
        assert.deepEqual(Object.keys(headers).toSorted(), ['X-Forwarded-For', 'essaim-check'])
        asked.push(`${new URL(url).origin} ${address}`)
        return {
          status: 302,
          headers: { location: 'http://169.254.169.254/' },
          body: '',
          certificate: undefined,
        }
      },
    },
  )
  assert.deepEqual(asked.toSorted(), [
    'files.example.org',
    'home.example.org',
    'https://files.example.org:8443 198.51.100.2',
    'https://home.example.org 198.51.100.1',
  ])
})

test('a content address on the same origin, the same host or without encryption says what that costs', async (t) => {
  const { check } = await scene(t)
  const publicUrl = 'https://home.example.org'
  const at = (contentUrl: string) => check(publicUrl, { contentUrl }, { get: async () => 'silent' })
  const same = find(await at(publicUrl), 'content-same')
  assert.match(same.text, /ESSAIM_CONTENT_URL=https:\/\/content\.home\.example\.org/)
  assert.equal(same.level, 'warn')
  assert.equal(find(await at('https://home.example.org:8443'), 'content-port').level, 'wrong')
  assert.equal(find(await at('http://files.example.org'), 'content-plain').level, 'wrong')
  const own = codes(await at('https://files.example.org'))
  assert.ok(!own.some((code) => code.startsWith('content-')), own.join())
})

test('an address of this machine alone, with a listener for others, and a trust in everybody are faults', async (t) => {
  const { check, port } = await scene(t)
  const findings = await check(`http://localhost:${port}`, {
    listen: { host: '0.0.0.0', port },
    trustedProxies: ['0.0.0.0/0'],
  })
  assert.deepEqual(faults(findings), ['address-local-open', 'proxy-everybody'])
})
