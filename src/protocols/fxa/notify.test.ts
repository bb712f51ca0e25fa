import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { type FxaBrowser, fxaBrowsers, type FxaBrowsers } from '../../../test/support/fxa-browsers.ts'
import {
  newPushKeys,
  openPush,
  type PushKeys,
  type PushService,
  pushService,
} from '../../../test/support/web-push.ts'
import { commitStep } from '../../core/records/index.ts'
import { maxDevices } from './device-rows.ts'

interface Known extends FxaBrowser {
  id: string
  keys: PushKeys
}

interface Scene {
  on: FxaBrowsers
  service: PushService
  /** A browser whose messages come to `/NAME`. */
  known(login: string, name: string): Promise<Known>
  /** What came to a browser since it registered, opened; empty messages are null. */
  told(browser: Known, name: string): unknown[]
  notify(browser: FxaBrowser, body: object): Promise<[status: number, errno: number | undefined]>
  /** Waits for what is on its way; nothing is sent afterwards. */
  settled(): Promise<void>
}

async function scene(t: TestContext): Promise<Scene> {
  const service = await pushService(t)
  const on = await fxaBrowsers(t, { fetch: service.fetch })
  return {
    on,
    service,
    async known(login, name) {
      const browser = await on.browser(login)
      const keys = newPushKeys()
      const { status, json } = await on.ask(browser, 'POST', '/account/device', {
        name,
        pushCallback: `${service.url}/${name}`,
        pushPublicKey: keys.publicKey,
        pushAuthKey: keys.auth,
      })
      assert.equal(status, 200)
      return { ...browser, id: String(json.id), keys }
    },
    told: ({ keys }, name) =>
      service.got
        .filter(({ path }) => path === `/${name}`)
        .map(({ body }) => (body.byteLength === 0 ? null : (JSON.parse(openPush(body, keys)) as unknown)))
        .filter(
          (message) => (message as { command?: string } | null)?.command !== 'fxaccounts:device_connected',
        ),
    async notify(browser, body) {
      const { status, json } = await on.ask(browser, 'POST', '/account/devices/notify', body)
      return [status, json.errno]
    },
    settled: () => on.fxa.stop(),
  }
}

const changed = { version: 1, command: 'sync:collection_changed', data: { collections: ['clients'] } }
const firstSync = { ...changed, data: { ...changed.data, reason: 'firstsync' } }

test('a browser has its others told that something was synced', async (t) => {
  const { known, notify, told, settled, service } = await scene(t)
  const a = await known('ann', 'a')
  const [b, c] = [await known('ann', 'b'), await known('ann', 'c')]
  const foreign = await known('ben', 'foreign')
  await service.until(3)
  assert.deepEqual(await notify(a, { to: 'all', excluded: [a.id], payload: firstSync, TTL: 0 }), [
    200,
    undefined,
  ])
  await service.until(5)
  assert.deepEqual(await notify(a, { to: [b.id, foreign.id, 'f'.repeat(32)], payload: changed, TTL: 60 }), [
    200,
    undefined,
  ])
  await service.until(6)
  await settled()
  assert.deepEqual(told(a, 'a'), [])
  assert.deepEqual(told(b, 'b'), [firstSync, changed])
  assert.deepEqual(told(c, 'c'), [firstSync])
  assert.deepEqual(told(foreign, 'foreign'), [])
  assert.equal(service.got.at(-1)?.headers['ttl'], '60')
})

test('a browser may tell that it was verified, by an empty message, and nothing that only the server knows', async (t) => {
  const { known, notify, told, settled, service } = await scene(t)
  const [a, b] = [await known('ann', 'a'), await known('ann', 'b')]
  await service.until(1)
  const all = { to: 'all', excluded: [a.id] }
  assert.deepEqual(await notify(a, { ...all, _endpointAction: 'accountVerify', payload: {} }), [
    200,
    undefined,
  ])
  await service.until(2)
  const forbidden = [
    { version: 1, command: 'fxaccounts:device_disconnected', data: { id: b.id } },
    { version: 1, command: 'fxaccounts:account_destroyed', data: { uid: a.uid } },
    { version: 1, command: 'fxaccounts:command_received', data: { index: 1 } },
    { version: 1, command: 'fxaccounts:password_reset' },
  ]
  for (const payload of forbidden) assert.deepEqual(await notify(a, { ...all, payload }), [400, 107])
  await settled()
  assert.deepEqual(told(b, 'b'), [null])
})

test('each field of a notification that is wrong is refused', async (t) => {
  const { known, notify, on } = await scene(t)
  const a = await known('ann', 'a')
  const right = { to: 'all', payload: changed }
  const data = (more: object) => ({ payload: { ...changed, data: { ...changed.data, ...more } } })
  const wrong: object[] = [
    { to: 'some' },
    { to: ['x'] },
    { to: [a.id.toUpperCase()] },
    { to: Array.from({ length: maxDevices + 1 }, () => a.id) },
    { to: 7 },
    { excluded: 'all' },
    { excluded: [7] },
    { to: [a.id], excluded: [a.id] },
    { TTL: -1 },
    { TTL: 1.5 },
    { TTL: '1' },
    { _endpointAction: 'other' },
    { _endpointAction: 'accountVerify' },
    { payload: {} },
    { payload: 'text' },
    { payload: { ...changed, version: 2 } },
    { payload: { ...changed, command: 'other' } },
    { payload: { ...changed, data: null } },
    data({ collections: [] }),
    data({ collections: 'clients' }),
    data({ collections: ['a b'] }),
    data({ collections: ['a', 'a'] }),
    data({ collections: Array.from({ length: 33 }, (_, n) => `c${n}`) }),
    data({ reason: 'a b' }),
    data({ reason: 7 }),
  ]
  for (const one of wrong)
    assert.deepEqual(await notify(a, { ...right, ...one }), [400, 107], JSON.stringify(one))
  assert.deepEqual(await notify(a, { ...right, to: undefined }), [400, 108])
  assert.deepEqual(await notify(a, { ...right, payload: undefined }), [400, 108])
  // It asked for itself alone: that is nobody else.
  assert.deepEqual(await notify(a, { to: [], payload: changed }), [200, undefined])
  assert.deepEqual(on.errors, [])
})

