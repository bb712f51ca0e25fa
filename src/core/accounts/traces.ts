/**
 * What speaks of an account in rows that are not its own: whom it invited, what it did as an administrator, what was
 * done about it. Those rows stay, and say `gone` in place of who it was.
 */
import { accountPrincipal, parsePrincipal } from '../permissions/index.ts'
import { Refusal, type Row, type Session, type Store } from '../ports.ts'
import { type Change, commitStep } from '../records/index.ts'
import { alter, type Context } from './context.ts'
import type { Account } from './types.ts'

/** In place of the id of an account that was purged. No id is that short. */
export const gone = 'gone'

const pageRows = 500

/** Marks of accounts that ended, by principal: what is left of them in the homes of others is still to be taken out. */
const markKind = 'gone'

/** The mark of an account, in the transaction that ends it: so that no failure in between leaves anything behind. */
export const goneMark = ({ id, home }: Account): Change => ({
  kind: 'row',
  table: 'name',
  put: { kind: markKind, name: accountPrincipal(id), home_id: home, owner: null, until: null },
})

/**
 * Takes accounts that ended out of all homes, and out of rows that were written while they did. Looks at every home
 * there is; nothing waits for it.
 */
export async function forgetGone(context: Context): Promise<void> {
  const { store } = context
  for (const { name, home_id: own } of await store.rows('name', { kind: markKind }, { limit: pageRows })) {
    const principal = String(name)
    const person = { principal, home: Number(own) }
    for (let after: number | undefined; ;) {
      const homes = await store.homes({ limit: pageRows, ...(after === undefined ? {} : { after }) })
      for (const { id } of homes) await store.forgetPerson(id, person)
      if (homes.length < pageRows) break
      after = homes.at(-1)?.id
    }
    const parsed = parsePrincipal(principal)
    if (parsed.kind === 'account') await forgetTraces(context, { id: parsed.account })
    const remove = { kind: markKind, name: principal }
    await commitStep(store, { changes: [{ kind: 'row', table: 'name', remove }] })
  }
}

/** Takes an account out of the directory's rows of others: before it ends, and again when `forgetGone` comes to it. */
export async function forgetTraces(context: Context, { id }: Pick<Account, 'id'>): Promise<void> {
  const { store } = context
  for await (const { account_id: invited } of found(store, 'account', { invited_by: id }))
    await alter(context, String(invited), () => ({ set: { invitedBy: null } })).catch(ended)
  await rewrite(
    store,
    'log_entry',
    { actor: id },
    ({ actor }) => actor === id,
    (row) => ({
      ...row,
      actor: gone,
      // From where it was done tells of her as well; the name may be hers.
      details: '{}',
      address: null,
      agent: null,
    }),
  )
  // Few rows, that nothing finds by who wrote them.
  const setBy = ({ by_account: by }: Row) => by === id
  await rewrite(store, 'setting', {}, setBy, (row) => ({ ...row, by_account: null }))
  const askedBy = ({ asked_by: by }: Row) => by === id
  await rewrite(store, 'recovery', {}, askedBy, (row) => ({ ...row, asked_by: null }))
}

/** What the log says of an account's own affairs goes; of what administrators did about it, the bare act stays. */
export async function logRemoval(reads: Pick<Session, 'rows'>, { id }: Account): Promise<Change[]> {
  const changes: Change[] = [{ kind: 'row', table: 'log_entry', remove: { account_id: id } }]
  for await (const row of found(reads, 'log_entry', { account_id: id }))
    if (row['area'] === 'server') {
      const put = { ...row, account_id: gone, details: '{}' }
      changes.push({ kind: 'row', table: 'log_entry', put })
    }
  return changes
}

const ended = (error: unknown) => {
  if ((error as { code?: unknown }).code !== 'account-absent') throw error
}

type Table = 'account' | 'log_entry' | 'setting' | 'recovery'

async function* found(reads: Pick<Session, 'rows'>, table: Table, where: Row): AsyncGenerator<Row> {
  for (let after: Row | undefined; ;) {
    const rows = await reads.rows(table, where, { limit: pageRows, ...(after ? { after } : {}) })
    yield* rows
    if (rows.length < pageRows) return
    after = rows.at(-1)
  }
}

/** Rewrites rows one by one, each only if nobody changed it meanwhile. */
async function rewrite(
  store: Pick<Store, 'rows' | 'commit'>,
  table: Exclude<Table, 'account'>,
  where: Row,
  is: (row: Row) => boolean,
  next: (row: Row) => Row,
): Promise<void> {
  const key = { log_entry: 'entry_id', setting: 'name', recovery: 'account_id' }[table]
  for await (const row of found(store, table, where)) {
    if (!is(row)) continue
    const change = { kind: 'row', table, put: next(row) } as const
    const same = { is: 'row-has', table, where: { [key]: row[key] ?? null }, has: row } as const
    await commitStep(store, { when: [same], changes: [change] }).catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error
    })
  }
}
