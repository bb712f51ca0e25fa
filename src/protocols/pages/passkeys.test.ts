import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authenticator, type Deviation } from '../../../test/support/authenticator.ts'
import { pagesUnderTest, type Visitor } from '../../../test/support/pages-door.ts'

const origin = 'https://cloud.example'

async function stage(t: Parameters<typeof pagesUnderTest>[0], counting = false) {
  const pages = await pagesUnderTest(t)
  const { visitor } = await pages.owner()
  const device = authenticator(origin, { counting })
  const ok = async (who: Visitor, method: string, path: string, body?: object) => {
    const answer = await who.ask(method, path, body)
    assert.equal(answer.status, 200, `${method} ${path}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  const options = async (who = visitor) => (await ok(who, 'POST', '/me/passkeys/options')).options
  const add = async (name: string) => {
    const { passkey, response } = device.create(await options())
    await ok(visitor, 'POST', '/me/passkeys', { response, name })
    return passkey
  }
  const refused = async (
    who: Visitor,
    path: string,
    body: object,
    status: number,
    code: string,
    why = '',
  ) => {
    const answer = await who.ask('POST', path, body)
    assert.deepEqual([answer.status, answer.body.error], [status, code], why)
  }
  /** Options for a browser that nobody is signed in with. */
  const asked = async (who: Visitor) => (await ok(who, 'POST', '/sign-in/passkey/options')).options
  return { ...pages, visitor, device, ok, options, add, refused, asked }
}

test('a passkey is asked for that is discoverable, verifies its user, and has PRF where it can', async (t) => {
  const { options, add, visitor, ok } = await stage(t)
  const first = await add('phone')
  const wanted = await options()
  assert.equal(wanted.rp.id, 'cloud.example')
  assert.equal(wanted.authenticatorSelection.residentKey, 'required')
  assert.equal(wanted.authenticatorSelection.userVerification, 'required')
  assert.equal(wanted.attestation, 'none')
  assert.deepEqual(
    wanted.pubKeyCredParams.map(({ alg }: { alg: number }) => alg),
    [-7, -8, -257],
  )
  assert.deepEqual(wanted.extensions.prf, {})
  assert.deepEqual(
    wanted.excludeCredentials.map(({ id }: { id: string }) => id),
    [first.id],
  )
  const { id } = await ok(visitor, 'GET', '/me')
  assert.equal(Buffer.from(wanted.user.id, 'base64url').byteLength, 32)
  assert.ok(!Buffer.from(wanted.user.id, 'base64url').includes(id), 'no account id on the device')
  assert.equal(wanted.user.id, first.userHandle, 'one handle for all her passkeys')
})

test('it signs in, as a fresh proof, under a new session each time (statements 17 and 20)', async (t) => {
  const { add, asked, ok, browser, visitor, accounts, clock } = await stage(t)
  const passkey = await add('phone')
  const other = browser()
  const { me } = await ok(other, 'POST', '/sign-in/passkey', { response: passkey.get(await asked(other)) })
  assert.equal(me.login, 'olga')
  assert.equal(me.method, 'passkey')
  assert.ok(me.freshUntil > clock.now())
  const before = other.cookies.get('__Host-essaim')
  clock.tick(11 * 60_000)
  const { options } = await ok(other, 'POST', '/fresh/passkey/options')
  assert.deepEqual(
    options.allowCredentials.map(({ id }: { id: string }) => id),
    [passkey.id],
  )
  // Devices may leave the handle out where they were told which passkey is wanted.
  const response = passkey.get(options, { userHandle: null })
  const { freshUntil } = await ok(other, 'POST', '/fresh/passkey', { response })
  assert.ok(freshUntil > clock.now())
  assert.notEqual(other.cookies.get('__Host-essaim'), before)
  const [stored] = await accounts.passkeys((await ok(visitor, 'GET', '/me')).id)
  assert.equal(stored?.lastUsed, clock.now())
  assert.deepEqual(stored?.data.transports, ['internal'], 'unknown ways of transport are not kept')
})

test('what is not signed as asked opens nothing (statement 20)', async (t) => {
  const { add, asked, refused, browser, told } = await stage(t)
  const passkey = await add('phone')
  const other = browser()
  const cases: [string, Deviation][] = [
    ['another origin', { origin: 'https://evil.example' }],
    ['the same host on another port', { origin: `${origin}:8443` }],
    ['another host of passkeys', { rpId: 'evil.example' }],
    ['no verification of the user', { verified: false }],
    ['the signature of another key', { forged: true }],
    ['a signature for something else', { type: 'webauthn.create' }],
    ['inside the page of another site', { crossOrigin: true }],
    ['the handle of another account', { userHandle: 'AAAA' }],
    ['no handle where nobody was named', { userHandle: null }],
  ]
  for (const [why, other_] of cases)
    await refused(
      other,
      '/sign-in/passkey',
      { response: passkey.get(await asked(other), other_) },
      401,
      'wrong',
      why,
    )
  const stranger = { ...passkey.get(await asked(other)), id: 'AAAA', rawId: 'AAAA' }
  await refused(other, '/sign-in/passkey', { response: stranger }, 401, 'wrong', 'an unknown passkey')
  for (const response of [{}, { response: {} }, { id: 7, response: { clientDataJSON: '{' } }])
    await refused(other, '/sign-in/passkey', { response }, 401, 'wrong', JSON.stringify(response))
  assert.equal(other.cookies.has('__Host-essaim'), false)
  assert.deepEqual(
    told.filter(({ act }) => act === 'signed-in'),
    [],
  )
})

test('a challenge is good once, for five minutes, in one browser and for one act (statement 20)', async (t) => {
  const { add, asked, ok, refused, browser, clock, visitor, options, device } = await stage(t)
  const passkey = await add('phone')
  const [one, two] = [browser(), browser()]
  const void_ = (who: Visitor, path: string, body: object, why: string) =>
    refused(who, path, body, 410, 'challenge-expired', why)

  const response = passkey.get(await asked(one))
  await void_(two, '/sign-in/passkey', { response }, 'another browser')
  await asked(two)
  await void_(two, '/sign-in/passkey', { response }, 'another browser that asked too')
  await ok(one, 'POST', '/sign-in/passkey', { response })
  await void_(one, '/sign-in/passkey', { response }, 'used')
  await void_(one, '/fresh/passkey', { response }, 'for another act')

  const late = passkey.get(await asked(two))
  clock.tick(5 * 60_000 + 1)
  await void_(two, '/sign-in/passkey', { response: late }, 'after five minutes')
  const made = { ...(await asked(two)), challenge: 'AAAA' }
  await void_(two, '/sign-in/passkey', { response: passkey.get(made) }, 'not ours')

  const added = device.create(await options())
  await ok(visitor, 'POST', '/me/passkeys', { response: added.response, name: 'two' })
  await ok(visitor, 'DELETE', `/me/passkeys/${added.passkey.id}`)
  await void_(visitor, '/me/passkeys', { response: added.response, name: 'two' }, 'a replayed creation')
})

test('at one time, one of two uses of a challenge counts', async (t) => {
  const { add, asked, browser } = await stage(t)
  const passkey = await add('phone')
  const other = browser()
  const response = passkey.get(await asked(other))
  const answers = await Promise.all([1, 2, 3].map(() => other.ask('POST', '/sign-in/passkey', { response })))
  assert.equal(answers.filter(({ status }) => status === 200).length, 1)
})

test('a signature that is older than one before is refused, told and noted (statement 20)', async (t) => {
  const { add, asked, ok, refused, browser, told, visitor } = await stage(t, true)
  const passkey = await add('key')
  const other = browser()
  await ok(other, 'POST', '/sign-in/passkey', { response: passkey.get(await asked(other)) })
  const copy = browser()
  for (const counter of [2, 1, 0])
    await refused(
      copy,
      '/sign-in/passkey',
      { response: passkey.get(await asked(copy), { counter }) },
      403,
      'passkey-copied',
    )
  assert.equal(told.filter(({ act }) => act === 'passkey-copied').length, 3)
  const { entries } = await ok(visitor, 'GET', '/me/log')
  const entry = entries.find(({ act }: { act: string }) => act === 'passkey-copied')
  assert.deepEqual(entry.details, { name: 'key' })
  assert.equal(entry.actor, null)
  await ok(copy, 'POST', '/sign-in/passkey', { response: passkey.get(await asked(copy), { counter: 9 }) })
})

test('what unlocks the keys is refused where a page sends it, and stored nowhere', async (t) => {
  const { options, refused, visitor, device, ok, add, asked, browser, errors } = await stage(t)
  const results = { first: 'c2VjcmV0IG9mIHRoZSBhdXRoZW50aWNhdG9y' }
  for (const prf of [{ enabled: true, results }, { results: {} }, { eval: results }, [], 'x', null]) {
    const { response } = device.create(await options(), { extensions: { prf } })
    const body = { response, name: 'x' }
    await refused(visitor, '/me/passkeys', body, 400, 'prf-leaked', JSON.stringify(prf))
  }
  assert.deepEqual((await ok(visitor, 'GET', '/me')).ways.passkeys, 0)
  const passkey = await add('phone')
  const other = browser()
  const response = passkey.get(await asked(other), { extensions: { prf: { results } } })
  await refused(other, '/sign-in/passkey', { response }, 400, 'prf-leaked')
  assert.deepEqual(errors, [])

  const { response: able } = device.create(await options(), { extensions: { prf: { enabled: true } } })
  const { passkey: added } = await ok(visitor, 'POST', '/me/passkeys', { response: able, name: 'able' })
  assert.equal(added.prf, true)
})

test('her list has names, bounds, and nobody else’s passkeys', async (t) => {
  const { add, visitor, ok, browser, asked, device, options, refused, told, accounts } = await stage(t)
  const passkey = await add('phone')
  await ok(visitor, 'PUT', `/me/passkeys/${passkey.id}`, { name: 'old phone' })
  const { id } = await ok(visitor, 'GET', '/me')
  assert.deepEqual(
    (await accounts.passkeys(id)).map(({ data }) => data.name),
    ['old phone'],
  )
  const wrong = await visitor.ask('PUT', `/me/passkeys/${passkey.id}`, { name: 'x'.repeat(61) })
  assert.deepEqual(wrong.body, { error: 'malformed', member: 'name' })
  const { response } = device.create(await options())
  await ok(visitor, 'POST', '/me/passkeys', { response, name: 'one' })
  // Without an attestation, a key can be shown by anybody who has seen it.
  const seen = device.create(await options()).response
  const { attestationObject } = response['response'] as { attestationObject: string }
  const again = { ...seen, response: { ...(seen['response'] as object), attestationObject } }
  await refused(visitor, '/me/passkeys', { response: again, name: 'two' }, 409, 'passkey-known')

  for (let n = 2; n < 20; n++) await add(`number ${n}`)
  const more = device.create(await options()).response
  await refused(visitor, '/me/passkeys', { response: more, name: 'one more' }, 409, 'too-many')

  const other = browser()
  await ok(other, 'POST', '/sign-in/passkey', { response: passkey.get(await asked(other)) })
  await ok(visitor, 'DELETE', `/me/passkeys/${passkey.id}`, { endOthers: true })
  assert.equal((await other.ask('GET', '/me')).status, 401, 'the sessions that it opened end if she says so')
  const absent = await visitor.ask('DELETE', `/me/passkeys/${passkey.id}`)
  assert.deepEqual([absent.status, absent.body.error], [404, 'passkey-absent'])
  await refused(browser(), '/sign-in/passkey', { response: {} }, 401, 'wrong')
  assert.ok(told.some(({ act }) => act === 'passkey-removed'))
})

test('the last way in stays; changing passkeys asks for a fresh proof (statements 17 and 20)', async (t) => {
  const { add, visitor, ok, clock, refused } = await stage(t)
  const passkey = await add('phone')
  await ok(visitor, 'DELETE', '/me/password')
  const last = await visitor.ask('DELETE', `/me/passkeys/${passkey.id}`)
  assert.deepEqual([last.status, last.body.error], [409, 'last-way'])
  clock.tick(10 * 60_000)
  for (const path of ['/me/passkeys/options', '/me/passkeys'])
    await refused(visitor, path, {}, 403, 'not-fresh')
  const stale = await visitor.ask('DELETE', `/me/passkeys/${passkey.id}`)
  assert.deepEqual([stale.status, stale.body.error], [403, 'not-fresh'])
})

test('an account begins with a passkey, and is signed in with it', async (t) => {
  const { accounts, browser, ok, device, refused, asked, visitor } = await stage(t)
  await ok(visitor, 'PUT', '/admin/settings', { registration: 'open' })
  const alice = browser()
  const begun = await ok(alice, 'POST', '/sign-up/begin', { login: 'alice' })
  assert.equal(begun.passkey.user.name, 'alice')
  const { passkey, response } = device.create(begun.passkey)
  const way = { kind: 'passkey', response, name: 'phone' }
  const another = await ok(browser(), 'POST', '/sign-up/begin', { login: 'alba' })
  await refused(
    browser(),
    '/sign-up',
    { ticket: another.ticket, way },
    410,
    'challenge-expired',
    'not its ticket',
  )
  const { me } = await ok(alice, 'POST', '/sign-up', { ticket: begun.ticket, way, language: 'fr' })
  assert.deepEqual([me.login, me.method, me.ways.passkeys, me.ways.password], ['alice', 'passkey', 1, false])
  assert.equal(me.id, begun.account)
  const other = browser()
  const signedIn = await ok(other, 'POST', '/sign-in/passkey', { response: passkey.get(await asked(other)) })
  assert.equal(signedIn.me.login, 'alice')
  assert.equal(await accounts.byLogin('alba'), undefined)

  await ok(visitor, 'POST', `/admin/people/${me.id}/suspend`)
  const again = passkey.get(await asked(browser()))
  await refused(browser(), '/sign-in/passkey', { response: again }, 410, 'challenge-expired')
  const third = browser()
  const suspended = passkey.get(await asked(third))
  await refused(third, '/sign-in/passkey', { response: suspended }, 401, 'wrong', 'statement 16')
})
