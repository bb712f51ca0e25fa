import type { HomeRow } from '../../core/ports/rows.ts'
import { encodeArray } from './arrays.ts'
import type { Writer } from './commits.ts'
import type { Connection } from './connection.ts'
import type { Turn } from './gate.ts'
import { lockHomes } from './loads.ts'
import { home } from './shapes.ts'

/** Runs one short transaction of housekeeping while the home is locked; its row, if it is there. */
export type Locked = <T>(
  id: number,
  act: (connection: Connection, row: HomeRow | undefined) => Promise<T>,
) => Promise<T>

export function createLocked({ gate, pool, payers }: Writer): Locked {
  return async (id, act) => {
    const turn = await new Promise<Turn>((resolve) => {
      const own: Turn = { homes: [id], begin: () => resolve(own) }
      gate.enter(own)
    })
    try {
      const connection = await pool.take()
      try {
        const begun = connection.run('BEGIN')
        const locked = connection.query(lockHomes, [encodeArray('bigint', [id])])
        await Promise.all([begun, locked])
        const [cells] = (await locked).rows
        const row = cells && home.read(cells)
        const result = await act(connection, row)
        await connection.run('COMMIT')
        if (row) payers.wrote([row])
        return result
      } catch (error) {
        if (connection.alive) await connection.run('ROLLBACK').catch(() => connection.destroy())
        throw error
      } finally {
        pool.give(connection)
      }
    } finally {
      gate.leave([turn])
    }
  }
}
