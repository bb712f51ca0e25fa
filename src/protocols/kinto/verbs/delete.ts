/** DELETE of an object, with everything below it. */
import { has, READ, WRITE } from '../../../core/permissions/index.ts'
import type { ListQuery } from '../../../core/ports.ts'
import { revisionHeaders, tombstoneText } from '../answer.ts'
import type { Change } from '../../../core/records/index.ts'
import { checkAccept } from '../body.ts'
import type { Call, Door, Handler } from '../call.ts'
import { checkConditions, readConditions } from '../conditions.ts'
import { deleteChanges, membersOfGroup } from '../effects.ts'
import { unavailable } from '../errors.ts'
import { bucketKind, groupList, type Kind } from '../kinds.ts'
import { locateObject, type Place } from '../place.ts'
import { readDeletionTime } from '../query.ts'
import { Stop } from '../refusals.ts'
import { releaseOldest } from '../reservations.ts'
import { type Intent, write } from '../write.ts'
import { refuse, stopping, storeObject, valueOf } from './object.ts'
import { absent, makesItself, throwAbsent } from './patch.ts'

/** Groups that are looked up when their bucket goes; with more of them they have to be deleted first. */
const everyGroup: ListQuery = { filters: [], sort: [], limit: 10_000, deleted: false }

export function deleteObject(kind: Kind): Handler {
  return (door, call) => {
    checkAccept(call.headers)
    const place = locateObject(call, kind)
    return write(door, call, deleteIntent(door, call, place))
  }
}

/** Reads a DELETE. Throws what is wrong with it. */
export function deleteIntent(door: Door, call: Call, place: Place): Intent {
  const conditions = readConditions(call.headers)
  const given = readDeletionTime(call.address.query)
  const makes = makesItself(place)
  let also: Change[] = []
  return {
    place,
    verb: 'DELETE',
    shares: false,
    looks: false,
    names: () => [],
    check(permit, exists) {
      if (!exists && !makes) throwAbsent(call, place, permit.seesAbsence)
      if (!has(permit.bits, WRITE)) refuse(call)
    },
    ...(place.kind === bucketKind && {
      async begin({ scope }: Call) {
        const { collection, records, more } = await scope.reads.list(place.home, groupList, everyGroup)
        if (more) throw unavailable('Delete the groups of this bucket first', door.settings.retryAfter)
        const released = await releaseOldest(scope.reads, place.home)
        also = [
          ...records.map(({ id }): Change => {
            return {
              kind: 'row',
              table: 'membership',
              remove: membersOfGroup(place.home, `${groupList}/${id}`),
            }
          }),
          ...released.changes,
        ]
        if (!collection) return released.when
        const { clock } = collection
        return [
          ...released.when,
          { is: 'collection-clock', home: place.home, path: groupList, clock } as const,
        ]
      },
    }),
    plan(run) {
      const { stored, permit, view } = run
      if (!stored && !makes) throw new Stop(absent(place))
      stopping(() =>
        checkConditions(conditions, stored?.modified, () =>
          permit.inherits || has(permit.bits, READ) ? valueOf(place, stored!) : undefined,
        ),
      )
      if (stored) return deleteChanges(view, place, stored, given, also)
      // COMPAT Kinto: what comes into being with any request is deleted as if it had been there.
      const content = { data: '{}', modified: undefined, members: undefined }
      return [
        ...storeObject(door, call, place, run, content, undefined),
        {
          kind: 'compute',
          home: place.home,
          path: place.list,
          id: place.id,
          compute: (made) => (made ? deleteChanges(view, place, made, given, also) : []),
        },
      ]
    },
    answer({ record }) {
      if (record === undefined) throw new Error('a deletion left no tombstone')
      return {
        status: 200,
        headers: revisionHeaders(record.modified),
        body: `{"data":${tombstoneText(place.shownId, record.modified)}}`,
      }
    },
  }
}
