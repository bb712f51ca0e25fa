/**
 * Why a feed does not go on. A door passes the code on, so that its client knows what to do.
 * - `malformed`: the cursor is no text of `epoch.seq`.
 * - `too-old`: below the home's floor; deletions since then may be forgotten. Fetch everything anew.
 * - `start-again`: the cursor is of another epoch (the data was restored) or lies in the future of
 *   this one. What was seen after it may never have happened: fetch everything anew.
 * - `home-absent`: the home does not exist, or has ended.
 * - `too-many`: as many listeners as this process may have; try later.
 */
export type FeedErrorCode = 'malformed' | 'too-old' | 'start-again' | 'home-absent' | 'too-many'

export class FeedError extends Error {
  readonly code: FeedErrorCode

  constructor(code: FeedErrorCode, message: string) {
    super(message)
    this.name = 'FeedError'
    this.code = code
  }
}

/** A place in a home's history: after everything up to the sequence `seq`. */
export interface Cursor {
  epoch: number
  seq: number
}

export function formatCursor({ epoch, seq }: Cursor): string {
  return `${epoch}.${seq}`
}

/** Reads `epoch.seq`, two whole numbers up to 2^53 - 1 without leading zeros. Errors: `malformed`. */
export function parseCursor(text: string): Cursor {
  const [, epoch, seq] = /^(0|[1-9]\d{0,15})\.(0|[1-9]\d{0,15})$/.exec(text) ?? []
  const cursor = { epoch: Number(epoch), seq: Number(seq) }
  if (Number.isSafeInteger(cursor.epoch) && Number.isSafeInteger(cursor.seq)) return cursor
  throw new FeedError('malformed', 'a cursor is two numbers, epoch.seq')
}
