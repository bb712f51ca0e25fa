/** POST on a list makes an object; one that is there already is answered as it is. */
import { has, READ } from '../../../core/permissions/index.ts'
import { getOwn } from '../../../lib/json/index.ts'
import { accessPaths, givenLists, shownLists } from '../access.ts'
import { checkAccept, contentType, plainTypes, readJson, readObjectBody } from '../body.ts'
import type { Call, Door, Handler } from '../call.ts'
import { checkConditions, readConditions } from '../conditions.ts'
import { bucketKind, checkId, groupKind, type Kind, membersOf } from '../kinds.ts'
import { bucketPlaceOf, findBucketId, locateList, objectIn, type Place } from '../place.ts'
import { type Intent, write } from '../write.ts'
import {
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
import { hasLists } from './put.ts'

export function postObject(kind: Kind): Handler {
  return async (door, call) => write(door, call, await postIntent(door, call, kind))
}

/** Reads a POST. Throws what is wrong with it. */
export async function postIntent(door: Door, call: Call, kind: Kind): Promise<Intent> {
  checkAccept(call.headers)
  contentType(call.headers, plainTypes)
  const conditions = readConditions(call.headers)
  const body = readObjectBody(readJson(call.body, door.settings.bodyLimit), kind.permissionNames)
  const given = body.data && getOwn(body.data, 'id')
  if (given !== undefined) checkId(given)
  const place = await locateNew(call, kind, given === undefined ? kind.newId() : String(given))
  const data = kind.complete(body.data ?? {}, 'data.')
  const text = storedText(door, data)
  const members = kind === groupKind ? membersOf(data) : undefined
  const permissions = hasLists(body.permissions) ? body.permissions : undefined
  return {
    place,
    verb: 'POST',
    shares: permissions !== undefined,
    looks: false,
    names: () => [...namesIn(permissions), ...(members ?? [])],
    check(permit, exists) {
      if (exists ? !has(permit.bits, READ) : !permit.mayCreate) refuse(call)
    },
    plan(run) {
      const { stored, view, done } = run
      stopping(() => checkConditions(conditions, stored?.modified, () => valueOf(place, stored!)))
      if (stored) {
        const present = accessPaths(kind, place.path).flatMap((at) => view.access(place.home, at))
        done.lists = shownLists(givenLists(kind, place.path, present, view.now), stored.owner)
        return []
      }
      return storeObject(
        door,
        call,
        place,
        run,
        { data: text, modified: givenTime(data), members },
        permissions && wantedLists(run, permissions, false),
      )
    },
    answer: (done, permit) => objectAnswer(door, call, place, permit, done, done.created ? 201 : 200),
  }
}

const lists = { group: 'groups', collection: 'collections', record: 'records' } as const

async function locateNew(call: Call, kind: Kind, id: string): Promise<Place> {
  if (kind === bucketKind) return bucketPlaceOf(await findBucketId(call.scope, call.who, id, false))
  return objectIn(locateList(call, lists[kind.name as keyof typeof lists]), id)
}
