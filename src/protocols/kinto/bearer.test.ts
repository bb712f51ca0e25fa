import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { kintoUnderTest } from '../../../test/support/kinto-door.ts'

const notes = '/buckets/default/collections/notes/records'
const tasks = '/buckets/default/collections/tasks/records'
const shared = '/buckets/club/collections/minutes/records'

/** Alice with data of her own and a bucket of Olga's that she may write, and tokens with scopes. */
async function scene(t: TestContext) {
  const door = await kintoUnderTest(t)
  const { ask, person, apps } = door
  const alice = await person('alice')
  for (const path of [`${notes}/n`, `${tasks}/t`])
    assert.equal((await ask('PUT', path, { as: 'alice', body: { data: { of: 'alice' } } })).status, 201)
  await ask('PUT', '/buckets/club', { as: 'olga', body: { permissions: { write: ['account:alice'] } } })
  await ask('PUT', '/buckets/club/collections/minutes', { as: 'olga' })
  await ask('PUT', `${shared}/m`, { as: 'olga', body: { data: {} } })
  await ask('PUT', '/buckets/private', { as: 'olga' })
  const token = async (...scopes: string[]) => {
    const made = await apps.createToken(alice.id, { name: 'T', scopes })
    return { ...made, as: `Bearer ${made.text}` }
  }
  return { ...door, alice, token }
}

/** What each of these requests is answered with: reading and writing in notes, tasks and the club. */
async function reach(ask: Awaited<ReturnType<typeof scene>>['ask'], as: string) {
  const told: Record<string, string> = {}
  for (const [name, list, id] of [
    ['notes', notes, 'n'],
    ['tasks', tasks, 't'],
    ['club', shared, 'm'],
  ] as const) {
    const read = [(await ask('GET', list, { as })).status, (await ask('GET', `${list}/${id}`, { as })).status]
    const body = { data: { by: 'app' } }
    const write = [
      (await ask('PATCH', `${list}/${id}`, { as, body })).status,
      (await ask('POST', list, { as, body })).status,
    ]
    const mark = (statuses: number[], good: number[]) =>
      statuses.every((status, at) => status === good[at])
        ? '+'
        : statuses.every((status) => status === 403)
          ? '-'
          : statuses.join()
    told[name] = `r${mark(read, [200, 200])} w${mark(write, [200, 201])}`
  }
  return told
}

