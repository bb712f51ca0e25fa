export interface KeepFirst<T> {
  /** Takes an item in, or finds that it is not among the first. */
  add(item: T): void
  /** The first ones of all that were added, in order. */
  sorted(): T[]
}

/**
 * Collects the first `limit` items of any number, in the order of `compare`, in memory for `limit` items:
 * a heap with the last of them on top, which the next better one replaces.
 */
export function keepFirst<T>(limit: number, compare: (a: T, b: T) => number): KeepFirst<T> {
  const heap: T[] = []

  const rise = (at: number) => {
    const item = heap[at]!
    while (at > 0) {
      const above = (at - 1) >> 1
      if (compare(heap[above]!, item) >= 0) break
      heap[at] = heap[above]!
      at = above
    }
    heap[at] = item
  }
  const sink = (item: T) => {
    let at = 0
    for (;;) {
      let below = 2 * at + 1
      if (below >= heap.length) break
      if (below + 1 < heap.length && compare(heap[below + 1]!, heap[below]!) > 0) below++
      if (compare(heap[below]!, item) <= 0) break
      heap[at] = heap[below]!
      at = below
    }
    heap[at] = item
  }

  return {
    add(item) {
      if (heap.length < limit) {
        heap.push(item)
        rise(heap.length - 1)
      } else if (heap.length > 0 && compare(item, heap[0]!) < 0) sink(item)
    },
    sorted() {
      return heap.toSorted(compare)
    },
  }
}
