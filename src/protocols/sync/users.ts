/** Storages of people, and which one a request for a token is for. */
import { type Row, type Store, Refusal } from '../../core/ports.ts'
import { type Change, type Step, stepRequest, type View } from '../../core/records/index.ts'
import { newHomeId } from '../../lib/ids.ts'
import { sha256 } from '../../lib/hash.ts'
import { TokenError } from './errors.ts'

/** A storage: what lies at `sync/UID` of a home. */
export interface SyncUser {
  uid: number
  account: string | null
  /** Of people whose accounts are elsewhere: the issuer and their name there. */
  subject: string | null
  home: number
  /** What tells the key that locks the data: hexadecimal, at most 32 digits; perhaps empty. */
  clientState: string
  /** 0: none was seen. */
  generation: number
  keysChangedAt: number
  created: number
  replaced: number | null
  due: number | null
}

/** Whose storage it is. */
export type SyncPerson = { account: string; home: number } | { subject: string }

/** A key as the person's own pages speak of it: that is the last word. */
export interface PagesKey {
  /** Milliseconds; more than 0. */
  changed: number
  clientState: string
}

/** What a request says of a person's keys. Undefined: it says nothing. */
export interface KeyClaims {
  clientState: string
  /** When something last changed that decides who she is, as far as her accounts server says so. */
  generation: number | undefined
  keysChangedAt: number | undefined
  /** What it is measured by, where her pages spoke of a key. */
  pages?: PagesKey | undefined
}

/** How long what lies under a former key is kept: longer than any token for it, in milliseconds. */
export const replacedKept = 86_400_000

/** Keys that one person may have had. */
const maxStates = 1_000

/** Whether the claims are of the key that her pages speak of: then they hold, whatever was claimed before. */
const isPagesKey = ({ pages, clientState, keysChangedAt }: KeyClaims): boolean =>
  pages !== undefined && pages.changed === keysChangedAt && pages.clientState === clientState

/**
 * Throws a TokenError for another key than that of her pages, unless it is the one of the present storage: a browser may
 * go on with the key it has until it hears of the new one, but none can put a key of its own making in its place.
 */
function checkPages({ pages, clientState, keysChangedAt = 0 }: KeyClaims, user: SyncUser | undefined): void {
  if (!pages) return
  if (keysChangedAt > pages.changed) throw new TokenError('invalid-keysChangedAt')
  if (user?.clientState !== clientState) throw clientStateError('Unacceptable client-state value unknown key')
}

/**
 * Throws a TokenError unless the claims may follow what was seen of this person: all numbers only grow, a key that was
 * replaced never comes back, and another key comes with later numbers.
 */
export function checkClaims(user: SyncUser, former: ReadonlySet<string>, claims: KeyClaims): void {
  const { clientState, generation, keysChangedAt } = claims
  const isNew = clientState !== user.clientState
  if (
    keysChangedAt !== undefined &&
    generation !== undefined &&
    user.keysChangedAt !== 0 &&
    keysChangedAt > user.keysChangedAt &&
    generation < keysChangedAt
  )
    throw new TokenError('invalid-keysChangedAt')
  if (user.clientState !== '' && clientState === '')
    throw clientStateError('Unacceptable client-state value empty string')
  if (former.has(clientState)) throw clientStateError('Unacceptable client-state value stale value')
  if (isNew && generation !== undefined && generation <= user.generation)
    throw clientStateError('Unacceptable client-state value new value with no generation change')
  if (isNew && keysChangedAt !== undefined && user.keysChangedAt !== 0 && keysChangedAt <= user.keysChangedAt)
    throw clientStateError('Unacceptable client-state value new value with no keys_changed_at change')
  if (generation !== undefined && user.generation > generation) throw new TokenError('invalid-generation')
  if (keysChangedAt === undefined ? user.keysChangedAt !== 0 : user.keysChangedAt > keysChangedAt)
    throw new TokenError('invalid-keysChangedAt')
}

const clientStateError = (description: string) =>
  new TokenError('invalid-client-state', { location: 'header', name: 'X-Client-State', description })

export interface Users {
  byUid(uid: number): Promise<SyncUser | undefined>
  /** The storage that a person of this server has now. */
  ofAccount(account: string): Promise<SyncUser | undefined>
  /** The storage for these claims, made or replaced where they ask for it. Throws TokenError. */
  allot(person: SyncPerson, claims: KeyClaims): Promise<SyncUser>
  /** The storage of a test suite's user, who is known by nothing but her number. */
  guest(uid: number): Promise<SyncUser>
  /** Empties storages whose time is over; at most 100. Returns how many. */
  sweep(): Promise<number>
}

