/** Lets at most `most` acts run at a time; others wait in order. */
export interface Limit {
  run<T>(act: () => Promise<T>): Promise<T>
}

export function createLimit(most: number): Limit {
  let running = 0
  const waiting: (() => void)[] = []
  return {
    async run(act) {
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
