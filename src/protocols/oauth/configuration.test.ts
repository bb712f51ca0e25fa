import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { clientBasedCORS, refreshTime } from './configuration.ts'
import { pagePolicy, renderError } from './html.ts'
import type { Context, LibraryClient } from './library.ts'
import { readRegistration } from './registration.ts'
import { resourcesOf } from './scopes.ts'

const day = 86_400

test('a refresh token lasts thirty days from its use, and never longer than a year from the first', () => {
  const now = Date.UTC(2026, 0, 1)
  const ago = (days: number) => now / 1_000 - days * day
  assert.equal(refreshTime(undefined, now), 30 * day)
  assert.equal(refreshTime(ago(100), now), 30 * day)
  assert.equal(refreshTime(ago(350), now), 15 * day)
  assert.equal(refreshTime(ago(400), now), 1)
})

test('scripts may ask from where the app is called back', () => {
  const client = { redirectUris: ['https://notes.example/back', 'org.example:/x'] } as LibraryClient
  const may = (origin: string) => clientBasedCORS({} as Context, origin, client)
  assert.equal(may('https://notes.example'), true)
  for (const origin of ['https://evil.example', 'http://notes.example', 'https://notes.example:8443', 'null'])
    assert.equal(may(origin), false, origin)
})

test('tokens may be limited to the address of a door, with and without its last slash', () => {
  const all = resourcesOf({
    publicUrl: 'https://cloud.example',
    resources: [{ address: 'https://cloud.example/v1', door: 'kinto' }],
  })
  assert.deepEqual(Object.fromEntries(all), {
    'https://cloud.example': null,
    'https://cloud.example/': null,
    'https://cloud.example/v1': 'kinto',
    'https://cloud.example/v1/': 'kinto',
  })
})

const registration = (text: string) => readRegistration(Readable.from([Buffer.from(text)]) as IncomingMessage)

test('a registration is a bounded object, without what this server says itself', async () => {
  const read = await registration(
    JSON.stringify({
      client_id: 'mine',
      client_secret: 'x',
      subject_type: 'public',
      logo_uri: 'x',
      client_name: 'Notes',
    }),
  )
  assert.deepEqual(read, { client_name: 'Notes' })
  for (const text of ['', '[]', '7', 'null', '{', `{"a":"${'x'.repeat(40_000)}"}`])
    assert.equal(typeof (await registration(text)), 'string', text.slice(0, 10))
})

test('one that is called back on a device alone is native, unless it says otherwise', async () => {
  const typeOf = async (body: object) => {
    const read = await registration(JSON.stringify(body))
    return typeof read === 'string' ? read : read['application_type']
  }
  assert.equal(await typeOf({ redirect_uris: ['http://localhost/', 'org.example:/x'] }), 'native')
  assert.equal(await typeOf({ redirect_uris: ['http://localhost/'], application_type: 'web' }), 'web')
  assert.equal(await typeOf({ redirect_uris: ['https://notes.example/', 'http://localhost/'] }), undefined)
  assert.equal(await typeOf({ redirect_uris: [] }), undefined)
  assert.equal(await typeOf({}), undefined)
})

test('what an app sends is shown to people as text', async () => {
  const context = { get: () => '', set: () => {} } as unknown as Context
  await renderError('/assets/x/')(context, { error: 'invalid_request', error_description: `<script>"'&` })
  assert.match(String(context.body), /invalid_request: &#60;script&#62;&#34;&#39;&#38;/)
  assert.doesNotMatch(String(context.body), /<script/)
})

test('the policy of a page allows the scripts that are in it, by their hash, and nothing else', () => {
  const without = pagePolicy('<p>x</p>', 'https://cloud.example/assets/x/')
  assert.match(without, /^default-src 'none'; style-src https:\/\/cloud\.example\/assets\/x\/; /)
  assert.doesNotMatch(without, /script-src/)
  assert.match(
    pagePolicy('<script>a</script><script>b</script>', 'x'),
    /script-src 'sha256-\S+' 'sha256-\S+'$/,
  )
})
