import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { kintoUnderTest } from '../../../test/support/kinto-door.ts'
import { anyHome } from '../../core/permissions/index.ts'
import { citizen } from './citizen.ts'

const bucket = '/buckets/b'
const collection = `${bucket}/collections/c`
const records = `${collection}/records`

/** Alice has a bucket with a collection and two records; Bob and Carol have accounts. */
async function shared(t: TestContext) {
  const door = await kintoUnderTest(t)
  const { ask, person } = door
  for (const login of ['alice', 'bob', 'carol']) await person(login)
  await ask('PUT', bucket, { as: 'alice' })
  await ask('PUT', collection, { as: 'alice' })
  for (const id of ['r', 's']) await ask('PUT', `${records}/${id}`, { as: 'alice', body: { data: { n: 1 } } })
  const share = (path: string, permissions: Record<string, string[]>, as = 'alice') =>
    ask('PATCH', path, { as, body: { permissions } })
  const status = async (method: string, path: string, as?: string, body?: unknown) =>
    (await ask(method, path, { ...(as !== undefined && { as }), ...(body !== undefined && { body }) })).status
  const ids = async (path: string, as: string) => {
    const { json } = await ask('GET', path, { as })
    return ((json as { data?: { id: string }[] }).data ?? []).map(({ id }) => id).toSorted()
  }
  return { ...door, share, status, ids }
}

