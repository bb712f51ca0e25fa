import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'
import { selfSigned } from '../../test/support/certificate.ts'
import { CodedError } from '../lib/coded-error.ts'
import { createGuard } from './guard.ts'
import type { GuardedFetch, GuardedRequest, GuardOptions } from './guard.ts'

async function listen(t: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    if ('closeAllConnections' in server) (server as ReturnType<typeof createServer>).closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}

/** A host of tests that the operator trusts, and what reached it. */
async function host(t: TestContext, answer: RequestListener, options: Partial<GuardOptions> = {}) {
  const seen: { url: string; host: string; headers: NodeJS.Dict<string | string[]> }[] = []
  const port = await listen(
    t,
    createServer((request, response) => {
      seen.push({ url: request.url ?? '', host: request.headers.host ?? '', headers: request.headers })
      answer(request, response)
    }),
  )
  const asked: string[] = []
  const guard = createGuard({
    own: [],
    allow: [`app.test:${port}`, `other.test:${port}`],
    lookup: async (name) => {
      asked.push(name)
      return [{ address: '127.0.0.1', family: 4 }]
    },
    ...options,
  })
  return { guard, port, url: `http://app.test:${port}`, seen, asked }
}

async function reasonOf(guard: GuardedFetch, address: string, request?: GuardedRequest): Promise<string> {
  const error = await guard(address, request).then(
    () => assert.fail(`${address} was fetched`),
    (caught: unknown) => caught,
  )
  assert.ok(error instanceof CodedError, String(error))
  return `${error.code} ${String(error.details['reason'] ?? '')}`.trim()
}

const strict = (addresses: readonly string[] = [], options: Partial<GuardOptions> = {}) =>
  createGuard({
    own: ['cloud.example'],
    allow: [],
    lookup: async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    ...options,
  })

test('a body of bytes arrives as it is, an empty one too', async (t) => {
  const bodies: Buffer[] = []
  const { guard, url } = await host(t, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks))
      response.end(request.headers['content-length'])
    })
  })
  const bytes = Uint8Array.of(0, 255, 128, 10)
  const lengths: string[] = []
  for (const body of [bytes, new Uint8Array(), 'é'])
    lengths.push(await (await guard(url, { method: 'POST', body })).text())
  assert.deepEqual(lengths, ['4', '0', '2'])
  assert.deepEqual(bodies, [Buffer.from(bytes), Buffer.alloc(0), Buffer.from('é')])
})

test('statement 10: an address that names a private host is refused however it is written', async () => {
  const written = [
    'https://127.0.0.1/',
    'https://127.1/',
    'https://0x7f.1/',
    'https://2130706433/',
    'https://017700000001/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://0/',
    'https://[64:ff9b::7f00:1]/',
    'https://169.254.169.254/latest/meta-data/',
    'https://10.1.2.3:8443/',
    'https://192.168.1.1/',
    'https://[fe80::1]/',
    'https://[fd00::1]/',
    'https://１２７.０.０.１/',
  ]
  for (const address of written)
    assert.equal(await reasonOf(strict(), address), 'fetch-refused private', address)
})

test('a name is refused if any of its addresses is private', async () => {
  for (const addresses of [
    ['127.0.0.1'],
    ['1.1.1.1', '10.0.0.1'],
    ['::1'],
    ['2606:4700::1111', 'fd00::1'],
    ['::ffff:8.8.8.8'],
    ['2002:7f00:1::'],
  ])
    assert.equal(await reasonOf(strict(addresses), 'https://app.example/'), 'fetch-refused private')
})

test('names of this machine are resolved and refused', async () => {
  const guard = createGuard({ own: [], allow: [] })
  assert.equal(await reasonOf(guard, 'https://localhost/'), 'fetch-refused private')
})

test('a name without an address is told so', async () => {
  assert.equal(await reasonOf(strict([]), 'https://nobody.example/'), 'fetch-failed unknown')
})

