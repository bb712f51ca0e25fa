/**
 * The keys of a browser's scopes, for nobody but that browser: a compact JWE (RFC 7516, 7518) to the public key that it
 * made for this sign-in, ECDH-ES on P-256 and A256GCM. No party infos: Firefox refuses them.
 */
import { fromBase64url, toBase64url, type Bytes } from '@essaim/client'

const curve = { name: 'ECDH', namedCurve: 'P-256' } as const
/** Characters of a public key as browsers send it. */
const maxKey = 1_000

const utf8 = (text: string): Bytes => new TextEncoder().encode(text)

/** A public key in the form of an address: base64url of a JWK. Throws where it is none of P-256. */
export async function publicKeyOf(text: string): Promise<CryptoKey> {
  if (text.length > maxKey) throw new Error('a key of P-256 is shorter')
  const { kty, crv, x, y } = JSON.parse(new TextDecoder().decode(fromBase64url(text))) as JsonWebKey
  // Only the point counts, whatever else the browser says of its key.
  const jwk = { kty, crv, x, y } as JsonWebKey
  return crypto.subtle.importKey('jwk', jwk, curve, false, [])
}

/** Concat KDF (NIST SP 800-56A, RFC 7518 4.6.2) for one key of 256 bits. */
async function contentKey(shared: ArrayBuffer): Promise<CryptoKey> {
  const name = utf8('A256GCM')
  const info = new Uint8Array(4 + shared.byteLength + 4 + name.length + 4 + 4 + 4)
  const view = new DataView(info.buffer)
  let at = 0
  const number = (value: number) => {
    view.setUint32(at, value)
    at += 4
  }
  const bytes = (value: Uint8Array) => {
    info.set(value, at)
    at += value.length
  }
  number(1)
  bytes(new Uint8Array(shared))
  number(name.length)
  bytes(name)
  number(0)
  number(0)
  number(256)
  const digest = await crypto.subtle.digest('SHA-256', info)
  return crypto.subtle.importKey('raw', digest, 'AES-GCM', false, ['encrypt'])
}

/** Encrypts a text to a public key, under a pair that is made for it and forgotten. */
export async function encryptTo(receiver: CryptoKey, plain: string): Promise<string> {
  const pair = await crypto.subtle.generateKey(curve, false, ['deriveBits'])
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  const shared = await crypto.subtle.deriveBits({ name: 'ECDH', public: receiver }, pair.privateKey, 256)
  const header = toBase64url(
    utf8(JSON.stringify({ alg: 'ECDH-ES', enc: 'A256GCM', epk: { kty, crv, x, y } })),
  )
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const sealed = new Uint8Array(
    await crypto.subtle.encrypt(
      { name: 'AES-GCM', iv, additionalData: utf8(header) },
      await contentKey(shared),
      utf8(plain),
    ),
  )
  const parts = [iv, sealed.slice(0, -16), sealed.slice(-16)].map((part) => toBase64url(part))
  return `${header}..${parts.join('.')}`
}