test('services that fail, or do not answer, fail and delay no request', async (t) => {
  const { known, notify, on, service } = await scene(t)
  const [a] = [await known('ann', 'a'), await known('ann', 'b')]
  const held: (() => void)[] = []
  service.answer((_request, response) => held.push(() => response.writeHead(500).end()))
  for (let n = 0; n < 10; n++)
    assert.deepEqual(await notify(a, { to: 'all', payload: changed }), [200, undefined])
  // Nobody waited for any of these.
  await service.until(4)
  service.answer((_request, response) => void response.socket?.destroy())
  for (const answer of held) answer()
  await on.fxa.stop()
  assert.deepEqual(on.errors, [])
})

test('a person’s browsers cannot make the server send without end', async (t) => {
  const { known, notify, on, service } = await scene(t)
  const [a, b] = [await known('ann', 'a'), await known('ben', 'b')]
  service.answer((_request, response) => response.writeHead(201).end())
  const one = { to: [a.id], payload: changed }
  for (let n = 0; n < 300; n++) assert.deepEqual(await notify(a, one), [200, undefined])
  const { status, json, headers } = await on.ask(a, 'POST', '/account/devices/notify', one)
  assert.deepEqual([status, json.errno, json.retryAfter, headers['retry-after']], [429, 114, 1, '1'])
  assert.deepEqual(await notify(b, { ...one, to: [b.id] }), [200, undefined])
  on.clock.tick(1_000)
  assert.deepEqual(await notify(a, one), [200, undefined])
})

test('what happens to an account is told to all of its browsers', async (t) => {
  const { known, told, on, settled, service } = await scene(t)
  const [a, b] = [await known('ann', 'a'), await known('ben', 'b')]
  const acts = ['renamed', 'profile-changed', 'password-changed', 'keys-afresh', 'leaving', 'exported']
  for (const act of acts) await on.fxa.happened(a.account, act)
  await on.fxa.happened('nobody', 'renamed')
  await service.until(5)
  await settled()
  const commands = told(a, 'a').map((message) => (message as { command: string }).command)
  assert.deepEqual(commands.toSorted(), [
    'fxaccounts:account_destroyed',
    'fxaccounts:password_changed',
    'fxaccounts:password_reset',
    'fxaccounts:profile_updated',
    'fxaccounts:profile_updated',
  ])
  const destroyed = { version: 1, command: 'fxaccounts:account_destroyed', data: { uid: a.uid } }
  assert.ok(told(a, 'a').some((message) => JSON.stringify(message) === JSON.stringify(destroyed)))
  assert.deepEqual(told(b, 'b'), [])
  const topics = service.got.map(({ headers }) => headers['topic']).filter((topic) => topic !== undefined)
  assert.deepEqual(topics.toSorted(), ['password', 'password', 'profile', 'profile'])
})

test('Firefox for iOS gets no message that it would have to show without knowing it', async (t) => {
  const { known, notify, told, on, settled, service } = await scene(t)
  const [a, phone] = [await known('ann', 'a'), await known('ann', 'phone')]
  const [row] = await on.store.rows('app_grant', { grant_id: phone.grant })
  const ios = '1b1a3e44c54fbb58'
  await commitStep(on.store, { changes: [{ kind: 'row', table: 'app_grant', put: { ...row, client: ios } }] })
  await service.until(1)
  await notify(a, { to: 'all', payload: changed })
  await service.until(2)
  await on.fxa.happened(a.account, 'profile-changed')
  await service.until(3)
  const third = await known('ann', 'third')
  await service.until(5)
  await settled()
  assert.equal(told(a, 'a').length, 2)
  assert.deepEqual(told(phone, 'phone'), [])
  assert.equal(service.got.filter(({ path }) => path === '/phone').length, 1)
  assert.deepEqual(told(third, 'third'), [])
})

test('a person of a hundred devices tells all of them, and lists them', async (t) => {
  const { notify, on, service } = await scene(t)
  const devices: Known[] = []
  for (let n = 0; n < maxDevices; n++) {
    const browser = await on.browser('ann')
    const { json } = await on.ask(browser, 'POST', '/account/device', { name: `d${n}` })
    devices.push({ ...browser, id: json.id, keys: newPushKeys() })
  }
  // None of them was told of another's arrival, since none could be reached.
  for (const { id, keys, ...browser } of devices)
    await on.ask(browser, 'POST', '/account/device', {
      id,
      pushCallback: `${service.url}/${id}`,
      pushPublicKey: keys.publicKey,
      pushAuthKey: keys.auth,
    })
  const [first] = devices
  assert.deepEqual(await notify(first!, { to: 'all', excluded: [first!.id], payload: changed }), [
    200,
    undefined,
  ])
  const { json } = await on.ask(first!, 'GET', '/account/devices?filterIdleDevicesTimestamp=0')
  assert.equal(json.length, maxDevices)
  await service.until(maxDevices - 1)
  for (const { path, body } of service.got) {
    const { keys } = devices.find(({ id }) => path === `/${id}`)!
    assert.deepEqual(JSON.parse(openPush(body, keys)), changed)
  }
  assert.equal(new Set(service.got.map(({ path }) => path)).size, maxDevices - 1)
})
