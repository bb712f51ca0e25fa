/**
 * Adding a device by a code that a person carries: 100 bits that the host never sees, so that it can neither read
 * what is handed over nor put a key of its own in the new device's place.
 */
import { fromBase64url, lp, pad, random, toBase64url, unpad, utf8, type Bytes } from '../bytes/index.ts'
import { KeysError } from '../errors.ts'
import { binary, json, members, text, whole } from './checks.ts'
import { hpkeOpen, hpkeSeal, type Binding } from './hpke.ts'
import { hkdf, hmac, hmacHolds, hmacKey, label, newX25519Pair, rawPublic } from './primitives.ts'
import type { Memory, Paired, Pairing, PairingAnswer, PairingOffer } from './types.ts'

/** Crockford's: without I, L, O and U. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const codeLength = 20

/**
 * The 20 characters of a code that was typed, or of the link `…/pair#CODE`: in any case, with spaces and dashes
 * anywhere, O for 0, I and L for 1. Errors: `code-malformed`.
 */
export function parsePairingCode(typed: string): string {
  const code = typed
    .slice(typed.lastIndexOf('#') + 1)
    .slice(0, 200)
    .normalize('NFKC')
    .replace(/[\s\p{Pd}]/gu, '')
    .toUpperCase()
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1')
  if (code.length !== codeLength || [...code].some((char) => !alphabet.includes(char))) {
    throw new KeysError('code-malformed', `a code has ${codeLength} letters and digits`)
  }
  return code
}

/** In five groups of four. Errors: `code-malformed`. */
export const formatPairingCode = (code: string): string => parsePairingCode(code).replace(/.{4}(?=.)/g, '$&-')

const derive = (code: string, name: string, length?: number) =>
  hkdf(utf8(parsePairingCode(code)), label(`pair/${name}`), length)

/** Where both devices meet on the host: 16 bytes, base64url. Errors: `code-malformed`. */
export const pairingId = async (code: string): Promise<string> => toBase64url(await derive(code, 'id', 16))

/** The answer is bound to the code, the meeting place and the new device's key. */
async function binding(code: string, pk: Bytes): Promise<Binding> {
  const id = fromBase64url(await pairingId(code))
  const psk = { key: await derive(code, 'psk'), id: lp(label('pair/psk'), id) }
  return { info: utf8(label('pair/seal')), aad: lp(id, pk), psk }
}

const macKey = async (code: string) => hmacKey(await derive(code, 'mac'))

/** The old device's side: see `Keys.admit`. */
export async function admit(
  amk: Bytes,
  account: string,
  memory: Memory,
  code: string,
  offer: PairingOffer,
): Promise<PairingAnswer> {
  const key = await macKey(code)
  const given = members(offer, 'offer')
  const pk = fromBase64url(binary(given['pk'], 'pk', 32))
  if (!(await hmacHolds(key, fromBase64url(binary(given['mac'], 'mac', 32)), pk))) {
    throw new KeysError('pairing-refused', 'the offer was not made with this code')
  }
  const plain = pad(utf8(JSON.stringify({ v: 1, account, amk: toBase64url(amk), memory })))
  const { enc, ct } = await hpkeSeal(pk, await binding(code, pk), plain)
  return { enc: toBase64url(enc), ct: toBase64url(ct) }
}

function parsePaired(plain: Bytes): Paired {
  const given = members(json(new TextDecoder().decode(unpad(plain)), 'answer'), 'answer')
  const memory = members(given['memory'], 'memory')
  if (given['v'] !== 1) throw new KeysError('malformed', 'an answer of another version')
  return {
    account: text(given['account'], 'account', 1, 200),
    amk: fromBase64url(binary(given['amk'], 'amk'), 32),
    memory: {
      identity: binary(memory['identity'], 'identity', 32),
      epoch: whole(memory['epoch'], 'epoch', 1),
      revision: whole(memory['revision'], 'revision', 1),
      signature: binary(memory['signature'], 'signature', 64),
    },
  }
}

/** The new device's side: a new code, and a key for this pairing alone. Errors: `unsupported`. */
export async function startPairing(): Promise<Pairing> {
  const code = [...random(codeLength)].map((byte) => alphabet[byte & 31]).join('')
  return pairingWith(code, await newX25519Pair())
}

/** The new device's side with a given code and key, as to reproduce a known answer. */
export async function pairingWith(code: string, pair: CryptoKeyPair): Promise<Pairing> {
  const pk = await rawPublic(pair.publicKey)
  const bound = await binding(code, pk)
  const mac = await hmac(await macKey(code), pk)
  let open = true
  return {
    code,
    id: await pairingId(code),
    offer: { pk: toBase64url(pk), mac: toBase64url(mac) },
    open: async (answer) => {
      const given = members(answer, 'answer')
      const enc = fromBase64url(binary(given['enc'], 'enc', 32))
      const ct = fromBase64url(binary(given['ct'], 'ct'))
      if (!open) throw new KeysError('pairing-refused', 'this pairing has ended')
      const plain = await hpkeOpen(pair, bound, { enc, ct }, 'pairing-refused')
      open = false
      return parsePaired(plain)
    },
  }
}
