/**
 * A program that signs in to Firefox Accounts with an address and a password, as those did that Mozilla's "onepw"
 * protocol was made for. Written from the protocol's description with Node's own cryptography, and nothing of the server's.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  pbkdf2Sync,
  randomBytes,
} from 'node:crypto'

const label = (name: string) => `identity.mozilla.com/picl/v1/${name}`
const hkdf = (secret: Uint8Array, name: string, length = 32): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', label(name), length))
const hmac = (key: Uint8Array, data: string | Uint8Array): Buffer =>
  createHmac('sha256', key).update(data).digest()
const sha256 = (data: string | Uint8Array): Buffer => createHash('sha256').update(data).digest()
const xor = (one: Buffer, other: Buffer): Buffer => Buffer.from(one.map((byte, i) => byte ^ other[i]!))

export const syncScope = 'https://identity.mozilla.com/apps/oldsync'
/** firefox-sync-client says that it is this one. */
export const programId = 'e7ce535d93522896'

export interface Answer {
  status: number
  headers: Headers
  /** Whatever was answered: tests look into it. */
  // oxlint-disable-next-line no-explicit-any
  body: any
}

/** What a login answered, with what the password gives. */
export interface Session {
  uid: string
  sessionToken: string
  keyFetchToken: string | undefined
  unwrapBKey: Buffer
}

/** What a program has of the keys of an account. */
export interface AccountKeys {
  kA: Buffer
  kB: Buffer
}

/** What asks the storage. */
export interface Storage {
  id: string
  key: string
  uid: number
  api_endpoint: string
}

/** How a request is proved: as programs did it from the beginning, or by the bearer tokens of later ones. */
export type Proving = 'hawk' | 'bearer'

const prefixes = { sessionToken: 'fxs', keyFetchToken: 'fxk' } as const
type TokenKind = keyof typeof prefixes

interface Wanted {
  body?: unknown
  /** The token, and what it is. */
  token?: string
  kind?: TokenKind
  proving?: Proving
  headers?: Record<string, string>
}

/** Both of these are proofs of one password. */
export function stretch(email: string, password: string): { authPW: string; unwrapBKey: Buffer } {
  const quick = pbkdf2Sync(password, label(`quickStretch:${email}`), 1_000, 32, 'sha256')
  return { authPW: hkdf(quick, 'authPW').toString('hex'), unwrapBKey: hkdf(quick, 'unwrapBkey') }
}

/** What the page sends when the password is switched on, for a key of Sync of 32 bytes. */
export function clientPassword(email: string, password: string, kB: Buffer, made: number) {
  const { authPW, unwrapBKey } = stretch(email, password)
  return { authPW, wrapKb: xor(kB, unwrapBKey).toString('hex'), kid: keyId(kB, made) }
}

export const keyId = (kB: Buffer, made: number): string =>
  `${made}-${sha256(kB).subarray(0, 16).toString('base64url')}`

function hawk(
  url: URL,
  method: string,
  id: string,
  key: string | Buffer,
  body?: { type: string; text: string },
) {
  const ts = Math.floor(Date.now() / 1_000)
  const nonce = randomBytes(6).toString('base64url')
  const hash = body && sha256(`hawk.1.payload\n${body.type}\n${body.text}\n`).toString('base64')
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  const text = [
    'hawk.1.header',
    ts,
    nonce,
    method,
    url.pathname + url.search,
    url.hostname,
    port,
    hash ?? '',
    '',
    '',
  ]
  const mac = createHmac('sha256', key).update(text.join('\n')).digest('base64')
  return `Hawk id="${id}", ts="${ts}", nonce="${nonce}"${hash ? `, hash="${hash}"` : ''}, mac="${mac}"`
}

