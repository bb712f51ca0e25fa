/**
 * Tokens as Mozilla's `tokenlib` makes them: the id is JSON with its HMAC in base64url, and the key that goes with it
 * is derived from the id, so that whoever has the secret can check a request without looking anything up.
 */
import {
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import { isJsonObject } from '../../lib/json/index.ts'

/** Under what tokens are made and read. Key objects: Node takes five times as long for bytes. */
export interface TokenSecret {
  readonly master: KeyObject
  readonly signing: KeyObject
}

/** What a token says; names as Mozilla's servers have them. */
export interface TokenData {
  uid: number
  /** The address of the storage server. */
  node: string
  /** Seconds since 1970. */
  expires: number
  fxa_uid: string
  fxa_kid: string
  hashed_fxa_uid: string
  /** What only this server puts in: by whose word it is good. Absent in what others made. */
  essaim?: TokenWarrant
}

/** A grant of an account of ours, or an accounts server elsewhere. */
export type TokenWarrant = { account: string; grant: string } | { issuer: string }

export interface Token {
  id: string
  /** Text: its characters are the key of Hawk. */
  key: string
}

const namespace = 'services.mozilla.com/tokenlib/v1/'
const macBytes = 32
/** Characters of an id. */
const maxId = 2_048

const derive = (master: KeyObject, salt: string, info: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', master, salt, info, 32))

export function tokenSecret(secret: Uint8Array): TokenSecret {
  const master = createSecretKey(secret)
  return { master, signing: createSecretKey(derive(master, '', `${namespace}signing`)) }
}

export function makeToken(secret: TokenSecret, data: TokenData): Token {
  const salt = randomBytes(3).toString('hex')
  const payload = Buffer.from(JSON.stringify({ ...data, salt }))
  const mac = createHmac('sha256', secret.signing).update(payload).digest()
  const id = padded(Buffer.concat([payload, mac]))
  return { id, key: keyOf(secret, id, salt) }
}

/** What an id says, and its key, if it was made under one of these secrets. Whether it is over is for others to see. */
export function readToken(
  secrets: readonly TokenSecret[],
  id: string,
): { data: TokenData; key: string } | undefined {
  if (id.length > maxId || !/^[\w-]+={0,2}$/.test(id)) return undefined
  const bytes = Buffer.from(id, 'base64url')
  if (bytes.byteLength <= macBytes || padded(bytes) !== id) return undefined
  const payload = bytes.subarray(0, -macBytes)
  const mac = bytes.subarray(-macBytes)
  for (const secret of secrets) {
    if (!timingSafeEqual(createHmac('sha256', secret.signing).update(payload).digest(), mac)) continue
    const read = dataOf(payload.toString('utf8'))
    return read && { data: read.data, key: keyOf(secret, id, read.salt) }
  }
  return undefined
}

const keyOf = ({ master }: TokenSecret, id: string, salt: string) =>
  padded(Buffer.from(derive(master, salt, `${namespace}derive/${id}`)))

/** Base64url with its padding, as tokenlib writes it. */
const padded = (bytes: Buffer) => bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_')

/** Signed, and yet looked at: a test suite that knows the secret may write anything. */
function dataOf(text: string): { data: TokenData; salt: string } | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isJsonObject(value)) return undefined
  const { uid, expires, salt, node, essaim } = value
  if (!Number.isSafeInteger(uid) || (uid as number) < 1) return undefined
  if (typeof expires !== 'number' || typeof salt !== 'string') return undefined
  const word = (name: string) => {
    const one = value[name]
    return typeof one === 'string' ? one : ''
  }
  return {
    salt,
    data: {
      uid: uid as number,
      node: typeof node === 'string' ? node : '',
      expires,
      fxa_uid: word('fxa_uid'),
      fxa_kid: word('fxa_kid'),
      hashed_fxa_uid: word('hashed_fxa_uid'),
      ...(isJsonObject(essaim) ? { essaim: essaim as TokenWarrant } : {}),
    },
  }
}
