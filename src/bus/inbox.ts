import type { HomeEvent, Wake } from '../core/ports.ts'

const maxHomes = 4096
const maxCollections = 16
const maxPathCharacters = 2048

/** What waits for one receiver: one event a home, and `look` in place of all when homes get too many. */
export interface Inbox {
  put(wake: Wake): void
  /** Takes what waits out of it: `look` first, then the homes in the order in which they came. */
  take(): Wake[]
}

export function createInbox(): Inbox {
  const waiting = new Map<number, HomeEvent>()
  let look = false

  function put(wake: Wake): void {
    if (wake === 'look') {
      look = true
      return
    }
    if (waiting.size >= maxHomes && !waiting.has(wake.home)) {
      look = true
      waiting.clear()
      return
    }
    const before = waiting.get(wake.home)
    waiting.set(wake.home, before === undefined ? bounded(wake) : merged(before, wake))
  }

  function take(): Wake[] {
    const taken: Wake[] = [...(look ? ['look' as const] : []), ...waiting.values()]
    look = false
    waiting.clear()
    return taken
  }

  return { put, take }
}

/** Two events of one home as one. One of an older epoch says nothing any more. */
function merged(a: HomeEvent, b: HomeEvent): HomeEvent {
  if (a.epoch !== b.epoch) return a.epoch > b.epoch ? a : bounded(b)
  const { home, epoch } = a
  const both = { home, epoch, seq: Math.max(a.seq, b.seq), permSeq: Math.max(a.permSeq, b.permSeq) }
  if (a.collections === undefined || b.collections === undefined) return both
  return withCollections(both, new Set([...a.collections, ...b.collections]))
}

/** The event as it may wait and travel, whatever was published. */
function bounded(event: HomeEvent): HomeEvent {
  return withCollections(event, event.collections && new Set(event.collections))
}

function withCollections(
  { home, epoch, seq, permSeq }: HomeEvent,
  collections: Set<string> | undefined,
): HomeEvent {
  const event = { home, epoch, seq, permSeq }
  if (collections === undefined || collections.size > maxCollections) return event
  const paths = [...collections]
  const characters = paths.reduce((sum, path) => sum + path.length, 0)
  return characters > maxPathCharacters ? event : { ...event, collections: paths }
}
