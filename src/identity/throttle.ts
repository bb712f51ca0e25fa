/** Slows down guessing: failed tries are counted for each login and for each address, and so are strangers' questions. */
import { createLru, type Lru } from '../lib/lru.ts'

export interface Throttle {
  /**
   * Begins a try, which counts as failed until it is `right`: so that tries at one time are counted too. Returns the
   * seconds to wait if it may not be looked at; 0: go on. `own` names a browser that is known to have signed in to this
   * login: its tries are counted by themselves alone, whatever fails elsewhere or from the same address.
   */
  begin(login: string, address: string, now: number, own?: string): number
  /** Takes the try back. From now on, failures elsewhere do not count for this login from this address. */
  right(login: string, address: string, now: number, own?: string): void
  /** Takes the try back: nothing was learnt of the password. */
  unseen(login: string, address: string, now: number, own?: string): void
  /** Counts a question that anybody may ask, such as whether a name is free; the seconds to wait, 0: go on. */
  ask(address: string, now: number): number
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
const questions: Allowance = { burst: 120, forgive: 1_000 }

/** Logins and addresses that are remembered; the longest unused are forgotten first. */
const remembered = 20_000

/** Milliseconds for which an address that has known a password is counted apart. */
const trusted = 7 * 86_400_000

/** `generosity` multiplies what is allowed: foreign test suites fail on purpose, and often. */
export function createThrottle(generosity = 1): Throttle {
  const logins = createLru<string, Bucket>({ max: remembered })
  const addresses = createLru<string, Bucket>({ max: remembered })
  const asked = createLru<string, Bucket>({ max: remembered })
  const known = createLru<string, true>({ max: remembered, ttl: trusted })

  /**
   * Where a try counts: an address that has known the password has a count of its own, or whoever fails often enough on
   * purpose would keep the person out of her account.
   */
  const counted = (login: string, address: string, now: number) => {
    const pair = `${address} ${login}`
    return known.get(pair, now) ? pair : login
  }

  const look = (bucket: Bucket | undefined, { burst, forgive }: Allowance, now: number): number =>
    bucket ? Math.min(burst * generosity, bucket.left + (now - bucket.at) / forgive) : burst * generosity

  const spend = (
    buckets: Lru<string, Bucket>,
    key: string,
    allowance: Allowance,
    tries: number,
    now: number,
  ) =>
    buckets.set(key, {
      left: Math.min(allowance.burst * generosity, look(buckets.get(key), allowance, now) - tries),
      at: now,
    })
  const short = (buckets: Lru<string, Bucket>, key: string, allowance: Allowance, now: number) => {
    const left = look(buckets.get(key), allowance, now)
    return left >= 1 ? 0 : Math.ceil(((1 - left) * allowance.forgive) / 1_000)
  }

  // No login has a space in it, so that no other login and address make the same key.
  const ownKey = (login: string, own: string) => `${own} ${login}`

  const takeBack = (login: string, address: string, now: number, own?: string) => {
    if (own !== undefined) return spend(logins, ownKey(login, own), perLogin, -1, now)
    spend(logins, counted(login, address, now), perLogin, -1, now)
    spend(addresses, address, perAddress, -1, now)
  }

  return {
    begin(login, address, now, own) {
      const key = own === undefined ? counted(login, address, now) : ownKey(login, own)
      const wait = Math.max(
        own === undefined ? short(addresses, address, perAddress, now) : 0,
        short(logins, key, perLogin, now),
      )
      if (wait > 0) return wait
      spend(logins, key, perLogin, 1, now)
      if (own === undefined) spend(addresses, address, perAddress, 1, now)
      return 0
    },
    right(login, address, now, own) {
      takeBack(login, address, now, own)
      known.set(`${address} ${login}`, true, now)
    },
    unseen: takeBack,
    ask(address, now) {
      const wait = short(asked, address, questions, now)
      if (wait === 0) spend(asked, address, questions, 1, now)
      return wait
    },
  }
}
