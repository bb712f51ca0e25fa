/** Every scope that there is against what every other one opens: a token gets what it was given, and 403 elsewhere. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { covers, type KnownScope } from '../src/core/apps/index.ts'
import { scopes as registry } from '../src/doors.ts'
import { essaim, placeOf } from './support/command.ts'
import { makeOwner, makePerson, withToken } from './support/people.ts'
import { startServer } from './support/server.ts'

/** Requests at a door, each of which takes just one of its scopes. */
interface Probe {
  /** The scope that it takes, at its smallest. */
  scope: string
  method: string
  path: string
  headers?: Record<string, string>
  /** What a token for something else is told, where the protocol has another answer than 403. */
  refused?: number
}

const places = ['default/letters', 'default/plans', 'club/minutes'] as const

/** For each door with scopes: what to try. A door that is added has to be added here. */
const probes: Readonly<Record<string, readonly Probe[]>> = {
  kinto: places.flatMap((place) => {
    const [bucket, collection] = place.split('/')
    const path = `/v1/buckets/${bucket}/collections/${collection}/records`
    return [
      { scope: `kinto:${place}:r`, method: 'GET', path },
      { scope: `kinto:${place}:r`, method: 'GET', path: `${path}/first` },
      { scope: `kinto:${place}:rw`, method: 'POST', path },
      { scope: `kinto:${place}:rw`, method: 'PATCH', path: `${path}/first` },
    ]
  }),
  sync: [
    {
      scope: 'sync:rw',
      method: 'GET',
      path: '/1.0/sync/1.5',
      headers: { 'X-KeyID': `1-${Buffer.alloc(16).toString('base64url')}` },
      refused: 401,
    },
  ],
}

/** The things of each door that scopes are made for, and those that hold them. */
const targets: Readonly<Record<string, readonly string[]>> = { kinto: [...places, 'default', 'club'] }
const modules = ['letters', 'plans', 'elsewhere']

/** Every way to write a scope that leaves nothing open. */
function everyScope(): string[] {
  const ofDoors = registry.doors.flatMap(({ name, scopes }) =>
    scopes.flatMap(({ verb, one }) => [
      `${name}:${verb}`,
      ...(one ? (targets[name] ?? []).map((target) => `${name}:${target}:${verb}`) : []),
    ]),
  )
  const ofModules = registry.storage.length > 0 ? modules.flatMap((name) => [`${name}:r`, `${name}:rw`]) : []
  return [...ofDoors, ...ofModules, 'openid', 'profile', 'email', 'offline_access']
}

/** Whether a scope is to open what another one names: by the registry, and by what holds what at the Kinto door. */
function opens(text: string, needed: string): boolean {
  const need = registry.one(needed)
  const target = need.kind === 'door' ? (need.target ?? '') : ''
  const as: KnownScope[] = [registry.one(text)]
  const [scope] = as
  if (scope?.kind === 'module' && target === `default/${scope.module}`)
    as.push(registry.one(`kinto:${target}:${scope.verb}`))
  if (scope?.kind === 'door' && scope.target !== undefined && target.startsWith(`${scope.target}/`))
    as.push(registry.one(`kinto:${target}:${scope.scope.verb}`))
  assert.equal(need.kind, 'door')
  return as.some((one) => covers(registry, one, need))
}

test('statement 11: a token with one scope gets 403 on what another one opens, at each door', async (t) => {
  const server = await startServer(t)
  await makeOwner(server, 'olga')
  const alice = await makePerson(server, 'alice')
  for (const { name, scopes } of registry.doors)
    assert.ok(scopes.length === 0 || probes[name], `nothing is tried at the door ${name}`)

  const ask = async (
    authorization: string,
    { method, path, headers = {} }: Pick<Probe, 'method' | 'path' | 'headers'>,
    body = {},
  ) => {
    const answer = await fetch(server.url + path, {
      method,
      headers: { Authorization: authorization, 'Content-Type': 'application/json', ...headers },
      ...(method === 'GET' ? {} : { body: JSON.stringify({ data: body }) }),
    })
    return { status: answer.status, text: await answer.text() }
  }
  assert.equal((await ask(alice.authorization, { method: 'PUT', path: '/v1/buckets/club' })).status, 201)
  const list = '/v1/buckets/club/collections/minutes'
  assert.equal((await ask(alice.authorization, { method: 'PUT', path: list })).status, 201)
  for (const place of places) {
    const [bucket, collection] = place.split('/')
    const path = `/v1/buckets/${bucket}/collections/${collection}/records/first`
    assert.equal((await ask(alice.authorization, { method: 'PUT', path }, { of: 'alice' })).status, 201)
  }

  const all = everyScope()
  assert.ok(all.length >= 20)
  let [opened, refused] = [0, 0]
  for (const scope of all) {
    const token = await withToken(server, alice, [scope])
    for (const probe of Object.values(probes).flat()) {
      const { status, text } = await ask(token.authorization, probe)
      const name = `${scope} at ${probe.method} ${probe.path}`
      if (opens(scope, probe.scope)) {
        assert.ok([200, 201].includes(status), `${name}: ${status} ${text}`)
        opened++
      } else {
        assert.equal(status, probe.refused ?? 403, `${name}: ${text}`)
        assert.ok(!text.includes('of alice'), name)
        refused++
      }
    }
  }
  assert.ok(opened >= 40 && refused >= 100, `${opened} opened, ${refused} refused`)

  await t.test('and a token that was taken back gets 401, at once', async () => {
    const token = await withToken(server, alice, ['kinto:r'])
    const [probe] = probes['kinto']!
    assert.equal((await ask(token.authorization, probe!)).status, 200)
    const listed = await essaim(['token', 'list', 'alice', '--json'], placeOf(server))
    const lines = JSON.parse(listed.stdout) as {
      id: string
      name: string
      scopes: string[]
      lastUsed: number | null
    }[]
    const used = lines.filter(({ lastUsed }) => lastUsed !== null)
    assert.ok(used.length >= all.length - 1)
    const mine = lines.filter(({ scopes }) => scopes.join() === 'kinto:r')
    assert.ok(mine.length >= 2)
    for (const { id } of mine) {
      const ended = await essaim(['token', 'revoke', 'alice', id], placeOf(server))
      assert.equal(ended.code, 0, ended.stderr)
    }
    assert.equal((await ask(token.authorization, probe!)).status, 401)
    const again = await essaim(['token', 'revoke', 'alice', mine[0]!.id], placeOf(server))
    assert.notEqual(again.code, 0)
  })
})
