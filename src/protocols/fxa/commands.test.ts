import assert from 'node:assert/strict'
import { test } from 'node:test'
import { storeKinds } from '../../../test/support/accounts-on.ts'
import { type FxaBrowser, fxaBrowsers, type FxaBrowsers } from '../../../test/support/fxa-browsers.ts'
import { publicUrl } from '../../../test/support/fxa-door.ts'
import { newPushKeys, openPush, pushService } from '../../../test/support/web-push.ts'
import { deviceQueue } from '../../core/accounts/grants.ts'
import { commitStep, type View } from '../../core/records/index.ts'
import { type Commands, maxCommandPayload, maxWaiting, maxWaitingBytes } from './command-queue.ts'

const sendTab = 'https://identity.mozilla.com/cmd/open-uri'
const day = 86_400_000

async function register(on: FxaBrowsers, browser: FxaBrowser, said: object = {}): Promise<string> {
  const body = { name: browser.login, availableCommands: { [sendTab]: '{}' }, ...said }
  const { status, json } = await on.ask(browser, 'POST', '/account/device', body)
  assert.equal(status, 200)
  return String(json.id)
}

const send = (
  on: FxaBrowsers,
  from: FxaBrowser,
  target: string,
  payload: object = { encrypted: 'x' },
  more = {},
) => on.ask(from, 'POST', '/account/devices/invoke_command', { target, command: sendTab, payload, ...more })

async function fetched(on: FxaBrowsers, browser: FxaBrowser, query = ''): Promise<Commands> {
  const { status, json } = await on.ask(browser, 'GET', `/account/device/commands${query}`)
  assert.equal(status, 200, JSON.stringify(json))
  return json
}

const payloads = ({ messages }: Commands) => messages.map(({ data }) => data.payload['n'])

for (const kind of storeKinds)
  test(`${kind}: a tab that is sent is there for the other, told by push and kept over a restart`, async (t) => {
    const service = await pushService(t)
    const on = await fxaBrowsers(t, { kind, fetch: service.fetch })
    const [laptop, phone] = [await on.browser('ann'), await on.browser('ann')]
    const keys = newPushKeys()
    const id = await register(on, phone, {
      pushCallback: `${service.url}/phone`,
      pushPublicKey: keys.publicKey,
      pushAuthKey: keys.auth,
    })
    // A sender that has no device says nothing of itself.
    await send(on, laptop, id, { n: 1 })
    const sender = await register(on, laptop)
    const told = await send(on, laptop, id, { n: 2 })
    assert.deepEqual(told.json, { enqueued: true, notified: true })
    await service.until(3)
    const index = (await fetched(on, phone)).messages[1]?.index
    const [, , got] = service.got
    assert.deepEqual(JSON.parse(openPush(got!.body, keys)), {
      version: 1,
      command: 'fxaccounts:command_received',
      data: {
        command: sendTab,
        index,
        sender,
        url: `${publicUrl}/fxa/v1/account/device/commands?index=${index}&limit=1`,
      },
    })
    assert.deepEqual([got?.headers['ttl'], got?.headers['urgency']], [String(30 * 86_400), 'high'])
    const again = on.again()
    const { messages, last, index: at } = await fetched(again, phone, '?index=0')
    assert.deepEqual([last, at], [true, index])
    assert.deepEqual(
      messages.map(({ data }) => data),
      [
        { command: sendTab, payload: { n: 1 } },
        { command: sendTab, payload: { n: 2 }, sender },
      ],
    )
    // As the address in the message has it, and as a browser asks that had the first one.
    assert.deepEqual(payloads(await fetched(again, phone, `?index=${index}&limit=1`)), [2])
    assert.deepEqual(payloads(await fetched(again, phone, `?index=${messages[0]!.index + 1}`)), [2])
    assert.deepEqual(await fetched(again, phone, `?index=${index! + 1}`), {
      index: 0,
      last: true,
      messages: [],
    })
    assert.deepEqual(on.errors, [])
  })

