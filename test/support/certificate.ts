/** Certificates that vouch for themselves (X.509, P-256), for TLS servers of tests. */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'

export interface MadeCertificate {
  key: string
  cert: string
}

/** For these DNS names; `from` and `until` in milliseconds. */
export function selfSigned(
  names: readonly string[],
  { from = Date.now() - 86_400_000, until = Date.now() + 90 * 86_400_000 } = {},
): MadeCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = sequence(oid('2a8648ce3d040302')) // ecdsa-with-SHA256
  const name = sequence(
    der(0x31, sequence(Buffer.concat([oid('550403'), der(0x0c, Buffer.from(names[0] ?? 'test'))]))),
  )
  const alternatives = sequence(Buffer.concat(names.map((one) => der(0x82, Buffer.from(one)))))
  const extensions = der(0xa3, sequence(sequence(Buffer.concat([oid('551d11'), der(0x04, alternatives)]))))
  const body = sequence(
    Buffer.concat([
      der(0xa0, der(0x02, Buffer.from([2]))),
      der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
      algorithm,
      name,
      sequence(Buffer.concat([time(from), time(until)])),
      name,
      publicKey.export({ type: 'spki', format: 'der' }),
      extensions,
    ]),
  )
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)]))
  const bytes = sequence(Buffer.concat([body, algorithm, signature]))
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
  }
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
