/** Logins that were used: kept as keyed hashes, so that a copy of the database does not tell who has left. */
import { keyedHash } from '../../lib/hash.ts'
import type { KeyRing } from '../../lib/sealed.ts'
import type { Row, Session, Where } from '../ports.ts'
import type { Change, Precondition } from '../records/index.ts'

/** What marks a reservation as made by a door, whose flush lets it go. */
const ofDoor = (door: string) => `door:${door}`

export function createNames(keys: KeyRing) {
  const hash = (folded: string, generation: number) =>
    keyedHash(keys.derive('former logins', generation), folded)
  const key = (folded: string, generation: number): Where => ({
    kind: 'login',
    name: hash(folded, generation),
  })

  return {
    /** Holds while nobody has used the login, under whatever key that was noted. */
    unused: (folded: string): Precondition[] =>
      keys.generations.map((generation) => ({
        is: 'row-absent',
        table: 'name',
        where: key(folded, generation),
      })),

    async isUsed(reads: Pick<Session, 'rows'>, folded: string): Promise<boolean> {
      const found = keys.generations.map((generation) => reads.rows('name', key(folded, generation)))
      return (await Promise.all(found)).some((rows) => rows.length > 0)
    },

    /** Takes the login away for ever, or until the flush of the door that made its account. */
    reserve: (folded: string, door: string | null): Change => ({
      kind: 'row',
      table: 'name',
      put: {
        kind: 'login',
        name: hash(folded, keys.current),
        home_id: null,
        owner: door === null ? null : ofDoor(door),
        until: null,
      },
    }),

    /** The changes that let go of what a door has reserved. */
    async release(reads: Pick<Session, 'rows'>, door: string): Promise<Change[]> {
      const changes: Change[] = []
      let after: Row | undefined
      do {
        const rows: Row[] = await reads.rows(
          'name',
          { kind: 'login' },
          { limit: 1000, ...(after ? { after } : {}) },
        )
        for (const { name = null, owner } of rows)
          if (owner === ofDoor(door))
            changes.push({ kind: 'row', table: 'name', remove: { kind: 'login', name } })
        after = rows.length < 1000 ? undefined : rows.at(-1)
      } while (after)
      return changes
    },
  }
}

export type Names = ReturnType<typeof createNames>
