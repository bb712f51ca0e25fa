/** Apps made with kinto.js, which work offline and synchronise: two devices of one person, and a server that comes and goes. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Collection } from 'kinto'
import { device, httpClient, strategy } from '../support/kinto.ts'
import { makeOwner, withAppPassword } from '../support/people.ts'
import { startServer, type TestServer } from '../support/server.ts'

const { MANUAL, SERVER_WINS, CLIENT_WINS } = strategy

/** Alice's laptop and phone, each with its own copy of what the server has. */
async function alice(t: TestContext, env: Record<string, string> = {}) {
  const server = await startServer(t, env)
  const owner = await makeOwner(server)
  const person = await withAppPassword(server, owner)
  return { server, owner, person, laptop: device(server.url, person), phone: device(server.url, person) }
}

/** Synchronises; what could not be settled by the strategy stays in the result. */
const sync = (collection: Collection, how = MANUAL) => collection.sync({ strategy: how })

async function synced(...collections: Collection[]): Promise<void> {
  for (const collection of collections) {
    const result = await sync(collection)
    assert.deepEqual({ errors: result.errors, conflicts: result.conflicts }, { errors: [], conflicts: [] })
  }
}

const titles = async (collection: Collection) =>
  (await collection.list()).data.map((note): string => note.title).toSorted()

const rename = (collection: Collection, id: string, title: string) =>
  collection.update({ id, title }, { patch: true })

/** A note that both devices have, with what each calls it in its own way afterwards. */
async function noteOnBoth(a: Collection, b: Collection): Promise<string> {
  const { data } = await a.create({ title: 'draft', tags: ['tea'] })
  await synced(a, b)
  return data.id
}

test('notes travel between two devices', async (t) => {
  const { laptop, phone } = await alice(t)
  const [here, there] = [laptop.collection('notes'), phone.collection('notes')]

  await t.test('what is written on one arrives on the other', async () => {
    await here.create({ title: 'milk', done: false, count: 2 })
    await here.create({ title: 'héron 🐝', nested: { list: [1, null, 'two'] } })
    await synced(here, there)
    assert.deepEqual(await titles(there), ['héron 🐝', 'milk'])
    const { data } = await there.list({ filters: { title: 'héron 🐝' } })
    assert.deepEqual(data[0].nested, { list: [1, null, 'two'] })
  })

  await t.test('an edit comes back, and a deletion goes through', async () => {
    const [milk] = (await there.list({ filters: { title: 'milk' } })).data
    await rename(there, milk.id, 'oat milk')
    await synced(there, here)
    assert.deepEqual(await titles(here), ['héron 🐝', 'oat milk'])
    await here.delete(milk.id)
    await synced(here, there)
    assert.deepEqual(await titles(there), ['héron 🐝'])
  })

  await t.test('when nothing happened, nothing is exchanged', async () => {
    const first = await sync(here)
    const again = await sync(here)
    assert.equal(again.lastModified, first.lastModified)
    for (const list of ['created', 'updated', 'deleted', 'published', 'resolved'] as const)
      assert.deepEqual(again[list], [], list)
  })

  await t.test('both publish many notes at the same time, and all arrive', async () => {
    const [a, b] = [laptop.collection('many'), phone.collection('many')]
    const wanted: string[] = []
    for (let i = 0; i < 60; i++) {
      for (const [name, collection] of [
        ['laptop', a],
        ['phone', b],
      ] as const) {
        wanted.push(`${name} ${i}`)
        await collection.create({ title: `${name} ${i}` })
      }
    }
    await Promise.all([synced(a), synced(b)])
    await synced(a, b)
    assert.deepEqual(await titles(a), wanted.toSorted())
    assert.deepEqual(await titles(b), wanted.toSorted())
  })
})

