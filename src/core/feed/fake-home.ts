import type { Change, ChangesRead, HomeEvent, RecordRow } from '../ports.ts'

/** A home in memory, as far as a feed sees it: for tests of what follows changes. */
export interface FakeHome {
  readonly id: number
  /** Everything that was ever written, in order: the record's id at the index of its number less 1. */
  readonly written: { id: string; deleted: boolean }[]
  /** Writes or deletes a record, and gives the event that a store would send. */
  write(id: string, deleted?: boolean): HomeEvent
  /** Moves the permission version alone. */
  allow(): HomeEvent
  /** Forgets the tombstones up to this number, and raises the floor to it. */
  forget(upTo: number): void
  /** A restore: a later epoch, and nothing after this number. */
  restore(upTo: number): void
  end(): void
  /** What the store's `changes` gives, from one snapshot. */
  changes(page: { since: number; limit: number }): ChangesRead | undefined
}

export function createFakeHome(id = 7): FakeHome {
  let latest = new Map<string, RecordRow>()
  const written: FakeHome['written'] = []
  let home: Omit<ChangesRead, 'changes'> | undefined = { epoch: 1000, seq: 0, floorSeq: 0, permSeq: 1 }

  const present = () => {
    if (home === undefined) throw new Error('the home has ended')
    return home
  }
  const event = (): HomeEvent => {
    const { epoch, seq, permSeq } = present()
    return { home: id, epoch, seq, permSeq }
  }

  return {
    id,
    written,
    write(record, deleted = false) {
      const seq = ++present().seq
      latest.set(record, rowOf(id, record, seq, deleted))
      written.push({ id: record, deleted })
      return event()
    },
    allow() {
      present().permSeq++
      return event()
    },
    forget(upTo) {
      present().floorSeq = upTo
      latest = new Map([...latest].filter(([, row]) => !row.deleted || row.seq > upTo))
    },
    restore(upTo) {
      const before = present()
      home = { ...before, epoch: before.epoch + 1000, seq: upTo }
      latest = new Map([...latest].filter(([, row]) => row.seq <= upTo))
    },
    end() {
      home = undefined
    },
    changes({ since, limit }) {
      if (home === undefined) return undefined
      const after = [...latest.values()].filter((row) => row.seq > since).toSorted((a, b) => a.seq - b.seq)
      const changes = after.slice(0, limit).map((record): Change => ({
        kind: 'record',
        seq: record.seq,
        path: 'kinto/collections/c/records',
        record,
      }))
      return { ...home, changes }
    },
  }
}

function rowOf(home: number, id: string, seq: number, deleted: boolean): RecordRow {
  const rest = { owner: null, expires: null, type: null, size: 2, data: '{}', body: null, blob: null }
  return { home, cid: 1, id, modified: seq, seq, deleted, ...rest }
}
