/**
 * The person's account key in this page: opened with what she has, remembered so that an older one is refused, and
 * changed together with what the server stores beside it. It lives as long as the document does.
 */
import {
  createKeys,
  deviceSecret,
  indexedDbDevices,
  KeysError,
  newDeviceKeys,
  openBundle,
  openPaired,
  parseBundle,
  slotSecret,
  type Bundle,
  type Bytes,
  type Changes,
  type DeviceKeys,
  type Keys,
  type Memory,
  type NewSlot,
  type Paired,
  type SlotKind,
  type SlotSecret,
} from '@essaim/client'
import { ApiError, callBare } from './api.ts'
import type { StoredKeys } from './contract.ts'
import { me, sessionChanged, state } from './session.ts'

interface Unlocked {
  account: string
  keys: Keys
  /** Opens the next bundle too, should another device have stored one meanwhile. */
  secret: SlotSecret | undefined
}

const devices = indexedDbDevices()
let unlocked: Unlocked | undefined

// Whoever signs out takes her key with her.
sessionChanged.addEventListener('change', () => {
  if (state().me?.id !== unlocked?.account) unlocked = undefined
})

/** The key that is at hand; undefined: it is locked, or there is none. */
export const keysAtHand = (): Keys | undefined => unlocked?.keys

/** What the server has. Errors: `ApiError`. */
export const storedKeys = () => callBare<StoredKeys>('GET', '/me/keys')

async function remember(account: string, keys: Keys, secret: SlotSecret | undefined): Promise<Keys> {
  unlocked = { account, keys, secret }
  // A browser that keeps nothing cannot notice an older bundle, and works all the same.
  await devices.saveMemory(account, keys.memory).catch(() => undefined)
  return keys
}

const memoryOf = (account: string) => devices.memory(account).catch(() => undefined)

/**
 * Opens what the server has; undefined where it has nothing. Errors: `ApiError`, `KeysError` (`rolled-back` and its
 * like: what the server sent is refused).
 */
export async function unlock(secret: SlotSecret): Promise<Keys | undefined> {
  const account = me().id
  const { bundle } = await storedKeys()
  if (bundle === null) return undefined
  const memory = await memoryOf(account)
  if (memory) refuseOlder(bundle, memory)
  const keys = await openBundle(bundle, secret, { account, memory })
  return remember(account, keys, secret)
}

/**
 * An older bundle may have no slot for what she has now: that it is older is said first. Errors: `KeysError`
 * `identity-changed`, `rolled-back`.
 */
function refuseOlder({ identity, epoch, revision }: Bundle, memory: Memory): void {
  if (identity !== memory.identity)
    throw new KeysError('identity-changed', 'not the identity that this device knows')
  if (epoch < memory.epoch || revision < memory.revision)
    throw new KeysError('rolled-back', 'older than what this device has seen')
}

/** With the secret bytes of a password, a passkey, the words or a passphrase. */
export const unlockWith = async (kind: Exclude<SlotKind, 'device'>, secret: Bytes) =>
  unlock(await slotSecret(kind, secret))

/** With what this device keeps; undefined: it keeps nothing for this account. Errors: as `unlock`. */
export async function unlockWithDevice(): Promise<Keys | undefined> {
  const kept = await devices.keys(me().id).catch(() => undefined)
  if (!kept) return undefined
  try {
    return await unlock(await deviceSecret(kept))
  } catch (error) {
    // Its slot was taken away, from another device.
    if (error instanceof KeysError && (error.code === 'wrong-secret' || error.code === 'no-slot'))
      return undefined
    throw error
  }
}

/** What another device has handed over. Errors: as `openPaired` in the client. */
export async function unlockPaired(paired: Paired): Promise<Keys | undefined> {
  const { bundle } = await storedKeys()
  return bundle === null ? undefined : remember(me().id, await openPaired(bundle, paired), undefined)
}

/**
 * The key, unlocked by whatever it takes: at hand, kept by this device, or by asking the person. Undefined: the
 * account has none. Errors: `ApiError` `cancelled` when she would not; `KeysError`.
 */
export async function needKeys(): Promise<Keys | undefined> {
  if (unlocked) return unlocked.keys
  const { bundle } = await storedKeys()
  if (bundle === null) return undefined
  const kept = await unlockWithDevice()
  if (kept) return kept
  const { prove } = await import('./proof.ts')
  const passphrase = parseBundle(bundle).slots.some(({ kind }) => kind === 'passphrase')
  if (!(await prove({ unlock: true, passphrase }))) throw new ApiError('cancelled')
  return keysAtHand()
}

/**
 * As `needKeys`, and as the server has it now: another device may have changed it since it was unlocked here. Errors:
 * also `ApiError` `keys-changed`, where it has to be unlocked again.
 */
export async function needPresentKeys(): Promise<Keys | undefined> {
  const keys = await needKeys()
  return keys && (await currentKeys(keys)).current
}

