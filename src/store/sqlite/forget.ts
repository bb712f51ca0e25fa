/** Takes out of a home what still names somebody who is no more. Runs on the other thread. */
import type { GonePerson } from '../../core/ports/store.ts'
import { groupRange } from '../../core/ports/tables.ts'
import type { Connection } from './driver.ts'

export interface ForgetTask {
  home: number
  person: GonePerson
}

/** Whether there is anything of her in the home. Writes nothing, so that nobody has to wait while it looks. */
export function namesPerson(connection: Connection, { home, person }: ForgetTask): boolean {
  const { principal } = person
  const groups = groupRange(person.home)
  return (
    connection.prepare('SELECT 1 FROM home WHERE home_id = ? AND owner = ?').get(home, principal) !==
      undefined ||
    connection
      .prepare(
        'SELECT 1 FROM access WHERE home_id = ? AND (principal = ? OR principal >= ? AND principal < ?) LIMIT 1',
      )
      .get(home, principal, ...groups) !== undefined ||
    connection
      .prepare('SELECT 1 FROM record WHERE home_id = ? AND owner = ? LIMIT 1')
      .get(home, principal) !== undefined
  )
}

/** One transaction; see `Store.forgetPerson`. */
export function forgetPerson(connection: Connection, { home, person }: ForgetTask): void {
  const { principal } = person
  connection.exec('BEGIN IMMEDIATE')
  try {
    const gone = connection
      .prepare(
        'DELETE FROM access WHERE home_id = ? AND (principal = ? OR principal >= ? AND principal < ?) RETURNING seq',
      )
      .all(home, principal, ...groupRange(person.home))
    // Whoever has not read of it yet looks at everything anew.
    const floor = Math.max(0, ...gone.map(([seq]) => Number(seq)))
    connection
      .prepare(
        'UPDATE home SET floor_seq = max(floor_seq, ?), perm_seq = perm_seq + 1, owner = nullif(owner, ?)' +
          ' WHERE home_id = ?',
      )
      .run(floor, principal, home)
    connection.prepare('UPDATE record SET owner = NULL WHERE home_id = ? AND owner = ?').run(home, principal)
    connection.exec('COMMIT')
  } catch (error) {
    connection.exec('ROLLBACK')
    throw error
  }
}
