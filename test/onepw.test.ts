/** Programs that sign in to Firefox Accounts with an address and a password: what they get, and when it ends. */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test, type TestContext } from 'node:test'
import { makePageOwner, makePagePerson, type PagePerson, signInElsewhere } from './support/browser-session.ts'
import { essaim, placeOf } from './support/command.ts'
import {
  clientPassword,
  keyId,
  locked,
  newLock,
  openProgram,
  programId,
  readLock,
  stretch,
  syncLock,
  syncScope,
  unlocked,
} from './support/onepw.ts'
import { pagesOf } from './support/person-at-pages.ts'
import { freshDatabase } from './support/postgres.ts'
import { startServer } from './support/server.ts'

const password = 'abcdef-ghijkl-mnopqr-stuvwx'
const made = Date.UTC(2026, 0, 1)

/** Switches the password on, as her page does, for a key of Sync. */
async function switchOn({ browser }: PagePerson, kB: Buffer, time = made, text = password): Promise<string> {
  const { body } = await browser.get('/firefox')
  await browser.put('/me/client-password', clientPassword(body.email, text, kB, time))
  return body.email
}

async function scene(t: TestContext, env: Record<string, string> = {}) {
  const server = await startServer(t, env)
  const olga = await makePageOwner(server)
  const kB = randomBytes(32)
  return { server, olga, kB, program: openProgram(server.url, pagesOf(server)) }
}

for (const store of ['sqlite', 'postgres'] as const)
  test(`a program reads with the password alone what a browser has stored (${store})`, async (t) => {
    const env = store === 'postgres' ? { ESSAIM_STORE: await freshDatabase() } : {}
    const { olga, kB, program } = await scene(t, env)
    const email = await switchOn(olga, kB)
    assert.equal(email, 'olga@localhost')

    const one = await program.open(email, password)
    assert.deepEqual(one.kB, kB)
    assert.equal(one.kid, keyId(kB, made))
    const secret = { id: 'a', title: 'Éssaim', bmkUri: 'https://essaim.example/' }
    const { lock, told } = newLock()
    for (const [path, payload] of [
      ['/storage/crypto/keys', locked(syncLock(one.kB), told)],
      ['/storage/bookmarks/a', locked(lock, secret)],
    ] as const)
      assert.equal((await program.stored(one.storage, 'PUT', path, { payload })).status, 200)

    const two = await program.open(email, password)
    assert.equal(two.storage.uid, one.storage.uid)
    const get = async (path: string) => (await program.stored(two.storage, 'GET', path)).body.payload
    const opened = readLock(unlocked(syncLock(two.kB), await get('/storage/crypto/keys')))
    assert.deepEqual(unlocked(opened, await get('/storage/bookmarks/a')), secret)
  })

test('a password that is wrong, a name that nobody has, and one without such a password', async (t) => {
  const { server, olga, kB, program } = await scene(t)
  await makePagePerson(server, olga, 'alice')
  const refused = async (email: string, text = password, more = {}) => {
    const { status, body } = await program.login(email, text, { more })
    return [status, body.errno, body.email, body.sessionToken]
  }
  const unknown = [400, 102, undefined, undefined]
  for (const email of [
    'nobody@localhost',
    'alice@localhost',
    'olga@localhost',
    'olga@elsewhere.example',
    'olga',
    '@',
  ])
    assert.deepEqual(await refused(email), unknown, email)

  await t.test('is refused; another spelling of the address is put right', async () => {
    const email = await switchOn(olga, kB)
    assert.deepEqual(await refused(email, `${password} `), [400, 103, undefined, undefined])
    assert.deepEqual(await refused('Olga@LocalHost'), [400, 120, email, undefined])
    assert.deepEqual(await refused('alice@localhost'), unknown)
    assert.equal((await program.login(email, password)).status, 200)
  })

  await t.test('and so is what is not written as it has to be', async () => {
    for (const [more, errno] of [
      [{ email: 1 }, 107],
      [{ email: `${'a'.repeat(300)}@localhost` }, 107],
      [{ authPW: 'A'.repeat(64) }, 107],
      [{ authPW: 'a'.repeat(63) }, 107],
      [{ authPW: [] }, 107],
      [{ email: undefined }, 108],
      [{ authPW: undefined }, 108],
    ] as const)
      assert.equal((await refused('olga@localhost', password, more))[1], errno, JSON.stringify(more))
  })
})

