/**
 * One message to a push service (RFC 8030), locked for the browser alone (RFC 8291). The service's address is the
 * browser's to say, so it is asked through the guard.
 */
import type { GuardedFetch } from '../../http/guard.ts'
import type { Subscription } from './subscription.ts'

export interface PushMessage {
  /** JSON text of at most `maxPayload` bytes; null: only a sign of life. */
  payload: string | null
  /** Seconds that the service keeps it for a browser that is not there; 0: it does not. */
  ttl: number
  urgency: 'very-low' | 'low' | 'normal' | 'high'
  /** Of those that wait at the service under one topic the last is enough; at most 32 letters of base64url. */
  topic?: string
}

/**
 * What became of it. `expired`: there is no such address any more. `refused`: it will not be taken however often.
 * `busy`: later perhaps, `after` milliseconds where the service said so.
 */
export type Pushed =
  | { kind: 'sent' }
  | { kind: 'expired' }
  | { kind: 'refused' }
  | { kind: 'busy'; after: number | undefined }

/** What a service must take is 4,096 bytes (RFC 8030, 7.2), of which header, padding and tag are 103 (RFC 8291, 4). */
export const maxPayload = 4_096 - 103

/** Milliseconds that a service may take, and bytes that it may say: nothing of its answer's body is looked at. */
const patience = 10_000
const maxAnswer = 16_384

/** Sends it once, `busy` where `signal` ends it. Throws nothing that a service could cause. */
export async function push(
  fetch: GuardedFetch,
  { endpoint, keys }: Subscription,
  { payload, ttl, urgency, topic }: PushMessage,
  signal?: AbortSignal,
): Promise<Pushed> {
  const locked = payload !== null && keys ? await encrypt(keys, payload) : undefined
  try {
    const { status, headers } = await fetch(endpoint, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        TTL: String(ttl),
        Urgency: urgency,
        ...(topic === undefined ? {} : { Topic: topic }),
        ...(locked ? { 'Content-Type': 'application/octet-stream', 'Content-Encoding': 'aes128gcm' } : {}),
      },
      body: locked ?? new Uint8Array(),
      patience,
      maxBytes: maxAnswer,
      ...(signal ? { signal } : {}),
    })
    if (status < 300) return { kind: 'sent' }
    if (status === 404 || status === 410) return { kind: 'expired' }
    if (status === 429 || status >= 500) return { kind: 'busy', after: waitOf(headers.get('retry-after')) }
    return { kind: 'refused' }
  } catch (error) {
    return (error as { code?: unknown }).code === 'fetch-refused'
      ? { kind: 'refused' }
      : { kind: 'busy', after: undefined }
  }
}

/** The library is loaded with the first message: most servers' browsers never register one. */
async function encrypt({ publicKey, auth }: NonNullable<Subscription['keys']>, payload: string) {
  const { default: webPush } = await import('web-push')
  return webPush.encrypt(publicKey, auth, payload, 'aes128gcm').cipherText
}

/** Milliseconds of a Retry-After header in seconds; services write no dates there. */
const waitOf = (text: string | null): number | undefined =>
  text !== null && /^\d{1,6}$/.test(text) ? Number(text) * 1_000 : undefined
