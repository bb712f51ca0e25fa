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
export { encodeKey } from './key.ts'
export { keyRanges, type KeyRange } from './ranges.ts'
export { keepFirst } from './keep-first.ts'
