/** What was done, and by whom: each person reads what concerns her, administrators what concerns the server. */
import { randomBase32 } from '../../lib/ids.ts'
import type { JsonObject } from '../../lib/json/index.ts'
import type { Row } from '../ports.ts'
import type { Change } from '../records/index.ts'
import type { Context } from './context.ts'

/** `server`: acts of administration, which administrators read too; `person`: her own, which only she reads. */
export type LogArea = 'person' | 'server'

export interface LogEntry {
  id: string
  /** Whom it concerns; null: the server. */
  account: string | null
  area: LogArea
  /** A word of the pages' list, such as `signed-in` or `passkey-added`. */
  act: string
  /** The account that did it; null: nobody signed in, or the operator at the command line. */
  actor: string | null
  /** What the sentence about it needs; never a secret or a content. */
  details: JsonObject
  /** Prefix of the address, and the browser in a few words. */
  address: string | null
  agent: string | null
  created: number
}

export type NewLogEntry = Pick<LogEntry, 'account' | 'act'> &
  Partial<Pick<LogEntry, 'area' | 'actor' | 'details' | 'address' | 'agent'>>

/** How long entries are kept, in milliseconds. */
export const logLasts = 400 * 86_400_000

const farthest = 99_999_999_999_999

let lastMoment = 0
let sameMoment = 0

/** Counts down, so that the newest entries come first in the order of the key; within a moment, those of one process. */
export function entryId(now: number): string {
  sameMoment = now === lastMoment ? sameMoment + 1 : 0
  lastMoment = now
  const place = String(999_999 - (sameMoment % 1_000_000)).padStart(6, '0')
  return `${String(farthest - now).padStart(14, '0')}-${place}-${randomBase32(40)}`
}

/** The change that writes an entry, in the commit of what it speaks of. */
export function logChange(now: number, entry: NewLogEntry): Change {
  const { account, act, area = 'person', actor = account, details = {}, address = null, agent = null } = entry
  const put = {
    entry_id: entryId(now),
    account_id: account,
    area,
    act,
    actor,
    details: JSON.stringify(details),
    address,
    agent,
    created: now,
  }
  return { kind: 'row', table: 'log_entry', put }
}

export function logEntryOf(row: Row): LogEntry {
  const text = (column: string) => (row[column] == null ? null : String(row[column]))
  return {
    id: String(row['entry_id']),
    account: text('account_id'),
    area: String(row['area']) as LogArea,
    act: String(row['act']),
    actor: text('actor'),
    details: JSON.parse(text('details') ?? '{}') as JsonObject,
    address: text('address'),
    agent: text('agent'),
    created: Number(row['created']),
  }
}

export interface LogPart {
  /** What concerns an account, newest first, at most `limit` (1 to 500) behind `after` (an entry's id). */
  logOf(account: string, page: { after?: string; limit: number }): Promise<LogEntry[]>
  /** The acts of administration, newest first. */
  serverLog(page: { after?: string; limit: number }): Promise<LogEntry[]>
}

export function createLog({ store }: Pick<Context, 'store'>): LogPart {
  const read = async (where: Row, { after, limit }: { after?: string; limit: number }) => {
    const page = {
      limit: Math.min(Math.max(1, limit), 500),
      ...(after ? { after: { entry_id: after } } : {}),
    }
    return (await store.rows('log_entry', where, page)).map(logEntryOf)
  }
  return {
    logOf: (account, page) => read({ account_id: account }, page),
    serverLog: (page) => read({ area: 'server' }, page),
  }
}
