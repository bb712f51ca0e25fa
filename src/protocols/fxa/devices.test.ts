import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FxaBrowser, fxaBrowsers, type FxaBrowsers } from '../../../test/support/fxa-browsers.ts'
import { newPushKeys, openPush, pushService } from '../../../test/support/web-push.ts'
import { deviceQueue } from '../../core/accounts/grants.ts'
import { createResealing } from '../../identity/reseal.ts'
import { keyRing } from '../../lib/sealed.ts'
import { maxDevices } from './device-rows.ts'
import { sealedSubscriptions } from './subscription.ts'

const sendTab = 'https://identity.mozilla.com/cmd/open-uri'

/** A device as a client reads it. */
interface Told {
  id: string
  name: string
  type: string
  isCurrentDevice: boolean
  lastAccessTime: number
  pushCallback: string | null
  pushPublicKey: string | null
  pushAuthKey: string | null
  pushEndpointExpired: boolean
  availableCommands: Record<string, string>
  createdAt: number
}

async function register(on: FxaBrowsers, browser: FxaBrowser, said: object = {}): Promise<Told> {
  const { status, json } = await on.ask(browser, 'POST', '/account/device', { name: browser.login, ...said })
  assert.equal(status, 200, JSON.stringify(json))
  return json
}

async function list(on: FxaBrowsers, browser: FxaBrowser, query = ''): Promise<Told[]> {
  const { status, json } = await on.ask(browser, 'GET', `/account/devices${query}`)
  assert.equal(status, 200, JSON.stringify(json))
  return json
}

/** The status and errno of a refused request. */
async function refused(on: FxaBrowsers, browser: FxaBrowser, method: string, path: string, body?: unknown) {
  const { status, json } = await on.ask(browser, method, path, body)
  return [status, (json as { errno?: number }).errno]
}

const subscription = (url: string, keys = newPushKeys()) => ({
  pushCallback: `${url}/wpush/v2/${keys.auth}`,
  pushPublicKey: keys.publicKey,
  pushAuthKey: keys.auth,
})

test('a browser says what it is, and its others see it', async (t) => {
  const on = await fxaBrowsers(t)
  const [laptop, phone] = [await on.browser('ann'), await on.browser('ann')]
  const keys = newPushKeys()
  const push = subscription('https://push.example', keys)
  const told = await register(on, laptop, {
    name: 'Ann’s laptop 🦊',
    type: 'desktop',
    ...push,
    availableCommands: { [sendTab]: '{"keys":1}' },
    capabilities: [],
  })
  assert.match(told.id, /^[0-9a-f]{32}$/)
  const expected = {
    id: told.id,
    name: 'Ann’s laptop 🦊',
    type: 'desktop',
    ...push,
    pushEndpointExpired: false,
    availableCommands: { [sendTab]: '{"keys":1}' },
  }
  assert.deepEqual(told, { ...expected, createdAt: on.clock.now() })
  await register(on, phone, { name: 'Phone', type: 'mobile' })
  on.clock.tick(7_200_000)
  const [own, other] = await list(on, phone)
  assert.deepEqual([own?.name, own?.isCurrentDevice, own?.pushCallback], ['Phone', true, null])
  assert.deepEqual(other, {
    ...expected,
    isCurrentDevice: false,
    lastAccessTime: on.clock.now() - 7_200_000,
    location: {},
  })
  assert.deepEqual(on.errors, [])
})

test('a session that registered nothing is in nobody’s list, and sees the others', async (t) => {
  const on = await fxaBrowsers(t)
  const [laptop, quiet] = [await on.browser('ann'), await on.browser('ann')]
  const { id } = await register(on, laptop)
  const told = await list(on, quiet)
  assert.deepEqual(
    told.map((one) => [one.id, one.isCurrentDevice]),
    [[id, false]],
  )
})

