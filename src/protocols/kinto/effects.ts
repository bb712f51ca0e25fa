/** What writing or deleting an object changes beside its own record. */
import { groupPrincipal } from '../../core/permissions/index.ts'
import type { Need, RecordRow } from '../../core/ports.ts'
import { type Change, maxAhead, type View } from '../../core/records/index.ts'
import { accessPaths } from './access.ts'
import { clockRow, storedRow } from './directory.ts'
import { fault, forbidden } from './errors.ts'
import { bucketKind, bucketList, bucketPath, groupKind } from './kinds.ts'
import type { Place } from './place.ts'
import { Stop, type Verb } from './refusals.ts'
import { reserve } from './reservations.ts'

/** What an object becomes. */
export interface Content {
  /** Stored JSON text. */
  data: string
  /** Undefined: as it is. */
  owner: string | null | undefined
  /** A client-given time. */
  modified: number | undefined
  /** Principals of a group's members; undefined where they don't change. */
  members?: readonly string[] | undefined
}

/** Rows that every change of a bucket reads and writes: its own, and the clock of the list of all. */
export function bucketNeeds(id: string): Need[] {
  return [
    { kind: 'rows', table: 'bucket', where: { bucket_id: id } },
    { kind: 'rows', table: 'bucket', where: { bucket_id: clockRow }, lock: true },
  ]
}

/** The rows that a plan for an object looks at beyond its own record. */
export function needsOf(place: Place, verb: Verb): Need[] {
  const { kind, home, path } = place
  const needs: Need[] = accessPaths(kind, path).map((at) => ({ kind: 'access', home, path: at }))
  for (const below of kind.lists) needs.push({ kind: 'collection', home, path: path + below })
  if (verb === 'DELETE' && kind.lists.length > 0) needs.push({ kind: 'below', home, path })
  if (kind === bucketKind) needs.push(...bucketNeeds(place.bucket.id))
  if (kind === groupKind) needs.push({ kind: 'rows', table: 'membership', where: membersOfGroup(home, path) })
  return needs
}

/** Rows of the directory that say who is in a group. */
export const membersOfGroup = (home: number, path: string) => ({
  group_principal: groupPrincipal(home, path),
})

/** The changes that store an object: its record, and what is made or noted with it. */
export function storeChanges(
  view: View,
  place: Place,
  stored: RecordRow | undefined,
  content: Content,
): Change[] {
  if (place.kind === bucketKind) return bucketChanges(view, place, stored, content)
  const { kind, home, path } = place
  const changes: Change[] = [putChange(place, content)]
  if (stored === undefined)
    for (const below of kind.lists) changes.push({ kind: 'make', home, path: path + below })
  if (kind === groupKind && content.members) changes.push(...memberChanges(view, place, content.members))
  return changes
}

function putChange(place: Place, { data, owner, modified }: Content): Change {
  return {
    kind: 'put',
    home: place.home,
    path: place.list,
    id: place.id,
    data,
    ...(owner !== undefined && { owner }),
    ...(modified !== undefined && { modified }),
  }
}

/** From the members that the directory has to those that are wanted. */
function memberChanges(view: View, { home, path }: Place, members: readonly string[]): Change[] {
  const where = membersOfGroup(home, path)
  const present = view.rows('membership', where).map((row) => String(row['principal']))
  const wanted = new Set(members)
  return [
    ...present
      .filter((principal) => !wanted.delete(principal))
      .map((principal): Change => ({ kind: 'row', table: 'membership', remove: { ...where, principal } })),
    ...[...wanted].map((principal): Change => ({
      kind: 'row',
      table: 'membership',
      put: { ...where, principal },
    })),
  ]
}

/**
 * A bucket's record takes its time from the clock of the list of all buckets, which moves with it, and the directory
 * notes its id. Throws `Stop` for an id that is in use elsewhere.
 */
