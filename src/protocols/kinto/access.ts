/** Permission lists of objects, and the changes that make entries of them. Principals here are the core's. */
import { accessChanges, type Bits, given, ownership, ownershipOf } from '../../core/permissions/index.ts'
import type { AccessRow } from '../../core/ports.ts'
import type { Change } from '../../core/records/index.ts'
import { entriesOf, type Kind } from './kinds.ts'

/** Principals by permission name; lists that are empty are left out. */
export type Lists = Map<string, string[]>

/** The paths at which an object's permissions are, its own first. */
export function accessPaths(kind: Kind, path: string): string[] {
  return [...new Set(kind.permissions.map(({ below }) => path + below))]
}

/** The lists that somebody gave: what stands at the object's paths beside its owner. */
export function givenLists(kind: Kind, path: string, present: readonly AccessRow[], now: number): Lists {
  const lists: Lists = new Map()
  for (const { name, below, bits } of kind.permissions) {
    const principals = holding(present, path + below, bits, now)
    if (principals.length > 0) lists.set(name, principals)
  }
  return lists
}

function holding(present: readonly AccessRow[], path: string, bits: Bits, now: number): string[] {
  const found: string[] = []
  for (const entry of present) {
    if (entry.path !== path || entry.source !== given || (entry.bits & bits) !== bits) continue
    if ((entry.expires === null || entry.expires > now) && !found.includes(entry.principal))
      found.push(entry.principal)
  }
  return found
}

/** The lists as clients see them: the owner is a writer. */
export function shownLists(lists: Lists, owner: string | null): Lists {
  if (owner === null) return lists
  const writers = lists.get('write') ?? []
  return new Map([...lists, ['write', [owner, ...writers.filter((one) => one !== owner)]]])
}

/** New lists for an object. */
export interface WantedLists {
  lists: Lists
  /** Lists that are not named stay as they are; else they become empty. */
  partial: boolean
}

export interface Writer {
  /** Undefined: anonymous, or owners are not kept (a compatibility setting). */
  principal: string | undefined
  /** Whether rights from above let the writer write here whatever the lists say. */
  inherits: boolean
}

export interface AccessPlan {
  owner: string | null
  /** As they will be, without the owner. */
  lists: Lists
  changes: Change[]
}

/**
 * What new lists make of an object's owner and entries. A list of writers that lacks the owner takes the object from
 * her; but who writes the lists stays among the writers, unless she has her right from above anyway.
 */
export function planLists(
  kind: Kind,
  place: { home: number; path: string },
  state: { owner: string | null; present: readonly AccessRow[]; now: number },
  wanted: WantedLists,
  writer: Writer,
): AccessPlan {
  const current = givenLists(kind, place.path, state.present, state.now)
  const lists: Lists = new Map(wanted.partial ? [...current, ...wanted.lists] : wanted.lists)
  let { owner } = state
  if (!wanted.partial || wanted.lists.has('write')) {
    const writers = new Set(lists.get('write'))
    const { principal, inherits } = writer
    const wrote =
      principal === owner || (principal !== undefined && current.get('write')?.includes(principal))
    if (principal !== undefined && (wrote || !inherits)) writers.add(principal)
    if (owner !== null && !writers.delete(owner)) owner = null
    lists.set('write', [...writers])
  }
  for (const [name, principals] of lists) if (principals.length === 0) lists.delete(name)
  const entries = kind.permissions.flatMap((shape) =>
    entriesOf(shape, place.path, lists.get(shape.name) ?? []),
  )
  const paths = accessPaths(kind, place.path)
  const changes: Change[] = accessChanges(place.home, state.present, paths, entries)
  if (owner !== state.owner)
    changes.push(...accessChanges(place.home, state.present, [place.path], [], ownership))
  return { owner, lists, changes }
}

/** The entry by which the owner of what contains others has rights below it, where she does not own the home itself. */
export function ownershipChanges(
  kind: Kind,
  place: { home: number; path: string },
  present: readonly AccessRow[],
  owner: string | null,
  home: { kind: string; owner: string | null },
): Change[] {
  if (owner === null || kind.name === 'record' || (home.kind === 'person' && home.owner === owner)) return []
  return accessChanges(place.home, present, [place.path], [ownershipOf(place.path, owner)], ownership)
}