test('what is left out of an update stays, and null takes the address away', async (t) => {
  const on = await fxaBrowsers(t)
  const laptop = await on.browser('ann')
  const push = subscription('https://push.example')
  const made = await register(on, laptop, { type: 'tablet', ...push, availableCommands: { a: 'b' } })
  const renamed = await register(on, laptop, { id: made.id, name: 'Renamed' })
  assert.deepEqual(renamed, { ...made, name: 'Renamed' })
  // Without its id, as a browser that lost it: the device of its session is meant.
  assert.deepEqual(await register(on, laptop, { name: 'Renamed' }), renamed)
  for (const none of [null, '']) {
    await register(on, laptop, { id: made.id, ...push })
    const without = await register(on, laptop, { id: made.id, pushCallback: none })
    assert.deepEqual([without.pushCallback, without.pushPublicKey, without.pushAuthKey], [null, null, null])
  }
  const bare = await register(on, laptop, { pushCallback: push.pushCallback })
  assert.deepEqual([bare.pushCallback, bare.pushPublicKey], [push.pushCallback, null])
})

test('the person’s list calls the browser as it calls itself, in a hundred characters', async (t) => {
  const on = await fxaBrowsers(t)
  const laptop = await on.browser('ann')
  await register(on, laptop, { name: `${'a'.repeat(99)}🦊${'b'.repeat(100)}` })
  const [grant] = await on.accounts.grants(laptop.account, 'browser')
  assert.equal(grant?.label, 'a'.repeat(99))
  const [line] = await on.fxa.pages.browsers((await on.accounts.byLogin('ann'))!)
  assert.equal(line?.name.length, 201)
})

test('what changes nothing is not written, save that it was there once an hour', async (t) => {
  const on = await fxaBrowsers(t)
  const laptop = await on.browser('ann')
  const said = { name: 'Laptop', ...subscription('https://push.example'), availableCommands: { a: 'b' } }
  const { id } = await register(on, laptop, said)
  const row = async () => (await on.store.rows('fxa_device', { device_id: id }))[0]
  const before = await row()
  on.clock.tick(3_599_999)
  await register(on, laptop, { id, ...said })
  assert.deepEqual(await row(), before)
  on.clock.tick(1)
  await register(on, laptop, { id, ...said })
  assert.equal((await row())?.['seen'], on.clock.now())
})

test('an id that is unknown, another browser’s or another person’s is refused', async (t) => {
  const on = await fxaBrowsers(t)
  const [laptop, phone, other] = [await on.browser('ann'), await on.browser('ann'), await on.browser('ben')]
  const { id } = await register(on, laptop)
  const foreign = await register(on, other)
  const post = (body: object) => on.ask(phone, 'POST', '/account/device', { name: 'Phone', ...body })
  const errno = async (body: object) => ((await post(body)).json as { errno: number }).errno
  assert.equal(await errno({ id: 'f'.repeat(32) }), 123)
  assert.equal(await errno({ id: foreign.id }), 123)
  assert.equal(await errno({ id }), 123)
  const own = await register(on, phone)
  assert.equal(await errno({ id: 'f'.repeat(32) }), 123)
  assert.equal(await errno({ id: foreign.id }), 123)
  const conflict = await post({ id })
  const { errno: number, deviceId } = conflict.json as { errno: number; deviceId: string }
  assert.deepEqual([conflict.status, number, deviceId], [400, 124, own.id])
})

test('two registrations at one moment make one device', async (t) => {
  const on = await fxaBrowsers(t)
  const laptop = await on.browser('ann')
  const ids = await Promise.all([1, 2, 3].map(async (n) => (await register(on, laptop, { name: `${n}` })).id))
  assert.equal(new Set(ids).size, 1)
  assert.equal((await list(on, laptop)).length, 1)
})

