import assert from 'node:assert/strict'
import { test } from 'node:test'
import { storeUnderTest } from '../../../test/support/store.ts'
import { commitStep } from '../../core/records/index.ts'
import {
  askingClient,
  compareSecret,
  createClients,
  isNative,
  loopbackClient,
  originOf,
  unusedLasts,
  whyNot,
} from './clients.ts'
import type { LibraryClient } from './library.ts'
import { sectorOf } from './subjects.ts'

const client = (more: Partial<LibraryClient> = {}): LibraryClient => ({
  clientId: 'id',
  redirectUris: ['https://notes.example/back'],
  applicationType: 'web',
  clientAuthMethod: 'none',
  grantTypeAllowed: () => true,
  metadata: () => ({}),
  ...more,
})

async function scene(t: Parameters<typeof storeUnderTest>[0]) {
  const parts = await storeUnderTest(t)
  const make = () =>
    createClients({
      ...parts,
      invalid: (why) => new Error(why),
      onError: (error) => void parts.errors.push(error),
    })
  return { ...parts, make }
}

const metadata = { client_id: 'id', redirect_uris: ['https://notes.example/back'], client_secret: 'hush' }

test('an app is kept without its secret, and without what nobody reads', async (t) => {
  const { store, make } = await scene(t)
  await make().keep('id', { ...metadata, logo_uri: 'https://notes.example/l', software_id: 'x' })
  const [row] = await store.rows('oauth_client', { client_id: 'id' })
  const data = JSON.parse(String(row?.['data'])) as Record<string, string>
  assert.deepEqual(Object.keys(data).toSorted(), ['client_id', 'client_secret', 'redirect_uris'])
  assert.notEqual(data['client_secret'], 'hush')
  const found = client({ clientSecret: data['client_secret'] ?? '' })
  assert.equal(compareSecret.call(found, 'hush'), true)
  assert.equal(compareSecret.call(found, data['client_secret'] ?? ''), false)
  assert.equal(compareSecret.call(client(), ''), false)
  await assert.rejects(make().keep('id', metadata))
})

test('one that nobody uses is over after a day; one that is used stays', async (t) => {
  const { clock, store, make } = await scene(t)
  const clients = make()
  await clients.keep('unused', metadata)
  await clients.keep('used', metadata)
  clients.used(client({ clientId: 'used' }))
  await t.waitFor(async () => {
    const [row] = await store.rows('oauth_client', { client_id: 'used' })
    assert.notEqual(row?.['last_used'], null)
  })
  clock.tick(unusedLasts)
  assert.equal(await make().find('unused'), undefined)
  assert.ok(await make().find('used'))
})

test('what is in memory is asked for anew after a minute', async (t) => {
  const { clock, store, make } = await scene(t)
  const clients = make()
  await clients.keep('id', metadata)
  assert.ok(await clients.find('id'))
  await commitStep(store, { changes: [{ kind: 'row', table: 'oauth_client', remove: { client_id: 'id' } }] })
  assert.ok(await clients.find('id'))
  clock.tick(60_000)
  assert.equal(await clients.find('id'), undefined)
})

test('metadata have bounds', () => {
  const redirect_uris = ['https://notes.example/back']
  assert.equal(whyNot({ redirect_uris }), undefined)
  assert.equal(
    whyNot({ redirect_uris: ['http://localhost:1234/x', 'http://[::1]/', 'org.example:/x'] }),
    undefined,
  )
  assert.match(whyNot({ redirect_uris: ['http://notes.example/'] }) ?? '', /https/)
  assert.match(whyNot({ redirect_uris: ['http://localhost.evil.example/'] }) ?? '', /https/)
  assert.match(whyNot({ redirect_uris, post_logout_redirect_uris: ['http://notes.example/'] }) ?? '', /https/)
  assert.match(whyNot({ redirect_uris, client_name: 'x'.repeat(101) }) ?? '', /client_name/)
  assert.match(whyNot({ redirect_uris, tos_uri: 'x'.repeat(20_000) }) ?? '', /so long/)
})

test('an address of a developer’s own machine is an app', () => {
  assert.deepEqual(loopbackClient('http://localhost:5173/app?x=1')?.['redirect_uris'], [
    'http://localhost:5173/app?x=1',
  ])
  const named =
    'http://127.0.0.1/?redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fa&redirect_uri=http%3A%2F%2Flocalhost%2Fb'
  assert.deepEqual(loopbackClient(named)?.['redirect_uris'], ['http://127.0.0.1:1/a', 'http://localhost/b'])
  for (const id of [
    'https://localhost/',
    'http://notes.example/',
    'http://localhost.evil.example/',
    'http://localhost@evil.example/',
    'http://user@localhost/',
    'http://localhost/#x',
    'http://localhost/?redirect_uri=https://evil.example/',
    `http://localhost/?${'redirect_uri=http://localhost/&'.repeat(21)}`,
    'localhost',
    '',
  ])
    assert.equal(loopbackClient(id), undefined, id)
})

test('people are told the host of an app, and its name without what hides', () => {
  assert.equal(originOf(client()), 'notes.example')
  assert.equal(
    originOf(client({ clientId: 'https://app.example/x', clientIdMetadataDocument: true })),
    'app.example',
  )
  assert.equal(originOf(client({ redirectUris: ['org.example.app:/x'] })), 'org.example.app:')
  assert.equal(askingClient(client({ clientName: ' No\u202Etes\u0000 ' })).name, 'Notes')
  assert.equal(askingClient(client()).name, 'notes.example')
  assert.equal(askingClient(client({ redirectUris: [] })).name, 'id')
})

test('an app that is called back on the person’s own device is native', () => {
  assert.equal(isNative(client()), false)
  for (const redirect of ['http://127.0.0.1/', 'http://localhost:1/', 'org.example.app:/x'])
    assert.equal(isNative(client({ redirectUris: ['https://notes.example/', redirect] })), true, redirect)
})

test('apps share a name for a person where they are called back at one host, and nowhere else', () => {
  assert.equal(sectorOf(client()), 'notes.example')
  assert.equal(
    sectorOf(client({ redirectUris: ['https://notes.example/a', 'https://notes.example/b'] })),
    'notes.example',
  )
  for (const redirects of [
    ['https://notes.example/', 'https://evil.example/'],
    ['https://notes.example/', 'http://localhost/'],
    ['http://127.0.0.1/'],
    ['org.example.app:/'],
    [],
  ])
    assert.equal(sectorOf(client({ redirectUris: redirects })), 'client id')
  const sector = {
    redirectUris: ['https://a.example/', 'https://b.example/'],
    sectorIdentifierUri: 'https://c.example/d',
  }
  assert.equal(sectorOf(client(sector)), 'c.example')
})
