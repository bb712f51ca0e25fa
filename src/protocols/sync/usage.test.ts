import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keyId, syncUnderTest } from '../../../test/support/sync-door.ts'

test('a person is told what her storage holds, by collection, and when it was last written to', async (t) => {
  const { access, ask, browser, clock, sync } = await syncUnderTest(t)
  const firefox = await browser('alice')
  const { account } = await access('alice')
  assert.deepEqual(await sync.usage(account), { collections: [], bytes: 0, last: null })
  await ask(firefox, 'POST', '/storage/history', {
    body: [
      { id: 'a', payload: 'x'.repeat(100) },
      { id: 'b', payload: 'x'.repeat(50) },
    ],
  })
  clock.tick(1_000)
  const { text } = await ask(firefox, 'PUT', '/storage/tabs/t', { body: { payload: 'xyz', ttl: 60 } })
  const last = Number(text) * 1_000
  assert.deepEqual(await sync.usage(account), {
    collections: [
      { name: 'history', count: 2, bytes: 150 },
      { name: 'tabs', count: 1, bytes: 3 },
    ],
    bytes: 153,
    last,
  })
  clock.tick(61_000)
  const later = await sync.usage(account)
  assert.deepEqual(
    later?.collections.map(({ name }) => name),
    ['history'],
  )
  assert.equal(await sync.usage('nobody'), null)
})

test('what lay under a former key is not counted', async (t) => {
  const { access, ask, sync, tokens } = await syncUnderTest(t)
  const { text, account } = await access('alice')
  const storage = async (changed: number, state: string) => {
    const answer = await tokens({ authorization: `Bearer ${text}`, 'x-keyid': keyId(changed, state) })
    return answer.json as { uid: number; id: string; key: string }
  }
  await ask(await storage(1, 'a'), 'PUT', '/storage/tabs/t', { body: { payload: 'before' } })
  await ask(await storage(2, 'b'), 'PUT', '/storage/forms/f', { body: { payload: 'now' } })
  const { collections } = (await sync.usage(account))!
  assert.deepEqual(collections, [{ name: 'forms', count: 1, bytes: 3 }])
})