describe('sharing', () => {
  test('what somebody makes is hers alone', async (t) => {
    const { status, ask } = await shared(t)
    for (const path of [bucket, collection, `${records}/r`]) {
      assert.equal(await status('GET', path, 'bob'), 403)
      assert.equal(await status('PATCH', path, 'bob', { data: { x: 1 } }), 403)
      assert.equal(await status('DELETE', path, 'bob'), 403)
    }
    assert.equal(await status('GET', records, 'bob'), 403)
    assert.equal(await status('POST', records, 'bob', {}), 403)
    const anonymous = await ask('GET', `${records}/r`)
    assert.equal(anonymous.status, 401)
    assert.match(anonymous.headers['www-authenticate'] ?? '', /^Basic /)
    assert.equal((anonymous.json as { errno?: number }).errno, 104)
  })

  test('whoever may not read a list does not learn what is in it', async (t) => {
    const { ask } = await shared(t)
    for (const id of ['r', 'nothing']) {
      const { status, json } = await ask('GET', `${records}/${id}`, { as: 'bob' })
      assert.equal(status, 403)
      assert.equal((json as { errno?: number }).errno, 121)
    }
    const there = await ask('GET', bucket, { as: 'bob' })
    const nowhere = await ask('GET', '/buckets/nowhere', { as: 'bob' })
    assert.deepEqual([there.status, there.text], [nowhere.status, nowhere.text])
  })

  test('a permission reaches everything below', async (t) => {
    const { share, status, ask } = await shared(t)
    await share(bucket, { read: ['account:bob'] })
    for (const path of [bucket, collection, records, `${records}/r`])
      assert.equal(await status('GET', path, 'bob'), 200)
    assert.equal(await status('PUT', `${records}/r`, 'bob', { data: {} }), 403)
    assert.deepEqual((await ask('GET', `${records}/r`, { as: 'bob' })).json['permissions'], {})
    await share(collection, { write: ['account:bob'] })
    assert.equal(await status('PUT', `${records}/r`, 'bob', { data: {} }), 200)
    assert.equal(await status('PUT', `${records}/new`, 'bob', { data: {} }), 201)
    assert.equal(await status('PATCH', bucket, 'bob', { data: {} }), 403)
    assert.deepEqual((await ask('GET', `${records}/r`, { as: 'bob' })).json['permissions'], {
      write: ['account:alice'],
    })
  })

  test('it ends when it is taken back', async (t) => {
    const { share, status } = await shared(t)
    await share(collection, { write: ['account:bob'] })
    assert.equal(await status('GET', `${records}/r`, 'bob'), 200)
    await share(collection, { write: ['account:alice'] })
    assert.equal(await status('GET', `${records}/r`, 'bob'), 403)
  })

  test('a list shows what is shared of it, and what one has made oneself', async (t) => {
    const { share, ids, status, ask } = await shared(t)
    await share(`${records}/r`, { read: ['account:bob'] })
    assert.deepEqual(await ids(records, 'bob'), ['r'])
    const head = await ask('HEAD', records, { as: 'bob' })
    assert.equal(head.headers['total-objects'], '1')
    await share(collection, { 'record:create': ['account:bob'] })
    assert.equal(await status('PUT', `${records}/mine`, 'bob', { data: {} }), 201)
    assert.deepEqual(await ids(records, 'bob'), ['mine', 'r'])
    assert.deepEqual(await ids(`${records}?n=1`, 'bob'), ['r'])
    assert.equal(await status('GET', `${records}/s`, 'bob'), 403)
    assert.deepEqual(await ids(records, 'alice'), ['mine', 'r', 's'])
    await share(`${records}/r`, { read: [] })
    assert.deepEqual(await ids(records, 'bob'), ['mine'])
  })

  test('whoever may make records may change her own, and not those of others', async (t) => {
    const { share, status } = await shared(t)
    await share(collection, { 'record:create': ['account:bob', 'account:carol'] })
    assert.equal(await status('PUT', `${records}/of-bob`, 'bob', { data: {} }), 201)
    assert.equal(await status('PATCH', `${records}/of-bob`, 'bob', { data: { x: 1 } }), 200)
    assert.equal(await status('GET', `${records}/of-bob`, 'carol'), 403)
    assert.equal(await status('PUT', `${records}/of-bob`, 'carol', { data: {} }), 403)
    assert.equal(await status('DELETE', `${records}/of-bob`, 'bob'), 200)
    assert.equal(await status('PATCH', collection, 'bob', { data: {} }), 403)
  })

  test('deleting a list deletes only what one may delete', async (t) => {
    const { share, ids, ask } = await shared(t)
    await share(collection, { 'record:create': ['account:bob'] })
    await ask('PUT', `${records}/mine`, { as: 'bob', body: { data: {} } })
    const deleted = await ask('DELETE', records, { as: 'bob' })
    assert.deepEqual(
      (deleted.json as unknown as { data: { id: string }[] }).data.map(({ id }) => id),
      ['mine'],
    )
    assert.deepEqual(await ids(records, 'alice'), ['r', 's'])
  })

  test('everyone reads what is shared with everyone, and the signed in what is shared with them', async (t) => {
    const { share, status } = await shared(t)
    await share(`${records}/r`, { read: ['system.Authenticated'] })
    assert.equal(await status('GET', `${records}/r`), 401)
    assert.equal(await status('GET', `${records}/r`, 'carol'), 200)
    await share(`${records}/r`, { read: ['system.Everyone'] })
    assert.equal(await status('GET', `${records}/r`), 200)
    assert.equal(await status('PUT', `${records}/r`, undefined, { data: {} }), 401)
  })

  test('PUT replaces permission lists, PATCH those that it names; who writes them stays a writer', async (t) => {
    const { ask, share } = await shared(t)
    const permissions = async (as = 'alice') =>
      (await ask('GET', `${records}/r`, { as })).json['permissions'] as unknown
    await share(`${records}/r`, { read: ['account:bob'], write: ['account:carol'] })
    assert.deepEqual(await permissions(), {
      read: ['account:bob'],
      write: ['account:alice', 'account:carol'],
    })
    await share(`${records}/r`, { read: ['account:carol'] })
    assert.deepEqual(await permissions(), {
      read: ['account:carol'],
      write: ['account:alice', 'account:carol'],
    })
    await ask('PUT', `${records}/r`, {
      as: 'alice',
      body: { data: {}, permissions: { read: ['account:bob'] } },
    })
    assert.deepEqual(await permissions(), { read: ['account:bob'], write: ['account:alice'] })
    await ask('PUT', `${records}/r`, { as: 'alice', body: { data: { n: 2 } } })
    assert.deepEqual(await permissions(), { read: ['account:bob'], write: ['account:alice'] })
  })

  test('an unknown name or permission is refused where it could not mean anything', async (t) => {
    const { ask, status } = await shared(t)
    for (const permissions of [
      { admin: ['account:bob'] },
      { read: 'account:bob' },
      { read: [1] },
      { read: [''] },
      ['read'],
    ])
      assert.equal(
        await status('PATCH', `${records}/r`, 'alice', { permissions }),
        400,
        JSON.stringify(permissions),
      )
    const kept = await ask('PATCH', `${records}/r`, {
      as: 'alice',
      body: { permissions: { read: ['account:nobody', 'github:x'] } },
    })
    assert.equal(kept.status, 200)
    assert.deepEqual((kept.json['permissions'] as unknown as { read: string[] }).read, [
      'account:nobody',
      'github:x',
    ])
  })

  test('a name that was shared with before somebody had it gives her nothing', async (t) => {
    const { share, status, person } = await shared(t)
    await share(`${records}/r`, { read: ['account:dora'] })
    await person('dora')
    assert.equal(await status('GET', `${records}/r`, 'dora'), 403)
  })

  test('an app writes what its person may write, and shares nothing', async (t) => {
    const { ask, accounts, share } = await shared(t)
    const alice = await accounts.byLogin('alice')
    assert.ok(alice)
    const scopes = citizen.scopes
      .filter(({ verb }) => verb === 'rw')
      .map(({ path, bits }) => ({ home: anyHome, path, bits }))
    const { text } = await accounts.createAppPassword(alice.id, { door: 'kinto', label: 'notes', scopes })
    const as = `Basic ${Buffer.from(`alice:${text}`).toString('base64')}`
    assert.equal((await ask('PUT', `${records}/app`, { as, body: { data: { n: 3 } } })).status, 201)
    assert.equal((await ask('PUT', '/buckets/default/collections/x', { as })).status, 201)
    assert.equal((await ask('PUT', '/buckets/of-app', { as })).status, 201)
    const sharing = { permissions: { read: ['account:bob'] } }
    assert.equal((await ask('PATCH', `${records}/app`, { as, body: sharing })).status, 403)
    assert.equal((await ask('PUT', `${records}/app2`, { as, body: { data: {}, ...sharing } })).status, 403)
    assert.equal((await ask('PUT', '/buckets/of-app2', { as, body: sharing })).status, 403)
    for (const path of ['/accounts/alice', '/accounts/olga'])
      assert.equal((await ask('GET', path, { as })).status, 403)
    assert.equal(
      (await ask('PATCH', '/accounts/alice', { as, body: { data: { password: 'x'.repeat(20) } } })).status,
      403,
    )
    const uris = ((await ask('GET', '/permissions', { as })).json as unknown as { data: { uri: string }[] })
      .data
    assert.ok(uris.some(({ uri }) => uri.endsWith('/collections/x')))
    assert.ok(uris.every(({ uri }) => !uri.startsWith('/accounts')))
    // What others share with her, the app may write as she may.
    await ask('PUT', '/buckets/of-bob', { as: 'bob' })
    await share('/buckets/of-bob', { write: ['account:alice'] }, 'bob')
    assert.equal((await ask('PUT', '/buckets/of-bob/collections/c', { as })).status, 201)
  })
})

