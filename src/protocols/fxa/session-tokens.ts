/**
 * Tokens that are never sent: of each, both sides derive an id and a key, and requests are proved by Hawk. Kept are the
 * hash of the id and the sealed key; the token itself is told once.
 */
import { hkdfSync, randomBytes } from 'node:crypto'
import type { Grant } from '../../core/accounts/index.ts'
import type { Row } from '../../core/ports.ts'
import type { Change } from '../../core/records/index.ts'
import { sha256Hex } from '../../lib/hash.ts'
import type { JsonObject } from '../../lib/json/index.ts'
import { type KeyRing, seal, unseal } from '../../lib/sealed.ts'

export type HawkKind = 'fxa-session' | 'fxa-keyfetch'

const names: Readonly<Record<HawkKind, string>> = {
  'fxa-session': 'sessionToken',
  'fxa-keyfetch': 'keyFetchToken',
}

export interface Derived {
  /** 64 hexadecimal digits. */
  id: string
  key: Buffer
  /** Locks what is fetched with a key-fetch token. */
  bundleKey: Buffer
}

/** HKDF of a token (onepw): id, key and bundle key, 32 bytes each. */
export function derive(token: string, kind: HawkKind): Derived {
  const info = `identity.mozilla.com/picl/v1/${names[kind]}`
  const bytes = Buffer.from(hkdfSync('sha256', Buffer.from(token, 'hex'), '', info, 96))
  return {
    id: bytes.subarray(0, 32).toString('hex'),
    key: bytes.subarray(32, 64),
    bundleKey: bytes.subarray(64),
  }
}

/** By what a token is found in the table, from what stands in a Hawk header. */
export const hashOfId = (id: string): string => sha256Hex(id)

/** What a session token is found by; undefined for what is not written as one is. */
export function sessionHash(token: string): string | undefined {
  return /^[0-9a-f]{64}$/.test(token) ? hashOfId(derive(token, 'fxa-session').id) : undefined
}

export const sealContext = (hash: string): string => `token ${hash}`

/** The row's `data` of every such token; further members by kind. */
export interface HawkData extends JsonObject {
  /** Sealed. */
  key: string
  /** When she proved who she is, in seconds. */
  authAt: number
}

export interface NewHawkToken {
  kind: HawkKind
  authAt: number
  now: number
  expires: number | null
  /** Further members of the row's `data`, which may depend on what both sides derive. */
  data?: JsonObject | ((derived: Derived) => JsonObject)
}

/** A fresh token for a grant: its text, and the change that notes it in the commit that makes it. */
export function newHawkToken(
  keys: KeyRing,
  grant: Pick<Grant, 'id' | 'account'>,
  { kind, authAt, now, expires, data = {} }: NewHawkToken,
): { token: string; hash: string; derived: Derived; change: Change } {
  const token = randomBytes(32).toString('hex')
  const derived = derive(token, kind)
  const hash = hashOfId(derived.id)
  const more = typeof data === 'function' ? data(derived) : data
  const held: HawkData = { ...more, key: seal(keys, sealContext(hash), derived.key), authAt }
  const put: Row = {
    hash,
    kind,
    grant_id: grant.id,
    account_id: grant.account,
    created: now,
    expires,
    data: JSON.stringify(held),
  }
  return { token, hash, derived, change: { kind: 'row', table: 'token', put } }
}

export const hawkKey = (keys: KeyRing, hash: string, { key }: HawkData): Buffer =>
  unseal(keys, sealContext(hash), key)
