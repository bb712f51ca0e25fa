/** The record store's domain: homes, collections, records, commits. Knows no SQL and no protocol. */
export type {
  Change,
  HomeChange,
  HomeInput,
  Outcome,
  Place,
  Precondition,
  RecordInput,
  StagedChange,
  Step,
} from './changes.ts'
export { maxFieldIndexes, recordCharge } from './collections.ts'
export { createHousekeeping } from './housekeeping.ts'
export type { Housekeeping } from './housekeeping.ts'
export { hiddenTombstoneAge, policyOf } from './policies.ts'
export type { Policy } from './policies.ts'
export { shownClock } from './preconditions.ts'
export { maxStaged } from './queues.ts'
export { maxAhead, maxRowBody } from './records.ts'
export { commitStep, commitSteps, stepRequest, stepsRequest } from './steps.ts'
export type { StepResult } from './steps.ts'
export type { Limits } from './limits.ts'
export { createPlanner, View } from './view.ts'
