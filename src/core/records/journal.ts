/** How to take back what a transaction changed in memory: every change of a map or list goes through here. */
export interface Journal {
  /** Whether anything was changed since `settle` that was not taken back. */
  readonly isDirty: boolean
  /** Runs `act`, also within another attempt; a throw takes back everything it changed, and goes on. */
  attempt<T>(act: () => T): T
  set<K, V>(map: Map<K, V>, key: K, value: V): void
  delete<K>(map: Map<K, unknown>, key: K): void
  add<K>(set: Set<K>, key: K): void
  push<V>(list: V[], value: V): void
  /** Something else was changed, which `undo` takes back. */
  changed(undo: () => void): void
  /** What was changed so far is stored. Between attempts only. */
  settle(): void
}

export function createJournal(): Journal {
  /** Last first. */
  const undo: (() => void)[] = []
  let depth = 0
  let isDirty = false

  function changed(back: () => void): void {
    isDirty = true
    undo.push(back)
  }

  return {
    get isDirty() {
      return isDirty
    },
    attempt(act) {
      const mark = undo.length
      const wasDirty = isDirty
      depth++
      try {
        return act()
      } catch (error) {
        while (undo.length > mark) undo.pop()!()
        isDirty = wasDirty
        throw error
      } finally {
        // Only what nothing can take back any more is forgotten.
        if (--depth === 0) undo.length = 0
      }
    },
    set(map, key, value) {
      const had = map.has(key)
      const old = map.get(key)
      map.set(key, value)
      changed(() => {
        if (had) map.set(key, old as typeof value)
        else map.delete(key)
      })
    },
    delete(map, key) {
      if (!map.has(key)) return
      const old = map.get(key)
      map.delete(key)
      changed(() => map.set(key, old))
    },
    add(set, key) {
      if (set.has(key)) return
      set.add(key)
      changed(() => set.delete(key))
    },
    push(list, value) {
      list.push(value)
      changed(() => list.pop())
    },
    changed,
    settle() {
      isDirty = false
    },
  }
}
