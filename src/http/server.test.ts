import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { pino } from 'pino'
import { healthRoutes } from './health.ts'
import { checkPaths, firstSegment } from './paths.ts'
import { createHttp, portOf } from './server.ts'

async function started(t: TestContext) {
  const { app, direct, upgrade } = createHttp({
    origins: ['https://hive.example'],
    listen: { host: '127.0.0.1', port: 0 },
    paths: [
      {
        path: '/__lbheartbeat__',
        owner: 'health',
        credential: 'none',
        cors: 'any',
        caching: 'none',
        anyHost: true,
      },
    ],
    log: pino({ level: 'silent' }),
  })
  direct('/direct', (_request, response) => void response.end('direct'))
  upgrade('/direct/up/', (_request, socket) => {
    socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nup')
  })
  app.get('/direct/__check__/*', (_request, reply) => reply.send('checked'))
  app.get('/here', (_request, reply) => reply.send('ok'))
  healthRoutes(app, {
    parts: async () => ({ store: true }),
    version: { name: 'essaim', version: '1', source: '', commit: '' },
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.after(() => app.close())
  return portOf(app)!
}

/** Sends bytes as they are, and gives what comes back until the connection ends. */
function raw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    let answer = ''
    socket.setEncoding('utf8')
    socket.on('data', (text) => (answer += text))
    socket.on('end', () => resolve(answer))
    socket.on('error', reject)
  })
}

const get = (port: number, path: string, host: string) =>
  raw(port, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)

test('a Host that is ours is answered, another one is misdirected', async (t) => {
  const port = await started(t)
  for (const host of [
    'hive.example',
    'HIVE.example',
    'hive.example:443',
    `localhost:${port}`,
    `[::1]:${port}`,
  ])
    assert.match(await get(port, '/here', host), /^HTTP\/1.1 200 /, host)
  for (const host of ['evil.example', 'hive.example.evil.example', 'hive.example:81', 'localhost'])
    assert.match(await get(port, '/here', host), /^HTTP\/1.1 421 /, host)
})

test('a request that a door takes by itself is under the same Host rules', async (t) => {
  const port = await started(t)
  assert.match(await get(port, '/direct/x?y', 'hive.example'), /^HTTP\/1.1 200 [^]*direct$/)
  assert.match(await get(port, '/direct', 'evil.example'), /^HTTP\/1.1 421 /)
})

test('a check of the address is not given to the door of its path, and answered under any Host', async (t) => {
  const port = await started(t)
  for (const host of ['hive.example', 'evil.example'])
    assert.match(await get(port, '/direct/__check__/x', host), /^HTTP\/1.1 200 [^]*checked$/)
  assert.match(await get(port, '/direct/__check__', 'hive.example'), /^HTTP\/1.1 200 [^]*direct$/)
  assert.match(await get(port, '/direct/x/__check__/', 'evil.example'), /^HTTP\/1.1 421 /)
})

test('a request to upgrade is given to the door of its path, under the same Host rules, and is elsewhere a request like any', async (t) => {
  const port = await started(t)
  const ask = (path: string, host: string) =>
    raw(port, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade, close\r\nUpgrade: echo\r\n\r\n`)
  assert.match(await ask('/direct/up/x', 'hive.example'), /^HTTP\/1.1 101 [^]*up$/)
  assert.match(await ask('/direct/up/x', 'evil.example'), /^HTTP\/1.1 421 /)
  assert.match(await ask('/direct/x', 'hive.example'), /^HTTP\/1.1 200 [^]*direct$/)
  assert.match(await ask('/here', 'hive.example'), /^HTTP\/1.1 200 /)
})

test('the health paths answer under any Host', async (t) => {
  const port = await started(t)
  assert.match(await get(port, '/__lbheartbeat__?x', 'balancer'), /^HTTP\/1.1 200 /)
})

test('what is not HTTP, and headers without end, are answered with an error', async (t) => {
  const port = await started(t)
  assert.match(await raw(port, 'nonsense\r\n\r\n'), /^HTTP\/1.1 400 /)
  const answer = await raw(
    port,
    `GET /here HTTP/1.1\r\nHost: hive.example\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
  )
  assert.match(answer, /^HTTP\/1.1 431 /)
})

test('two owners of one first segment are refused', () => {
  const row = { credential: '', cors: '', caching: '' }
  assert.throws(
    () =>
      checkPaths([
        { ...row, path: '/v1', owner: 'a' },
        { ...row, path: '/v1', owner: 'b' },
      ]),
    /a and to b/,
  )
  assert.equal(firstSegment('/v1/buckets?x=/y'), '/v1')
  assert.equal(firstSegment('/?x'), '/')
})
