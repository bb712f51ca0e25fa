/** An authenticator in software (WebAuthn level 3): what a browser would send, and what none would. */
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest()
const base64url = (data: string | Uint8Array) => Buffer.from(data).toString('base64url')

/** Options as the server gives them; what a test wants to have otherwise is in `Deviation`. */
interface CreationOptions {
  challenge: string
  rp: { id: string }
  user: { id: string }
}

interface RequestOptions {
  challenge: string
  rpId: string
}

export interface Deviation {
  challenge?: string
  origin?: string
  rpId?: string
  /** Whether the person was verified. */
  verified?: boolean
  counter?: number
  type?: string
  crossOrigin?: boolean
  /** Signed by another key. */
  forged?: boolean
  userHandle?: string | null
  extensions?: object
}

export interface SoftPasskey {
  readonly id: string
  readonly userHandle: string
  get(options: RequestOptions, other?: Deviation): Record<string, unknown>
}

/** A browser on `origin` with an authenticator whose counter goes up by one (`counting`), or stays 0. */
export function authenticator(origin: string, { counting = false } = {}) {
  const clientData = (type: string, challenge: string, other: Deviation) =>
    JSON.stringify({
      type: other.type ?? type,
      challenge: other.challenge ?? challenge,
      origin: other.origin ?? origin,
      crossOrigin: other.crossOrigin ?? false,
    })

  function authData(rpId: string, counter: number, other: Deviation, attested?: Buffer): Buffer {
    const flags = 0x01 | (other.verified === false ? 0 : 0x04) | (attested ? 0x40 : 0)
    const head = Buffer.alloc(5)
    head.writeUInt8(flags, 0)
    head.writeUInt32BE(other.counter ?? counter, 1)
    return Buffer.concat([sha256(other.rpId ?? rpId), head, attested ?? Buffer.alloc(0)])
  }

  return {
    create(
      options: CreationOptions,
      other: Deviation = {},
    ): { passkey: SoftPasskey; response: Record<string, unknown> } {
      const id = randomBytes(16)
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      let counter = counting ? 1 : 0
      const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, coseOf(publicKey)])
      const data = authData(options.rp.id, counter, other, attested)
      const response = {
        id: base64url(id),
        rawId: base64url(id),
        type: 'public-key',
        clientExtensionResults: other.extensions ?? {},
        response: {
          clientDataJSON: base64url(clientData('webauthn.create', options.challenge, other)),
          attestationObject: base64url(
            Buffer.concat([
              Buffer.from([0xa3]),
              cborText('fmt'),
              cborText('none'),
              cborText('attStmt'),
              Buffer.from([0xa0]),
              cborText('authData'),
              cborBytes(data),
            ]),
          ),
          transports: ['internal', 'telepathy'],
        },
      }
      const passkey: SoftPasskey = {
        id: base64url(id),
        userHandle: options.user.id,
        get({ challenge, rpId }, more = {}) {
          if (counting) counter++
          const signed = authData(rpId, counter, more)
          const client = clientData('webauthn.get', challenge, more)
          const key = more.forged ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey : privateKey
          const handle = more.userHandle === undefined ? options.user.id : more.userHandle
          return {
            id: base64url(id),
            rawId: base64url(id),
            type: 'public-key',
            clientExtensionResults: more.extensions ?? {},
            response: {
              clientDataJSON: base64url(client),
              authenticatorData: base64url(signed),
              signature: base64url(sign('sha256', Buffer.concat([signed, sha256(client)]), key)),
              ...(handle === null ? {} : { userHandle: handle }),
            },
          }
        },
      }
      return { passkey, response }
    },
  }
}

/** An ES256 key as COSE (RFC 9053): {1: 2, 3: -7, -1: 1, -2: x, -3: y}. */
function coseOf(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  return Buffer.concat([
    Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]),
    cborBytes(Buffer.from(x, 'base64url')),
    Buffer.from([0x22]),
    cborBytes(Buffer.from(y, 'base64url')),
  ])
}

const cborText = (text: string) => Buffer.concat([Buffer.from([0x60 + text.length]), Buffer.from(text)])

const cborBytes = (bytes: Uint8Array) =>
  Buffer.concat([
    bytes.length < 256
      ? Buffer.from([0x58, bytes.length])
      : Buffer.from([0x59, bytes.length >> 8, bytes.length & 255]),
    bytes,
  ])
