/** Every credential of one account against every endpoint with what is another's: nothing succeeds, and nothing is told. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { basic, makeOwner, makePerson, type Person, withAppPassword, withToken } from './support/people.ts'
import { bodyFor, type Endpoint, endpoints, fill, type Ids } from './support/routes.ts'
import { startServer, type TestServer } from './support/server.ts'

interface Told {
  status: number
  /** Of the body: all of it but the words that were asked for. */
  shape: unknown
}

/** A request with these headers; ids of the question are taken out of the answer. */
async function ask(
  url: string,
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: string,
) {
  const answer = await fetch(url + path, {
    method,
    headers: { ...headers, ...(body ? { 'Content-Type': 'application/json' } : {}) },
    ...(body ? { body } : {}),
  })
  return { status: answer.status, text: await answer.text(), headers: answer.headers }
}

async function told(
  server: TestServer,
  endpoint: Endpoint,
  method: string,
  ids: Ids,
  headers: Record<string, string>,
) {
  const path = fill(endpoint.path, ids)
  const { status, text } = await ask(server.url, method, path, headers, bodyFor(method, endpoint.path))
  return { status, shape: shape(text, ids) } satisfies Told
}

function shape(text: string, ids: Ids): unknown {
  let known = text
  for (const [name, id] of Object.entries(ids)) known = known.replaceAll(id!, `{${name}}`)
  try {
    return JSON.parse(known)
  } catch {
    return known
  }
}

/** What Alice has: a shared bucket with one of everything, and her default bucket, by its real id. */
async function furnish(server: TestServer, { authorization }: Person): Promise<{ club: Ids; home: Ids }> {
  const put = async (path: string) => {
    const body = JSON.stringify({ data: { secret: 'of Alice' } })
    const { status, text } = await ask(
      server.url,
      'PUT',
      `/v1${path}`,
      { Authorization: authorization },
      body,
    )
    assert.equal(status, 201, text)
  }
  for (const bucket of ['club', 'default']) {
    if (bucket !== 'default') await put(`/buckets/${bucket}`)
    await put(`/buckets/${bucket}/groups/friends`)
    await put(`/buckets/${bucket}/collections/letters`)
    await put(`/buckets/${bucket}/collections/letters/records/first`)
  }
  const hello = await ask(server.url, 'GET', '/v1/', { Authorization: authorization })
  const { user } = JSON.parse(hello.text) as { user: { bucket: string } }
  const ids = { group: 'friends', collection: 'letters', record: 'first', account: 'alice' }
  return { club: { bucket: 'club', ...ids }, home: { bucket: user.bucket, ...ids } }
}

const nowhere: Ids = {
  bucket: 'nowhere',
  group: 'strangers',
  collection: 'nothing',
  record: 'none',
  account: 'nobody',
}
const nowhereHome: Ids = { ...nowhere, bucket: '00000000-0000-4000-8000-000000000000' }

/**
 * Where a name that is free may be taken, the answer cannot be the same for one that is not: buckets have one name
 * space for all. The answer for the taken one is a refusal without content.
 */
const takesNames = new Set(['PUT /buckets/{bucket}', 'PUT /accounts/{account}'])

