/**
 * What strangers ask about somebody who may have an account here is done after the answer, which is the same for
 * everybody and takes as long.
 */
import { refuse } from './errors.ts'
import type { PagesParts } from './parts.ts'

/** Questions that are worked on at one time. */
const most = 50

export interface Asked {
  /** Begins the work and does not wait for it. Errors: `busy`. */
  do(work: () => Promise<void>): void
}

export function createAsked({ onError }: Pick<PagesParts, 'onError'>): Asked {
  let running = 0
  return {
    do(work) {
      if (running >= most) throw refuse('busy', { retryAfter: 5 })
      running++
      // In a later turn, so that nothing of it delays this answer.
      setImmediate(() => {
        void work()
          .catch(onError)
          .finally(() => running--)
      })
    },
  }
}
