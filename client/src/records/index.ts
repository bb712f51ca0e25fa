/** One record of an app, sealed under its collection's key. */
import { fromBase64url, lp, pad, toBase64url, unpad, utf8, type Bytes } from '../bytes/index.ts'
import { KeysError } from '../errors.ts'
import { binary, json, members } from '../keys/checks.ts'
import { hkdf, hmac, hmacKey, label, seal, unseal } from '../keys/primitives.ts'

export { KeysError }

/** Where a record is, and the key it is sealed with: 32 bytes and their number in the keyring. */
export interface RecordPlace {
  collection: string
  record: string
  number: number
  key: Bytes
}

/** What the host stores of a record. */
export interface Envelope {
  e2e: 1
  /** `<collection>#<number of the key>`. */
  k: string
  /** Nonce, 24 bytes, base64url. */
  n: string
  /** Ciphertext, base64url. */
  c: string
}

const name = ({ collection, number }: RecordPlace) => `${collection}#${number}`

const aad = ({ collection, record, number }: RecordPlace): Bytes =>
  lp(label('rec'), `col:${collection}`, `rec:${record}`, `key:${number}`)

/** Seals a value, padded, bound to its place; `nonce` only to reproduce a known answer. Errors: `too-large`. */
export function sealRecord(place: RecordPlace, value: unknown, nonce?: Bytes): Envelope {
  const { n, c } = seal(place.key, aad(place), pad(utf8(JSON.stringify(value))), nonce)
  return { e2e: 1, k: name(place), n: toBase64url(n), c: toBase64url(c) }
}

/** The number of the key that an envelope names; undefined if it is of another collection. Errors: `malformed`. */
export function keyNumber(collection: string, envelope: unknown): number | undefined {
  const { e2e, k } = members(envelope, 'envelope')
  if (e2e !== 1 || typeof k !== 'string') throw new KeysError('malformed', 'not an envelope')
  const number = k.slice(k.lastIndexOf('#') + 1)
  if (k !== `${collection}#${number}` || !/^(0|[1-9]\d{0,14})$/.test(number)) return undefined
  return Number(number)
}

/** Errors: `malformed`, `record-damaged` (another key, another place, changed). */
export function openRecord(place: RecordPlace, envelope: unknown): unknown {
  const { n, c } = members(envelope, 'envelope')
  if (keyNumber(place.collection, envelope) !== place.number) {
    throw new KeysError('record-damaged', 'sealed for another collection or with another key')
  }
  if (typeof c !== 'string') throw new KeysError('malformed', 'no ciphertext')
  const nonce = fromBase64url(binary(n, 'n', 24))
  const plain = unseal(place.key, aad(place), nonce, fromBase64url(c), 'record-damaged')
  return json(new TextDecoder().decode(unpad(plain)), 'record')
}

/** An id that says nothing of the natural key it stands for, the same on every device: 16 bytes, base64url. */
export async function blindId(key: Bytes, naturalKey: string): Promise<string> {
  const mac = await hmac(await hmacKey(await hkdf(key, label('blind-id'))), utf8(naturalKey))
  return toBase64url(mac.slice(0, 16))
}
