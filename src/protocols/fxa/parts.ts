/** What the door is made of. */
import type { BlockList } from 'node:net'
import type { Account, Accounts } from '../../core/accounts/index.ts'
import type { Apps } from '../../core/apps/index.ts'
import type { Clock, Store } from '../../core/ports.ts'
import type { GuardedFetch } from '../../http/guard.ts'
import type { Throttle } from '../../identity/throttle.ts'
import type { KeyRing } from '../../lib/sealed.ts'
import type { People } from './people.ts'
import type { Router } from './router.ts'

export interface FxaParts {
  publicUrl: string
  store: Store
  accounts: Accounts
  apps: Apps
  clock: Clock
  keys: KeyRing
  throttle: Throttle
  /** What a browser shows of her. `picture` is an address. */
  profileOf(account: Account): Promise<{ name: string | null; picture: string | null }>
  /** Address of what stands for a picture where there is none. */
  noPicture: string
  /** Reaches the push services of browsers, whose addresses are theirs to say. */
  fetch: GuardedFetch
  /** Told of errors that are the server's own. */
  onError(error: unknown): void
}

export interface FxaDoorParts extends FxaParts {
  trustedProxies: BlockList
  /** Counts answers. */
  answered(status: number): void
}

/** What every part of the door puts its routes on. */
export interface Door extends FxaParts {
  route: Router['route']
  people: People
}
