/**
 * Who writes to which home, in this process: one at a time, in the order of arrival. So a home takes
 * at most one connection, and what waits for it meanwhile can be merged into one transaction. Other
 * processes are kept apart by the database's locks.
 */
export interface Turn {
  /** The homes that are written, distinct. */
  readonly homes: readonly number[]
  /** Called once, when nobody before it has any of the homes. */
  begin(): void
}

export interface Gate<T extends Turn> {
  enter(turn: T): void
  /** Those that wait right behind a turn for the same single home, as long as `accept` takes them; they leave with it. */
  following(turn: T, accept: (next: T) => boolean): T[]
  /** Ends turns that `begin` was called for, and those that followed one of them. */
  leave(turns: readonly T[]): void
}

export function createGate<T extends Turn>(): Gate<T> {
  /** For each home, who has it and who waits. */
  const lines = new Map<number, T[]>()

  const isFirst = (turn: T) => turn.homes.every((home) => lines.get(home)?.[0] === turn)

  return {
    enter(turn) {
      for (const home of turn.homes) {
        const line = lines.get(home)
        if (line) line.push(turn)
        else lines.set(home, [turn])
      }
      if (isFirst(turn)) turn.begin()
    },
    following(turn, accept) {
      const [home] = turn.homes
      const line = turn.homes.length === 1 && home !== undefined ? (lines.get(home) ?? []) : []
      const taken: T[] = []
      for (let at = 1; at < line.length; at++) {
        const next = line[at]
        if (!next || next.homes.length !== 1 || !accept(next)) break
        taken.push(next)
      }
      return taken
    },
    leave(turns) {
      const next = new Set<T>()
      for (const home of new Set(turns.flatMap((turn) => turn.homes))) {
        const line = lines.get(home)
        if (!line) continue
        line.splice(0, turns.filter((turn) => turn.homes.includes(home)).length)
        const [first] = line
        if (first) next.add(first)
        else lines.delete(home)
      }
      for (const turn of next) if (isFirst(turn)) turn.begin()
    },
  }
}
