/** Bearer tokens (RFC 6750) for the doors: access tokens of apps, and tokens that people made for scripts. */
import type { Account, Accounts, Grant } from '../core/accounts/index.ts'
import type { TokenHolder, Tokens } from '../core/apps/index.ts'
import type { Subject } from '../core/permissions/index.ts'
import type { Clock, Store } from '../core/ports.ts'
import { sha256Hex } from '../lib/hash.ts'
import { createLru } from '../lib/lru.ts'

/** An app that proved for whom it speaks. */
export interface BearerKnown {
  account: Account
  grant: Grant
  subject: Subject
}

/**
 * What came of a header. `unknown`: never given, or taken back; `expired`, `paused` (by its person), `account`
 * (suspended, waiting or leaving): it was a token. Doors answer all of them 401.
 */
export type BearerProof =
  | { kind: 'known'; known: BearerKnown }
  | { kind: Exclude<TokenHolder['kind'], 'known'> | 'malformed' }

export interface Bearer {
  /** From memory alone, where one process holds the data and nothing moved since: the common case. */
  cached(header: string): BearerKnown | undefined
  verify(header: string): Promise<BearerProof>
}

interface Entry {
  known: BearerKnown
  /** Of the directory tables below when `known` was made. */
  version: number
  expires: number | null
}

const cacheSize = 10_000
/** Milliseconds after which a token is looked up again though nothing moved: then its use is noted. */
const cacheTime = 600_000

/** Characters of a header. */
const maxHeader = 600

/** `Bearer`, then a b64token of at most 512 characters. */
const form = /^bearer +([A-Za-z0-9._~+/-]{16,512}=*) *$/i

const rows = ['account', 'membership', 'app_grant', 'grant_scope', 'token'] as const

/** Whether a header is of this scheme at all. */
export function isBearer(header: string): boolean {
  const scheme = header.slice(0, 7).toLowerCase()
  return scheme === 'bearer ' || scheme === 'bearer'
}

export interface BearerParts {
  accounts: Pick<Accounts, 'subject' | 'used'>
  tokens: Pick<Tokens, 'holder'>
  store: Pick<Store, 'version'>
  clock: Clock
}

export function createBearer({ accounts, tokens, store, clock }: BearerParts): Bearer {
  // By the hash that stands in the table: memory holds no token.
  const entries = createLru<string, Entry>({ max: cacheSize, ttl: cacheTime })
  const version = () => store.version(...rows)
  const hashOf = (header: string): string | undefined => {
    const [, token] = form.exec(header) ?? []
    return token === undefined ? undefined : sha256Hex(token)
  }

  return {
    cached(header) {
      const now = version()
      if (now === undefined || header.length > maxHeader) return undefined
      const time = clock.now()
      // As nearly everybody writes it; a text that is no token is in nobody's memory.
      const entry = entries.get(sha256Hex(header.slice(7)), time)
      if (entry === undefined || entry.version !== now) return undefined
      return entry.expires === null || entry.expires > time ? entry.known : undefined
    },

    async verify(header) {
      const hash = hashOf(header)
      if (hash === undefined) return { kind: 'malformed' }
      const before = version()
      const holder = await tokens.holder(hash)
      if (holder.kind !== 'known') return { kind: holder.kind }
      const { account, grant, expires } = holder
      const known = { account, grant, subject: await accounts.subject(account, grant) }
      accounts.used({ account, grant })
      if (before !== undefined) entries.set(hash, { known, version: before, expires }, clock.now())
      return { kind: 'known', known }
    },
  }
}
