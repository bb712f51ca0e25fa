/** HTTP Basic (RFC 7617) for the doors that take it: app passwords, and at the Kinto door direct passwords. */
import { hash, randomBytes } from 'node:crypto'
import { appPasswordHash, fold, maxLogin } from '../core/accounts/index.ts'
import type { Account, Accounts, Bearer, Grant } from '../core/accounts/index.ts'
import type { Subject } from '../core/permissions/index.ts'
import type { Clock, Store } from '../core/ports.ts'
import { CodedError } from '../lib/coded-error.ts'
import { createLru } from '../lib/lru.ts'
import type { Passwords } from './password.ts'
import type { Throttle } from './throttle.ts'

/** Somebody who proved who she is. */
export interface Known {
  account: Account
  /** The app password's grant; absent where she used her own password. */
  grant?: Grant
  subject: Subject
}

/**
 * What came of a header. `nobody`: no account has that login. `wrong`: the password, or the account is suspended.
 * Doors answer both the same; only one that makes accounts may tell them apart.
 */
export type Proof = { kind: 'known'; known: Known } | { kind: 'nobody' | 'wrong' | 'malformed' }

export interface Credentials {
  login: string
  password: string
}

export interface Basic {
  /** From memory alone, where one process holds the data and nothing moved since: the common case. */
  cached(header: string): Known | undefined
  /**
   * Errors: CodedError `busy` (too many hashes wait) and `throttled` (too many failures), each with
   * `details.retryAfter` in seconds.
   */
  verify(header: string, address: string): Promise<Proof>
  /** Forgets verified pairs, after a flush of accounts. */
  forget(): void
}

/** What an entry rests on: the very row that the password was verified against. */
interface Entry {
  known: Known
  /** Version of the direct password's row; undefined for an app password. */
  credential: number | undefined
  /** The hash by which an app password is found. */
  token: string | undefined
  /** Of the directory tables below when `known` was made; undefined where several processes write. */
  version: number | undefined
}

/** Milliseconds for which a verified password is not verified again. */
const cacheTime = 30_000
const cacheSize = 10_000
/** Characters of a header: a login and a password of 1 KiB, base64. */
const maxHeader = 4_096

const rows = ['account', 'credential', 'membership', 'app_grant', 'grant_scope', 'token'] as const

export interface BasicParts {
  /** The door that asks: an app password is bound to one. */
  door: string
  /** Whether a person's direct password opens this door. */
  direct: boolean
  accounts: Accounts
  passwords: Passwords
  throttle: Throttle
  store: Pick<Store, 'version'>
  clock: Clock
}

