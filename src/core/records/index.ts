/** The record store's domain: homes, collections, records, commits. Knows no SQL and no protocol. */
export type {
  Change,
  HomeChange,
  HomeInput,
  Outcome,
  Precondition,
  RecordInput,
  StagedChange,
  Step,
} from './changes.ts'
export { recordCharge } from './collections.ts'
export { createHousekeeping } from './housekeeping.ts'
export { hiddenTombstoneAge, policyOf } from './policies.ts'
export { maxStaged } from './queues.ts'
export { maxAhead } from './records.ts'
export { commitStep, commitSteps, stepRequest, stepsRequest } from './steps.ts'
export type { StepResult } from './steps.ts'
export { createPlanner, View } from './view.ts'
