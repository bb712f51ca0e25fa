/** Who is signed in at our pages, and the browsers that an account has signed in with. */
import { sha256Hex } from '../../lib/hash.ts'
import { randomBase32, randomToken } from '../../lib/ids.ts'
import { createLru } from '../../lib/lru.ts'
import { Refusal, type Row } from '../ports.ts'
import { type Change, commitStep } from '../records/index.ts'
import { accountById, type Beside, type Context, fail, unchanged } from './context.ts'
import { logChange } from './log.ts'
import type { Account } from './types.ts'

/** How somebody signed in. `mail` and `provider` alone open no act that changes the ways in. */
export type SignInMethod =
  | 'password'
  | 'passkey'
  | 'words'
  | 'provider'
  | 'mail'
  | 'device'
  | 'setup'
  | 'recovery'

export interface PageSession {
  id: string
  account: string
  method: SignInMethod
  created: number
  expires: number
  seen: number
  /** When she last proved who she is; 0: not by this session. */
  authenticated: number
  address: string | null
  agent: string | null
  /** Hash of the browser's cookie. */
  browser: string | null
}

export interface NewSession {
  account: Account
  method: SignInMethod
  /** Whether this sign-in counts as a fresh proof for acts that ask for one. */
  fresh: boolean
  address: string
  agent: string
  /** Text of the browser's cookie, where it sent one. */
  browser?: string
  /** What the proof did besides, such as using up its challenge; may be refused with `row-exists`. */
  beside?: Beside
}

/** How long a session lasts without use, and in all; milliseconds. */
export const sessionIdle = 30 * 86_400_000
export const sessionLasts = 180 * 86_400_000
/** How long a proof is fresh, in milliseconds. */
export const freshLasts = 10 * 60_000
/** Sessions and known browsers of one account; the longest unused make room. */
export const maxSessions = 1_000
const maxBrowsers = 50
/** How often `seen` is written, in milliseconds. */
const seenEvery = 600_000

export interface SessionPart {
  /** Signs in: a session and its cookie's text, and the browser's. Notes it in her log. */
  beginSession(wanted: NewSession): Promise<{ session: PageSession; token: string; browser: string }>
  /** Whose session a cookie's text is; undefined if unknown, ended or expired. The account may be of any state. */
  session(token: string): Promise<{ session: PageSession; account: Account } | undefined>
  /**
   * Notes that a session proved anew who she is, under a new cookie's text, which is returned. What the proof did
   * `beside` may be refused with `row-exists`.
   */
  freshen(session: PageSession, beside?: Beside): Promise<string>
  sessions(account: string): Promise<PageSession[]>
  /** Ends sessions of an account. Errors: `session-absent` for an id that is not hers. */
  endSession(account: string, id: string): Promise<void>
  /** Ends all sessions but `keep`, where given; returns how many ended. */
  endSessions(account: string, keep?: string): Promise<number>
  /** Whether the browser with this cookie has signed in to this account before. */
  knowsBrowser(account: string, browser: string | undefined): Promise<boolean>
}

export const isFresh = ({ authenticated }: PageSession, now: number): boolean =>
  now - authenticated < freshLasts

