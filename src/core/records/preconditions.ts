/** The ten preconditions of a step, and three on directory rows. Checked before anything is changed. */
import { Refusal } from '../ports.ts'
import { ancestors, parentPath, pathName } from '../../lib/paths.ts'
import type { Precondition } from './changes.ts'
import { policyOf } from './policies.ts'
import type { View } from './view.ts'

/** What a protocol shows as the collection's clock: its own, or the home's base while it was never made. */
export function shownClock(view: View, home: number, path: string): number {
  return view.collection(home, path)?.clock ?? view.home(home).baseClock
}

/** Throws the `Refusal` of the first precondition that does not hold. */
export function checkPreconditions(view: View, when: readonly Precondition[]): void {
  for (const one of when) check(view, one)
}

function check(view: View, when: Precondition): void {
  switch (when.is) {
    case 'record-absent': {
      const existing = view.live(when.home, when.path, when.id)
      if (existing) throw new Refusal('record-exists', { existing })
      return
    }
    case 'record-exists':
      if (!view.live(when.home, when.path, when.id)) throw new Refusal('record-absent')
      return
    case 'record-revision': {
      const existing = view.live(when.home, when.path, when.id)
      if (!existing) throw new Refusal('record-absent')
      const revision = when.of === 'seq' ? existing.seq : existing.modified
      if (!when.revisions.includes(revision)) throw new Refusal('record-changed', { existing })
      return
    }
    case 'record-not-newer': {
      const existing = view.live(when.home, when.path, when.id)
      if (existing && existing.modified > when.than) throw new Refusal('record-newer', { existing })
      return
    }
    case 'collection-clock': {
      const clock = shownClock(view, when.home, when.path)
      const collection = view.collection(when.home, when.path)
      if (clock !== when.clock) throw new Refusal('collection-changed', collection ? { collection } : {})
      return
    }
    case 'collection-not-newer': {
      const collection = view.collection(when.home, when.path)
      // What was dropped is as if it had never been there: its clock stands still for what comes after it.
      const isThere = collection && collection.cid !== null
      if (isThere && collection.clock > when.than) throw new Refusal('collection-newer', { collection })
      return
    }
    case 'collection-absent': {
      const collection = view.collection(when.home, when.path)
      if (collection && collection.cid !== null) throw new Refusal('collection-exists', { collection })
      return
    }
    case 'collection-present': {
      const collection = view.collection(when.home, when.path)
      const present = collection && collection.cid !== null
      if (!present || (when.born !== undefined && collection.born !== when.born)) {
        throw new Refusal('collection-absent')
      }
      return
    }
    case 'no-record-at-ancestor': {
      const { root } = policyOf(when.path)
      for (const path of [when.path, ...ancestors(when.path)]) {
        if (path.length <= root.length) break
        const existing = view.live(when.home, parentPath(path)!, pathName(path))
        if (existing) throw new Refusal('record-at-ancestor', { existing })
      }
      return
    }
    case 'permissions':
      if (view.home(when.home).permSeq !== when.permSeq) throw new Refusal('stale-permissions')
      return
    case 'row-absent':
      if (view.rows(when.table, when.where).length > 0) throw new Refusal('row-exists')
      return
    case 'row-exists':
      if (view.rows(when.table, when.where).length === 0) throw new Refusal('row-absent')
      return
    case 'row-has': {
      const row = view.rows(when.table, when.where)[0]
      if (!row) throw new Refusal('row-absent')
      for (const column in when.has) if (row[column] !== when.has[column]) throw new Refusal('row-changed')
      return
    }
  }
}
