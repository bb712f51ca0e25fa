/** Where in her data the person looks: kept in the address, behind the #, so that the way back works. */

export interface Place {
  /** The home: her own or a space. */
  home: number
  /** What she came from: the title of the door or the space. */
  title: string
  /** Collections below it are listed. */
  path: string
  /** The collection whose records are shown. */
  collection?: string
}

export const placeLink = ({ home, title, path, collection }: Place): string =>
  `/account/data#${new URLSearchParams({ home: String(home), title, path, ...(collection !== undefined && { collection }) })}`

/** Undefined where the address names none. */
export function placeOf(hash: string): Place | undefined {
  const given = new URLSearchParams(hash.slice(1))
  const home = Number(given.get('home') ?? Number.NaN)
  if (!Number.isSafeInteger(home)) return undefined
  const collection = given.get('collection')
  return {
    home,
    title: (given.get('title') ?? '').slice(0, 100),
    path: given.get('path') ?? '',
    ...(collection !== null && { collection }),
  }
}

/** What people call a collection: the path without what is the same for all. */
export function collectionName(path: string, below: string): string {
  const rest = path.startsWith(`${below}/`) ? path.slice(below.length + 1) : path
  // Kinto's records lie in lists of that name.
  const named = /^(?:kinto\/)?collections\/([^/]+)\/records$/.exec(rest)?.[1] ?? rest
  try {
    return decodeURIComponent(named)
  } catch {
    return named
  }
}