export function createSessions(context: Context): SessionPart {
  const { store, clock } = context
  /** When a session's use was last noted here. */
  const noted = createLru<string, number>({ max: 10_000 })

  async function find(token: string): Promise<PageSession | undefined> {
    const [row] = await store.rows('session', { hash: sha256Hex(token) })
    const session = row && sessionOf(row)
    const now = clock.now()
    return session && session.expires > now && session.seen + sessionIdle > now ? session : undefined
  }

  function note(session: PageSession): void {
    const now = clock.now()
    if (now - Math.max(session.seen, noted.get(session.id) ?? 0) < seenEvery) return
    noted.set(session.id, now)
    // The request does not wait, and nothing is lost but a time that people look at.
    write(session, { seen: now }).catch((error: unknown) => {
      noted.delete(session.id)
      if (!(error instanceof Refusal)) context.onError(error)
    })
  }

  async function write(
    session: PageSession,
    set: Row,
    { when = [], changes = [] }: Beside = {},
  ): Promise<void> {
    const [row] = await store.rows('session', { session_id: session.id })
    if (row === undefined) throw fail('session-absent', 'the session has ended')
    await commitStep(store, {
      // Never brought back when it was ended meanwhile.
      when: [
        {
          is: 'row-has',
          table: 'session',
          where: { session_id: session.id },
          has: { hash: row['hash'] ?? null },
        },
        ...when,
      ],
      changes: [{ kind: 'row', table: 'session', put: { ...row, ...set } }, ...changes],
    })
  }

  /** The rows of an account beyond a bound, the longest unused first. */
  const surplus = (rows: readonly Row[], most: number): Row[] =>
    rows.toSorted((a, b) => Number(a['seen']) - Number(b['seen'])).slice(0, Math.max(0, rows.length - most))

  return {
    async beginSession({ account, method, fresh, address, agent, browser = randomToken(), beside = {} }) {
      const now = clock.now()
      const token = randomToken()
      const hash = sha256Hex(browser)
      const session: PageSession = {
        id: randomBase32(80),
        account: account.id,
        method,
        created: now,
        expires: now + sessionLasts,
        seen: now,
        authenticated: fresh ? now : 0,
        address,
        agent,
        browser: hash,
      }
      const mine = { account_id: account.id }
      const [sessions, browsers] = await Promise.all([
        store.rows('session', mine),
        store.rows('browser', mine),
      ])
      const known = browsers.find((row) => row['hash'] === hash)
      const made = known ? Number(known['created']) : now
      const changes: Change[] = [
        { kind: 'row', table: 'session', put: sessionRow(session, sha256Hex(token)) },
        { kind: 'row', table: 'browser', put: { ...mine, hash, agent, created: made, seen: now } },
        ...surplus(sessions, maxSessions - 1).map((row): Change => ({
          kind: 'row',
          table: 'session',
          remove: { session_id: row['session_id'] ?? null },
        })),
        ...surplus(
          browsers.filter((row) => row !== known),
          maxBrowsers - 1,
        ).map((row): Change => ({
          kind: 'row',
          table: 'browser',
          remove: { ...mine, hash: row['hash'] ?? null },
        })),
        logChange(now, { account: account.id, act: 'signed-in', details: { method }, address, agent }),
      ]
      const row = (await store.rows('account', mine))[0]
      if (row) changes.push({ kind: 'row', table: 'account', put: { ...row, signed_in: now } })
      try {
        await commitStep(store, {
          // Who was deleted, suspended or changed meanwhile signs in anew.
          when: [unchanged(account), ...(beside.when ?? [])],
          changes: [...changes, ...(beside.changes ?? [])],
        })
      } catch (error) {
        if (error instanceof Refusal && error.code !== 'row-exists')
          throw fail('account-changed', 'the account was changed meanwhile')
        throw error
      }
      return { session, token, browser }
    },

    async session(token) {
      const session = await find(token)
      const account = session && (await accountById(store, session.account))
      if (!account) return undefined
      note(session)
      return { session, account }
    },

    async freshen(session, beside) {
      const token = randomToken()
      const now = clock.now()
      await write(session, { hash: sha256Hex(token), authenticated: now, seen: now }, beside)
      return token
    },

    async sessions(account) {
      const now = clock.now()
      const rows = await store.rows('session', { account_id: account })
      return rows
        .map(sessionOf)
        .filter(({ expires, seen }) => expires > now && seen + sessionIdle > now)
        .toSorted((a, b) => b.seen - a.seen)
    },

    async endSession(account, id) {
      const [row] = await store.rows('session', { session_id: id })
      if (row?.['account_id'] !== account) throw fail('session-absent', 'there is no such session')
      const details = { agent: row['agent'] ?? '' }
      await commitStep(store, {
        changes: [...endings([row]), logChange(clock.now(), { account, act: 'session-ended', details })],
      })
    },

    async endSessions(account, keep) {
      const rows = (await store.rows('session', { account_id: account })).filter(
        (row) => row['session_id'] !== keep,
      )
      if (rows.length === 0) return 0
      const details = { count: rows.length }
      await commitStep(store, {
        changes: [...endings(rows), logChange(clock.now(), { account, act: 'sessions-ended', details })],
      })
      return rows.length
    },

    async knowsBrowser(account, browser) {
      if (browser === undefined) return false
      const rows = await store.rows('browser', { hash: sha256Hex(browser), account_id: account })
      return rows.length > 0
    },
  }
}

/** The changes that end sessions, to be part of a commit of more. */
export const endings = (rows: readonly Row[]): Change[] =>
  rows.map((row) => ({ kind: 'row', table: 'session', remove: { session_id: row['session_id'] ?? null } }))

function sessionOf(row: Row): PageSession {
  const text = (column: string) => (row[column] == null ? null : String(row[column]))
  return {
    id: String(row['session_id']),
    account: String(row['account_id']),
    method: String(row['method']) as SignInMethod,
    created: Number(row['created']),
    expires: Number(row['expires']),
    seen: Number(row['seen']),
    authenticated: Number(row['authenticated']),
    address: text('address'),
    agent: text('agent'),
    browser: text('browser'),
  }
}

function sessionRow(session: PageSession, hash: string): Row {
  const { id, account, method, created, expires, seen, authenticated, address, agent, browser } = session
  return {
    session_id: id,
    hash,
    account_id: account,
    method,
    created,
    expires,
    seen,
    authenticated,
    address,
    agent,
    browser,
  }
}
