/** The token server's rules; each test of Mozilla's `test_authorization.py` has its like here. */
import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { type Browser, keyId, publicUrl, syncUnderTest } from '../../../test/support/sync-door.ts'
import { TokenError } from './errors.ts'
import type { ForeignAccounts } from './foreign.ts'
import type { PagesKey } from './users.ts'

/** An accounts server elsewhere, whose tokens say in plain words whose they are and which generation they have. */
function foreignAccounts(): ForeignAccounts {
  const issuer = 'https://accounts.example'
  return {
    issuer,
    admits: (name) => name === 'fox',
    subjectOf: (name) => `${issuer} ${name}`,
    claims: (header) => header.startsWith('Bearer fox:'),
    async verify(header) {
      const generation = Number(header.slice('Bearer fox:'.length))
      if (Number.isNaN(generation)) throw new TokenError('invalid-credentials')
      return { name: 'fox', generation: generation || undefined }
    },
  }
}

interface Asking {
  generation?: number
  changed?: number
  state?: string
  more?: Record<string, string>
}

async function scene(t: TestContext) {
  const foreign = foreignAccounts()
  const under = await syncUnderTest(t, { foreign })
  const request = ({ generation = 0, changed = 0, state = 'a', more = {} }: Asking) =>
    under.tokens({ authorization: `Bearer fox:${generation}`, 'x-keyid': keyId(changed, state), ...more })
  const granted = async (asking: Asking) => {
    const answer = await request(asking)
    assert.equal(answer.status, 200, answer.text)
    return answer.json as { id: string; key: string; uid: number; duration: number }
  }
  const refusal = async (asking: Asking, http = 401) => {
    const answer = await request(asking)
    assert.equal(answer.status, http, answer.text)
    return (answer.json as { status: string }).status
  }
  const row = async (uid: number) => (await under.store.rows('sync_user', { uid }))[0]!
  return { ...under, foreign, request, granted, refusal, row }
}

const payloadOf = (id: string) =>
  JSON.parse(Buffer.from(id, 'base64url').subarray(0, -32).toString()) as Record<string, unknown>

