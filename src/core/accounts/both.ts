import type { Part } from './ways.ts'

/** Two parts of a commit as one. */
export const both = (one: Part, other: Part = { changes: [] }): Required<Part> => ({
  when: [...(one.when ?? []), ...(other.when ?? [])],
  changes: [...one.changes, ...other.changes],
})
