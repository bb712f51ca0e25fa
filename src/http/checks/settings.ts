/** What can be said of the address from the settings alone, with nothing asked of the network. */
import { isIP } from 'node:net'
import { isLoopback, isPrivate } from './networks.ts'
import type { AddressInput, Finding } from './types.ts'

/** Milliseconds by which a visitor's clock may differ. */
const drift = 300_000
const day = 86_400_000

/** An address and a port as they are written in one. */
export const hostPort = ({ host, port }: { host: string; port: number }): string =>
  `${isIP(host) === 6 ? `[${host}]` : host}:${port}`

/** The host of an address without the brackets of IPv6. */
export const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[|\]$/g, '')

export const portOf = (url: string): number =>
  Number(new URL(url).port || (new URL(url).protocol === 'https:' ? 443 : 80))

export const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10)

/** Whether a host means the machine that asks. */
export const isOwnName = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || isLoopback(host)

export function checkSettings(input: AddressInput, now: number): Finding[] {
  return [...address(input), ...content(input), ...proxies(input), ...clock(input, now)]
}

function address({ publicUrl: url, listen }: AddressInput): Finding[] {
  const host = hostOf(url)
  const values = { url, host, listen: hostPort(listen), port: listen.port }
  if (isOwnName(host)) {
    const open = !isOwnName(listen.host)
    return [{ code: open ? 'address-local-open' : 'address-local', level: open ? 'wrong' : 'ok', values }]
  }
  if (url.startsWith('https:')) return []
  const near = isPrivate(host) || !host.includes('.') || /\.(local|lan|home|internal|home\.arpa)$/.test(host)
  return [{ code: near ? 'https-missing-lan' : 'https-missing', level: 'wrong', values }]
}

function content({ publicUrl, contentUrl: url }: AddressInput): Finding[] {
  const [host, shown] = [hostOf(publicUrl), hostOf(url)]
  // On one machine alone, whoever uploads is whoever signs in.
  if (isOwnName(host)) return []
  if (url === publicUrl) {
    const suggestion =
      isIP(host) === 0 ? publicUrl.replace('://', '://content.') : 'https://content.example.org'
    return [{ code: 'content-same', level: 'warn', values: { url, suggestion } }]
  }
  if (shown === host) return [{ code: 'content-port', level: 'wrong', values: { url } }]
  if (url.startsWith('http:') && publicUrl.startsWith('https:'))
    return [{ code: 'content-plain', level: 'wrong', values: { url } }]
  return []
}

function proxies({ trustedProxies }: AddressInput): Finding[] {
  const all = trustedProxies.find((range) => /\/[0-3]$/.test(range))
  return all === undefined ? [] : [{ code: 'proxy-everybody', level: 'wrong', values: { setting: all } }]
}

function clock({ passed, visitorTime }: AddressInput, now: number): Finding[] {
  if (now < passed - day)
    return [{ code: 'clock-behind', level: 'wrong', values: { now: new Date(now).toISOString() } }]
  const away = Math.abs((visitorTime ?? now) - now)
  if (away > drift)
    return [{ code: 'clock-visitor', level: 'warn', values: { seconds: Math.round(away / 1000) } }]
  return [{ code: 'clock-good', level: 'ok', values: {} }]
}
