/** Programs that sign in with an address and a password: what slows guesses down, and what ends what they got. */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { sealGeneration } from '../src/lib/sealed.ts'
import { makePagePerson, signInElsewhere } from './support/browser-session.ts'
import { essaim, placeOf } from './support/command.ts'
import { clientPassword, keyId } from './support/onepw.ts'
import { connect, made, onepwScene, password, switchOn } from './support/onepw-person.ts'

test('programs that sign in each time leave no more than twenty behind', async (t) => {
  const { olga, kB, program } = await onepwScene(t)
  const email = await switchOn(olga, kB)
  const first = await program.login(email, password)
  for (let i = 0; i < 21; i++) assert.equal((await program.login(email, password)).status, 200)
  const { browsers } = (await olga.browser.get('/me/browsers')).body
  assert.equal(browsers.length, 20)
  assert.equal((await program.accessToken(first.session.sessionToken)).status, 401)
})

test('guesses are slowed down, and keep nobody out of her pages', async (t) => {
  const { server, olga, kB, program } = await onepwScene(t, { ESSAIM_TRUSTED_PROXIES: '127.0.0.1' })
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
  const { olga, kB, program } = await onepwScene(t)
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

test('the same key of Sync with a later time leaves the password as it is', async (t) => {
  const { olga, kB, program } = await onepwScene(t)
  const email = await switchOn(olga, kB)
  assert.equal((await connect(olga, keyId(kB, made + 5))).status, 200)
  assert.equal((await program.open(email, password)).kid, keyId(kB, made + 5))
})

test('nothing of a password is stored where none is switched on, and nothing in clear where one is', async (t) => {
  const { server, olga, kB, program } = await onepwScene(t)
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
  assert.equal(columns()[3], Buffer.from(kid.slice(kid.indexOf('-') + 1), 'base64url').toString('hex'))

  await olga.browser.delete('/me/client-password')
  assert.deepEqual(columns().slice(0, 3), [null, null, null])
})

test('a rotation of the server’s key keeps the password working', async (t) => {
  const { server, olga, kB, program } = await onepwScene(t)
  const email = await switchOn(olga, kB)
  const before = await program.login(email, password)
  const rotated = await essaim(['secret', 'rotate'], placeOf(server))
  assert.equal(rotated.code, 0, rotated.stderr)
  const generation = () => {
    const database = new DatabaseSync(join(server.data, 'essaim.db'), { readOnly: true })
    const { sealed } = database.prepare('SELECT sealed FROM fxa_account').get() ?? {}
    database.close()
    return sealGeneration(String(sealed))
  }
  // Beside the requests, what is sealed is sealed anew.
  for (let i = 0; i < 400 && generation() !== 2; i++) await wait(50)
  assert.equal(generation(), 2)
  assert.deepEqual((await program.keys(before.session)).keys?.kB, kB)
  assert.deepEqual((await program.open(email, password)).kB, kB)
  await server.restart()
  assert.deepEqual((await program.open(email, password)).kB, kB)
  assert.equal((await program.accessToken(before.session.sessionToken)).status, 200)
})

test('who may not come in comes in by no program', async (t) => {
  const { server, olga, kB, program } = await onepwScene(t)
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
