/** Making and altering homes. */
import type { HomeRow } from '../ports.ts'
import { Refusal } from '../ports.ts'
import type { Change, Outcome } from './changes.ts'
import type { View } from './view.ts'

export function createHome(view: View, change: Change & { kind: 'create-home' }): Outcome {
  const { home, input } = change
  if (view.homes.row(home)) throw new Refusal('bad-request', { message: 'the home exists' })
  if (input.payer !== null && view.homes.spacesOf(input.payer) >= view.limits.spaces) {
    throw new Refusal('quota-spaces')
  }
  const row: HomeRow = {
    id: home,
    kind: input.kind,
    owner: input.owner,
    payer: input.payer,
    state: 'active',
    // A home that is made again under an id (an import) must not look like its former self.
    epoch: view.now,
    created: view.now,
    baseClock: view.now,
    seq: 0,
    floorSeq: 0,
    permSeq: 1,
    nextCid: 1,
    records: 0,
    bytes: 0,
    collections: 0,
    maxRecords: input.maxRecords ?? null,
    maxBytes: input.maxBytes ?? null,
    ends: null,
  }
  view.homes.put(row)
  return { kind: 'done' }
}

/** Owner and state decide rights: the permission version moves with them. */
export function alterHome(view: View, change: Change & { kind: 'alter-home' }): Outcome {
  const row = view.home(change.home)
  const rights = 'owner' in change.set || 'state' in change.set
  view.homes.put({ ...row, ...change.set, permSeq: row.permSeq + (rights ? 1 : 0) })
  return { kind: 'done' }
}
