/** The browsers of a person that can reach each other: what they say of themselves, and what each hears of the others. */
import type { Account, Origin } from '../../core/accounts/index.ts'
import type { Row } from '../../core/ports.ts'
import type { Json, JsonObject } from '../../lib/json/index.ts'
import type { Call, Who } from './call.ts'
import { createCommandQueue } from './command-queue.ts'
import { commandRoutes } from './commands.ts'
import { isDeviceId, readDevice } from './device-input.ts'
import { createDeviceRows, type Device, maxDevices } from './device-rows.ts'
import { badParameter, fxaError } from './errors.ts'
import {
  askedMessage,
  deviceConnected,
  deviceDisconnected,
  type Message,
  messageAbout,
  signOfLife,
} from './messages.ts'
import { createNotifier } from './notify.ts'
import { originOf } from './origin.ts'
import { createPace } from './pace.ts'
import type { Door } from './parts.ts'

/** What the rest of the door asks of devices. */
export interface Devices {
  /**
   * Ends a browser's grant with all that belongs to it, and tells her others; with `itself` that one too, which then
   * signs out at once. Errors: `grant-absent`.
   */
  signOut(
    account: Account,
    grantId: string,
    from: Origin | undefined,
    options?: { itself?: boolean },
  ): Promise<void>
  /** Tells all browsers of an account. Waits until they are known, not until they have heard. */
  tell(accountId: string, message: Message): Promise<void>
  /** Tells them what was done with the account, by the name of the act in its log, where that is of interest to them. */
  happened(accountId: string, act: string): Promise<void>
  /** Forgets what waits to be sent, and waits for what is on its way. */
  stop(): Promise<void>
}

/** Opens the routes of devices, notifications and commands. */
export function openDevices(door: Door): Devices {
  const { route, store, accounts, people, onError } = door
  const rows = createDeviceRows(door)
  const notifier = createNotifier({ ...door, rows })
  const commands = createCommandQueue(door)
  const pace = createPace()

  const others = async (device: Device) =>
    (await rows.all(device.account)).filter(({ id }) => id !== device.id)

  async function register(call: Call & { who: Who }): Promise<JsonObject> {
    const { account, grant } = call.who
    const { device, made, gone } = await rows.register(account, grant, readDevice(call.body), call.now)
    if (gone) await commands.forget(gone)
    // COMPAT Firefox: the others read the list again when they hear of it.
    if (made) notifier.tell(await others(device), deviceConnected(device.name))
    return { ...shown(device), createdAt: device.created }
  }

  route('POST', '/v1/account/device', 'session-or-refresh', register)

  route('GET', '/v1/account/devices', 'session-or-refresh', async ({ who, query, now }) => {
    const since = timeOf(query.get('filterIdleDevicesTimestamp'))
    const devices = await rows.all(who.account.id)
    const uses = await Promise.all(devices.map((device) => lastUse(device)))
    return devices
      .map((device, at) => ({ device, own: device.grant === who.grant.id, used: uses[at] ?? device.seen }))
      .filter(({ own, used }) => own || used >= since)
      .toSorted((a, b) => Number(b.own) - Number(a.own) || b.used - a.used)
      .map(({ device, own, used }): Json => ({
        ...shown(device),
        isCurrentDevice: own,
        lastAccessTime: own ? now : used,
        location: {},
      }))
  })

  /** When its browser was here last, up to an hour old. */
  async function lastUse({ grant, seen }: Device): Promise<number> {
    const [row]: Row[] = await store.rows('app_grant', { grant_id: grant })
    return Math.max(seen, Number(row?.['last_used'] ?? 0))
  }

  route('POST', '/v1/account/device/destroy', 'session-or-refresh', async (call) => {
    const { who, body } = call
    const { id } = body
    if (!isDeviceId(id)) throw badParameter('id', id)
    // A browser ends itself alone: others are for the person to end, on our pages.
    if ((await rows.ofGrant(who.grant.id))?.id !== id) throw fxaError(123)
    await signOut(who.account, who.grant.id, originOf(call))
    return {}
  })

  async function signOut(
    account: Account,
    grantId: string,
    from: Origin | undefined,
    { itself = false } = {},
  ): Promise<void> {
    const devices = await rows.all(account.id)
    const device = devices.find(({ grant }) => grant === grantId)
    await accounts.revokeGrant(account.id, grantId, from)
    if (!device) return
    const told = itself ? devices : devices.filter(({ id }) => id !== device.id)
    notifier.tell(told, deviceDisconnected(device.id))
  }

  route('POST', '/v1/account/devices/notify', 'session-or-refresh', async ({ who, body, now }) => {
    const { message, isFor } = readNotification(body)
    const devices = (await rows.all(who.account.id)).filter(({ id }) => isFor(id))
    if (devices.length > 0) pace.take(who.account.id, devices.length, now)
    notifier.tell(devices, message)
    return {}
  })

  commandRoutes(door, { rows, commands, notifier, pace })

  const tell = (accountId: string, message: Message) =>
    rows.all(accountId).then((devices) => notifier.tell(devices, message), onError)

  return {
    signOut,
    tell,
    async happened(accountId, act) {
      const message = messageAbout(act, (await people.of(accountId))?.uid ?? '')
      if (message) await tell(accountId, message)
    },
    stop: notifier.stop,
  }
}

/** A device as clients read it. */
function shown({ id, name, type, push, pushExpired, commands }: Device): JsonObject {
  return {
    id,
    name,
    type,
    availableCommands: commands,
    pushCallback: push?.endpoint ?? null,
    pushPublicKey: push?.keys?.publicKey ?? null,
    pushAuthKey: push?.keys?.auth ?? null,
    pushEndpointExpired: pushExpired,
  }
}

function timeOf(text: string | null): number {
  if (text === null) return 0
  if (!/^\d{1,15}$/.test(text)) throw badParameter('filterIdleDevicesTimestamp', text)
  return Number(text)
}

/** The devices of `to`, or all but those of `excluded`. Throws the errors 107 and 108. */
function readNotification(body: JsonObject): { message: Message; isFor(id: string): boolean } {
  const { to, excluded = [], payload, TTL: ttl = 0, _endpointAction: action } = body
  const isAll = to === 'all'
  if (!isAll && !isIds(to)) throw badParameter('to', to)
  if (!isIds(excluded) || (!isAll && excluded.length > 0)) throw badParameter('excluded', excluded)
  if (typeof ttl !== 'number' || !Number.isSafeInteger(ttl) || ttl < 0) throw badParameter('TTL', ttl)
  if (action !== undefined && action !== 'accountVerify') throw badParameter('_endpointAction', action)
  const isEmpty = typeof payload === 'object' && payload !== null && Object.keys(payload).length === 0
  const verified = isEmpty && !Array.isArray(payload) ? signOfLife(ttl) : undefined
  const message = action === 'accountVerify' ? verified : askedMessage(payload, ttl)
  if (!message) throw badParameter('payload', payload)
  const ids = new Set(isAll ? excluded : to)
  return { message, isFor: (id) => ids.has(id) !== isAll }
}

const isIds = (value: Json | undefined): value is string[] =>
  Array.isArray(value) && value.length <= maxDevices && value.every(isDeviceId)
