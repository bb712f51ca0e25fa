/**
 * Mozilla's "onepw" protocol (version 1), as far as a page takes part in it: what a program derives from an address and
 * a password, and what is handed to the server so that such a program finds the person's key of Sync. The stretching
 * (1,000 rounds) would protect no password that a person chose, so that only generated ones go through here.
 */
import { fromBase64url, type Bytes, type Keyring } from '@essaim/client'

const label = (name: string): Bytes =>
  new TextEncoder().encode(`identity.mozilla.com/picl/v1/${name}`) as Bytes

const rounds = 1_000

/** RFC 4648, in lower case. */
const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

const groups = 4
const groupLength = 6

/** A new password: 120 random bits in four groups of six letters and digits. It is what is typed, dashes and all. */
export function newClientPassword(): string {
  const signs = [...crypto.getRandomValues(new Uint8Array(groups * groupLength))].map(
    // 256 is a multiple of 32: every sign is as likely as the others.
    (byte) => alphabet[byte % alphabet.length] ?? '',
  )
  return Array.from({ length: groups }, (_, group) =>
    signs.slice(group * groupLength, (group + 1) * groupLength).join(''),
  ).join('-')
}

/** What a password gives, 32 bytes each. */
export interface Stretched {
  /** Shown to the server. */
  authPW: Bytes
  /** XOR what the server keeps: the key of Sync. Never shown. */
  unwrapBKey: Bytes
}

/** `email` as the server knows it: it is part of the salt, letter by letter. */
export async function stretch(email: string, password: string): Promise<Stretched> {
  const { subtle } = crypto
  const typed = await subtle.importKey('raw', new TextEncoder().encode(password), 'PBKDF2', false, [
    'deriveBits',
  ])
  const quick = await subtle.deriveBits(
    { name: 'PBKDF2', hash: 'SHA-256', salt: label(`quickStretch:${email}`), iterations: rounds },
    typed,
    256,
  )
  const secret = await subtle.importKey('raw', quick, 'HKDF', false, ['deriveBits'])
  const derived = async (name: string): Promise<Bytes> =>
    new Uint8Array(
      await subtle.deriveBits(
        { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: label(name) },
        secret,
        256,
      ),
    )
  return { authPW: await derived('authPW'), unwrapBKey: await derived('unwrapBkey') }
}

const hex = (bytes: Bytes): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')

/**
 * What the server is given of a password: a proof, and the key of Sync wrapped so that only who has the password opens
 * it. Both are 64 hexadecimal digits.
 */
export async function wrapSyncKey(
  email: string,
  password: string,
  { sync }: Pick<Keyring, 'sync'>,
): Promise<{ authPW: string; wrapKb: string }> {
  const { authPW, unwrapBKey } = await stretch(email, password)
  const key = fromBase64url(sync.key, 32)
  return { authPW: hex(authPW), wrapKb: hex(key.map((byte, i) => byte ^ (unwrapBKey[i] ?? 0))) }
}
