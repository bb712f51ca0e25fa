/** The requests of a real Firefox, in its order: a first sync, that of her second browser, and what both do then. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keyId, syncUnderTest, type Browser, type Told } from '../../../test/support/sync-door.ts'

const times = ({ json }: Told) => json as Record<string, number>
const bsos = ({ json }: Told) => json as { id: string; payload: string; modified: number }[]

test('a first sync, and that of a second browser, are what Firefox expects, request by request', async (t) => {
  const { access, ask, tokens, clock, errors } = await syncUnderTest(t)
  const { text } = await access('alice')
  /** COMPAT Firefox: it sends JSON as text, and times without the zero at their end. */
  const browser = async () => {
    const answer = await tokens({ authorization: `Bearer ${text}`, 'x-keyid': keyId(1_795_328_403_784) })
    const token = answer.json as Browser
    const send = async (method: string, path: string, body?: unknown, more: Record<string, string> = {}) => {
      clock.tick(7)
      const headers = { ...(body === undefined ? {} : { 'content-type': 'text/plain' }), ...more }
      return ask(token, method, path, { ...(body === undefined ? {} : { body }), headers })
    }
    return { uid: token.uid, send, unless: (time: number) => ({ 'x-if-unmodified-since': String(time) }) }
  }
  const a = await browser()
  const zero = a.unless(0)
  const ok = async (told: Promise<Told>) => {
    const answer = await told
    assert.equal(answer.status, 200, answer.text)
    assert.match(answer.headers['x-weave-timestamp'] ?? '', /^\d+\.\d\d$/)
    return answer
  }
  const upload = (collection: string, body: unknown[]) =>
    ok(a.send('POST', `/storage/${collection}?batch=true&commit=true`, body, zero))
  const empty = (collection: string) => ok(a.send('DELETE', `/storage/${collection}`))
  const payload = (what: string) => JSON.stringify({ ciphertext: what, IV: 'iv', hmac: 'h' })

  assert.equal((await ok(a.send('GET', '/info/collections'))).text, '{}')
  const limits = (await ok(a.send('GET', '/info/configuration'))).json as { max_post_records: number }
  assert.equal(limits.max_post_records, 100)
  const none = await a.send('GET', '/storage/meta/global')
  assert.deepEqual([none.status, none.text], [404, '0'])
  await ok(a.send('DELETE', '/storage', undefined, { 'x-confirm-delete': '1' }))
  const meta = { payload: '{"syncID":"s","storageVersion":5,"declined":[]}', id: 'global', modified: 0 }
  await ok(a.send('PUT', '/storage/meta/global', meta, zero))
  await ok(a.send('PUT', '/storage/crypto/keys', { payload: payload('keys'), id: 'keys' }, zero))
  const begun = times(await ok(a.send('GET', '/info/collections')))
  assert.deepEqual(Object.keys(begun), ['crypto', 'meta'])
  assert.equal((await ok(a.send('GET', '/storage/crypto/keys'))).json['payload'], payload('keys'))
  await ok(a.send('GET', '/info/collections?v=1.155.0'))
  await ok(a.send('GET', '/info/configuration'))
  await empty('clients')
  await upload('clients', [{ id: 'A', payload: payload('A'), ttl: 1_814_400 }])
  for (const one of [
    'prefs',
    'passwords',
    'tabs',
    'bookmarks',
    'addons',
    'addresses',
    'creditcards',
    'forms',
  ]) {
    await empty(one)
    if (one === 'prefs' || one === 'tabs') await upload(one, [{ id: one, payload: payload(one) }])
    if (one === 'bookmarks')
      await upload(
        one,
        ['menu', 'toolbar', 'mobile', 'unfiled'].map((id) => ({ id, payload: payload(id), sortindex: 1e6 })),
      )
  }
  await empty('history')
  await upload('history', [{ id: 'h', payload: payload('h'), sortindex: 100, ttl: 5_184_000 }])
  await empty('extension-storage')
  // The time that it learned of its own first write, as it prints it.
  const engines = { ...meta, payload: '{"syncID":"s","storageVersion":5,"engines":{}}' }
  const metaTime = Number(String(begun['meta']))
  await ok(a.send('PUT', '/storage/meta/global', engines, a.unless(metaTime)))
  assert.equal((await a.send('PUT', '/storage/meta/global', engines, a.unless(metaTime))).status, 412)

  const b = await browser()
  assert.equal(b.uid, a.uid)
  const seen = times(await ok(b.send('GET', '/info/collections')))
  const names = ['bookmarks', 'clients', 'crypto', 'history', 'meta', 'prefs', 'tabs']
  assert.deepEqual(Object.keys(seen).toSorted(), names, 'what was emptied and not filled is not there')
  for (const path of ['/storage/meta/global', '/storage/crypto/keys']) await ok(b.send('GET', path))
  assert.deepEqual(
    bsos(await ok(b.send('GET', '/storage/clients?full=1&limit=1000'))).map(({ id }) => id),
    ['A'],
  )
  const client = [{ id: 'B', payload: payload('B'), ttl: 1_814_400 }]
  const joined = b.send('POST', '/storage/clients?batch=true&commit=true', client, b.unless(seen['clients']!))
  await ok(joined)
  const found = await ok(b.send('GET', '/storage/bookmarks?full=1&sort=oldest&limit=1000'))
  assert.deepEqual(
    new Set(bsos(found).map(({ id }) => id)),
    new Set(['menu', 'toolbar', 'mobile', 'unfiled']),
  )
  assert.equal(found.headers['x-weave-next-offset'], undefined)
  assert.equal(found.modified, seen['bookmarks']!.toFixed(2))
  assert.equal(bsos(await ok(b.send('GET', '/storage/history?full=1&sort=newest&limit=1000'))).length, 1)
  const more = [{ id: 'new', payload: payload('new'), sortindex: 5 }]
  const query = '/storage/bookmarks?batch=true&commit=true'
  await ok(b.send('POST', query, more, b.unless(seen['bookmarks']!)))
  const late = await a.send('POST', query, more, a.unless(seen['bookmarks']!))
  assert.equal(late.status, 412, 'the other one has to fetch it first')

  const now = times(await ok(a.send('GET', '/info/collections')))
  const risen = names.filter((name) => now[name] !== seen[name])
  assert.deepEqual(risen, ['bookmarks', 'clients'])
  const changed = `/storage/bookmarks?newer=${seen['bookmarks']}&full=1&sort=oldest&limit=1000`
  assert.deepEqual(
    bsos(await ok(a.send('GET', changed))).map(({ id }) => id),
    ['new'],
  )
  assert.equal((await ok(a.send('POST', query, more, a.unless(now['bookmarks']!)))).status, 200)

  for (const path of ['/storage/clients/B', '/storage/tabs/B'])
    assert.equal((await ask({ uid: b.uid, id: 'x', key: 'y' }, 'DELETE', path)).status, 401, 'signed out')
  assert.deepEqual(errors, [])
})
