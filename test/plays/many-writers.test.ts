/** Sixty-four clients write to one collection at once, each her own records; some of them share what they write. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeOwner } from '../support/people.ts'
import { startServer } from '../support/server.ts'

const clients = 64
const records = '/v1/buckets/club/collections/notes/records'

test('nobody is told of a conflict, and nobody is turned away', async (t) => {
  const server = await startServer(t)
  const { authorization } = await makeOwner(server)
  const send = async (method: string, path: string, body?: object) => {
    const answer = await fetch(server.url + path, {
      method,
      headers: { Authorization: authorization, 'Content-Type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    return { status: answer.status, etag: answer.headers.get('etag'), json: await answer.json() }
  }
  await send('PUT', '/v1/buckets/club')
  await send('PUT', '/v1/buckets/club/collections/notes')

  /** Every client writes, changes and deletes in her own turn; the outcomes of all. */
  async function atOnce(client: (number: number) => Promise<number[]>): Promise<Record<string, number>> {
    const all = await Promise.all(Array.from({ length: clients }, (_, number) => client(number)))
    const counts: Record<string, number> = {}
    for (const status of all.flat()) counts[status] = (counts[status] ?? 0) + 1
    return counts
  }

  await t.test('single records, a quarter of them shared', async () => {
    const counts = await atOnce(async (number) => {
      const statuses: number[] = []
      for (let i = 0; i < 8; i++) {
        const shares = i % 4 === 0 ? { permissions: { read: [`account:friend-${number}`] } } : {}
        const path = `${records}/c${number}-${i}`
        statuses.push((await send('PUT', path, { data: { number, i }, ...shares })).status)
      }
      return statuses
    })
    assert.deepEqual(counts, { 201: clients * 8 })
  })

  await t.test('batches that create, change and delete', async () => {
    const counts = await atOnce(async (number) => {
      const path = (i: number) => `${records}/c${number}-${i}`
      const requests = [
        { method: 'PATCH', path: path(0), body: { data: { changed: true } } },
        { method: 'PUT', path: path(8), body: { data: { number, i: 8 } } },
        { method: 'DELETE', path: path(7) },
      ]
      const { status, json } = await send('POST', '/v1/batch', { requests })
      const { responses } = json as { responses: { status: number }[] }
      return [status, ...responses.map((one) => one.status)]
    })
    assert.deepEqual(counts, { 200: clients * 3, 201: clients })
  })

  await t.test('the default bucket and its collection are made by whoever comes first', async () => {
    const counts = await atOnce(async (number) => [
      (await send('PUT', `/v1/buckets/default/collections/new/records/c${number}`, { data: { number } }))
        .status,
    ])
    assert.deepEqual(counts, { 201: clients })
  })

  await t.test(
    'all is there, each change at a time of its own, and the list is as new as its newest',
    async () => {
      const { json, etag } = await send('GET', `${records}?_since=0`)
      const { data } = json as { data: { id: string; last_modified: number; deleted?: true }[] }
      assert.equal(data.length, clients * 9)
      assert.equal(data.filter(({ deleted }) => deleted).length, clients)
      assert.equal(new Set(data.map(({ last_modified: time }) => time)).size, data.length)
      assert.equal(etag, `"${Math.max(...data.map(({ last_modified: time }) => time))}"`)
      const own = await send('GET', '/v1/buckets/default/collections/new/records')
      assert.equal((own.json as { data: unknown[] }).data.length, clients)
    },
  )
})
