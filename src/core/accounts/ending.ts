/** Accounts end, and everything that hangs on them ends or passes on in the same transaction. */
import type { HomeRow, Row, Session } from '../ports.ts'
import { accountPrincipal, ADMIN, has, imply, parsePrincipal } from '../permissions/index.ts'
import { type Change, commitStep } from '../records/index.ts'
import { absent, accountById, type Context, fail, unchanged } from './context.ts'
import { removals } from './grants.ts'
import { forgetTraces, goneMark, logRemoval } from './traces.ts'
import type { Account, Accounts } from './types.ts'

/** How long a space lasts that nobody took over, in milliseconds. */
export const spaceNotice = 30 * 86_400_000

/** The paths at which a space says who administers all of it. */
const spaceRoots = ['', 'kinto']

const pageRows = 1000

/** The tables whose rows are an account's own; `log_entry` has some that are not. */
const ofAccount = [
  'credential',
  'token',
  'app_grant',
  'grant_use',
  'oidc',
  'session',
  'browser',
  'identity',
  'address',
  'recovery',
  'invitation',
  'pairing',
  'outgoing_mail',
  'account',
] as const

type EndingPart = Pick<Accounts, 'remove' | 'flush'>

export function createEnding(context: Context): EndingPart {
  const { store, clock, names, purges } = context

  async function end(id: string, expected: number | undefined, keepName: boolean): Promise<number> {
    const account = await accountById(store, id)
    if (account === undefined) throw absent()
    if (account.role === 'owner') throw fail('owner-stays', 'the owner cannot be deleted')
    await forgetTraces(context, account)
    const spaces = await spacesOf(account.home)
    const shares = await sharesOf(store, account)
    const groups = await groupsWith(store, id)
    const homes = new Set([
      account.home,
      ...spaces,
      ...shares.map((row) => Number(row['home_id'])),
      ...groups,
    ])
    const now = await store.session([...homes], (session) =>
      within(session, id, expected, { keepName, spaces, shares }),
    )
    // What was made while this ran, by a request that had begun before.
    for (const space of await spacesOf(account.home)) {
      await store.session([space], (session) => passOn(session, space, account))
    }
    return now
  }

  async function spacesOf(payer: number): Promise<number[]> {
    const spaces: number[] = []
    for (;;) {
      const after = spaces.at(-1)
      const page = await store.homes({ payer, limit: pageRows, ...(after === undefined ? {} : { after }) })
      spaces.push(...page.filter((home) => home.payer === payer).map((home) => home.id))
      if (page.length < pageRows) return spaces
    }
  }

  async function within(
    session: Session,
    id: string,
    expected: number | undefined,
    { keepName, spaces, shares }: { keepName: boolean; spaces: readonly number[]; shares: readonly Row[] },
  ): Promise<number> {
    const account = await accountById(session, id)
    if (account === undefined) throw absent()
    if (expected !== undefined && account.modified !== expected) {
      throw fail('account-changed', 'the account was changed', { modified: account.modified })
    }
    for (const purge of purges) await purge(session, account)
    for (const space of spaces) await passOn(session, space, account)
    for (const row of shares) await withdraw(session, row)
    const now = Math.max(clock.now(), account.modified + 1)
    const principal = accountPrincipal(id)
    const groups = await groupsIn(session, account.home)
    const grants = await all(session, 'app_grant', { account_id: id })
    const changes: Change[] = [
      ...removals(ofAccount, { account_id: id }),
      ...(await logRemoval(session, account)),
      ...(await names.held(session, account.home)).map((row) =>
        keepName
          ? names.leave(row, account.door)
          : remove('name', { kind: 'login', name: row['name'] ?? null }),
      ),
      ...grants.map((row): Change => remove('grant_scope', { grant_id: row['grant_id'] ?? null })),
      ...[...groups].map((group) => remove('membership', { group_principal: group })),
      remove('membership', { principal }),
      remove('shared_with', { principal }),
      // What she shared from her home goes with it.
      remove('shared_with', { home_id: account.home }),
      remove('grant_scope', { home_id: account.home }),
      { kind: 'alter-home', home: account.home, set: { state: 'ended', owner: null } },
    ]
    if (keepName) changes.push(names.reserve(account.folded, account.door), goneMark(account))
    await commitStep(session, { when: [unchanged(account)], changes })
    return now
  }

  /** Gives a space to somebody who administers it, or announces its end. */
  async function passOn(session: Session, space: number, leaving: Account): Promise<void> {
    const home = await session.home(space)
    if (home === undefined || home.state === 'ended') return
    const heir = await heirOf(session, home, leaving)
    const set = heir
      ? { owner: accountPrincipal(heir.id), payer: heir.home }
      : // Nobody pays for it any more, so it does not grow.
        { owner: null, payer: null, maxBytes: home.bytes, ends: clock.now() + spaceNotice }
    await commitStep(session, { changes: [{ kind: 'alter-home', home: space, set }] })
  }

  /** The owner if that is another, else an active account that administers, by itself before by a group. */
  async function heirOf(session: Session, home: HomeRow, leaving: Account): Promise<Account | undefined> {
    const now = clock.now()
    const { entries } = await session.access(home.id, spaceRoots)
    const administrators = entries
      .filter((entry) => has(imply(entry.bits), ADMIN) && (entry.expires === null || entry.expires > now))
      .sort((a, b) => a.seq - b.seq)
      .map((entry) => entry.principal)
    const holders = home.owner === null ? administrators : [home.owner, ...administrators]
    const members: string[] = []
    for (const holder of holders) {
      if (parsePrincipal(holder).kind !== 'group') continue
      const rows = await session.rows('membership', { group_principal: holder }, { limit: pageRows })
      members.push(...rows.map((row) => String(row['principal'])))
    }
    for (const holder of [...holders, ...members]) {
      const principal = parsePrincipal(holder)
      if (principal.kind !== 'account' || principal.account === leaving.id) continue
      const account = await accountById(session, principal.account)
      if (account?.state === 'active') return account
    }
    return undefined
  }

  return {
    remove: (id, expected) => end(id, expected, true),

    async flush(door) {
      let count = 0
      let after: Row | undefined
      do {
        const rows = await store.rows('account', {}, { limit: pageRows, ...(after ? { after } : {}) })
        for (const { account_id: id, door: made, role } of rows) {
          if (made !== door || role === 'owner' || (await isUsedBeside(String(id), door))) continue
          await end(String(id), undefined, false)
          count++
        }
        after = rows.length < pageRows ? undefined : rows.at(-1)
      } while (after)
      const changes = await names.release(store, door)
      if (changes.length > 0) await commitStep(store, { changes })
      return count
    },
  }

  /** Whether an account has something that another door, or a page, let it have. */
  async function isUsedBeside(id: string, door: string): Promise<boolean> {
    const grants = await store.rows('app_grant', { account_id: id })
    const pages = await store.rows('credential', { account_id: id, kind: 'page' })
    return pages.length > 0 || grants.some((row) => row['door'] !== door)
  }
}

