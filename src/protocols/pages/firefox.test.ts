import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { pagesUnderTest } from '../../../test/support/pages-door.ts'
import { CodedError } from '../../lib/coded-error.ts'
import type { BrowserLine, ClientPassword, Connect, FirefoxPart, Origin, SyncUsage } from './firefox.ts'

const line: BrowserLine = {
  id: 'grant',
  client: '5882386c6d801776',
  name: 'Laptop',
  type: 'desktop',
  created: 1,
  lastUsed: null,
  paused: false,
  reachable: true,
  syncs: true,
}

/** Pages beside an accounts door that notes what it is asked; `refusing` is what it answers to a new browser. */
async function scene(t: TestContext, { refusing, usage }: { refusing?: string; usage?: SyncUsage } = {}) {
  const connected: { wanted: Connect; from: Origin; login: string }[] = []
  const ended: string[] = []
  const agreed: { login: string; client: string; authAt: number }[] = []
  let password: ClientPassword | null = null
  const firefox: FirefoxPart = {
    identity: async ({ login }) => ({ uid: 'a'.repeat(32), email: `${login}@cloud.example` }),
    async connect({ login }, wanted, from) {
      if (refusing) throw new CodedError(refusing, refusing)
      connected.push({ wanted, from, login })
      const { authAt, state } = wanted
      return {
        uid: 'a'.repeat(32),
        email: `${login}@cloud.example`,
        sessionToken: 'b'.repeat(64),
        authAt,
        code: 'code',
        state,
        redirect: 'https://cloud.example/oauth/success/5882386c6d801776',
      }
    },
    browsers: async () => [line],
    async disconnect(_account, id) {
      if (id !== 'grant') throw new CodedError('grant-absent', 'grant-absent')
      ended.push(id)
    },
    async end(sessionToken) {
      ended.push(sessionToken)
    },
    async agree({ login }, client, authAt) {
      if (refusing) throw new CodedError(refusing, refusing)
      agreed.push({ login, client, authAt })
    },
    clientPassword: {
      of: async () => (password ? { made: 5, used: null } : null),
      set: async (_account, given) => void (password = given),
      drop: async () => void (password = null),
    },
  }
  const pages = await pagesUnderTest(t, { firefox, ...(usage && { syncUsage: async () => usage }) })
  const { visitor } = await pages.owner()
  return { ...pages, visitor, connected, ended, agreed }
}

const jwe = `${'h'.repeat(40)}..${'i'.repeat(16)}.${'c'.repeat(200)}.${'t'.repeat(22)}`
const asked = {
  client: '5882386c6d801776',
  scope: 'https://identity.mozilla.com/apps/oldsync profile',
  state: 'abcdefghijklmnopqrstuv',
  challenge: 'c'.repeat(43),
  offline: true,
  keysJwe: jwe,
  kid: `1790000000000-${'k'.repeat(22)}`,
}

test('a browser is let in as it asked, with the time of the proof in seconds', async (t) => {
  const { visitor, clock, connected, told } = await scene(t)
  const now = clock.now()
  clock.tick(60_000)
  const answer = await visitor.ask('POST', '/firefox/connect', { ...asked, previous: 'd'.repeat(64) })
  assert.equal(answer.status, 200)
  assert.equal(answer.body.sessionToken, 'b'.repeat(64))
  assert.equal(connected.length, 1)
  const { wanted, from, login } = connected[0]!
  assert.deepEqual(wanted, { ...asked, name: null, previous: 'd'.repeat(64), authAt: now / 1000 })
  assert.deepEqual([login, from.address], ['olga', '192.0.2.0/24'])
  // She is told elsewhere too: if it was not she, she can disconnect it.
  assert.deepEqual(
    told.filter(({ act }) => act === 'browser-added').map((one) => one.login),
    ['olga'],
  )
})

test('a browser that gets no keys needs none', async (t) => {
  const { visitor, connected } = await scene(t)
  const { keysJwe: _jwe, kid: _kid, ...rest } = asked
  const answer = await visitor.ask('POST', '/firefox/connect', { ...rest, scope: 'profile' })
  assert.equal(answer.status, 200)
  assert.deepEqual([connected[0]?.wanted.keysJwe, connected[0]?.wanted.kid], [null, null])
})

test('ten minutes after a proof no browser is let in', async (t) => {
  const { visitor, clock, connected } = await scene(t)
  clock.tick(11 * 60_000)
  const { status, body } = await visitor.ask('POST', '/firefox/connect', asked)
  assert.deepEqual([status, body.error, connected.length], [403, 'not-fresh', 0])
})

test('whatever is not in its form or too long is refused by its name, and the accounts door is not asked', async (t) => {
  const { visitor, connected } = await scene(t)
  const wrong: [string, unknown][] = [
    ['client', '5882386C6D801776'],
    ['client', 5],
    ['scope', ''],
    ['scope', 'profile  openid'],
    ['scope', 'x'.repeat(1_001)],
    ['state', 'a b'],
    ['state', 'x'.repeat(513)],
    ['challenge', 'c'.repeat(42)],
    ['challenge', `${'c'.repeat(42)}=`],
    ['offline', 'yes'],
    ['keysJwe', jwe.replace('..', '.key.')],
    ['keysJwe', `${jwe}x`],
    ['keysJwe', `${'h'.repeat(8_192)}..`],
    ['kid', `0-${'k'.repeat(22)}`],
    ['kid', null],
    ['name', 'n'.repeat(101)],
    ['previous', 'd'.repeat(63)],
    ['previous', {}],
  ]
  for (const [member, value] of wrong) {
    const { status, body } = await visitor.ask('POST', '/firefox/connect', { ...asked, [member]: value })
    assert.deepEqual([status, body], [400, { error: 'malformed', member }], `${member} ${String(value)}`)
  }
  const { status, body } = await visitor.ask('POST', '/firefox/connect', { ...asked, keysJwe: null })
  assert.deepEqual([status, body], [400, { error: 'malformed', member: 'kid' }])
  assert.deepEqual(connected, [])
})

