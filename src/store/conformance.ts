/**
 * What every store must do, as one suite that each adapter's test runs. It exercises the steps and
 * policies of every door of ARCHITECTURE.md, not only those of the doors that exist.
 */
import { describe } from 'node:test'
import { accessSuite } from './conformance/access.ts'
import { collectionSuite } from './conformance/collections.ts'
import { directorySuite } from './conformance/directories.ts'
import { feedSuite } from './conformance/feed.ts'
import type { OpenStore } from './conformance/harness.ts'
import { homeSuite } from './conformance/homes.ts'
import { invariantSuite } from './conformance/invariants.ts'
import { listSuite } from './conformance/lists.ts'
import { policySuite } from './conformance/policies.ts'
import { queueSuite } from './conformance/queues.ts'
import { recordSuite } from './conformance/records.ts'
import { sessionSuite } from './conformance/sessions.ts'
import { sweepSuite } from './conformance/sweeps.ts'

export type { OpenStore } from './conformance/harness.ts'

/** Registers the suite for a store; `open` makes an empty one and closes it after the test. */
export function storeConformance(name: string, open: OpenStore): void {
  describe(`${name} keeps to the Store port`, () => {
    recordSuite(open)
    collectionSuite(open)
    policySuite(open)
    listSuite(open)
    accessSuite(open)
    directorySuite(open)
    homeSuite(open)
    queueSuite(open)
    sessionSuite(open)
    feedSuite(open)
    sweepSuite(open)
    invariantSuite(open)
  })
}