test('each field that is wrong is refused and changes nothing', async (t) => {
  const on = await fxaBrowsers(t)
  const laptop = await on.browser('ann')
  const push = subscription('https://push.example')
  const offCurve = Buffer.from(push.pushPublicKey, 'base64url').fill(9, 40).toString('base64url')
  const wrong: object[] = [
    { id: 'X'.repeat(32) },
    { id: 7 },
    { name: '' },
    { name: '   ' },
    { name: 'a'.repeat(256) },
    { name: 'bell \u0007' },
    { name: 'line \u2028' },
    { name: '\ue000' },
    { name: 'half \ud83e' },
    { name: null },
    { type: '' },
    { type: 'a'.repeat(17) },
    { type: 'desk top' },
    { type: 7 },
    { ...push, pushCallback: 'push' },
    { ...push, pushCallback: 'file:///etc/passwd' },
    { ...push, pushCallback: 'https://user:secret@push.example/' },
    { ...push, pushCallback: `https://push.example/${'a'.repeat(1_024)}` },
    { ...push, pushCallback: 7 },
    { ...push, pushCallback: undefined },
    { ...push, pushPublicKey: undefined },
    { ...push, pushAuthKey: undefined },
    { ...push, pushPublicKey: offCurve },
    { ...push, pushPublicKey: push.pushPublicKey.slice(0, -4) },
    { ...push, pushPublicKey: `${push.pushPublicKey}AAAA` },
    { ...push, pushPublicKey: 'not base64' },
    { ...push, pushAuthKey: 'AAAA' },
    { ...push, pushAuthKey: 7 },
    { availableCommands: [] },
    { availableCommands: 'a' },
    { availableCommands: { a: 1 } },
    { availableCommands: { 'no space': 'a' } },
    { availableCommands: { ['a'.repeat(101)]: 'a' } },
    { availableCommands: { a: 'a'.repeat(2_049) } },
    { availableCommands: Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`c${n}`, ''])) },
  ]
  for (const said of wrong) {
    const told = await refused(on, laptop, 'POST', '/account/device', { name: 'Laptop', ...said })
    assert.ok(told[0] === 400 && (told[1] === 107 || told[1] === 108), `${JSON.stringify(said)}: ${told}`)
  }
  assert.deepEqual(await list(on, laptop), [])
  assert.deepEqual(on.errors, [])
})

test('a command may have any name of the letters that commands have', async (t) => {
  const on = await fxaBrowsers(t)
  const laptop = await on.browser('ann')
  // As a client may write it: JSON has no trouble with it.
  const said = JSON.parse('{"name":"a","availableCommands":{"__proto__":"x","constructor":"y"}}') as object
  const told = await register(on, laptop, said)
  assert.deepEqual(Object.keys(told.availableCommands), ['__proto__', 'constructor'])
  assert.deepEqual(
    await refused(on, laptop, 'POST', '/account/devices/invoke_command', {
      target: told.id,
      command: 'toString',
      payload: {},
    }),
    [400, 157],
  )
})

test('the list leaves out who was not here since a moment, never oneself', async (t) => {
  const on = await fxaBrowsers(t)
  const browsers = [await on.browser('ann'), await on.browser('ann'), await on.browser('ann')]
  const [old, later, own] = browsers as [FxaBrowser, FxaBrowser, FxaBrowser]
  await register(on, own, { name: 'own' })
  await register(on, old, { name: 'old' })
  on.clock.tick(86_400_000)
  await register(on, later, { name: 'later' })
  on.clock.tick(3_600_000)
  const names = async (since: number | string) =>
    (await list(on, own, `?filterIdleDevicesTimestamp=${since}`)).map(({ name }) => name)
  assert.deepEqual(await names(on.clock.now() - 7_200_000), ['own', 'later'])
  assert.deepEqual(await names(0), ['own', 'later', 'old'])
  for (const since of ['', '-1', 'x', '1e3'])
    assert.deepEqual(
      await refused(on, own, 'GET', `/account/devices?filterIdleDevicesTimestamp=${since}`),
      [400, 107],
    )
})