test('who cannot be told by push finds what was sent when it asks, and the sender hears why', async (t) => {
  const service = await pushService(t)
  const on = await fxaBrowsers(t, { fetch: service.fetch })
  const [laptop, phone] = [await on.browser('ann'), await on.browser('ann')]
  const keys = newPushKeys()
  const withKeys = { pushPublicKey: keys.publicKey, pushAuthKey: keys.auth }
  const id = await register(on, phone)
  const reached = async (pushCallback: string | null, more: object = {}) => {
    await register(on, phone, { id, pushCallback, ...more })
    return (await send(on, laptop, id)).json
  }
  const not = (notifyError: string) => ({ enqueued: true, notified: false, notifyError })
  assert.deepEqual(await reached(null), not('noCallback'))
  assert.deepEqual(await reached(`${service.url}/1`), not('noKeys'))
  assert.equal(service.got[0]?.body.byteLength, 0)
  assert.deepEqual(await reached('https://127.0.0.1/push', withKeys), not('serverError'))
  assert.deepEqual(await reached('http://elsewhere.test/push', withKeys), not('serverError'))
  service.answer((_request, response) => response.writeHead(413).end())
  assert.deepEqual(await reached(`${service.url}/2`, withKeys), not('serverError'))
  service.answer((_request, response) => void response.socket?.destroy())
  assert.deepEqual(await reached(`${service.url}/3`, withKeys), not('serverError'))
  assert.equal((await fetched(on, phone)).messages.length, 6)
  assert.deepEqual(on.errors, [])
})

test('a service that does not answer holds up no sender for long', async (t) => {
  const service = await pushService(t)
  const on = await fxaBrowsers(t, { fetch: service.fetch })
  const [laptop, phone] = [await on.browser('ann'), await on.browser('ann')]
  const held: (() => void)[] = []
  service.answer((_request, response) => held.push(() => response.writeHead(201).end()))
  const keys = newPushKeys()
  const id = await register(on, phone, {
    pushCallback: service.url,
    pushPublicKey: keys.publicKey,
    pushAuthKey: keys.auth,
  })
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const sending = send(on, laptop, id)
  await service.until(1)
  t.mock.timers.tick(3_000)
  assert.deepEqual((await sending).json, { enqueued: true, notified: false, notifyError: 'unknown' })
  assert.equal((await fetched(on, phone)).messages.length, 1)
  for (const answer of held) answer()
})

test('an address that is no more is marked, not asked again, and taken anew when it is another one', async (t) => {
  const service = await pushService(t)
  const on = await fxaBrowsers(t, { fetch: service.fetch })
  const [laptop, phone] = [await on.browser('ann'), await on.browser('ann')]
  const keys = newPushKeys()
  const push = { pushPublicKey: keys.publicKey, pushAuthKey: keys.auth }
  const id = await register(on, phone, { pushCallback: `${service.url}/old`, ...push })
  service.answer((_request, response) => response.writeHead(410).end())
  assert.equal((await send(on, laptop, id)).json.notifyError, 'resetCallback')
  const isExpired = async () => (await on.ask(laptop, 'GET', '/account/devices')).json[0].pushEndpointExpired
  // It is noted beside the answer.
  await on.fxa.stop()
  const again = on.again()
  assert.equal(await isExpired(), true)
  assert.equal((await send(again, laptop, id)).json.notifyError, 'expiredCallback')
  assert.equal(service.got.length, 1)
  await register(again, phone, { id, pushCallback: `${service.url}/old`, ...push })
  assert.equal(await isExpired(), true)
  service.answer((_request, response) => response.writeHead(201).end())
  await register(again, phone, { id, pushCallback: `${service.url}/new`, ...push })
  assert.equal(await isExpired(), false)
  assert.equal((await send(again, laptop, id)).json.notified, true)
  await again.fxa.stop()
})

