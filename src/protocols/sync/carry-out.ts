/** One transaction and one time for all that a request writes. */
import { type Need, Refusal } from '../../core/ports.ts'
import {
  type Change,
  type Outcome,
  type Precondition,
  stepRequest,
  type View,
} from '../../core/records/index.ts'
import { commit, overQuota } from './access.ts'
import type { Call, Door } from './call.ts'
import { maxCollections } from './limits.ts'
import { remainingIn } from './quota.ts'
import { clockOf, collectionPath } from './read.ts'

/** What a request does in its transaction. */
export interface Write {
  when: readonly Precondition[]
  needs: readonly Need[]
  /** The changes, from what is stored; pure, and perhaps called again. */
  plan(view: View): Change[]
  /** Whether a collection comes into being by it. */
  makes: boolean
  /** Roughly, in bytes. */
  weight?: number
}

/** What came of it. */
export interface Written {
  /** Of all that was written, and of the collection from then on; milliseconds. */
  time: number
  /** Room that is left, where there is a bound. */
  remaining: number | undefined
}

/** Thrown in a transaction that would make a collection, so that it is seen first whether there may be one more. */
class NewCollection extends Refusal {
  constructor() {
    super('bad-request')
  }
}

/**
 * Carries out a write to the collection of a call, which shows the time of it whatever was written: `path` where it is
 * to be shown elsewhere.
 */
export async function carryOut(
  door: Door,
  call: Call,
  write: Write,
  path = collectionPath(call),
): Promise<Written> {
  const { home } = call.owner
  const run = (mayMake: boolean): Promise<Written> => {
    const compute = (_: unknown, view: View): Change[] => {
      if (!mayMake && clockOf(view.collection(home, path)) === 0) throw new NewCollection()
      return write.plan(view)
    }
    const request = stepRequest({
      when: write.when,
      needs: write.needs,
      // The root is no collection of objects; there is none of this name in it.
      changes: [
        { kind: 'compute', home, path, id: '-', compute },
        { kind: 'tick', home, path },
      ],
    })
    return commit(door, call.owner, {
      ...request,
      weight: write.weight ?? 0,
      plan(work): Written {
        const outcomes = request.plan(work)
        return { time: timeOf(outcomes), remaining: remainingIn(work as View, home) }
      },
    })
  }
  try {
    return await run(!write.makes)
  } catch (error) {
    if (!(error instanceof NewCollection)) throw error
    const info = await door.storages.info(call.owner)
    if ((info?.collections.length ?? 0) >= maxCollections) throw overQuota()
    return run(true)
  }
}

function timeOf(outcomes: readonly Outcome[]): number {
  const last = outcomes.at(-1)
  if (last?.kind !== 'collection') throw new Error('the step drew no time')
  return last.clock
}
