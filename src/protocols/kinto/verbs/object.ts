/** What the verbs on one object share: rights, permission lists, and the answer. */
import { has, WRITE } from '../../../core/permissions/index.ts'
import type { RecordRow } from '../../../core/ports.ts'
import { getOwn, type JsonObject } from '../../../lib/json/index.ts'
import {
  accessPaths,
  givenLists,
  type Lists,
  ownershipChanges,
  planLists,
  shownLists,
  type WantedLists,
} from '../access.ts'
import { type Answer, dataText, objectText, objectValue, revisionHeaders } from '../answer.ts'
import { creator } from '../beginnings.ts'
import { type Permissions, tooLarge } from '../body.ts'
import type { Call, Door } from '../call.ts'
import { type Content, storeChanges } from '../effects.ts'
import { fault, forbidden } from '../errors.ts'
import { bucketKind } from '../kinds.ts'
import { namesOf } from '../names.ts'
import { defaultBucket, type Place } from '../place.ts'
import { Stop } from '../refusals.ts'
import type { Done, Permit, Run } from '../write.ts'
import type { Change } from '../../../core/records/index.ts'

/** Throws 401 or 403 where the rights don't do. */
export function refuse(call: Call): never {
  throw forbidden(call.who.name !== undefined)
}

/** A stored object with id and last_modified, as clients see it. */
export function valueOf(place: Place, record: RecordRow): JsonObject {
  return objectValue(place.shownId, record.modified, record.data)
}

/** The id in a body must be the one in the address. Throws 400. */
export function checkSameId(place: Place, data: JsonObject): void {
  const id = getOwn(data, 'id')
  if (id === undefined || id === place.shownId || (place.bucket.implicit && isDefaultName(place, id))) return
  throw fault('body', 'id', 'Object id does not match existing object')
}

const isDefaultName = ({ kind }: Place, id: unknown) => kind === bucketKind && id === defaultBucket

/** A time that the client gave; anything but a whole number counts as none. */
export function givenTime(data: JsonObject): number | undefined {
  const time = getOwn(data, 'last_modified')
  return typeof time === 'number' && Number.isSafeInteger(time) && time > 0 ? time : undefined
}

/** An object's data as it is stored. Throws 413 where it is larger than it may be. */
export function storedText({ settings }: Door, data: JsonObject): string {
  const text = dataText(data)
  if (text.length * 3 > settings.objectLimit && Buffer.byteLength(text) > settings.objectLimit)
    throw tooLarge()
  return text
}

/** Runs what throws errors for the client inside a plan. */
export function stopping<T>(act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (error instanceof Stop) throw error
    throw new Stop(error as never)
  }
}

/** Names of all principals in lists. */
export function namesIn(permissions: Permissions | undefined): string[] {
  return [...(permissions?.values() ?? [])].flatMap((list) => list ?? [])
}

/** Lists of names as lists of principals; those that are null are left out. */
export function wantedLists(run: Run, permissions: Permissions, partial: boolean): WantedLists {
  const lists: Lists = new Map()
  for (const [name, list] of permissions) if (list !== null) lists.set(name, list.map(run.principal))
  return { lists, partial }
}

/** What an object becomes by a request. */
export interface Wanted {
  /** Stored JSON text. */
  data: string
  modified: number | undefined
  /** Names of a group's members; undefined where they don't change. */
  members: readonly string[] | undefined
}

/** The changes that store an object's data and permissions; notes the lists for the answer. */
export function storeObject(
  door: Door,
  call: Call,
  place: Place,
  run: Run,
  content: Wanted,
  wanted: WantedLists | undefined,
): Change[] {
  const { view, stored, permit, done } = run
  const { home, kind, path } = place
  const present = accessPaths(kind, path).flatMap((at) => view.access(home, at))
  const row = view.home(home)
  const maker = creator(door, call)
  const owner = stored ? stored.owner : maker
  const after = wanted
    ? planLists(kind, place, { owner, present, now: view.now }, wanted, {
        principal: maker ?? undefined,
        inherits: permit.inherits,
      })
    : { owner, lists: givenLists(kind, path, present, view.now), changes: [] }
  // A time that the list has shown already would hide the change from who asks for what is later.
  const isShown = content.modified === view.collection(home, place.list)?.clock
  const input: Content = {
    data: content.data,
    modified: isShown ? undefined : content.modified,
    owner: stored && after.owner === stored.owner ? undefined : after.owner,
    members: content.members?.map(run.principal),
  }
  const changes = [...storeChanges(view, place, stored, input), ...after.changes]
  if (!stored) changes.push(...ownershipChanges(kind, place, present, after.owner, row))
  else if (kind === bucketKind && row.kind === 'space' && after.owner === null && row.owner !== null)
    changes.push({ kind: 'alter-home', home, set: { owner: null } })
  done.created = stored === undefined
  done.lists = shownLists(after.lists, after.owner)
  return changes
}

/** Whether the permissions of an object are shown: to whoever may write it, or is a writer now. */
function showsLists(call: Call, permit: Permit, done: Done): boolean {
  if (permit.inherits || has(permit.bits, WRITE)) return true
  const { principals } = call.who.subject
  return (done.lists.get('write') ?? []).some((writer) => principals.includes(writer))
}

/** The JSON text of permission lists. */
export async function listsText(door: Door, call: Call, lists: Lists): Promise<string> {
  if (lists.size === 0) return '{}'
  const { principal, owns } = call.who
  const writers = lists.get('write')
  // The usual case is asked of nobody: it is her own.
  if (lists.size === 1 && writers?.length === 1 && writers[0] === principal) return owns
  const parts: string[] = []
  for (const [permission, principals] of lists) {
    const shown = await namesOf(door.names, call.scope.directory, principals)
    if (shown.length > 0) parts.push(`${JSON.stringify(permission)}:${JSON.stringify(shown)}`)
  }
  return `{${parts.join(',')}}`
}

/** The answer with an object and its permissions. */
export async function objectAnswer(
  door: Door,
  call: Call,
  place: Place,
  permit: Permit,
  done: Done,
  status: number,
): Promise<Answer> {
  const { record } = done
  if (record === undefined) throw new Error('a write left no record')
  const permissions = showsLists(call, permit, done) ? await listsText(door, call, done.lists) : '{}'
  const data = objectText(place.shownId, record.modified, record.data)
  return {
    status,
    headers: revisionHeaders(record.modified),
    body: `{"permissions":${permissions},"data":${data}}`,
  }
}
