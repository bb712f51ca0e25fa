/** What is over and goes by itself: used-up links, ended sessions, old log entries. Every round is small. */
import { type Clock, type Row, type Store, type TableName, tables } from '../ports.ts'
import { commitSteps } from '../records/index.ts'
import { logLasts } from './log.ts'
import type { RecoveryPart } from './recovery.ts'

/** How long a browser is known that has not come back, in milliseconds. */
export const browserLasts = 400 * 86_400_000

/** Rows of each table in one round. */
const most = 500
/** Milliseconds between two passes. */
const every = 60_000
/** Rounds of one pass: what is left waits for the next. */
const maxRounds = 100

interface Ending {
  table: TableName
  /** The number that says when a row is over, and how long after that. */
  column: string
  lasts: number
}

const endings: readonly Ending[] = [
  { table: 'token', column: 'expires', lasts: 0 },
  { table: 'session', column: 'expires', lasts: 0 },
  { table: 'pairing', column: 'expires', lasts: 0 },
  { table: 'invitation', column: 'expires', lasts: 0 },
  { table: 'recovery', column: 'expires', lasts: 0 },
  { table: 'oidc', column: 'expires', lasts: 0 },
  { table: 'oauth_client', column: 'expires', lasts: 0 },
  { table: 'browser', column: 'seen', lasts: browserLasts },
  { table: 'log_entry', column: 'created', lasts: logLasts },
  { table: 'name', column: 'until', lasts: 0 },
  { table: 'oidc', column: 'expires', lasts: 0 },
  { table: 'oauth_client', column: 'expires', lasts: 0 },
]

export interface AccountSweeps {
  start(): void
  /** One round; how many rows went, and whether there may be more. */
  round(): Promise<{ removed: number; more: boolean }>
  /** Ends what runs and waits for it. */
  stop(): Promise<void>
}

export function createAccountSweeps({
  store,
  clock,
  accounts,
  onError,
}: {
  store: Pick<Store, 'rows' | 'commit'>
  clock: Clock
  accounts: Pick<RecoveryPart, 'announceReady'>
  onError(error: unknown): void
}): AccountSweeps {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined

  async function sweep({ table, column, lasts }: Ending): Promise<{ removed: number; more: boolean }> {
    const upTo = { column, value: clock.now() - lasts }
    const rows = await store.rows(table, {}, { upTo, limit: most })
    const results = await commitSteps(
      store,
      rows.map((row) => {
        const where: Row = Object.fromEntries(tables[table].key.map((name) => [name, row[name] ?? null]))
        // One that was renewed meanwhile stays.
        const has = { [column]: row[column] ?? null }
        return {
          when: [{ is: 'row-has' as const, table, where, has }],
          changes: [{ kind: 'row' as const, table, remove: where }],
        }
      }),
    )
    return { removed: results.filter(({ ok }) => ok).length, more: rows.length === most }
  }

  async function round() {
    let removed = 0
    let more = false
    for (const ending of endings) {
      const swept = await sweep(ending)
      removed += swept.removed
      more ||= swept.more
    }
    return { removed, more }
  }

  async function pass(): Promise<void> {
    await accounts.announceReady(most)
    for (let rounds = 0; rounds < maxRounds && !stopped && (await round()).more; rounds++)
      await new Promise((resolve) => setImmediate(resolve))
  }

  const begin = () => {
    running ??= pass()
      .catch(onError)
      .finally(() => (running = undefined))
  }

  return {
    start() {
      begin()
      timer = setInterval(begin, every).unref()
    },
    round,
    async stop() {
      stopped = true
      clearInterval(timer)
      await running
    },
  }
}
