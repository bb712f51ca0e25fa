import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { pagesUnderTest } from '../../../test/support/pages-door.ts'
import { pageShared } from '../../core/apps/index.ts'
import { ADMIN, KINTO_READ, KINTO_WRITE, SEND } from '../../core/permissions/index.ts'
import type { HomeInput } from '../../core/records/index.ts'
import { commitStep } from '../../core/records/index.ts'

async function scene(t: TestContext) {
  const pages = await pagesUnderTest(t)
  const { visitor } = await pages.owner()
  const { store, accounts } = pages
  const olga = (await accounts.byLogin('olga'))!
  const bob = await accounts.create({ login: 'bob' })
  const allow = (home: number, path: string, principal: string, bits: number, more = {}) => {
    const entry = { kind: 'access', home, path, principal, source: 'given', bits, ...more } as const
    return commitStep(store, { changes: [entry] })
  }
  const space = async (home: number, owner: string, payer: number) => {
    const input: HomeInput = { kind: 'space', owner: `account:${owner}`, payer }
    await commitStep(store, { changes: [{ kind: 'create-home', home, input }] })
    return home
  }
  const list = async (after = ''): Promise<{ shared: Line[]; next?: string }> =>
    (await visitor.ask('GET', `/me/shared${after && `?after=${encodeURIComponent(after)}`}`)).body
  const refused = async (body: object) => {
    const { status, body: told } = await visitor.ask('DELETE', '/me/shared', body)
    return [status, told.error]
  }
  return { ...pages, visitor, olga, bob, allow, space, list, refused }
}

interface Line {
  home: number
  path: string
  principal: string
  source: string
  may: string[]
  until: number | null
}

const paths = (lines: readonly Line[]) => lines.map(({ path, principal }) => `${path} ${principal}`)

test('only what lets others in is listed, for as long as it does', async (t) => {
  const { olga, bob, allow, list, clock } = await scene(t)
  const self = `account:${olga.id}`
  const him = `account:${bob.id}`
  await allow(olga.home, 'a', self, KINTO_WRITE)
  await allow(olga.home, 'b', 'name:nobody', KINTO_READ)
  await allow(olga.home, 'c', him, SEND, { expires: clock.now() + 1_000 })
  await allow(olga.home, '', 'authenticated', KINTO_READ)
  const { shared, next } = await list()
  assert.deepEqual(paths(shared), [' authenticated', `c ${him}`])
  assert.deepEqual([shared[1]?.may, shared[1]?.until, next], [['send'], clock.now() + 1_000, undefined])
  clock.tick(1_000)
  assert.deepEqual(paths((await list()).shared), [' authenticated'])
})

test('spaces count that she owns or was given as a whole; homes of others never do', async (t) => {
  const { olga, bob, allow, space, list, refused } = await scene(t)
  const [self, him] = [`account:${olga.id}`, `account:${bob.id}`]
  const hers = await space(71, olga.id, olga.home)
  const his = await space(72, bob.id, bob.home)
  const given = await space(73, bob.id, bob.home)
  const paid = await space(74, bob.id, olga.home)
  for (const home of [hers, his, given, paid, bob.home]) await allow(home, 'kinto/c', 'everyone', KINTO_READ)
  await allow(given, 'kinto', self, ADMIN)
  await allow(given, 'kinto', him, ADMIN, { source: 'owner' })
  await allow(bob.home, 'kinto', self, ADMIN)
  assert.deepEqual(
    (await list()).shared.map(({ home }) => home),
    [hers, given],
  )
  const entry = { path: 'kinto/c', principal: 'everyone', source: 'given' }
  for (const home of [his, paid, 999]) assert.deepEqual(await refused({ ...entry, home }), [404, 'absent'])
  // What belongs to the owner of it all is not hers to take, nor is her own right a thing to be shared.
  const owned = { home: given, path: 'kinto', principal: him, source: 'owner' }
  assert.deepEqual(await refused(owned), [404, 'absent'])
  assert.deepEqual(await refused({ ...owned, principal: self, source: 'given' }), [404, 'absent'])
  assert.deepEqual(await refused({ ...entry, home: given }), [200, undefined])
  assert.deepEqual((await list()).shared.length, 1)
})

test('what is taken back leaves no row of the directory, and the rest as it was', async (t) => {
  const { visitor, store, olga, bob, allow, refused, list } = await scene(t)
  const him = `account:${bob.id}`
  await allow(olga.home, 'c', him, KINTO_READ)
  await allow(olga.home, 'c', him, SEND, { source: 'link' })
  const entry = { home: olga.home, path: 'c', principal: him }
  assert.deepEqual(await refused({ ...entry, source: 'other' }), [404, 'absent'])
  assert.deepEqual(await refused({ ...entry, source: 'given' }), [200, undefined])
  const rows = () => store.rows('shared_with', { principal: him })
  assert.deepEqual(
    (await rows()).map(({ bits }) => bits),
    [SEND],
  )
  await visitor.ask('POST', '/me/shared/end', { principal: him })
  assert.deepEqual([await rows(), (await list()).shared], [[], []])
})

test('the list comes in pages that lose and repeat nothing, and everything of one ends over all of them', async (t) => {
  const { visitor, olga, bob, allow, space, list } = await scene(t)
  const him = `account:${bob.id}`
  const hers = await space(71, olga.id, olga.home)
  const names = Array.from({ length: 2 * pageShared + 30 }, (_, i) => `p${String(i).padStart(4, '0')}`)
  for (const name of names) await allow(olga.home, name, him, KINTO_READ)
  for (const name of ['x', 'y']) await allow(hers, name, him, KINTO_READ)
  await allow(hers, 'x', 'everyone', KINTO_READ)
  const seen: string[] = []
  let after: string | undefined = ''
  let pages = 0
  while (after !== undefined) {
    const page: { shared: Line[]; next?: string } = await list(after)
    seen.push(...paths(page.shared))
    after = page.next
    pages++
  }
  const wanted = [...[...names, 'x', 'y'].map((name) => `${name} ${him}`), 'x everyone']
  assert.deepEqual(seen.toSorted(), wanted.toSorted())
  assert.ok(pages > 1)
  const { body } = await visitor.ask('POST', '/me/shared/end', { principal: him })
  assert.deepEqual(body, { ended: names.length + 2 })
  assert.deepEqual(paths((await list()).shared), ['x everyone'])
})

test('what cannot be a place in the list or an entry is malformed', async (t) => {
  const { visitor, olga, refused } = await scene(t)
  for (const after of ['x', '0', '1:\0', `1:${'x'.repeat(5_000)}`, '9'.repeat(16)])
    assert.equal((await visitor.ask('GET', `/me/shared?after=${encodeURIComponent(after)}`)).status, 400)
  const entry = { home: olga.home, path: 'c', principal: 'everyone', source: 'given' }
  for (const more of [
    { home: '1' },
    { path: 'a\0' },
    { path: 7 },
    { principal: '' },
    { source: 'x'.repeat(201) },
  ])
    assert.deepEqual(await refused({ ...entry, ...more }), [400, 'malformed'])
  assert.equal((await visitor.ask('POST', '/me/shared/end', {})).status, 400)
})
