export interface LruOptions<V> {
  /** Most entries kept. */
  max: number
  /** Largest sum of weights, if entries are weighed; one that is heavier alone is not kept. */
  maxWeight?: number
  weigh?: (value: V) => number
  /** Milliseconds an entry is given out, from when it was set; `get` and `set` then need `now`, else throw TypeError. */
  ttl?: number
}

export interface Lru<K, V> {
  /** The value, which counts as used, or undefined if absent or older than `ttl`. */
  get(key: K, now?: number): V | undefined
  /** Sets it and drops the least recently used ones above the bounds. */
  set(key: K, value: V, now?: number): void
  delete(key: K): boolean
  clear(): void
  readonly size: number
  readonly weight: number
}

interface Entry<K, V> {
  key: K
  value: V
  weight: number
  expires: number
  older: Entry<K, V> | undefined
  newer: Entry<K, V> | undefined
}

/** A map that keeps the most recently used entries. The time is the caller's, in milliseconds. */
export function createLru<K, V>(options: LruOptions<V>): Lru<K, V> {
  const { max, maxWeight = Infinity, weigh = () => 0, ttl = Infinity } = options
  const entries = new Map<K, Entry<K, V>>()
  let newest: Entry<K, V> | undefined
  let oldest: Entry<K, V> | undefined
  let weight = 0

  const unlink = (entry: Entry<K, V>) => {
    if (entry.newer) entry.newer.older = entry.older
    else newest = entry.older
    if (entry.older) entry.older.newer = entry.newer
    else oldest = entry.newer
  }
  const link = (entry: Entry<K, V>) => {
    entry.older = newest
    entry.newer = undefined
    if (newest) newest.newer = entry
    else oldest = entry
    newest = entry
  }
  const drop = (entry: Entry<K, V>) => {
    unlink(entry)
    entries.delete(entry.key)
    weight -= entry.weight
  }

  /** The time where none is given. */
  const untimed = () => {
    if (ttl !== Infinity) throw new TypeError('a map with a ttl needs the time')
    return 0
  }

  return {
    get(key, now = untimed()) {
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      if (now >= entry.expires) {
        drop(entry)
        return undefined
      }
      if (entry !== newest) {
        unlink(entry)
        link(entry)
      }
      return entry.value
    },
    set(key, value, now = untimed()) {
      const former = entries.get(key)
      if (former) drop(former)
      const entry = {
        key,
        value,
        weight: weigh(value),
        expires: now + ttl,
        older: undefined,
        newer: undefined,
      }
      if (max < 1 || entry.weight > maxWeight) return
      entries.set(key, entry)
      link(entry)
      weight += entry.weight
      while (oldest && (entries.size > max || weight > maxWeight)) drop(oldest)
    },
    delete(key) {
      const entry = entries.get(key)
      if (entry) drop(entry)
      return entry !== undefined
    },
    clear() {
      entries.clear()
      newest = oldest = undefined
      weight = 0
    },
    get size() {
      return entries.size
    },
    get weight() {
      return weight
    },
  }
}
