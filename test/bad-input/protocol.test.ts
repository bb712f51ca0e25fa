/** What is wrong below the requests: headers, lengths, methods, connections. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bodyFor, endpoints, fill } from '../support/routes.ts'
import { converse, open } from '../support/raw.ts'
import { type Asked, startWatched, words } from './watched.ts'

const ids = { bucket: 'b', group: 'g', collection: 'c', record: 'r', account: 'alice' }

const headers: Record<string, string[]> = {
  'If-Match': [
    '1',
    '"',
    '""',
    '"abc"',
    '"-1"',
    '"1e3"',
    'W/"1"',
    '"1","2"',
    '*, "1"',
    `"${'9'.repeat(30)}"`,
    '"1"\t',
  ],
  'If-None-Match': ['1', '"', '"abc"', 'W/"1"', '"1","2"', '**', `"${'9'.repeat(30)}"`],
  'If-Modified-Since': ['yesterday', 'Thu, 01 Jan 1970 00:00:00 GMT'],
  Accept: ['', 'text/html', 'application/json;q=0', '*/*;q=0', ';', ','.repeat(2_000), 'a/b;'.repeat(500)],
  'Response-Behavior': ['LIGHT', 'none', '__proto__', ''],
  Origin: ['null', 'x', 'https://a b', 'javascript:alert(1)', `https://${'a'.repeat(4_000)}.example`],
  'Access-Control-Request-Method': ['FOO', '', 'GET, POST'],
  'X-Forwarded-For': ['1.2.3.4', 'x', '::1', `${'1.1.1.1,'.repeat(500)}`],
  'X-Forwarded-Host': ['evil.example'],
  'X-HTTP-Method-Override': ['DELETE'],
  'Accept-Language': ['*'.repeat(4_000), ';q=,'.repeat(500)],
  'Content-Encoding': ['gzip', 'identity', 'br, gzip'],
  Range: ['bytes=0-1', 'bytes=5-1'],
  Cookie: ['a=b', '='.repeat(4_000)],
}

const credentials = [
  ...words(String.raw`Basic`),
  'Basic ',
  'Basic !!!',
  'Basic %00',
  `Basic ${btoa('nocolon')}`,
  `Basic ${btoa(':')}`,
  `Basic ${btoa('a:')}`,
  ...words(String.raw`Bearer x`),
  `Basic ${btoa('\0:\0')}`,
  `Basic ${'A'.repeat(10_000)}`,
  'Bearer x',
  'Digest username="a"',
  '\u00ff\u00fe',
  `Basic ${btoa('__proto__:x')}`,
  `basic ${btoa('constructor:x')}`,
  `Basic ${Buffer.from([0x61, 0xff, 0x3a, 0x62]).toString('base64')}`,
]

test('odd headers and methods at every endpoint', async (t) => {
  const { askAll } = await startWatched(t)
  const asked = (more: Record<string, string>): Asked[] =>
    endpoints.flatMap(({ path, methods }) =>
      methods
        .filter((method) => method !== 'DELETE')
        .map((method) => {
          const body = bodyFor(method, path)
          // Of an account, only the reading: a new password would end the test.
          const harmless = path.startsWith('/accounts') && body ? '{}' : body
          return { method, path: fill(path, ids), headers: more, ...(harmless ? { body: harmless } : {}) }
        }),
    )

  await t.test('headers with values that nobody sends', async () => {
    for (const [name, values] of Object.entries(headers))
      for (const value of values) await askAll(asked({ [name]: value }))
  })

  await t.test('credentials that are none: the request is refused, or that of nobody', async () => {
    for (const authorization of credentials) {
      const all = asked({ Authorization: authorization })
      for (const [i, { status }] of (await askAll(all)).entries()) {
        const { method, path } = all[i]!
        if (/^\/v1\/buckets\/./.test(path) && path !== '/v1/buckets/default')
          assert.ok(
            [400, 401, 403, 404, 429].includes(status),
            `${method} ${path} ${authorization.slice(0, 40)}: ${status}`,
          )
      }
    }
  })

  await t.test('methods that do not exist', async () => {
    const methods = ['TRACE', 'PROPFIND', 'MKCOL', 'LOCK', 'SEARCH', 'PURGE', 'QUERY', 'SUBSCRIBE']
    const all = endpoints.flatMap(({ path }) => methods.map((method) => ({ method, path: fill(path, ids) })))
    for (const [i, { status }] of (await askAll(all)).entries())
      assert.ok([400, 404, 405, 501].includes(status), `${all[i]!.method} ${all[i]!.path}: ${status}`)
  })
})

