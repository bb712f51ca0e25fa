/** Making accounts at the pages, against the real server. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  makePageOwner,
  makePagePerson,
  newAuth,
  openBrowser,
  signInElsewhere,
} from './support/browser-session.ts'
import { startServer } from './support/server.ts'

test('the link of the first run makes the owner, once', async (t) => {
  const server = await startServer(t)
  const token = new URL(await server.firstRun()).hash.slice(1)
  const browser = openBrowser(server)
  assert.deepEqual((await browser.get('/state')).body.owner, false)
  assert.deepEqual(await browser.post('/setup/look', { token }), { good: true, owner: false })
  assert.deepEqual(await browser.post('/setup/look', { token: 'another' }), { good: false, owner: false })
  await browser.refused('POST', '/setup/begin', { token: 'another', login: 'olga' }, 403, 'setup-token')
  await browser.refused('POST', '/setup/begin', { token, login: 'root' }, 409, 'login-reserved')
  const begun = await browser.post('/setup/begin', { token, login: 'olga' })
  const rival = await browser.post('/setup/begin', { token, login: 'oscar' })
  const way = { kind: 'password', parameters: begun.parameters, auth: newAuth() }
  const words = { auth: newAuth() }
  const { me } = await browser.post('/setup', { ticket: begun.ticket, way, words, language: 'fr' })
  assert.deepEqual(
    [me.login, me.role, me.method, me.language, me.ways.words],
    ['olga', 'owner', 'setup', 'fr', true],
  )
  assert.ok(me.freshUntil > 0)
  const late = openBrowser(server)
  await late.refused('POST', '/setup', { ticket: rival.ticket, way }, 410, 'owner-exists')
  await late.refused('POST', '/setup', { ticket: begun.ticket, way }, 410, 'owner-exists')
  assert.deepEqual(await late.post('/setup/look', { token }), { good: false, owner: true })
})

test('an account begins with its ways in, its words and its keys, or not at all', async (t) => {
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  const { link, invitation } = await olga.browser.post('/me/invitations', {
    label: 'the choir',
    role: 'person',
    most: 3,
    days: 7,
  })
  const token = new URL(link).hash.slice(1)
  assert.match(link, /\/invitation#[\w-]{43}$/)
  const browser = openBrowser(server)

  await t.test('who comes by an invitation sees who invited her', async () => {
    const seen = await browser.post('/invitation/look', { token })
    assert.deepEqual(seen, {
      inviter: 'olga',
      role: 'person',
      label: 'the choir',
      expires: invitation.expires,
    })
    await browser.refused('POST', '/invitation/look', { token: 'another' }, 410, 'invitation-void')
  })

  await t.test('who has none learns nothing of names', async () => {
    const check = (login: string, more = {}) => browser.post('/sign-up/check', { login, ...more })
    assert.deepEqual(await check('olga'), { free: true })
    assert.deepEqual(await check('olga', { invitation: token }), { free: false, problem: 'login-taken' })
    assert.deepEqual(await check('alice', { invitation: token }), { free: true })
    assert.deepEqual(await check('admin'), { free: false, problem: 'login-reserved' })
    assert.deepEqual(await check('Not A Name'), { free: false, problem: 'login-malformed' })
    await browser.refused('POST', '/sign-up/begin', { login: 'alice' }, 403, 'invitation-needed')
  })

  const begin = (login: string, invited = token) =>
    browser.post('/sign-up/begin', { login, invitation: invited })
  const bundleOf = (account: string) => ({
    account,
    revision: 1,
    epoch: 1,
    identity: newAuth(),
    slots: [{ id: 's', kind: 'password' }],
    keyring: { c: 'x' },
    signature: Buffer.alloc(64, 1).toString('base64url'),
  })

  await t.test('what is malformed makes no account', async () => {
    const { ticket, parameters, account } = await begin('alice')
    const way = { kind: 'password', parameters, auth: newAuth() }
    const refused = async (more: object, member: string) => {
      const body = { ticket, way, language: 'en', ...more }
      assert.equal((await browser.refused('POST', '/sign-up', body, 400, 'malformed')).member, member)
    }
    await refused({ way: undefined }, 'way')
    await refused({ way: { kind: 'nothing' } }, 'kind')
    await refused({ words: { auth: 'short' } }, 'auth')
    await refused({ language: 'tlh' }, 'language')
    await refused({ way: { ...way, parameters: { ...parameters, memory: 19_455 } } }, 'memory')
    await refused({ way: { ...way, parameters: { ...parameters, passes: 1 } } }, 'passes')
    await refused({ way: { ...way, parameters: { ...parameters, memory: 2 ** 21 } } }, 'memory')
    await refused({ way: { ...way, parameters: { ...parameters, salt: 'AA' } } }, 'salt')
    const foreign = { ticket, way, bundle: bundleOf('somebody-else') }
    assert.equal((await browser.ask('POST', '/sign-up', foreign)).body.error, 'keys-malformed')
    const forged = `${ticket.slice(0, -2)}AA`
    await browser.refused('POST', '/sign-up', { ticket: forged, way }, 410, 'ticket-void')
    await browser.refused('POST', '/setup', { ticket, way }, 410, 'ticket-void')
    assert.equal((await browser.get('/me')).status, 401)
    assert.ok(account)
  })

  await t.test('a ticket opens one account', async () => {
    const { ticket, parameters, account } = await begin('alice')
    const way = { kind: 'password', parameters, auth: newAuth() }
    const body = { ticket, way, words: { auth: newAuth() }, bundle: bundleOf(account), language: 'en' }
    const both = await Promise.all([1, 2].map(() => openBrowser(server).ask('POST', '/sign-up', body)))
    const made = both.find(({ status }) => status === 200)
    assert.deepEqual(both.map(({ status }) => status).toSorted(), [200, 409])
    assert.equal(made?.body.me.id, account)
    assert.deepEqual([made?.body.me.keys.epoch, made?.body.me.keys.revision], [1, 1])
    await browser.refused('POST', '/sign-up', body, 409, 'login-taken')
    const [mine] = (await olga.browser.get('/me/invitations')).body.invitations
    assert.equal(mine.used, 1)
    const alice = { login: 'alice', id: account, auth: way.auth, wordsAuth: '', browser }
    await signInElsewhere(server, alice)
  })

  await t.test('a salt is new for every beginning', async () => {
    const salts = [await begin('bob'), await begin('bob'), await begin('carla')].map(
      ({ parameters }) => parameters.salt,
    )
    const { parameters } = await browser.post('/sign-in/prelogin', { login: 'bob' })
    assert.equal(new Set([...salts, parameters.salt]).size, 4)
  })

  await t.test('an invitation that was taken back opens nothing, nor do its tickets', async () => {
    const { ticket, parameters } = await begin('bob')
    await olga.browser.delete(`/me/invitations/${invitation.id}`)
    const way = { kind: 'password', parameters, auth: newAuth() }
    await browser.refused('POST', '/sign-up', { ticket, way }, 410, 'invitation-void')
    await browser.refused(
      'POST',
      '/sign-up/begin',
      { login: 'bob', invitation: token },
      410,
      'invitation-void',
    )
  })
})

test('who waits for approval is told so after the right proof, and gets in when approved', async (t) => {
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  await olga.browser.put('/admin/settings', { registration: 'approval' })
  const browser = openBrowser(server)
  const { ticket, parameters, account } = await browser.post('/sign-up/begin', { login: 'alice' })
  const auth = newAuth()
  const way = { kind: 'password', parameters, auth }
  assert.deepEqual(await browser.post('/sign-up', { ticket, way, language: 'en' }), { waiting: true })
  assert.equal(browser.cookies.size, 0)
  await browser.refused('POST', '/sign-in/password', { login: 'alice', auth: newAuth() }, 401, 'wrong')
  const { me } = await browser.post('/sign-in/password', { login: 'alice', auth })
  assert.deepEqual([me.state, me.can], ['waiting', []])
  assert.equal((await browser.get('/me')).body.state, 'waiting')
  assert.equal((await browser.get('/state')).body.me.state, 'waiting')
  await browser.refused('GET', '/me/sessions', undefined, 401, 'signed-out')
  await olga.browser.post(`/admin/people/${account}/approve`)
  assert.equal((await browser.get('/me')).body.state, 'active')
  await browser.get('/me/sessions')
})

test('a person changes her password and words, and keeps one way in', async (t) => {
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  const alice = await makePagePerson(server, olga, 'alice')
  const { browser } = alice
  await browser.refused('DELETE', '/me/password', undefined, 409, 'last-way')
  const words = newAuth()
  await browser.put('/me/words', { auth: words })
  const elsewhere = openBrowser(server)
  const old = { login: 'alice', auth: alice.wordsAuth }
  await elsewhere.refused('POST', '/sign-in/words', old, 401, 'wrong')
  await elsewhere.post('/sign-in/words', { login: 'alice', auth: words })
  await browser.delete('/me/words')
  await browser.delete('/me/words')
  await elsewhere.refused('POST', '/sign-in/words', { login: 'alice', auth: words }, 401, 'wrong')

  const { body } = await browser.ask('POST', '/me/direct-password', { password: 'password1' })
  assert.deepEqual(body, { error: 'password-weak', reason: 'common' })
  const weak = await browser.ask('POST', '/me/direct-password', { password: 'short' })
  assert.deepEqual(weak.body, { error: 'password-weak', reason: 'too-short' })
  await browser.post('/me/direct-password', { password: 'eight owls at the harbour' })
  await browser.delete('/me/direct-password')

  const { entries } = (await browser.get('/me/log')).body
  assert.deepEqual(
    entries.map(({ act }: { act: string }) => act).filter((act: string) => act !== 'signed-in'),
    ['direct-password-removed', 'direct-password-changed', 'words-removed', 'words-changed', 'account-made'],
  )
  assert.ok(entries.every((entry: { mine: boolean; actor: string }) => entry.mine && entry.actor === 'alice'))
  await browser.put('/me/language', { language: 'fr' })
  assert.equal((await browser.get('/me')).body.language, 'fr')
})
