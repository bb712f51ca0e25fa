/** A person looks at what is kept for her and takes a copy along; nobody else does, and no door reaches her account's part. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test, type TestContext } from 'node:test'
import { makePageOwner, makePagePerson, type PagePerson } from './support/browser-session.ts'
import { basic } from './support/people.ts'
import { endpoints, fill } from './support/routes.ts'
import { startServer, type TestServer } from './support/server.ts'

/** Asks the Kinto door as one of her apps. */
async function appOf(server: TestServer, { login, browser }: PagePerson) {
  const { text } = await browser.post('/me/app-passwords', { door: 'kinto', label: 'Notes' })
  const headers = { Authorization: basic(login, text), 'Content-Type': 'application/json' }
  return async (method: string, path: string, data?: object) => {
    const body = data ? { body: JSON.stringify({ data }) } : {}
    const answer = await fetch(`${server.url}/v1${path}`, { method, headers, ...body })
    return { status: answer.status, text: await answer.text() }
  }
}

async function open(t: TestContext) {
  const server = await startServer(t)
  const olga = await makePageOwner(server)
  const ann = await makePagePerson(server, olga, 'ann')
  const bob = await makePagePerson(server, olga, 'bob')
  return { server, olga, ann, bob, app: await appOf(server, ann) }
}

test('what is kept for a person is hers to look at, and nobody else’s', async (t) => {
  const { ann, bob, olga, app } = await open(t)
  const { browser } = ann
  const notes = '/buckets/default/collections/notes/records'
  for (let i = 0; i < 60; i++)
    assert.equal((await app('PUT', `${notes}/n${String(i).padStart(2, '0')}`, { n: i })).status, 201)
  await app('PUT', `${notes}/long`, { text: 'x'.repeat(10_000) })
  await app('PUT', `${notes}/locked`, { e2e: 1, k: 'c#1', n: 'n', c: 'c' })
  assert.equal((await app('PUT', '/buckets/club')).status, 201)
  assert.equal((await app('PUT', '/buckets/club/collections/c')).status, 201)

  const data = (await browser.get('/me/data')).body
  const kinto = data.doors.find(({ name }: { name: string }) => name === 'kinto')
  assert.ok(kinto.records >= 62 && kinto.bytes > 10_000 && kinto.collections >= 2)
  assert.deepEqual(kinto.paths, [{ prefix: 'kinto', title: 'Data of your apps' }])
  assert.ok(data.records >= 62 && data.quota.bytes > data.records)
  assert.deepEqual(
    data.spaces.map(({ name, readable }: { name: string; readable: boolean }) => [name, readable]),
    [['club', true]],
  )

  const { collections } = (await browser.get('/me/data/collections?below=kinto')).body
  const path = 'kinto/collections/notes/records'
  assert.equal(collections.find((one: { path: string }) => one.path === path).records, 62)
  const first = (await browser.get(`/me/data/records?path=${path}`)).body
  const second = (await browser.get(`/me/data/records?path=${path}&after=${first.next}`)).body
  const all = [...first.records, ...second.records]
  assert.deepEqual([all.length, second.next], [62, undefined])
  assert.equal(new Set(all.map(({ id }) => id)).size, 62)
  const long = all.find(({ id }) => id === 'long')
  assert.deepEqual([long.data.length, long.cut, long.locked], [4096, true, false])
  assert.equal(all.find(({ id }) => id === 'locked').locked, true)
  assert.deepEqual(JSON.parse(all.find(({ id }) => id === 'n07').data), { n: 7 })
  const [space] = data.spaces
  const inSpace = await browser.get(`/me/data/collections?home=${space.home}`)
  assert.ok(inSpace.body.collections.length > 0)

  for (const home of [data.home, space.home])
    for (const other of [bob, olga])
      for (const what of ['collections', `records&path=${path}`]) {
        const [route, query = ''] = what.split('&')
        await other.browser.refused(
          'GET',
          `/me/data/${route}?home=${home}&${query}`,
          undefined,
          404,
          'absent',
        )
      }
  for (const home of ['x', '-1', '1e3', '99999999999999999'])
    await browser.refused('GET', `/me/data/records?home=${home}`, undefined, 400, 'malformed')
  await browser.refused('GET', `/me/data/records?path=${'x'.repeat(3000)}`, undefined, 400, 'malformed')
})

