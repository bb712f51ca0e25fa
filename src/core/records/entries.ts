/** Permission entries in a transaction. */
import type { AccessRow } from '../ports.ts'
import { isBelow } from '../../lib/paths.ts'
import type { Journal } from './journal.ts'
import { key } from './keys.ts'

export interface Entries {
  loadAt(home: number, path: string, entries: AccessRow[]): void
  /** All entries at and below a path. */
  loadBelow(home: number, path: string, entries: AccessRow[]): void
  has(home: number, path: string): boolean
  /** Entries at a path, removed ones too. */
  at(home: number, path: string): AccessRow[]
  /** Paths with entries at and below a path that was loaded as such. */
  pathsBelow(home: number, path: string): string[]
  put(entry: AccessRow): void
  /** What was put since the last time, each entry once. */
  take(): AccessRow[]
}

export function createEntries(journal: Journal): Entries {
  const byPath = new Map<string, AccessRow[]>()
  const below = new Map<string, { home: number; path: string }>()
  let pending = new Map<string, AccessRow>()

  const isKnownEmpty = (home: number, path: string) =>
    [...below.values()].some((one) => one.home === home && isWithin(path, one.path))

  function loadAt(home: number, path: string, entries: AccessRow[]): void {
    const at = key(home, path)
    if (!byPath.has(at)) byPath.set(at, entries)
  }

  return {
    loadAt,
    loadBelow(home, path, entries) {
      for (const [at, own] of Map.groupBy(entries, (entry) => entry.path)) loadAt(home, at, own)
      below.set(key(home, path), { home, path })
    },
    has: (home, path) => byPath.has(key(home, path)),
    at(home, path) {
      const entries = byPath.get(key(home, path))
      if (!entries && !isKnownEmpty(home, path))
        throw new Error(`entries at ${path} were not named in the commit`)
      return entries ?? []
    },
    pathsBelow(home, path) {
      if (!below.has(key(home, path))) throw new Error(`what is below ${path} was not named in the commit`)
      const paths: string[] = []
      const prefix = key(home, '')
      for (const at of byPath.keys()) {
        if (at.startsWith(prefix) && isWithin(at.slice(prefix.length), path))
          paths.push(at.slice(prefix.length))
      }
      return paths
    },
    put(entry) {
      const at = key(entry.home, entry.path)
      const rest = (byPath.get(at) ?? []).filter(
        (one) => one.principal !== entry.principal || one.source !== entry.source,
      )
      journal.set(byPath, at, [...rest, entry])
      journal.set(pending, `${at}\0${entry.principal}\0${entry.source}`, entry)
    },
    take() {
      const entries = [...pending.values()]
      pending = new Map()
      return entries
    },
  }
}

const isWithin = (path: string, above: string) => path === above || isBelow(path, above)
