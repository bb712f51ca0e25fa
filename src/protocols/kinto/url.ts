/** Addresses of requests, read once and raw: segments are split before they are decoded. */
import { fault, type KintoError } from './errors.ts'

/** An address as sent, taken apart. */
export interface Address {
  /** Path without query, as sent. */
  path: string
  /** Decoded segments; a trailing slash leaves an empty one at the end. */
  segments: string[]
  /** What stands after the first `?`, as sent; empty without one. */
  query: string
}

/** Longest address, in characters: what comes by socket is bounded by the header limit, what comes in a batch is not. */
const maxAddressLength = 65_536

/**
 * Takes a request's address apart. Throws 400 for one that does not begin with `/`, is too long, holds anything but
 * printable ASCII, percent signs that are no UTF-8, NUL, or a segment `.` or `..` in any coding.
 */
export function readAddress(url: string): Address {
  if (url[0] !== '/' || url.length > maxAddressLength) throw invalidPath()
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  const query = mark < 0 ? '' : url.slice(mark + 1)
  const segments = path.slice(1).split('/')
  if (plain.test(path)) return { path, segments, query }
  for (let i = 0; i < segments.length; i++) segments[i] = decodeSegment(segments[i]!)
  return { path, segments, query }
}

/** Paths that mean what they say: nothing encoded, no segment that begins with a dot. */
const plain = /^(?:\/(?!\.)[!$&-.\w:;=@~]*)+$/

function decodeSegment(raw: string): string {
  if (!/^[\x21-\x7e]*$/.test(raw)) throw invalidPath()
  let segment: string
  try {
    segment = decodeURIComponent(raw)
  } catch {
    throw invalidPath()
  }
  if (segment === '.' || segment === '..' || segment.includes('\0')) throw invalidPath()
  return segment
}

function invalidPath(): KintoError {
  return fault('path', null, 'Invalid URL path')
}

/** Parameters of a query in their order, decoded; `+` is a space. Throws 400 for what is no UTF-8. */
export function readParameters(query: string): [name: string, value: string][] {
  const found: [string, string][] = []
  if (query === '') return found
  for (const part of query.split('&')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const name = equals < 0 ? part : part.slice(0, equals)
    found.push([decodePart(name), equals < 0 ? '' : decodePart(part.slice(equals + 1))])
  }
  return found
}

function decodePart(raw: string): string {
  if (/^[\w.~-]*$/.test(raw)) return raw
  try {
    const text = decodeURIComponent(raw.replaceAll('+', ' '))
    if (text.isWellFormed()) return text
  } catch {}
  throw fault('querystring', null, 'The query string is not encoded in UTF-8')
}

/** A query again, from decoded parameters. */
export function writeParameters(parameters: readonly (readonly [string, string])[]): string {
  return parameters
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&')
}
