/** Somebody who follows a home by its feed alone: what she was told has to be what is stored. */
import assert from 'node:assert/strict'
import { createFeed, type FeedEvent, parseCursor } from '../../src/core/feed/index.ts'
import type { Bus, Change, Reads, RecordRow } from '../../src/core/ports.ts'
import type { Snapshot } from './examine.ts'

export interface Listener {
  /** Goes on from the last cursor until `stop`. */
  follow(store: Pick<Reads, 'changes'>): void
  stop(): Promise<void>
  /** Goes on from the last cursor to the present. */
  catchUp(store: Pick<Reads, 'changes'>): Promise<void>
  /** Checks that what was told is what is there. */
  compare(snapshot: Snapshot): void
  /** Changes that were told while they happened, and all of them. */
  readonly told: { live: number; all: number }
}

/** Events come from another process: only looking tells. */
const deaf: Pick<Bus, 'listen'> = { listen: () => () => {} }

export function createListener(home: number): Listener {
  const records = new Map<string, RecordRow>()
  const contents = new Map<string, number | null>()
  const readers = new Map<string, Set<string>>()
  const told = { live: 0, all: 0 }
  let cursor: string | undefined
  let following: { signal: AbortController; ended: Promise<void> } | undefined

  function take(event: FeedEvent): void {
    const { seq } = parseCursor(event.cursor)
    const last = cursor === undefined ? -1 : parseCursor(cursor).seq
    if (event.kind === 'change') {
      assert.ok(seq > last, `the feed gave number ${seq} after ${last}`)
      assert.equal(event.change.seq, seq)
      apply(event.change)
      told.all++
    }
    cursor = event.cursor
  }

  function apply(change: Change): void {
    switch (change.kind) {
      case 'record':
        records.set(`${change.path}\0${change.record.id}`, change.record)
        return
      case 'collection': {
        const { path, cid } = change.collection
        contents.set(path, cid)
        for (const [key, row] of records)
          if (key.startsWith(`${path}\0`) && row.cid !== cid) records.delete(key)
        return
      }
      case 'access': {
        const { path, principal, bits } = change.access
        const here = readers.get(path) ?? new Set()
        if (bits === 0) here.delete(principal)
        else here.add(principal)
        readers.set(path, here)
      }
    }
  }

  async function listen(
    store: Pick<Reads, 'changes'>,
    signal: AbortSignal,
    until: (event: FeedEvent) => boolean,
  ): Promise<void> {
    const feed = createFeed({ store, bus: deaf, lookEvery: 5 })
    for await (const event of feed.listen(home, cursor, { signal, pageSize: 50 })) {
      take(event)
      if (until(event)) return
    }
  }

  return {
    told,
    follow(store) {
      const signal = new AbortController()
      const before = told.all
      const ended = listen(store, signal.signal, () => false).then(
        () => void (told.live += told.all - before),
      )
      following = { signal, ended }
    },
    async stop() {
      following?.signal.abort()
      await following?.ended
      following = undefined
    },
    catchUp: (store) => listen(store, new AbortController().signal, ({ kind }) => kind === 'live'),

    compare({ home: row, places, access }) {
      assert.equal(cursor, `${row.epoch}.${row.seq}`)
      const stored = [...places].flatMap(([path, place]) =>
        [...place.records.values()].map(({ id, seq, modified, deleted, data }) => [
          `${path}\0${id}`,
          { seq, modified, deleted, data },
        ]),
      )
      const heard = [...records].map(([key, { seq, modified, deleted, data }]) => [
        key,
        { seq, modified, deleted, data },
      ])
      assert.deepEqual(Object.fromEntries(heard), Object.fromEntries(stored), 'what the feed told')
      for (const [path, place] of places)
        assert.equal(contents.get(path), place.row.cid, `content of ${path}`)
      const entries = [...readers].map(([path, principals]) => [path, [...principals].toSorted()] as const)
      assert.deepEqual(
        new Map(entries.filter(([, principals]) => principals.length > 0)),
        access,
        'what the feed told of permissions',
      )
    },
  }
}