test('the things of one account, asked for with the credentials of others', async (t) => {
  const server = await startServer(t)
  const owner = await makeOwner(server, 'olga')
  const alice = await makePerson(server, 'alice')
  const mallory = await makePerson(server, 'mallory')
  const hers = await furnish(server, alice)
  const before = await everything(server, alice, hers)
  const app = await withAppPassword(server, mallory)
  const token = await withToken(server, mallory, ['kinto:rw', 'letters:rw'])

  const credentials: Record<string, Record<string, string>> = {
    'another person’s password': { Authorization: mallory.authorization },
    'another person’s app password': { Authorization: app.authorization },
    'another person’s token': { Authorization: token.authorization },
    'the owner’s password': { Authorization: owner.authorization },
    'no credential': {},
    'only a cookie': {
      Cookie: `session=${alice.password}; login=alice; Authorization=${alice.authorization}`,
    },
    'a token nobody gave': { Authorization: `Bearer ${'x'.repeat(43)}` },
  }

  for (const [who, headers] of Object.entries(credentials)) {
    // Who runs the server may administer accounts; what is in them is another matter.
    const isOwner = headers['Authorization'] === owner.authorization
    const asked = endpoints.filter(
      ({ path }) => path.includes('{') && !(isOwner && path.startsWith('/accounts')),
    )
    for (const [what, ids, absent] of [
      ['her bucket', hers.club, nowhere],
      ['her default bucket', hers.home, nowhereHome],
    ] as const) {
      await t.test(`${what}, with ${who}`, async () => {
        for (const endpoint of asked) {
          for (const method of endpoint.methods) {
            const name = `${method} ${endpoint.path}`
            const there = await told(server, endpoint, method, ids, headers)
            assert.ok([401, 403, 404].includes(there.status), `${name}: ${JSON.stringify(there)}`)
            assert.ok(!JSON.stringify(there).includes('of Alice'), name)
            if (takesNames.has(name)) continue
            const notThere = await told(server, endpoint, method, absent, headers)
            assert.deepEqual(there, notThere, name)
            // Inside of what is hers, too, nothing tells what is there.
            const inside = await told(server, endpoint, method, { ...absent, bucket: ids.bucket! }, headers)
            assert.deepEqual(inside, notThere, `${name} in her bucket`)
          }
        }
      })
    }

    await t.test(`lists and batches, with ${who}`, async () => {
      const lists = endpoints.filter(({ path, methods }) => !path.includes('{') && methods.includes('GET'))
      for (const { path } of lists) {
        const { text } = await ask(server.url, 'GET', `/v1${path}`, headers)
        if (isOwner && path === '/accounts') continue
        for (const word of ['club', hers.home.bucket!, 'letters', 'of Alice', 'account:alice'])
          assert.ok(!text.includes(word), `GET ${path}: ${text}`)
      }
      await batches(server, headers, asked, hers.club)
    })
  }

  await t.test('an app password, or a token, opens nothing under another name', async () => {
    for (const password of [app.password, token.password]) {
      const headers = { Authorization: basic('alice', password) }
      for (const ids of [hers.club, hers.home]) {
        const record = { path: '/buckets/{bucket}/collections/{collection}/records/{record}', methods: [] }
        assert.equal((await told(server, record, 'GET', ids, headers)).status, 401)
      }
    }
  })

  await t.test('and afterwards all that was hers is as it was', async () => {
    assert.deepEqual(await everything(server, alice, hers), before)
  })
})

/** The same in batches: each answer is a refusal. */
async function batches(
  server: TestServer,
  headers: Record<string, string>,
  asked: readonly Endpoint[],
  ids: Ids,
): Promise<void> {
  const requests = asked.flatMap(({ path, methods }) =>
    methods.map((method) => {
      const body = bodyFor(method, path)
      return { method, path: fill(path, ids), ...(body ? { body: JSON.parse(body) as object } : {}) }
    }),
  )
  for (let i = 0; i < requests.length; i += 25) {
    const body = JSON.stringify({ requests: requests.slice(i, i + 25) })
    const { status, text } = await ask(server.url, 'POST', '/v1/batch', headers, body)
    if (status === 401) continue
    assert.equal(status, 200, text)
    const { responses } = JSON.parse(text) as { responses: { status: number; path: string }[] }
    for (const [at, one] of responses.entries())
      assert.ok(
        [401, 403, 404].includes(one.status),
        `${requests[i + at]?.method} ${one.path}: ${one.status}`,
      )
    assert.ok(!text.includes('of Alice'))
  }
}

/** All of hers, with the times of everything. */
async function everything(server: TestServer, person: Person, { club, home }: { club: Ids; home: Ids }) {
  const seen: unknown[] = []
  for (const { bucket } of [club, home]) {
    for (const path of ['', '/groups', '/collections', '/collections/letters/records', '/groups/friends']) {
      const at = `/v1/buckets/${bucket}${path}`
      const { status, text, headers } = await ask(server.url, 'GET', at, {
        Authorization: person.authorization,
      })
      seen.push([at, status, headers.get('etag'), text])
    }
  }
  return seen
}

test('an app password and a token open the door as their person does, and end with her', async (t: TestContext) => {
  const server = await startServer(t)
  await makeOwner(server, 'olga')
  const alice = await makePerson(server, 'alice')
  const app = await withAppPassword(server, alice)
  const token = await withToken(server, alice)
  const { club } = await furnish(server, alice)
  for (const path of ['/buckets/{bucket}', '/buckets/{bucket}/collections/{collection}/records/{record}']) {
    for (const { authorization } of [app, token]) {
      const { status } = await ask(server.url, 'GET', fill(path, club), { Authorization: authorization })
      assert.equal(status, 200, path)
    }
  }
  const deleted = await ask(server.url, 'DELETE', '/v1/accounts/alice', {
    Authorization: alice.authorization,
  })
  assert.equal(deleted.status, 200, deleted.text)
  for (const { authorization } of [alice, app, token]) {
    const { status } = await ask(server.url, 'GET', fill('/buckets/{bucket}', club), {
      Authorization: authorization,
    })
    assert.equal(status, 401)
  }
})