describe('a token at this door', () => {
  test('is told of what its scopes reach, and not even that the rest is there', async (t) => {
    const { ask, token } = await scene(t)
    await ask('PUT', `${shared}/m`, {
      as: 'olga',
      body: { data: {}, permissions: { read: ['account:alice'] } },
    })
    const told = async (...scopes: string[]) => {
      const { as } = await token(...scopes)
      const { status, json } = await ask('GET', '/permissions', { as })
      assert.equal(status, 200)
      const entries = (json as { data: { uri: string; permissions: string[] }[] }).data
      return Object.fromEntries(
        entries.map(({ uri, permissions }) => [
          uri.replace(/buckets\/[0-9a-f-]{30,}/, 'buckets/hers'),
          permissions.includes('write') ? 'write' : permissions.join(),
        ]),
      )
    }
    assert.deepEqual(await told('kinto:default/notes:r'), {
      '/buckets/hers/collections/notes': 'read:attributes,read',
    })
    assert.deepEqual(await told('kinto:default/notes:rw'), { '/buckets/hers/collections/notes': 'write' })
    assert.deepEqual(await told('kinto:club/minutes:r'), {
      '/buckets/club/collections/minutes/records/m': 'read',
    })
    assert.deepEqual(await told('openid'), {})
    const everything = await told('kinto:r')
    assert.equal(everything['/buckets/hers/collections/tasks'], 'read:attributes,read')
    assert.equal(everything['/buckets/club'], 'read:attributes,read')
    assert.equal(Object.values(everything).includes('write'), false)
    const all = await told('kinto:rw')
    assert.equal(all['/buckets/club'], 'write')
  })

  test('reaches what its scopes say, and is refused everything else', async (t) => {
    const { ask, token, errors } = await scene(t)
    const all = { notes: 'r+ w+', tasks: 'r+ w+', club: 'r+ w+' }
    const none = { notes: 'r- w-', tasks: 'r- w-', club: 'r- w-' }
    const table: Record<string, Partial<typeof all>> = {
      'kinto:rw': all,
      'kinto:r': { notes: 'r+ w-', tasks: 'r+ w-', club: 'r+ w-' },
      'kinto:default/notes:rw': { notes: 'r+ w+' },
      'kinto:default/notes:r': { notes: 'r+ w-' },
      'kinto:default:rw': { notes: 'r+ w+', tasks: 'r+ w+' },
      'kinto:club:r': { club: 'r+ w-' },
      'kinto:club/minutes:rw': { club: 'r+ w+' },
      'notes:rw': { notes: 'r+ w+' },
      'tasks:r': { tasks: 'r+ w-' },
      'nothing:rw': {},
      openid: {},
      profile: {},
      offline_access: {},
    }
    for (const [scope, reached] of Object.entries(table))
      assert.deepEqual(await reach(ask, (await token(scope)).as), { ...none, ...reached }, scope)
    const both = await token('notes:r', 'kinto:club/minutes:rw')
    assert.deepEqual(await reach(ask, both.as), { ...none, notes: 'r+ w-', club: 'r+ w+' })
    assert.deepEqual(errors, [])
  })

  test('never does more than its person may', async (t) => {
    const { ask, token, apps, alice } = await scene(t)
    const { as } = await token('kinto:rw')
    assert.equal((await ask('GET', '/buckets/private', { as })).status, 403)
    for (const scope of ['kinto:private:r', 'kinto:private/x:rw', 'kinto:none:r'])
      await assert.rejects(apps.createToken(alice.id, { name: 'T', scopes: [scope] }), {
        code: 'target-absent',
      })
    const later = await token('kinto:club:rw')
    await ask('PATCH', '/buckets/club', { as: 'olga', body: { permissions: { write: ['account:olga'] } } })
    for (const one of [as, later.as]) assert.equal((await ask('GET', `${shared}/m`, { as: one })).status, 403)
  })

  test('shares nothing, makes no accounts and touches none', async (t) => {
    const { ask, token } = await scene(t)
    const { as } = await token('kinto:rw')
    const body = { data: {}, permissions: { read: ['system.Everyone'] } }
    assert.equal((await ask('PUT', `${notes}/shared`, { as, body })).status, 403)
    assert.equal((await ask('PATCH', `${notes}/n`, { as, body })).status, 403)
    for (const [method, path] of [
      ['GET', '/accounts/alice'],
      ['DELETE', '/accounts/alice'],
      ['GET', '/accounts/olga'],
    ] as const)
      assert.equal((await ask(method, path, { as })).status, 403, `${method} ${path}`)
    const own = { data: { id: 'mallory', password: 'eleven swarms of bees' } }
    assert.notEqual((await ask('POST', '/accounts', { as, body: own })).status, 201)
    assert.equal((await ask('GET', '/', { as: 'alice' })).status, 200)
  })

  test('is greeted as its person', async (t) => {
    const { ask, token } = await scene(t)
    const { as } = await token('kinto:r')
    const { user } = (await ask('GET', '/', { as })).json as unknown as {
      user: { id: string; bucket: string }
    }
    const hers = (await ask('GET', '/', { as: 'alice' })).json as unknown as {
      user: { id: string; bucket: string }
    }
    assert.deepEqual([user.id, user.bucket], [hers.user.id, hers.user.bucket])
  })

  test('is refused with the reason, in this API’s errors and in those of RFC 6750', async (t) => {
    const { ask, token, accounts, alice, clock } = await scene(t)
    const refused = async (as: string, fault: string) => {
      const { status, json, headers } = await ask('GET', notes, { as })
      const { code, errno, error, message } = json as unknown as Record<string, unknown>
      assert.deepEqual([status, code, errno, error], [401, 401, 105, 'Unauthorized'])
      assert.match(String(message), new RegExp(fault))
      assert.equal(
        headers['www-authenticate'],
        `Bearer realm="Essaim", error="invalid_token", error_description="${String(message)}"`,
      )
    }
    await refused('Bearer x', 'not written as a token')
    await refused(`Bearer ${'x'.repeat(43)}`, 'never given')
    const { as, grant } = await token('kinto:r')
    assert.equal((await ask('GET', notes, { as })).status, 200)
    await accounts.suspendGrant(alice.id, grant.id, true)
    await refused(as, 'paused')
    await accounts.suspendGrant(alice.id, grant.id, false)
    assert.equal((await ask('GET', notes, { as })).status, 200)
    await accounts.revokeGrant(alice.id, grant.id)
    await refused(as, 'taken back')
    const other = await token('kinto:r')
    await accounts.change(alice.id, { state: 'suspended' })
    await refused(other.as, 'account')
    await accounts.change(alice.id, { state: 'active' })
    assert.equal((await ask('GET', notes, { as: other.as })).status, 200)
    clock.tick()
  })

  test('is told what would help where it was allowed too little', async (t) => {
    const { ask, token } = await scene(t)
    const { as } = await token('notes:r')
    const { status, json, headers } = await ask('POST', notes, { as, body: { data: {} } })
    const { errno, message } = json as unknown as Record<string, unknown>
    assert.deepEqual([status, errno], [403, 121])
    assert.match(String(message), /not allowed.*scope/)
    assert.match(headers['www-authenticate'] ?? '', /^Bearer realm="Essaim", error="insufficient_scope", /)
    const hers = await ask('GET', '/buckets/private', { as: 'alice' })
    assert.equal(hers.headers['www-authenticate'], undefined)
  })

  test('is not taken from an address', async (t) => {
    const { ask, token } = await scene(t)
    const { text, as } = await token('kinto:rw')
    for (const query of [
      `access_token=${text}`,
      `_limit=1&access_token=${text}`,
      `access%5Ftoken=${text}`,
      'access_token',
    ])
      for (const path of [`${notes}?${query}`, `//buckets/default?${query}`, `/?${query}`]) {
        const { status, json, text: told } = await ask('GET', path, { as })
        assert.equal(status, 400, path)
        assert.match(String((json as unknown as { message: string }).message), /Authorization header/)
        assert.ok(!told.includes(text))
      }
    const body = { requests: [{ method: 'GET', path: `${notes}?access_token=${text}` }] }
    const batch = (await ask('POST', '/batch', { as, body })).json as unknown as {
      responses: { status: number }[]
    }
    assert.equal(batch.responses[0]?.status, 400)
    assert.equal((await ask('GET', `${notes}?not_access_token=1&my.access_token=2`, { as })).status, 200)
  })

  test('that a link of another site brings along is not taken', async (t) => {
    const { ask, token } = await scene(t)
    const { as } = await token('kinto:r')
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
    assert.equal((await ask('GET', notes, { as, headers })).status, 401)
    assert.equal(
      (await ask('GET', notes, { as, headers: { ...headers, 'sec-fetch-mode': 'cors' } })).status,
      200,
    )
  })

  test('carries a batch within its scopes', async (t) => {
    const { ask, token } = await scene(t)
    const { as } = await token('notes:rw')
    const body = {
      requests: [
        { method: 'PUT', path: `${notes}/a`, body: { data: {} } },
        { method: 'PUT', path: `${tasks}/a`, body: { data: {} } },
        { method: 'GET', path: notes },
      ],
    }
    const { json } = await ask('POST', '/batch', { as, body })
    const { responses } = json as unknown as { responses: { status: number }[] }
    assert.deepEqual(
      responses.map(({ status }) => status),
      [201, 403, 200],
    )
  })

  test('is told in a batch what it is told outside', async (t) => {
    const { ask, token } = await scene(t)
    const { as } = await token('notes:r')
    const taken = 'Bearer essaim_takenbackbyitsperson'
    const write = { method: 'POST', path: notes, body: { data: {} } }
    // Of records alone, with something else beside it, and without a write: each is carried out in its own way.
    for (const requests of [
      [write],
      [write, { method: 'PUT', path: '/buckets/default/collections/notes' }],
      [
        { method: 'GET', path: tasks },
        { ...write, headers: { Authorization: taken } },
      ],
      [{ method: 'GET', path: tasks }],
    ]) {
      const { json } = await ask('POST', '/batch', { as, body: { requests } })
      const { responses } = json as unknown as { responses: { headers: object; body: object }[] }
      for (const [i, { method, path, ...more }] of requests.entries()) {
        const headers = { as, ...('headers' in more ? { as: taken } : {}) }
        const alone = await ask(method, path, { ...headers, ...('body' in more ? { body: more.body } : {}) })
        assert.ok([401, 403].includes(alone.status), path)
        const named = Object.entries(responses[i]!.headers).find(([name]) => name === 'WWW-Authenticate')
        assert.deepEqual([named?.[1], responses[i]!.body], [alone.headers['www-authenticate'], alone.json])
        assert.match(String(named?.[1]), alone.status === 403 ? /insufficient_scope/ : /invalid_token/)
      }
    }
  })

  test('is counted, with the places where it was, and without a write', async (t) => {
    const { ask, token, apps, store, alice } = await scene(t)
    const { as, grant } = await token('kinto:rw')
    for (let i = 0; i < 3; i++) await ask('GET', notes, { as })
    await ask('GET', '/buckets/private', { as })
    await ask('POST', '/batch', {
      as,
      body: {
        requests: [
          { method: 'GET', path: tasks },
          { method: 'GET', path: shared },
        ],
      },
    })
    await ask('GET', '/', { as })
    assert.deepEqual(await store.rows('grant_use', {}), [])
    const line = async () =>
      (await apps.apps(alice.id, { language: 'en' })).apps.find(({ id }) => id === grant.id)
    const seen = await line()
    assert.deepEqual(seen?.uses, [0, 0, 0, 0, 0, 0, 6])
    assert.deepEqual(
      new Set(seen?.touched.map(({ space, name }) => `${space ?? ''}/${name}`)),
      new Set(['/notes', '/tasks', 'club/minutes']),
    )
    await apps.uses.flush()
    assert.deepEqual((await line())?.uses, seen?.uses)
    assert.equal((await store.rows('grant_use', {})).length, 1)
  })
})
