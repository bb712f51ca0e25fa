/** From the names in an address to a place in a home. */
import type { HomeRow } from '../../core/ports.ts'
import { fault, forbidden } from './errors.ts'
import type { Call, Params } from './call.ts'
import type { BucketRow } from './directory.ts'
import {
  bucketKind,
  bucketList,
  bucketPath,
  checkId,
  collectionKind,
  collectionList,
  collectionPath,
  groupKind,
  groupList,
  isId,
  type Kind,
  recordKind,
  recordList,
} from './kinds.ts'

/** A bucket, there or not. */
export interface BucketPlace {
  /** As clients see it: the default bucket under its own id. */
  id: string
  /** Undefined where the id is not in use. */
  home: number | undefined
  /** What the directory has under the id, a tombstone perhaps. */
  row: BucketRow | undefined
  /** Addressed as `default`: it and its collections come into being with the first write. */
  implicit: boolean
}

/** An object or a list of objects, there or not. */
export interface Place {
  kind: Kind
  bucket: BucketPlace
  /** 0 where the bucket is not in use: no home has that id. */
  home: number
  /** Path of the list, and of the object's permissions and what is below it; `path` is the list's for lists. */
  list: string
  path: string
  /** In the list. */
  id: string
  /** As clients see it. */
  shownId: string
  /** The collection that records are in. */
  collection: string
}

export const defaultBucket = 'default'

/** The bucket of an address. Throws 401 for the default bucket of nobody. */
function locateBucket(call: Call): Promise<BucketPlace> {
  const { params, who } = call
  const isDefault = params.bucket === defaultBucket
  if (isDefault && who.bucket === undefined) throw forbidden(false)
  // Answers show the default bucket under its own id, and may be followed.
  return who.bucket !== undefined && (isDefault || params.bucket === who.bucket)
    ? locateBucketId(call, who.bucket, true)
    : locateBucketId(call, params.bucket, false)
}

/** The bucket of an id; `implicit` where it was addressed as the default one. */
export async function locateBucketId(call: Call, id: string, implicit: boolean): Promise<BucketPlace> {
  const found = call.scope.directory.find(id)
  const row = found instanceof Promise ? await found : found
  const { account } = call.who.subject
  if (implicit && account) return { id, home: account.home, row, implicit }
  return { id, home: row && !row.deleted ? row.home : undefined, row, implicit }
}

export type ListName = 'groups' | 'collections' | 'records'

/** A list inside a bucket. Throws 400 for an id on the way that is none. */
export async function locateList(call: Call, name: ListName): Promise<Place> {
  const bucket = await locateBucket(call)
  checkBucketId(call, bucket)
  const { collection } = call.params
  if (name === 'records' && !isId(collection)) throw fault('path', null, 'Invalid collection id')
  const list =
    name === 'groups' ? groupList : name === 'collections' ? collectionList : recordList(collection)
  const kind = name === 'groups' ? groupKind : name === 'collections' ? collectionKind : recordKind
  return { kind, bucket, home: bucket.home ?? 0, list, path: list, id: '', shownId: '', collection }
}

/** An object in a bucket, or the bucket itself. Throws 400 for an id that is none. */
export async function locateObject(call: Call, kind: Kind): Promise<Place> {
  if (kind === bucketKind) {
    const bucket = await locateBucket(call)
    checkBucketId(call, bucket)
    return bucketPlaceOf(bucket)
  }
  const place = await locateList(call, listNames[kind.name as keyof typeof listNames])
  return objectIn(place, call.params[kind.name as keyof Params])
}

const listNames = { group: 'groups', collection: 'collections', record: 'records' } as const

/** The object of that id in a list. Throws 400 for an id that is none. */
export function objectIn(list: Place, id: string): Place {
  checkId(id)
  return { ...list, id, shownId: id, path: `${list.list}/${id}` }
}

/** A bucket as an object. */
export function bucketPlaceOf(bucket: BucketPlace): Place {
  return {
    kind: bucketKind,
    bucket,
    home: bucket.home ?? 0,
    list: bucketList,
    path: bucketPath,
    id: bucketPath,
    shownId: bucket.id,
    collection: '',
  }
}

function checkBucketId({ params }: Call, bucket: BucketPlace): void {
  if (!bucket.implicit && !isId(params.bucket)) throw fault('path', null, 'Invalid object id')
}

/** The path of the object above a place: of a record its collection, of a collection the bucket. */
export function parentOf(place: Place): { resource: string; id: string; path: string } {
  if (place.kind === recordKind)
    return { resource: 'collection', id: place.collection, path: collectionPath(place.collection) }
  return { resource: 'bucket', id: place.bucket.id, path: bucketPath }
}

/** What an object shows that nobody has written yet: only the default bucket has such. */
export function implicitRevision(home: HomeRow, clock: number | undefined): number {
  return Math.max(clock ?? 0, home.baseClock)
}