export function bucketChanges(
  view: View,
  place: Place,
  stored: RecordRow | undefined,
  content: Content,
): Change[] {
  const { home } = place
  const { id } = place.bucket
  const [row] = view.rows('bucket', { bucket_id: id })
  if (row && row['deleted'] === 0 && row['home_id'] !== home) throw new Stop(forbidden(true))
  const modified = drawBucketTime(view, [stored?.modified, row?.['modified']], content.modified)
  const changes: Change[] = [
    putChange(place, { ...content, modified }),
    {
      kind: 'compute',
      home,
      path: bucketList,
      id: bucketPath,
      compute: (after) => noteBucket(view, home, id, after, false),
    },
  ]
  if (stored === undefined)
    for (const below of place.kind.lists) changes.push({ kind: 'make', home, path: bucketPath + below })
  return changes
}

/** The next time of the clock of all buckets, or the given one where it is later than all that the bucket had. */
function drawBucketTime(view: View, former: readonly unknown[], given: number | undefined): number {
  const floor = Math.max(0, ...former.map((time) => Number(time ?? 0)))
  if (given !== undefined && given > view.now + maxAhead)
    throw new Stop(fault('body', 'data.last_modified', 'last_modified may be at most a day ahead'))
  if (given !== undefined && given > floor) return given
  return Math.max(view.now, bucketClock(view) + 1, floor + 1)
}

function bucketClock(view: View): number {
  return Number(view.rows('bucket', { bucket_id: clockRow })[0]?.['modified'] ?? 0)
}

/** The directory's rows for a bucket as it is now. */
function noteBucket(
  view: View,
  home: number,
  id: string,
  record: RecordRow | undefined,
  deleted: boolean,
): Change[] {
  const modified = record?.modified ?? 0
  const clock = { id: clockRow, home: 0, modified: Math.max(bucketClock(view), modified), deleted: false }
  return [
    { kind: 'row', table: 'bucket', put: storedRow({ id, home, modified, deleted }) },
    { kind: 'row', table: 'bucket', put: storedRow(clock) },
  ]
}

/** The changes that delete an object with everything below it. `also`: what a bucket's deletion does besides. */
export function deleteChanges(
  view: View,
  place: Place,
  stored: RecordRow,
  given: number | undefined,
  also: readonly Change[],
): Change[] {
  const { kind, home, path, list, id } = place
  if (kind === bucketKind) return deleteBucket(view, place, stored, given, also)
  const changes: Change[] = [
    { kind: 'delete', home, path: list, id, ...(given !== undefined && { modified: given }) },
  ]
  if (kind.lists.length > 0) changes.push({ kind: 'drop', home, path })
  if (kind === groupKind)
    changes.push({ kind: 'row', table: 'membership', remove: membersOfGroup(home, path) })
  return changes
}

/**
 * A bucket's content is dropped. Its home ends, unless it is a person's own, where the lists' clocks stand still; the
 * tombstone's time is later than every clock in it, so that a bucket which is made again does not fall behind.
 */
function deleteBucket(
  view: View,
  place: Place,
  stored: RecordRow,
  given: number | undefined,
  also: readonly Change[],
): Change[] {
  const { home } = place
  const { id } = place.bucket
  const row = view.home(home)
  const clocks = view.collectionsBelow(home, bucketPath).map(({ clock }) => clock)
  const drawn = drawBucketTime(view, [stored.modified], given)
  const modified = Math.min(Math.max(drawn, ...clocks), view.now + maxAhead)
  const owner = stored.owner ?? row.owner
  const changes: Change[] = [
    { kind: 'delete', home, path: bucketList, id: bucketPath, modified },
    ...noteBucket(view, home, id, { ...stored, modified }, true),
    { kind: 'drop', home, path: bucketPath },
    ...also,
  ]
  if (row.kind === 'person') return changes
  if (owner !== null) changes.push(reserve(id, row, owner, view.now))
  changes.push({ kind: 'alter-home', home, set: { state: 'ended' } })
  return changes
}