test('commands are for a device of the same person that takes them', async (t) => {
  const on = await fxaBrowsers(t)
  const [laptop, phone, other] = [await on.browser('ann'), await on.browser('ann'), await on.browser('ben')]
  const id = await register(on, phone)
  const foreign = await register(on, other)
  const errno = async (body: object) => {
    const { status, json } = await on.ask(laptop, 'POST', '/account/devices/invoke_command', body)
    return [status, json.errno]
  }
  const right = { target: id, command: sendTab, payload: {} }
  assert.deepEqual(await errno({ ...right, target: foreign }), [400, 123])
  assert.deepEqual(await errno({ ...right, target: 'f'.repeat(32) }), [400, 123])
  assert.deepEqual(
    await errno({ ...right, command: 'https://identity.mozilla.com/cmd/close-uri/v1' }),
    [400, 157],
  )
  const wrong = [
    { target: 'F'.repeat(32) },
    { target: 7 },
    { command: 'a b' },
    { command: '' },
    { command: 'a'.repeat(101) },
    { payload: 'text' },
    { payload: [] },
    { payload: null },
    { ttl: -1 },
    { ttl: 1.5 },
    { ttl: 10_000_001 },
    { ttl: '1' },
  ]
  for (const one of wrong)
    assert.deepEqual(await errno({ ...right, ...one }), [400, 107], JSON.stringify(one))
  for (const absent of ['target', 'command', 'payload'])
    assert.deepEqual(await errno({ ...right, [absent]: undefined }), [400, 108], absent)
  const sized = (bytes: number) => ({ ...right, payload: { e: 'x'.repeat(bytes - '{"e":""}'.length) } })
  assert.deepEqual(await errno(sized(maxCommandPayload + 1)), [413, 113])
  assert.deepEqual((await fetched(on, phone)).messages, [])
  assert.deepEqual(await errno(sized(maxCommandPayload)), [200, undefined])
  assert.deepEqual(await fetched(on, laptop), { index: 0, last: true, messages: [] })
  for (const query of [
    '?index=-1',
    '?index=x',
    '?index=1.5',
    '?index=99999999999999999',
    '?limit=101',
    '?limit=-1',
    '?limit=',
  ])
    assert.equal((await on.ask(phone, 'GET', `/account/device/commands${query}`)).json.errno, 107, query)
})

test('pages of commands end where they are told to, and say whether more is behind', async (t) => {
  const on = await fxaBrowsers(t)
  const [laptop, phone] = [await on.browser('ann'), await on.browser('ann')]
  const id = await register(on, phone)
  for (let n = 1; n <= 5; n++) {
    await send(on, laptop, id, { n })
    // Other things of the same home take numbers too.
    await on.accounts.suspendGrant(laptop.account, phone.grant, n % 2 === 1)
    await on.accounts.suspendGrant(laptop.account, phone.grant, false)
  }
  const first = await fetched(on, phone, '?limit=2')
  assert.deepEqual([payloads(first), first.last], [[1, 2], false])
  const second = await fetched(on, phone, `?index=${first.index + 1}&limit=3`)
  assert.deepEqual([payloads(second), second.last], [[3, 4, 5], true])
  assert.deepEqual(await fetched(on, phone, '?limit=0'), { index: 0, last: false, messages: [] })
})

test('a large answer is given in parts', async (t) => {
  const on = await fxaBrowsers(t)
  const [laptop, phone] = [await on.browser('ann'), await on.browser('ann')]
  const id = await register(on, phone)
  for (let n = 0; n < 31; n++) await send(on, laptop, id, { n, filling: 'x'.repeat(32_000) })
  const all: unknown[] = []
  let page: Commands = { index: 0, last: false, messages: [] }
  for (let pages = 0; !page.last && pages < 10; pages++) {
    page = await fetched(on, phone, `?index=${page.index + 1}`)
    assert.ok(JSON.stringify(page).length < 1_200_000)
    all.push(...payloads(page))
  }
  assert.deepEqual(
    all,
    Array.from({ length: 31 }, (_, n) => n),
  )
})