test('bytes that are hardly HTTP', async (t) => {
  const { server, authorization, ask } = await startWatched(t)
  const host = new URL(server.url).host
  const records = '/v1/buckets/b/collections/c/records'
  const record = `${records}/raw`
  const head = (first: string, ...lines: string[]) =>
    [
      first,
      `Host: ${host}`,
      `Authorization: ${authorization}`,
      'Content-Type: application/json',
      ...lines,
      '',
      '',
    ].join('\r\n')
  const body = '{"data":{"a":1}}'
  const status = async (...parts: (string | Uint8Array)[]) => (await converse(server.url, parts))[0]?.status

  await t.test('lengths that are missing, double, negative or at odds with the coding', async () => {
    for (const lines of [
      ['Content-Length: -1'],
      ['Content-Length: 1e1'],
      ['Content-Length: 16', 'Content-Length: 17'],
      ['Content-Length: 16', 'Transfer-Encoding: chunked'],
      ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'],
      ['Transfer-Encoding: gzip'],
      ['Transfer-Encoding: chunked, x'],
      ['Transfer-Encoding : chunked'],
      ['Content-Length : 16'],
      ['Content-Length: 99999999999999999999'],
    ]) {
      const first = (await converse(server.url, [head(`PUT ${record} HTTP/1.1`, ...lines), body]))[0]
      assert.ok(
        first === undefined || (first.status >= 400 && first.status < 500) || first.status === 501,
        `${lines}: ${first?.status}`,
      )
    }
    assert.equal((await ask({ method: 'GET', path: record })).status, 404, 'none of them was written')
  })

  await t.test(
    'a body in chunks is read as it is meant; one whose chunks are broken is refused',
    async () => {
      const chunked = head(`PUT ${record} HTTP/1.1`, 'Transfer-Encoding: chunked')
      const chunks = [...body].map((letter) => `1\r\n${letter}\r\n`)
      assert.equal(await status(chunked, ...chunks, '0\r\n\r\n'), 201)
      assert.equal(await status(chunked, 'zz\r\n', body), 400)
      assert.equal(await status(chunked, 'fffffffffffffffff\r\n', body), 400)
      assert.equal(await status(chunked, '10;ext=1\r\n', body, '\r\n0\r\nTrailer: x\r\n\r\n'), 200)
    },
  )

  await t.test('a body in chunks has the same limit', async () => {
    const piece = 'x'.repeat(2 ** 20)
    const parts = Array.from({ length: 10 }, () => `100000\r\n${piece}\r\n`)
    const answers = await converse(server.url, [
      head(`PUT ${record} HTTP/1.1`, 'Transfer-Encoding: chunked'),
      '4\r\n{"a"\r\n',
      ...parts,
    ])
    assert.ok(answers[0] === undefined || answers[0].status === 413, String(answers[0]?.status))
  })

  await t.test('a length that promises too much is refused before the body comes', async () => {
    assert.equal(await status(head(`PUT ${record} HTTP/1.1`, `Content-Length: ${2 ** 40}`)), 413)
    assert.ok(
      [413, 417].includes(
        (await status(
          head(`PUT ${record} HTTP/1.1`, `Content-Length: ${2 ** 40}`, 'Expect: 100-continue'),
        )) ?? 0,
      ),
    )
  })

  await t.test('a length that promises too little: what is over is no request', async () => {
    assert.equal(await status(head(`PUT ${record} HTTP/1.1`, 'Content-Length: 15'), body), 400)
  })

  await t.test('lines that are no headers, and too many of them', async () => {
    for (const lines of [
      ['no colon'],
      [': x'],
      ['X Y: z'],
      ['X: a\0b'],
      ['X: \x01'],
      [' folded: x'],
      ['Host: evil.example'],
    ]) {
      const answer = await status(head(`GET ${record} HTTP/1.1`, ...lines))
      assert.ok(answer === undefined || (answer >= 400 && answer < 500), `${lines}: ${answer}`)
    }
    assert.equal(await status(head('GET / HTTP/1.1', `X: ${'y'.repeat(20_000)}`)), 431)
    assert.equal(await status(head(`GET /v1/?${'y'.repeat(20_000)} HTTP/1.1`)), 431)
    const many = await status(
      head('GET /v1/ HTTP/1.1', ...Array.from({ length: 3_000 }, (_, i) => `X-${i}: y`)),
    )
    assert.equal(many, 431)
  })

  await t.test('first lines of other protocols and other times', async () => {
    for (const line of [
      'GET',
      'GET / HTTP/9.9',
      'GET / FTP/1.0',
      'get / HTTP/1.1',
      '/ GET HTTP/1.1',
      'PRI * HTTP/2.0',
      'G\0T / HTTP/1.1',
    ]) {
      const answer = await status(head(line))
      assert.ok(answer === undefined || (answer >= 400 && answer < 506), `${line}: ${answer}`)
    }
    const { length } = await converse(server.url, [
      Uint8Array.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]),
      '\r\n\r\n',
    ])
    assert.ok(length <= 1)
    assert.equal(await status(`GET /v1/ HTTP/1.1\r\n\r\n`), 400, 'no Host')
    assert.equal(await status(`GET /v1/ HTTP/1.1\r\nHost: evil.example\r\n\r\n`), 421)
    const absolute = await status(head(`GET http://evil.example/v1/ HTTP/1.1`))
    assert.ok(absolute !== undefined && absolute >= 400 && absolute < 500, `absolute: ${absolute}`)
    const star = await status(head('OPTIONS * HTTP/1.1'))
    assert.ok(star !== undefined && star < 500)
    const connect = await status(head('CONNECT example.com:443 HTTP/1.1'))
    assert.ok(connect === undefined || (connect >= 400 && connect < 500))
    const upgrade = await status(
      head('GET /v1/ HTTP/1.1', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: x'),
    )
    assert.ok(upgrade === undefined || upgrade < 500)
  })

  await t.test('bytes above ASCII in the address', async () => {
    for (const path of ['/v1/buckets/é', '/v1/buckets/\xff', '/v1/buckets?é=1']) {
      const answer = await status(Buffer.from(head(`GET ${path} HTTP/1.1`), 'latin1'))
      assert.equal(answer, 400, path)
    }
  })

  await t.test('fifty requests on one connection at once are answered in their order', async () => {
    const requests = Array.from({ length: 50 }, (_, i) =>
      i % 2 === 0
        ? head(`PUT ${records}/pipe-${i} HTTP/1.1`, `Content-Length: ${body.length}`) + body
        : head(`GET ${records}/none-${i} HTTP/1.1`),
    )
    const answers = await converse(server.url, [requests.join('')], 50)
    const told = answers.map(({ status: code, body: text }) => [code, /"id":"([^"]+)"/.exec(text)?.[1]])
    const wanted = requests.map((_, i) => (i % 2 === 0 ? [201, `pipe-${i}`] : [404, `none-${i}`]))
    assert.deepEqual(told, wanted)
  })

  await t.test('bodies that stop in the middle: nothing is written, and nobody waits', async () => {
    const sockets = await Promise.all(Array.from({ length: 100 }, () => open(server.url)))
    for (const [i, socket] of sockets.entries()) {
      const path = `${records}/half-${i}`
      socket.write(head(`PUT ${path} HTTP/1.1`, `Content-Length: ${body.length}`) + body.slice(0, 8))
    }
    assert.equal((await ask({ method: 'GET', path: '/v1/' })).status, 200, 'others are answered meanwhile')
    for (const [i, socket] of sockets.entries()) {
      if (i % 2 === 0) socket.resetAndDestroy()
      else socket.end()
    }
    const { json } = await ask({ method: 'GET', path: `${records}?like_id=half-` })
    assert.deepEqual((json as { data: unknown[] }).data, [])
  })

  await t.test('a body that comes letter by letter is waited for', async () => {
    const socket = await open(server.url)
    const answered = new Promise<string>((resolve) => socket.setEncoding('utf8').once('data', resolve))
    socket.write(head(`PUT ${records}/slow HTTP/1.1`, `Content-Length: ${body.length}`))
    for (const letter of body) {
      socket.write(letter)
      await ask({ method: 'GET', path: '/v1/' })
    }
    assert.match(await answered, /^HTTP\/1\.1 201 /)
    socket.destroy()
  })

  await t.test(
    'hundreds of connections that say nothing, or half a header, keep nobody from being answered',
    async () => {
      const sockets = await Promise.all(Array.from({ length: 400 }, () => open(server.url)))
      for (const socket of sockets.slice(200)) socket.write(`GET /v1/ HTTP/1.1\r\nHost: ${host}\r\nX-`)
      for (let i = 0; i < 20; i++) assert.equal((await ask({ method: 'GET', path: '/v1/' })).status, 200)
      for (const socket of sockets) socket.destroy()
    },
  )

  await t.test('answers that nobody waits for', async () => {
    for (let i = 0; i < 100; i++) {
      const socket = await open(server.url)
      socket.write(head(`GET ${records} HTTP/1.1`).repeat(5), () => socket.destroy())
    }
    assert.equal((await ask({ method: 'GET', path: '/v1/' })).status, 200)
  })
})
