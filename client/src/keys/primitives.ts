/** The primitives, by WebCrypto where it has them. Every label of the scheme passes through `label`. */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { concat, random, utf8, type Bytes } from '../bytes/index.ts'
import { KeysError, type KeysErrorCode } from '../errors.ts'

export const label = (name: string): string => `essaim/e2e/v1/${name}`

/** WebCrypto. Errors: `unsupported`, as on a page without https. */
export function subtle(): SubtleCrypto {
  // The types say it is always there; on an insecure page it is not.
  const found = globalThis.crypto.subtle as SubtleCrypto | undefined
  if (!found) throw new KeysError('unsupported', 'WebCrypto needs https')
  return found
}

/** What WebCrypto throws becomes `unsupported` where it lacks the algorithm, else `code`. */
export async function attempt<T>(code: KeysErrorCode, message: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof KeysError) throw error
    const lacking = error instanceof Error && error.name === 'NotSupportedError'
    throw new KeysError(lacking ? 'unsupported' : code, lacking ? error.message : message)
  }
}

export const sha256 = async (bytes: Bytes): Promise<Bytes> =>
  new Uint8Array(await subtle().digest('SHA-256', bytes))

/** HKDF-SHA-256 (RFC 5869) with an empty salt; `info` is the whole label. */
export async function hkdf(secret: Bytes, info: string, length = 32): Promise<Bytes> {
  const key = await subtle().importKey('raw', secret, 'HKDF', false, ['deriveBits'])
  const parameters = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: utf8(info) }
  return new Uint8Array(await subtle().deriveBits(parameters, key, length * 8))
}

/** A key for HMAC-SHA-256 that can't be read out. */
export const hmacKey = (secret: Bytes): Promise<CryptoKey> =>
  subtle().importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])

export const hmac = async (key: CryptoKey, bytes: Bytes): Promise<Bytes> =>
  new Uint8Array(await subtle().sign('HMAC', key, bytes))

/** In constant time. */
export const hmacHolds = (key: CryptoKey, mac: Bytes, bytes: Bytes): Promise<boolean> =>
  subtle().verify('HMAC', key, mac, bytes)

/** A private key of 32 bytes as PKCS #8 (RFC 8410); the last byte of the OID says of what. */
const pkcs8 = (oid: number, key: Bytes): Bytes =>
  concat([Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, oid, 4, 0x22, 4, 0x20), key])

const basePoint = new Uint8Array(32).fill(9, 0, 1)

export const x25519Public = (raw: Bytes): Promise<CryptoKey> =>
  attempt('malformed', 'not an X25519 key', () => subtle().importKey('raw', raw, 'X25519', true, []))

/** The pair of a private key. The public one is computed: Firefox exports no imported private key as JWK. */
export const x25519Pair = (secret: Bytes): Promise<CryptoKeyPair> =>
  attempt('malformed', 'not an X25519 key', async () => {
    const privateKey = await subtle().importKey('pkcs8', pkcs8(0x6e, secret), 'X25519', false, ['deriveBits'])
    const base = { name: 'X25519', public: await x25519Public(basePoint) }
    const publicKey = await x25519Public(new Uint8Array(await subtle().deriveBits(base, privateKey, 256)))
    return { privateKey, publicKey }
  })

/** A new pair whose private key can't be read out. */
export const newX25519Pair = (): Promise<CryptoKeyPair> =>
  attempt(
    'unsupported',
    'no X25519 here',
    async () => (await subtle().generateKey('X25519', false, ['deriveBits'])) as CryptoKeyPair,
  )

export const rawPublic = async (key: CryptoKey): Promise<Bytes> =>
  new Uint8Array(await subtle().exportKey('raw', key))

/** A new signing key: its seed and its public key, 32 bytes each. */
export const newEd25519 = (): Promise<{ seed: Bytes; pk: Bytes }> =>
  attempt('unsupported', 'no Ed25519 here', async () => {
    const pair = (await subtle().generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
    const exported = new Uint8Array(await subtle().exportKey('pkcs8', pair.privateKey))
    return { seed: exported.slice(16, 48), pk: await rawPublic(pair.publicKey) }
  })

export const ed25519Private = (seed: Bytes): Promise<CryptoKey> =>
  attempt('malformed', 'not an Ed25519 seed', () =>
    subtle().importKey('pkcs8', pkcs8(0x70, seed), 'Ed25519', false, ['sign']),
  )

export const ed25519Sign = async (key: CryptoKey, bytes: Bytes): Promise<Bytes> =>
  new Uint8Array(await subtle().sign('Ed25519', key, bytes))

/** False for what is no public key as well. */
export async function ed25519Holds(pk: Bytes, signature: Bytes, bytes: Bytes): Promise<boolean> {
  const key = await attempt('signature', 'not an Ed25519 key', () =>
    subtle().importKey('raw', pk, 'Ed25519', true, ['verify']),
  ).catch((error: KeysError) => {
    if (error.code === 'unsupported') throw error
  })
  return key !== undefined && subtle().verify('Ed25519', key, signature, bytes)
}

/** XChaCha20-Poly1305 under a random nonce of 24 bytes. */
export function seal(key: Bytes, aad: Bytes, plain: Bytes, nonce = random(24)): { n: Bytes; c: Bytes } {
  return { n: nonce, c: xchacha20poly1305(key, nonce, aad).encrypt(plain) as Bytes }
}

/** Errors: `code`. */
export function unseal(key: Bytes, aad: Bytes, n: Bytes, c: Bytes, code: KeysErrorCode): Bytes {
  try {
    return xchacha20poly1305(key, n, aad).decrypt(c) as Bytes
  } catch {
    throw new KeysError(code, 'does not open')
  }
}