test('a copy of everything is made while it is sent, in memory that does not grow with it', async (t) => {
  const { server, ann, app } = await open(t)
  const text = 'y'.repeat(50_000)
  const made = await ann.browser.post('/me/app-passwords', { door: 'kinto', label: 'x' })
  const authorized = { Authorization: basic('ann', made.text) }
  for (let i = 0; i < 50; i++) {
    const requests = Array.from({ length: 25 }, (_, n) => ({
      method: 'PUT',
      path: `/v1/buckets/default/collections/big/records/${i}-${n}`,
      body: { data: { text } },
    }))
    const sent = await fetch(`${server.url}/v1/batch`, {
      method: 'POST',
      headers: { ...authorized, 'Content-Type': 'application/json' },
      body: JSON.stringify({ requests }),
    })
    assert.equal(sent.status, 200)
    await sent.arrayBuffer()
  }
  assert.equal((await app('GET', '/buckets/default/collections/big/records/49-24')).status, 200)

  const rss = () =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid()}/status`, 'utf8'))?.[1]) * 1024
  const cookie = [...ann.browser.cookies].map((pair) => pair.join('=')).join('; ')
  const headers = { Cookie: cookie, 'Sec-Fetch-Site': 'same-origin' }
  /** The most memory that the server had while it sent a copy. */
  async function copy(): Promise<number> {
    const answer = await fetch(`${server.url}/api/me/export`, { headers })
    assert.equal(answer.status, 200)
    let [most, bytes, last] = [0, 0, '']
    for await (const part of answer.body!) {
      bytes += part.byteLength
      last = (last + new TextDecoder().decode(part)).slice(-200)
      most = Math.max(most, rss())
    }
    assert.ok(bytes > 62_000_000, `${bytes} bytes`)
    assert.match(last, /\n\{"kind":"end","lines":\d+\}\n$/)
    return most
  }
  const first = await copy()
  // The first one warms up. What is left for the collector varies; what is kept of each would come to four copies.
  const later = Math.max(await copy(), await copy(), await copy(), await copy())
  t.diagnostic(
    `${Math.round(first / 1e6)} MB at the first copy of 62 MB, ${Math.round(later / 1e6)} MB at most later`,
  )
  assert.ok(later < first + 3 * 62_000_000, `${later - first} bytes more`)

  const one = await fetch(`${server.url}/api/me/export`, { headers })
  await ann.browser.refused('GET', '/me/export', undefined, 503, 'busy')
  await one.body?.cancel()
})

test('no door reaches what is the account’s own', async (t) => {
  const { server, ann, app } = await open(t)
  await ann.browser.put('/me/profile', { name: 'a name that is nowhere else' })
  const tricks = [
    'account',
    '..%2Faccount',
    '%2e%2e',
    '..',
    'account%2Fprofile',
    '..%2F..%2Faccount%2Fprofile',
  ]
  for (const { path, methods } of endpoints.filter((one) => one.path.includes('{')))
    for (const trick of tricks)
      for (const method of methods.filter((one) => one === 'GET' || one === 'DELETE')) {
        const names = { bucket: trick, group: trick, collection: trick, record: 'profile', account: trick }
        for (const ids of [names, { ...names, bucket: 'default' }]) {
          const { text } = await app(method, fill(path, ids).replace(/^\/v1/, ''))
          assert.ok(!text.includes('nowhere else'), `${method} ${path} ${trick}`)
        }
      }
  const everything = await app('GET', '/buckets/default/collections')
  assert.ok(!everything.text.includes('nowhere else'))
  assert.equal((await ann.browser.get('/me')).body.name, 'a name that is nowhere else')
  assert.ok(server.pid())
})
