/** The four kinds of objects in a bucket: their ids, permissions, children, and what their data must be. */
import { type Bits, CREATE, KINTO_READ, KINTO_WRITE, type WantedEntry } from '../../core/permissions/index.ts'
import { newShortId, newUuid } from '../../lib/ids.ts'
import { getOwn, type Json, type JsonObject } from '../../lib/json/index.ts'
import { readPrincipals } from './body.ts'
import { fault } from './errors.ts'
import { everyoneName } from './names.ts'

/** A permission as clients name it, and the entry that stands for it: bits at the object's path and a list below it. */
export interface PermissionShape {
  name: string
  /** Appended to the object's path. */
  below: string
  bits: Bits
}

export interface Kind {
  name: 'bucket' | 'group' | 'collection' | 'record'
  permissions: readonly PermissionShape[]
  permissionNames: readonly string[]
  /** Lists that are made and dropped with the object, appended to its path. */
  lists: readonly string[]
  newId(): string
  /** Checks an object's data and completes it; `prefix` stands before field names in errors. Throws 400. */
  complete(data: JsonObject, prefix: string): JsonObject
}

/** Where everything of this door is in a home; the bucket's own record is `kinto` in the home's root list. */
export const bucketPath = 'kinto'
export const bucketList = ''
export const groupList = `${bucketPath}/groups`
export const collectionList = `${bucketPath}/collections`
export const collectionPath = (collection: string) => `${collectionList}/${collection}`
export const recordList = (collection: string) => `${collectionList}/${collection}/records`

export const idPattern = /^[a-zA-Z0-9][a-zA-Z0-9_-]*$/

/** Longest id: it is part of every key. */
export const maxIdLength = 512

export function isId(id: unknown): id is string {
  return typeof id === 'string' && id.length <= maxIdLength && idPattern.test(id)
}

/** Throws 400 unless the text is an id. */
export function checkId(id: unknown): void {
  if (!isId(id)) throw fault('path', null, 'Invalid object id')
}

const readWrite: readonly PermissionShape[] = [
  { name: 'read', below: '', bits: KINTO_READ },
  { name: 'write', below: '', bits: KINTO_WRITE },
]

const asGiven = (data: JsonObject): JsonObject => data

function kind(
  rest: Omit<Kind, 'permissions' | 'permissionNames'>,
  creates: Readonly<Record<string, string>> = {},
): Kind {
  const permissions = [
    ...readWrite,
    ...Object.entries(creates).map(([name, below]) => ({ name, below, bits: CREATE })),
  ]
  return Object.freeze({ ...rest, permissions, permissionNames: permissions.map(({ name }) => name) })
}

export const bucketKind = kind(
  { name: 'bucket', lists: ['/groups', '/collections'], newId: newShortId, complete: asGiven },
  { 'collection:create': '/collections', 'group:create': '/groups' },
)

export const groupKind = kind({ name: 'group', lists: [], newId: newShortId, complete: completeGroup })

export const collectionKind = kind(
  { name: 'collection', lists: ['/records'], newId: newShortId, complete: completeCollection },
  { 'record:create': '/records' },
)

export const recordKind = kind({ name: 'record', lists: [], newId: newUuid, complete: asGiven })

/** Members of one group; each is a row of the directory. */
const maxMembers = 1000

/** The members of a group as they were written. */
export function membersOf(data: JsonObject): string[] {
  const members: Json | undefined = getOwn(data, 'members')
  return Array.isArray(members) ? members.filter((one): one is string => typeof one === 'string') : []
}

function completeGroup(data: JsonObject, prefix: string): JsonObject {
  const given = getOwn(data, 'members')
  if (given === undefined) return { members: [], ...data }
  const members = readPrincipals(given, `${prefix}members`, maxMembers)
  for (const [index, member] of members.entries())
    if (member === everyoneName || member.startsWith('/buckets/'))
      throw fault('body', `${prefix}members.${index}`, `${JSON.stringify(member)} is not a user`)
  return { ...data, members }
}

function completeCollection(data: JsonObject, prefix: string): JsonObject {
  const given = getOwn(data, 'cache_expires')
  if (given === undefined) return data
  const seconds = typeof given === 'string' && /^\d{1,9}$/.test(given) ? Number(given) : given
  if (typeof seconds !== 'number' || !Number.isInteger(seconds) || seconds < 0 || seconds > 1e9)
    throw fault('body', `${prefix}cache_expires`, 'cache_expires should be a whole number of seconds')
  return { ...data, cache_expires: seconds }
}

/** The entries that a list of principals stands for. */
export function entriesOf(
  shape: PermissionShape,
  path: string,
  principals: readonly string[],
): WantedEntry[] {
  return principals.map((principal) => ({ path: path + shape.below, principal, bits: shape.bits }))
}
