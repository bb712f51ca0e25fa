/** Slots: the account key sealed to each, and each one's word for the identity. */
import { fromBase64url, lp, random, toBase64url, utf8, type Bytes } from '../bytes/index.ts'
import { KeysError } from '../errors.ts'
import { maxSlots, parseSlot } from './bundle.ts'
import { hpkeSeal, type Binding } from './hpke.ts'
import { hmac, label } from './primitives.ts'
import type { Bundle, NewSlot, Slot } from './types.ts'

type Place = Pick<Bundle, 'account' | 'epoch' | 'identity'>

/** What a sealed account key is bound to: it opens in no other account, epoch, slot or under another identity. */
export const binding = (
  { account, epoch, identity }: Place,
  { id, kind }: Pick<Slot, 'id' | 'kind'>,
): Binding => ({
  info: utf8(label('slot/seal')),
  aad: lp(account, epoch, id, kind, fromBase64url(identity)),
})

/** The account key, sealed to the slot in base64url. */
export async function sealTo(
  place: Place,
  amk: Bytes,
  slot: Pick<Slot, 'id' | 'kind' | 'pk'>,
): Promise<Slot['sealed']> {
  const { enc, ct } = await hpkeSeal(fromBase64url(slot.pk), binding(place, slot), amk)
  return { enc: toBase64url(enc), ct: toBase64url(ct) }
}

/** Of these there is one at most. */
const isSingle = (kind: Slot['kind']): boolean => kind === 'passphrase'

/** Slots made of secrets, beside those that there are. Errors: `malformed`, `slot-taken`, `too-many-slots`. */
export async function newSlots(
  place: Place,
  amk: Bytes,
  wanted: readonly NewSlot[],
  present: readonly Slot[],
  created: number,
): Promise<Slot[]> {
  if (present.length + wanted.length > maxSlots) {
    throw new KeysError('too-many-slots', `more than ${maxSlots} slots`, { max: maxSlots })
  }
  const made: Slot[] = []
  for (const { secret, label: name, params, id = toBase64url(random(16)) } of wanted) {
    const isTaken = (slot: Slot) =>
      slot.id === id || slot.pk === secret.pk || (isSingle(secret.kind) && slot.kind === secret.kind)
    if ([...present, ...made].some(isTaken)) {
      throw new KeysError('slot-taken', 'a slot with this id, this secret or of this kind is there already')
    }
    const slot = {
      id,
      kind: secret.kind,
      ...(name !== undefined && { label: name }),
      ...(params !== undefined && { params }),
      created,
      pk: secret.pk,
      idmac: toBase64url(await hmac(secret.mac, fromBase64url(place.identity))),
    }
    made.push(parseSlot({ ...slot, sealed: await sealTo(place, amk, slot) }))
  }
  return made
}
