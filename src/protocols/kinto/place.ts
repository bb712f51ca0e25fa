/** From the names in an address to a place in a home. */
import type { HomeRow } from '../../core/ports.ts'
import { fault, forbidden } from './errors.ts'
import type { Call, Params, Scope, Who } from './call.ts'
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

/** The bucket of an address; undefined where it names none, or the default one of nobody. */
export function findBucket(
  scope: Scope,
  who: Who,
  name: string,
): BucketPlace | undefined | Promise<BucketPlace> {
  const isDefault = name === defaultBucket
  if (name === '' || (isDefault && who.bucket === undefined)) return undefined
  // Answers show the default bucket under its own id, and may be followed.
  return who.bucket !== undefined && (isDefault || name === who.bucket)
    ? findBucketId(scope, who, who.bucket, true)
    : findBucketId(scope, who, name, false)
}

/** The bucket of an id; `implicit` where it was addressed as the default one. */
export function findBucketId(
  scope: Scope,
  who: Who,
  id: string,
  implicit: boolean,
): BucketPlace | Promise<BucketPlace> {
  const found = scope.directory.find(id)
  return found instanceof Promise
    ? found.then((row) => placeOf(who, id, row, implicit))
    : placeOf(who, id, found, implicit)
}

function placeOf({ subject }: Who, id: string, row: BucketRow | undefined, implicit: boolean): BucketPlace {
  if (implicit && subject.account) return { id, home: subject.account.home, row, implicit }
  return { id, home: row && !row.deleted ? row.home : undefined, row, implicit }
}

export type ListName = 'groups' | 'collections' | 'records'

/** A list inside a bucket. Throws 400 for an id on the way that is none. */
export function locateList(call: Call, name: ListName): Place {
  const bucket = bucketOf(call)
  const { collection } = call.params
  if (name === 'records' && !isId(collection)) throw fault('path', null, 'Invalid collection id')
  const list =
    name === 'groups' ? groupList : name === 'collections' ? collectionList : recordList(collection)
  const kind = name === 'groups' ? groupKind : name === 'collections' ? collectionKind : recordKind
  return { kind, bucket, home: bucket.home ?? 0, list, path: list, id: '', shownId: '', collection }
}

/** An object in a bucket, or the bucket itself. Throws 400 for an id that is none. */
export function locateObject(call: Call, kind: Kind): Place {
  if (kind === bucketKind) return bucketPlaceOf(bucketOf(call))
  const place = locateList(call, listNames[kind.name as keyof typeof listNames])
  return objectIn(place, call.params[kind.name as keyof Params])
}

const listNames = { group: 'groups', collection: 'collections', record: 'records' } as const

/** The object of that id in a list. Throws 400 for an id that is none. */
export function objectIn(list: Place, id: string): Place {
  checkId(id)
  const { kind, bucket, home, list: path, collection } = list
  return { kind, bucket, home, list: path, path: `${path}/${id}`, id, shownId: id, collection }
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

/** The bucket that a request is about. Throws 401 for the default one of nobody, 400 for an id that is none. */
function bucketOf({ bucket, params }: Call): BucketPlace {
  if (bucket === undefined) throw forbidden(false)
  // What is in the directory was checked when it came there.
  if (!bucket.implicit && bucket.row === undefined && !isId(params.bucket))
    throw fault('path', null, 'Invalid object id')
  return bucket
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