test('a new browser is made known to the others, not to itself or to other people', async (t) => {
  const service = await pushService(t)
  const on = await fxaBrowsers(t, { fetch: service.fetch })
  const [laptop, phone, other] = [await on.browser('ann'), await on.browser('ann'), await on.browser('ben')]
  const keys = newPushKeys()
  await register(on, laptop, { name: 'Laptop', ...subscription(service.url, keys) })
  await register(on, other, subscription(service.url))
  await register(on, phone, { name: 'Phone', ...subscription(service.url) })
  await service.until(1)
  // An update is no arrival.
  await register(on, phone, { name: 'Telephone' })
  await on.fxa.stop()
  assert.equal(service.got.length, 1)
  assert.deepEqual(JSON.parse(openPush(service.got[0]!.body, keys)), {
    version: 1,
    command: 'fxaccounts:device_connected',
    data: { deviceName: 'Phone' },
  })
})

test('a browser destroys itself with all that was its own, and no other', async (t) => {
  const service = await pushService(t)
  const on = await fxaBrowsers(t, { fetch: service.fetch })
  const [laptop, phone] = [await on.browser('ann'), await on.browser('ann')]
  const keys = newPushKeys()
  const kept = await register(on, laptop, {
    availableCommands: { c: '' },
    ...subscription(service.url, keys),
  })
  const gone = await register(on, phone, { availableCommands: { c: '' }, ...subscription(service.url) })
  const command = { target: gone.id, command: 'c', payload: { encrypted: 'x' } }
  assert.equal((await on.ask(laptop, 'POST', '/account/devices/invoke_command', command)).status, 200)
  const home = (await on.accounts.byId(phone.account))!.home
  assert.equal((await on.store.queue(home, deviceQueue(gone.id), { limit: 10 })).length, 1)

  const destroy = (id: unknown) => refused(on, phone, 'POST', '/account/device/destroy', { id })
  assert.deepEqual(await destroy(kept.id), [400, 123])
  assert.deepEqual(await destroy('f'.repeat(32)), [400, 123])
  assert.deepEqual(await destroy('f'), [400, 107])
  assert.deepEqual(await destroy(undefined), [400, 108])
  const before = service.got.length
  assert.deepEqual(await destroy(gone.id), [200, undefined])
  await service.until(before + 1)
  assert.deepEqual(JSON.parse(openPush(service.got[before]!.body, keys)), {
    version: 1,
    command: 'fxaccounts:device_disconnected',
    data: { id: gone.id },
  })
  assert.deepEqual(await refused(on, phone, 'GET', '/account/devices'), [401, 110])
  assert.deepEqual(
    (await list(on, laptop)).map(({ id }) => id),
    [kept.id],
  )
  assert.deepEqual(await on.store.queue(home, deviceQueue(gone.id), { limit: 10 }), [])
  assert.equal((await on.accounts.grants(laptop.account, 'browser')).length, 1)
})

test('a browser that its person ends is told so itself, wherever she does it nothing of it is left', async (t) => {
  const service = await pushService(t)
  const on = await fxaBrowsers(t, { fetch: service.fetch })
  const [laptop, phone, third] = [await on.browser('ann'), await on.browser('ann'), await on.browser('ann')]
  const keys = newPushKeys()
  const { id } = await register(on, phone, {
    ...subscription(service.url, keys),
    availableCommands: { c: '' },
  })
  const account = (await on.accounts.byId(phone.account))!
  await on.fxa.pages.disconnect(account, phone.grant, { address: null, agent: null })
  await service.until(1)
  assert.deepEqual(JSON.parse(openPush(service.got[0]!.body, keys)), {
    version: 1,
    command: 'fxaccounts:device_disconnected',
    data: { id },
  })
  assert.deepEqual(await refused(on, phone, 'GET', '/account/devices'), [401, 110])

  const other = await register(on, third, { availableCommands: { c: '' } })
  await register(on, laptop)
  const command = { target: other.id, command: 'c', payload: {} }
  await on.ask(laptop, 'POST', '/account/devices/invoke_command', command)
  const { bytes } = (await on.store.home(account.home))!
  await on.accounts.revokeGrants(account.id, [third.grant])
  assert.ok((await on.store.home(account.home))!.bytes < bytes)
  assert.deepEqual(await on.store.queue(account.home, deviceQueue(other.id), { limit: 10 }), [])
  assert.deepEqual(await on.store.rows('fxa_device', { grant_id: third.grant }), [])
})