test('what waits is bounded by number and size: the oldest goes', async (t) => {
  const on = await fxaBrowsers(t)
  const [laptop, phone] = [await on.browser('ann'), await on.browser('ann')]
  const id = await register(on, phone)
  const before = (await on.store.home((await on.accounts.byId(phone.account))!.home))!
  for (let n = 0; n < maxWaiting + 3; n++) {
    on.clock.tick(1_000)
    assert.equal((await send(on, laptop, id, { n })).status, 200)
  }
  const { messages } = await fetched(on, phone)
  assert.deepEqual([messages.length, messages[0]?.data.payload], [maxWaiting, { n: 3 }])
  for (let n = 0; n < 50; n++) {
    on.clock.tick(1_000)
    await send(on, laptop, id, { n, filling: 'x'.repeat(30_000) })
  }
  const after = (await on.store.home(before.id))!
  assert.ok(after.bytes - before.bytes <= maxWaitingBytes)
  assert.ok(after.bytes - before.bytes > maxWaitingBytes - 40_000)
  const waiting = await on.store.queue(before.id, deviceQueue(id), { limit: 1_000 })
  assert.equal(JSON.parse(Buffer.from(waiting.at(-1)!.body!).toString()).n, 49)
})

test('a command waits as long as it is told to: a minute at least, thirty days at most', async (t) => {
  const on = await fxaBrowsers(t)
  const [laptop, phone] = [await on.browser('ann'), await on.browser('ann')]
  const id = await register(on, phone)
  for (const [n, ttl] of [0, 3_600, undefined, 10_000_000].entries())
    await send(on, laptop, id, { n }, ttl === undefined ? {} : { ttl })
  const waiting = async () => payloads(await fetched(on, phone))
  on.clock.tick(59_999)
  assert.deepEqual(await waiting(), [0, 1, 2, 3])
  on.clock.tick(1)
  assert.deepEqual(await waiting(), [1, 2, 3])
  on.clock.tick(3_540_000)
  assert.deepEqual(await waiting(), [2, 3])
  on.clock.tick(30 * day - 3_600_001)
  assert.deepEqual(await waiting(), [2, 3])
  on.clock.tick(1)
  assert.deepEqual(await waiting(), [])
})

test('after a restore the numbers go on above those that a browser has seen', async (t) => {
  const on = await fxaBrowsers(t)
  const [laptop, phone] = [await on.browser('ann'), await on.browser('ann')]
  const id = await register(on, phone)
  for (let n = 0; n < 20; n++) await send(on, laptop, id, { n })
  const seen = (await fetched(on, phone)).index
  const { home } = (await on.accounts.byId(phone.account))!
  const row = (await on.store.home(home))!
  // As a restore of this morning's backup leaves the home.
  await on.store.commit({
    homes: [home],
    needs: [],
    plan(work) {
      const view = work as View
      view.homes.put({ ...row, nextCid: row.nextCid - 15, epoch: on.clock.now() + day })
    },
  })
  await commitStep(on.store, { changes: [{ kind: 'dequeue', home, name: deviceQueue(id), ords: 'all' }] })
  await send(on, laptop, id, { n: 'later' })
  assert.deepEqual(payloads(await fetched(on, phone, `?index=${seen + 1}`)), ['later'])
})

test('a home that is full takes no more commands, and says so', async (t) => {
  const on = await fxaBrowsers(t)
  const [laptop, phone] = [await on.browser('ann'), await on.browser('ann')]
  const id = await register(on, phone)
  const { home } = (await on.accounts.byId(phone.account))!
  await commitStep(on.store, { changes: [{ kind: 'alter-home', home, set: { maxBytes: 1_000 } }] })
  assert.equal((await send(on, laptop, id, { e: 'x'.repeat(500) })).status, 200)
  const { status, json } = await send(on, laptop, id, { e: 'x'.repeat(500) })
  assert.deepEqual([status, json.errno], [413, 113])
  assert.deepEqual(on.errors, [])
})

test('a device that ends while a command is on its way gets none', async (t) => {
  const on = await fxaBrowsers(t)
  const [laptop, phone] = [await on.browser('ann'), await on.browser('ann')]
  const id = await register(on, phone)
  const [sent] = await Promise.all([
    send(on, laptop, id),
    on.accounts.revokeGrant(phone.account, phone.grant),
  ])
  assert.ok(sent.status === 200 || sent.json.errno === 123, sent.text)
  const { home } = (await on.accounts.byId(phone.account))!
  assert.deepEqual(await on.store.queue(home, deviceQueue(id), { limit: 10 }), [])
})