test('what a program gets is for Sync and the profile, and for no other place', async (t) => {
  const { server, olga, kB, program } = await scene(t)
  const email = await switchOn(olga, kB)
  const { body, session } = await program.login(email, password)
  assert.deepEqual(
    [body.verified, body.metricsEnabled, typeof body.authAt, body.uid],
    [true, false, 'number', (await olga.browser.get('/firefox')).body.uid],
  )
  const token = session.sessionToken

  await t.test('keys are told once, and only where they were asked for', async () => {
    const without = await program.login(email, password, { keys: false })
    assert.equal(without.body.keyFetchToken, undefined)
    assert.equal((await program.keys(without.session)).status, 401)
    const both = await Promise.all([program.keys(session), program.keys(session)])
    assert.deepEqual(both.map(({ status }) => status).toSorted(), [200, 401])
    const again = await program.keys(session)
    assert.deepEqual([again.status, again.body.errno], [401, 110])
    // Nor does one token open what the other is for.
    assert.equal((await program.keys({ ...session, keyFetchToken: token })).status, 401)
    const fetched = await program.login(email, password)
    const asSession = await program.keyData(fetched.session.keyFetchToken!)
    assert.equal(asSession.status, 401)
  })

  await t.test('tokens are given for what the grant is for', async () => {
    const { status, body: told } = await program.accessToken(token, { access_type: 'offline', ttl: 60 })
    assert.deepEqual([status, told.scope, told.expires_in], [200, syncScope, 60])
    assert.match(told.refresh_token, /^[0-9a-f]{64}$/)
    for (const [more, errno] of [
      [{ scope: 'https://identity.mozilla.com/tokens/session' }, 163],
      [{ scope: `${syncScope} openid` }, 163],
      [{ scope: 'kinto:rw' }, 163],
      [{ client_id: 'a2270f727f45f648' }, 162],
      [{ client_id: '8269bacd7bbc7f80' }, 162],
      [{ client_id: 'f0f0f0f0f0f0f0f0' }, 162],
    ] as const) {
      const refusal = await program.accessToken(token, more)
      assert.deepEqual([refusal.status, refusal.body.errno], [400, errno], JSON.stringify(more))
    }
    const { body: of } = await program.accessToken(token)
    const bearer = { Authorization: `Bearer ${of.access_token}` }
    const kinto = await fetch(`${server.url}/v1/buckets/default/collections`, { headers: bearer })
    assert.ok([401, 403].includes(kinto.status), String(kinto.status))
    const mine = await fetch(`${server.url}/api/me`, { headers: bearer })
    assert.equal(mine.status, 401)
  })

  await t.test('a code is redeemed by who began it', async () => {
    const verifier = randomBytes(32).toString('base64url')
    const challenge = createHash('sha256').update(verifier).digest('base64url')
    const asked = { client_id: programId, state: 'x', scope: syncScope }
    const pkce = { code_challenge: challenge, code_challenge_method: 'S256' }
    const { body: code } = await program.ask('POST', '/oauth/authorization', {
      token,
      body: { ...asked, ...pkce },
    })
    assert.equal(new URL(code.redirect).searchParams.get('code'), code.code)
    const redeem = (more: object) =>
      program.ask('POST', '/token', { body: { code: code.code, client_id: programId, ...more } })
    assert.equal((await redeem({ code_verifier: randomBytes(32).toString('base64url') })).status, 400)
    const { status, body: given } = await redeem({ code_verifier: verifier })
    assert.equal(status, 200)
    assert.equal((await program.storage(given.access_token, keyId(kB, made))).status, 200)
    assert.equal((await redeem({ code_verifier: verifier })).status, 400)
  })

  await t.test('programs that show their session by its id are heard as well', async () => {
    const again = await program.login(email, password)
    const { keys } = await program.keys(again.session, 'bearer')
    assert.deepEqual(keys?.kB, kB)
    assert.equal((await program.accessToken(again.session.sessionToken, {}, 'bearer')).status, 200)
  })

  await t.test('a session proves its password anew', async () => {
    const { authPW, unwrapBKey } = stretch(email, password)
    const reauth = (proof: object) =>
      program.ask('POST', '/session/reauth?keys=true', { token, body: { email, authPW, ...proof } })
    const unfetched = await reauth({})
    const told = await reauth({})
    assert.equal(told.status, 200)
    assert.equal((await program.keys({ ...unfetched.body, unwrapBKey })).status, 401)
    const { keys } = await program.keys({ ...told.body, unwrapBKey })
    assert.deepEqual(keys?.kB, kB)
    assert.equal((await reauth({ authPW: '0'.repeat(64) })).body.errno, 103)
    assert.equal((await program.accessToken(token)).status, 200)
  })

  await t.test('and the person sees the program by its name, and can end it', async () => {
    const agent = 'Mozilla/5.0 (Mobile; Firefox Accounts; rv:1.0) firefox-sync-client/1.10.0golang/1.19'
    const named = await program.login(email, password, { headers: { 'User-Agent': agent } })
    const { browsers } = (await olga.browser.get('/me/browsers')).body
    const line = browsers.find(({ name }: { name: string }) => name === 'firefox-sync-client')
    assert.deepEqual([line.type, line.syncs, line.client], ['program', true, 'onepw'])
    await olga.browser.delete(`/me/browsers/${line.id}`)
    const ended = await program.accessToken(named.session.sessionToken)
    assert.deepEqual([ended.status, ended.body.errno], [401, 110])
  })
})