/** `quota`: bytes for a person whose account is elsewhere. */
export function createUsers({
  store,
  now,
  quota,
}: {
  store: Pick<Store, 'rows' | 'commit'>
  now: () => number
  quota: number
}): Users {
  /** What has to be written, and whose it is then; pure, so that it can be asked again in the transaction. */
  function plan(rows: readonly Row[], person: SyncPerson, claims: KeyClaims) {
    const all = rows.map(userOf)
    const user = all.find(({ replaced }) => replaced === null)
    const isLastWord = isPagesKey(claims)
    if (!isLastWord) checkPages(claims, user)
    const keysChangedAt = claims.keysChangedAt ?? 0
    const changedAfter = (before = 0) => (isLastWord ? keysChangedAt : Math.max(keysChangedAt, before))
    const fresh = (home: number): SyncUser => ({
      uid: newHomeId(),
      account: 'account' in person ? person.account : null,
      subject: 'subject' in person ? person.subject : null,
      home,
      clientState: claims.clientState,
      generation: Math.max(claims.generation ?? 0, user?.generation ?? 0),
      keysChangedAt: changedAfter(user?.keysChangedAt),
      created: now(),
      replaced: null,
      due: null,
    })
    if (!user) {
      const made = fresh('home' in person ? person.home : homeOf(person.subject))
      return { user: made, changes: [...('home' in person ? [] : [beginHome(made.home, quota)]), put(made)] }
    }
    const former = new Set(all.filter((one) => one !== user).map(({ clientState }) => clientState))
    if (!isLastWord) checkClaims(user, former, claims)
    if (claims.clientState !== user.clientState) {
      if (all.length >= maxStates) throw clientStateError('Too many client-state values')
      const made = fresh(user.home)
      const replaced = { ...user, replaced: now(), due: now() + replacedKept }
      return { user: made, changes: [put(replaced), put(made)] }
    }
    const generation = Math.max(claims.generation ?? 0, user.generation)
    const moved = { ...user, generation, keysChangedAt: changedAfter(user.keysChangedAt) }
    if (generation === user.generation && moved.keysChangedAt === user.keysChangedAt)
      return { user, changes: [] }
    return { user: moved, changes: [put(moved)] }
  }

  /** Runs a plan over these rows under the lock of the home, if it changes anything. */
  async function settle(
    where: Row,
    home: number,
    planned: (rows: readonly Row[]) => { user: SyncUser; changes: Change[] },
  ): Promise<SyncUser> {
    const first = planned(await store.rows('sync_user', where, { limit: maxStates }))
    if (first.changes.length === 0) return first.user
    return store.commit({
      homes: [home],
      needs: [{ kind: 'rows', table: 'sync_user', where, lock: true }],
      plan(work) {
        const { user, changes } = planned((work as View).rows('sync_user', where))
        stepRequest({ changes }).plan(work)
        return user
      },
    })
  }

  return {
    async byUid(uid) {
      const [row] = await store.rows('sync_user', { uid })
      return row && userOf(row)
    },

    async ofAccount(account) {
      const rows = await store.rows('sync_user', { account_id: account }, { limit: maxStates })
      return rows.map(userOf).find(({ replaced }) => replaced === null)
    },

    allot(person, claims) {
      const where = 'account' in person ? { account_id: person.account } : { subject: person.subject }
      const home = 'home' in person ? person.home : homeOf(person.subject)
      return settle(where, home, (rows) => plan(rows, person, claims))
    },

    guest(uid) {
      const subject = `${guestPrefix}${uid}`
      const home = homeOf(subject)
      const user: SyncUser = {
        uid,
        account: null,
        subject,
        home,
        clientState: '',
        generation: 0,
        keysChangedAt: 0,
        created: now(),
        replaced: null,
        due: null,
      }
      return settle({ uid }, home, ([row]) =>
        row ? { user: userOf(row), changes: [] } : { user, changes: [beginHome(home, quota), put(user)] },
      )
    },

    async sweep() {
      const upTo = { column: 'due', value: now() }
      const rows = await store.rows('sync_user', {}, { upTo, limit: 100 })
      for (const user of rows.map(userOf)) {
        const step: Step = {
          changes: [
            { kind: 'drop', home: user.home, path: storagePath(user.uid) },
            put({ ...user, due: null }),
          ],
        }
        await store.commit(stepRequest(step)).catch(async (error: unknown) => {
          if (!(error instanceof Refusal)) throw error
          // A mirror is emptied where it is written to, a home that ended by others: the next ones have their turn.
          await store.commit(stepRequest({ changes: [put({ ...user, due: now() + replacedKept })] }))
        })
      }
      return rows.length
    },
  }
}

const guestPrefix = 'test '

/** Whether it was made for a test suite's token. */
export const isGuest = ({ subject }: SyncUser): boolean => subject?.startsWith(guestPrefix) ?? false

/** Where a storage lies in its home; its collections are below. */
export const storagePath = (uid: number): string => `sync/${uid}`

/** The home of a person without account: the same for two requests that are her first at one time. */
const homeOf = (subject: string): number => sha256(`sync ${subject}`).readUIntBE(0, 6) || 1

const beginHome = (home: number, maxBytes: number): Change => ({
  kind: 'create-home',
  home,
  input: { kind: 'space', owner: null, payer: null, maxBytes },
})

const put = ({ uid, account, subject, home, clientState, keysChangedAt, ...rest }: SyncUser): Change => ({
  kind: 'row',
  table: 'sync_user',
  put: {
    ...rest,
    uid,
    account_id: account,
    subject,
    home_id: home,
    client_state: clientState,
    keys_changed_at: keysChangedAt,
  },
})

const textOf = (cell: Row[string] | undefined) => (cell == null ? null : String(cell))
const numberOf = (cell: Row[string] | undefined) => (cell == null ? null : Number(cell))

const userOf = (row: Row): SyncUser => ({
  uid: Number(row['uid']),
  account: textOf(row['account_id']),
  subject: textOf(row['subject']),
  home: Number(row['home_id']),
  clientState: textOf(row['client_state']) ?? '',
  generation: Number(row['generation'] ?? 0),
  keysChangedAt: Number(row['keys_changed_at'] ?? 0),
  created: Number(row['created'] ?? 0),
  replaced: numberOf(row['replaced']),
  due: numberOf(row['due']),
})
