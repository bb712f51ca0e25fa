import { storeError } from '../errors.ts'

/** Lets at most `most` acts run at a time; others wait in order, up to a bound: `store-busy`. */
export interface Limit {
  run<T>(act: () => Promise<T>): Promise<T>
}

const mostWaiting = 1_000

export function createLimit(most: number): Limit {
  let running = 0
  const waiting: (() => void)[] = []
  return {
    async run(act) {
      if (waiting.length >= mostWaiting)
        throw storeError('store-busy', 'too many long reads and sessions wait')
      if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve))
      else running++
      try {
        return await act()
      } finally {
        // Whoever waits takes the place over.
        const next = waiting.shift()
        if (next) next()
        else running--
      }
    },
  }
}
