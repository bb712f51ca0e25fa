/**
 * What speaks of an account in rows that are not its own: whom it invited, what it did as an administrator, what was
 * done about it. Those rows stay, and say `gone` in place of who it was.
 */
import { Refusal, type Row, type Session, type Store } from '../ports.ts'
import { type Change, commitStep } from '../records/index.ts'
import { alter, type Context } from './context.ts'
import type { Account } from './types.ts'

/** In place of the id of an account that was purged. No id is that short. */
export const gone = 'gone'

const pageRows = 500

/** Takes an account out of the rows of others: before it ends, and again afterwards for what was written meanwhile. */
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
