/** Certificates (X.509, P-256) for TLS servers of tests: some vouch for themselves, some are vouched for by an authority. */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

export interface MadeCertificate {
  key: string
  cert: string
}

export interface Authority {
  /** What browsers have to trust. */
  cert: string
  /** A certificate for these DNS names. */
  issue(names: readonly string[]): MadeCertificate
}

interface Wanted {
  /** Common name. */
  subject: string
  issuer: string
  publicKey: KeyObject
  signer: KeyObject
  extension: Buffer
  /** Milliseconds. */
  from: number
  until: number
}

const day = 86_400_000

/** For these DNS names; `from` and `until` in milliseconds. */
export function selfSigned(
  names: readonly string[],
  { from = Date.now() - day, until = Date.now() + 90 * day } = {},
): MadeCertificate {
  const { publicKey, privateKey } = newKey()
  const [subject = 'test'] = names
  const extension = alternatives(names)
  const wanted = { subject, issuer: subject, publicKey, signer: privateKey, extension, from, until }
  return { key: exported(privateKey), cert: certificate(wanted) }
}

/** An authority that nobody trusts yet. */
export function privateAuthority(): Authority {
  const name = `Essaim test authority ${randomBytes(4).toString('hex')}`
  const times = { from: Date.now() - day, until: Date.now() + 90 * day }
  const own = newKey()
  const byIt = { issuer: name, signer: own.privateKey, ...times }
  return {
    cert: certificate({ subject: name, publicKey: own.publicKey, extension: isAuthority, ...byIt }),
    issue(names) {
      const { publicKey, privateKey } = newKey()
      const [subject = 'test'] = names
      const cert = certificate({ subject, publicKey, extension: alternatives(names), ...byIt })
      return { key: exported(privateKey), cert }
    },
  }
}

const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })
const exported = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString()

function certificate({ subject, issuer, publicKey, signer, extension, from, until }: Wanted): string {
  const algorithm = sequence(oid('2a8648ce3d040302')) // ecdsa-with-SHA256
  const body = sequence(
    Buffer.concat([
      der(0xa0, der(0x02, Buffer.from([2]))),
      der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
      algorithm,
      nameOf(issuer),
      sequence(Buffer.concat([time(from), time(until)])),
      nameOf(subject),
      publicKey.export({ type: 'spki', format: 'der' }),
      der(0xa3, sequence(extension)),
    ]),
  )
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, signer)]))
  const bytes = sequence(Buffer.concat([body, algorithm, signature]))
  return `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`
}

/** A tag, the length, the content. */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content
  const head =
    length < 128 ? [tag, length] : length < 256 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from(head), content])
}

const sequence = (content: Buffer) => der(0x30, content)
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'))
/** GeneralizedTime. */
const time = (ms: number) =>
  der(0x18, Buffer.from(`${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`))
const nameOf = (common: string) =>
  sequence(der(0x31, sequence(Buffer.concat([oid('550403'), der(0x0c, Buffer.from(common))]))))

/** subjectAltName. */
const alternatives = (names: readonly string[]) =>
  sequence(
    Buffer.concat([
      oid('551d11'),
      der(0x04, sequence(Buffer.concat(names.map((one) => der(0x82, Buffer.from(one)))))),
    ]),
  )
/** basicConstraints, critical: it may issue. */
const isAuthority = sequence(
  Buffer.concat([
    oid('551d13'),
    der(0x01, Buffer.from([0xff])),
    der(0x04, sequence(der(0x01, Buffer.from([0xff])))),
  ]),
)
