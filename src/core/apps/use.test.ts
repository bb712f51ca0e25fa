import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { accountsInMemory } from '../accounts/accounts-in-memory.ts'
import { Refusal } from '../ports.ts'
import { createGrantUses, dayOf, daysKept } from './use.ts'

const day = 86_400_000

async function scene() {
  const all = await accountsInMemory()
  const { accounts, store, clock, errors } = all
  const alice = await accounts.create({ login: 'alice' })
  const scopes = [{ home: 0, path: 'kinto', bits: 4 }]
  const { grant } = await accounts.createAppPassword(alice.id, { door: 'kinto', label: 'Phone', scopes })
  const subject = await accounts.subject(alice, grant)
  const herself = await accounts.subject(alice)
  const counter = () => createGrantUses({ store, clock, onError: (error) => errors.push(error) })
  return { ...all, alice, grant, subject, herself, counter, uses: counter() }
}

const path = 'kinto/collections/notes'

describe('the use of a grant', () => {
  test('is counted by day, with its places, and written when it is time', async () => {
    const { uses, subject, herself, store, grant, time, alice } = await scene()
    uses.note(subject)
    uses.place(subject, 7, path)
    uses.note(subject)
    uses.place(subject, 7, 'kinto')
    uses.place(subject, 7, path)
    uses.note(herself)
    uses.place(herself, 7, path)
    assert.deepEqual(await store.rows('grant_use', {}), [])
    const [today] = await uses.ofGrant(grant.id, 0)
    const seen = {
      day: dayOf(time.now),
      count: 2,
      last: time.now,
      places: ['7:kinto/collections/notes', '7:kinto'],
    }
    assert.deepEqual(today, seen)
    await uses.flush()
    assert.deepEqual(await uses.ofGrant(grant.id, 0), [seen])
    const [row] = await store.rows('grant_use', {})
    assert.deepEqual([row?.['count'], row?.['account_id']], [2, alice.id])
    uses.note(subject)
    time.now += day
    uses.note(subject)
    const perDay = async () => (await uses.ofGrant(grant.id, 0)).map(({ count }) => count)
    assert.deepEqual(await perDay(), [3, 1])
    await uses.flush()
    assert.deepEqual(await perDay(), [3, 1])
    assert.deepEqual(
      (await uses.ofGrant(grant.id, dayOf(time.now))).map(({ count }) => count),
      [1],
    )
  })

  test('adds up over several processes, whoever writes first', async () => {
    const { subject, counter, grant, store } = await scene()
    const [one, other] = [counter(), counter()]
    for (let i = 0; i < 3; i++) one.note(subject)
    for (let i = 0; i < 4; i++) other.note(subject)
    one.place(subject, 7, path)
    other.place(subject, 7, 'kinto')
    await Promise.all([one.flush(), other.flush()])
    await Promise.all([one.flush(), other.flush()])
    const [row] = await store.rows('grant_use', { grant_id: grant.id })
    assert.equal(row?.['count'], 7)
    assert.equal((await one.ofGrant(grant.id, 0))[0]?.places.length, 2)
  })

  test('waits where it could not be written', async () => {
    const { subject, store, clock, grant, errors } = await scene()
    let broken = true
    const commit: typeof store.commit = async (request) => {
      if (broken) throw new Error('no disk')
      return store.commit(request)
    }
    const uses = createGrantUses({
      store: { ...store, commit },
      clock,
      onError: (error) => errors.push(error),
    })
    uses.note(subject)
    await uses.flush()
    assert.equal(errors.length, 1)
    assert.ok(!(errors[0] instanceof Refusal))
    uses.note(subject)
    broken = false
    await uses.flush()
    assert.equal((await store.rows('grant_use', { grant_id: grant.id }))[0]?.['count'], 2)
    errors.length = 0
  })

  test('of one that was revoked is not written', async () => {
    const { accounts, uses, subject, alice, grant, store, errors } = await scene()
    uses.note(subject)
    await accounts.revokeGrant(alice.id, grant.id)
    await uses.flush()
    assert.deepEqual([await store.rows('grant_use', {}), errors], [[], []])
  })

  test('is bounded: in places of a day, and in days', async () => {
    const { uses, subject, store, time } = await scene()
    uses.note(subject)
    for (let i = 0; i < 100; i++) uses.place(subject, i, 'kinto')
    await uses.flush()
    const [row] = await store.rows('grant_use', {})
    assert.equal((JSON.parse(String(row?.['places'])) as { places: string[] }).places.length, 32)
    assert.equal(await uses.sweep(), 0)
    time.now += (daysKept + 1) * day
    assert.equal(await uses.sweep(), 1)
    assert.deepEqual(await store.rows('grant_use', {}), [])
  })

  test('is written at the end', async () => {
    const { uses, subject, store } = await scene()
    uses.start()
    uses.note(subject)
    await uses.stop()
    assert.equal((await store.rows('grant_use', {})).length, 1)
  })
})
