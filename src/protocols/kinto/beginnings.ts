/** How buckets begin: each in a home of its own, the default one in its person's. */
import { accountPrincipal } from '../../core/permissions/index.ts'
import type { Change, Step } from '../../core/records/index.ts'
import { newHomeId } from '../../lib/ids.ts'
import type { Call, Door } from './call.ts'
import { storedRow } from './directory.ts'
import { bucketChanges, bucketNeeds, storeChanges } from './effects.ts'
import {
  bucketKind,
  bucketList,
  bucketPath,
  collectionKind,
  collectionList,
  collectionPath,
  groupList,
  recordKind,
  recordList,
} from './kinds.ts'
import { bucketPlaceOf, findBucketId, type Place } from './place.ts'

/** The owner of what this request makes; null where nobody owns it. */
export function creator(door: Door, call: Call): string | null {
  const { account } = call.who.subject
  return account && door.settings.explicitPermissions ? accountPrincipal(account.id) : null
}

/** Makes a new bucket's home, if the directory has not changed. The place gets the home's id. */
export function newHomeStep(door: Door, call: Call, place: Place): Step {
  const { id, row } = place.bucket
  place.home = call.scope.newHome?.() ?? newHomeId()
  const where = { bucket_id: id }
  const { home } = place
  const input = {
    kind: 'space',
    owner: creator(door, call),
    payer: call.who.subject.account?.home ?? null,
  } as const
  const changes: Change[] = [{ kind: 'create-home', home, input }]
  // The id of a bucket whose home has ended by itself is free again.
  if (row && !row.deleted)
    changes.push({ kind: 'row', table: 'bucket', put: storedRow({ ...row, deleted: true }) })
  // Lists of a bucket that was deleted had clocks up to the tombstone's time: those of the new one are later.
  if (row && row.modified >= call.now)
    changes.push({ kind: 'alter-home', home, set: { baseClock: row.modified + 1 } })
  return {
    when: [
      row
        ? { is: 'row-has', table: 'bucket', where, has: { modified: row.modified, home_id: row.home } }
        : { is: 'row-absent', table: 'bucket', where },
    ],
    changes,
  }
}

/** Looks a bucket up again, after it came or went meanwhile. */
export async function relocate(call: Call, place: Place): Promise<void> {
  const { implicit, id } = place.bucket
  Object.assign(place, bucketPlaceOf(await findBucketId(call.scope, call.who, id, implicit)))
}

/** Makes what is above a place in the default bucket, where it is not there yet. */
export function parentSteps(door: Door, call: Call, place: Place): Step {
  const { home } = place
  const owner = creator(door, call)
  const bucket = bucketPlaceOf(place.bucket)
  const changes: Change[] = []
  const needs = bucketNeeds(place.bucket.id)
  for (const list of [groupList, collectionList]) needs.push({ kind: 'collection', home, path: list })
  if (place.kind !== bucketKind) {
    changes.push({
      kind: 'compute',
      home,
      path: bucketList,
      id: bucketPath,
      compute: (stored, view) =>
        stored ? [] : bucketChanges(view, bucket, stored, { data: '{}', owner, modified: undefined }),
    })
  }
  if (place.kind === recordKind) {
    const { collection } = place
    needs.push({ kind: 'collection', home, path: recordList(collection) })
    const above: Place = {
      ...place,
      kind: collectionKind,
      list: collectionList,
      path: collectionPath(collection),
      id: collection,
      shownId: collection,
    }
    changes.push({
      kind: 'compute',
      home,
      path: collectionList,
      id: collection,
      compute: (stored, view) =>
        stored
          ? []
          : storeChanges(view, above, stored, { data: '{}', owner, modified: undefined, members: undefined }),
    })
  }
  return { changes, needs }
}
