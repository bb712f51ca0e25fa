/** Apps that use the HTTP client of kinto.js: one person's own things, and what two people share. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { httpClient } from '../support/kinto.ts'
import { makeOwner, makePerson, withAppPassword } from '../support/people.ts'
import { startServer } from '../support/server.ts'

type Note = { id: string; last_modified: number; title?: string; age?: number; deleted?: boolean }

/** The status of an answer that is an error; the client throws it. */
async function refusal(answer: Promise<unknown>): Promise<number> {
  const error = await answer.then(
    () => assert.fail('it was not refused'),
    (thrown: { response?: { status: number } }) => thrown,
  )
  return error.response?.status ?? assert.fail(error as Error)
}

test('Alice’s app keeps her things on the server', async (t) => {
  const server = await startServer(t)
  const alice = await makeOwner(server)
  const client = httpClient(server.url, alice)
  const notes = client.bucket('default').collection('notes')

  await t.test('it learns what the server can do, and for whom it speaks', async () => {
    const info = await client.fetchServerInfo()
    assert.match(info.http_api_version, /^1\.\d+$/)
    for (const name of ['default_bucket', 'accounts', 'permissions_endpoint'])
      assert.ok(name in info.capabilities, name)
    assert.equal(info.user?.id, 'account:alice')
    assert.match(info.user?.bucket ?? '', /^[0-9a-f-]{36}$/)
    assert.ok(!JSON.stringify(info).includes(server.data), 'nothing about the machine')
    assert.equal((await httpClient(server.url).fetchServerInfo()).user, undefined)
  })

  await t.test('a wrong password is nobody, not somebody else', async () => {
    const wrong = httpClient(server.url, { ...alice, authorization: `Basic ${btoa('alice:wrong')}` })
    assert.equal(await refusal(wrong.fetchServerInfo()), 401)
  })

  await t.test('without credentials nothing of hers is there, and nobody makes an account', async () => {
    const nobody = httpClient(server.url)
    assert.equal(await refusal(nobody.bucket('default').collection('notes').listRecords()), 401)
    assert.equal(await refusal(nobody.createAccount('carol', 'a long and good one')), 401)
  })

  await t.test('a note is created, read, changed and deleted', async () => {
    const { data: made } = await notes.createRecord({ title: 'draft', age: 1 })
    const { data: read } = await notes.getRecord<Note>(made.id)
    assert.deepEqual(read, made)
    const { data: patched } = await notes.updateRecord({ id: made.id, title: 'final' }, { patch: true })
    assert.deepEqual(patched, { ...made, title: 'final', last_modified: patched.last_modified })
    assert.ok(patched.last_modified > made.last_modified)
    const { data: replaced } = await notes.updateRecord({ id: made.id, title: 'new' })
    assert.equal('age' in replaced, false)
    const { data: gone } = await notes.deleteRecord(made.id)
    assert.equal(gone.deleted, true)
    assert.ok(gone.last_modified > replaced.last_modified)
    assert.equal(await refusal(notes.getRecord(made.id)), 404)
  })

  await t.test(
    'a change that did not know of a later one is refused, and is shown the later one',
    async () => {
      const { data: made } = await notes.createRecord({ title: 'mine' })
      const { data: later } = await notes.updateRecord({ id: made.id, title: 'theirs' })
      const stale = notes.updateRecord({ ...made, title: 'mine again' }, { safe: true })
      const error = await stale.catch((thrown) => thrown)
      assert.equal(error.response.status, 412)
      assert.deepEqual(error.data.details.existing, later)
      assert.equal(await refusal(notes.deleteRecord(made, { safe: true })), 412)
      assert.equal(await refusal(notes.createRecord({ id: made.id, title: 'first' }, { safe: true })), 412)
    },
  )

  await t.test('many requests go in batches, and come back in their order', async () => {
    const many = client.bucket('default').collection('many')
    const answers = await many.batch((batch) => {
      for (let i = 0; i < 60; i++) batch.createRecord({ id: `note-${i}`, title: `number ${i}`, age: i })
    })
    assert.ok(Array.isArray(answers))
    assert.deepEqual(
      answers.map(({ status, body }) => [status, body.data.id]),
      Array.from({ length: 60 }, (_, i) => [201, `note-${i}`]),
    )
  })

  await t.test('a batch says of each of its requests what came of it', async () => {
    const many = client.bucket('default').collection('many')
    const outcome = await many.batch(
      (batch) => {
        batch.createRecord({ id: 'note-0', title: 'taken' }, { safe: true })
        batch.deleteRecord('note-unknown')
        batch.updateRecord({ id: 'note-1', title: 'one', age: 1 })
        batch.createRecord({ id: '*', title: 'no id' })
      },
      { aggregate: true },
    )
    assert.ok(!Array.isArray(outcome))
    assert.deepEqual(
      outcome.published.map(({ data }) => (data as Note).id),
      ['note-1'],
    )
    assert.equal((outcome.conflicts[0]?.remote as Note | undefined)?.title, 'number 0')
    assert.deepEqual(
      outcome.skipped.map(({ id }) => id),
      ['note-unknown'],
    )
    assert.deepEqual(
      outcome.errors.map(({ error }) => (error as { code: number }).code),
      [400],
    )
  })

  await t.test('lists are filtered, ordered, and given page by page', async () => {
    const many = client.bucket('default').collection('many')
    const { data: some } = await many.listRecords<Note>({ filters: { min_age: 57 }, sort: '-age' })
    assert.deepEqual(
      some.map(({ age }) => age),
      [59, 58, 57],
    )
    const { data: like } = await many.listRecords<Note>({
      filters: { like_title: '*BER 3*' },
      sort: 'age',
      limit: 3,
    })
    assert.deepEqual(
      like.map(({ age }) => age),
      [3, 30, 31],
    )
    const { data: all } = await many.listRecords<Note>({ sort: 'age', limit: 7, pages: Infinity })
    assert.deepEqual(
      all.map(({ age }) => age),
      Array.from({ length: 60 }, (_, i) => i),
    )
    const { data: slim } = await many.listRecords<Note>({ filters: { age: 5 }, fields: ['age'] })
    assert.deepEqual(Object.keys(slim[0] ?? {}).toSorted(), ['age', 'id', 'last_modified'])
    assert.equal(await many.getTotalRecords(), 60)
  })

  await t.test(
    'who asks for what is new since a moment gets that, deletions included, and a new moment',
    async () => {
      const many = client.bucket('default').collection('many')
      const { last_modified: since } = await many.listRecords()
      await many.deleteRecord('note-7')
      await many.createRecord({ id: 'note-60', title: 'number 60', age: 60 })
      const { data, last_modified: now } = await many.listRecords<Note>({
        since: since!,
        sort: 'last_modified',
      })
      assert.deepEqual(
        data.map(({ id, deleted = false }) => [id, deleted]),
        [
          ['note-7', true],
          ['note-60', false],
        ],
      )
      assert.deepEqual((await many.listRecords({ since: now! })).data, [])
      assert.equal((await many.listRecords({ since: now! })).last_modified, now)
    },
  )

  await t.test('a list is emptied by a filter', async () => {
    const many = client.bucket('default').collection('many')
    const { data } = await many.deleteRecords({ filters: { min_age: 50 } })
    assert.equal(data.length, 11)
    assert.equal(await many.getTotalRecords(), 49)
  })
})

