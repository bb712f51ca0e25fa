import type { Beside } from './context.ts'

/** Two parts of a commit as one. */
export const both = (one: Beside, other: Beside = {}): Required<Beside> => ({
  when: [...(one.when ?? []), ...(other.when ?? [])],
  changes: [...(one.changes ?? []), ...(other.changes ?? [])],
})