describe('the token server refuses', () => {
  const unauthorized = { location: 'body', name: '', description: 'Unauthorized' }

  test('a request without authorization, or with that of another scheme', async (t) => {
    const { tokens } = await scene(t)
    const bare = await tokens({ 'x-keyid': keyId(1) })
    assert.deepEqual([bare.status, bare.json], [401, { status: 'error', errors: [unauthorized] }])
    assert.equal(bare.headers['content-type'], 'application/json')
    const basic = await tokens({ authorization: 'Basic YTpi', 'x-keyid': keyId(1) })
    const errors = [{ ...unauthorized, description: 'Unsupported' }]
    assert.deepEqual([basic.status, basic.json], [401, { status: 'error', errors }])
  })

  test('a token that nobody gave, that is for something else, or was taken back', async (t) => {
    const { tokens, access, accounts, refusal } = await scene(t)
    const status = async (text: string) => {
      const answer = await tokens({ authorization: `Bearer ${text}`, 'x-keyid': keyId(1) })
      return [answer.status, (answer.json as { status: string }).status]
    }
    const invalid = [401, 'invalid-credentials']
    assert.deepEqual(await status('x'.repeat(40)), invalid)
    assert.deepEqual(await status((await access('alice', ['kinto:rw'])).text), invalid)
    const { text, account, grant } = await access('alice')
    assert.equal((await status(text))[0], 200)
    await accounts.revokeGrant(account, grant)
    assert.deepEqual(await status(text), invalid)
    assert.equal(await refusal({ generation: Number.NaN }), 'invalid-credentials')
  })

  test('a key id that is not there or not written as one', async (t) => {
    const { tokens } = await scene(t)
    const told = async (keyIdText?: string) => {
      const headers = keyIdText === undefined ? {} : { 'x-keyid': keyIdText }
      const answer = await tokens({ authorization: 'Bearer fox:0', ...headers })
      return `${answer.status} ${(answer.json as { status: string }).status}`
    }
    assert.equal(await told(), '401 invalid-key-id')
    for (const text of ['', '1234', '1234-state!', 'x-qqo', '-1-qqo', '1234-qqp', `1-${'A'.repeat(60)}`])
      assert.equal(await told(text), '401 invalid-credentials', text)
  })

  test('a client state header that is malformed, or says something else than the key id', async (t) => {
    const { request } = await scene(t)
    const malformed = await request({ more: { 'x-client-state': 'state!' } })
    const errors = [{ location: 'header', name: 'X-Client-State', description: 'Invalid client state value' }]
    assert.deepEqual([malformed.status, malformed.json], [400, { status: 'error', errors }])
    const state = Buffer.alloc(16, 'a').toString('hex')
    assert.equal((await request({ more: { 'x-client-state': state } })).status, 200)
    const other = await request({ more: { 'x-client-state': 'abcd' } })
    assert.deepEqual([other.status, (other.json as { status: string }).status], [401, 'invalid-client-state'])
  })

  test('keys that changed after the generation that says so', async (t) => {
    const { granted, refusal } = await scene(t)
    await granted({ generation: 1234, changed: 1234 })
    assert.equal(await refusal({ generation: 1234, changed: 1235 }), 'invalid-keysChangedAt')
    await granted({ generation: 1235, changed: 1235 })
  })

  test('a client state that was replaced', async (t) => {
    const { granted, refusal, request } = await scene(t)
    await granted({ generation: 1, changed: 1, state: 'a' })
    await granted({ generation: 2, changed: 2, state: 'b' })
    assert.equal(await refusal({ generation: 3, changed: 3, state: 'a' }), 'invalid-client-state')
    const { json } = await request({ generation: 3, changed: 3, state: 'a' })
    const [error] = (json as { errors: { name: string; description: string }[] }).errors
    assert.deepEqual(
      [error?.name, error?.description],
      ['X-Client-State', 'Unacceptable client-state value stale value'],
    )
  })

  test('an empty client state where there was one', async (t) => {
    const { granted, tokens } = await scene(t)
    await granted({ generation: 1, changed: 1 })
    const answer = await tokens({ authorization: 'Bearer fox:2', 'x-keyid': '2-' })
    assert.deepEqual(
      [answer.status, (answer.json as { status: string }).status],
      [401, 'invalid-client-state'],
    )
  })

  test('another client state without a later generation, or without keys that changed', async (t) => {
    const { granted, refusal } = await scene(t)
    await granted({ generation: 1234, changed: 1234 })
    assert.equal(await refusal({ generation: 1234, changed: 1235, state: 'b' }), 'invalid-keysChangedAt')
    assert.equal(await refusal({ generation: 1234, changed: 1234, state: 'b' }), 'invalid-client-state')
    assert.equal(await refusal({ generation: 1235, changed: 1234, state: 'b' }), 'invalid-client-state')
    assert.equal(await refusal({ changed: 1234, state: 'b' }), 'invalid-client-state')
    await granted({ generation: 1235, changed: 1235, state: 'b' })
  })

  test('a generation, or a change of keys, that is earlier than one it has seen', async (t) => {
    const { granted, refusal } = await scene(t)
    await granted({ generation: 1234, changed: 1234 })
    assert.equal(await refusal({ generation: 1233, changed: 1234 }), 'invalid-generation')
    assert.equal(await refusal({ generation: 1234, changed: 1233 }), 'invalid-keysChangedAt')
    assert.equal(await refusal({ generation: 1234, changed: 0 }), 'invalid-keysChangedAt')
  })

  test('people whom the operator does not name any more, who keep their tokens in vain', async (t) => {
    const { granted, foreign, ask, again } = await scene(t)
    const browser = await granted({ generation: 1 })
    assert.equal((await ask(browser, 'GET', '/info/collections')).status, 200)
    const fewer = again({ foreign: { ...foreign, admits: () => false } })
    assert.equal((await fewer.ask(browser, 'GET', '/info/collections')).status, 401)
  })

  test('other applications, versions and methods', async (t) => {
    const { bare } = await scene(t)
    const told = async (path: string, method = 'GET') => {
      const { status, json } = await bare(method, path, { authorization: 'Bearer fox:1' })
      return [status, (json as { errors: { description: string; name: string }[] }).errors[0]]
    }
    const about = (description: string, name: string) => ({ location: 'url', name, description })
    assert.deepEqual(await told('/1.0/push/1.5'), [404, about('Unsupported application', 'application')])
    assert.deepEqual(await told('/1.0/sync/1.1'), [404, about('Unsupported application version', '1.1')])
    assert.equal((await told('/1.0'))[0], 404)
    assert.equal((await told('/1.0/sync/1.5/x'))[0], 404)
    assert.equal((await told('/1.0/sync/1.5', 'POST'))[0], 405)
  })
})

