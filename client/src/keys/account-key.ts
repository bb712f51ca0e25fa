/** The account key: made, opened, changed. Nothing here speaks to a host. */
import { fromBase64url, lp, random, toBase64url, type Bytes } from '../bytes/index.ts'
import { KeysError } from '../errors.ts'
import { checkSignature, parseBundle, sign } from './bundle.ts'
import { changed, type Opened } from './change.ts'
import { hpkeOpen } from './hpke.ts'
import { openKeyring, parseKeyring, sealKeyring } from './keyring.ts'
import { admit } from './pairing.ts'
import { ed25519Holds, ed25519Private, ed25519Sign, hmacHolds, label, newEd25519 } from './primitives.ts'
import { binding, newSlots } from './slots.ts'
import type { Bundle, Changes, Keyring, Keys, Memory, NewSlot, Paired, Slot, SlotSecret } from './types.ts'

const memoryOf = ({ identity, epoch, revision, signature }: Bundle): Memory => ({
  identity,
  epoch,
  revision,
  signature,
})

function keysOf(opened: Opened): Keys {
  const { bundle, slot } = opened
  return {
    bundle,
    keyring: parseKeyring(opened.keyring),
    slot,
    memory: memoryOf(bundle),
    change: async (changes: Changes) => keysOf(await changed(opened, changes)),
    admit: (code, offer) => admit(opened.amk, bundle.account, memoryOf(bundle), code, offer),
  }
}

/**
 * A new account key with a new identity, share key and Sync key, at revision and epoch 1: for an account that has
 * none, or to start afresh. Errors: `unsupported`, `malformed`, `too-many-slots`, `slot-taken`, `last-slot` (none).
 */
export async function createKeys({
  account,
  slots,
  now = Date.now(),
}: {
  account: string
  slots: readonly NewSlot[]
  now?: number
}): Promise<Keys> {
  const { seed, pk } = await newEd25519()
  const keyring: Keyring = {
    v: 1,
    identity: toBase64url(seed),
    share: toBase64url(random(32)),
    sync: { key: toBase64url(random(32)), made: now },
    collections: {},
  }
  const amk = random(32)
  const place = { account, revision: 1, epoch: 1, identity: toBase64url(pk) }
  const made = await newSlots(place, amk, slots, [], now)
  if (made.length === 0) throw new KeysError('last-slot', 'an account key needs a slot')
  const key = await ed25519Private(seed)
  const unsigned = { v: 1 as const, ...place, slots: made, keyring: sealKeyring(amk, place, keyring) }
  const bundle = parseBundle(await sign(unsigned, key))
  return keysOf({ bundle, amk, keyring, key, slot: made[0]?.id })
}

/** Errors: `identity-changed`. */
function checkIdentity(bundle: Bundle, memory: Memory | undefined): void {
  if (memory && memory.identity !== bundle.identity) {
    throw new KeysError('identity-changed', 'not the identity that this device knows')
  }
}

/** Errors: `rolled-back`, `forked`. */
function checkAge(bundle: Bundle, memory: Memory | undefined): void {
  if (!memory) return
  if (bundle.epoch < memory.epoch || bundle.revision < memory.revision) {
    throw new KeysError('rolled-back', 'older than what this device has seen')
  }
  const revisions = bundle.revision - memory.revision
  const other = revisions === 0 && bundle.signature !== memory.signature
  // One change replaces the account key at most once.
  if (other || bundle.epoch - memory.epoch > revisions) {
    throw new KeysError('forked', 'not what follows from what this device has seen')
  }
}

/** The slot that the secret opens. Errors: `no-slot`, `wrong-secret`, `identity-changed`. */
async function slotOf(bundle: Bundle, secret: SlotSecret): Promise<Slot> {
  const alike = bundle.slots.filter((slot) => slot.kind === secret.kind)
  if (alike.length === 0) throw new KeysError('no-slot', `no slot for a ${secret.kind}`)
  const slot = alike.find((other) => other.pk === secret.pk)
  if (!slot) throw new KeysError('wrong-secret', `this ${secret.kind} opens no slot`)
  if (!(await hmacHolds(secret.mac, fromBase64url(slot.idmac), fromBase64url(bundle.identity)))) {
    throw new KeysError('identity-changed', 'not the identity that the slot was made for')
  }
  return slot
}

/** The bundle with the account key at hand. Errors: `damaged`, `malformed`, `identity-changed`. */
async function unlock(bundle: Bundle, amk: Bytes, slot: string | undefined): Promise<Keys> {
  const keyring = openKeyring(amk, bundle)
  const key = await ed25519Private(fromBase64url(keyring.identity))
  // The keyring has the seed only: that it is the identity's shows in what it signs.
  const probe = lp(label('probe'), random(32))
  if (!(await ed25519Holds(fromBase64url(bundle.identity), await ed25519Sign(key, probe), probe))) {
    throw new KeysError('identity-changed', 'the keyring has the seed of another identity')
  }
  return keysOf({ bundle, amk, keyring, key, slot })
}

function parsedFor(account: string, value: unknown): Bundle {
  const bundle = parseBundle(value)
  if (bundle.account !== account) throw new KeysError('wrong-account', 'a bundle of another account')
  return bundle
}

/**
 * Opens what the host has sent, as text or parsed JSON. `memory` is what this device remembers of the account, if it
 * does: remember `keys.memory` afterwards. Without it an old bundle opens too, as after a fresh start.
 * Errors, in the order in which they are looked for: `malformed`, `too-large`, `too-many-slots`, `wrong-account`,
 * `no-slot`, `wrong-secret`, `identity-changed`, `signature`, `rolled-back`, `forked`, `damaged`.
 */
export async function openBundle(
  value: unknown,
  secret: SlotSecret,
  { account, memory }: { account: string; memory?: Memory | undefined },
): Promise<Keys> {
  const bundle = parsedFor(account, value)
  const slot = await slotOf(bundle, secret)
  checkIdentity(bundle, memory)
  await checkSignature(bundle)
  checkAge(bundle, memory)
  const sealed = { enc: fromBase64url(slot.sealed.enc), ct: fromBase64url(slot.sealed.ct) }
  const amk = await hpkeOpen(secret.pair, binding(bundle, slot), sealed, 'damaged')
  return unlock(bundle, amk, slot.id)
}

/**
 * Opens the bundle with what an old device has handed over; then `change({ add })` gives this one a slot of its own.
 * Errors: as `openBundle` except those of slots, and `pairing-stale`.
 */
export async function openPaired(value: unknown, { account, amk, memory }: Paired): Promise<Keys> {
  const bundle = parsedFor(account, value)
  checkIdentity(bundle, memory)
  await checkSignature(bundle)
  checkAge(bundle, memory)
  if (bundle.epoch !== memory.epoch) throw new KeysError('pairing-stale', 'the account key was replaced')
  return unlock(bundle, amk, undefined)
}