describe('groups', () => {
  test('give their members what they are given, for as long as they are members', async (t) => {
    const { ask, share, status } = await shared(t)
    const group = `${bucket}/groups/friends`
    await ask('PUT', group, { as: 'alice', body: { data: { members: ['account:bob'] } } })
    await share(collection, { read: [group] })
    assert.equal(await status('GET', `${records}/r`, 'bob'), 200)
    assert.equal(await status('GET', `${records}/r`, 'carol'), 403)
    await ask('PATCH', group, {
      as: 'alice',
      body: { data: { members: ['account:carol', 'account:carol'] } },
    })
    assert.equal(await status('GET', `${records}/r`, 'bob'), 403)
    assert.equal(await status('GET', `${records}/r`, 'carol'), 200)
    const read = await ask('GET', collection, { as: 'alice' })
    assert.deepEqual((read.json['permissions'] as unknown as { read: string[] }).read, [group])
    await ask('DELETE', group, { as: 'alice' })
    assert.equal(await status('GET', `${records}/r`, 'carol'), 403)
  })

  test('are shown to who is in them', async (t) => {
    const { ask } = await shared(t)
    const group = `${bucket}/groups/friends`
    await ask('PUT', group, { as: 'alice', body: { data: { members: ['account:bob'] } } })
    const { json } = await ask('GET', '/', { as: 'bob' })
    const { user } = json as unknown as { user: { principals: string[] } }
    assert.deepEqual(user.principals, ['account:bob', 'system.Authenticated', 'system.Everyone', group])
  })

  test('of one bucket may be named in another, and mean nothing once their bucket is gone', async (t) => {
    const { ask, status } = await shared(t)
    await ask('PUT', '/buckets/team', { as: 'carol' })
    await ask('PUT', '/buckets/team/groups/g', { as: 'carol', body: { data: { members: ['account:bob'] } } })
    await ask('PATCH', `${records}/r`, {
      as: 'alice',
      body: { permissions: { read: ['/buckets/team/groups/g'] } },
    })
    assert.equal(await status('GET', `${records}/r`, 'bob'), 200)
    await ask('DELETE', '/buckets/team', { as: 'carol' })
    assert.equal(await status('GET', `${records}/r`, 'bob'), 403)
    await ask('PUT', '/buckets/team', { as: 'carol' })
    await ask('PUT', '/buckets/team/groups/g', { as: 'carol', body: { data: { members: ['account:bob'] } } })
    assert.equal(await status('GET', `${records}/r`, 'bob'), 403)
    const read = await ask('GET', `${records}/r`, { as: 'alice' })
    assert.deepEqual(read.json['permissions'], { write: ['account:alice'] })
  })

  test('refuse members that are none', async (t) => {
    const { status } = await shared(t)
    for (const members of ['account:bob', [1], ['system.Everyone'], ['/buckets/b/groups/x'], [''], null])
      assert.equal(
        await status('PUT', `${bucket}/groups/g`, 'alice', { data: { members } }),
        400,
        JSON.stringify(members),
      )
    assert.equal(await status('GET', `${bucket}/groups/g`, 'alice'), 404)
  })

  test('lose a member whose account ends', async (t) => {
    const { ask, accounts, status } = await shared(t)
    const group = `${bucket}/groups/g`
    await ask('PUT', group, { as: 'alice', body: { data: { members: ['account:bob'] } } })
    await ask('PATCH', collection, { as: 'alice', body: { permissions: { read: [group] } } })
    const bob = await accounts.byLogin('bob')
    assert.ok(bob)
    await accounts.remove(bob.id)
    assert.equal(await status('GET', `${records}/r`, 'bob'), 401)
    assert.equal(await status('GET', group, 'alice'), 200)
  })
})