describe('the token server remembers', () => {
  test('a generation that rises without a change of keys', async (t) => {
    const { granted, row } = await scene(t)
    const { uid } = await granted({ generation: 1234, changed: 1234 })
    assert.equal((await granted({ generation: 1235, changed: 1234 })).uid, uid)
    const { generation, keys_changed_at: changed } = await row(uid)
    assert.deepEqual([generation, changed], [1235, 1234])
  })

  test('the first change of keys that it hears of, and a generation with it', async (t) => {
    const { granted, row } = await scene(t)
    const { uid } = await granted({ generation: 1233 })
    assert.equal((await granted({ generation: 1234, changed: 1234 })).uid, uid)
    const { generation, keys_changed_at: changed } = await row(uid)
    assert.deepEqual([generation, changed], [1234, 1234])
  })

  test('the first generation that it hears of', async (t) => {
    const { granted, row } = await scene(t)
    const { uid } = await granted({ changed: 1 })
    assert.equal((await granted({ generation: 1234, changed: 1 })).uid, uid)
    assert.equal((await row(uid))['generation'], 1234)
  })

  test('nothing where generation and change of keys are 0, which is none', async (t) => {
    const { granted, row } = await scene(t)
    const { uid } = await granted({ generation: 1234 })
    assert.equal((await granted({ generation: 0 })).uid, uid)
    assert.equal((await row(uid))['generation'], 1234)
    assert.equal((await row(uid))['keys_changed_at'], 0)
  })

  test('the later of two keys where a request without generation brings it', async (t) => {
    const { granted } = await scene(t)
    const first = await granted({ generation: 1234, changed: 1234 })
    const second = await granted({ changed: 1235, state: 'b' })
    assert.notEqual(second.uid, first.uid)
    assert.equal((await granted({ generation: 1235, changed: 1235, state: 'b' })).uid, second.uid)
  })
})

describe('a token', () => {
  test('says whose storage it is for, where that is, and how long it is good', async (t) => {
    const { granted, request, clock } = await scene(t)
    const answer = await request({ generation: 1234, changed: 1234 })
    const { id, uid, ...told } = answer.json as Record<string, string | number>
    assert.deepEqual(Object.keys(told).toSorted(), [
      'api_endpoint',
      'duration',
      'hashalg',
      'hashed_fxa_uid',
      'key',
      'node_type',
    ])
    assert.deepEqual(
      [told['api_endpoint'], told['duration'], told['hashalg']],
      [`${publicUrl}/1.5/${uid}`, 3600, 'sha256'],
    )
    assert.match(String(told['hashed_fxa_uid']), /^[0-9a-f]{32}$/)
    assert.equal(answer.headers['x-timestamp'], String(Math.floor(clock.now() / 1_000)))
    assert.equal(answer.headers['x-content-type-options'], 'nosniff')
    const said = payloadOf(String(id))
    assert.equal(said['uid'], uid)
    assert.equal(said['fxa_kid'], `0000000001234-${Buffer.alloc(16, 'a').toString('base64url')}`)
    assert.equal(said['expires'], Math.floor(clock.now() / 1_000) + 3600)
    const again = await granted({ generation: 1234, changed: 1234 })
    assert.deepEqual([again.uid, again.id === id], [uid, false])
  })

  test('is for less time where a client wants that, and never for more', async (t) => {
    const { tokens } = await scene(t)
    const durations: number[] = []
    for (const text of ['50', '3600', '4000', '0', 'soon', '-5', '1e3'])
      durations.push(
        (
          (
            await tokens(
              { authorization: 'Bearer fox:1', 'x-keyid': keyId(1) },
              `/1.0/sync/1.5?duration=${text}`,
            )
          ).json as { duration: number }
        ).duration,
      )
    assert.deepEqual(durations, [50, 3600, 3600, 3600, 3600, 3600, 3600])
  })

  test('for a new key is for a new, empty storage; the old one is emptied a day later', async (t) => {
    const { granted, ask, sync, clock, errors, row, store } = await scene(t)
    const old = await granted({ generation: 1, changed: 1 })
    assert.equal((await ask(old, 'PUT', '/storage/tabs/t', { body: { payload: 'x' } })).status, 200)
    const fresh = await granted({ generation: 2, changed: 2, state: 'b' })
    assert.notEqual(fresh.uid, old.uid)
    assert.equal((await ask(fresh, 'GET', '/info/collections')).text, '{}')
    const replaced = await row(old.uid)
    assert.equal(replaced['replaced'], clock.now())
    assert.equal((await row(fresh.uid))['home_id'], replaced['home_id'])
    // Browsers that have not heard of it go on until their token is over.
    assert.equal((await ask(old, 'GET', '/storage/tabs/t')).status, 200)
    assert.equal(await sync.sweep(), 0)
    clock.tick(86_400_000)
    assert.equal(await sync.sweep(), 1)
    assert.equal((await row(old.uid))['due'], null)
    assert.equal(await sync.sweep(), 0)
    assert.equal((await store.home(Number(replaced['home_id'])))?.records, 0)
    assert.deepEqual(errors, [])
  })

  test('of one person is asked for by two browsers at once, and both get the same storage', async (t) => {
    const { granted, access, tokens } = await scene(t)
    const uids = new Set(
      (await Promise.all([1, 2, 3].map(() => granted({ generation: 1, changed: 1 })))).map(({ uid }) => uid),
    )
    assert.equal(uids.size, 1)
    const { text } = await access('alice')
    const hers = await Promise.all(
      [1, 2, 3].map(async () => {
        const { json } = await tokens({ authorization: `Bearer ${text}`, 'x-keyid': keyId(1) })
        return (json as { uid: number }).uid
      }),
    )
    assert.equal(new Set(hers).size, 1)
    assert.ok(!uids.has(hers[0]!))
  })
})

