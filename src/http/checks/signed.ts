/**
 * Whether requests that are signed with Hawk, as those of Firefox, arrive so that a door can prove them. The check signs
 * one for the path of each such door, with a key of the moment, and looks at it as it arrived.
 */
import { randomBytes } from 'node:crypto'
import { isHawk, payloadHash, readHawk, signHawk } from '../../lib/hawk.ts'
import { checkPath } from '../paths.ts'
import { printable } from './certificate.ts'
import { checkHeader, type Echo, type Seen } from './echo.ts'
import { claimedAddress, type Passage } from './proxy.ts'
import { hostOf, hostPort, portOf } from './settings.ts'
import type { AddressInput, Finding, Probes } from './types.ts'

/** What proxies like to write anew: a coded slash, a plus and a space, commas coded and not. */
const path = '/a%2Fb+c%20d'
const query = '?ids=e%2Cf,g+h%20i&newer=1.50'
const body = '{"a": "\u00e9", "b": [1, 2]}\n'
const type = 'application/json'

/** How a signed request was sent, and as what it arrived. */
interface Signed {
  url: string
  target: string
  authorization: string
  key: Uint8Array
  seen: Seen
}

/** Looks at the signed requests of each door. `plain` is the check before: what it found of all paths is not said again. */
export async function checkSigned(
  plain: Passage,
  address: string,
  { signedPaths, listen }: AddressInput,
  probes: Probes,
  echo: Echo,
): Promise<Finding[]> {
  const { url } = plain
  if (signedPaths.length === 0 || plain.seen.host.toLowerCase() !== new URL(url).host) return []
  const lost = (door: string, answered: string): Finding => ({
    code: 'hawk-lost',
    level: 'wrong',
    values: { path: `${url}${door}/`, answered, listen: hostPort(listen) },
  })
  const found = await Promise.all(
    signedPaths.map(async (door): Promise<Finding | undefined> => {
      const target = `${door}${checkPath}${path}${query}`
      const question = echo.question()
      const key = randomBytes(32)
      const authorization = sign(url, target, key, probes.now())
      const headers = {
        [checkHeader]: question,
        'X-Forwarded-For': claimedAddress,
        Authorization: authorization,
        'Content-Type': type,
        'Content-Length': String(Buffer.byteLength(body)),
      }
      const answer = await probes.post({ url: url + target, address, headers }, body)
      if (typeof answer === 'string') return lost(door, answer)
      const arrived = echo.read(question, answer.body)
      return arrived
        ? faultOf({ url, target, authorization, key, seen: arrived })
        : lost(door, String(answer.status))
    }),
  )
  const faults = found.filter((one) => one !== undefined)
  if (faults.length === 0) return [{ code: 'hawk-good', level: 'ok', values: {} }]
  const known = plain.seen.target === plain.target ? undefined : 'hawk-path'
  // What is done to all doors is said once.
  return faults.filter(
    ({ code }, at) => code !== known && faults.findIndex((one) => one.code === code) === at,
  )
}

function sign(url: string, resource: string, key: Uint8Array, now: number): string {
  const stamp = {
    ts: Math.floor(now / 1_000),
    nonce: randomBytes(6).toString('base64url'),
    hash: payloadHash(type, Buffer.from(body)),
  }
  return signHawk({ id: 'check', key }, stamp, {
    method: 'POST',
    resource,
    host: hostOf(url),
    port: portOf(url),
  })
}

/** Whether a door could prove the request as it arrived. */
function isProved({ url, key, seen }: Signed): boolean {
  const header = readHawk(seen.signed?.authorization ?? '')
  const host = URL.parse(`${new URL(url).protocol}//${seen.host}`)
  if (!header || !host || !seen.signed) return false
  const { method, hash } = seen.signed
  const target = { method, resource: seen.target, host: hostOf(host.href), port: portOf(host.href) }
  return header.hash === hash && isHawk(key, header, target)
}

/** The first thing that keeps a request from being proved; undefined: it is proved as it arrived. */
function faultOf(request: Signed): Finding | undefined {
  if (isProved(request)) return undefined
  const { url, target, authorization, seen } = request
  const wrong = (code: Finding['code'], values: Finding['values'] = {}): Finding => ({
    code,
    level: 'wrong',
    values: { path: `${target.split(checkPath, 1)[0]}/`, ...values },
  })
  if (!seen.signed?.authorization) return wrong('hawk-stripped')
  if (seen.signed.authorization !== authorization) return wrong('hawk-replaced')
  const { host } = new URL(url)
  if (seen.host.toLowerCase() !== host) return wrong('hawk-host', { host, seen: printable(seen.host) })
  const [sent, arrived] = [pathOf(target), pathOf(seen.target)]
  if (sent === arrived && seen.target !== target)
    return wrong('hawk-query', { sent: query, seen: printable(seen.target.slice(sent.length)) })
  if (seen.target === target) return wrong('hawk-body')
  const values = { sent: printable(sent), seen: printable(arrived) }
  return wrong(arrived.endsWith(checkPath + path) ? 'hawk-prefix' : 'hawk-path', values)
}

const pathOf = (target: string): string => target.split('?', 1)[0]!
