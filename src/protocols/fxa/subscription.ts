/** Where a browser can be reached by Web Push, as it says, and how that is kept: sealed, since who knows it can send. */
import { ECDH } from 'node:crypto'
import type { Row, SealedColumn } from '../../core/ports.ts'
import { type KeyRing, seal, unsealText } from '../../lib/sealed.ts'

/** A push subscription (RFC 8030), each part as the browser wrote it: it compares them with its own. */
export interface Subscription {
  /** At most `maxEndpoint` characters; whether it may be asked is for the guard to say. */
  endpoint: string
  /** RFC 8291: a point of P-256 and 16 bytes, in base64url; null: only empty messages can be sent. */
  keys: { publicKey: string; auth: string } | null
}

export const maxEndpoint = 1_024

/** An address of http or https without a user in it. */
export function isEndpoint(text: string): boolean {
  if (text.length > maxEndpoint || !/^[\x21-\x7e]+$/.test(text)) return false
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
}

/** An uncompressed point that is on the curve: anything else would be found out only when something is sent. */
export function isPublicKey(text: string): boolean {
  const bytes = bytesOf(text)
  if (bytes?.byteLength !== 65 || bytes[0] !== 4) return false
  try {
    ECDH.convertKey(bytes, 'prime256v1')
    return true
  } catch {
    return false
  }
}

export const isAuth = (text: string): boolean => bytesOf(text)?.byteLength === 16

/** COMPAT Firefox for Android: some editions end base64url with its padding. */
const bytesOf = (text: string): Buffer | undefined =>
  text.length <= 88 && /^[\w-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64url') : undefined

const context = (deviceId: string): string => `fxa device ${deviceId} push`

/** Named in the door's citizen, so that subscriptions are sealed anew after a rotation of the key. */
export const sealedSubscriptions: SealedColumn = {
  table: 'fxa_device',
  column: 'push',
  context: (row: Row) => context(String(row['device_id'])),
}

export const sealSubscription = (keys: KeyRing, deviceId: string, subscription: Subscription): string =>
  seal(keys, context(deviceId), JSON.stringify(subscription))

export const unsealSubscription = (keys: KeyRing, deviceId: string, sealed: string): Subscription =>
  JSON.parse(unsealText(keys, context(deviceId), sealed)) as Subscription

export const isSameSubscription = (a: Subscription | null, b: Subscription | null): boolean =>
  a?.endpoint === b?.endpoint && a?.keys?.publicKey === b?.keys?.publicKey && a?.keys?.auth === b?.keys?.auth
