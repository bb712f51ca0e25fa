/**
 * Recovery for who has lost every way in: asked for by mail or begun by an administrator, announced to everybody who
 * may be the person, waiting so that she can stop it, then ended by a new way in that closes all others.
 *
 * A mail's link only begins the wait; the link that ends it comes in another mail, when the wait is over. So whoever
 * reads her mail once has not won, and while one recovery waits nothing begins another or moves its end.
 */
import { createHmac } from 'node:crypto'
import { sha256Hex } from '../../lib/hash.ts'
import { randomBase32, randomToken } from '../../lib/ids.ts'
import { CodedError } from '../../lib/coded-error.ts'
import { type Language, Refusal, type Row } from '../ports.ts'
import type { Change } from '../records/index.ts'
import { findVerified } from './addresses.ts'
import { both } from './both.ts'
import { accountById, alter, type Context, fail } from './context.ts'
import { removals } from './grants.ts'
import { letterChanges, lettersToAll, type RecoveryVia } from './letters.ts'
import { findLink, linkVoid, newLink, putLink, voidLinks } from './links.ts'
import { logChange } from './log.ts'
import { askedLimit, commitAsked, countMail } from './mail-limits.ts'
import { isUsed, useOnce } from './once.ts'
import { type Actor, createPeople } from './people.ts'
import { createSettings } from './settings.ts'
import type { Account } from './types.ts'
import type { Origin, Part } from './ways.ts'

/** How long it can be finished once the wait is over, in milliseconds. */
export const readyLasts = 7 * 86_400_000

/**
 * Why a recovery did not go on, beside `link-void`.
 * - `recovery-waits`: one of this account does already; `details.due`. - `recovery-early`: its wait is not over.
 * - `recovery-absent`: none waits.
 */
export type RecoveryErrorCode = 'recovery-waits' | 'recovery-early' | 'recovery-absent'

export interface Recovery {
  id: string
  account: string
  via: RecoveryVia
  /** The account that began it; null: by mail, or the operator. */
  askedBy: string | null
  created: number
  /** When its wait is over, and until when it can be finished. */
  due: number
  expires: number
}

/** Where a link leads: to a recovery that has not begun, that waits, or that can be finished. */
export interface RecoveryLook {
  login: string
  state: 'asked' | 'waiting' | 'ready'
  /** When the wait is or would be over. */
  due: number
}

export interface RecoveryPart {
  /** Mails the link that begins one, where the address is verified and not too many were asked for. */
  askRecovery(address: string, language: Language): Promise<void>
  /** Begins the wait of a recovery by mail. Errors: `link-void`, `recovery-waits`. */
  beginRecovery(token: string, from: Origin): Promise<Recovery>
  /**
   * Begins one for a person who cannot be reached by mail; the token finishes it after the wait. Only the operator may
   * leave out the wait. Errors: `forbidden`, `owner-stays`, `account-absent`, `recovery-waits`.
   */
  startRecovery(
    actor: Actor,
    account: string,
    options?: { wait?: boolean; from?: Origin },
  ): Promise<{ token: string; recovery: Recovery }>
  /** The one that waits or can be finished. */
  recoveryOf(account: string): Promise<Recovery | undefined>
  /** Errors: `link-void`. */
  lookRecovery(token: string): Promise<RecoveryLook>
  /** Stops one by the link in a mail, whose account is returned. Errors: `link-void`. */
  stopRecoveryBy(token: string, from: Origin): Promise<Account>
  /** Stops the one of an account, by who is signed in to it or may act on it. Errors: `recovery-absent`, `forbidden`. */
  stopRecovery(account: string, actor: Actor, from: Origin): Promise<void>
  /** Whose recovery can be finished with this token now. Errors: `link-void`, `recovery-early`. */
  readyRecovery(token: string): Promise<{ account: Account; recovery: Recovery }>
  /**
   * Finishes one: all ways in, sessions, apps and known browsers end, and `begin` says what the account is opened with
   * from now on. Errors: as `readyRecovery`, and those of `begin`.
   */
  finishRecovery(
    token: string,
    finish: { begin(account: Account, version: number): Part | Promise<Part>; from: Origin },
  ): Promise<Account>
  /** Tells of the recoveries whose wait is over, once each; at most `most`. Returns how many there were. */
  announceReady(most: number): Promise<number>
}

const failRecovery = (code: RecoveryErrorCode, message: string, details = {}) =>
  new CodedError<RecoveryErrorCode>(code, message, details)