export function createBasic(parts: BasicParts): Basic {
  const { door, accounts, passwords, throttle, store, clock } = parts
  // Memory holds no header: a digest under a key that ends with the process.
  const secret = randomBytes(32).toString('base64url')
  const digest = (header: string) => hash('sha256', secret + header, 'base64url')
  const entries = createLru<string, Entry>({ max: cacheSize, ttl: cacheTime })
  /** Bounded as the queue of hashes is. */
  const running = new Map<string, Promise<Proof>>()

  const version = () => store.version(...rows)

  /** The entry brought up to what the directories say now; undefined if its password no longer holds. */
  async function renewed(entry: Entry): Promise<Entry | undefined> {
    const before = version()
    const known =
      entry.token === undefined
        ? await reread(entry)
        : await bearerKnown(await accounts.appPassword(entry.token), entry.known.account.folded)
    return known && { ...entry, known, version: before }
  }

  async function reread({ known, credential }: Entry): Promise<Known | undefined> {
    const [account, direct] = await Promise.all([
      accounts.byId(known.account.id),
      accounts.direct(known.account.id),
    ])
    if (account?.state !== 'active' || direct?.version !== credential) return undefined
    return { account, subject: await accounts.subject(account) }
  }

  async function bearerKnown(bearer: Bearer | undefined, folded: string): Promise<Known | undefined> {
    if (!bearer) return undefined
    const { account, grant } = bearer
    if (account.folded !== folded || account.state !== 'active' || grant.suspended || grant.door !== door)
      return undefined
    accounts.used(bearer)
    return { account, grant, subject: await accounts.subject(account, grant) }
  }

  /** An app password, which nobody can guess: it is looked at before any throttle, so that no stranger locks it out. */
  async function proveToken({ login, password }: Credentials): Promise<Entry | undefined> {
    const before = version()
    const token = appPasswordHash(password)
    if (token === undefined) return undefined
    const known = await bearerKnown(await accounts.appPassword(token), fold(login))
    return known && { known, credential: undefined, token, version: before }
  }

  /** One slow hash, whatever the reason for a refusal. */
  async function prove({ login, password }: Credentials): Promise<Entry | 'nobody' | 'wrong'> {
    const before = version()
    const folded = fold(login)
    const account = folded.length <= maxLogin ? await accounts.byLogin(folded) : undefined
    const direct = account && parts.direct ? await accounts.direct(account.id) : undefined
    const right = await passwords.verify(direct?.data.hash, password)
    if (!account) return 'nobody'
    if (!right || !direct || account.state !== 'active') return 'wrong'
    if (passwords.isOld(direct.data.hash)) await accounts.rehashed(direct, await passwords.hash(password))
    const known = { account, subject: await accounts.subject(account) }
    return { known, credential: direct.version, token: undefined, version: before }
  }

  async function tried(key: string, credentials: Credentials, address: string): Promise<Proof> {
    const bearer = await proveToken(credentials)
    if (bearer) {
      entries.set(key, bearer, clock.now())
      return { kind: 'known', known: bearer.known }
    }
    const folded = fold(credentials.login)
    const wait = throttle.begin(folded, address, clock.now())
    if (wait > 0) throw new CodedError('throttled', 'too many wrong passwords', { retryAfter: wait })
    const proved = await prove(credentials).catch((error: unknown) => {
      // Nobody looked at the password.
      throttle.unseen(folded, address, clock.now())
      throw error
    })
    if (typeof proved === 'string') return { kind: proved }
    throttle.right(folded, address, clock.now())
    entries.set(key, proved, clock.now())
    return { kind: 'known', known: proved.known }
  }

  return {
    cached(header) {
      const now = version()
      if (now === undefined || header.length > maxHeader) return undefined
      const time = clock.now()
      const entry = entries.get(digest(header), time)
      if (entry?.version !== now) return undefined
      const { expires = null } = entry.known.grant ?? {}
      return expires === null || expires > time ? entry.known : undefined
    },

    async verify(header, address) {
      if (header.length > maxHeader) return { kind: 'malformed' }
      const key = digest(header)
      const old = entries.get(key, clock.now())
      if (old) {
        const entry = await renewed(old)
        if (entry) {
          // In place: the thirty seconds are counted from the hash, not from the last use.
          Object.assign(old, entry)
          return { kind: 'known', known: entry.known }
        }
        entries.delete(key)
      }
      const credentials = parseBasic(header)
      if (!credentials) return { kind: 'malformed' }
      // A client opens many connections at once: they wait for one hash.
      const place = `${address} ${key}`
      const other = running.get(place)
      if (other) return other
      const proof = tried(key, credentials, address).finally(() => running.delete(place))
      running.set(place, proof)
      return proof
    },

    forget: () => entries.clear(),
  }
}

/** Login and password of a Basic header; undefined if it is none. Bytes are UTF-8 (RFC 7617, 2.1). */
export function parseBasic(header: string): Credentials | undefined {
  const [, encoded] = /^basic +([A-Za-z0-9+/_-]*={0,2}) *$/i.exec(header) ?? []
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 0 || text.includes('\0')) return undefined
  return { login: text.slice(0, colon), password: text.slice(colon + 1) }
}
