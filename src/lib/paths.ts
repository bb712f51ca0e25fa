export { compareBytes } from './compare-bytes.ts'

/*
 * Paths of the store: segments joined by `/`; in a segment `%` and `/` are written `%25` and `%2F`.
 * The empty path is the home itself. Paths hold no NUL and no lone surrogate, and compare by their UTF-8 bytes.
 */

/** A segment as it stands in a path. */
export function escapeSegment(segment: string): string {
  return /[%/]/.test(segment) ? segment.replaceAll('%', '%25').replaceAll('/', '%2F') : segment
}

/** The text that `escapeSegment` was given. */
export function unescapeSegment(segment: string): string {
  // In this order, or `%252F` would become `/`.
  return segment.includes('%') ? segment.replaceAll('%2F', '/').replaceAll('%25', '%') : segment
}

/** The path of these raw segments: `joinPath('sync', 'a/b')` is `sync/a%2Fb`. Throws RangeError on an empty segment. */
export function joinPath(...segments: string[]): string {
  if (segments.includes('')) throw new RangeError('a path segment is empty')
  return segments.map(escapeSegment).join('/')
}

/** The path one step below `parent` (`''`: the home), for a raw name. Throws RangeError on an empty name. */
export function childPath(parent: string, name: string): string {
  if (name === '') throw new RangeError('a path segment is empty')
  return parent === '' ? escapeSegment(name) : `${parent}/${escapeSegment(name)}`
}

/** The raw segments of a path; none for `''`. */
export function splitPath(path: string): string[] {
  return path === '' ? [] : path.split('/').map(unescapeSegment)
}

/** The path one step up; undefined for `''`, which has none. */
export function parentPath(path: string): string | undefined {
  return path === '' ? undefined : path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

/** The raw last segment; `''` for the home. */
export function pathName(path: string): string {
  return unescapeSegment(path.slice(path.lastIndexOf('/') + 1))
}

/** Every path above this one, nearest first, ending with `''`; none for `''`. */
export function ancestors(path: string): string[] {
  if (path === '') return []
  const above: string[] = []
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
    above.push(path.slice(0, end))
  above.push('')
  return above
}

/** True if `path` lies strictly below `above`. */
export function isBelow(path: string, above: string): boolean {
  return above === ''
    ? path !== ''
    : path.length > above.length && path[above.length] === '/' && path.startsWith(above)
}

/**
 * Bounds of the paths strictly below this one, by bytes: from the first, inclusive, to the second, exclusive
 * (`0` follows `/`). For `''` every path whose first character is not U+10FFFF.
 */
export function prefixRange(path: string): [from: string, to: string] {
  return path === '' ? ['\u0001', '\u{10ffff}'] : [path + '/', path + '0']
}
