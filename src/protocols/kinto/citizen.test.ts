import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { kintoUnderTest } from '../../../test/support/kinto-door.ts'
import { ALL } from '../../core/permissions/index.ts'
import { policyOf } from '../../core/records/index.ts'
import { tables } from '../../core/ports.ts'
import type { Row, Store, TableName } from '../../core/ports.ts'
import { citizen } from './citizen.ts'

/** All directory rows as text. */
async function directory(store: Store): Promise<string[]> {
  const found: string[] = []
  for (const table of Object.keys(tables) as TableName[])
    for (const row of await store.rows(table, {})) found.push(`${table} ${JSON.stringify(row)}`)
  return found
}

describe('what the server knows of the Kinto door', () => {
  test('its paths have the policies that the core has for them', () => {
    for (const { prefix, policy } of citizen.paths) assert.equal(policyOf(`${prefix}/x`).name, policy)
  })

  test('its words are there in every language, and its scopes are within its paths', () => {
    for (const { title } of citizen.paths) assert.ok(title.en && title.fr)
    for (const { path, bits, title, description } of citizen.scopes) {
      assert.ok(title.en && title.fr && description.en && description.fr)
      assert.ok(bits > 0 && bits <= ALL)
      assert.ok(citizen.paths.some(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`)))
    }
    assert.equal(new Set(citizen.scopes.map(({ verb }) => verb)).size, citizen.scopes.length)
  })

  test('an archive of a home holds the id of its bucket, and the ids that are kept for its person', async (t) => {
    const { ask, person, store } = await kintoUnderTest(t)
    const alice = await person('alice')
    await ask('PUT', '/buckets/kept', { as: 'alice' })
    await ask('DELETE', '/buckets/kept', { as: 'alice' })
    await ask('PUT', '/buckets/b', { as: 'alice' })
    await ask('PUT', '/buckets/default', { as: 'alice' })
    const [row] = await store.rows('bucket', { bucket_id: 'b' })
    assert.deepEqual(await citizen.directoryRows(store, Number(row?.['home_id'])), [{ table: 'bucket', row }])
    const own = await citizen.directoryRows(store, alice.home)
    assert.deepEqual(
      own.map(({ table, row: { kind, name } }) => [table, kind, name]),
      [
        ['bucket', undefined, undefined],
        ['name', 'bucket', 'kept'],
      ],
    )
  })

  test('nothing of an account that ended is left, save that its ids are taken', async (t) => {
    const { ask, person, store, accounts, owner, errors } = await kintoUnderTest(t)
    const before = await directory(store)
    const alice = await person('alice')
    await person('bob')
    const home = alice.home
    await ask('PUT', '/buckets/default/collections/c/records/r', { as: 'alice', body: { data: { a: 1 } } })
    await ask('PUT', '/buckets/default/groups/g', {
      as: 'alice',
      body: { data: { members: ['account:bob'] } },
    })
    const { json } = await ask('GET', '/', { as: 'alice' })
    const { bucket } = (json as unknown as { user: { bucket: string } }).user
    await ask('PATCH', '/buckets/default', { as: 'alice', body: { permissions: { read: ['account:bob'] } } })
    await ask('PUT', '/buckets/once', { as: 'alice' })
    await ask('DELETE', '/buckets/once', { as: 'alice' })
    assert.equal((await ask('GET', `/buckets/${bucket}`, { as: 'bob' })).status, 200)

    await accounts.remove(alice.id)
    await accounts.purgeDue()
    const left = (await directory(store)).filter((line) => !before.includes(line))
    for (const line of left) {
      assert.ok(!line.includes(alice.id), line)
      assert.ok(!line.includes(String(home)), line)
      assert.ok(!line.includes('alice'), line)
      assert.ok(!line.includes(bucket), line)
    }
    assert.equal((await ask('GET', `/buckets/${bucket}`, { as: 'bob' })).status, 403)
    assert.equal((await ask('PUT', '/buckets/once', { as: 'bob' })).status, 403)
    assert.equal((await store.home(home))?.state ?? 'ended', 'ended')
    assert.ok(owner)
    assert.deepEqual(errors, [])
  })

  test('a bucket passes on with its home, and its id is free again where nobody took it', async (t) => {
    const { ask, person, store, accounts, clock } = await kintoUnderTest(t)
    const alice = await person('alice')
    await person('bob')
    await ask('PUT', '/buckets/shared', { as: 'alice', body: { permissions: { write: ['account:bob'] } } })
    await ask('PUT', '/buckets/alone', { as: 'alice', body: { data: { of: 'alice' } } })
    await accounts.remove(alice.id)
    assert.equal((await ask('GET', '/buckets/shared', { as: 'bob' })).status, 200)
    assert.equal((await ask('PUT', '/buckets/alone', { as: 'bob' })).status, 403)
    const [row] = await store.rows('bucket', { bucket_id: 'alone' })
    clock.tick(31 * 86_400_000)
    await store.sweep()
    const again = await ask('PUT', '/buckets/alone', { as: 'bob' })
    assert.equal(again.status, 201, again.text)
    assert.ok(again.revision > Number((row as Row)['modified']))
    assert.deepEqual(await ask('GET', '/buckets/alone', { as: 'bob' }).then(({ json }) => json), {
      permissions: { write: ['account:bob'] },
      data: { id: 'alone', last_modified: again.revision },
    })
  })
})