test('the same note is changed on both devices', async (t) => {
  const { laptop, phone } = await alice(t)

  for (const [how, kept] of [
    [SERVER_WINS, 'laptop'],
    [CLIENT_WINS, 'phone'],
  ] as const) {
    await t.test(`${how}: the one that synchronises last keeps the version of the ${kept}`, async () => {
      const [a, b] = [laptop.collection(`incoming-${how}`), phone.collection(`incoming-${how}`)]
      const id = await noteOnBoth(a, b)
      await rename(a, id, 'laptop')
      await rename(b, id, 'phone')
      await synced(a)
      const result = await sync(b, how)
      assert.ok(result.ok)
      assert.equal(result.resolved.length, 1)
      await synced(a)
      assert.deepEqual([await titles(a), await titles(b)], [[kept], [kept]])
    })

    await t.test(
      `${how}: also when the other version arrives in the middle of a synchronisation`,
      async () => {
        const a = laptop.collection(`outgoing-${how}`)
        const b = phone.collection(
          `outgoing-${how}`,
          between(() => synced(a)),
        )
        const id = await noteOnBoth(a, b)
        await rename(a, id, 'laptop')
        await rename(b, id, 'phone')
        const result = await sync(b, how)
        assert.ok(result.ok)
        await synced(a)
        assert.deepEqual([await titles(a), await titles(b)], [[kept], [kept]])
      },
    )
  }

  await t.test(
    'by hand: both versions are shown, and what the person makes of them goes to both devices',
    async () => {
      const [a, b] = [laptop.collection('by-hand'), phone.collection('by-hand')]
      const id = await noteOnBoth(a, b)
      await rename(a, id, 'laptop')
      await rename(b, id, 'phone')
      await synced(a)
      const { ok, conflicts } = await sync(b)
      assert.equal(ok, false)
      assert.equal(conflicts.length, 1)
      assert.equal(conflicts[0]?.type, 'incoming')
      assert.deepEqual([conflicts[0]?.local.title, conflicts[0]?.remote.title], ['phone', 'laptop'])
      assert.deepEqual(await titles(b), ['phone'], 'nothing is lost before it is settled')
      await b.resolve(conflicts[0]!, { ...conflicts[0]!.local, title: 'laptop and phone' })
      await synced(b, a)
      assert.deepEqual([await titles(a), await titles(b)], [['laptop and phone'], ['laptop and phone']])
    },
  )

  await t.test(
    'by hand, in the middle of a synchronisation: the refusal carries the stored version',
    async () => {
      const a = laptop.collection('by-hand-outgoing')
      const b = phone.collection(
        'by-hand-outgoing',
        between(() => synced(a)),
      )
      const id = await noteOnBoth(a, b)
      await rename(a, id, 'laptop')
      await rename(b, id, 'phone')
      const { conflicts } = await sync(b)
      assert.equal(conflicts.length, 1)
      assert.equal(conflicts[0]?.type, 'outgoing')
      const stored = conflicts[0]!.remote
      assert.deepEqual(
        [stored.title, stored.tags, typeof stored.last_modified],
        ['laptop', ['tea'], 'number'],
      )
      await b.resolve(conflicts[0]!, stored)
      await synced(b)
      assert.deepEqual(await titles(b), ['laptop'])
    },
  )

  await t.test(
    'one deletes what the other edits: the edit brings it back where the client wins',
    async () => {
      const [a, b] = [laptop.collection('deleted'), phone.collection('deleted')]
      const id = await noteOnBoth(a, b)
      await a.delete(id)
      await rename(b, id, 'still needed')
      await synced(a)
      assert.deepEqual((await sync(b)).conflicts.length, 1)
      assert.ok((await sync(b, CLIENT_WINS)).ok)
      await synced(a)
      assert.deepEqual([await titles(a), await titles(b)], [['still needed'], ['still needed']])
    },
  )

  await t.test('both delete it: there is nothing to settle', async () => {
    const [a, b] = [laptop.collection('both-delete'), phone.collection('both-delete')]
    const id = await noteOnBoth(a, b)
    await a.delete(id)
    await b.delete(id)
    await synced(a, b)
    assert.deepEqual([await titles(a), await titles(b)], [[], []])
  })
})

