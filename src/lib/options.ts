/**
 * The kinds of value that an option can have, and how each is read from text.
 * A kind throws an OptionError whose message completes the sentence "ESSAIM_X …".
 */
import { isIP, isIPv4 } from 'node:net'
import { parseBytes } from './bytes.ts'

/** The text of an option is not of its kind; the message never repeats the text (it may be a secret). */
export class OptionError extends Error {}

/** How the text of an option is read; `form` describes it to an operator. */
export interface Kind<T> {
  readonly form: string
  readonly parse: (text: string) => T
}

/** An address to listen on; port 0 lets the system choose. */
export interface Listener {
  readonly host: string
  readonly port: number
}

const kind = <T>(form: string, parse: (text: string) => T): Kind<T> => ({ form, parse })

const refuse = (what: string): never => {
  throw new OptionError(what)
}

/** Any text of 1 to `max` characters. */
export const text = (max = 4096): Kind<string> =>
  kind('text', (value) => (value.length <= max ? value : refuse(`is longer than ${max} characters`)))

/** A file or folder; a relative one starts from the working directory. */
export const path: Kind<string> = kind('path', (value) =>
  value.includes('\0') ? refuse('is not a path') : value,
)

/** A switch. */
export const flag: Kind<boolean> = kind('0 or 1', (value) => {
  if (value === '1' || value === 'true') return true
  if (value === '0' || value === 'false') return false
  return refuse('must be 0 or 1')
})

/** A whole number, bounds included. */
export const count = (min: number, max: number): Kind<number> =>
  kind(`${min} to ${max}`, (value) => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN
    return number >= min && number <= max ? number : refuse(`must be a whole number from ${min} to ${max}`)
  })

/** A number of bytes, such as `512KiB` or `2.5MiB`; bounds in the same form, included. */
export const size = (min: string, max: string): Kind<number> => {
  const [low, high] = [parseBytes(min)!, parseBytes(max)!]
  return kind(`${min} to ${max}`, (value) => {
    const number = parseBytes(value) ?? refuse('must be a size such as 512KiB, 8MiB or 5GiB')
    return number >= low && number <= high ? number : refuse(`must be from ${min} to ${max}`)
  })
}

/** One of some words. */
export const oneOf = <const T extends string>(...words: readonly T[]): Kind<T> =>
  kind(
    words.join(', '),
    (value) => words.find((word) => word === value) ?? refuse(`must be one of ${words.join(', ')}`),
  )

/** Several values of a kind, separated by commas; at most 64. */
export const listOf = <T>(item: Kind<T>): Kind<readonly T[]> =>
  kind(`list of: ${item.form}`, (value) => {
    const items = value.split(',').map((part) => part.trim())
    if (items.length > 64) refuse('has more than 64 items')
    return items.filter((part) => part !== '').map(item.parse)
  })

/** `address:port` to listen on; the address is an IP address (IPv6 in brackets) or `localhost`. */
export const listener: Kind<Listener> = kind('address:port', (value) => {
  const [, six, other, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(value) ?? []
  const host = six ?? other ?? ''
  const port = Number(digits)
  const known = six === undefined ? host === 'localhost' || isIPv4(host) : isIP(six) === 6
  if (!known || !(port <= 65_535))
    refuse('must be an IP address or localhost and a port, such as 127.0.0.1:8888')
  return Object.freeze({ host, port })
})

/** True when nobody outside this machine can reach the listener. */
export const onLoopback = ({ host }: Listener): boolean =>
  host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))

/** An origin: `http` or `https`, a host, perhaps a port, nothing after it. Read in its canonical form. */
export const origin: Kind<string> = kind('URL without a path', (value) => {
  const url = URL.parse(value)
  if (url === null || !/^https?:$/.test(url.protocol)) return refuse('must be an http or https URL')
  if (url.username || url.password || url.pathname !== '/' || url.search || url.hash || /[?#]/.test(value))
    return refuse('must be a scheme, a host and perhaps a port, with nothing after them')
  return url.origin
})

/** An http or https URL that people may open. */
export const webAddress: Kind<string> = kind('URL', (value) => {
  const url = URL.parse(value)
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : refuse('must be an http or https URL')
})

/** A host, perhaps with a port, as it stands in an address. Read in its canonical form. */
export const hostName: Kind<string> = kind('host or host:port', (value) => {
  const url = /[/?#@\\\s]/.test(value) ? null : URL.parse(`https://${value}/`)
  if (url === null || url.hostname === '')
    return refuse('must hold hosts such as files.example or files.example:8080')
  return value.endsWith(':443') ? `${url.hostname}:443` : url.host
})

/** An IP address, or a range in CIDR notation; read as `address/prefix`. */
export const addressRange: Kind<string> = kind('IP address or range', (value) => {
  const [address = '', prefix, ...rest] = value.split('/')
  const family = isIP(address)
  const longest = family === 4 ? 32 : 128
  const bits = prefix === undefined ? longest : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN
  if (family === 0 || rest.length > 0 || !(bits <= longest))
    refuse('must hold IP addresses or ranges such as 10.0.0.0/8')
  return `${address}/${bits}`
})

/** A date (midnight UTC) or a date and time with its zone, in ISO 8601; read as milliseconds since 1970. */
export const instant: Kind<number> = kind('date', (value) => {
  const shape = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d))?$/.test(value)
  const time = shape ? Date.parse(value) : Number.NaN
  return Number.isNaN(time) ? refuse('must be a date such as 2030-12-31') : time
})
