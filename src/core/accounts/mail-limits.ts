/** How many mails somebody may cause: counted in the store, so that neither a restart nor another process forgets. */
import { keyedHash, sha256Hex } from '../../lib/hash.ts'
import { Refusal } from '../ports.ts'
import { commitStep, type Step } from '../records/index.ts'
import type { Beside, Context } from './context.ts'

export interface MailLimit {
  /** Mails in a day. */
  most: number
  /** Milliseconds between two of them. */
  apart: number
}

const day = 86_400_000

/** What strangers may ask to be sent to one address. */
export const askedLimit: MailLimit = { most: 10, apart: 3 * 60_000 }
/** What is told of one account. */
export const noticeLimit: MailLimit = { most: 50, apart: 0 }

interface Count {
  since: number
  last: number
  count: number
}

/**
 * Counts one more mail under a name, such as `recovery ada@example.org`, in a commit that does not happen if somebody
 * else counts at the same time. `wait` is in seconds; above 0 there is nothing to commit. Names are kept as keyed hashes.
 */
export async function countMail(
  { store, clock, keys }: Pick<Context, 'store' | 'clock' | 'keys'>,
  name: string,
  { most, apart }: MailLimit,
): Promise<{ wait: number; beside: Required<Beside> }> {
  const hash = sha256Hex(keyedHash(keys.derive('mail counts', keys.generations[0]), name))
  const where = { hash }
  const [row] = await store.rows('token', where)
  const now = clock.now()
  const stored = row === undefined ? undefined : (JSON.parse(String(row['data'])) as Count)
  const current = stored && now - stored.since < day ? stored : { since: now, last: -Infinity, count: 0 }
  const wait = current.count >= most ? current.since + day - now : current.last + apart - now
  if (wait > 0) return { wait: Math.ceil(wait / 1_000), beside: { when: [], changes: [] } }
  const next: Count = { since: current.since, last: now, count: current.count + 1 }
  const put = {
    hash,
    kind: 'mail-count',
    grant_id: null,
    account_id: null,
    created: current.since,
    expires: current.since + day,
    data: JSON.stringify(next),
  }
  return {
    wait: 0,
    beside: {
      when: [
        row
          ? { is: 'row-has', table: 'token', where, has: { data: row['data'] ?? null } }
          : { is: 'row-absent', table: 'token', where },
      ],
      changes: [{ kind: 'row', table: 'token', put }],
    },
  }
}

/** Commits what a stranger asked for; nothing where somebody else asks for the same at this moment. */
export async function commitAsked(store: Context['store'], step: Step): Promise<void> {
  try {
    await commitStep(store, step)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
  }
}
