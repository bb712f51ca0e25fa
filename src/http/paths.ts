/**
 * The table of top-level paths: who answers, with which credential, which CORS and caching rules. No
 * two rows may share a first segment; a path of no row belongs to the Kinto door, which redirects it
 * to its version. The documentation shows the table as it is.
 */

export interface TopLevelPath {
  /** The first segment with its slash; `/` alone is the root. */
  path: string
  /** The door or part of the server that answers. */
  owner: string
  /** What it accepts as proof of who asks. Doors never accept cookies. */
  credential: string
  /** `any origin, never with credentials`, or `none`. */
  cors: string
  caching: string
  /** Answered whatever the Host header says. */
  anyHost?: true
}

/** Checks that no two rows share a first segment; throws with both owners. */
export function checkPaths(rows: readonly TopLevelPath[]): readonly TopLevelPath[] {
  const owners = new Map<string, string>()
  for (const { path, owner } of rows) {
    if (!/^\/[^/]*$/.test(path)) throw new Error(`${path} is not a first segment`)
    const other = owners.get(path)
    if (other !== undefined) throw new Error(`${path} belongs to ${other} and to ${owner}`)
    owners.set(path, owner)
  }
  return rows
}

/** The first segment of a raw request target, with its slash and undecoded. */
export function firstSegment(target: string): string {
  for (let i = 1; i < target.length; i++) {
    const c = target.charCodeAt(i)
    if (c === slash || c === question || c === hash) return target.slice(0, i)
  }
  return target
}

/** The path where the checks of the address are answered; what follows it arrives as it was sent, or a proxy rewrites addresses. */
export const checkPath = '/__check__'

/** Whether a request with this first segment is one of the checks, which are answered within the paths of doors too. */
export const isCheck = (segment: string, target: string): boolean =>
  segment === checkPath || target.startsWith(`${checkPath}/`, segment.length)

const slash = 47
const question = 63
const hash = 35