/** Times that a change is made anew when another device was faster. */
const attempts = 3

/**
 * Changes the key, together with what the server stores beside it: `post` sends the new bundle with the tag of the
 * one that it replaces, and is called again with another one if the server says `keys-changed`. An account without a
 * key gets `undefined` for both. Returns the key as it is now. Errors: as `needKeys`; those of `post` and of
 * `Keys.change`.
 */
export async function changeKeys(
  changes: Changes | ((keys: Keys) => Changes),
  post: (bundle: Bundle | undefined, expected: string | undefined) => Promise<unknown>,
): Promise<Keys | undefined> {
  for (let attempt = 1; ; attempt++) {
    const keys = await needKeys()
    if (!keys) {
      await post(undefined, undefined)
      return undefined
    }
    const { tag, current } = await currentKeys(keys)
    const wanted = typeof changes === 'function' ? changes(current) : changes
    const next = await current.change(wanted)
    try {
      await post(next.bundle, tag)
    } catch (error) {
      if (error instanceof ApiError && error.code === 'keys-changed' && attempt < attempts) continue
      throw error
    }
    const secret = wanted.password?.secret ?? unlocked?.secret
    const stays = next.bundle.slots.some(({ pk }) => pk === secret?.pk)
    return remember(me().id, next, stays ? secret : undefined)
  }
}

/** The bundle that the server has now, opened: ours, or a later one from another device. */
async function currentKeys(keys: Keys): Promise<{ tag: string; current: Keys }> {
  const { bundle, tag } = await storedKeys()
  if (bundle === null || tag === null) throw new ApiError('keys-changed')
  if (bundle.signature === keys.bundle.signature) return { tag, current: keys }
  const account = me().id
  const secret = unlocked?.secret
  if (!secret) {
    unlocked = undefined
    throw new ApiError('keys-changed')
  }
  const current = await openBundle(bundle, secret, { account, memory: keys.memory })
  return { tag, current: await remember(account, current, secret) }
}

/** A change of the key alone. */
export const saveKeys = (changes: Changes | ((keys: Keys) => Changes)) =>
  changeKeys(changes, async (bundle, expected) => {
    if (bundle) await callBare('PUT', '/me/keys', { bundle, expected })
  })

/** A new key for an account that has none, or for a new account; nothing is stored yet. */
export const newKeys = (account: string, slots: readonly NewSlot[]) => createKeys({ account, slots })

/** After the server has taken a new key, of the person who is now signed in. */
export const adoptKeys = (keys: Keys, secret?: SlotSecret) => remember(me().id, keys, secret)

/** What this browser calls itself in the list of what unlocks the key: the name that people know it by. */
export function deviceName(): string {
  const { userAgent } = navigator
  const browser = /Edg/.test(userAgent)
    ? 'Edge'
    : /Firefox|FxiOS/.test(userAgent)
      ? 'Firefox'
      : /Chrome|CriOS/.test(userAgent)
        ? 'Chrome'
        : 'Safari'
  const system = ['Android', 'iPhone', 'iPad', 'Windows', 'Mac', 'CrOS', 'Linux'].find((name) =>
    userAgent.includes(name),
  )
  return system ? `${browser} · ${system}` : browser
}

/** Id of this device's slot, if it has one in the key that is at hand. */
export async function deviceSlot(): Promise<string | undefined> {
  const kept = unlocked && (await devices.keys(unlocked.account).catch(() => undefined))
  if (!kept) return undefined
  const { pk } = await deviceSecret(kept)
  return unlocked?.keys.bundle.slots.find((slot) => slot.pk === pk)?.id
}

/** Has this device unlock the key by itself from now on. Nothing where it does already. Errors: as `needKeys`. */
export async function keepDevice(): Promise<void> {
  if (!(await needKeys()) || (await deviceSlot())) return
  const kept = await newDeviceKeys()
  const secret = await deviceSecret(kept)
  await saveKeys({ add: [{ secret, label: deviceName() }] })
  await devices.saveKeys(me().id, kept)
}

/** Keeps the keys of a device whose slot is stored already; where the browser keeps nothing, the slot stays unused. */
export const keepDeviceKeys = (account: string, kept: DeviceKeys): Promise<void> =>
  devices.saveKeys(account, kept).catch(() => undefined)

/** Has this browser unlock nothing by itself any more. What it has seen it still knows, so that nothing older is taken. */
export async function dropDeviceKeys(): Promise<void> {
  const { id } = me()
  const memory = await memoryOf(id)
  await forgetDevice()
  if (memory) await devices.saveMemory(id, memory).catch(() => undefined)
}

/** Has this browser forget what it keeps for the person, and what it has seen of her keys. */
export const forgetDevice = (): Promise<void> => devices.forget(me().id).catch(() => undefined)