test('the server is away for a while', async (t) => {
  const { server, person, laptop, phone } = await alice(t)
  const [a, b] = [laptop.collection('notes'), phone.collection('notes')]
  const id = await noteOnBoth(a, b)

  for (const [how, end] of [
    ['stopped', () => server.stop()],
    ['killed', () => server.kill()],
  ] as const) {
    await t.test(`${how}: people go on working, and everything meets when it is back`, async () => {
      await a.create({ title: `before it was ${how}` })
      await synced(a) // what was acknowledged now has to survive
      await end()
      await a.create({ title: `laptop, while ${how}` })
      await b.create({ title: `phone, while ${how}` })
      await rename(b, id, `renamed while ${how}`)
      await assert.rejects(sync(a), 'an app learns that it is offline')
      assert.ok((await titles(a)).includes(`laptop, while ${how}`), 'and keeps what it has')
      await server.restart()
      await synced(b, a, b)
      const expected = [
        `before it was ${how}`,
        `laptop, while ${how}`,
        `phone, while ${how}`,
        `renamed while ${how}`,
      ]
      for (const title of expected) assert.ok((await titles(a)).includes(title), title)
      assert.deepEqual(await titles(a), await titles(b))
    })
  }

  await t.test('a device that is new gets everything', async () => {
    const third = device(server.url, person).collection('notes')
    await synced(third)
    assert.deepEqual(await titles(third), await titles(a))
  })
})

test('the default bucket is deleted, and devices still have notes of it', async (t) => {
  const { server, person, laptop } = await alice(t)

  const vanished = async (name: string) => {
    const notes = laptop.collection(name)
    const { data } = await notes.create({ title: 'known here' })
    await synced(notes)
    await httpClient(server.url, person).deleteBucket('default')
    return { notes, id: data.id as string }
  }

  await t.test('a device that synchronises is not told that the server was flushed', async () => {
    const { notes } = await vanished('quiet')
    await synced(notes)
    assert.deepEqual(await titles(notes), ['known here'])
  })

  await t.test('an edit of what is gone: the server wins, and it goes from the device too', async () => {
    const { notes, id } = await vanished('server-wins')
    await rename(notes, id, 'edited')
    const result = await sync(notes, SERVER_WINS)
    assert.ok(result.ok)
    assert.deepEqual(await titles(notes), [])
  })

  await t.test('an edit of what is gone: the client wins, and it is there again', async () => {
    const { notes, id } = await vanished('client-wins')
    await rename(notes, id, 'edited')
    assert.ok((await sync(notes, CLIENT_WINS)).ok)
    const stored = await httpClient(server.url, person)
      .bucket('default')
      .collection('client-wins')
      .getRecord(id)
    assert.equal((stored.data as { title?: string }).title, 'edited')
  })
})

test('the owner flushes the server: a device says so, and can publish all it has again', async (t) => {
  const { server, owner, laptop } = await alice(t, { ESSAIM_KINTO_FLUSH: '1' })
  const notes = laptop.collection('notes')
  for (const title of ['one', 'two']) await notes.create({ title })
  await synced(notes)
  await flush(server, owner.authorization)
  await assert.rejects(sync(notes), /Server has been flushed/)
  assert.equal(await notes.resetSyncStatus(), 2)
  await synced(notes)
  const fresh = device(server.url, owner).collection('notes')
  await synced(fresh)
  assert.deepEqual(await titles(fresh), ['one', 'two'])
})

async function flush({ url }: TestServer, authorization: string): Promise<void> {
  const refused = await fetch(`${url}/v1/__flush__`, { method: 'POST' })
  assert.equal(refused.status, 401, 'not by anybody')
  const answer = await fetch(`${url}/v1/__flush__`, {
    method: 'POST',
    headers: { Authorization: authorization },
  })
  assert.equal(answer.status, 202)
}

/** Options of a collection that does something once, between what it fetches and what it sends. */
function between(act: () => Promise<void>) {
  let armed = 0
  return {
    hooks: {
      'incoming-changes': [
        async (payload: { changes: unknown[] }) => {
          // The first synchronisation is the one that fetches the note.
          if (++armed === 2) await act()
          return payload
        },
      ],
    },
  } as never
}