test('Alice shares with Bob', async (t) => {
  const server = await startServer(t)
  const alice = await makeOwner(server)
  const bob = await withAppPassword(server, await makePerson(server, 'bob'))
  const hers = httpClient(server.url, alice)
  const his = httpClient(server.url, bob)
  await hers.createBucket('club')
  const trips = hers.bucket('club').collection('trips')
  const hisTrips = his.bucket('club').collection('trips')
  await hers.bucket('club').createCollection('trips')
  const { data: lake } = await trips.createRecord({ title: 'to the lake' })

  await t.test('before she does, he finds nothing', async () => {
    assert.equal(await refusal(hisTrips.listRecords()), 403)
    assert.equal(await refusal(hisTrips.getRecord(lake.id)), 403)
    assert.equal(await refusal(his.bucket('club').getData()), 403)
    assert.deepEqual((await his.listBuckets()).data, [])
  })

  await t.test('one record: he sees that one, and it alone in the list', async () => {
    await trips.createRecord({ title: 'a surprise for Bob' })
    await trips.updateRecord({ ...lake, title: 'to the lake' }, { permissions: { read: ['account:bob'] } })
    assert.equal((await hisTrips.getRecord<Note>(lake.id)).data.title, 'to the lake')
    const { data } = await hisTrips.listRecords<Note>()
    assert.deepEqual(
      data.map(({ title }) => title),
      ['to the lake'],
    )
    assert.equal(await refusal(hisTrips.updateRecord({ id: lake.id, title: 'to the pub' })), 403)
  })

  await t.test('the collection: he reads and writes, until she takes it back', async () => {
    await trips.addPermissions({ write: ['account:bob'] })
    assert.equal((await hisTrips.listRecords()).data.length, 2)
    const { data: pub } = await hisTrips.createRecord({ title: 'to the pub' })
    assert.equal((await trips.getRecord<Note>(pub.id)).data.title, 'to the pub')
    await trips.removePermissions({ write: ['account:bob'] })
    assert.equal(await refusal(hisTrips.createRecord({ title: 'one more' })), 403, 'the next request knows')
    assert.equal((await hisTrips.getRecord<Note>(pub.id)).data.title, 'to the pub', 'what he made is his')
  })

  await t.test('a group: he may what its members may, as long as he is one', async () => {
    const club = hers.bucket('club')
    await club.createGroup('members', ['account:bob'])
    await club.createCollection('minutes', { permissions: { read: ['/buckets/club/groups/members'] } })
    await club.collection('minutes').createRecord({ title: 'spring meeting' })
    const minutes = his.bucket('club').collection('minutes')
    assert.equal((await minutes.listRecords()).data.length, 1)
    const { principals = [] } = (await httpClient(server.url, bob).fetchUser()) ?? {}
    assert.ok(principals.includes('/buckets/club/groups/members'))
    await club.updateGroup({ id: 'members', members: [] })
    assert.equal(await refusal(minutes.listRecords()), 403)
  })

  await t.test('a box for letters: whoever is signed in puts in, and only its keeper reads', async () => {
    await hers
      .bucket('club')
      .createCollection('letters', { permissions: { 'record:create': ['system.Authenticated'] } })
    const box = his.bucket('club').collection('letters')
    const { data: letter } = await box.createRecord({ title: 'dear Alice' })
    const hersToo = await hers.bucket('club').collection('letters').createRecord({ title: 'dear Bob' })
    assert.deepEqual(
      (await box.listRecords<Note>()).data.map(({ id }) => id),
      [letter.id],
      'his own',
    )
    assert.equal(await refusal(box.getRecord(hersToo.data.id)), 403)
    assert.equal((await hers.bucket('club').collection('letters').listRecords()).data.length, 2)
  })

  await t.test('an app with a password of its own works for her, and shares nothing further', async () => {
    const app = httpClient(server.url, await withAppPassword(server, alice))
      .bucket('club')
      .collection('trips')
    const { data: note } = await app.createRecord({ title: 'by the app' })
    const share = app.updateRecord({ ...note }, { permissions: { read: ['account:bob'] } })
    assert.equal(await refusal(share), 403)
    assert.equal(await refusal(app.addPermissions({ read: ['account:bob'] })), 403)
    assert.equal(await refusal(hisTrips.getRecord(note.id)), 403)
  })

  await t.test('each finds what was shared', async () => {
    const { data } = await his.listPermissions()
    assert.ok(data.some(({ uri }) => uri === `/buckets/club/collections/trips/records/${lake.id}`))
    assert.ok(!data.some(({ uri }) => uri === '/buckets/club'))
  })

  await t.test('the bucket goes, with all that is in it', async () => {
    await hers.deleteBucket('club')
    assert.equal(await refusal(hisTrips.getRecord(lake.id)), 403)
    assert.deepEqual(
      (await hers.listBuckets()).data.filter(({ id }) => id === 'club'),
      [],
    )
  })
})
