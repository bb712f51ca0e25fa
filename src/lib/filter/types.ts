import type { Json } from '../json/index.ts'

/**
 * What a filter asks of a field: `eq` the value, `not` it, `gt` `lt` strictly beyond it, `min` `max` at it or beyond,
 * `in` one of a list, `exclude` none of it, `like` a text with `*`, `has` present (value true) or absent (false),
 * `contains` an array with all of a list, `contains_any` an array with one of it. The README has the corners.
 */
export type Op =
  | 'eq'
  | 'not'
  | 'gt'
  | 'lt'
  | 'min'
  | 'max'
  | 'in'
  | 'exclude'
  | 'like'
  | 'has'
  | 'contains'
  | 'contains_any'

export interface Filter {
  op: Op
  /** A key, or keys joined by dots; a key that has dots itself is found too. */
  field: string
  value: Json
}

export interface Sort {
  field: string
  descending: boolean
}

/** What the engine refuses: a field, a value or a list of sorts out of bounds, a sort key made for other sorts. */
export type FilterErrorCode = 'filter-field' | 'filter-value' | 'filter-sorts' | 'filter-key'