const remove = (table: (Change & { kind: 'row' })['table'], where: Row): Change => ({
  kind: 'row',
  table,
  remove: where,
})

/** What is shared with an account and with the groups of its home. */
async function sharesOf(reads: Pick<Session, 'rows'>, account: Account): Promise<Row[]> {
  const rows = await all(reads, 'shared_with', { principal: accountPrincipal(account.id) })
  const prefix = { column: 'principal', value: `group:${account.home}:` }
  return [...rows, ...(await all(reads, 'shared_with', {}, prefix))].filter(
    (row) => row['home_id'] !== account.home,
  )
}

/** Principals of the groups of a home that have members. */
async function groupsIn(reads: Pick<Session, 'rows'>, home: number): Promise<Set<string>> {
  const rows = await all(reads, 'membership', {}, { column: 'group_principal', value: `group:${home}:` })
  return new Set(rows.map((row) => String(row['group_principal'])))
}

/** The homes of the groups that an account is in. */
async function groupsWith(reads: Pick<Session, 'rows'>, id: string): Promise<number[]> {
  const rows = await all(reads, 'membership', { principal: accountPrincipal(id) })
  return rows.flatMap((row) => {
    const group = parsePrincipal(String(row['group_principal']))
    return group.kind === 'group' ? [group.home] : []
  })
}

async function all(
  reads: Pick<Session, 'rows'>,
  table: 'shared_with' | 'membership' | 'app_grant',
  where: Row,
  prefix?: { column: string; value: string },
): Promise<Row[]> {
  const found: Row[] = []
  for (let after: Row | undefined; ; after = found.at(-1)) {
    const page = { limit: pageRows, ...(prefix ? { prefix } : {}), ...(after ? { after } : {}) }
    const rows = await reads.rows(table, where, page)
    found.push(...rows)
    if (rows.length < pageRows) return found
  }
}

/** Removes the entries that one row of the directory stands for, and the row. */
async function withdraw(session: Session, row: Row): Promise<void> {
  const [home, path, principal] = [Number(row['home_id']), String(row['path']), String(row['principal'])]
  const { entries } = await session.access(home, [path])
  const live = (await session.home(home))?.state === 'active'
  const changes = entries
    .filter((entry) => live && entry.principal === principal && entry.bits !== 0)
    .map((entry): Change => ({ kind: 'access', home, path, principal, source: entry.source, bits: 0 }))
  changes.push(remove('shared_with', { principal, home_id: home, path }))
  await commitStep(session, { changes })
}
