/** What browsers are told by push, as they know it: each with how long it is of use. */
import { isJsonObject, type Json, type JsonObject } from '../../lib/json/index.ts'
import { maxPayload, type PushMessage } from './push.ts'

/** A message before it is locked for a browser; a null `command` is an empty one. */
export interface Message extends Omit<PushMessage, 'payload'> {
  command: string | null
  data?: JsonObject
}

const hour = 3_600
/** The longest that a browser may ask its message to be kept, in seconds. */
export const longestTtl = 30 * 86_400

const command = (name: string, rest: Omit<Message, 'command'>): Message => ({
  command: `fxaccounts:${name}`,
  ...rest,
})

/** A command of another browser waits, under this number, and this address gives it. */
export const commandReceived = (
  data: { command: string; index: number; sender?: string; url: string },
  ttl: number,
): Message => command('command_received', { data, ttl, urgency: 'high' })

export const deviceConnected = (deviceName: string): Message =>
  command('device_connected', { data: { deviceName }, ttl: 0, urgency: 'normal' })

/** COMPAT Firefox: the browser whose own id it is signs out, and keeps what it has. */
export const deviceDisconnected = (id: string): Message =>
  command('device_disconnected', { data: { id }, ttl: 5 * hour, urgency: 'normal' })

export const profileUpdated: Message = command('profile_updated', {
  ttl: 0,
  urgency: 'low',
  topic: 'profile',
})

/** COMPAT Firefox: it looks then whether its session still holds. */
const passwordChanged: Message = command('password_changed', {
  ttl: 6 * hour,
  urgency: 'normal',
  topic: 'password',
})

/** COMPAT Firefox: it signs out. */
const accountDestroyed = (uid: string): Message =>
  command('account_destroyed', { data: { uid }, ttl: 5 * hour, urgency: 'normal' })

/** What browsers are told of an act, as the account's log calls it; undefined: nothing that they know of. */
export function messageAbout(act: string, uid: string): Message | undefined {
  switch (act) {
    // The address by which Firefox knows her is made of her name.
    case 'renamed':
    case 'profile-changed':
      return profileUpdated
    case 'password-changed':
      return passwordChanged
    case 'keys-afresh':
      return { ...passwordChanged, command: 'fxaccounts:password_reset' }
    // In the time of grace that follows it is refused everything, and would ask her to sign in.
    case 'leaving':
      return accountDestroyed(uid)
    default:
      return undefined
  }
}

const collectionChanged = 'sync:collection_changed'

/**
 * What a browser wants its others to be told; undefined where it may not. It may say that something was synced, and
 * nothing of what only the server knows: that message would sign out another browser.
 */
export function askedMessage(payload: Json | undefined, ttl: number): Message | undefined {
  if (!isJsonObject(payload) || payload['version'] !== 1 || payload['command'] !== collectionChanged)
    return undefined
  const { data } = payload
  if (!isJsonObject(data)) return undefined
  const { collections, reason } = data
  if (!Array.isArray(collections) || collections.length === 0 || collections.length > 32) return undefined
  if (!collections.every(isCollection) || new Set(collections).size < collections.length) return undefined
  if (reason !== undefined && (typeof reason !== 'string' || !/^[\w-]{1,64}$/.test(reason))) return undefined
  const told = { collections, ...(reason === undefined ? {} : { reason }) }
  return { command: collectionChanged, data: told, ttl: Math.min(ttl, longestTtl), urgency: 'normal' }
}

const isCollection = (name: Json): name is string => typeof name === 'string' && /^[\w.-]{1,32}$/.test(name)

/** The empty one, by which an older client learnt that its account was verified. */
export const signOfLife = (ttl: number): Message => ({
  command: null,
  ttl: Math.min(ttl, longestTtl),
  urgency: 'normal',
})

/** COMPAT Firefox for iOS: it has to show something for every message, and knows these alone. */
const shownOnIos: ReadonlySet<string | null> = new Set([
  'fxaccounts:command_received',
  'fxaccounts:device_connected',
  'fxaccounts:device_disconnected',
])
export const isForIos = (message: Message): boolean => shownOnIos.has(message.command)

/** As it is sent. Throws RangeError where it is larger than a push service takes. */
export function pushMessageOf({ command: name, data, ...rest }: Message): PushMessage {
  const payload =
    name === null
      ? null
      : JSON.stringify({ version: 1, command: name, ...(data === undefined ? {} : { data }) })
  if (payload !== null && Buffer.byteLength(payload) > maxPayload)
    throw new RangeError('too large for a push')
  return { payload, ...rest }
}
