export type { Filter, FilterErrorCode, Op, Sort } from './types.ts'
export { fieldGetter, type Getter } from './field.ts'
export { compareValues } from './order.ts'
export { compileFilter } from './compile.ts'
export {
  afterKey,
  compareBy,
  MAX_SORTS,
  sortKeyOf,
  totalOrder,
  type SortKey,
  type SortKeyPart,
} from './sort.ts'
export { encodeKey, KEY_BYTES, type Key } from './key.ts'
export { ALL_KEYS, keyRanges, type KeyRange } from './ranges.ts'
export { keepFirst, type KeepFirst } from './keep-first.ts'
