/**
 * The bundle of a person's encryption keys, as her client signed it: a record of her own home, replaced only by who
 * knows the one that is stored. What is in it is for clients to judge; the server looks at its shape.
 */
import { CodedError } from '../../lib/coded-error.ts'
import type { JsonObject } from '../../lib/json/index.ts'
import type { RecordRow, Store } from '../ports.ts'
import { type Change, commitStep, type Precondition } from '../records/index.ts'
import type { Account } from './types.ts'

/**
 * Why keys were not stored.
 * - `keys-changed`: the stored ones are not those that were expected. - `too-large`: past 256 KiB.
 * - `keys-malformed`: not a bundle of this account, or not the one that follows; `details.member` says where.
 * - `keys-absent`: no such sealed keys.
 */
export type KeysErrorCode = 'keys-changed' | 'keys-malformed' | 'too-large' | 'keys-absent'

/** Bytes of a bundle as JSON text. */
export const maxBundle = 262_144
const maxSlots = 64
/** Containers inside one another: the bundle, its slots, a slot, its `params`, and one to spare. */
const maxDepth = 5

/** How long keys that were given up are kept, in milliseconds. */
export const sealedLasts = 30 * 86_400_000

export const keysPath = 'account/keys'
const bundleId = 'bundle'
const sealedPrefix = 'sealed-'

type Owner = Pick<Account, 'id' | 'home'>

export interface StoredBundle {
  bundle: JsonObject
  /** What has to be `expected` by whoever replaces it. */
  tag: string
}

/** Keys that were given up: whoever finds her words or a passkey later still opens them. */
export interface SealedBundle {
  id: string
  /** When they were given up, and until when they are kept. */
  since: number
  until: number
  bundle: JsonObject
}

export interface BundleOptions {
  /** All keys were lost: a bundle with another identity takes the place of the stored one, which is kept for 30 days. */
  afresh?: boolean
}

/**
 * What stores a bundle, for a commit that may do more; `expected` is the tag of the stored one, null where there is
 * none. The commit rejects with `keys-changed` or `keys-malformed`, and so does this call, or with `too-large`.
 */
export function bundleChange(
  { id: account, home }: Owner,
  bundle: unknown,
  expected: string | null,
  { afresh = false }: BundleOptions = {},
): { when: Precondition[]; changes: Change[] } {
  const next = checkedBundle(bundle, account)
  const data = JSON.stringify(next)
  if (Buffer.byteLength(data) > maxBundle)
    throw fail('too-large', 'the keys are too large', { max: maxBundle })
  const changes: Change[] = [
    {
      kind: 'compute',
      home,
      path: keysPath,
      id: bundleId,
      compute: (stored) => {
        if ((stored ? tagOf(stored) : null) !== expected) throw changed()
        if (!afresh) checkSuccessor(stored && bundleOf(stored), next)
        return [{ kind: 'put', home, path: keysPath, id: bundleId, data }]
      },
    },
  ]
  // Before the new one is there. Its id is told by the tag, so that the store knows what to load.
  if (afresh && expected !== null) {
    const place = { home, path: keysPath, id: `${sealedPrefix}${expected}` }
    const seal: Change = {
      kind: 'compute',
      ...place,
      compute: (_, view) => {
        const stored = view.live(home, keysPath, bundleId)
        if (!stored) throw changed()
        return [{ kind: 'put', ...place, data: stored.data, expires: view.now + sealedLasts }]
      },
    }
    changes.unshift(seal)
  }
  return { when: [], changes }
}

/** The stored bundle; undefined where there is none. */
export async function readBundle(
  reads: Pick<Store, 'record'>,
  { home }: Pick<Account, 'home'>,
): Promise<StoredBundle | undefined> {
  const { record } = await reads.record(home, keysPath, bundleId)
  return record && !record.deleted ? { bundle: bundleOf(record), tag: tagOf(record) } : undefined
}

/** What was given up in the last 30 days, newest first. */
export async function sealedBundles(
  reads: Pick<Store, 'list'>,
  { home }: Pick<Account, 'home'>,
): Promise<SealedBundle[]> {
  const { records } = await reads.list(home, keysPath, {
    filters: [],
    sort: [{ field: 'last_modified', descending: true }],
    limit: 100,
    deleted: false,
  })
  return records
    .filter(({ id, expires }) => id.startsWith(sealedPrefix) && expires !== null)
    .map(({ id, modified, expires, data }) => ({
      id,
      since: modified,
      until: expires ?? 0,
      bundle: JSON.parse(data) as JsonObject,
    }))
}

/** Lets go of keys that were given up, before their time. Errors: `keys-absent`. */
export async function dropSealed(
  store: Pick<Store, 'record' | 'commit'>,
  { home }: Pick<Account, 'home'>,
  id: string,
): Promise<void> {
  const { record } = await store.record(home, keysPath, id)
  if (!id.startsWith(sealedPrefix) || !record || record.deleted) throw fail('keys-absent', 'no such keys')
  await commitStep(store, { changes: [{ kind: 'delete', home, path: keysPath, id }] })
}

const fail = (code: KeysErrorCode, message: string, details = {}) =>
  new CodedError<KeysErrorCode>(code, message, details)
const changed = () => fail('keys-changed', 'the stored keys are not those that were expected')
const malformed = (member: string) => fail('keys-malformed', `not as it must be: ${member}`, { member })

const tagOf = ({ modified }: RecordRow): string => String(modified)
const bundleOf = ({ data }: RecordRow): JsonObject => JSON.parse(data) as JsonObject

function checkedBundle(value: unknown, account: string): JsonObject {
  if (!isObject(value)) throw malformed('bundle')
  const { identity, slots, keyring, signature } = value
  if (value['account'] !== account) throw malformed('account')
  for (const member of ['revision', 'epoch'])
    if (!Number.isSafeInteger(value[member]) || Number(value[member]) < 1) throw malformed(member)
  if (!isBytes(identity, 32)) throw malformed('identity')
  if (!Array.isArray(slots) || slots.length === 0 || slots.length > maxSlots || !slots.every(isObject))
    throw malformed('slots')
  if (!isObject(keyring)) throw malformed('keyring')
  if (!isBytes(signature, 64)) throw malformed('signature')
  if (!isShallow(value, maxDepth)) throw malformed('bundle')
  return value as JsonObject
}

/** Devices refuse anything else, so that storing it would lock the person out. */
function checkSuccessor(stored: JsonObject | undefined, next: JsonObject): void {
  if (stored === undefined) return
  if (next['revision'] !== Number(stored['revision']) + 1) throw malformed('revision')
  const epochs = Number(next['epoch']) - Number(stored['epoch'])
  if (epochs < 0 || epochs > 1) throw malformed('epoch')
  if (next['identity'] !== stored['identity']) throw malformed('identity')
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Base64url without padding. */
const isBytes = (value: unknown, bytes: number): boolean =>
  typeof value === 'string' &&
  value.length === Math.ceil((bytes * 4) / 3) &&
  Buffer.from(value, 'base64url').toString('base64url') === value

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return depth > 0 && Object.values(value).every((one) => isShallow(one, depth - 1))
}