test('what the accounts door refuses has its status', async (t) => {
  for (const [refusing, status] of [
    ['client-unknown', 400],
    ['scope-refused', 400],
    ['keys-older', 409],
    ['too-many', 409],
  ] as const) {
    const { visitor } = await scene(t, { refusing })
    const answer = await visitor.ask('POST', '/firefox/connect', asked)
    assert.deepEqual([answer.status, answer.body.error], [status, refusing])
  }
})

test('browsers are shown with what their Sync keeps, and disconnected without a proof', async (t) => {
  const usage = { collections: [{ name: 'bookmarks', count: 3, bytes: 900 }], bytes: 900, last: 7 }
  const { visitor, clock, ended } = await scene(t, { usage })
  clock.tick(11 * 60_000)
  assert.deepEqual((await visitor.ask('GET', '/me/browsers')).body, { browsers: [line], stored: usage })
  assert.equal((await visitor.ask('DELETE', '/me/browsers/other')).status, 404)
  assert.equal((await visitor.ask('DELETE', '/me/browsers/grant')).status, 200)
  assert.deepEqual(ended, ['grant'])
})

test('a session is ended by its token', async (t) => {
  const { visitor, ended } = await scene(t)
  for (const sessionToken of ['x'.repeat(64), 'a'.repeat(63), undefined]) {
    const { status, body } = await visitor.ask('POST', '/firefox/end', { sessionToken })
    assert.deepEqual([status, body], [400, { error: 'malformed', member: 'sessionToken' }])
  }
  assert.equal((await visitor.ask('POST', '/firefox/end', { sessionToken: 'e'.repeat(64) })).status, 200)
  assert.deepEqual(ended, ['e'.repeat(64)])
})

test('a generated password is set with a fresh proof, and dropped without', async (t) => {
  const { visitor, clock } = await scene(t)
  const given = { authPW: 'a'.repeat(64), wrapKb: 'b'.repeat(64), kid: `1790000000000-${'c'.repeat(22)}` }
  assert.deepEqual((await visitor.ask('GET', '/me/client-password')).body, { clientPassword: null })
  for (const member of Object.keys(given)) {
    const answer = await visitor.ask('PUT', '/me/client-password', { ...given, [member]: 'A'.repeat(64) })
    assert.deepEqual([answer.status, answer.body.member], [400, member])
  }
  assert.equal((await visitor.ask('PUT', '/me/client-password', given)).status, 200)
  clock.tick(11 * 60_000)
  assert.equal((await visitor.ask('PUT', '/me/client-password', given)).body.error, 'not-fresh')
  const { body } = await visitor.ask('GET', '/me/client-password')
  assert.deepEqual(body, { clientPassword: { made: 5, used: null } })
  assert.equal((await visitor.ask('DELETE', '/me/client-password')).status, 200)
  assert.deepEqual((await visitor.ask('GET', '/me/client-password')).body, { clientPassword: null })
})

test('a server without accounts for Firefox says so in its state, and that these routes are absent', async (t) => {
  const { owner } = await pagesUnderTest(t)
  const { visitor } = await owner()
  assert.equal((await visitor.ask('GET', '/state')).body.firefox, false)
  for (const [method, path] of [
    ['GET', '/firefox'],
    ['POST', '/firefox/connect'],
    ['POST', '/firefox/end'],
    ['GET', '/me/browsers'],
    ['DELETE', '/me/browsers/x'],
    ['GET', '/me/client-password'],
    ['DELETE', '/me/client-password'],
  ] as const) {
    const { status, body } = await visitor.ask(
      method,
      path,
      method === 'POST' ? { ...asked, sessionToken: 'a'.repeat(64) } : undefined,
    )
    assert.deepEqual([status, body], [404, { error: 'absent' }], `${method} ${path}`)
  }
})

test('a telephone is agreed to after a fresh proof, by one of the clients that there are', async (t) => {
  const { visitor, clock, agreed } = await scene(t)
  const client = 'a2270f727f45f648'
  const proved = Math.floor(clock.now() / 1000)
  assert.equal((await visitor.ask('POST', '/firefox/pairing', { client })).status, 200)
  assert.equal(agreed[0]?.client, client)
  assert.equal(agreed[0]?.authAt, proved)
  assert.equal((await visitor.ask('POST', '/firefox/pairing', { client: 'firefox' })).status, 400)
  clock.tick(11 * 60_000)
  const stale = await visitor.ask('POST', '/firefox/pairing', { client })
  assert.deepEqual([stale.status, agreed.length], [403, 1])
})

test('a telephone that is none is not agreed to', async (t) => {
  const { visitor } = await scene(t, { refusing: 'client-unknown' })
  const { status } = await visitor.ask('POST', '/firefox/pairing', { client: '5882386c6d801776' })
  assert.equal(status, 400)
})