const absentRecovery = () => failRecovery('recovery-absent', 'no recovery waits')

/** Who may be recovered: also somebody who was made to leave. */
const isOpen = ({ state }: Account) => state === 'active' || state === 'leaving'

export function createRecovery(context: Context): RecoveryPart {
  const { store, clock, keys, mail } = context
  const { checkActor } = createPeople(context)
  const { settings } = createSettings(context)

  /** Told anew in every mail without being kept: it follows from the recovery's id, under a key that is not stored. */
  const stopToken = (id: string, generation: number) =>
    createHmac('sha256', keys.derive('recovery stop', generation)).update(id).digest('base64url')

  const stopTokenOf = (row: Row): string => {
    const id = String(row['recovery_id'])
    const made = keys.generations.map((generation) => stopToken(id, generation))
    return made.find((token) => sha256Hex(token) === row['stop_hash']) ?? ''
  }

  async function find(account: string): Promise<Row | undefined> {
    const [row] = await store.rows('recovery', { account_id: account })
    return row && Number(row['expires']) > clock.now() ? row : undefined
  }

  async function findBy(column: 'hash' | 'stop_hash', token: string): Promise<Row> {
    const [row] = await store.rows('recovery', { [column]: sha256Hex(token) })
    if (!row || Number(row['expires']) <= clock.now()) throw linkVoid()
    return row
  }

  /** What begins the wait, says so everywhere, and makes room for it. */
  async function beginning(
    account: Account,
    {
      via,
      askedBy,
      wait,
      hash,
      from,
    }: Pick<Recovery, 'via'> & {
      /** The administrator, or the folded address. */
      askedBy: string | null
      wait: boolean
      hash: string | null
      from: Origin
    },
  ): Promise<{ row: Row; part: Required<Part> }> {
    const waiting = await find(account.id)
    if (waiting)
      throw failRecovery('recovery-waits', 'a recovery waits already', { due: Number(waiting['due']) })
    const now = clock.now()
    const { recoveryHours } = await settings()
    const due = now + (wait ? recoveryHours * 3_600_000 : 0)
    const id = randomBase32(80)
    const stop = stopToken(id, keys.current)
    const where = { account_id: account.id }
    const row = {
      ...where,
      recovery_id: id,
      via,
      asked_by: askedBy,
      created: now,
      due,
      expires: due + readyLasts,
      hash,
      stop_hash: sha256Hex(stop),
    }
    const [expired] = await store.rows('recovery', where)
    const act = 'recovery-begun'
    const entry = { account: account.id, act, details: { via, due }, ...from }
    return {
      row,
      part: {
        when: [
          expired
            ? {
                is: 'row-has',
                table: 'recovery',
                where,
                has: { recovery_id: expired['recovery_id'] ?? null },
              }
            : { is: 'row-absent', table: 'recovery', where },
        ],
        changes: [
          { kind: 'row', table: 'recovery', put: row },
          ...(await voidLinks(store, account.id, 'recovery-asked', 'recovery-begun')),
          logChange(
            now,
            via === 'mail' ? { ...entry, actor: null } : { ...entry, area: 'server', actor: askedBy },
          ),
          ...(await lettersToAll(context, account, { kind: 'recovery-waits', via, due, stop })),
        ],
      },
    }
  }

  async function stop(id: string, recovery: string, actor: string | null, from: Origin): Promise<Account> {
    return alter(context, id, async (account) => {
      const where = { account_id: id }
      const [row] = await store.rows('recovery', where)
      if (row?.['recovery_id'] !== recovery) throw absentRecovery()
      const now = clock.now()
      const act = 'recovery-stopped'
      return {
        when: [{ is: 'row-has', table: 'recovery', where, has: { recovery_id: recovery } }],
        changes: [
          { kind: 'row', table: 'recovery', remove: where },
          ...(await voidLinks(store, id, 'recovery-asked', 'recovery-begun')),
          logChange(now, {
            account: id,
            act,
            actor,
            ...(actor !== null && actor !== id ? { area: 'server' as const } : {}),
            ...from,
          }),
          ...(await lettersToAll(context, account, { kind: 'notice', act, details: {}, at: now })),
        ],
      }
    })
  }

  async function ready(token: string): Promise<{ account: Account; row: Row }> {
    const row = await findBy('hash', token)
    const account = await accountById(store, String(row['account_id']))
    if (!account || !isOpen(account)) throw linkVoid()
    if (Number(row['due']) > clock.now())
      throw failRecovery('recovery-early', 'the wait is not over', { due: Number(row['due']) })
    return { account, row }
  }

  return {
    async askRecovery(text, language) {
      const found = mail && (await findVerified(store, text))
      if (!found || !isOpen(found.account)) return
      const { account, address: to, folded } = found
      if (await find(account.id)) return
      const { wait, beside } = await countMail(context, `recovery ${folded}`, askedLimit)
      if (wait > 0) return
      const { token, change } = newLink('recovery-asked', account.id, clock.now(), { folded })
      const letter = { kind: 'recovery-asked', token, hours: (await settings()).recoveryHours } as const
      const letters = await letterChanges(context, account, [
        { letter, to, language: account.language ?? language },
      ])
      if (letters.length === 0) return
      await commitAsked(store, both(beside, { changes: [change, ...letters] }))
    },

    async beginRecovery(token, from) {
      const first = await findLink(store, 'recovery-asked', token, clock.now())
      if (!first) throw linkVoid()
      let begun: Row = {}
      await alter(context, first.account, async (account) => {
        const link = await findLink(store, 'recovery-asked', token, clock.now())
        const [address] = link ? await store.rows('address', { taken: String(link.data['folded']) }) : []
        if (!link || !isOpen(account) || address?.['account_id'] !== account.id) throw linkVoid()
        const { row, part } = await beginning(account, {
          via: 'mail',
          askedBy: String(link.data['folded']),
          wait: true,
          hash: null,
          from,
        })
        begun = row
        // Whoever comes back with it is shown how long the wait is.
        const data = { recovery: String(row['recovery_id']) }
        const expires = Number(row['expires'])
        const shows = putLink('recovery-begun', token, {
          account: account.id,
          now: clock.now(),
          expires,
          data,
        })
        return both(both(link.use, part), { changes: [shows] })
      })
      return recoveryOf(begun)
    },

    async startRecovery(actor, id, { wait = true, from = { address: null, agent: null } } = {}) {
      const token = randomToken()
      let begun: Row = {}
      await alter(context, id, async (account) => {
        if (actor && account.role === 'owner')
          throw fail('owner-stays', 'the owner is recovered by mail or at the command line')
        checkActor(actor, account)
        if (!isOpen(account)) throw fail('forbidden', `the account is ${account.state}`)
        const { row, part } = await beginning(account, {
          via: actor ? 'administrator' : 'operator',
          askedBy: actor?.id ?? null,
          wait: wait || actor !== null,
          hash: sha256Hex(token),
          from,
        })
        begun = row
        return part
      })
      return { token, recovery: recoveryOf(begun) }
    },

    async recoveryOf(account) {
      const row = await find(account)
      return row && recoveryOf(row)
    },

    async lookRecovery(token) {
      const now = clock.now()
      const asked = await findLink(store, 'recovery-asked', token, now)
      const begun = asked ? undefined : await findLink(store, 'recovery-begun', token, now)
      const row = asked ? undefined : begun ? await find(begun.account) : await findBy('hash', token)
      const account = await accountById(store, asked ? asked.account : String(row?.['account_id']))
      if (!account || !isOpen(account)) throw linkVoid()
      if (begun && row?.['recovery_id'] !== begun.data['recovery']) throw linkVoid()
      if (!row) {
        const { recoveryHours } = await settings()
        return { login: account.login, state: 'asked', due: now + recoveryHours * 3_600_000 }
      }
      const due = Number(row['due'])
      // The link that ends the wait is in another mail.
      return { login: account.login, state: due > now || begun ? 'waiting' : 'ready', due }
    },

    async stopRecoveryBy(token, from) {
      const row = await findBy('stop_hash', token)
      return stop(String(row['account_id']), String(row['recovery_id']), null, from)
    },

    async stopRecovery(account, actor, from) {
      const row = await find(account)
      if (!row) throw absentRecovery()
      const found = actor?.id === account ? undefined : await accountById(store, account)
      if (found) checkActor(actor, found)
      await stop(account, String(row['recovery_id']), actor?.id ?? null, from)
    },

    async readyRecovery(token) {
      const { account, row } = await ready(token)
      return { account, recovery: recoveryOf(row) }
    },

    async finishRecovery(token, { begin, from }) {
      const { account: found } = await ready(token)
      return alter(context, found.id, async (account) => {
        const { row } = await ready(token)
        const mine = { account_id: account.id }
        const part = await begin(account, account.authSeq + 1)
        const grants = await store.rows('app_grant', mine)
        const now = clock.now()
        const act = 'recovered'
        const details = { via: String(row['via']) }
        return {
          shown: true,
          when: [
            { is: 'row-has', table: 'recovery', where: mine, has: { hash: row['hash'] ?? null } },
            ...(part.when ?? []),
          ],
          changes: [
            // The old ways in too: one of them may be in other hands.
            ...removals(
              [
                'recovery',
                'session',
                'browser',
                'pairing',
                'credential',
                'identity',
                'token',
                'app_grant',
                'grant_use',
                'oidc',
              ],
              mine,
            ),
            ...grants.map((grant): Change => ({
              kind: 'row',
              table: 'grant_scope',
              remove: { grant_id: grant['grant_id'] ?? null },
            })),
            ...part.changes,
            logChange(now, { account: account.id, act, details, ...from }),
            ...(await lettersToAll(context, account, { kind: 'notice', act, details, at: now })),
          ],
        }
      })
    },

    async announceReady(most) {
      const now = clock.now()
      // What is due expires within the time that it can be finished.
      const upTo = { column: 'expires', value: now + readyLasts }
      let count = 0
      let after: Row | undefined
      for (let pages = 0; pages < maxPages; pages++) {
        const page = {
          upTo,
          limit: most,
          ...(after ? { after: { account_id: after['account_id'] ?? null } } : {}),
        }
        const rows = await store.rows('recovery', {}, page)
        for (const row of rows) if (Number(row['expires']) > now && (await announce(row))) count++
        after = rows.length < most ? undefined : rows.at(-1)
        if (!after) break
      }
      return count
    },
  }

  /**
   * Says that the wait is over, once. Of a recovery by mail, the address that asked for it gets the token that finishes
   * it; everybody else how to stop it.
   */
  async function announce(row: Row): Promise<boolean> {
    const id = String(row['account_id'])
    const mark = `ready ${String(row['recovery_id'])}`
    if (await isUsed(store, mark)) return false
    const where = { account_id: id }
    let said = false
    try {
      await alter(context, id, async (account) => {
        const [current] = await store.rows('recovery', where)
        if (!current || current['recovery_id'] !== row['recovery_id']) return undefined
        const now = clock.now()
        const until = Number(row['expires'])
        const stop = stopTokenOf(row)
        const finish = row['via'] === 'mail' ? randomToken() : null
        const [asker] = finish === null ? [] : await store.rows('address', { taken: row['asked_by'] ?? null })
        const to = asker?.['account_id'] === id ? String(asker['address']) : undefined
        const finishing =
          to === undefined
            ? []
            : await letterChanges(context, account, [
                {
                  letter: { kind: 'recovery-ready', finish, until, stop },
                  to,
                  language: account.language ?? 'en',
                },
              ])
        // Without the mail nobody could finish it: tried again when there is room for mails.
        if (to !== undefined && finishing.length === 0) return undefined
        said = true
        return both(useOnce(mark, until, now), {
          when: [
            { is: 'row-has', table: 'recovery', where, has: { recovery_id: row['recovery_id'] ?? null } },
          ],
          changes: [
            ...(finishing.length === 0
              ? []
              : [
                  {
                    kind: 'row' as const,
                    table: 'recovery' as const,
                    put: { ...current, hash: sha256Hex(finish ?? '') },
                  },
                ]),
            logChange(now, { account: id, act: 'recovery-ready', actor: null }),
            ...finishing,
            ...(await lettersToAll(
              context,
              account,
              { kind: 'recovery-ready', finish: null, until, stop },
              to === undefined ? {} : { without: to },
            )),
          ],
        })
      })
    } catch (error) {
      // Another process has said it, or the account is gone.
      if (!(error instanceof Refusal) && !(error instanceof CodedError)) throw error
      return false
    }
    return said
  }
}

/** Pages of recoveries that are looked through in one go. */
const maxPages = 20

const recoveryOf = (row: Row): Recovery => ({
  id: String(row['recovery_id']),
  account: String(row['account_id']),
  via: String(row['via']) as RecoveryVia,
  askedBy: row['via'] !== 'administrator' ? null : String(row['asked_by']),
  created: Number(row['created']),
  due: Number(row['due']),
  expires: Number(row['expires']),
})
