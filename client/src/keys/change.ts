/** From one bundle to the next. */
import { random, type Bytes } from '../bytes/index.ts'
import { KeysError } from '../errors.ts'
import { sign } from './bundle.ts'
import { parseKeyring, sealKeyring } from './keyring.ts'
import { newSlots, sealTo } from './slots.ts'
import type { Bundle, Changes, Keyring, Slot } from './types.ts'

/** An account key in the open. */
export interface Opened {
  bundle: Bundle
  amk: Bytes
  keyring: Keyring
  /** The identity's private key. */
  key: CryptoKey
  slot: string | undefined
}

/** The slots that stay. Errors: `slot-absent`. */
function remaining(slots: readonly Slot[], { remove = [], password }: Changes): Slot[] {
  const absent = remove.find((id) => !slots.some((slot) => slot.id === id))
  if (absent !== undefined) throw new KeysError('slot-absent', 'no slot has this id', { id: absent })
  return slots.filter((slot) => !remove.includes(slot.id) && !(password && slot.kind === 'password'))
}

function nextKeyring(keyring: Keyring, edit: Changes['keyring']): Keyring {
  if (!edit) return keyring
  const next = parseKeyring(edit(parseKeyring(keyring)))
  if (next.identity !== keyring.identity) throw new KeysError('malformed', 'the identity never changes')
  return next
}

/**
 * The next state. Whoever had a slot that goes may have kept the account key, so that it is replaced with every
 * removal; what stays needs only the public keys of the slots. Errors: see `Keys.change`.
 */
export async function changed(opened: Opened, changes: Changes): Promise<Opened> {
  const { bundle, key } = opened
  const kept = remaining(bundle.slots, changes)
  const replaced = changes.rotate === true || kept.length < bundle.slots.length
  const amk = replaced ? random(32) : opened.amk
  const place = {
    account: bundle.account,
    revision: bundle.revision + 1,
    epoch: bundle.epoch + (replaced ? 1 : 0),
    identity: bundle.identity,
  }
  const wanted = [...(changes.password ? [changes.password] : []), ...(changes.add ?? [])]
  const made = await newSlots(place, amk, wanted, kept, changes.now ?? Date.now())
  const slots: Slot[] = []
  for (const slot of kept) {
    slots.push(replaced ? { ...slot, sealed: await sealTo(place, amk, slot) } : slot)
  }
  slots.push(...made)
  if (slots.length === 0) throw new KeysError('last-slot', 'nothing would open the account key any more')
  const keyring = nextKeyring(opened.keyring, changes.keyring)
  const next = await sign({ v: 1, ...place, slots, keyring: sealKeyring(amk, place, keyring) }, key)
  const slot = slots.some(({ id }) => id === opened.slot) ? opened.slot : undefined
  return { bundle: next, amk, keyring, key, slot }
}
