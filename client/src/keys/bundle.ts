/** The document that the host stores: its form, and the bytes that its signature covers. */
import { concat, fromBase64url, lp, toBase64url, type Bytes } from '../bytes/index.ts'
import { KeysError } from '../errors.ts'
import { binary, json, list, matching, members, text, whole } from './checks.ts'
import { ed25519Holds, ed25519Sign, label, sha256 } from './primitives.ts'
import type { Bundle, Slot, SlotKind, SlotParams } from './types.ts'

export const maxSlots = 64
export const maxBundle = 0x40000

const kinds: readonly SlotKind[] = ['password', 'passkey', 'words', 'passphrase', 'device']

export type Unsigned = Omit<Bundle, 'signature'>

function parseParams(value: unknown): SlotParams {
  const entries = Object.entries(members(value, 'params'))
  if (entries.length > 16) throw new KeysError('malformed', 'params has more than 16 members')
  return Object.fromEntries(
    entries.map(([name, entry]) => [
      matching(name, 'name of params', /^[a-z0-9-]{1,64}$/),
      text(entry, 'params', 0, 1024),
    ]),
  )
}

/** A slot's own description, as a bundle has it or as it is to be added. Errors: `malformed`. */
export function parseSlot(value: unknown): Slot {
  const slot = members(value, 'slot')
  const sealed = members(slot['sealed'], 'sealed')
  const kind = kinds.find((known) => known === slot['kind'])
  if (!kind) throw new KeysError('malformed', 'a slot is of no known kind')
  return {
    id: matching(slot['id'], 'slot id', /^[A-Za-z0-9_-]{1,64}$/),
    kind,
    ...(slot['label'] !== undefined && { label: text(slot['label'], 'label', 1, 100) }),
    ...(slot['params'] !== undefined && { params: parseParams(slot['params']) }),
    created: whole(slot['created'], 'created', 0),
    pk: binary(slot['pk'], 'pk', 32),
    idmac: binary(slot['idmac'], 'idmac', 32),
    sealed: { enc: binary(sealed['enc'], 'enc', 32), ct: binary(sealed['ct'], 'ct', 48) },
  }
}

/**
 * A bundle from what the host sent, as text or as parsed JSON; members that are not of this version are left out.
 * Says nothing of its signature. Errors: `malformed`, `too-large`, `too-many-slots`.
 */
export function parseBundle(value: unknown): Bundle {
  if (typeof value === 'string' && value.length > maxBundle) tooLarge()
  const given = members(typeof value === 'string' ? json(value, 'bundle') : value, 'bundle')
  if (given['v'] !== 1) throw new KeysError('malformed', 'a bundle of another version')
  const keyring = members(given['keyring'], 'keyring')
  const bundle: Bundle = {
    v: 1,
    account: text(given['account'], 'account', 1, 200),
    revision: whole(given['revision'], 'revision', 1),
    epoch: whole(given['epoch'], 'epoch', 1),
    identity: binary(given['identity'], 'identity', 32),
    slots: list(given['slots'], 'slots', maxSlots, 'too-many-slots').map(parseSlot),
    keyring: { n: binary(keyring['n'], 'n', 24), c: binary(keyring['c'], 'c') },
    signature: binary(given['signature'], 'signature', 64),
  }
  if (bundle.slots.length === 0) throw new KeysError('malformed', 'a bundle without slots')
  if (new Set(bundle.slots.map((slot) => slot.id)).size < bundle.slots.length) {
    throw new KeysError('malformed', 'two slots of one id')
  }
  // What a passphrase is stretched with stands in its slot: with two, nobody would know which.
  if (bundle.slots.filter(({ kind }) => kind === 'passphrase').length > 1) {
    throw new KeysError('malformed', 'two slots of a passphrase')
  }
  checkSize(bundle)
  return bundle
}

function tooLarge(): never {
  throw new KeysError('too-large', 'a bundle has at most 256 KiB', { max: maxBundle })
}

/** Errors: `too-large`. */
export function checkSize(bundle: Bundle): void {
  if (new TextEncoder().encode(JSON.stringify(bundle)).length > maxBundle) tooLarge()
}

const slotBytes = (slot: Slot): Bytes =>
  lp(
    slot.id,
    slot.kind,
    slot.label ?? '',
    lp(
      ...Object.entries(slot.params ?? {})
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .flat(),
    ),
    slot.created,
    fromBase64url(slot.pk),
    fromBase64url(slot.idmac),
    fromBase64url(slot.sealed.enc),
    fromBase64url(slot.sealed.ct),
  )

/** What the identity key signs. */
export async function signedBytes(bundle: Unsigned): Promise<Bytes> {
  const { n, c } = bundle.keyring
  return lp(
    label('bundle'),
    bundle.account,
    bundle.revision,
    bundle.epoch,
    fromBase64url(bundle.identity),
    await sha256(concat(bundle.slots.map(slotBytes))),
    await sha256(concat([fromBase64url(n), fromBase64url(c)])),
  )
}

/** Errors: `too-large`. */
export async function sign(bundle: Unsigned, key: CryptoKey): Promise<Bundle> {
  const signed = { ...bundle, signature: toBase64url(await ed25519Sign(key, await signedBytes(bundle))) }
  checkSize(signed)
  return signed
}

/** Errors: `signature`. */
export async function checkSignature(bundle: Bundle): Promise<void> {
  const signature = fromBase64url(bundle.signature)
  if (!(await ed25519Holds(fromBase64url(bundle.identity), signature, await signedBytes(bundle)))) {
    throw new KeysError('signature', 'not signed by the identity')
  }
}