test('programs that sign in each time leave no more than twenty behind', async (t) => {
  const { olga, kB, program } = await scene(t)
  const email = await switchOn(olga, kB)
  const first = await program.login(email, password)
  for (let i = 0; i < 21; i++) assert.equal((await program.login(email, password)).status, 200)
  const { browsers } = (await olga.browser.get('/me/browsers')).body
  assert.equal(browsers.length, 20)
  assert.equal((await program.accessToken(first.session.sessionToken)).status, 401)
})

test('guesses are slowed down, and keep nobody out of her pages', async (t) => {
  const { server, olga, kB, program } = await scene(t, { ESSAIM_TRUSTED_PROXIES: '127.0.0.1' })
  const email = await switchOn(olga, kB)
  const guess = (from: string, to = email) =>
    program.login(to, 'guess', { headers: { 'X-Forwarded-For': from } })
  const errnos: number[] = []
  for (let i = 0; i < 30; i++) errnos.push((await guess(`10.0.0.${i}`)).body.errno)
  const looked = errnos.filter((errno) => errno === 103).length
  // Twenty at once, and one more each half minute.
  assert.ok(looked >= 20 && looked <= 22, String(errnos))
  const told = await guess('10.0.1.1')
  assert.deepEqual([told.status, told.body.errno], [429, 114])
  assert.equal(told.headers.get('retry-after'), String(told.body.retryAfter))
  assert.ok(told.body.retryAfter > 0 && told.body.retryAfter <= 30)
  // The right one waits as well: else it would show itself by not waiting.
  assert.equal((await program.login(email, password)).body.errno, 114)
  await signInElsewhere(server, olga)

  // By address: a hundred names, none of them anybody's.
  const names: number[] = []
  for (let i = 0; i < 110; i++) names.push((await guess('10.9.9.9', `n${i}@localhost`)).body.errno)
  assert.ok(names.includes(102) && names.at(-1) === 114, String(names))
})

