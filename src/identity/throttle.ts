/** Slows down guessing: failed tries are counted for each login and for each address. */
import { createLru } from '../lib/lru.ts'

export interface Throttle {
  /** Seconds to wait before another try is looked at; 0: go on. */
  wait(login: string, address: string, now: number): number
  failed(login: string, address: string, now: number): void
}

interface Bucket {
  left: number
  at: number
}

interface Allowance {
  /** Failures at once, and milliseconds until one is forgiven. */
  burst: number
  forgive: number
}

const perLogin: Allowance = { burst: 20, forgive: 30_000 }
const perAddress: Allowance = { burst: 100, forgive: 5_000 }

/** Logins and addresses that are remembered; the longest unused are forgotten first. */
const remembered = 20_000

/** `generosity` multiplies what is allowed: foreign test suites fail on purpose, and often. */
export function createThrottle(generosity = 1): Throttle {
  const logins = createLru<string, Bucket>({ max: remembered })
  const addresses = createLru<string, Bucket>({ max: remembered })

  const look = (bucket: Bucket | undefined, { burst, forgive }: Allowance, now: number): number =>
    bucket ? Math.min(burst * generosity, bucket.left + (now - bucket.at) / forgive) : burst * generosity

  return {
    wait(login, address, now) {
      const short = (bucket: Bucket | undefined, allowance: Allowance) => {
        const left = look(bucket, allowance, now)
        return left >= 1 ? 0 : Math.ceil(((1 - left) * allowance.forgive) / 1_000)
      }
      return Math.max(short(logins.get(login), perLogin), short(addresses.get(address), perAddress))
    },
    failed(login, address, now) {
      const ofLogin = look(logins.get(login), perLogin, now)
      const ofAddress = look(addresses.get(address), perAddress, now)
      logins.set(login, { left: Math.max(0, ofLogin - 1), at: now })
      addresses.set(address, { left: Math.max(0, ofAddress - 1), at: now })
    },
  }
}
