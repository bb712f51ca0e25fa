/**
 * Commands that wait for a browser, as its others locked them: kept until their time is over, also after it fetched
 * them, since it says by a number from where on it wants them.
 */
import { deviceQueue } from '../../core/accounts/grants.ts'
import type { QueueRow, Store } from '../../core/ports.ts'
import { recordCharge, stepRequest, type View } from '../../core/records/index.ts'
import type { JsonObject } from '../../lib/json/index.ts'
import type { Device } from './device-rows.ts'
import { fxaError } from './errors.ts'

export interface Command {
  /** Its name, as devices say it of themselves. */
  command: string
  /** Only the target can read it. */
  payload: JsonObject
  /** The device that it comes from; null: the sender has none. */
  sender: string | null
}

export interface Commands {
  /** As a client reads them (`/account/device/commands`). */
  index: number
  /** Whether nothing is behind them. */
  last: boolean
  messages: { index: number; data: { command: string; payload: JsonObject; sender?: string } }[]
}

/** Of one device: the oldest make room. Bytes as they are charged. */
export const maxWaiting = 100
export const maxWaitingBytes = 1_048_576
/** Bytes of a payload's JSON. Firefox sends at most 16 KiB, locked and in base64url. */
export const maxCommandPayload = 32_768
/** Seconds that a command waits, at most and at least: who is told of it has to find it. */
export const commandLasts = 30 * 86_400
const commandLastsAtLeast = 60
/** Bytes of an answer's payloads; one is given always. */
const maxAnswerBytes = 1_048_576

export interface CommandQueue {
  /** Puts it into the device's queue and returns its number. Errors: 123 where the device is no more. */
  put(device: Device, command: Command, ttl: number, now: number): Promise<number>
  /** From number `from` on, that one included; at most `limit`. */
  list(device: Device, from: number, limit: number): Promise<Commands>
  /** Forgets all. */
  forget(device: Pick<Device, 'id' | 'home'>): Promise<void>
}

export function createCommandQueue({
  store,
}: {
  store: Pick<Store, 'queue' | 'home' | 'commit'>
}): CommandQueue {
  return {
    put({ id, home }, { command, payload, sender }, ttl, now) {
      const name = deviceQueue(id)
      const head = JSON.stringify({ command, sender })
      const body = Buffer.from(JSON.stringify(payload))
      const lasts = Math.min(Math.max(ttl, commandLastsAtLeast), commandLasts)
      const where = { device_id: id }
      return store.commit({
        homes: [home],
        needs: [
          { kind: 'queue', home, name },
          { kind: 'rows', table: 'fxa_device', where },
        ],
        weight: head.length + body.byteLength,
        plan(work) {
          const view = work as View
          if (view.rows('fxa_device', where).length === 0) throw fxaError(123)
          const row = { head, body, home, name, ord: 0, topic: null, expires: now + lasts * 1_000 }
          const ords = tooMany(view.waiting.queue(home, name), row)
          const outcomes = stepRequest({
            changes: [
              { kind: 'dequeue', home, name, ords },
              { kind: 'enqueue', home, name, expires: row.expires, head, body },
            ],
          }).plan(work)
          const queued = outcomes.at(-1)
          return indexOf(view.home(home).epoch, queued?.kind === 'queued' ? queued.ord : 0)
        },
      })
    },

    async list({ id, home }, from, limit) {
      const epoch = (await store.home(home))?.epoch ?? 0
      const after = Math.max(from - indexOf(epoch, 1), 0)
      const rows = await store.queue(home, deviceQueue(id), { after, limit: limit + 1 })
      const page = fitting(rows.slice(0, limit))
      const messages = page.map((row) => ({ index: indexOf(epoch, row.ord), data: dataOf(row) }))
      return { index: messages.at(-1)?.index ?? 0, last: page.length === rows.length, messages }
    },

    async forget({ id, home }) {
      const name = deviceQueue(id)
      await store.commit(stepRequest({ changes: [{ kind: 'dequeue', home, name, ords: 'all' }] }))
    },
  }
}

/**
 * The number of a command. Browsers remember the last one that they had, and never ask for less: so after a restore,
 * which begins a later epoch (milliseconds) and may give an order again, numbers go on above those that were seen.
 */
const indexOf = (epoch: number, ord: number): number => epoch + ord

const sizeOf = ({ head, body }: QueueRow): number => head.length + (body?.byteLength ?? 0) + recordCharge

/** The oldest, as many as have to go before another one comes. */
function tooMany(waiting: readonly QueueRow[], next: QueueRow): number[] {
  let count = waiting.length + 1
  let bytes = [...waiting, next].reduce((sum, row) => sum + sizeOf(row), 0)
  const ords: number[] = []
  for (const row of waiting) {
    if (count <= maxWaiting && bytes <= maxWaitingBytes) break
    ords.push(row.ord)
    count--
    bytes -= sizeOf(row)
  }
  return ords
}

function fitting(rows: readonly QueueRow[]): readonly QueueRow[] {
  let bytes = 0
  const end = rows.findIndex((row, at) => (bytes += sizeOf(row)) > maxAnswerBytes && at > 0)
  return end < 0 ? rows : rows.slice(0, end)
}

function dataOf({ head, body }: QueueRow): Commands['messages'][number]['data'] {
  const { command, sender } = JSON.parse(head) as Omit<Command, 'payload'>
  const payload = JSON.parse(Buffer.from(body ?? []).toString('utf8')) as JsonObject
  return { command, payload, ...(sender === null ? {} : { sender }) }
}
