/** PUT creates an object or replaces it; without `data` it keeps what is there. */
import { has, READ, WRITE } from '../../../core/permissions/index.ts'
import { checkAccept, contentType, plainTypes, readJson, readObjectBody } from '../body.ts'
import type { Call, Door, Handler } from '../call.ts'
import { checkConditions, readConditions } from '../conditions.ts'
import { groupKind, type Kind, membersOf } from '../kinds.ts'
import { locateObject } from '../place.ts'
import { type Intent, write } from '../write.ts'
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

export function putObject(kind: Kind): Handler {
  return (door, call) => write(door, call, putIntent(door, call, kind))
}

/** Reads a PUT. Throws what is wrong with it. */
export function putIntent(door: Door, call: Call, kind: Kind): Intent {
  checkAccept(call.headers)
  contentType(call.headers, plainTypes)
  const conditions = readConditions(call.headers)
  const place = locateObject(call, kind)
  const body = readObjectBody(readJson(call.body, door.settings.bodyLimit), kind.permissionNames)
  if (body.data) checkSameId(place, body.data)
  const data = body.data && kind.complete(body.data, 'data.')
  const text = data && storedText(door, data)
  const members = data && kind === groupKind ? membersOf(data) : undefined
  const permissions = hasLists(body.permissions) ? body.permissions : undefined
  return {
    place,
    verb: 'PUT',
    shares: permissions !== undefined,
    looks: false,
    names: () => [...namesIn(permissions), ...(members ?? [])],
    check(permit, exists) {
      const allowed = exists
        ? has(permit.bits, WRITE) || (conditions.noneMatch === '*' && permit.mayCreate)
        : permit.mayCreate
      if (!allowed) refuse(call)
    },
    plan(run) {
      const { stored, permit } = run
      stopping(() =>
        checkConditions(conditions, stored?.modified, () =>
          permit.inherits || has(permit.bits, READ) ? valueOf(place, stored!) : undefined,
        ),
      )
      return storeObject(
        door,
        call,
        place,
        run,
        { data: text ?? stored?.data ?? '{}', modified: data && givenTime(data), members },
        permissions && wantedLists(run, permissions, false),
      )
    },
    answer: (done, permit) => objectAnswer(door, call, place, permit, done, done.created ? 201 : 200),
  }
}

/** An empty mapping of permissions changes none. */
export function hasLists(permissions: ReadonlyMap<string, readonly string[] | null> | undefined): boolean {
  return [...(permissions?.values() ?? [])].some((list) => list !== null)
}