/** A program for the server at `url`, where its public address is `publicUrl`. */
export function openProgram(url: string, publicUrl = url) {
  const api = '/fxa/v1'

  async function ask(
    method: string,
    path: string,
    { body, token, kind = 'sessionToken', proving = 'hawk', headers = {} }: Wanted = {},
  ): Promise<Answer> {
    const text = body === undefined ? undefined : JSON.stringify(body)
    let authorization: string | undefined
    if (token !== undefined) {
      const derived = hkdf(Buffer.from(token, 'hex'), kind, 96)
      const id = derived.subarray(0, 32).toString('hex')
      authorization =
        proving === 'bearer'
          ? `Bearer ${prefixes[kind]}_${id}`
          : hawk(
              new URL(publicUrl + api + path),
              method,
              id,
              derived.subarray(32, 64),
              text === undefined ? undefined : { type: 'application/json', text },
            )
    }
    const answer = await fetch(url + api + path, {
      method,
      headers: {
        'Content-Type': 'application/json',
        ...(authorization === undefined ? {} : { Authorization: authorization }),
        ...headers,
      },
      ...(text === undefined ? {} : { body: text }),
    })
    return { status: answer.status, headers: answer.headers, body: await answer.json() }
  }

  /** Signs in; the answer, with what the password gives. `more` is added to the body. */
  async function login(
    email: string,
    password: string,
    {
      keys = true,
      more = {},
      headers = {},
    }: { keys?: boolean; more?: object; headers?: Record<string, string> } = {},
  ): Promise<Answer & { session: Session }> {
    const { authPW, unwrapBKey } = stretch(email, password)
    const body = { email, authPW, reason: 'login', ...more }
    const told = await ask('POST', `/account/login${keys ? '?keys=true' : ''}`, { body, headers })
    return { ...told, session: { ...told.body, unwrapBKey } }
  }

  /** Fetches the keys, once. */
  async function keys(
    { keyFetchToken = '', unwrapBKey }: Session,
    proving?: Proving,
  ): Promise<Answer & { keys?: AccountKeys }> {
    const told = await ask('GET', '/account/keys', {
      token: keyFetchToken,
      kind: 'keyFetchToken',
      ...(proving ? { proving } : {}),
    })
    if (told.status !== 200) return told
    const bundle = Buffer.from(told.body.bundle, 'hex')
    const bundleKey = hkdf(Buffer.from(keyFetchToken, 'hex'), 'keyFetchToken', 96).subarray(64)
    const material = hkdf(bundleKey, 'account/keys', 96)
    const locked = bundle.subarray(0, 64)
    if (!hmac(material.subarray(0, 32), locked).equals(bundle.subarray(64)))
      throw new Error('the bundle of keys was changed')
    const open = xor(locked, material.subarray(32))
    return { ...told, keys: { kA: open.subarray(0, 32), kB: xor(open.subarray(32), unwrapBKey) } }
  }

  /** An access token of a session. */
  const accessToken = (sessionToken: string, more: object = {}, proving?: Proving) =>
    ask('POST', '/oauth/token', {
      token: sessionToken,
      body: { grant_type: 'fxa-credentials', client_id: programId, scope: syncScope, ...more },
      ...(proving ? { proving } : {}),
    })

  /** Since when the key of Sync holds. */
  const keyData = (sessionToken: string) =>
    ask('POST', '/account/scoped-key-data', {
      token: sessionToken,
      body: { client_id: programId, scope: syncScope },
    })

  /** Asks the token server. */
  async function storage(access: string, kid: string): Promise<{ status: number; body: Storage }> {
    const answer = await fetch(`${url}/1.0/sync/1.5`, {
      headers: { Authorization: `Bearer ${access}`, 'X-KeyID': kid },
    })
    return { status: answer.status, body: (await answer.json()) as Storage }
  }

  /** Everything that a program does until it can read: with the password alone. */
  async function open(
    email: string,
    password: string,
  ): Promise<{ session: Session; kB: Buffer; kid: string; storage: Storage }> {
    const { session } = await login(email, password)
    const { keys: found } = await keys(session)
    const data = await keyData(session.sessionToken)
    const access = await accessToken(session.sessionToken)
    if (!found) throw new Error('no keys were told')
    const kid = keyId(found.kB, data.body[syncScope].keyRotationTimestamp)
    const { body } = await storage(access.body.access_token, kid)
    return { session, kB: found.kB, kid, storage: body }
  }

  /** A request to the storage. */
  async function stored(
    { id, key, api_endpoint: endpoint }: Storage,
    method: string,
    path: string,
    body?: unknown,
  ) {
    const at = new URL(endpoint + path)
    const answer = await fetch(url + at.pathname + at.search, {
      method,
      headers: { Authorization: hawk(at, method, id, key), 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, body: answer.status === 200 ? JSON.parse(text) : text }
  }

  return { ask, login, keys, accessToken, keyData, storage, open, stored }
}

/** Keys that lock what Sync stores. */
export interface Lock {
  encryption: Buffer
  hmac: Buffer
}

const lockOf = (both: Buffer): Lock => ({ encryption: both.subarray(0, 32), hmac: both.subarray(32) })

/** With which the record of keys is locked under kB. */
export const syncLock = (kB: Buffer): Lock => lockOf(hkdf(kB, 'oldsync', 64))

/** With which everything else is, and what the record of keys says of it. */
export function newLock(): { lock: Lock; told: { default: string[]; collections: object } } {
  const lock = lockOf(randomBytes(64))
  const both = [lock.encryption, lock.hmac].map((bytes) => bytes.toString('base64'))
  return { lock, told: { default: both, collections: {} } }
}

/** As `newLock` told it. */
export function readLock(told: unknown): Lock {
  const { default: both } = told as { default: string[] }
  return lockOf(Buffer.concat(both.map((text) => Buffer.from(text, 'base64'))))
}

/** The payload of a record, locked as Sync does it. */
export function locked({ encryption, hmac: key }: Lock, value: unknown): string {
  const iv = randomBytes(16)
  const cipher = createCipheriv('aes-256-cbc', encryption, iv)
  const ciphertext = Buffer.concat([cipher.update(JSON.stringify(value)), cipher.final()]).toString('base64')
  return JSON.stringify({
    ciphertext,
    IV: iv.toString('base64'),
    hmac: hmac(key, ciphertext).toString('hex'),
  })
}

/** What a payload holds. Throws where it was locked with another key. */
export function unlocked({ encryption, hmac: key }: Lock, payload: string): unknown {
  const { ciphertext, IV, hmac: mac } = JSON.parse(payload) as Record<string, string>
  if (hmac(key, ciphertext!).toString('hex') !== mac) throw new Error('locked with another key')
  const decipher = createDecipheriv('aes-256-cbc', encryption, Buffer.from(IV!, 'base64'))
  const plain = Buffer.concat([decipher.update(ciphertext!, 'base64'), decipher.final()])
  return JSON.parse(plain.toString('utf8'))
}
