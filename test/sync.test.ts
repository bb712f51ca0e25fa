/** The Sync door of a whole server: over sockets, through restarts, rotations and proxies, and for people of elsewhere. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { onExit } from './support/cleanup.ts'
import { essaim, placeOf } from './support/command.ts'
import { makeOwner, makePerson, type Person, withToken } from './support/people.ts'
import { freePort, startServer, type TestServer } from './support/server.ts'
import { askStorage, askToken, signed, type SyncToken } from './support/sync-browser.ts'

const bearerOf = async (server: TestServer, person: Person) =>
  (await withToken(server, person, ['sync:rw'])).password

async function tokenOf(server: TestServer, bearer: string): Promise<SyncToken> {
  const { status, body } = await askToken(server.url, bearer)
  assert.equal(status, 200, JSON.stringify(body))
  return body as SyncToken
}

test('a browser’s first sync, and what another one of hers finds', async (t) => {
  const server = await startServer(t, { ESSAIM_PUBLIC_URL: 'http://localhost:8888' })
  const alice = await makeOwner(server)
  const bearer = await bearerOf(server, alice)
  const one = await tokenOf(server, bearer)
  const via = server.url
  const meta = { payload: '{"syncID":"x","storageVersion":5}', id: 'global', modified: 0 }
  const zero = { 'X-If-Unmodified-Since': '0' }
  const ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    askStorage(one, method, path, { via, body, ...(headers ? { headers } : {}) })
  assert.equal((await ask('GET', '/info/collections')).text, '{}')
  assert.equal((await ask('GET', '/storage/meta/global')).status, 404)
  assert.equal((await ask('DELETE', '/storage', undefined, { 'X-Confirm-Delete': '1' })).status, 200)
  assert.equal((await ask('PUT', '/storage/meta/global', meta, zero)).status, 200)
  assert.equal((await ask('PUT', '/storage/crypto/keys', { payload: 'keys', id: 'keys' }, zero)).status, 200)
  const records = Array.from({ length: 450 }, (_, i) => ({
    id: `b${i}`,
    payload: 'é'.repeat(100),
    sortindex: i,
  }))
  assert.equal((await ask('DELETE', '/storage/bookmarks')).status, 200)
  const first = await ask('POST', '/storage/bookmarks?batch=true', records.slice(0, 100), zero)
  assert.equal(first.status, 202)
  const { batch } = JSON.parse(first.text) as { batch: string }
  for (const from of [100, 200, 300])
    assert.equal(
      (await ask('POST', `/storage/bookmarks?batch=${batch}`, records.slice(from, from + 100), zero)).status,
      202,
    )
  const last = await ask('POST', `/storage/bookmarks?batch=${batch}&commit=true`, records.slice(400), zero)
  assert.equal(last.status, 200)

  const two = await tokenOf(server, await bearerOf(server, alice))
  assert.equal(two.uid, one.uid)
  const found: { id: string; payload: string }[] = []
  for (let offset: string | null = ''; offset !== null;) {
    const path = `/storage/bookmarks?full=1&limit=200&sort=newest${offset && `&offset=${offset}`}`
    const page = await askStorage(two, 'GET', path, { via })
    found.push(...(JSON.parse(page.text) as typeof found))
    offset = page.headers.get('x-weave-next-offset')
  }
  assert.deepEqual(new Set(found.map(({ id }) => id)), new Set(records.map(({ id }) => id)))
  assert.equal(found[0]?.payload, 'é'.repeat(100))

  await t.test('and both go on after a restart, a crash, and with another secret', async () => {
    await server.restart()
    assert.equal((await ask('GET', '/storage/bookmarks?limit=1')).status, 200)
    await server.kill()
    await server.restart()
    const rotated = await essaim(['secret', 'rotate'], placeOf(server))
    assert.equal(rotated.code, 0, rotated.stderr)
    await server.restart()
    assert.equal((await ask('GET', '/storage/bookmarks?limit=1')).status, 200)
    assert.equal((await tokenOf(server, bearer)).uid, one.uid)
  })

  await t.test('unless the address is another than the one that she was told', async () => {
    await server.restart({ ESSAIM_PUBLIC_URL: 'http://localhost:9999' })
    assert.equal((await ask('GET', '/storage/bookmarks?limit=1')).status, 401)
    const again = await tokenOf(server, bearer)
    assert.equal(again.api_endpoint, `http://localhost:9999/1.5/${one.uid}`)
  })

  await t.test('and what is too large is refused before it is read', async () => {
    const again = await tokenOf(server, bearer)
    const told = await askStorage(again, 'POST', '/storage/bookmarks', { via, body: 'x'.repeat(3_000_000) })
    assert.deepEqual([told.status, told.text], [413, '17'])
  })
})

test('no answer holds anything of another’s, though readers are slow or go away', async (t) => {
  const server = await startServer(t, { ESSAIM_PUBLIC_URL: 'http://localhost:8888' })
  const token = await tokenOf(server, await bearerOf(server, await makeOwner(server)))
  const via = server.url
  // More than sockets hold: most of an answer waits here for a reader that is slow.
  const letters = ['a', 'b']
  const payloadOf = (letter: string) => letter.repeat(120_000)
  for (const letter of letters)
    for (let from = 0; from < 100; from += 20) {
      const body = Array.from({ length: 20 }, (_, i) => ({ id: `o${from + i}`, payload: payloadOf(letter) }))
      assert.equal((await askStorage(token, 'POST', `/storage/${letter}`, { via, body })).status, 200)
    }
  const whole = async (letter: string) => {
    const { text } = await askStorage(token, 'GET', `/storage/${letter}?full=1`, { via })
    const objects = JSON.parse(text) as { payload: string }[]
    assert.equal(objects.length, 100)
    for (const { payload } of objects) assert.ok(payload === payloadOf(letter), letter)
  }
  /** Reads the beginning, waits, and goes on or away. */
  const slowly = async (letter: string, goesOn: boolean) => {
    const { authorization, resource } = signed(token, 'GET', `/storage/${letter}?full=1`)
    const socket = connect(Number(new URL(via).port), '127.0.0.1')
    socket.write(
      `GET ${resource} HTTP/1.1\r\nHost: localhost:8888\r\nAuthorization: ${authorization}\r\nConnection: close\r\n\r\n`,
    )
    const [first] = (await once(socket, 'data')) as [Buffer]
    socket.pause()
    await Promise.all(letters.map(whole))
    if (!goesOn) return void socket.destroy()
    let text = first.toString('latin1')
    for await (const piece of socket) text += (piece as Buffer).toString('latin1')
    const body = text.slice(text.indexOf('\r\n\r\n') + 4)
    assert.ok(
      (JSON.parse(body) as { payload: string }[]).every(({ payload }) => payload === payloadOf(letter)),
    )
  }
  await Promise.all(letters.flatMap((letter) => [slowly(letter, true), slowly(letter, false), whole(letter)]))
})

