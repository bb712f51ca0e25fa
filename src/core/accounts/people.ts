/** What administrators do with accounts. Roles give rights on accounts and the server, never on anybody's content. */
import { type Change, commitStep } from '../records/index.ts'
import { absent, accountById, alter, type Context, fail } from './context.ts'
import { createEnding } from './ending.ts'
import { fold } from './login.ts'
import { logChange } from './log.ts'
import { accountOf } from './rows.ts'
import { endings } from './sessions.ts'
import type { Account, AccountState, Role } from './types.ts'

/** What a role allows at the pages. */
export type Ability = 'invite' | 'administer' | 'make-administrators'

const abilities: Readonly<Record<Role, readonly Ability[]>> = {
  owner: ['invite', 'administer', 'make-administrators'],
  administrator: ['invite', 'administer'],
  inviter: ['invite'],
  person: [],
}

export const abilitiesOf = (role: Role): readonly Ability[] => abilities[role]

/** From the least to the most. */
const ladder: readonly Role[] = ['person', 'inviter', 'administrator', 'owner']

/** Whether `role` is above `than`. */
export const isAbove = (role: Role, than: Role): boolean => ladder.indexOf(role) > ladder.indexOf(than)

/** The administrator at her page; null: the operator at the command line, who may do everything. */
export type Actor = Account | null

export interface PeopleQuery {
  /** Beginning of the login, in any case. */
  login?: string
  state?: AccountState
  /** The id of the last account of the page before. */
  after?: string
  /** 1 to 200. */
  limit: number
}

export interface PeoplePart {
  /** By id; `next` is the `after` of the next page, where there may be one. */
  people(query: PeopleQuery): Promise<{ people: Account[]; next?: string }>
  /**
   * Gives a role, below the owner's. Errors: `forbidden` (her own, somebody above, or an administrator made by another
   * than the owner), `owner-stays`, `account-absent`.
   */
  setRole(actor: Actor, id: string, role: Exclude<Role, 'owner'>): Promise<Account>
  /** Lets an account in that waits for approval. Errors: `forbidden`, `not-waiting`, `account-absent`. */
  approve(actor: Actor, id: string): Promise<Account>
  /** Refuses one that waits: it is purged at once. Errors: `forbidden`, `not-waiting`, `account-absent`. */
  refuse(actor: Actor, id: string): Promise<void>
  /** Suspends an account, which ends its sessions at once, or lets it on. Errors: `forbidden`, `owner-stays`. */
  suspend(actor: Actor, id: string, suspended: boolean): Promise<Account>
  /** Sets the bytes of a person's home and of the spaces that it pays for; null: without end. */
  setQuota(actor: Actor, id: string, bytes: number | null): Promise<void>
  /** Refuses where the actor may not act on the account. Errors: `forbidden`. */
  checkActor(actor: Actor, account: Account): void
}

export function createPeople(context: Context): PeoplePart {
  const { store, clock } = context
  const { remove } = createEnding(context)

  function checkActor(actor: Actor, account: Account): void {
    if (actor === null) return
    const allowed =
      abilities[actor.role].includes('administer') &&
      actor.id !== account.id &&
      account.role !== 'owner' &&
      (actor.role === 'owner' || account.role !== 'administrator')
    if (!allowed) throw fail('forbidden', 'this account is not for this administrator')
  }

  /** The line of the server's log, which the person reads too. */
  const noted = (actor: Actor, account: Account, act: string, details = {}): Change =>
    logChange(clock.now(), {
      account: account.id,
      area: 'server',
      act,
      actor: actor?.id ?? null,
      details: { login: account.login, ...details },
    })

  return {
    checkActor,

    async people({ login = '', state, after, limit }) {
      const most = Math.min(Math.max(1, limit), 200)
      const folded = fold(login)
      const prefix = folded === '' ? {} : { prefix: { column: 'folded', value: folded } }
      // Pages in which nobody fits are passed over.
      for (let last = after; ;) {
        const page = { limit: most, ...(last === undefined ? {} : { after: { account_id: last } }) }
        const rows = await (state === undefined
          ? store.rows('account', {}, { ...page, ...prefix })
          : store.rows('account', { state }, page))
        const found = rows.map(accountOf)
        const people = found.filter((account) => account.folded.startsWith(folded))
        last = found.length < most ? undefined : found.at(-1)?.id
        if (last === undefined) return { people }
        if (people.length > 0) return { people, next: last }
      }
    },

    async setRole(actor, id, role) {
      return alter(context, id, (account) => {
        if (account.role === 'owner') throw fail('owner-stays', 'the owner stays the owner')
        checkActor(actor, account)
        const touchesAdministrators = role === 'administrator' || account.role === 'administrator'
        if (touchesAdministrators && actor && !abilities[actor.role].includes('make-administrators'))
          throw fail('forbidden', 'only the owner makes and unmakes administrators')
        if (account.role === role) return undefined
        return { set: { role }, changes: [noted(actor, account, 'role-given', { role, from: account.role })] }
      })
    },

    async approve(actor, id) {
      return alter(context, id, (account) => {
        checkActor(actor, account)
        if (account.state !== 'waiting') throw fail('not-waiting', 'the account does not wait for approval')
        return { set: { state: 'active' }, shown: true, changes: [noted(actor, account, 'approved')] }
      })
    },

    async refuse(actor, id) {
      const account = await accountById(store, id)
      if (account === undefined) throw absent()
      checkActor(actor, account)
      if (account.state !== 'waiting') throw fail('not-waiting', 'the account does not wait for approval')
      await remove(id, account.modified)
      // Nothing of the person stays, so the line does not name her.
      const entry = { account: null, area: 'server', act: 'refused', actor: actor?.id ?? null } as const
      await commitStep(store, { changes: [logChange(clock.now(), entry)] })
    },

    async suspend(actor, id, suspended) {
      return alter(context, id, async (account) => {
        if (account.role === 'owner') throw fail('owner-stays', 'the owner cannot be suspended')
        checkActor(actor, account)
        const state = suspended ? 'suspended' : 'active'
        if (account.state === state) return undefined
        // Who waits or leaves is neither: being let on must not let her in.
        if (account.state !== (suspended ? 'active' : 'suspended'))
          throw fail('forbidden', `the account is ${account.state}`)
        const sessions = suspended ? await store.rows('session', { account_id: id }) : []
        const act = suspended ? 'suspended' : 'resumed'
        // Whoever is let on stays: a deletion that waits is taken back with it.
        return {
          set: { state, ...(suspended ? {} : { ends: null }) },
          shown: true,
          changes: [...endings(sessions), noted(actor, account, act)],
        }
      })
    },

    async setQuota(actor, id, bytes) {
      await alter(context, id, async (account) => {
        // Her own too: a quota is no right.
        if (actor?.id !== id) checkActor(actor, account)
        const changes: Change[] = [
          { kind: 'alter-home', home: account.home, set: { maxBytes: bytes } },
          noted(actor, account, 'quota-set', { bytes }),
        ]
        return { changes }
      })
    },
  }
}
