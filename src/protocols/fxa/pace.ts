/** How fast one person's browsers may make others be told: what the server sends for them goes to addresses of their choice. */
import { createLru } from '../../lib/lru.ts'
import { fxaError } from './errors.ts'

/** Messages that may come at once, and seconds until each may come again. */
const burst = 300
const secondsEach = 0.5
/** People who are counted at one time. */
const people = 10_000

export interface Pace {
  /** Counts so many messages of a person. Error 114 where they are too many, with when to come back. */
  take(accountId: string, messages: number, now: number): void
}

export function createPace(): Pace {
  const taken = createLru<string, { count: number; at: number }>({ max: people })
  return {
    take(accountId, messages, now) {
      const before = taken.get(accountId)
      const back = before ? Math.max(now - before.at, 0) / 1_000 / secondsEach : 0
      const count = Math.max((before?.count ?? 0) - back, 0)
      if (count + messages > burst)
        throw fxaError(114, { retryAfter: Math.ceil((count + messages - burst) * secondsEach) })
      taken.set(accountId, { count: count + messages, at: now })
    },
  }
}