test('a browser that signs in again stays the device that it was, with what waits for it', async (t) => {
  const on = await fxaBrowsers(t)
  const [laptop, phone] = [await on.browser('ann'), await on.browser('ann')]
  const { id } = await register(on, phone, { name: 'Phone', availableCommands: { c: '' } })
  await on.ask(laptop, 'POST', '/account/devices/invoke_command', {
    target: id,
    command: 'c',
    payload: { n: 1 },
  })
  const again = await on.browser('ann', { previous: phone.sessionToken })
  assert.equal((await register(on, again, { id, name: 'Phone' })).id, id)
  const { json } = await on.ask(again, 'GET', '/account/device/commands?index=0')
  assert.equal((json as { messages: [] }).messages.length, 1)
  assert.deepEqual(await refused(on, phone, 'GET', '/account/devices'), [401, 110])
})

test('with a hundred devices the one that was not seen for longest makes room, and begins anew', async (t) => {
  const on = await fxaBrowsers(t)
  const browsers: FxaBrowser[] = []
  const ids: string[] = []
  for (let n = 0; n <= maxDevices; n++) browsers.push(await on.browser('ann'))
  for (const browser of browsers.slice(0, maxDevices)) {
    on.clock.tick(1_000)
    ids.push((await register(on, browser, { availableCommands: { c: '' } })).id)
  }
  const [first, second, last] = [browsers[0]!, browsers[1]!, browsers[maxDevices]!]
  // The first says that it is still there.
  on.clock.tick(3_600_000)
  await register(on, first, { id: ids[0] })
  const command = { target: ids[1], command: 'c', payload: {} }
  await on.ask(first, 'POST', '/account/devices/invoke_command', command)
  const made = await register(on, last)
  const listed = (await list(on, first)).map(({ id }) => id)
  assert.equal(listed.length, maxDevices)
  assert.ok(listed.includes(ids[0]!) && listed.includes(made.id) && !listed.includes(ids[1]!))
  const home = (await on.accounts.byId(first.account))!.home
  assert.deepEqual(await on.store.queue(home, deviceQueue(ids[1]!), { limit: 1 }), [])
  assert.deepEqual(
    await refused(on, second, 'POST', '/account/device', { id: ids[1], name: 'a' }),
    [400, 123],
  )
  assert.notEqual((await register(on, second)).id, ids[1])
})

test('addresses and keys are sealed, and sealed anew after a rotation', async (t) => {
  const on = await fxaBrowsers(t)
  const laptop = await on.browser('ann')
  const push = subscription('https://push.example')
  const { id } = await register(on, laptop, push)
  const [row] = await on.store.rows('fxa_device', { device_id: id })
  assert.doesNotMatch(JSON.stringify(row), /push\.example/)
  assert.match(String(row?.['push']), /^1\./)
  const keys = keyRing(new Map([1, 2].map((n) => [n, new Uint8Array(32).fill(n === 1 ? 7 : 8)])))
  const columns = [sealedSubscriptions]
  const report = await createResealing({ store: on.store, keys, columns, onError: assert.ifError }).run()
  assert.deepEqual(report, { resealed: 1, waiting: 0, broken: 0 })
  assert.match(String((await on.store.rows('fxa_device', { device_id: id }))[0]?.['push']), /^2\./)
})