test('switched off, replaced or taken over, the password ends at once what it opened', async (t) => {
  const { olga, kB, program } = await scene(t)
  const email = await switchOn(olga, kB)
  const kid = keyId(kB, made)

  /** Everything that a program holds, and what each answers now. */
  async function holder(text = password) {
    const { session } = await program.login(email, text)
    const { body } = await program.accessToken(session.sessionToken)
    const storage = await program.storage(body.access_token, kid)
    return async () => [
      (await program.accessToken(session.sessionToken)).status,
      (await program.storage(body.access_token, kid)).status,
      (await program.stored(storage.body, 'GET', '/info/collections')).status,
    ]
  }

  const first = await holder()
  assert.deepEqual(await first(), [200, 200, 200])
  const waiting = await program.login(email, password)
  await olga.browser.delete('/me/client-password')
  assert.deepEqual(await first(), [401, 401, 401])
  assert.equal((await program.keys(waiting.session)).status, 401)
  assert.equal((await program.login(email, password)).body.errno, 102)
  assert.deepEqual((await olga.browser.get('/me/client-password')).body, { clientPassword: null })
  assert.deepEqual((await olga.browser.get('/me/browsers')).body.browsers, [])

  await t.test('by another one', async () => {
    await switchOn(olga, kB)
    const second = await holder()
    await switchOn(olga, kB, made, 'another-password')
    assert.deepEqual(await second(), [401, 401, 401])
    assert.equal((await program.login(email, password)).body.errno, 103)
    assert.deepEqual(await (await holder('another-password'))(), [200, 200, 200])
  })

  await t.test('by another key of Sync, with which a browser connects', async () => {
    const third = await holder('another-password')
    const later = randomBytes(32)
    const connected = await connect(olga, keyId(later, made + 1))
    assert.equal(connected.status, 200, JSON.stringify(connected.body))
    assert.deepEqual(await third(), [401, 401, 401])
    assert.equal((await program.login(email, 'another-password')).body.errno, 102)
    // The former key comes back to life by no page that missed the change.
    const old = clientPassword(email, password, kB, made)
    await olga.browser.refused('PUT', '/me/client-password', old, 409, 'keys-older')
    await switchOn(olga, later, made + 1)
    assert.deepEqual((await program.open(email, password)).kB, later)
  })
})

/** A browser's connection, as her page makes it. */
const connect = ({ browser }: PagePerson, kid: string) =>
  browser.ask('POST', '/firefox/connect', {
    client: '5882386c6d801776',
    scope: `profile ${syncScope}`,
    state: 'state',
    challenge: 'c'.repeat(43),
    offline: true,
    keysJwe: `a..${'i'.repeat(16)}.c.${'t'.repeat(22)}`,
    kid,
    name: 'Firefox',
    previous: null,
  })

test('the same key of Sync with a later time leaves the password as it is', async (t) => {
  const { olga, kB, program } = await scene(t)
  const email = await switchOn(olga, kB)
  assert.equal((await connect(olga, keyId(kB, made + 5))).status, 200)
  assert.equal((await program.open(email, password)).kid, keyId(kB, made + 5))
})