test('only https without a user is fetched from strangers', async () => {
  const guard = strict(['1.1.1.1'])
  assert.equal(await reasonOf(guard, 'http://app.example/'), 'fetch-refused insecure')
  for (const address of [
    'ftp://app.example/',
    'file:///etc/passwd',
    'data:,x',
    'https://u:p@app.example/',
    'app',
    '',
  ])
    assert.equal(await reasonOf(guard, address), 'fetch-refused address', address)
})

test('this server is never fetched, whatever port or dot its name is written with', async () => {
  const guard = strict(['1.1.1.1'], { own: ['cloud.example', 'files.example:8443'] })
  for (const address of [
    'https://cloud.example/',
    'https://cloud.example:443/',
    'https://CLOUD.example./x',
    'http://cloud.example:80/',
    'https://files.example:8443/',
  ])
    assert.equal(await reasonOf(guard, address), 'fetch-refused own', address)
})

test('a host that the operator trusts is fetched at the address that was looked up', async (t) => {
  const { guard, url, seen, asked, port } = await host(t, (_, response) => response.end('hello'))
  const answer = await guard(`${url}/a?b=c`, { headers: { Accept: 'application/json' } })
  assert.equal(answer.status, 200)
  assert.equal(await answer.text(), 'hello')
  assert.deepEqual(asked, ['app.test'])
  assert.deepEqual(
    seen.map(({ url: path, host: name }) => [path, name]),
    [['/a?b=c', `app.test:${port}`]],
  )
  assert.equal(seen[0]?.headers['accept'], 'application/json')
})

test('trust in one port of a host says nothing of the others', async (t) => {
  const { port } = await host(t, (_, response) => response.end())
  const guard = strict(['127.0.0.1'], { allow: ['app.test:1'] })
  assert.equal(await reasonOf(guard, `https://app.test:${port}/`), 'fetch-refused private')
})

test('a redirect to a private host is refused, and not asked for', async (t) => {
  const inner = await host(t, (_, response) => response.end('secret'))
  for (const target of [
    `http://127.0.0.1:${inner.port}/`,
    `https://127.0.0.1:${inner.port}/`,
    'https://[::1]/',
  ]) {
    const { guard, url } = await host(t, (_, response) => response.writeHead(302, { Location: target }).end())
    assert.match(await reasonOf(guard, url), /^fetch-refused (insecure|private)$/)
  }
  assert.equal(inner.seen.length, 0)
})

test('statement 10: every redirect is looked up and checked anew', async (t) => {
  const addresses = [['127.0.0.1'], ['10.0.0.1']]
  const { port } = await host(t, (_, response) =>
    response.writeHead(307, { Location: 'https://evil.example/' }).end(),
  )
  const guard = createGuard({
    own: [],
    allow: [`app.test:${port}`],
    lookup: async () => (addresses.shift() ?? []).map((address) => ({ address, family: 4 })),
  })
  assert.equal(await reasonOf(guard, `http://app.test:${port}/`), 'fetch-refused private')
  assert.deepEqual(addresses, [])
})

test('redirects are followed five times, and a credential stays with its host', async (t) => {
  const { guard, url, seen, port } = await host(t, (request, response) => {
    const step = Number((request.url ?? '').slice(1))
    if (step === 3) response.end('there')
    else
      response.writeHead(302, { Location: step === 1 ? `http://other.test:${port}/2` : `/${step + 1}` }).end()
  })
  const answer = await guard(`${url}/0`, { headers: { Authorization: 'Bearer x', 'X-Mine': 'y' } })
  assert.equal(await answer.text(), 'there')
  assert.deepEqual(
    seen.map(({ headers }) => [headers['authorization'], headers['x-mine']]),
    [
      ['Bearer x', 'y'],
      ['Bearer x', 'y'],
      [undefined, 'y'],
      [undefined, 'y'],
    ],
  )
  const endless = await host(t, (_, response) => response.writeHead(302, { Location: '/again' }).end())
  assert.equal(await reasonOf(endless.guard, endless.url), 'fetch-refused redirects')
  assert.equal(endless.seen.length, 6)
})

