import { storeError } from '../errors.ts'

/** The right to write, which one at a time has: a group, a session, a sweep in the worker. */
export interface WriteToken {
  /** Takes it if it is free. */
  tryTake(): boolean
  /** Takes it when it is free, in the order of asking. Rejects with `store-busy` when too many wait. */
  take(): Promise<void>
  free(): void
}

/** Takers that may wait. */
const mostWaiting = 1_000

export function createWriteToken(): WriteToken {
  const waiting: (() => void)[] = []
  let isTaken = false
  return {
    tryTake() {
      if (isTaken) return false
      isTaken = true
      return true
    },
    take() {
      return new Promise((resolve, reject) => {
        if (!isTaken) {
          isTaken = true
          resolve()
        } else if (waiting.length < mostWaiting) waiting.push(resolve)
        else reject(storeError('store-busy', 'too many transactions wait'))
      })
    },
    free() {
      const next = waiting.shift()
      // It goes from hand to hand, so that nobody comes in between.
      if (next) next()
      else isTaken = false
    },
  }
}
