/** What a person shares is in one list at the pages, and what she takes back there is refused to others at once. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makePageOwner, makePagePerson, type PagePerson } from './support/browser-session.ts'
import { basic } from './support/people.ts'
import { startServer, type TestServer } from './support/server.ts'

interface Line {
  home: number
  path: string
  principal: string
  source: string
  space: string | null
  thing: string
  whom: { kind: string; name: string }
  may: string[]
  why: string
}

/** Asks the Kinto door as the person herself, who may share; without a person as a stranger. */
async function appOf(server: TestServer, person?: PagePerson) {
  const headers: Record<string, string> = { 'Content-Type': 'application/json' }
  if (person) {
    const password = 'seventeen owls at the harbour'
    await person.browser.post('/me/direct-password', { password })
    headers['Authorization'] = basic(person.login, password)
  }
  return async (method: string, path: string, sent?: object) => {
    const body = sent ? { body: JSON.stringify(sent) } : {}
    const answer = await fetch(`${server.url}/v1/buckets/${path}`, { method, headers, ...body })
    await answer.arrayBuffer()
    return answer.status
  }
}

const said = ({ space, thing, whom, why }: Line) => [space, thing, whom.kind, whom.name, why]

test('what is shared is seen by its owner alone, and taken back is refused to the others at once', async (t) => {
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  const ann = await makePagePerson(server, olga, 'ann')
  const bob = await makePagePerson(server, olga, 'bob')
  const [direct, his, stranger] = [await appOf(server, ann), await appOf(server, bob), await appOf(server)]
  const lines = async ({ browser }: PagePerson): Promise<Line[]> =>
    (await browser.get('/me/shared')).body.shared
  assert.deepEqual(await lines(ann), [])

  assert.equal(await direct('PUT', 'club', {}), 201)
  const open = { permissions: { read: ['account:bob', 'system.Everyone'] } }
  assert.equal(await direct('PUT', 'club/collections/songs', open), 201)
  assert.equal(await direct('PUT', 'club/collections/songs/records/one', { data: {} }), 201)
  const more = { permissions: { 'record:create': ['account:bob'] } }
  assert.equal(await direct('PUT', 'club/collections/ideas', more), 201)
  const group = { data: { members: ['account:bob'] }, permissions: {} }
  assert.equal(await direct('PUT', 'club/groups/choir', group), 201)
  const choir = { permissions: { write: ['/buckets/club/groups/choir'] } }
  assert.equal(await direct('PUT', 'club/collections/concerts', choir), 201)
  const own = { permissions: { read: ['system.Authenticated'] } }
  assert.equal(await direct('PUT', 'default/collections/recipes', own), 201)

  const list = await lines(ann)
  assert.deepEqual(
    list.map(said).toSorted(),
    [
      ['club', 'New records in “ideas”', 'person', 'bob', 'given'],
      ['club', 'The collection “concerts”', 'group', 'choir', 'given'],
      ['club', 'The collection “songs”', 'everyone', '', 'given'],
      ['club', 'The collection “songs”', 'person', 'bob', 'given'],
      [null, 'The collection “recipes”', 'authenticated', '', 'given'],
    ].toSorted(),
  )
  const one = (thing: string, kind: string) => {
    const line = list.find((each) => each.thing.includes(thing) && each.whom.kind === kind)
    assert.ok(line)
    const { home, path, principal, source } = line
    return { home, path, principal, source }
  }
  const songs = 'club/collections/songs/records'
  assert.deepEqual(one('songs', 'everyone').principal, 'everyone')
  assert.ok(list.find(({ thing }) => thing.includes('concerts'))?.may.includes('administer'))
  assert.deepEqual(list.find(({ thing }) => thing.includes('songs'))?.may, ['read', 'list'])

  await t.test('nobody else sees it, and to others it is as if it were not there', async () => {
    assert.deepEqual(await lines(bob), [])
    assert.deepEqual(await lines(olga), [])
    for (const { browser } of [bob, olga]) {
      await browser.refused('DELETE', '/me/shared', one('songs', 'everyone'), 404, 'absent')
      await browser.refused('DELETE', '/me/shared', { ...one('songs', 'everyone'), home: 1 }, 404, 'absent')
      assert.deepEqual(await browser.post('/me/shared/end', { principal: 'everyone' }), { ended: 0 })
    }
    assert.equal(await stranger('GET', songs), 200)
  })

  await t.test('one is taken back, and no other with it', async () => {
    await ann.browser.delete('/me/shared', one('songs', 'everyone'))
    assert.deepEqual([await stranger('GET', songs), await his('GET', songs)], [401, 200])
    await ann.browser.refused('DELETE', '/me/shared', one('songs', 'everyone'), 404, 'absent')
    await ann.browser.delete('/me/shared', one('concerts', 'group'))
    assert.equal(await his('GET', 'club/collections/concerts/records'), 403)
  })

  await t.test('everything of one person is taken back at once, what he made there as well', async () => {
    assert.equal(await his('POST', 'club/collections/ideas/records', { data: {} }), 201)
    const permissions = { 'collection:create': ['account:bob'] }
    assert.equal(await direct('PATCH', 'club', { permissions }), 200)
    assert.equal(await his('PUT', 'club/collections/drafts', {}), 201)
    assert.ok((await lines(ann)).some(({ thing, why }) => thing.includes('drafts') && why === 'made'))
    const { principal } = one('songs', 'person')
    assert.deepEqual(await ann.browser.post('/me/shared/end', { principal }), { ended: 4 })
    for (const path of [songs, 'club/collections/drafts', 'club/collections/drafts/records'])
      assert.equal(await his('GET', path), 403)
    assert.equal(await his('POST', 'club/collections/ideas/records', { data: {} }), 403)
    assert.equal(await direct('GET', 'club/collections/drafts'), 200)
    assert.deepEqual((await lines(ann)).map(said), [
      [null, 'The collection “recipes”', 'authenticated', '', 'given'],
    ])
  })

  const { entries } = (await ann.browser.get('/me/log')).body
  const acts = entries.filter(({ act }: { act: string }) => act === 'sharing-taken-back')
  assert.deepEqual(
    acts.map(({ details }: { details: object }) => details),
    [
      { kind: 'person', who: 'bob', count: 4 },
      { kind: 'group', who: 'choir', count: 1, label: 'concerts' },
      { kind: 'everyone', who: '', count: 1, label: 'songs' },
    ],
  )
})
