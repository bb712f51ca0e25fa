/** How long caches may keep what anonymous requests get: by the settings, and by what a collection says. */
import { getOwn, type JsonObject } from '../../lib/json/index.ts'
import { cacheHeaders } from './answer.ts'
import type { Call, Door } from './call.ts'
import { collectionList, collectionKind, recordKind } from './kinds.ts'
import type { Place } from './place.ts'

/** `Cache-Control` and what belongs to it, for an answer about a place. */
export function cacheHeadersFor(
  door: Door,
  call: Call,
  place: Place,
): readonly string[] | Promise<readonly string[]> {
  if (call.who.name !== undefined) return cacheHeaders(undefined, call.now)
  return secondsFor(door, call, place).then((seconds) => cacheHeaders(seconds, call.now))
}

async function secondsFor(door: Door, call: Call, place: Place): Promise<number | undefined> {
  const { settings } = door
  const { cacheExpires } = settings
  if (place.kind !== recordKind) return cacheExpires[place.kind.name] || undefined
  const byPlace =
    settings.recordCacheExpires.get(variable(`${place.bucket.id}_${place.collection}`)) ??
    settings.recordCacheExpires.get(variable(place.bucket.id))
  const configured = byPlace ?? cacheExpires.record
  const { record } = await call.scope.reads.record(place.home, collectionList, place.collection)
  if (!record || record.deleted) return configured
  // What the collection's owner wrote was checked when she wrote it.
  const own = getOwn(collectionKind.complete(JSON.parse(record.data) as JsonObject, ''), 'cache_expires')
  return typeof own === 'number' ? Math.max(own, configured ?? -1) : configured
}

/** A name as variables have it. */
const variable = (name: string) => name.toUpperCase().replaceAll(/[-.]/g, '_')
