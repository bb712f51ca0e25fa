/** The keyring: its form, its seal, the key of Firefox Sync, and the merge of an old one. */
import { fromBase64url, lp, pad, toBase64url, unpad, utf8, type Bytes } from '../bytes/index.ts'
import { KeysError } from '../errors.ts'
import { binary, json, list, members, whole } from './checks.ts'
import { hkdf, label, seal, sha256, unseal } from './primitives.ts'
import type { Bundle, CollectionKey, Keyring, SyncKey } from './types.ts'

/** A copy of its own of any keyring, checked. Unknown members stay. Errors: `malformed`. */
export function parseKeyring(value: unknown): Keyring {
  const given = members(value, 'keyring')
  if (given['v'] !== 1) throw new KeysError('malformed', 'a keyring of another version')
  binary(given['identity'], 'identity', 32)
  binary(given['share'], 'share', 32)
  for (const key of [given['sync'], ...list(given['syncBefore'] ?? [], 'syncBefore', 1000)]) {
    const sync = members(key, 'sync')
    binary(sync['key'], 'key of sync', 32)
    whole(sync['made'], 'made', 1)
  }
  for (const keys of Object.values(members(given['collections'], 'collections'))) {
    for (const key of list(keys, 'keys of a collection', 10_000)) {
      const { number, key: secret, made } = members(key, 'key of a collection')
      whole(number, 'number', 0)
      binary(secret, 'key of a collection', 32)
      whole(made, 'made', 0)
    }
  }
  return json(JSON.stringify(given), 'keyring') as Keyring
}

type Place = Pick<Bundle, 'account' | 'epoch' | 'revision'>

const aad = ({ account, epoch, revision }: Place): Bytes => lp(label('keyring'), account, epoch, revision)

/** Under the account key, bound to account, epoch and revision; padded, since its length tells of collections. */
export function sealKeyring(amk: Bytes, place: Place, keyring: Keyring): Bundle['keyring'] {
  const { n, c } = seal(amk, aad(place), pad(utf8(JSON.stringify(keyring))))
  return { n: toBase64url(n), c: toBase64url(c) }
}

/** Errors: `damaged`, `malformed`. */
export function openKeyring(amk: Bytes, bundle: Bundle): Keyring {
  const { n, c } = bundle.keyring
  const plain = unseal(amk, aad(bundle), fromBase64url(n), fromBase64url(c), 'damaged')
  return parseKeyring(json(new TextDecoder().decode(unpad(plain)), 'keyring'))
}

/**
 * What Firefox is given for its Sync: the scoped key `https://identity.mozilla.com/apps/oldsync`, `k` of 64 bytes in
 * base64url, and its id.
 */
export async function syncKey({ sync }: Pick<Keyring, 'sync'>): Promise<{ k: string; kid: string }> {
  const secret = fromBase64url(sync.key, 32)
  const k = toBase64url(await hkdf(secret, 'identity.mozilla.com/picl/v1/oldsync', 64))
  return { k, kid: `${sync.made}-${toBase64url((await sha256(secret)).slice(0, 16))}` }
}

/** Each key once; of those that are equal the first. */
const distinct = <Key extends SyncKey | CollectionKey>(keys: readonly Key[]): Key[] =>
  keys.filter((key, i) => keys.findIndex((other) => other.key === key.key) === i)

/**
 * Brings keys of before a fresh start back into the present keyring. The identity, the share key and unknown members
 * stay the present ones; unknown members that only the old one has come back. Of each collection all keys are kept,
 * so that records of both times open; new records take the key made last. Sync has one key at a time: with `sync:
 * 'present'` it stays, with `'old'` the old one becomes the key again, as made now, since Firefox refuses a key of an
 * earlier time than the one before. The other goes to `syncBefore`.
 */
export function mergeKeyrings(
  old: Keyring,
  present: Keyring,
  { sync: wanted, now = Date.now() }: { sync: 'old' | 'present'; now?: number },
): Keyring {
  const back = wanted === 'old' && old.sync.key !== present.sync.key
  const made = Math.max(now, old.sync.made + 1, present.sync.made + 1)
  const sync = back ? { key: old.sync.key, made } : present.sync
  const before = distinct([present.sync, ...(present.syncBefore ?? []), old.sync, ...(old.syncBefore ?? [])])
  const syncBefore = before.filter((key) => key.key !== sync.key)
  const collections = Object.fromEntries(
    [...new Set([...Object.keys(present.collections), ...Object.keys(old.collections)])].map((id) => {
      const keysOf = (keyring: Keyring) =>
        Object.hasOwn(keyring.collections, id) ? (keyring.collections[id] ?? []) : []
      return [id, distinct([...keysOf(present), ...keysOf(old)])]
    }),
  )
  const merged: Keyring = { ...old, ...present, sync, collections }
  delete merged.syncBefore
  return parseKeyring(syncBefore.length > 0 ? { ...merged, syncBefore } : merged)
}
