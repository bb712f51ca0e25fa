import type { Bus, Change, ChangesRead, Reads } from '../ports.ts'
import { createBell } from './bell.ts'
import { FeedError, formatCursor, parseCursor } from './cursor.ts'

/**
 * What a listener is given. `cursor` is the place right after it, from which another listener can go
 * on; `permSeq` is the home's permission version in the snapshot that was read.
 * - `change`: one changed record, collection row or permission entry.
 * - `live`: nothing more is known. Comes when the backfill has ended, and whenever nothing more is
 *   known and the cursor or the permission version is not what the last event said, as happens where
 *   the filter held changes back.
 */
export type FeedEvent =
  | { kind: 'change'; cursor: string; permSeq: number; change: Change }
  | { kind: 'live'; cursor: string; permSeq: number }

export interface ListenOptions {
  /** Ends the iteration, also where it waits. */
  signal: AbortSignal
  /** Which changes to give; all without it. */
  filter?(change: Change): boolean
  /** Changes read at a time, 1 to 1,000, and so the most that is held in memory; 100 unless told. */
  pageSize?: number
}

export interface Feed {
  /**
   * Everything that changed in the home after the cursor, in the order of sequence numbers, each
   * number once, without end: first what the store has, then what happens. What changed again before
   * it was read appears once, at its last number. Without a cursor it begins with all that is there.
   *
   * Nothing is read ahead of the consumer but the rest of a page, so a slow one costs nothing and
   * finds the rest in the store. Wake-ups of the bus are hints; where they get lost, a look at the
   * store every `lookEvery` ms finds what they would have told.
   *
   * Ends without error when the signal aborts. Errors, thrown by the iteration, at its beginning or
   * later (a restore, a floor that overtook a slow consumer, the home's end): `FeedError`; the store's.
   */
  listen(home: number, cursor: string | undefined, options: ListenOptions): AsyncGenerator<FeedEvent, void>

  /** The present place: listening from it gives what happens from now on. Errors: `home-absent`. */
  cursor(home: number): Promise<string>
}

export interface FeedParts {
  /** `changes` has to give its numbers and its changes from one snapshot. */
  store: Pick<Reads, 'changes'>
  bus: Pick<Bus, 'listen'>
  /** Longest time between two looks at the store, in ms; 5,000 unless told. */
  lookEvery?: number
  /** Most listeners at a time; 10,000 unless told. */
  maxListeners?: number
}

export function createFeed({ store, bus, lookEvery = 5000, maxListeners = 10_000 }: FeedParts): Feed {
  let listeners = 0

  async function* listen(
    home: number,
    cursor: string | undefined,
    { signal, filter, pageSize = 100 }: ListenOptions,
  ): AsyncGenerator<FeedEvent, void> {
    if (listeners >= maxListeners) throw new FeedError('too-many', `there are ${listeners} listeners already`)
    const place = createPlace(cursor)
    const bell = createBell(signal)
    // Before the first look, so that whatever a look does not see yet will ring.
    const stop = bus.listen(home, bell.ring)
    listeners++
    try {
      // What the last event said; nothing before the first `live`.
      let said = ''
      while (!signal.aborted) {
        bell.mute()
        const page = place.accept(await store.changes(home, { since: place.seq, limit: pageSize }))
        for (const change of page.changes) {
          if (signal.aborted) return
          place.seq = change.seq
          if (filter !== undefined && !filter(change)) continue
          if (said !== '') said = `${place.cursor()} ${page.permSeq}`
          yield { kind: 'change', cursor: place.cursor(), permSeq: page.permSeq, change }
        }
        // At the end there may be numbers without a change: of what expired or was purged.
        if (page.changes.length > 0 && place.seq < page.seq) continue
        place.seq = Math.max(place.seq, page.seq)
        const here = `${place.cursor()} ${page.permSeq}`
        if (here !== said && !signal.aborted) {
          said = here
          yield { kind: 'live', cursor: place.cursor(), permSeq: page.permSeq }
        }
        await bell.wait(lookEvery)
      }
    } finally {
      listeners--
      stop()
      bell.close()
    }
  }

  async function cursor(home: number): Promise<string> {
    const page = await store.changes(home, { since: Number.MAX_SAFE_INTEGER, limit: 1 })
    return formatCursor(existing(page))
  }

  return { listen, cursor }
}

/** Where a listener is in its home's history, and whether it can go on from there. */
function createPlace(cursor: string | undefined) {
  const start = cursor === undefined ? undefined : parseCursor(cursor)
  let epoch = start?.epoch
  // Who begins with all that is there was never given what had been forgotten before.
  let harmlessFloor = 0

  return {
    seq: start?.seq ?? 0,

    cursor(): string {
      return formatCursor({ epoch: epoch ?? 0, seq: this.seq })
    },

    /** The page, if it goes on from here. Errors: `home-absent`, `start-again`, `too-old`. */
    accept(page: ChangesRead | undefined): ChangesRead {
      const found = existing(page)
      if (epoch === undefined) {
        epoch = found.epoch
        harmlessFloor = found.floorSeq
      }
      if (found.epoch !== epoch || found.seq < this.seq) {
        throw new FeedError('start-again', 'the cursor is of another history of this home')
      }
      if (this.seq < found.floorSeq && found.floorSeq > harmlessFloor) {
        throw new FeedError('too-old', 'deletions since the cursor are forgotten')
      }
      return found
    },
  }
}

function existing(page: ChangesRead | undefined): ChangesRead {
  if (page === undefined) throw new FeedError('home-absent', 'there is no such home')
  return page
}
