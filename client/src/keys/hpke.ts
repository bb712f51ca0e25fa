/** HPKE (RFC 9180): DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305; one message per context. */
import { chacha20poly1305 } from '@noble/ciphers/chacha.js'
import { AeadId, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256, type AeadInterface } from '@hpke/core'
import type { Bytes } from '../bytes/index.ts'
import { KeysError, type KeysErrorCode } from '../errors.ts'
import { attempt, x25519Public } from './primitives.ts'

/** Sealed to a public key: 32 bytes, and the plaintext's length and 16. */
export interface Sealed {
  enc: Bytes
  ct: Bytes
}

/** What a message is bound to, and for the PSK mode the secret (at least 32 bytes) that both know beforehand. */
export interface Binding {
  info: Bytes
  aad: Bytes
  psk?: { key: Bytes; id: Bytes }
}

const bytes = (data: ArrayBufferLike | ArrayBufferView): Uint8Array =>
  ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data)

/** On the cipher that the rest uses too: WebCrypto has no ChaCha20-Poly1305 in every browser. */
const aead: AeadInterface = {
  id: AeadId.Chacha20Poly1305,
  keySize: 32,
  nonceSize: 12,
  tagSize: 16,
  createEncryptionContext: (key) => ({
    seal: async (iv, data, aad) =>
      chacha20poly1305(bytes(key), bytes(iv), bytes(aad)).encrypt(bytes(data)).buffer as ArrayBuffer,
    open: async (iv, data, aad) =>
      chacha20poly1305(bytes(key), bytes(iv), bytes(aad)).decrypt(bytes(data)).buffer as ArrayBuffer,
  }),
}

const suite = () => new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead })

/** Seals to a public key; `ephemeral` only to reproduce known answers. Errors: `malformed`. */
export async function hpkeSeal(
  pk: Bytes,
  { info, aad: bound, psk }: Binding,
  plain: Bytes,
  ephemeral?: CryptoKeyPair,
): Promise<Sealed> {
  const recipientPublicKey = await x25519Public(pk)
  return attempt('malformed', 'cannot be sealed to', async () => {
    const given = { recipientPublicKey, info, ...(psk && { psk }), ...(ephemeral && { ekm: ephemeral }) }
    const { enc, ct } = await suite().seal(given, plain, bound)
    return { enc: new Uint8Array(enc), ct: new Uint8Array(ct) }
  })
}

/** Opens with the pair, whose private key need not be extractable. Errors: `code`. */
export async function hpkeOpen(
  pair: CryptoKeyPair,
  { info, aad: bound, psk }: Binding,
  { enc, ct }: Sealed,
  code: KeysErrorCode,
): Promise<Bytes> {
  try {
    const given = { recipientKey: pair, enc, info, ...(psk && { psk }) }
    return new Uint8Array(await suite().open(given, ct, bound))
  } catch {
    throw new KeysError(code, 'does not open')
  }
}