test('a redirect to nowhere, and one of something that was sent, is no answer', async (t) => {
  const nowhere = await host(t, (_, response) => response.writeHead(302).end())
  assert.equal(await reasonOf(nowhere.guard, nowhere.url), 'fetch-refused redirects')
  const moved = await host(t, (_, response) => response.writeHead(307, { Location: '/x' }).end())
  assert.equal(
    await reasonOf(moved.guard, moved.url, { method: 'POST', body: 'a' }),
    'fetch-refused redirect',
  )
})

test('a redirect can be had as it is', async (t) => {
  const { guard, url } = await host(t, (_, response) => response.writeHead(302, { Location: '/x' }).end())
  const answer = await guard(url, { redirect: 'manual' })
  assert.deepEqual([answer.status, answer.headers.get('location')], [302, '/x'])
})

test('a body past the bound is not read on, whether its length is told or not', async (t) => {
  const { guard, url } = await host(t, (request, response) => {
    if (request.url === '/told') response.setHeader('Content-Length', '70000')
    response.end('x'.repeat(70_000))
  })
  assert.equal(await reasonOf(guard, `${url}/told`), 'fetch-failed large')
  assert.equal(await reasonOf(guard, `${url}/untold`), 'fetch-failed large')
  const answer = await guard(`${url}/told`, { maxBytes: 70_000 })
  assert.equal((await answer.text()).length, 70_000)
})

test('a compressed body, which nobody asked for, is not unfolded', async (t) => {
  const { guard, url, seen } = await host(t, (_, response) =>
    response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync('x'.repeat(1_000))),
  )
  assert.equal(await reasonOf(guard, url), 'fetch-failed encoded')
  assert.equal(seen[0]?.headers['accept-encoding'], 'identity')
})

test('the time is for all of it: names, redirects, headers and body', async (t) => {
  const patience = 50
  const silent = await host(t, () => {})
  assert.equal(await reasonOf(silent.guard, silent.url, { patience }), 'fetch-failed timeout')
  const slow = await host(t, (_, response) => void response.writeHead(200).write('x'))
  assert.equal(await reasonOf(slow.guard, slow.url, { patience }), 'fetch-failed timeout')
  const nameless = strict([], { lookup: () => new Promise(() => {}) })
  assert.equal(await reasonOf(nameless, 'https://app.example/', { patience }), 'fetch-failed timeout')
})

test('a host that refuses, and headers without end, are no answer', async (t) => {
  const { guard, url } = await host(t, (_, response) =>
    response.setHeader('X-Long', 'x'.repeat(20_000)).end(),
  )
  assert.equal(await reasonOf(guard, url), 'fetch-failed connection')
  const broken = await host(t, (request) => void request.socket.destroy())
  assert.equal(await reasonOf(broken.guard, broken.url), 'fetch-failed connection')
})

test('a certificate that nobody vouches for is no answer, also from a trusted host', async (t) => {
  const port = await listen(
    t,
    createTlsServer(selfSigned(['app.test']), (_, response) => response.end('x')),
  )
  const guard = createGuard({
    own: [],
    allow: ['app.test'],
    lookup: async () => [{ address: '127.0.0.1', family: 4 }],
  })
  assert.equal(await reasonOf(guard, `https://app.test:${port}/`), 'fetch-failed connection')
})

test('calls at one time are bounded, and a failed one makes room', async (t) => {
  const { guard, url } = await host(t, () => {})
  const stop = new AbortController()
  const waiting = Array.from({ length: 32 }, () => guard(url, { signal: stop.signal }).catch(() => 'over'))
  assert.equal(await reasonOf(guard, url), 'busy')
  stop.abort()
  await Promise.all(waiting)
  assert.equal(await reasonOf(guard, url, { patience: 20 }), 'fetch-failed timeout')
})
