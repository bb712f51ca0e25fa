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

    /** What gives a login back to the account that had it before, whose home it is kept for; undefined if none is. */
    async takeBack(
      reads: Pick<Session, 'rows'>,
      folded: string,
      home: number,
    ): Promise<{ when: Precondition[]; changes: Change[] } | undefined> {
      const places = keys.generations.map((generation) => key(folded, generation))
      const found = await Promise.all(places.map((where) => reads.rows('name', where)))
      if (!found.some(([row]) => row?.['home_id'] === home)) return undefined
      return {
        when: places.map((where, at) =>
          found[at]?.length
            ? { is: 'row-has', table: 'name', where, has: { home_id: home } }
            : { is: 'row-absent', table: 'name', where },
        ),
        changes: places.map((where) => ({ kind: 'row', table: 'name', remove: where })),
      }
    },

    /** Keeps a login for the account of this home, which has another one now. */
    hold: (folded: string, home: number): Change => ({
      kind: 'row',
      table: 'name',
      put: { kind: 'login', name: hash(folded, keys.current), home_id: home, owner: null, until: null },
    }),

    /** The logins that are kept for the account of a home. */
    async held(reads: Pick<Session, 'rows'>, home: number): Promise<Row[]> {
      return (await reads.rows('name', { home_id: home })).filter(({ kind }) => kind === 'login')
    },

    /** What becomes of a login that was kept for an account which ends: nobody's for ever, as its present one. */
    leave: (row: Row, door: string | null): Change => ({
      kind: 'row',
      table: 'name',
      put: { ...row, home_id: null, owner: door === null ? null : ofDoor(door) },
    }),

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
