import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { kintoUnderTest, type Told } from '../../../test/support/kinto-door.ts'

const open = { KINTO_ACCOUNT_CREATE_PRINCIPALS: 'system.Everyone' }
const strong = 'eleven swarms of bees'
const basic = (login: string, password: string) =>
  `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`
const errno = ({ json }: Told) => (json as { errno?: number }).errno
const answered = (told: Told) => [told.status, errno(told)]

/** No answer may hold what a password was kept as, or what it is. */
function holdsNoSecret({ text }: Told): void {
  assert.ok(!/hash of|password|argon2/i.test(text), text)
}

async function withAlice(t: TestContext, variables: Record<string, string> = {}, options: object = {}) {
  const door = await kintoUnderTest(t, variables, options)
  await door.person('alice')
  const { ask } = door
  const signUp = (login: string, password: string, as?: string) =>
    ask('PUT', `/accounts/${login}`, { ...(as !== undefined && { as }), body: { data: { password } } })
  return { ...door, signUp }
}

describe('accounts of the Kinto door', () => {
  test('are made by the owner, and by nobody without a word from the settings', async (t) => {
    const { signUp, ask } = await withAlice(t)
    assert.deepEqual(answered(await signUp('bob', strong)), [401, 104])
    assert.deepEqual(answered(await signUp('bob', strong, 'alice')), [403, 121])
    assert.deepEqual(answered(await signUp('bob', strong, basic('bob', strong))), [401, 104])
    const made = await signUp('bob', strong, 'olga')
    assert.equal(made.status, 201)
    assert.deepEqual(made.json, {
      permissions: { write: ['account:bob'] },
      data: { id: 'bob', last_modified: made.revision },
    })
    assert.equal((await ask('GET', '/accounts/bob', { as: basic('bob', strong) })).status, 200)
  })

  test('are signed up for with their own credentials, or with none', async (t) => {
    const { signUp, ask } = await withAlice(t, open)
    assert.equal((await signUp('bob', strong)).status, 201)
    assert.equal((await signUp('carol', strong, basic('carol', strong))).status, 201)
    const posted = await ask('POST', '/accounts', {
      body: { data: { id: 'dora', password: strong, age: 7 } },
    })
    assert.equal(posted.status, 201)
    assert.deepEqual(posted.json.data, { id: 'dora', last_modified: posted.revision, age: 7 })
    assert.deepEqual(answered(await signUp('eve', strong, 'alice')), [403, 121])
    assert.equal((await ask('POST', '/accounts', { body: { data: { password: strong } } })).status, 400)
  })

  test('do not change hands: whoever signs up for a login that is taken is refused', async (t) => {
    const { signUp, ask } = await withAlice(t, open)
    assert.deepEqual(answered(await signUp('alice', strong)), [401, 104])
    assert.deepEqual(answered(await signUp('alice', strong, basic('alice', strong))), [401, 105])
    assert.deepEqual(answered(await signUp('ALICE', strong)), [401, 104])
    assert.deepEqual(
      answered(await ask('POST', '/accounts', { body: { data: { id: 'alice', password: strong } } })),
      [401, 104],
    )
    assert.equal((await ask('GET', '/accounts/alice', { as: 'alice' })).status, 200)
  })

  test('a wrong password is 401 everywhere, and never somebody else', async (t) => {
    const { ask, errors } = await withAlice(t, { KINTO_MULTIAUTH_POLICIES: 'account basicauth' })
    const wrong = basic('alice', 'wrong')
    for (const path of ['/', '/buckets', '/accounts/alice', '/buckets/default', '/permissions'])
      assert.deepEqual(answered(await ask('GET', path, { as: wrong })), [401, 105], path)
    // A name that is nobody's is a guest, whose data no account sees.
    const guest = basic('guest', 'any')
    const { json } = await ask('GET', '/', { as: guest })
    assert.match((json as unknown as { user: { id: string } }).user.id, /^basicauth:[0-9a-f]{64}$/)
    assert.equal((await ask('PUT', '/buckets/of-guest', { as: guest })).status, 201)
    assert.equal((await ask('GET', '/buckets/of-guest', { as: 'alice' })).status, 403)
    assert.equal((await ask('GET', '/buckets/of-guest', { as: basic('guest', 'other') })).status, 403)
    assert.deepEqual(errors, [])
  })

  test('no answer holds a password, nor what it is kept as', async (t) => {
    const { ask, signUp } = await withAlice(t, open)
    holdsNoSecret(await signUp('bob', strong))
    const as = basic('bob', strong)
    const body = { data: { password: 'twelve swarms of bees', n: 1 } }
    holdsNoSecret(await ask('PATCH', '/accounts/bob', { as, body }))
    const next = basic('bob', 'twelve swarms of bees')
    for (const behavior of ['light', 'diff'])
      holdsNoSecret(
        await ask('PATCH', '/accounts/bob', {
          as: next,
          body: { data: { password: 'twelve swarms of bees', n: 2 } },
          headers: { 'response-behavior': behavior },
        }),
      )
    holdsNoSecret(await ask('GET', '/accounts/bob', { as: next }))
    holdsNoSecret(await ask('GET', '/accounts', { as: next }))
    holdsNoSecret(await ask('GET', '/accounts', { as: 'olga' }))
    const stale = await ask('PUT', '/accounts/bob', {
      as: next,
      body: { data: { password: strong } },
      headers: { 'if-match': '"1"' },
    })
    assert.equal(stale.status, 412)
    holdsNoSecret(stale)
    holdsNoSecret(await ask('DELETE', '/accounts/bob', { as: next }))
  })

  test('a new password takes the place of the old one at once', async (t) => {
    const { ask } = await withAlice(t)
    assert.equal((await ask('GET', '/accounts/alice', { as: 'alice' })).status, 200)
    const changed = await ask('PATCH', '/accounts/alice', {
      as: 'alice',
      body: { data: { password: strong } },
    })
    assert.equal(changed.status, 200)
    assert.deepEqual(answered(await ask('GET', '/accounts/alice', { as: 'alice' })), [401, 105])
    assert.equal((await ask('GET', '/accounts/alice', { as: basic('alice', strong) })).status, 200)
  })

  test('weak passwords are refused on a server that is none of tests', async (t) => {
    const { signUp } = await withAlice(t, {}, { unsafeTest: false })
    for (const password of ['', 'short', 'password', 'x'.repeat(2000)])
      assert.equal((await signUp('frieda', password, 'olga')).status, 400, password)
    assert.equal((await signUp('frieda', strong, 'olga')).status, 201)
  })

  test('bad logins, bodies and permissions are refused', async (t) => {
    const { ask, signUp } = await withAlice(t)
    for (const login of ['-x', 'a%20b', 'a:b', '.', '%00', 'x'.repeat(65), '__proto__'])
      assert.equal((await signUp(login, strong, 'olga')).status, 400, login)
    for (const body of [
      {},
      { data: {} },
      { data: { password: 7 } },
      { data: { password: null } },
      { data: [] },
    ])
      assert.equal(
        (await ask('PUT', '/accounts/bob', { as: 'olga', body })).status,
        400,
        JSON.stringify(body),
      )
    for (const [method, body] of [
      ['PUT', { data: { id: 'other', password: strong } }],
      ['PUT', { data: { password: strong }, permissions: { write: ['account:bob'] } }],
      ['PATCH', { permissions: { read: ['system.Everyone'] } }],
      ['PATCH', { data: { id: 'other' } }],
    ] as const)
      assert.equal(
        (await ask(method, '/accounts/alice', { as: 'alice', body })).status,
        400,
        JSON.stringify(body),
      )
  })

  test('are their person’s alone, and the owner only sees them', async (t) => {
    const { ask, person } = await withAlice(t)
    await person('bob')
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
      const asked = { body: { data: { password: strong } } }
      assert.deepEqual(
        answered(await ask(method, '/accounts/alice', { as: 'bob', ...asked })),
        [403, 121],
        method,
      )
      assert.deepEqual(answered(await ask(method, '/accounts/alice', asked)), [401, 104], method)
      assert.deepEqual(
        answered(await ask(method, '/accounts/nobody', { as: 'bob', ...asked })),
        [403, 121],
        method,
      )
    }
    const ids = async (as: string) =>
      ((await ask('GET', '/accounts?_sort=id', { as })).json.data as unknown as { id: string }[]).map(
        ({ id }) => id,
      )
    assert.deepEqual(await ids('bob'), ['bob'])
    assert.deepEqual(await ids('olga'), ['alice', 'bob', 'olga'])
    assert.equal((await ask('GET', '/accounts')).status, 401)
    assert.equal((await ask('GET', '/accounts/alice', { as: 'olga' })).status, 200)
    assert.equal((await ask('PATCH', '/accounts/alice', { as: 'olga', body: { data: {} } })).status, 403)
  })

  test('administrators of the settings may do everything with them', async (t) => {
    const { ask, person } = await withAlice(t, { KINTO_ACCOUNT_WRITE_PRINCIPALS: 'account:root2' })
    await person('root2')
    await person('bob')
    const as = 'root2'
    assert.equal(
      (await ask('PUT', '/accounts/new', { as, body: { data: { password: strong } } })).status,
      201,
    )
    assert.equal(
      (await ask('PATCH', '/accounts/alice', { as, body: { data: { password: strong } } })).status,
      200,
    )
    assert.equal((await ask('GET', '/accounts/alice', { as: basic('alice', strong) })).status, 200)
    assert.equal((await ask('DELETE', '/accounts/bob', { as })).status, 200)
    assert.deepEqual(answered(await ask('DELETE', '/accounts/olga', { as })), [403, 121])
    const page = await ask('GET', '/accounts?_limit=2&_sort=id', { as })
    assert.ok(page.headers['next-page'])
    const total = await ask('HEAD', '/accounts', { as })
    assert.equal(total.headers['total-objects'], '4')
    assert.deepEqual(answered(await ask('GET', '/accounts/bob', { as })), [404, 110])
  })

  test('end with all that is theirs, and their login is not given away', async (t) => {
    const { ask, signUp } = await withAlice(t, open)
    await ask('PUT', '/buckets/default/collections/c/records/r', { as: 'alice', body: { data: {} } })
    const ended = await ask('DELETE', '/accounts/alice', { as: 'alice' })
    assert.deepEqual(ended.json, { data: { id: 'alice', last_modified: ended.revision, deleted: true } })
    assert.equal((await ask('GET', '/buckets/default', { as: 'alice' })).status, 401)
    assert.deepEqual(answered(await signUp('alice', strong)), [403, 121])
    assert.deepEqual(answered(await signUp('Alice', strong)), [403, 121])
  })
})
