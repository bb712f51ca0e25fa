import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import { CodedError } from './coded-error.ts'
import type { Json } from './json/index.ts'

/**
 * Secrets of 32 bytes by generation. New things are sealed under `current`, older ones stay readable. A generation may
 * be added while the program runs, so nobody keeps what `current` or `derive` gave: what has to stay the same for ever
 * (an id, a made-up answer) derives from `generations[0]`, which is never removed; what is signed carries its
 * generation (`signUnder`); what is found by a keyed hash is looked for under every generation.
 */
export interface KeyRing {
  readonly current: number
  /** The generations at hand, ascending. */
  readonly generations: readonly number[]
  /** A key of 32 bytes for one purpose (HKDF-SHA-256), of the current or a given generation. Throws `key-unknown`. */
  derive(purpose: string, generation?: number): Uint8Array
}

/** A ring that takes over what is added to its key file. */
export interface LiveRing extends KeyRing {
  /**
   * Takes a later text of the key file; whether it has generations that are new. Throws CodedError `key-file`, and stays
   * as it is, if the text is damaged or lacks a secret that is in use: what that one sealed could not be read any more.
   */
  replace(text: string): boolean
}

export type SealErrorCode = 'key-file' | 'key-unknown' | 'seal-malformed' | 'seal-broken'

const KEY_BYTES = 32
/** Derived keys kept; a program has fewer purposes. */
const MAX_DERIVED = 64
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** A key file with one fresh secret of generation 1, or with the next generation added to `text`. */
export function nextKeyFile(text = ''): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const generation = text === '' ? 1 : parseKeyFile(text).current + 1
  return [...lines, `${generation} ${randomBytes(KEY_BYTES).toString('base64url')}`, ''].join('\n')
}

/** Reads a key file: a line `generation secret` each, secrets of 32 bytes in base64url. Throws CodedError `key-file`. */
export function parseKeyFile(text: string): KeyRing {
  return keyRing(secretsOf(text))
}

function secretsOf(text: string): Map<number, Uint8Array> {
  const secrets = new Map<number, Uint8Array>()
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue
    const [, generation, secret] = /^([1-9]\d{0,8}) ([\w-]{43})\s*$/.exec(line) ?? []
    if (generation === undefined || secret === undefined || secrets.has(Number(generation))) {
      throw new CodedError<SealErrorCode>('key-file', 'the key file is not a list of generations and secrets')
    }
    secrets.set(Number(generation), Buffer.from(secret, 'base64url'))
  }
  if (secrets.size === 0) throw new CodedError<SealErrorCode>('key-file', 'the key file is empty')
  return secrets
}

/**
 * A ring whose secrets come from a key file that may grow. `look` is called before a generation is called unknown and
 * whenever all are asked for: another process may have added one. It may call `replace`, and must not throw.
 */
export function liveRing(text: string, look: () => void = () => {}): LiveRing {
  let secrets = secretsOf(text)
  let held = keyRing(secrets)
  return {
    get current() {
      return held.current
    },
    get generations() {
      look()
      return held.generations
    },
    derive(purpose, generation = held.current) {
      if (!secrets.has(generation)) look()
      return held.derive(purpose, generation)
    },
    replace(later) {
      const fresh = secretsOf(later)
      for (const [generation, secret] of secrets) {
        if (!Buffer.from(secret).equals(fresh.get(generation) ?? new Uint8Array()))
          throw new CodedError<SealErrorCode>(
            'key-file',
            `the key file has lost its generation ${generation}`,
          )
      }
      const grown = fresh.size > secrets.size
      if (grown) [secrets, held] = [fresh, keyRing(fresh)]
      return grown
    },
  }
}

/** A ring of the given secrets (32 bytes each); the highest generation is current. */
export function keyRing(secrets: ReadonlyMap<number, Uint8Array>): KeyRing {
  const generations = [...secrets.keys()].sort((a, b) => a - b)
  const current = generations.at(-1)
  if (current === undefined || [...secrets.values()].some((secret) => secret.byteLength !== KEY_BYTES)) {
    throw new CodedError<SealErrorCode>('key-file', 'a key ring needs secrets of 32 bytes')
  }
  const derived = new Map<string, Uint8Array>()
  return {
    current,
    generations,
    derive(purpose, generation = current) {
      const name = `${generation} ${purpose}`
      let key = derived.get(name)
      if (key === undefined) {
        const secret = secrets.get(generation)
        if (secret === undefined) {
          throw new CodedError<SealErrorCode>('key-unknown', `no key of generation ${generation}`, {
            generation,
          })
        }
        key = new Uint8Array(hkdfSync('sha256', secret, '', `essaim ${purpose}`, KEY_BYTES))
        if (derived.size < MAX_DERIVED) derived.set(name, key)
      }
      return key
    },
  }
}

