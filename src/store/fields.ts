/** Keys of the indexes that are declared on JSON fields: the same rows of `field_key` in both stores. */
import type { FieldIndex, RecordRow } from '../core/ports/rows.ts'
import {
  compileFilter,
  encodeKey,
  fieldGetter,
  type Filter,
  type Getter,
  type KeyRange,
  keyRanges,
} from '../lib/filter/index.ts'
import type { JsonObject } from '../lib/json/index.ts'
import { createLru } from '../lib/lru.ts'

/** One row of `field_key`, home, content and record id apart. */
export interface FieldKey {
  field: number
  key: Uint8Array
}

/** What of a record its keys depend on. */
export type Keyed = Pick<RecordRow, 'id' | 'modified' | 'deleted' | 'data'>

/**
 * A record as filters and sorts see it: its object with `id`, `last_modified` and, for a tombstone,
 * `deleted`. What the object itself has under these names is hidden by them.
 */
export function objectOf(row: Keyed): JsonObject {
  const object = JSON.parse(row.data) as JsonObject
  object.id = row.id
  object.last_modified = row.modified
  if (row.deleted) object.deleted = true
  return object
}

const getters = createLru<string, Getter>({ max: 1_000 })

function getterOf(name: string): Getter {
  let getter = getters.get(name)
  if (!getter) getters.set(name, (getter = fieldGetter(name)))
  return getter
}

/** A record's keys, one for each index, also where the field is missing; tombstones have none. */
export function fieldKeys(fields: readonly FieldIndex[] | null, row: Keyed | undefined): FieldKey[] {
  if (!fields || fields.length === 0 || !row || row.deleted) return []
  const object = objectOf(row)
  return fields.map(({ field, name }) => ({ field, key: encodeKey(getterOf(name)(object)).key }))
}

/** What of the keys goes and what comes when a record is written over another, or removed. */
export function fieldKeyChanges(
  fields: readonly FieldIndex[] | null,
  before: Keyed | undefined,
  after: Keyed | undefined,
): { remove: FieldKey[]; add: FieldKey[] } {
  const olds = fieldKeys(fields, before)
  const news = fieldKeys(fields, after)
  const same = (a: FieldKey) => (b: FieldKey) => a.field === b.field && Buffer.compare(a.key, b.key) === 0
  return {
    remove: olds.filter((old) => !news.some(same(old))),
    // A row that an unfinished build has not reached is missing though it is the same: it is put again.
    add: news.filter(
      (key) =>
        fields?.find(({ field }) => field === key.field)?.building !== undefined || !olds.some(same(key)),
    ),
  }
}

/** An index that narrows a query, and where in it to look. */
export interface FieldRanges {
  field: FieldIndex
  ranges: KeyRange[]
}

/**
 * The complete indexes that narrow these filters. With tombstones asked for, one is left out that
 * tombstones would pass too (they lack the field, and a missing one is greater than all): they are
 * not in it.
 */
export function usableIndexes(
  fields: readonly FieldIndex[] | null,
  filters: readonly Filter[],
  tombstones: boolean,
): FieldRanges[] {
  const usable: FieldRanges[] = []
  for (const field of fields ?? []) {
    if (field.building !== undefined) continue
    for (const filter of filters) {
      if (filter.field !== field.name) continue
      const ranges = keyRanges(filter)
      if (!ranges || (tombstones && passedByTombstones(filter))) continue
      usable.push({ field, ranges })
    }
  }
  return usable
}

function passedByTombstones(filter: Filter): boolean {
  return compileFilter([filter])({ id: '', last_modified: 0, deleted: true })
}