/** An accounts server elsewhere; what it gives a token for. */
async function startAccounts(t: TestContext) {
  const port = await freePort()
  const program = join(import.meta.dirname, 'support/accounts-process.ts')
  const child = spawn(process.execPath, [program, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const forget = onExit(() => child.kill('SIGKILL'))
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    forget()
  }
  t.after(stop)
  await once(child.stdout, 'data')
  const issuer = `http://127.0.0.1:${port}`
  return {
    issuer,
    stop,
    async token(claims: Record<string, string>): Promise<string> {
      const answer = await fetch(`${issuer}/token?${new URLSearchParams(claims).toString()}`)
      return ((await answer.json()) as { token: string }).token
    },
  }
}

test('people whose accounts stay elsewhere store here, if they are named', async (t) => {
  const accounts = await startAccounts(t)
  const { issuer } = accounts
  const fox = 'f0'.repeat(16)
  const options = {
    ESSAIM_SYNC_ISSUER: issuer,
    ESSAIM_SYNC_JWKS: `${issuer}/v1/jwks`,
    ESSAIM_SYNC_PEOPLE: fox,
  }
  const server = await startServer(t, options)
  const scope = 'https://identity.mozilla.com/apps/oldsync'
  const told = async (claims: Record<string, string>, keys = {}) => {
    const { status, body } = await askToken(server.url, await accounts.token(claims), keys)
    return status === 200 ? body : `${status} ${body.status}`
  }
  const token = (await told({ sub: fox, scope: `profile ${scope}`, 'fxa-generation': '5' })) as SyncToken
  const via = server.url
  const own = { ...token, api_endpoint: token.api_endpoint }
  assert.equal((await askStorage(own, 'PUT', '/storage/tabs/a', { via, body: { payload: 'x' } })).status, 200)
  assert.equal(((await told({ sub: fox, scope })) as SyncToken).uid, token.uid)

  for (const claims of [
    { sub: fox, scope: 'profile' },
    { sub: fox },
    { scope },
    { sub: fox, scope, iss: 'https://elsewhere.example' },
    { sub: fox, scope, ttl: '-100' },
    { sub: fox, scope, typ: 'JWT' },
    { sub: fox, scope, key: 'other' },
  ] as Record<string, string>[])
    assert.equal(await told(claims), '401 invalid-credentials', JSON.stringify(claims))
  assert.equal(await told({ sub: 'ba'.repeat(16), scope }), '403 new-users-disabled')
  assert.equal(await told({ sub: fox, scope, 'fxa-generation': '4' }), '401 invalid-generation')
  const anew = { changed: 9, state: 'b' }
  const other = (await told({ sub: fox, scope, 'fxa-generation': '9' }, anew)) as SyncToken
  assert.notEqual(other.uid, token.uid)

  await t.test('and go on while their accounts server is away, until they are named no more', async () => {
    const known = await accounts.token({ sub: fox, scope, 'fxa-generation': '9' })
    await accounts.stop()
    assert.equal((await askToken(server.url, known, anew)).status, 200)
    await server.restart()
    assert.equal((await askToken(server.url, known, anew)).status, 503)
    assert.equal((await askStorage(other, 'GET', '/info/collections', { via })).status, 200)
    await server.restart({ ESSAIM_SYNC_PEOPLE: 'somebody' })
    assert.equal((await askStorage(other, 'GET', '/info/collections', { via })).status, 401)
  })

  await t.test('while the accounts of this server are what they were', async () => {
    const alice = await makePerson(server, 'alice').catch(() => makeOwner(server))
    assert.equal((await askToken(server.url, await bearerOf(server, alice))).status, 200)
  })
})
