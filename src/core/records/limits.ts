/** What operators may set. */
export interface Limits {
  /** Collection rows that a home may have, dead ones counted. */
  collections: number
  /** Space homes that one home may pay for. */
  spaces: number
}

export const defaultLimits: Limits = { collections: 100_000, spaces: 1_000 }
