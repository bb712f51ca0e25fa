/** Whether a proxy passes requests on as the server needs them. */
import { BlockList } from 'node:net'
import { printable } from './certificate.ts'
import type { Seen } from './echo.ts'
import { familyOf } from './networks.ts'
import type { AddressInput, Finding } from './types.ts'

/** What the check sends as if a stranger had written it: an address of documentation (RFC 5737). */
export const claimedAddress = '192.0.2.1'

/** How the request was sent, and how it arrived. */
export interface Passage {
  url: string
  target: string
  seen: Seen
}

/** Whether somebody stands between: this server speaks no TLS itself, and nobody else touches headers. */
export const isProxied = ({ url, seen }: Passage): boolean =>
  url.startsWith('https:') || seen.forwarded || seen.forwardedFor !== claimedAddress

export function checkProxy(passage: Passage, { trustedProxies }: AddressInput): Finding[] {
  const { url, target, seen } = passage
  const { host, hostname, protocol } = new URL(url)
  const scheme = protocol.slice(0, -1)
  const peer = printable(seen.peer)
  const findings: Finding[] = []
  const wrong = (code: Finding['code'], values: Finding['values'], level: Finding['level'] = 'wrong') =>
    findings.push({ code, level, values })

  const arrived = seen.host.toLowerCase()
  if (arrived !== host)
    wrong(arrived === hostname ? 'proxy-port' : 'proxy-host', { host, seen: printable(seen.host) })
  if (seen.target !== target) wrong('proxy-path', { sent: target, seen: printable(seen.target) })
  if (!isProxied(passage)) return findings
  if (!isTrusted(seen.peer, trustedProxies)) {
    const setting = [...trustedProxies.map(written), peer].join(',')
    wrong('proxy-untrusted', { peer, setting })
  }
  if (seen.forwardedFor === null) wrong('proxy-silent', {})
  else if (seen.forwardedFor === claimedAddress) wrong('proxy-credulous', {})
  const said = seen.forwardedProto?.split(',')[0]?.trim().toLowerCase()
  if (said !== undefined && said !== scheme) wrong('proxy-scheme', { seen: printable(said), scheme }, 'warn')
  if (findings.length === 0) findings.push({ code: 'proxy-good', level: 'ok', values: { peer } })
  return findings
}

function isTrusted(peer: string, ranges: readonly string[]): boolean {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits] = range.split('/')
    if (bits === undefined) list.addAddress(address, familyOf(address))
    else list.addSubnet(address, Number(bits), familyOf(address))
  }
  return list.check(peer, familyOf(peer))
}

/** As an operator would write it: one address without the length of its prefix. */
const written = (range: string) => range.replace(/(?<=\.\d+)\/32$|(?<=:[^/]*)\/128$/, '')