/**
 * Encrypts and authenticates (AES-256-GCM, random nonce). `context` says what it is and whose (`token 17 hawk`): it is
 * not stored, and only the same context opens it again. Returns `{generation}.{base64url of nonce, ciphertext, tag}`.
 */
export function seal(ring: KeyRing, context: string, data: string | Uint8Array): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', ring.derive('seal'), nonce).setAAD(Buffer.from(context))
  const body = typeof data === 'string' ? cipher.update(data, 'utf8') : cipher.update(data)
  const sealed = Buffer.concat([nonce, body, cipher.final(), cipher.getAuthTag()])
  return `${ring.current}.${sealed.toString('base64url')}`
}

/** What was sealed, as bytes. Throws CodedError `seal-malformed`, `key-unknown` or `seal-broken` (changed, or another context). */
export function unseal(ring: KeyRing, context: string, sealed: string): Buffer {
  const key = ring.derive('seal', sealGeneration(sealed))
  const bytes = Buffer.from(sealed.slice(sealed.indexOf('.') + 1), 'base64url')
  if (bytes.byteLength < NONCE_BYTES + TAG_BYTES) throw malformed()
  const end = bytes.byteLength - TAG_BYTES
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES))
    .setAAD(Buffer.from(context))
    .setAuthTag(bytes.subarray(end))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, end)), decipher.final()])
  } catch {
    throw new CodedError<SealErrorCode>('seal-broken', 'the sealed value was changed or belongs elsewhere')
  }
}

/** `unseal` for what was sealed as text. */
export function unsealText(ring: KeyRing, context: string, sealed: string): string {
  return unseal(ring, context, sealed).toString('utf8')
}

/** The generation whose key opens it: one that is not `ring.current` waits for rotation. Throws `seal-malformed`. */
export function sealGeneration(sealed: string): number {
  const generation = /^([1-9]\d{0,8})\.[\w-]+$/.exec(sealed)?.[1]
  if (generation === undefined) throw malformed()
  return Number(generation)
}

/**
 * A text that `verifyToken` gives back and nobody else can make: `{base64url of the JSON}.{base64url of the HMAC}`.
 * Not encrypted. `purpose` binds it to its use (`kinto-page /buckets/a/collections -last_modified`).
 */
export function signToken(key: Uint8Array, purpose: string, value: Json): string {
  const payload = Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${payload}.${mac(key, purpose, payload)}`
}

/**
 * What was signed under the same key and purpose, or undefined if it was not, was changed, or is longer than
 * `maxLength` characters. The comparison takes the same time wherever they differ.
 */
export function verifyToken(
  key: Uint8Array,
  purpose: string,
  token: string,
  maxLength = 16384,
): Json | undefined {
  if (token.length > maxLength) return undefined
  const dot = token.indexOf('.')
  const payload = token.slice(0, dot)
  // As text, of which there is one for a token, unlike the bytes that base64url would be read as.
  const [given, made] = [Buffer.from(token.slice(dot + 1)), Buffer.from(mac(key, purpose, payload))]
  if (dot < 0 || given.byteLength !== made.byteLength || !timingSafeEqual(given, made)) return undefined
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Json
}

/** `signToken` under the current key for `use`, with the generation in front. */
export function signUnder(ring: KeyRing, use: string, purpose: string, value: Json): string {
  return `${ring.current}.${signToken(ring.derive(use), purpose, value)}`
}

/** `verifyToken` for what `signUnder` made, under whatever generation it was; undefined if that one is unknown too. */
export function verifyUnder(
  ring: KeyRing,
  use: string,
  purpose: string,
  token: string,
  maxLength = 16384,
): Json | undefined {
  const [, generation, rest] = /^([1-9]\d{0,8})\.(.*)$/s.exec(token.slice(0, maxLength + 1)) ?? []
  if (generation === undefined || rest === undefined || !ring.generations.includes(Number(generation)))
    return undefined
  return verifyToken(ring.derive(use, Number(generation)), purpose, rest, maxLength)
}

function mac(key: Uint8Array, purpose: string, payload: string): string {
  // The payload has no space in it, so that no other purpose and payload make the same text.
  return createHmac('sha256', key).update(`${purpose} ${payload}`).digest('base64url')
}

function malformed() {
  return new CodedError<SealErrorCode>('seal-malformed', 'not a sealed value')
}
