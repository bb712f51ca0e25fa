/** Queues and staged batches in a transaction. */
import type { QueueRow, StagedRow, Writes } from '../ports.ts'
import type { Journal } from './journal.ts'
import { key } from './keys.ts'

export interface Waiting {
  /** A queue, or with a topic its item of that topic. */
  loadQueue(home: number, name: string, topic: string | undefined, rows: QueueRow[]): void
  queue(home: number, name: string, topic?: string): QueueRow[]
  enqueue(row: QueueRow): void
  unqueue(row: QueueRow): void
  loadStaged(home: number, batch: string, rows: StagedRow[]): void
  staged(home: number, batch: string): StagedRow[]
  stage(home: number, batch: string, rows: StagedRow[]): void
  /** Forgets a batch. */
  unstage(home: number, batch: string): void
  take(): Pick<Writes, 'queued' | 'unqueued' | 'staged' | 'unstaged'>
}

export function createWaiting(journal: Journal): Waiting {
  const queues = new Map<string, QueueRow[]>()
  const batches = new Map<string, StagedRow[]>()
  let pending = nothing()

  function staged(home: number, batch: string): StagedRow[] {
    const rows = batches.get(key(home, batch))
    if (!rows) throw new Error(`batch ${batch} was not named in the commit`)
    return rows
  }

  return {
    loadQueue(home, name, topic, rows) {
      queues.set(queueKey(home, name, topic), rows)
    },
    queue(home, name, topic) {
      const rows = queues.get(queueKey(home, name, topic))
      if (!rows) throw new Error(`queue ${name} was not named in the commit`)
      return rows
    },
    enqueue(row) {
      const { home, name, topic } = row
      for (const at of new Set([queueKey(home, name), queueKey(home, name, topic ?? undefined)])) {
        const rows = queues.get(at)
        if (rows) journal.set(queues, at, [...rows, row])
      }
      journal.set(pending.queued, itemKey(row), row)
    },
    unqueue(row) {
      const own = itemKey(row)
      // It may have been loaded twice: with its queue, and by its topic.
      for (const [at, rows] of queues) {
        const rest = rows.filter((other) => itemKey(other) !== own)
        if (rest.length < rows.length) journal.set(queues, at, rest)
      }
      if (pending.queued.has(own)) journal.delete(pending.queued, own)
      else journal.push(pending.unqueued, { home: row.home, name: row.name, ord: row.ord })
    },

    loadStaged(home, batch, rows) {
      batches.set(key(home, batch), rows)
    },
    staged,
    stage(home, batch, rows) {
      const at = key(home, batch)
      const known = batches.get(at)
      if (known) journal.set(batches, at, [...known, ...rows])
      journal.set(pending.staged, at, [...(pending.staged.get(at) ?? []), ...rows])
    },
    unstage(home, batch) {
      const at = key(home, batch)
      journal.set(batches, at, [])
      journal.delete(pending.staged, at)
      journal.push(pending.unstaged, { home, batch })
    },

    take() {
      const { queued, unqueued, staged: rows, unstaged } = pending
      pending = nothing()
      return { queued: [...queued.values()], unqueued, staged: [...rows.values()].flat(), unstaged }
    },
  }
}

function nothing() {
  return {
    queued: new Map<string, QueueRow>(),
    unqueued: [] as Writes['unqueued'],
    /** By batch. */
    staged: new Map<string, StagedRow[]>(),
    unstaged: [] as Writes['unstaged'],
  }
}

const queueKey = (home: number, name: string, topic?: string) =>
  topic === undefined ? key(home, name) : `${key(home, name)}\0${topic}`

const itemKey = (row: QueueRow) => `${key(row.home, row.name)}\0${row.ord}`
