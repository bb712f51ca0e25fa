/** PATCH changes an object in one of three ways, inside the transaction: it never meets a conflict of its own. */
import { has, READ, WRITE } from '../../../core/permissions/index.ts'
import type { JsonObject } from '../../../lib/json/index.ts'
import { objectValue, revisionHeaders } from '../answer.ts'
import { checkAccept, contentType, patchTypes, readJson } from '../body.ts'
import type { Call, Door, Handler } from '../call.ts'
import { checkConditions, readConditions } from '../conditions.ts'
import { missing } from '../errors.ts'
import { bucketKind, collectionKind, groupKind, type Kind, membersOf } from '../kinds.ts'
import {
  applyPatch,
  partialAnswer,
  type Patched,
  readBehavior,
  readPatch,
  touchesPermissions,
} from '../patch.ts'
import { locateObject, type Place } from '../place.ts'
import { Stop } from '../refusals.ts'
import { type Intent, type Run, write } from '../write.ts'
import {
  checkSameId,
  givenTime,
  namesIn,
  objectAnswer,
  refuse,
  stopping,
  storedText,
  storeObject,
  valueOf,
  wantedLists,
} from './object.ts'

export function patchObject(kind: Kind): Handler {
  return (door, call) => write(door, call, patchIntent(door, call, kind))
}

/** Reads a PATCH. Throws what is wrong with it. */
export function patchIntent(door: Door, call: Call, kind: Kind): Intent {
  checkAccept(call.headers)
  const type = contentType(call.headers, patchTypes)
  const conditions = readConditions(call.headers)
  const behavior = readBehavior(call.headers)
  const place = locateObject(call, kind)
  const patch = readPatch(readJson(call.body, door.settings.bodyLimit), type, kind.permissionNames)
  const makes = makesItself(place)
  const looks = kind === groupKind || touchesPermissions(patch)

  const patched = (stored: JsonObject, lists: Run['lists']): Patched & { text: string } => {
    const result = applyPatch(patch, { data: stored, permissions: lists }, kind.permissionNames)
    checkSameId(place, result.data)
    const data = kind.complete(result.data, '')
    return { ...result, data, text: storedText(door, data) }
  }

  return {
    place,
    verb: 'PATCH',
    shares: touchesPermissions(patch),
    looks,
    names(stored, lists) {
      if (!looks) return []
      const { data, permissions } = patched(stored ? valueOf(place, stored) : {}, lists)
      return [...namesIn(permissions?.lists), ...(kind === groupKind ? membersOf(data) : [])]
    },
    check(permit, exists) {
      if (!exists && !makes) throwAbsent(call, place, permit.seesAbsence)
      if (!has(permit.bits, WRITE)) refuse(call)
    },
    plan(run) {
      const { stored, permit, done } = run
      if (!stored && !makes) throw new Stop(absent(place))
      stopping(() =>
        checkConditions(conditions, stored?.modified, () =>
          permit.inherits || has(permit.bits, READ) ? valueOf(place, stored!) : undefined,
        ),
      )
      const before = stored ? valueOf(place, stored) : {}
      const { data, text, permissions, sent } = stopping(() => patched(before, run.lists))
      const changes = storeObject(
        door,
        call,
        place,
        run,
        {
          data: text,
          modified: givenTime(data),
          members: kind === groupKind ? membersOf(data) : undefined,
        },
        permissions && wantedLists(run, permissions.lists, permissions.partial),
      )
      done.created = false
      done.partial =
        behavior === 'full'
          ? undefined
          : (record) =>
              partialAnswer(
                behavior,
                before,
                sent,
                objectValue(place.shownId, record.modified, record.data),
              ) ?? {}
      return changes
    },
    answer(done, permit) {
      const { record, partial } = done
      if (!partial || !record) return objectAnswer(door, call, place, permit, done, 200)
      return {
        status: 200,
        headers: revisionHeaders(record.modified),
        body: JSON.stringify({ data: partial(record) }),
      }
    },
  }
}

/** The default bucket and its collections come into being with any write to them. */
export function makesItself({ bucket, kind }: Place): boolean {
  return bucket.implicit && (kind === bucketKind || kind === collectionKind)
}

export function absent(place: Place) {
  return missing(110, place.kind.name, place.shownId)
}

/** 404 for who may see that nothing is there, else 401 or 403. */
export function throwAbsent(call: Call, place: Place, sees: boolean): never {
  if (sees) throw absent(place)
  return refuse(call)
}
