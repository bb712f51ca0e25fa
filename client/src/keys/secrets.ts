/** What opens a slot: a key pair to which the account key is sealed, and a key that vouches for the identity. */
import { toBase64url, type Bytes } from '../bytes/index.ts'
import { KeysError } from '../errors.ts'
import { hkdf, hmacKey, label, newX25519Pair, rawPublic, subtle, x25519Pair } from './primitives.ts'
import type { DeviceKeys, SlotKind, SlotSecret } from './types.ts'

/** The words' labels say `recovery`. */
const names: Readonly<Record<Exclude<SlotKind, 'device'>, string>> = {
  password: 'slot/password',
  passkey: 'slot/passkey',
  words: 'slot/recovery',
  passphrase: 'slot/passphrase',
}

/** SHA-256 of `essaim/e2e/v1/prf`: what the PRF extension of a passkey is evaluated on (`eval.first`). */
export const prfInput: Bytes = Uint8Array.from(
  '68a787af625f1f10b8a344d40b1c4bc9c43b6465062582e2360fe1b10210b3cd'.match(/../g) ?? [],
  (pair) => parseInt(pair, 16),
)

/**
 * The secret of a slot from 16 to 64 secret bytes: what `stretchPassword` and `stretchPassphrase` give, the entropy of
 * the words, the 32 bytes of a passkey's PRF. Errors: `malformed`, `unsupported`.
 */
export async function slotSecret(kind: Exclude<SlotKind, 'device'>, secret: Bytes): Promise<SlotSecret> {
  if (secret.length < 16 || secret.length > 64) throw new KeysError('malformed', 'not 16 to 64 bytes')
  const pair = await x25519Pair(await hkdf(secret, label(names[kind])))
  const mac = await hmacKey(await hkdf(secret, label(`${names[kind]}/mac`)))
  return { kind, pair, mac, pk: toBase64url(await rawPublic(pair.publicKey)) }
}

/** New keys of a device, which no script can read out. Errors: `unsupported`. */
export async function newDeviceKeys(): Promise<DeviceKeys> {
  const pair = await newX25519Pair()
  const mac = await subtle().generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])
  return { pair, mac }
}

/** The secret of a device's slot. */
export async function deviceSecret({ pair, mac }: DeviceKeys): Promise<SlotSecret> {
  return { kind: 'device', pair, mac, pk: toBase64url(await rawPublic(pair.publicKey)) }
}
