/** Commands from one browser to another, as a tab that is sent: left in the queue of the other, which is told by push. */
import { Refusal } from '../../core/ports.ts'
import { isJsonObject } from '../../lib/json/index.ts'
import { type CommandQueue, commandLasts, maxCommandPayload } from './command-queue.ts'
import { isCommandName, isDeviceId } from './device-input.ts'
import type { DeviceRows } from './device-rows.ts'
import { badParameter, fxaError } from './errors.ts'
import { commandReceived } from './messages.ts'
import type { Notifier } from './notify.ts'
import type { Pace } from './pace.ts'
import type { Door } from './parts.ts'

/** Milliseconds that a sender waits to be told whether the other was reached. */
const patience = 3_000
/** Commands of an answer, at most. */
const maxPage = 100
/** The longest time to wait that a client may ask for, in seconds. */
const maxTtl = 10_000_000

export interface CommandParts {
  rows: DeviceRows
  commands: CommandQueue
  notifier: Notifier
  pace: Pace
}

export function commandRoutes(
  { route, publicUrl }: Door,
  { rows, commands, notifier, pace }: CommandParts,
): void {
  route('POST', '/v1/account/devices/invoke_command', 'session-or-refresh', async ({ who, body, now }) => {
    const { target: id, command, payload, ttl = commandLasts } = body
    if (!isDeviceId(id)) throw badParameter('target', id)
    if (!isCommandName(command)) throw badParameter('command', command)
    if (!isJsonObject(payload)) throw badParameter('payload', payload)
    if (typeof ttl !== 'number' || !Number.isSafeInteger(ttl) || ttl < 0 || ttl > maxTtl)
      throw badParameter('ttl', ttl)
    if (Buffer.byteLength(JSON.stringify(payload)) > maxCommandPayload) throw fxaError(113)
    const devices = await rows.all(who.account.id)
    const target = devices.find((device) => device.id === id)
    if (!target) throw fxaError(123)
    if (!Object.hasOwn(target.commands, command)) throw fxaError(157)
    pace.take(who.account.id, 1, now)
    const sender = devices.find(({ grant }) => grant === who.grant.id)?.id ?? null
    const index = await commands
      .put(target, { command, payload, sender }, ttl, now)
      .catch((error: unknown): never => {
        throw error instanceof Refusal && error.code === 'quota-bytes' ? noRoom() : error
      })
    const url = `${publicUrl}/fxa/v1/account/device/commands?index=${index}&limit=1`
    const data = { command, index, ...(sender === null ? {} : { sender }), url }
    const notifyError = await notifier.tellOne(target, commandReceived(data, ttl), patience)
    return { enqueued: true, notified: notifyError === undefined, ...(notifyError && { notifyError }) }
  })

  route('GET', '/v1/account/device/commands', 'session-or-refresh', async ({ who, query }) => {
    const from = countOf(query, 'index', 0, Number.MAX_SAFE_INTEGER)
    const limit = countOf(query, 'limit', maxPage, maxPage)
    const device = await rows.ofGrant(who.grant.id)
    return { ...(device ? await commands.list(device, from, limit) : { index: 0, last: true, messages: [] }) }
  })
}

const noRoom = () => fxaError(113, { message: 'There is no room left for what is sent' })

/** A parameter that is a number from 0. Throws the error 107. */
function countOf(query: URLSearchParams, name: string, usual: number, most: number): number {
  const text = query.get(name)
  if (text === null) return usual
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Infinity
  if (number > most) throw badParameter(name, text)
  return number
}