describe('a person whose pages speak of her key', () => {
  async function hers(t: TestContext, key: PagesKey | undefined) {
    let present = key
    const under = await syncUnderTest(t, { keyOf: async () => present })
    const { text } = await under.access('alice')
    const request = (changed: number, state: string) =>
      under.tokens({ authorization: `Bearer ${text}`, 'x-keyid': keyId(changed, state) })
    return {
      ...under,
      speakOf: (changed: number, state: string) => void (present = pagesKey(changed, state)),
      async granted(changed: number, state: string) {
        const answer = await request(changed, state)
        assert.equal(answer.status, 200, answer.text)
        return answer.json as Browser
      },
      async refused(changed: number, state: string) {
        const answer = await request(changed, state)
        assert.equal(answer.status, 401, answer.text)
        return (answer.json as { status: string }).status
      },
    }
  }
  const pagesKey = (changed: number, state: string): PagesKey => ({
    changed,
    clientState: Buffer.alloc(16, state).toString('hex'),
  })

  test('gets no storage for a later key than that', async (t) => {
    const { granted, refused } = await hers(t, pagesKey(1_000, 'a'))
    assert.equal(await refused(1_001, 'b'), 'invalid-keysChangedAt')
    assert.equal(await refused(1_001, 'a'), 'invalid-keysChangedAt')
    const { uid } = await granted(1_000, 'a')
    assert.equal(await refused(1_001, 'b'), 'invalid-keysChangedAt')
    assert.equal((await granted(1_000, 'a')).uid, uid)
  })

  test('gets none for a key that a browser made up, whatever its time', async (t) => {
    const { granted, refused, speakOf } = await hers(t, pagesKey(1_000, 'a'))
    for (const changed of [0, 1, 999, 1_000])
      assert.equal(await refused(changed, 'x'), 'invalid-client-state')
    const { uid } = await granted(1_000, 'a')
    speakOf(2_000, 'b')
    for (const changed of [999, 1_000, 1_500, 2_000])
      assert.equal(await refused(changed, 'x'), 'invalid-client-state')
    assert.equal((await granted(1_000, 'a')).uid, uid)
  })

  test('goes on with the key before until a browser brings the new one, and then no more', async (t) => {
    const { granted, refused, speakOf } = await hers(t, pagesKey(1_000, 'a'))
    const old = await granted(1_000, 'a')
    speakOf(2_000, 'b')
    assert.equal((await granted(1_000, 'a')).uid, old.uid)
    const fresh = await granted(2_000, 'b')
    assert.notEqual(fresh.uid, old.uid)
    assert.equal(await refused(1_000, 'a'), 'invalid-client-state')
    assert.equal((await granted(2_000, 'b')).uid, fresh.uid)
  })

  test('may take up a key again that she had before: it has a storage of its own', async (t) => {
    const { granted, speakOf } = await hers(t, pagesKey(1_000, 'a'))
    const first = await granted(1_000, 'a')
    speakOf(2_000, 'b')
    const second = await granted(2_000, 'b')
    speakOf(3_000, 'a')
    const third = await granted(3_000, 'a')
    assert.equal(new Set([first.uid, second.uid, third.uid]).size, 3)
    assert.equal((await granted(3_000, 'a')).uid, third.uid)
  })

  test('gets her storage though a program had claimed a later key before they spoke of any', async (t) => {
    const { granted, refused, speakOf, store } = await hers(t, undefined)
    const odd = await granted(9_000_000_000_000, 'x')
    speakOf(1_000, 'a')
    const hersNow = await granted(1_000, 'a')
    assert.notEqual(hersNow.uid, odd.uid)
    assert.equal(await refused(9_000_000_000_000, 'x'), 'invalid-keysChangedAt')
    const [row] = await store.rows('sync_user', { uid: hersNow.uid })
    assert.equal(row?.['keys_changed_at'], 1_000)
  })

  test('of the same key, claimed with a later time before: it stays her storage', async (t) => {
    const { granted, speakOf } = await hers(t, undefined)
    const early = await granted(5_000, 'a')
    speakOf(1_000, 'a')
    assert.equal((await granted(1_000, 'a')).uid, early.uid)
    assert.equal((await granted(1_000, 'a')).uid, early.uid)
  })
})
