/** Writing objects and taking them away: one transaction and one time for all that a request does. */
import { type Need, Refusal } from '../../core/ports.ts'
import type { Change, Precondition, View } from '../../core/records/index.ts'
import { childPath } from '../../lib/paths.ts'
import { type Bso, bsoText, isBsoId, readMany, readOne } from './bso.ts'
import { carryOut, type Write, type Written } from './carry-out.ts'
import { appendBatch, commitBatch, readBatch } from './batch.ts'
import type { Answer, Call, Door, Handler } from './call.ts'
import { writeConditions } from './conditions.ts'
import { StorageError, weave } from './errors.ts'
import { readIds } from './query.ts'
import { collectionPath } from './read.ts'
import { rootPath } from './storages.ts'
import { stamp } from './time.ts'

export const putItem: Handler = async (door, call) => {
  const { owner, collection, id } = call
  if (!isBsoId(id)) throw new StorageError(400, weave.invalid)
  const bso = readOne(collection, id, call.headers, call.body)
  const path = collectionPath(call)
  const written = await carryOut(door, call, {
    when: writeConditions(call, path, id),
    ...writesOf(owner.home, path, [bso]),
  })
  return wrote(written, stamp(written.time))
}

export const postCollection: Handler = async (door, call) => {
  const { owner, collection, headers } = call
  const batch = readBatch(call)
  const { valid, failed, bytes } = readMany(collection, headers, call.body)
  const path = collectionPath(call)
  const told = { success: [...new Set(valid.map(({ id }) => id))], failed }
  const when = writeConditions(call, path)
  if (batch && !batch.commit) {
    const { id, modified } = await appendBatch(door, call, { batch: batch.id, bsos: valid, bytes, when })
    return { status: 202, modified, body: JSON.stringify({ batch: id, ...told }) }
  }
  const written = batch?.id
    ? await commitBatch(door, call, { batch: batch.id, bsos: valid, bytes, when })
    : await carryOut(door, call, { when, ...writesOf(owner.home, path, valid), weight: bytes })
  const { success, failed: not } = told
  const body = `{"modified":${stamp(written.time)},"success":${JSON.stringify(success)},"failed":${JSON.stringify(not)}}`
  return wrote(written, body)
}

/** The changes that write objects, each a partial update of what is stored. */
function writesOf(home: number, path: string, bsos: readonly Bso[]): Omit<Write, 'when'> {
  const needs = bsos.map(({ id }): Need => ({ kind: 'record', home, path, id }))
  return { needs, makes: true, plan: (view) => bsos.flatMap((bso) => change(view, home, path, bso)) }
}

function change(view: View, home: number, path: string, bso: Bso): Change[] {
  const { id, payload, sortindex, ttl } = bso
  const stored = view.live(home, path, id)
  const expires = typeof ttl === 'number' ? view.now + ttl : ttl
  if (stored && payload === undefined && sortindex === undefined) {
    // No new version of it: other clients need not fetch it again.
    return expires === undefined ? [] : [{ kind: 'touch', home, path, id, expires }]
  }
  const data = bsoText(bso, stored)
  return [{ kind: 'put', home, path, id, data, ...(expires === undefined ? {} : { expires }) }]
}

export const deleteItem: Handler = async (door, call) => {
  const { owner, id } = call
  if (!isBsoId(id)) throw new StorageError(404)
  const { home } = owner
  const path = collectionPath(call)
  const written = await carryOut(door, call, {
    when: [...writeConditions(call, path, id), { is: 'record-exists', home, path, id }],
    needs: deletionNeeds(home, path, [id]),
    plan: () => [{ kind: 'delete', home, path, id }],
    makes: false,
  })
  return deleted(written)
}

export const deleteCollection: Handler = async (door, call) => {
  const { home } = call.owner
  const path = collectionPath(call)
  const ids = readIds(call.query)
  const when = writeConditions(call, path)
  if (call.query.has('ids') && !ids) throw new StorageError(400)
  if (!ids) return drop(door, call, path, when)
  try {
    const written = await carryOut(door, call, {
      when: [...when, { is: 'collection-present', home, path }],
      needs: deletionNeeds(home, path, ids),
      plan: () => ids.map((id): Change => ({ kind: 'delete', home, path, id })),
      makes: false,
    })
    return deleted(written)
  } catch (error) {
    if (error instanceof Refusal && error.code === 'collection-absent') return unchanged(door, call)
    throw error
  }
}

export const deleteStorage: Handler = (door, call) =>
  drop(door, call, call.owner.path, writeConditions(call, rootPath))

/** Drops what is at and below a path. What was never there is not written about. */
async function drop(door: Door, call: Call, path: string, when: readonly Precondition[]): Promise<Answer> {
  const { home } = call.owner
  const plan = (view: View): Change[] => {
    if (!view.collectionsBelow(home, path).some(({ cid }) => cid !== null))
      throw new Refusal('collection-absent')
    return [{ kind: 'drop', home, path }]
  }
  const needs: Need[] = [
    { kind: 'below', home, path },
    { kind: 'collection', home, path },
  ]
  try {
    return deleted(await carryOut(door, call, { when, needs, plan, makes: false }, rootPath))
  } catch (error) {
    if (error instanceof Refusal && error.code === 'collection-absent') return unchanged(door, call)
    throw error
  }
}

/** The answer to a deletion of what is not there: the time of the last change. */
async function unchanged(door: Door, { owner }: Call): Promise<Answer> {
  const modified = (await door.storages.info(owner))?.modified ?? 0
  return { status: 200, modified, body: `{"modified":${stamp(modified)}}` }
}

const deletionNeeds = (home: number, path: string, ids: readonly string[]): Need[] =>
  ids.flatMap((id): Need[] => [
    { kind: 'record', home, path, id },
    { kind: 'access', home, path: childPath(path, id) },
  ])

const deleted = (written: Written): Answer => wrote(written, `{"modified":${stamp(written.time)}}`)

function wrote({ time, remaining }: Written, body: string): Answer {
  return {
    status: 200,
    time,
    modified: time,
    body,
    // Whole kilobytes, as clients read them.
    ...(remaining === undefined
      ? {}
      : { headers: ['X-Weave-Quota-Remaining', String(Math.floor(remaining / 1_024))] }),
  }
}