test('nothing of a password is stored where none is switched on, and nothing in clear where one is', async (t) => {
  const { server, olga, kB, program } = await scene(t)
  /** All that lies on the disk, the database's own files included. */
  const disk = () =>
    globSync('**/*', { cwd: server.data, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'secret')
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1'))
      .join('\n')
  const forms = (bytes: Buffer) =>
    [
      bytes.toString('latin1'),
      bytes.toString('hex'),
      bytes.toString('base64'),
      bytes.toString('base64url'),
    ] as const
  const { body } = await olga.browser.get('/firefox')
  const { authPW, wrapKb, kid } = clientPassword(body.email, password, kB, made)
  // A sign-in that fails leaves nothing, although the right proof was shown.
  assert.equal((await program.login(body.email, password)).body.errno, 102)
  const verifier = createHash('sha256').update(Buffer.from(authPW, 'hex')).digest()
  const secrets = [Buffer.from(password), Buffer.from(authPW, 'hex'), Buffer.from(wrapKb, 'hex'), kB]
  const found = (all: readonly Buffer[]) => {
    const text = disk()
    return all.flatMap(forms).filter((form) => text.includes(form))
  }
  assert.deepEqual(found([...secrets, verifier]), [])
  const columns = () => {
    const database = new DatabaseSync(join(server.data, 'essaim.db'), { readOnly: true })
    const row = database
      .prepare('SELECT verifier, sealed, password_made, client_state FROM fxa_account')
      .get()
    database.close()
    return Object.values(row ?? {})
  }
  assert.deepEqual(columns(), [null, null, null, ''])

  await switchOn(olga, kB)
  await program.open(body.email, password)
  assert.deepEqual(found(secrets), [])
  // What is searched for would be found: the hash is there.
  assert.deepEqual(found([verifier]), [verifier.toString('hex')])
  assert.equal(columns()[3], Buffer.from(kid.split('-')[1]!, 'base64url').toString('hex'))

  await olga.browser.delete('/me/client-password')
  assert.deepEqual(columns().slice(0, 3), [null, null, null])
})

test('a rotation of the server’s key keeps the password working', async (t) => {
  const { server, olga, kB, program } = await scene(t)
  const email = await switchOn(olga, kB)
  const before = await program.login(email, password)
  const rotated = await essaim(['secret', 'rotate'], placeOf(server))
  assert.equal(rotated.code, 0, rotated.stderr)
  assert.deepEqual((await program.keys(before.session)).keys?.kB, kB)
  assert.deepEqual((await program.open(email, password)).kB, kB)
  await server.restart()
  assert.deepEqual((await program.open(email, password)).kB, kB)
  assert.equal((await program.accessToken(before.session.sessionToken)).status, 200)
})

test('who may not come in comes in by no program', async (t) => {
  const { server, olga, kB, program } = await scene(t)
  const alice = await makePagePerson(server, olga, 'alice')
  const email = await switchOn(alice, kB)
  const { session } = await program.login(email, password)
  await olga.browser.post(`/admin/people/${alice.id}/suspend`, {})
  assert.equal((await program.accessToken(session.sessionToken)).status, 401)
  const told = await program.login(email, password)
  assert.deepEqual([told.status, told.body.errno], [400, 125])
  assert.equal((await program.login(email, 'wrong')).body.errno, 103)
  await olga.browser.post(`/admin/people/${alice.id}/resume`, {})
  assert.equal((await program.login(email, password)).status, 200)
})

test('accounts and passwords are made and changed at our pages alone', async (t) => {
  const { server, olga, kB, program } = await scene(t)
  const email = await switchOn(olga, kB)
  const { authPW } = stretch('new@localhost', 'chosen by a person')
  const create = async () => (await program.ask('POST', '/account/create', { body: { email, authPW } })).body
  for (const [registration, said] of [
    ['closed', /no new accounts/],
    ['invitation', /\/sign-up$/],
    ['open', /\/sign-up$/],
  ] as const) {
    await olga.browser.put('/admin/settings', { registration })
    const { errno, message } = await create()
    assert.equal(errno, 207)
    assert.match(message, said)
  }
  for (const path of [
    '/password/change/start',
    '/password/forgot/send_otp',
    '/account/reset',
    '/account/destroy',
  ]) {
    const { status, body } = await program.ask('POST', path, { body: { email, authPW } })
    assert.deepEqual([status, body.errno], [410, 116], path)
    assert.match(body.message, new RegExp(`in a browser, at ${pagesOf(server)}/account/`))
  }
  for (const name of [email, 'nobody@localhost']) {
    const { body } = await program.ask('POST', '/account/credentials/status', { body: { email: name } })
    assert.deepEqual(body, { currentVersion: 'v1', upgradeNeeded: false })
  }
  assert.equal((await olga.browser.get('/me')).status, 200)
})
